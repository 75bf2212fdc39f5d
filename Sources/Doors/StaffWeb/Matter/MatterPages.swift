import Cases
import CityLists
import Foundation
import Intake
import Kernel
import Matters
import People
import WebSupport

/// 事项: the page of one matter, its history, and the opened identity.
struct MatterPages: Sendable {
  let matters: Matters
  let cases: Cases
  /// nil where the house has no such room.
  let analysis: AnalysisRooms?

  func routes(_ book: inout RouteBook) {
    book.get("/matters/{no}", allow: .signedIn(.seeMatters)) { visit in try await show(visit) }
    book.get("/matters/{no}/history", allow: .signedIn(.seeMatters)) { visit in try await history(visit) }
    book.post("/matters/{no}/reports/{report}/look", allow: .signedIn(.openSealed), limits: .small, confirmed: true, spendsForm: true) {
      visit in
      try await look(visit)
    }
  }

  func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let file = try await matters.file(try visit.path("no"), for: person)
    var desk = StepDesk(file: file, person: person, tokens: try visit.formTokens(), catalogue: matters.catalogue, now: visit.now)
    let inPlace = file.choices.filter { $0.missing == nil && StepPlace.place(of: $0.event)?.inPlace == true }.map(\.event)
    try await desk.load(inPlace, search: nil, matters: matters)
    if person.may(.handleMatters) { desk.firms = try await matters.firms(of: file.matter.no, for: person) }
    if person.may(.seeCases) {
      desk.cases = try await cases.list(ofMatter: file.matter.no, for: person)
      desk.filingDuty = try await cases.filingDuty(ofMatter: file.matter.no, for: person)
      desk.firmCheck = try await cases.firmCheck(ofMatter: file.matter.no, for: person)
    }
    if let analysis { desk.city = try await analysis.cityLists.entries(ofMatter: file.matter.no, for: person) }
    var page = visit.page(file.matter.title, active: "matters")
    page.wide = true
    page.crumbs = [.init("事项", "/matters")]
    page.main = MatterView(desk: desk).html
    return page
  }

  func history(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let no = try visit.path("no")
    let file = try await matters.file(no, for: person)
    let view = HistoryPart(visit.query)
    let record = try await matters.record(
      of: no, for: person, looksBefore: view.before(.looks), sentBefore: view.before(.sent), limit: HistoryPart.fewest + 1)
    var page = visit.page("经过与时限：\(file.matter.title)", active: "matters")
    page.crumbs = [.init("事项", "/matters"), .init(no, MatterWords.address(no))]
    page.main = HistoryView(file: file, looks: record.looks, sent: record.sent, part: view, now: visit.now).html
    return page
  }

  /// Opened once, on an answer that nothing keeps: the form carries no mark for repeating, so every opening is a recorded one.
  func look(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let no = try visit.path("no")
    guard let purpose = try visit.form.choice("purpose", ReportStore.Purpose.self) else {
      throw Refusal(.invalid, "intake-purpose-missing", "请选择查看的用途。", field: "purpose")
    }
    let report = try visit.pathID("report", Report.self)
    let opened = try await matters.open(no, report: report, purpose: purpose, by: person)
    let file = try await matters.file(no, for: person)
    let sheet = file.reports.first { $0.report.id == report }
    var page = visit.page("查看诉件 \(sheet?.report.no ?? "")", active: "matters")
    page.crumbs = [.init("事项", "/matters"), .init(no, MatterWords.address(no))]
    page.main = """
      \(UI.heading("诉件 \(sheet?.report.no ?? "")", sub: "\(UI.link(file.matter.title, MatterWords.address(no)))"))
      \(UI.notice(.soon, "本次查看已记录", "\(person.name)，\(visit.now.chinese)，用途：\(purpose.chinese)。离开本页后须重新选择用途。"))
      \(UI.section("来电人", UI.facts([
        ("姓名", opened.name.map { HTML(text: $0) } ?? "未留"), ("电话", opened.phone.map { UI.phone($0) } ?? "未留"), ("室号", opened.room.map { HTML(text: $0) }),
      ])))
      \(UI.section("原话", "<blockquote>\(opened.content)</blockquote>" + UI.facts([("地点", opened.place.isEmpty ? nil : "\(opened.place)")])))
      \(if: !opened.raw.isEmpty, UI.details("来件原样", UI.facts(opened.raw.sorted { $0.key < $1.key }.map { ($0.key, $0.value.isEmpty ? nil : "\($0.value)") })))
      \(UI.toolbar([UI.linkButton("返回事项", MatterWords.address(no), .primary)]))
      """
    return page
  }
}
