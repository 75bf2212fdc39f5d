import Cases
import Catalogue
import Foundation
import Kernel
import Offices
import WebSupport
import Workflow

/// The form of one step, drawn from its fields.
struct CaseStepForm {
  let event: CaseEvent
  let sheet: CaseSheet
  let typed: Fields
  let errors: FormErrors
  let now: Moment
  var hands: [CaseSheet.Hand] = []
  /// Of a plan of instalments.
  var mostParts = 12
  var departments: [Office] = []

  var needsDepartments: Bool { event.fields.contains { $0.kind == .department } }

  func html(_ tokens: FormTokens) -> HTML {
    UI.form(
      CaseWords.address(sheet.record.no, "steps/\(event.noun)"), tokens: tokens, draft: "case-\(sheet.record.no)-\(event.rawValue)",
      """
      <input type="hidden" name="version" value="\(sheet.record.version)">
      \(basis)
      \(each: fields, { field($0) })
      \(UI.toolbar([UI.button(event.chinese, icon: CaseWords.icon(event))], sticky: true))
      """)
  }

  /// What this item's clause has nothing to do with is not asked.
  private var fields: [CaseField] {
    let fines = sheet.item.fines(on: sheet.record.file.lawDay)
    return event.fields.filter { $0.name != "quantity" || fines.contains { $0.measure != .amount } }
  }
  private func offered(_ choices: [CaseField.Choice], of field: CaseField) -> [CaseField.Choice] {
    guard event == .weigh, field.name == "tier" else { return choices }
    let tiers = Set(sheet.item.fines(on: sheet.record.file.lawDay).map(\.tier.rawValue))
    return choices.filter { tiers.contains($0.value) }
  }

  private var basis: HTML {
    guard let step = CaseTables.table(sheet.record.file.procedure).steps.first(where: { $0.event == event }), let basis = step.basis else {
      return .empty
    }
    return "<p class=\"basis\">依据：\(basis)</p>"
  }

  private func field(_ field: CaseField) -> HTML {
    let value = typed[field.name] ?? preset(field) ?? ""
    let (name, error, hint) = (field.name, errors[field.name], field.hint.map { HTML(text: $0) })
    switch field.kind {
    case .words(let rows):
      return UI.textarea(field.label, name: name, value: value, rows: rows, hint: hint, error: error, optional: field.isOptional)
    case .line: return UI.field(field.label, name: name, value: value, hint: hint, error: error, optional: field.isOptional)
    case .day: return UI.field(field.label, name: name, value: value, .date, hint: hint, error: error, optional: field.isOptional)
    case .moment: return UI.field(field.label, name: name, value: value, .dateTime, hint: hint, error: error, optional: field.isOptional)
    case .yes: return UI.checkbox(field.label, name: name, value: "yes", on: typed.flag(name), hint: field.hint)
    case .choice(let choices):
      return UI.radios(
        field.label, name: name, offered(choices, of: field).map { .init($0.value, $0.label) }, value: value, hint: hint, error: error)
    case .yuan:
      return UI.field(
        field.label, name: name, value: value, .money, hint: hint, error: error, optional: field.isOptional,
        unit: name == "quantity" ? nil : "元")
    case .count: return UI.field(field.label, name: name, value: value, .number, hint: hint, error: error, optional: field.isOptional)
    case .squadOfficers:
      let chosen = typed.all.isEmpty ? Set(sheet.officers.map { String($0.account) }) : Set(typed.values(name))
      return UI.checkboxes(
        field.label, name: name,
        hands.filter { !$0.isReviewer }.map {
          .init(String($0.account), $0.name, hint: $0.certificate.isEmpty ? "没有有效的执法证" : "执法证 \($0.certificate)")
        },
        values: chosen, hint: hint, error: error)
    case .handlers:
      let chosen = typed.all.isEmpty ? Set(sheet.officers.map { String($0.account) }) : Set(typed.values(name))
      return UI.checkboxes(
        field.label, name: name,
        sheet.officers.map { .init(String($0.account), $0.name, hint: "执法证 \($0.certificate)") }
          + sheet.coOfficers.map { .init(String($0.account), $0.name, hint: "协办，执法证 \($0.certificate)") }, values: chosen, hint: hint,
        error: error)
    case .handler:
      return UI.select(
        field.label, name: name,
        options: sheet.officers.map { .init(String($0.account), $0.name) }
          + sheet.coOfficers.map { .init(String($0.account), "\($0.name)（协办）") }, value: value, hint: hint, error: error)
    case .parts: return parts(field, error)
    case .others:
      let handling = Set((sheet.officers + sheet.coOfficers).map(\.account) + sheet.recused.map(\.account))
      return UI.select(
        field.label, name: name, options: hands.filter { !handling.contains($0.account) }.map { .init(String($0.account), $0.name) },
        value: value, hint: hint, error: error)
    case .picks:
      guard let table = sheet.discretion else { return .empty }
      let source: HTML = "<p class=\"hint\">\(table.isAdopted ? "裁量基准" : "示例，尚未采用")：\(table.source)</p>"
      return source
        + HTML.join(
          table.factors.map { factor in
            UI.radios(
              factor.name, name: "pick-\(factor.key)",
              factor.levels.enumerated().map { .init(String($0.offset), $0.element.text, hint: "\($0.element.score) 分") },
              value: typed["pick-\(factor.key)"], error: errors[factor.key])
          }, "")
    case .department:
      return UI.select(
        field.label, name: name, options: departments.map { .init($0.code, $0.name) }, value: value, hint: hint, error: error)
    }
  }

  /// A row for each part; the first few are open, and what is left empty is no part.
  private func parts(_ field: CaseField, _ error: String?) -> HTML {
    func row(_ number: Int) -> HTML {
      UI.fieldset(
        "第 \(number) 期",
        """
        \(UI.field("缴款期限", name: "part-due-\(number)", among: "第 \(number) 期", value: typed.text("part-due-\(number)"), .date, optional: true))
        \(UI.field("金额", name: "part-amount-\(number)", among: "第 \(number) 期", value: typed.text("part-amount-\(number)"), .money, optional: true, unit: "元"))
        """)
    }
    let few = min(4, mostParts)
    let more = Array(few + 1..<max(few, mostParts) + 1)
    let isTyped = more.contains { !typed.text("part-amount-\($0)").isEmpty || !typed.text("part-due-\($0)").isEmpty }
    let fine = sheet.record.file.decision?.penalty?.fine ?? 0
    return UI.fieldset(
      field.label, hint: "\(field.hint ?? "")：\(CaseWords.yuan(fine))", error: error, id: "f-\(field.name)",
      HTML.join((1...few).map(row), "")
        + (more.isEmpty ? .empty : UI.details("第 \(few + 1) 至 \(mostParts) 期", open: isTyped, HTML.join(more.map(row), ""))))
  }
  /// The rows that say something, as the step reads them.
  static func parts(of form: Fields, most: Int) -> [String] {
    (1...most).compactMap { number in
      let (due, amount) = (form.text("part-due-\(number)"), form.text("part-amount-\(number)"))
      return due.isEmpty && amount.isEmpty ? nil : "\(due):\(amount)"
    }
  }

  /// What is known already is not typed again.
  private func preset(_ field: CaseField) -> String? {
    let file = sheet.record.file
    switch (event, field.name) {
    case (.giveNotice, "served"), (.urge, "served"), (.askHearing, "at"), (.demolish, "at"): return "\(now.day.iso)T\(now.clockText)"
    case (.serve, "on"), (.servePaper, "on"): return now.day.iso
    case (.serve, "servers"), (.servePaper, "servers"): return "2"
    case (.inspect, "place"): return sheet.record.placeText
    case (.weigh, "tier"): return Fine.Tier.base.rawValue
    case (.propose, "fine"): return file.discretion.map { plainYuan($0.proposed) }
    case (.propose, "note"): return file.discretion?.arithmetic
    case (.decide, "fine"): return file.proposal.map { plainYuan($0.fine) }
    case (.decide, "reduction"): return file.proposal?.reduction
    case (.decide, "departure"): return file.proposal?.departure
    case (.pay, "amount"): return sheet.owed > 0 ? plainYuan(sheet.owed) : nil
    case (.identifyParty, "kind"): return sheet.party?.kind.rawValue
    case (.identifyParty, "name"): return sheet.party?.name
    case (.identifyParty, "address"): return sheet.party?.address
    case (.identifyParty, "representative"): return sheet.party?.representative
    default: return nil
    }
  }
  private func plainYuan(_ fen: Int) -> String { fen % 100 == 0 ? "\(fen / 100)" : "\(fen / 100).\((fen % 100).padded(2))" }
}
