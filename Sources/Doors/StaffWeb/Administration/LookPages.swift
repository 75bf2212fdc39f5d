import HTTPTypes
import Intake
import Kernel
import People
import Sheets
import Storage
import WebSupport

/// Looks at sealed identities, for the audit administrator: who, when, for what, at which report; never what was seen.
struct LookPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.audit)
    book.get("/audit/looks", allow: policy, mayLag: true) { visit in try await list(visit) }
    book.get("/audit/looks.csv", allow: policy, mayLag: true) { visit in try await export(visit) }
  }
  /// Rows of one file; whoever needs more asks by period.
  static let most = 50_000

  /// What was asked, as it stands in the address and as the room understands it.
  private struct Asked {
    var filter = LookFilter()
    var missing: [String] = []
    let who: String?
    let report: String?

    init(_ query: Fields, _ db: any Reader) throws {
      who = query["who"]
      report = query["q"]
      filter.purpose = try query.choice("purpose", ReportStore.Purpose.self)
      filter.from = try query.day("from")
      filter.through = try query.day("through")
      if let report {
        filter.report = try ReportStore.find(no: report.uppercased(), db)?.id
        if filter.report == nil { missing.append("没有编号为“\(report)”的诉件。诉件编号形如 S20260924-000123。") }
      }
      if let account: Person.ID = try query.id("account") {
        filter.accounts = [account]
      } else if let who {
        filter.accounts = try AccountStore.list(AccountFilter(text: who), limit: 100, db).map(\.person.id)
        if filter.accounts?.isEmpty == true { missing.append("没有登录名或者姓名含“\(who)”的账号。") }
      }
    }
  }
  private static func address(_ path: String, _ query: Fields, before: Look.ID? = nil) -> String {
    Address.of(path, ["q", "who", "account", "purpose", "from", "through"].map { ($0, query[$0]) } + [("before", before?.description)])
  }

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let query = visit.query
    let before: Look.ID? = try query.id("before")
    let (asked, found, people) = try await house.store.read { db in
      let asked = try Asked(query, db)
      let found = asked.missing.isEmpty ? try LookLog.list(asked.filter, before: before, limit: 51, by: person, db) : []
      return (asked, found, try PersonStore.find(found.map(\.account) + (asked.filter.accounts ?? []), db))
    }
    let shown = Array(found.prefix(50))
    let one = asked.filter.accounts.flatMap { $0.count == 1 ? people[$0[0]]?.name : nil }
    let open = ["q", "who", "purpose", "from", "through"].contains { query[$0] != nil }
    var page = visit.page("查看身份", active: "audit", wide: true)
    page.crumbs = [.init("审计", "/audit")]
    page.main = """
      \(UI.heading("查看封存身份的记录", sub: one.map { "只看\($0)的记录。\(UI.link("看全部", "/audit/looks"))" } ?? "谁、什么时候、为什么、看了哪一件；不显示看到了什么", actions: shown.isEmpty ? [] : [UI.linkButton("导出（CSV）", Self.address("/audit/looks.csv", query), icon: .download)]))
      \(AuditPages.tabs("looks"))
      \(UI.details("按人、用途、日期和诉件查找", open: open, UI.form("/audit/looks", """
      \(UI.field("谁", name: "who", value: query.text("who"), hint: "登录名或者姓名，写一部分也可以", optional: true, autocomplete: "off"))
      \(UI.select("用途", name: "purpose", options: ReportStore.Purpose.allCases.map { .init($0.rawValue, $0.chinese) }, value: query["purpose"], placeholder: "不限", optional: true))
      \(UI.fieldRow([UI.date("从", name: "from", value: asked.filter.from, optional: true), UI.date("到", name: "through", value: asked.filter.through, optional: true)]))
      \(UI.field("诉件编号", name: "q", value: query.text("q"), .code, optional: true))
      \(UI.toolbar([UI.button("查找"), UI.linkButton("清除条件", "/audit/looks")]))
      """)))
      \(each: asked.missing, { UI.notice(.neutral, $0) })
      \(LookTable.html(shown, people))
      \(UI.older(found.count > 50 ? shown.last.map { Self.address("/audit/looks", query, before: $0.id) } : nil, shown: shown.count))
      """
    return page
  }

  /// The same list as a file; that it was taken is in the journal.
  private func export(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let query = visit.query
    let house = house
    let now = visit.now
    let (found, people) = try await house.store.read { db in
      let asked = try Asked(query, db)
      let found = asked.missing.isEmpty ? try LookLog.list(asked.filter, limit: Self.most, by: person, db) : []
      return (found, try PersonStore.find(Array(Set(found.map(\.account))), db))
    }
    try await house.store.write { db in
      try Journal.append(
        "looks-exported", on: Subject("journal", 0), by: person.actor, at: now, facts: ["rows": String(found.count)], ids: house.ids, db)
    }
    let table = Table(
      header: ["时间", "姓名", "登录名", "岗位", "单位", "用途", "诉件编号"],
      cells: found.map { look in
        let who = people[look.account]
        return [
          look.at.text, who?.name ?? "", who?.login ?? look.account.description, who?.role.chinese ?? "", who?.officeName ?? "",
          look.purpose.chinese, look.reportNo,
        ]
      })
    return ImportForms.csv(table, name: "查看身份记录 \(now.day.iso)", demo: house.isDemonstration)
  }
}

enum LookTable {
  static func html(_ looks: [Look], _ people: [Person.ID: Person]) -> HTML {
    UI.table(
      "查看身份", [.init("谁", .what), .init("用途", .status), .init("时间", .meta), .init("诉件", .meta)],
      looks.map { look in
        UI.Row(nil, [AuditPages.name(people[look.account]), UI.tag(look.purpose.chinese, .neutral), UI.time(look.at), "\(look.reportNo)"])
      }, empty: UI.emptyState("没有记录", "有人查看封存的姓名、电话或者原话时，会记在这里。", icon: .eye))
  }

  /// What is worth asking about, by day: not who looked most.
  static func unusual(_ found: [UnusualLooks], _ people: [Person.ID: Person]) -> HTML {
    let rule: HTML = """
      <p class="hint">一人一天 \(LookLog.many) 次以上、同一件 \(LookLog.again) 次以上、夜里（22 点到 6 点）\(LookLog.atNight) 次以上的列在这里，按日期排，不排名次。多半有工作上的原因，问一问就清楚。</p>
      """
    guard !found.isEmpty else { return "<p>近 30 天没有。</p>\(rule)" }
    let rows = found.map { one in
      let words = one.kind == .repeated ? "同一件最多 \(one.looks) 次" : "\(one.looks) 次，\(one.reports) 件"
      return UI.Row(
        "/audit/looks?account=\(one.account)&from=\(one.day.iso)&through=\(one.day.iso)",
        [AuditPages.name(people[one.account]), UI.tag(one.kind.chinese, .neutral), UI.day(one.day), "\(words)"])
    }
    return "\(UI.table("值得问一问", [.init("谁", .what), .init("", .status), .init("哪天", .meta), .init("查看", .meta)], rows))\(rule)"
  }
}
