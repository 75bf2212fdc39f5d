import Cases
import Catalogue
import Foundation
import HTTPTypes
import Kernel
import Matters
import People
import WebSupport

/// 登记案件线索: from a matter, which brings its place and item along, or from what an officer saw.
struct CaseOpenPages: Sendable {
  let cases: Cases
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    book.get("/cases/new", allow: .signedIn(.workCases)) { visit in try await show(visit, errors: .none) }
    book.post("/cases", allow: .signedIn(.workCases), limits: .small) { visit in try await open(visit) }
  }

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let typed = visit.form
    let no = typed["matter"] ?? visit.query["matter"]
    var matter: Matter?
    if let no { matter = try await matters.file(no, for: person).matter }
    let place = typed["place"] ?? matter.map { MatterWords.place($0) } ?? ""
    var page = visit.page("登记案件线索", active: "cases")
    page.crumbs = [.init("案件", "/cases")]
    page.problem = !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("登记案件线索", sub: matter.map { "来自事项 \(UI.link($0.no, MatterWords.address($0.no)))：\($0.title)" } ?? "登记后十五日内决定是否立案"))
      \(UI.form("/cases", tokens: try visit.formTokens(), draft: "case-\(no ?? "new")", """
      \(if: matter != nil, "<input type=\"hidden\" name=\"matter\" value=\"\(matter?.no ?? "")\">")
      \(UI.select("案由", name: "item", options: cases.catalogue.items.map { .init($0.slug, $0.name) }, value: typed["item"] ?? matter?.item, error: errors["item"]))
      \(UI.radios("程序", name: "procedure", CaseProcedure.allCases.filter { $0 != .fastTrack }.map { .init($0.rawValue, $0.chinese, hint: Self.hint($0)) }, value: typed["procedure"] ?? CaseProcedure.ordinary.rawValue, error: errors["procedure"]))
      \(UI.field("违法行为发生地", name: "place", value: place, hint: "如“元邑小城 12号101室天井”", error: errors["place"]))
      \(UI.date("发现日期", name: "found", value: (try? typed.day("found")) ?? matter?.firstAt.day ?? visit.now.day, error: errors["found"]))
      \(UI.date("违法行为终了日期", name: "ended", value: (try? typed.day("ended")) ?? nil, hint: "仍在继续的留空；按终了之日的法律办理，时效也从这天起算", error: errors["ended"], optional: true))
      \(UI.checkbox("涉及生命健康安全且有危害后果", name: "endangers", on: typed.flag("endangers"), hint: "追责时效为五年"))
      \(UI.checkbox("正在搭建", name: "construction", on: typed.flag("construction")))
      \(UI.textarea("线索情况", name: "note", value: typed.text("note"), error: errors["note"], optional: true))
      \(UI.toolbar([UI.button("登记线索", icon: .check)], sticky: true))
      """))
      """
    return page
  }
  private static func hint(_ procedure: CaseProcedure) -> String {
    switch procedure {
    case .simple: "事实确凿，公民二百元以下、单位三千元以下罚款或者警告"
    case .ordinary: "立案、调查、告知、决定；当事人书面申请的可转快速办理"
    case .fastTrack: ""
    case .noPenalty: "违法轻微并及时改正、初次违法等"
    case .illegalBuilding: "认定、责令限期拆除、催告、强制拆除"
    }
  }

  func open(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    do {
      guard let item = form["item"] else { throw Refusal(.invalid, "cases-field", "请选择案由。", field: "item") }
      guard let procedure = try form.choice("procedure", CaseProcedure.self), procedure != .fastTrack else {
        throw Refusal(.invalid, "cases-field", "请选择程序。", field: "procedure")
      }
      guard let found = try form.day("found") else { throw Refusal(.invalid, "cases-field", "请填写发现日期。", field: "found") }
      var new = NewCase(item: item, procedure: procedure, foundOn: found, place: form.text("place"))
      new.matterNo = form["matter"]
      new.ended = try form.day("ended")
      new.endangersLife = form.flag("endangers")
      new.isUnderConstruction = form.flag("construction")
      new.note = form["note"]
      let person = try visit.person
      new.onceKey = visit.once.map { "case-\(person.id)-\($0)" }
      let record = try await cases.open(new, by: person)
      return try visit.done(CaseWords.address(record.no), saying: "已登记为 \(record.no)")
    } catch let refusal as Refusal where refusal.kind == .invalid || refusal.kind == .conflict {
      var answer = visit.again(try await show(visit, errors: FormErrors(refusal)))
      if refusal.kind == .conflict { answer.status = .conflict }
      return answer
    }
  }
}
