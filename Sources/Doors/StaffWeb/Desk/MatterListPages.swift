import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// 收件箱: lists of matters, and sending several at once.
struct MatterListPages: Sendable {
  let matters: Matters
  static let rows = 40

  func routes(_ book: inout RouteBook) {
    book.get("/matters", allow: .signedIn(.seeMatters), mayLag: true) { visit in try await show(visit) }
    book.get("/search", allow: .signedIn(nil), mayLag: true) { visit in try await search(visit) }
    book.get("/matters/newer", allow: .signedIn(.seeMatters), mayLag: true) { visit in
      let since = visit.query["since"].flatMap { Int64($0) } ?? Int64.max
      return try Answer.json(
        ["count": try await matters.arrived(since: since, MatterListQuery(visit.query).filter, for: try visit.person)])
    }
  }

  /// The search in the page's head: a whole number goes straight to its matter, anything else to the list.
  func search(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let text = visit.query.text("q")
    if let elsewhere = try await SearchElsewhere.place(of: text, for: person, in: matters.house) { return .redirect(elsewhere) }
    let no = text.uppercased()
    let found: String? = try await matters.house.store.read { db in
      if let matter = try MatterStore.find(no: no, for: person, db) { return matter.no }
      guard let report = try ReportStore.find(no: no, db), let id = report.matter, let matter = try MatterStore.find(Matter.ID(id), db)
      else {
        return nil
      }
      return try MatterStore.find(no: matter.no, for: person, db)?.no
    }
    return .redirect(found.map { MatterWords.address($0) } ?? (text.isEmpty ? "/matters" : "/matters?group=all&q=\(SafeURL.encode(text))"))
  }

  func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let query = MatterListQuery(visit.query)
    let listed = try await matters.list(query.filter, for: person, after: query.after, limit: Self.rows)
    let groups = MatterListQuery.groups(for: person)
    let counted = groups.filter { $0 != .closed }
    var view = MatterListView(
      query: query, person: person, now: visit.now, listed: listed, clocks: try await matters.nextClocks(of: listed.matters),
      groups: groups,
      counts: try await matters.counts(counted, for: person), tokens: try visit.formTokens(), catalogue: matters.catalogue)
    if person.may(.dispatchMatters) || person.may(.superviseMatters) { view.squads = try await matters.squads(for: person) }
    if case .squad(let squad) = Scope(of: person), person.role != .officer { view.hands = try await matters.hands(of: squad).map(\.person) }
    if case .squad = Scope(of: person) {
      let scope = Scope(of: person)
      let cards = try await matters.house.store.read { db in
        try CompoundStore.list(scope: scope, limit: MatterListView.mostCompounds + 1, db)
      }
      // A menu of two hundred names finds nothing: there the way is the compound's page, or the search.
      if cards.count <= MatterListView.mostCompounds { view.compounds = cards.map(\.compound) }
    }
    if let compound = query.filter.compound {
      view.compoundName = try await matters.house.store.read { db in
        try CompoundStore.card(Compound.ID(compound), scope: person.district.map(Scope.district) ?? Scope(of: person), db)?.compound.name
      }
    }
    var page = visit.page(query.filter.group.chinese, active: "matters")
    page.wide = true
    page.main = view.html
    return page
  }
}
