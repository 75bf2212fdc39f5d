import Cases
import Catalogue
import CityLists
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// What the forms of a matter are drawn from: the matter, what can be chosen, and what was typed before.
struct StepDesk: Sendable {
  let file: MatterFile
  let person: Person
  let tokens: FormTokens
  let catalogue: Catalogue
  let now: Moment
  var squads: [SquadLoad] = []
  var hands: [(person: Person, open: Int)] = []
  var departments: [Office] = []
  var compounds: [CompoundCard] = []
  /// The firms that reported this, to whom something may be released.
  var firms: [(id: Int64, name: String)] = []
  /// What became of it as a case, and what of that is still to be decided.
  var cases: [CaseRecord] = []
  var filingDuty: FilingDuty?
  var firmCheck: FirmCheck?
  /// What the city says of it on its lists.
  var city: [CityEntry] = []
  /// What was typed, when the form comes back; the query, when a link fills it in.
  var typed = Fields()
  var errors = FormErrors.none

  var matter: Matter { file.matter }
  func may(_ event: MatterEvent) -> Bool { file.choices.contains { $0.event == event && $0.missing == nil } }

  /// Reads only what the forms at hand ask for.
  mutating func load(_ events: [MatterEvent], search: String?, matters: Matters) async throws {
    let wanted = Set(events)
    if !wanted.isDisjoint(with: [.dispatch, .coHandle]) { squads = try await matters.squads(for: person) }
    if !wanted.isDisjoint(with: [.accept, .assign, .visit]), let squad = matter.squad { hands = try await matters.hands(of: squad) }
    if wanted.contains(.transfer) { departments = try await matters.departments(for: person) }
    if wanted.contains(.correct) { compounds = try await CompoundPicker.find(search, for: person, matters) }
  }
}

/// Finding a compound without scripts: a search by GET, its hits as choices of the form.
enum CompoundPicker {
  static let most = 12
  static func find(_ text: String?, for person: Person, _ matters: Matters) async throws -> [CompoundCard] {
    guard let text, !text.isEmpty else { return [] }
    let scope: Scope = person.district.map(Scope.district) ?? Scope(of: person)
    return try await matters.house.store.read { db in
      try CompoundStore.list(CompoundFilter(text: text), scope: scope, limit: most, db)
    }
  }
  static func label(_ card: CompoundCard) -> UI.Choice {
    UI.Choice(String(card.compound.id.raw), card.compound.name, hint: "\(card.compound.address)，\(card.squadName)")
  }
  static func search(_ action: String, value: String, found: Int?) -> HTML {
    let none: HTML? =
      found == 0 ? UI.notice(.soon, "没有找到“\(value)”", "换一个叫法、路名或弄号再找；登记簿里没有的小区请联系系统管理员补录。") : nil
    return """
      \(UI.form(action, "\(UI.field("按名称、路名或弄号找小区", name: "q", value: value, .search))\(UI.button("查找小区", .secondary, icon: .search))"))
      \(none)
      """
  }
}
