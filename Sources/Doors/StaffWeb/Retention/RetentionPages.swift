import Kernel
import People
import Retention
import Storage
import WebSupport

/// What is kept how long, what ends when, and what was erased. No page here shows a person.
public struct RetentionPages: Sendable {
  let retention: Retention
  public init(retention: Retention) { self.retention = retention }

  public func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.agreeToErasure)
    book.get("/retention", allow: policy) { visit in try await rules(visit) }
    book.get("/retention/erased", allow: policy) { visit in try await erased(visit) }
    ErasureRequestPages(retention: retention).routes(&book)
  }

  private func rules(_ visit: Visit) async throws -> Page {
    let outlook = try await retention.outlook(by: try visit.person)
    var page = visit.page("个人信息保存与删除", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    page.main = """
      \(UI.heading("个人信息保存与删除", sub: "到期的由后台每天删除：销毁密钥，清掉库里的内容，备份里的也随之打不开。在办的事项不删；办了什么、谁办的、日志，都保留"))
      \(RetentionWords.tabs("rules"))
      \(each: outlook, { section($0) })
      \(UI.details("怎样采用一条规则", "<p>法律没有给出具体年限，标着“未采用”的只供参考，程序不会据此删除。由本单位定下年限后，请系统管理员另写一个同样格式的文件（说明见 Data/retention/README.md），把 adopted 写成 true，用配置 retention.rules 指定，再重新启动。</p>"))
      """
    return page
  }
  private func section(_ one: RetentionOutlook) -> HTML {
    let rule = one.rule
    let length = rule.months % 12 == 0 ? "\(rule.months / 12) 年" : "\(rule.months) 个月"
    return UI.section(
      rule.name, side: rule.adopted ? UI.tag("已采用", .good) : UI.tag("未采用，不删除", .quiet),
      UI.facts([
        ("保存", "\(rule.startEvent)后 \(length)"), ("现在到期", RetentionWords.count(one.today)),
        ("\(RetentionOutlook.days) 天内到期", RetentionWords.count(one.soon)), ("依据", "\(rule.basis)（\(rule.confidence.chinese)）"),
        ("说明", rule.note.map { HTML(text: $0) }),
      ]))
  }

  private func erased(_ visit: Visit) async throws -> Page {
    let before: Erasure.ID? = try visit.query.id("before")
    let found = try await retention.erasures(before: before, limit: 51, by: try visit.person)
    let shown = Array(found.prefix(50))
    var page = visit.page("已经删除的", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("个人信息保存与删除", "/retention")]
    page.main = """
      \(UI.heading("已经删除的", sub: "只记删了哪一件的哪一部分，不记内容；每一次都在日志里"))
      \(RetentionWords.tabs("erased"))
      \(UI.table("已经删除的", [.init("哪一件", .what), .init("内容", .status), .init("时间", .meta), .init("为什么", .meta)], shown.map { one in
        UI.Row(one.request.map { "/retention/requests/\($0)" }, ["\(one.what)", UI.tag(RetentionWords.part(one.part), .neutral), UI.time(one.doneAt, now: visit.now), one.request == nil ? "到期" : "本人提出"])
      }, empty: UI.emptyState("还没有删除过", "到期的或者本人提出、另一人同意的，删除后列在这里。", icon: .shield)))
      \(UI.older(found.count > 50 ? shown.last.map { "/retention/erased?before=\($0.id)" } : nil, shown: shown.count))
      """
    return page
  }
}
