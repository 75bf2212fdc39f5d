import Compounds
import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// What 居委会 and 业委会 have passed on, and what came of it.
struct CommitteePages: Sendable {
  let matters: Matters
  static let shown = 30

  func routes(_ book: inout RouteBook) {
    book.get("/committee", allow: .signedIn(.reportForCommittee)) { visit in try await list(visit) }
    book.get("/committee/reports/{no}", allow: .signedIn(.seeOwnReports)) { visit in try await show(visit) }
  }

  static func committee(_ visit: Visit) throws -> Int64 {
    guard let committee = try visit.person.committee else { throw Refusal(.forbidden, "committee-none", "这些页面供居委会、业委会的账号使用。") }
    return committee
  }
  static func compounds(_ visit: Visit) async throws -> [CompoundCard] {
    let committee = try committee(visit)
    return try await visit.house.store.read { db in try CompoundStore.list(scope: .committee(committee), limit: 200, db) }
  }

  private func list(_ visit: Visit) async throws -> Page {
    let committee = try Self.committee(visit)
    let before = try visit.query.int("before").map(Int64.init)
    let views = try await matters.committeeViews(committee: committee, before: before, limit: Self.shown + 1)
    let compounds = try await Self.compounds(visit)
    let shown = Array(views.prefix(Self.shown))
    var page = visit.page("我的诉件", active: "committee", wide: true)
    page.main = """
      \(UI.heading("我的诉件", sub: HTML(text: try visit.person.officeName), actions: (shown.isEmpty ? [] : [UI.linkButton("反映", "/committee/report", .primary, icon: .plus)]) + [UI.linkButton("线上工作室", "/committee/topic", icon: .people)]))
      \(UI.table("我的诉件", [.init("内容、小区", .what), .init("进展", .meta), .init("性质"), .init("时间"), .init("编号")], shown.map { Self.row($0, visit.now) }, empty: UI.emptyState("还没有反映过", "居民说的事，照原话转过来就行。", actions: [UI.linkButton("反映", "/committee/report", .primary)])))
      \(if: !shown.isEmpty, UI.older(views.count > Self.shown ? shown.last.map { "/committee?before=\($0.report.id.raw)" } : nil, count: Self.shown, shown: shown.count))
      \(UI.section("所在小区", side: UI.number(compounds.count, " 个"), "<ul class=\"links\">\(each: compounds, { "<li>\(UI.link($0.compound.name, "/committee/report?compound=\($0.compound.no)")) <small>\($0.compound.address)·\($0.squadName)</small></li>" })</ul>"))
      """
    return page
  }
  private static func row(_ view: CommitteeView, _ now: Moment) -> UI.Row {
    let words = view.report.masked.replacing("\n", with: " ")
    return UI.Row(
      "/committee/reports/\(view.report.no)",
      [
        UI.lines(HTML(text: words.count > 40 ? words.prefix(40) + "…" : words), HTML(text: view.report.reading.compoundName ?? "")),
        HTML(text: view.progress.headline), HTML(text: view.report.nature.chinese), UI.time(view.report.receivedAt, now: now),
        HTML(text: view.report.no),
      ])
  }

  private func show(_ visit: Visit) async throws -> Page {
    let view = try await matters.committeeView(of: try visit.path("no"), committee: try Self.committee(visit))
    let progress = view.progress
    var page = visit.page(view.report.no, active: "committee")
    page.crumbs = [Page.Crumb("我的诉件", "/committee")]
    page.main = """
      \(UI.heading("办理进度", sub: "\(progress.compoundName.map { "\($0)·" as HTML })\(progress.reportNo)", tags: [UI.tag(view.report.nature.chinese)]))
      \(UI.notice(progress.closed ? .good : .action, progress.headline))
      \(progress.reply.map { UI.section("处理结果", side: progress.outcome.map { UI.tag($0.chinese, $0 == .solved ? .good : .neutral) }, "<p class=\"words\">\($0)</p>") })
      \(UI.section("办到哪一步", UI.steps(Self.steps(progress))))
      \(UI.section("反映的内容", "<p class=\"words\">\(progress.words)</p><p class=\"hint\">姓名、电话、室号已隐去。\(progress.receivedAt.chinese) 收到。</p>"))
      """
    return page
  }
  static func steps(_ progress: Progress) -> [UI.Step] {
    let last = progress.stages.lastIndex { $0.at != nil } ?? 0
    var current = !progress.closed
    return progress.stages.enumerated().compactMap { index, stage in
      if let at = stage.at { return UI.Step(stage.name, .done, when: at.chinese, detail: stage.text.map { HTML(text: $0) }) }
      if index < last || (stage.name == "已联系" && progress.contactBy == nil) { return nil }
      defer { current = false }
      let due = stage.name == "已联系" ? progress.contactBy : stage.name == "已答复" ? progress.answerBy : nil
      return UI.Step(
        String(stage.name.dropFirst()), current ? .now : .next, when: due.map { "\($0.adding(milliseconds: -1).day.chinese)前" })
    }
  }
}
