import Catalogue
import Compounds
import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// 上报: what was found, what was done about it, and the clock from its discovery.
struct FirmReportPages: Sendable {
  let matters: Matters
  static let limits = BodyLimits(total: 64 << 20, file: 20 << 20, files: 20)

  func routes(_ book: inout RouteBook) {
    book.get("/firm/report", allow: .signedIn(.reportForFirm)) { visit in try await page(visit, .none) }
    book.post("/firm/report", allow: .signedIn(.reportForFirm), limits: Self.limits) { visit in try await send(visit) }
  }

  private func compounds(_ visit: Visit) async throws -> [Compound] {
    let firm = try FirmPages.firm(visit)
    return try await visit.house.store.read { db in try CompoundStore.list(scope: .firm(firm), limit: 400, db).map(\.compound) }
  }

  private func page(_ visit: Visit, _ errors: FormErrors) async throws -> Page {
    let compounds = try await compounds(visit)
    let form = visit.form
    let only = compounds.count == 1 ? compounds.first?.no : nil
    let discovered = form["discovered-at"] ?? visit.now.text.replacing(" ", with: "T")
    var page = visit.page("上报", active: "firm-report")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("上报", sub: "劝阻、制止无效的违法行为，自发现起 24 小时内报告"))
      \(clock(visit))
      \(UI.form("/firm/report", tokens: try visit.formTokens(), draft: "firm-report", upload: true, """
      \(UI.select("小区", name: "compound", options: compounds.map { UI.Choice($0.no, $0.name) }, value: form["compound"] ?? visit.query["compound"] ?? only, error: errors["compound"]))
      \(UI.field("具体位置", name: "place", value: form.text("place"), hint: "几号楼几室或者什么地方。", error: errors["place"]))
      \(UI.field("发现时间", name: "discovered-at", value: discovered, .dateTime, hint: "24 小时从这时起算，以系统收到为准。", error: errors["discovered-at"]))
      \(UI.textarea("发现了什么", name: "content", value: form.text("content"), limit: 2000, hint: "例如“802 室装修，正在拆客厅与阳台之间的墙体”。", error: errors["content"]))
      \(UI.photos("证据照片", limit: 9, hint: "原图送达，不缩小，回执上载明校验值。", error: errors["photos"], original: true))
      \(UI.textarea("巡查记录", name: "patrol", value: form.text("patrol"), rows: 2, limit: 1000, hint: "谁、什么时候巡查的。", error: errors["patrol"]))
      \(UI.textarea("劝阻、制止记录", name: "dissuasion", value: form.text("dissuasion"), rows: 2, limit: 1000, hint: "谁、什么时候、对谁、怎样劝阻的，有没有发书面通知。", error: errors["dissuasion"]))
      \(UI.radios("劝阻结果", name: "outcome", Self.outcomes.map { UI.Choice($0, $0) }, value: form["outcome"], error: errors["outcome"]))
      \(UI.select("您认为属于哪一类", name: "item", options: items, value: form["item"], placeholder: "不确定，由执法队认定", error: errors["item"], optional: true))
      \(UI.toolbar([UI.button("上报，取得回执")]))
      """))
      """
    return page
  }
  static let outcomes = ["未停止", "当时停止，后又继续", "已停止，未恢复", "当事人拒绝沟通或不在现场"]

  private var items: [UI.Choice] {
    matters.catalogue.categories.filter { $0.slug != "property-firm-duty" }.flatMap { matters.catalogue.items(in: $0) }.map {
      UI.Choice($0.slug, $0.name)
    }
  }
  /// Once a time has been given: how much of the 24 hours is left.
  private func clock(_ visit: Visit) -> HTML? {
    guard let discovered = (try? visit.form.moment("discovered-at")).flatMap({ $0 }), discovered <= visit.now else { return nil }
    let due = discovered.adding(hours: 24)
    let left = FirmPages.elapsed(from: visit.now, to: due)
    let state: UI.ClockState =
      due < visit.now
      ? .overdue(by: FirmPages.elapsed(from: due, to: visit.now))
      : due < visit.now.adding(hours: 4) ? .soon(left: left) : .running(left: left)
    return UI.clock("上报时限", state, due: "\(due.chinese) 前", dueAt: due)
  }

  private func send(_ visit: Visit) async throws -> any Answering {
    let firm = try FirmPages.firm(visit)
    let form = visit.form
    var wrong: [Refusal] = []
    let compound = try await compounds(visit).first { $0.no == form["compound"] }
    if compound == nil { wrong.append(Refusal(.invalid, "firm-compound", "请选择小区。", field: "compound")) }
    if form["place"] == nil { wrong.append(Refusal(.invalid, "firm-place", "请写明具体位置。", field: "place")) }
    var discovered: Moment?
    do {
      discovered = try form.moment("discovered-at")
      if discovered == nil { throw Refusal(.invalid, "firm-discovered", "请填写发现时间。", field: "discovered-at") }
    } catch let error as Refusal { wrong.append(error) }
    for (field, sentence) in [("patrol", "请写明谁、什么时候巡查的。"), ("dissuasion", "请写明怎样劝阻、制止的。")] where form[field] == nil {
      wrong.append(Refusal(.invalid, "firm-\(field)", sentence, field: field))
    }
    let outcome = form["outcome"].flatMap { Self.outcomes.contains($0) ? $0 : nil }
    if outcome == nil { wrong.append(Refusal(.invalid, "firm-outcome", "请选择劝阻结果。", field: "outcome")) }
    var new = NewReport(channel: .firm, content: form.text("content"), saidAt: discovered.map { min($0, visit.now) } ?? visit.now)
    new.place = form.text("place")
    new.compound = compound?.id.raw
    new.receiver = compound?.squad.raw
    new.item = form["item"].flatMap { matters.catalogue.item($0)?.slug }
    new.reporter = try visit.person.id.raw
    new.firm = firm
    new.idempotencyKey = visit.once.map { "firm:\($0)" }
    if let discovered, let outcome {
      new.duty = FirmDuty(discoveredAt: discovered, patrol: form.text("patrol"), dissuasion: form.text("dissuasion"), outcome: outcome)
    }
    do { try new.check(now: visit.now) } catch { wrong += error.all }
    do { new.files = try await PhotoIntake(vault: visit.house.vault).keep(visit.files("photos").map(\.bytes)) } catch let error as Refusals
    {
      wrong += error.all
    }
    if !wrong.isEmpty { return visit.again(try await page(visit, FormErrors(Refusals(wrong)))) }
    let received = try await matters.receive(new, by: try visit.person.actor)
    let inTime = new.duty?.inTime(receivedAt: received.report.receivedAt) ?? false
    return try visit.done(
      "/firm/reports/\(received.report.no)", saying: inTime ? "已送达，在 24 小时内" : "已送达，超过 24 小时", inTime ? .good : .soon)
  }
}
