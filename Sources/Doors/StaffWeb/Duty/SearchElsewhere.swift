import Cases
import Compounds
import Kernel
import People
import Storage
import WebSupport

/// Where a search leads that is not for a matter: to a compound by its name or number, and for those who see no matters to what they do see.
enum SearchElsewhere {
  static func place(of words: String, for person: Person, in house: House) async throws -> String? {
    let asked = [("q", words.isEmpty ? nil : words)]
    if person.may(.seeCases), words.uppercased().hasPrefix("C"),
      let found = try await house.store.read({ db in try CaseStore.find(no: words.uppercased(), for: person, db) })
    {
      return CaseWords.address(found.no)
    }
    guard person.may(.seeMatters) else {
      if person.may(.seeCases) { return "/cases" }
      if person.may(.administerAccounts) { return Address.of("/accounts", asked) }
      if person.may(.audit) { return Address.of("/audit/looks", asked) }
      return person.may(.seeCatalogue) ? Address.of("/catalogue", asked) : "/"
    }
    guard person.may(.seeCompounds), words.count >= 2 else { return nil }
    let scope = Scope(of: person)
    let cards = try await house.store.read { db in
      if let found = try CompoundStore.find(no: words, db), let card = try CompoundStore.card(found.id, scope: scope, db) { return [card] }
      // The names only: what merely stands in an address is more likely sought in the reports.
      let cards = try CompoundStore.list(CompoundFilter(text: words, state: nil), scope: scope, limit: 20, db)
      let named = try cards.filter { try $0.compound.name == words || CompoundStore.aliases(of: $0.compound.id, db).contains(words) }
      return named.isEmpty ? cards.filter { $0.compound.name.contains(words) } : named
    }
    if cards.count == 1 { return "/compounds/\(cards[0].compound.no)" }
    return cards.isEmpty ? nil : Address.of("/compounds", asked)
  }
}
