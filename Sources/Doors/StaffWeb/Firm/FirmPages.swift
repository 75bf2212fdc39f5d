import Compounds
import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// What became of the firm's own reports. Facts only; see `FirmView`.
struct FirmPages: Sendable {
  let matters: Matters
  static let shown = 30

  func routes(_ book: inout RouteBook) {
    book.get("/firm", allow: .signedIn(.reportForFirm)) { visit in try await list(visit) }
    book.get("/firm/reports/{no}", allow: .signedIn(.seeOwnReports)) { visit in try await show(visit) }
    book.get("/firm/reports/{no}/receipt", allow: .signedIn(.seeOwnReports)) { visit in try await receipt(visit) }
    book.get("/firm/reports/{no}/photos/{n}", allow: .signedIn(.seeOwnReports)) { visit in try await photo(visit) }
  }

  /// Whose pages these are; a person without a firm has none.
  static func firm(_ visit: Visit) throws -> Int64 {
    guard let firm = try visit.person.firm else { throw Refusal(.forbidden, "firm-none", "这些页面供物业企业的账号使用。") }
    return firm
  }

  private func list(_ visit: Visit) async throws -> Page {
    let firm = try Self.firm(visit)
    let before = try visit.query.int("before").map(Int64.init)
    let views = try await matters.firmViews(firm: firm, before: before, limit: Self.shown + 1)
    let compounds = try await visit.house.store.read { db in try CompoundStore.list(scope: .firm(firm), limit: 200, db) }
    let shown = Array(views.prefix(Self.shown))
    var page = visit.page("我的上报", active: "firm", wide: true)
    page.main = """
      \(UI.heading("我的上报", sub: HTML(text: try visit.person.officeName), actions: shown.isEmpty ? [] : [UI.linkButton("上报", "/firm/report", .primary, icon: .plus)]))
      \(UI.notice(.neutral, "发现后 24 小时内上报", "<p>劝阻、制止无效的，自发现起 24 小时内报告，系统按收到时间出具回执。依据《上海市住宅物业管理规定》第五十九条。</p>"))
      \(UI.table("我的上报", [.init("事项、小区", .what), .init("办到哪一步", .status), .init("24 小时", .status), .init("上报时间"), .init("编号")], shown.map { row($0, visit.now) }, empty: UI.emptyState("还没有上报", "发现违法行为，劝阻无效的，从这里上报。", actions: [UI.linkButton("上报", "/firm/report", .primary, icon: .plus)])))
      \(if: !shown.isEmpty, UI.older(views.count > Self.shown ? shown.last.map { "/firm?before=\($0.report.id.raw)" } : nil, count: Self.shown, shown: shown.count))
      \(UI.section("在管小区", side: UI.number(compounds.count, " 个"), compoundList(compounds)))
      """
    return page
  }
  private func row(_ view: FirmView, _ now: Moment) -> UI.Row {
    UI.Row(
      "/firm/reports/\(view.report.no)",
      [
        UI.lines(
          HTML(text: view.itemName ?? "待认定事项"),
          "\(view.report.reading.compoundName)\(if: !view.report.placeText.isEmpty, "·\(view.report.placeText)")"),
        UI.tag(view.state, view.closed ? .good : .action), Self.tag(view), UI.time(view.report.receivedAt, now: now),
        HTML(text: view.report.no),
      ], tone: view.inTime == false ? .danger : nil)
  }
  private func compoundList(_ cards: [CompoundCard]) -> HTML {
    if cards.isEmpty { return "<p class=\"hint\">还没有登记由贵企业管理的小区，请与属地执法队联系。</p>" }
    return
      "<ul class=\"links\">\(each: cards, { "<li>\(UI.link($0.compound.name, "/firm/report?compound=\($0.compound.no)")) <small>\($0.compound.address)·\($0.squadName)</small></li>" })</ul>"
  }
  static func tag(_ view: FirmView) -> HTML {
    guard let inTime = view.inTime else { return UI.tag("未填发现时间", .quiet) }
    return inTime ? UI.tag("24 小时内", .good) : UI.tag("超过 24 小时", .danger)
  }

  // MARK: One report

  private func view(_ visit: Visit) async throws -> FirmView {
    try await matters.firmView(of: try visit.path("no"), firm: try Self.firm(visit))
  }

  private func show(_ visit: Visit) async throws -> Page {
    let view = try await view(visit)
    let report = view.report
    let at = "/firm/reports/\(report.no)"
    var page = visit.page(report.no, active: "firm")
    page.crumbs = [Page.Crumb("我的上报", "/firm")]
    page.main = """
      \(UI.heading(view.itemName ?? "待认定事项", sub: "\(report.reading.compoundName)\(if: !report.placeText.isEmpty, "·\(report.placeText)")", tags: [UI.tag(view.state, view.closed ? .good : .action), Self.tag(view)], actions: [UI.linkButton("履职回执", at + "/receipt", .primary, icon: .printer)]))
      \(UI.columns("""
      \(UI.section("办到哪一步", UI.steps(Self.steps(view)) + "<p class=\"hint\">这里只显示办理的事实。其他人反映的内容和执法人员的记录不向物业公开。</p>"))
      \(if: !view.released.isEmpty, UI.section("执法队告知", UI.timeline(view.released.map { UI.Event(at: $0.at, who: $0.office, "告知", words: HTML(text: $0.text), icon: .chat) })))
      """, side: """
      \(UI.section("本次上报", Self.facts(view)))
      \(if: !view.files.isEmpty, UI.section("证据照片", photos(view, at)))
      """))
      """
    return page
  }
  static func steps(_ view: FirmView) -> [UI.Step] {
    let last = view.steps.lastIndex { $0.at != nil } ?? 0
    var current = !view.closed
    return view.steps.enumerated().compactMap { index, step in
      if let at = step.at { return UI.Step(step.name, .done, when: at.chinese, detail: step.fact.map { HTML(text: $0) }) }
      if index < last { return nil }
      defer { current = false }
      return UI.Step(step.name.hasPrefix("已") ? String(step.name.dropFirst()) : step.name, current ? .now : .next)
    }
  }
  static func facts(_ view: FirmView) -> HTML {
    let report = view.report
    return UI.facts([
      ("编号", HTML(text: report.no)),
      ("发现时间", view.duty.map { HTML(text: "\($0.discoveredAt.day.chineseLong) \($0.discoveredAt.clockText)") }),
      ("送达时间", HTML(text: "\(report.receivedAt.day.chineseLong) \(report.receivedAt.clockText)")),
      ("距发现", view.duty.map { HTML(text: elapsed(from: $0.discoveredAt, to: report.receivedAt)) }), ("情况", HTML(text: report.masked)),
      ("巡查记录", view.duty.flatMap { text($0.patrol) }), ("劝阻记录", view.duty.flatMap { text($0.dissuasion) }),
      ("劝阻结果", view.duty.flatMap { text($0.outcome) }),
    ])
  }
  private static func text(_ text: String) -> HTML? { text.isEmpty ? nil : HTML(text: text) }
  /// "2026年9月23日 10:30:00": a receipt is exact to the second.
  private static func exact(_ moment: Moment) -> HTML {
    "\(moment.day.chineseLong) \(String(moment.iso8601.dropFirst(11).prefix(8)))（北京时间）"
  }
  /// "3 小时 12 分".
  static func elapsed(from: Moment, to: Moment) -> String {
    let minutes = Int(max(0, to.milliseconds(since: from)) / 60_000)
    return minutes < 60 ? "\(minutes) 分" : "\(minutes / 60) 小时 \(minutes % 60) 分"
  }
  private func photos(_ view: FirmView, _ at: String) -> HTML {
    let shown = view.files.indices.filter { view.files[$0].thumbnail != nil }
    let hidden = view.files.count - shown.count
    return UI.photoStrip(
      shown.map { UI.Photo(thumb: "\(at)/photos/\($0 + 1)?small=1", full: "\(at)/photos/\($0 + 1)", alt: "证据照片 \($0 + 1)") })
      + (hidden > 0 ? "<p class=\"hint\">另有 \(hidden) 张 HEIC 照片已存原件，不能在网页上显示。</p>" : .empty)
  }

  private func photo(_ visit: Visit) async throws -> Answer {
    let view = try await view(visit)
    guard let number = Int(try visit.path("n")), view.files.indices.contains(number - 1) else {
      throw Refusal(.missing, "firm-no-photo", "没有这张照片。")
    }
    let file = view.files[number - 1]
    guard let hash = visit.query.flag("small") ? file.thumbnail : file.publicCopy else {
      throw Refusal(.missing, "firm-no-photo", "没有这张照片。")
    }
    let type = !visit.query.flag("small") && file.mediaType == "image/png" ? "image/png" : "image/jpeg"
    return .file(
      try visit.house.vault.bytes(hash), type: type, name: "\(view.report.no)-\(number).\(type == "image/png" ? "png" : "jpg")",
      forever: true)
  }

  // MARK: The proof of duty

  private func receipt(_ visit: Visit) async throws -> Page {
    let view = try await view(visit)
    let report = view.report
    var page = visit.page("履职回执 \(report.no)", .print)
    let verdict: HTML =
      switch view.inTime {
      case true?: "自发现起 24 小时内送达"
      case false?: "超过 24 小时送达"
      case nil: "未填写发现时间，不作认定"
      }
    page.main = UI.paperSheet(
      office: "住宅小区综合执法", title: "物业企业上报回执", number: report.no,
      """
      \(UI.facts([
        ("上报企业", HTML(text: try visit.person.officeName)), ("小区", report.reading.compoundName.map { HTML(text: $0) }), ("位置", Self.text(report.placeText)),
        ("事项", HTML(text: view.itemName ?? "待认定事项")), ("发现时间", view.duty.map { Self.exact($0.discoveredAt) }),
        ("送达时间", Self.exact(report.receivedAt)), ("距发现", view.duty.map { HTML(text: Self.elapsed(from: $0.discoveredAt, to: report.receivedAt)) }),
        ("是否按时", "<b>\(verdict)</b>"),
      ]))
      \(UI.facts([
        ("情况", HTML(text: report.masked)), ("巡查记录", view.duty.flatMap { Self.text($0.patrol) }), ("劝阻记录", view.duty.flatMap { Self.text($0.dissuasion) }),
        ("劝阻结果", view.duty.flatMap { Self.text($0.outcome) }),
      ]))
      <h2>证据照片的校验值（SHA-256）</h2>
      \(if: view.files.isEmpty, "<p>没有附照片。</p>")<ol class="hashes">\(each: view.files, { "<li><code>\($0.original.sha256)</code>\($0.takenAt.map { "<br>相机记录的拍摄时间 \($0.text)，仅供参考" as HTML })</li>" })</ol>
      <h2>登记记录的校验值</h2><p><code>\(view.seal)</code></p>
      <p>本回执证明上述内容在所载时间送达，用于说明履行《上海市住宅物业管理规定》第五十九条规定的劝阻、制止和报告义务的情况；发现时间由上报企业填写。文字中的姓名、电话、室号已隐去，原文加密存档。</p>
      """,
      foot: "打印时间 \(visit.now.day.chineseLong) \(visit.now.clockText)\(if: visit.house.isDemonstration, "　演示数据，不作凭证")")
    return page
  }
}
