import Foundation
import HTTPTypes
import Intake
import Kernel
import Matters
import Offices
import People
import WebSupport

/// The page of each step and what its form does: `GET` shows the form alone, `POST` takes the step.
struct StepPages: Sendable {
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    for place in StepPlace.all {
      let path = "/matters/{no}/\(place.noun)"
      book.get(path, allow: .signedIn(place.permission)) { visit in try await show(place, visit) }
      book.post(path, allow: .signedIn(place.permission), limits: place.photos ? .standard : .small) { visit in
        try await take(place, visit)
      }
    }
    book.post("/matters/{no}/not-same", allow: .signedIn(.seeMatters), limits: .small) { visit in
      let no = try visit.path("no")
      let other = visit.form.text("other")
      try await matters.refuseSame(no, other: other, by: try visit.person)
      return try visit.done(MatterWords.address(no), saying: "已记下：与 \(other) 不是同一件")
    }
  }

  func show(_ place: StepPlace, _ visit: Visit) async throws -> Page {
    let file = try await matters.file(try visit.path("no"), for: try visit.person)
    return try await page(place, file, visit, errors: .none)
  }

  /// The form alone, with what was typed and what is wrong with it.
  private func page(_ place: StepPlace, _ file: MatterFile, _ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    var desk = StepDesk(
      file: file, person: person, tokens: try visit.formTokens(), catalogue: matters.catalogue, now: visit.now, typed: visit.form,
      errors: errors)
    let search = visit.query["q"] ?? visit.form["q"]
    try await desk.load([place.event], search: search, matters: matters)
    let matter = file.matter
    var page = visit.page("\(place.event.chinese)：\(matter.title)", active: "matters")
    page.crumbs = [.init("事项", "/matters"), .init(matter.no, MatterWords.address(matter.no))]
    let choice = file.choices.first { $0.event == place.event }
    let body: HTML
    if let choice, choice.missing == nil {
      var form = StepForm(place: place, desk: desk).html
      if place.event == .correct {
        form =
          CompoundPicker.search(place.address(matter.no), value: search ?? "", found: search == nil ? nil : desk.compounds.count) + form
      }
      body = "<section class=\"panel\">\(form)</section>"
    } else {
      let why = choice?.missing?.message ?? "事项当前为“\(matter.state.chinese)”，或者这一步不由您的岗位办理。"
      body = UI.emptyState(
        "现在还不能“\(place.event.chinese)”", "\(why)", actions: [UI.linkButton("返回事项", MatterWords.address(matter.no), .primary)], icon: .lock)
    }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(place.event.chinese, sub: UI.link(matter.title, MatterWords.address(matter.no)), tags: MatterWords.tags(matter)))
      \(body)
      """
    return page
  }

  func take(_ place: StepPlace, _ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    let person = try visit.person
    do {
      guard let version = try visit.form.int("version") else {
        throw Refusal(.invalid, "matters-no-version", "页面缺少版本信息，请刷新事项页面后再办。")
      }
      let step = StepCommand(place: place, no: no, version: version, visit: visit, matters: matters)
      let (matter, told) = try await step.run(by: person)
      return try visit.done(Self.next(matter, for: person), saying: told)
    } catch let refusal as Refusal {
      return try await refused([refusal], place, no, visit)
    } catch let refusals as Refusals {
      return try await refused(refusals.all, place, no, visit)
    }
  }

  /// Where to go on: whoever has just given a matter away no longer sees it.
  private static func next(_ matter: Matter, for person: Person) -> String {
    if case .squad(let own) = Scope(of: person), matter.squad != own { return "/matters" }
    return MatterWords.address(matter.no)
  }

  /// Somebody was faster: the conflict page. Something to mend: the form again. Anything else: the door's own page.
  private func refused(_ all: [Refusal], _ place: StepPlace, _ no: String, _ visit: Visit) async throws -> Answer {
    guard let first = all.first, first.kind == .invalid || first.kind == .conflict || first.kind == .limit else { throw Refusals(all) }
    let file = try await matters.file(no, for: try visit.person)
    if first.code == "matters-changed" || first.code == "step-not-now" {
      return try conflict(first, place, file, visit)
    }
    let named = all.map { refusal in
      (
        field: refusal.field.map { $0 == "target" && visit.form[place.name("target")] == nil ? place.name("number") : place.name($0) }
          ?? "", message: refusal.message
      )
    }
    var answer = visit.again(try await page(place, file, visit, errors: FormErrors(named)))
    if first.kind == .conflict { answer.status = .conflict }
    return answer
  }

  private static let choices: Set<String> = [
    "outcome", "kind", "fact", "claim", "satisfaction", "solved", "grant", "agree", "squad", "office", "officer", "report", "department",
    "compound", "item", "companion", "target",
  ]

  private func conflict(_ refusal: Refusal, _ place: StepPlace, _ file: MatterFile, _ visit: Visit) throws -> Answer {
    let seen = try? visit.form.int("version")
    let steps = max(1, min(6, file.matter.version - (seen ?? file.matter.version)))
    // What a person wrote; what was chosen from a list has no words of its own.
    let words = visit.form.all.filter { field in
      let isOurs = field.name.hasPrefix(place.noun + "-") && !Self.choices.contains(String(field.name.dropFirst(place.noun.count + 1)))
      return isOurs && field.value.count > 3 && Int64(field.value) == nil
    }.map(\.value)
    var page = visit.page("情况已经变化", active: "matters")
    page.problem = true
    page.main = UI.conflict(
      what: "\(refusal.message)您的“\(place.event.chinese)”没有保存。", changes: file.story.suffix(steps).map { MatterStoryView.event($0, file) },
      yours: words.isEmpty ? nil : HTML(text: words.joined(separator: "\n")), continueAt: MatterWords.address(file.matter.no))
    return .page(page, .conflict)
  }
}
