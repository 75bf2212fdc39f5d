import Compounds
import Grades
import HTTPTypes
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// 临时检查: an officer stands in a compound to which nobody has sent them.
struct UnplannedPages: Sendable {
  let grades: Grades

  func routes(_ book: inout RouteBook) {
    book.get("/inspections/new", allow: .signedIn(.reportOnPatrol)) { visit in try await show(visit) }
    book.post("/inspections", allow: .signedIn(.reportOnPatrol)) { visit in try await take(visit) }
  }
  static func address(_ compound: String) -> String { "/inspections/new?compound=\(SafeURL.encode(compound))" }

  private func show(_ visit: Visit) async throws -> Page {
    guard let no = visit.query["compound"], !no.isEmpty else { return try await pick(visit) }
    return try form(try await grades.ground(of: no, for: try visit.person), visit, errors: .none)
  }

  /// First where: the squad's own compounds, or a search among them.
  private func pick(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let text = visit.query["q"] ?? ""
    let found = try await grades.house.store.read { db in
      try CompoundStore.list(CompoundFilter(text: text.isEmpty ? nil : text), scope: Scope(of: person), limit: CompoundPicker.most, db)
    }
    var page = visit.page("记录检查", active: "record")
    page.crumbs = [.init("更多", "/more"), .init("分级检查", "/inspections")]
    page.main = """
      \(UI.heading("在哪个小区", sub: "先选小区，再写看到什么。本月已安排检查的，记录在那次里"))
      \(CompoundPicker.search("/inspections/new", value: text, found: text.isEmpty ? nil : found.count))
      \(if: !found.isEmpty, UI.section(text.isEmpty ? "本队小区" : "找到 \(found.count) 个", UI.table("小区", [.init("小区", .what)], found.map {
        .init(Self.address($0.compound.no), [UI.lines("\($0.compound.name)", "\($0.compound.address)")])
      })))
      """
    return page
  }

  private func form(_ ground: UnplannedGround, _ visit: Visit, errors: FormErrors) throws -> Page {
    let typed = visit.form
    var page = visit.page("记录检查：\(ground.name)", active: "record")
    page.crumbs = [.init("分级检查", "/inspections"), .init("换一个小区", "/inspections/new")]
    page.problem = !errors.isEmpty
    let heading = UI.heading("记录检查", sub: "\(UI.link(ground.name, "/compounds/\(SafeURL.encode(ground.no))"))，\(ground.address)")
    if let planned = ground.planned {
      page.main = """
        \(UI.errorSummary(errors))
        \(heading)
        \(UI.notice(.action, "本月已安排检查，记录在那次里", "\(planned.no)，\(planned.due.chinese)前，\(planned.officerName ?? "未指定检查人")。为什么去：\(planned.reason)"))
        \(UI.toolbar([UI.linkButton("记录这次检查", GradeWords.address(inspection: planned.no), .primary, icon: .check)]))
        """
      return page
    }
    let form = InspectionForm(catalogue: grades.matters.catalogue, typed: typed, today: visit.now.day, errors: errors)
    page.main = """
      \(UI.errorSummary(errors))
      \(heading)
      \(cause(ground))
      \(UI.form("/inspections", tokens: try visit.formTokens(), draft: "inspection-of-\(ground.no)", upload: true, """
      <input type="hidden" name="compound" value="\(ground.no)">
      \(UI.textarea("为什么去", name: "why", value: typed.text("why"), rows: 2, limit: 500, hint: "\(ground.needsReason ? "写明依据，例如：路过时看见……，居委会当面反映……" : "不写的，按等级的理由记")", error: errors["why"], optional: !ground.needsReason))
      \(form.fields)
      \(UI.toolbar([UI.button("完成检查", icon: .check)], sticky: true))
      """))
      """
    return page
  }
  /// What the data say before somebody rings at a gate.
  private func cause(_ ground: UnplannedGround) -> HTML {
    guard let grade = ground.grade else {
      return UI.notice(.soon, "这个小区还没有分级", "行政检查要有依据：没有数据的，请写明为什么去。")
    }
    let why = UI.link("怎么得出的", GradeWords.address(ground.no))
    if ground.needsReason {
      return UI.notice(
        .soon, "数据没有显示问题，按“无事不扰”不上门", "\(grades.rules.undisturbed)（\(why)）。确需检查的，写明依据和原因；原因随检查保存，可以查到。")
    }
    return UI.notice(.neutral, "\(grade.effective) 级，本月没有待做的检查", "\(grades.grading.reasons(grade.graded))（\(why)）。这次记为临时检查，同一时期里不再重复安排。")
  }

  private func take(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let no = visit.form.text("compound")
    guard !no.isEmpty else { throw Refusal(.invalid, "inspections-compound", "请先选小区。", field: "compound") }
    let on = try? visit.form.day("on")
    return try await FormTry.run(
      visit, again: { try form(try await grades.ground(of: no, on: on, for: person), visit, errors: $0) }
    ) {
      let report = try await InspectionForm.read(visit)
      let key = visit.once.map { "\(person.id)-\($0)" }
      let (kept, out) = try await grades.recordUnplanned(in: no, because: visit.form.text("why"), report, key: key, by: person)
      return try InspectionForm.done(visit, kept, out)
    }
  }
}
