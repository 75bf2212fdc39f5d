import Cases
import Foundation
import HTTPTypes
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// The page of each step of a case: `GET` shows the form, `POST` takes the step. All forms come from one table, `CaseEvent.fields`.
struct CaseStepPages: Sendable {
  let cases: Cases
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    book.get("/cases/{no}/steps/{event}", allow: .signedIn(.workCases)) { visit in try await show(visit) }
    book.post("/cases/{no}/steps/{event}", allow: .signedIn(.workCases), limits: .small) { visit in try await take(visit) }
  }

  private func event(_ visit: Visit) throws -> CaseEvent {
    guard let event = CaseEvent(noun: try visit.path("event")) else { throw Refusal(.missing, "cases-no-step", "没有这一步。") }
    return event
  }

  func show(_ visit: Visit) async throws -> any Answering {
    let (event, sheet) = (try event(visit), try await cases.sheet(try visit.path("no"), for: try visit.person))
    // Evidence is not counted by hand: each piece is entered.
    if event == .collect { return Answer.redirect(ExhibitWords.address(sheet.record.no, "new")) }
    return try await page(event, sheet, visit, errors: .none)
  }

  private func page(_ event: CaseEvent, _ sheet: CaseSheet, _ visit: Visit, errors: FormErrors) async throws -> Page {
    let record = sheet.record
    var page = visit.page("\(event.chinese)：\(record.title)", active: "cases")
    page.crumbs = [.init("案件", "/cases"), .init(record.no, CaseWords.address(record.no))]
    page.problem = !errors.isEmpty
    let choice = sheet.choices.first { $0.event == event }
    let body: HTML
    if let choice, choice.missing == nil {
      var form = CaseStepForm(event: event, sheet: sheet, typed: visit.form, errors: errors, now: visit.now)
      form.hands = try await cases.hands(for: record)
      form.mostParts = cases.mostInstalments
      if form.needsDepartments { form.departments = try await matters.departments(for: try visit.person) }
      body = "<section class=\"panel\">\(form.html(try visit.formTokens()))</section>"
    } else {
      let why = choice?.missing?.message ?? "案件当前为“\(record.state.chinese)”，或者这一步不由您的岗位办理。"
      let article = choice?.missing?.article.map { "<br>依据：\($0)" as HTML }
      let back = UI.linkButton("返回案件", CaseWords.address(record.no), .secondary)
      let papers = UI.linkButton("去补全、签发文书", CaseWords.address(record.no, "papers"), .primary, icon: .paper)
      body = UI.emptyState(
        "现在还不能“\(event.chinese)”", "\(why)\(article)", actions: choice?.missing?.code == "cases-not-issued" ? [papers, back] : [back],
        icon: .lock)
    }
    let faults = try await cases.evidenceFaults(of: record)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(event.chinese, sub: UI.link(record.title, CaseWords.address(record.no)), tags: CaseWords.tags(record)))
      \(ExhibitWords.warning(faults, of: record.no))
      \(body)
      """
    return page
  }

  func take(_ visit: Visit) async throws -> Answer {
    let (no, event, person) = (try visit.path("no"), try event(visit), try visit.person)
    do {
      guard let version = try visit.form.int("version") else {
        throw Refusal(.invalid, "cases-no-version", "页面缺少版本信息，请刷新案件页面后再办。")
      }
      var values: [String: [String]] = [:]
      for field in event.fields {
        values[field.name] =
          switch field.kind {
          case .picks:
            visit.form.all.filter { $0.name.hasPrefix("pick-") && !$0.value.isEmpty }.map { "\($0.name.dropFirst(5)):\($0.value)" }
          case .parts: CaseStepForm.parts(of: visit.form, most: cases.mostInstalments)
          default: visit.form.values(field.name)
          }
      }
      let record = try await cases.step(event, CaseSaid(values), on: no, version: version, by: person)
      return try visit.done(CaseWords.address(no), saying: "已记录：\(event.chinese)。\(record.state.chinese)")
    } catch let refusal as Refusal where [.invalid, .conflict, .limit].contains(refusal.kind) {
      let sheet = try await cases.sheet(no, for: person)
      if refusal.code == "cases-changed" || refusal.code == "step-not-now" { return try conflict(refusal, event, sheet, visit) }
      let told = refusal.article.map { "\(refusal.message)（\($0)）" } ?? refusal.message
      var answer = visit.again(
        try await page(event, sheet, visit, errors: FormErrors([(field: refusal.field ?? "", message: told)])))
      if refusal.kind == .conflict { answer.status = .conflict }
      return answer
    }
  }

  /// Somebody was faster: what they did, and what this person wrote.
  private func conflict(_ refusal: Refusal, _ event: CaseEvent, _ sheet: CaseSheet, _ visit: Visit) throws -> Answer {
    let seen = (try? visit.form.int("version")) ?? nil
    let steps = max(1, min(6, sheet.record.version - (seen ?? sheet.record.version)))
    let words = event.fields.filter { if case .words = $0.kind { true } else { false } }.compactMap { visit.form[$0.name] }
    var page = visit.page("情况已经变化", active: "cases")
    page.problem = true
    page.main = UI.conflict(
      what: "\(refusal.message)您的“\(event.chinese)”没有保存。",
      changes: sheet.steps.suffix(steps).map {
        UI.Event(at: $0.at, who: $0.who, "\(CaseView.what($0.act))", words: nil, icon: nil, tone: nil)
      },
      yours: words.isEmpty ? nil : HTML(text: words.joined(separator: "\n")), continueAt: CaseWords.address(sheet.record.no))
    return .page(page, .conflict)
  }
}
