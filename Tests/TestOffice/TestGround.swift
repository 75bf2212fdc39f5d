import Cases
import Catalogue
import ClockBook
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse
import WorkCalendar

/// What every scene stands on: a house with all rooms' tables, the law, and a district with two squads.
public struct TestGround: Sendable {
  public let clock: TestClock
  public let house: House
  public let matters: Matters
  public let cases: Cases
  public let district: Office
  public let squad: Office
  public let otherSquad: Office
  public static let password = "longtang-demo-2026"
  public static let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data")

  public static func make(understander: any Understander, demonstration: Bool = true, more: [Migration] = []) async throws -> TestGround {
    let clock = TestClock()
    let house = try await TestHouse.make(
      ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + [CatalogueNotes.migration]
        + IntakeMigrations.all
        + MattersMigrations.all + CasesMigrations.all + more, clock: clock, demonstration: demonstration)
    let calendar = try WorkCalendar(reading: try Data(contentsOf: data.appending(path: "holidays/china.json")))
    let clocks = try ClockBook(
      calendar: calendar, table: try ClockTable(reading: try Data(contentsOf: data.appending(path: "clocks/clocks.json"))))
    let catalogue = try Catalogue(reading: try Data(contentsOf: data.appending(path: "catalogue/items.json")))
    let now = clock.now
    let bureau = Office(
      id: house.ids.next(at: now), code: "310000", name: "上海市城管执法局", short: "市局", kind: .bureau, parent: nil, district: nil)
    let id: Office.ID = house.ids.next(at: now)
    let district = Office(id: id, code: "310118", name: "青浦区城管执法局", short: "青浦区局", kind: .district, parent: bureau.id, district: id)
    func squad(_ code: String, _ place: String, _ short: String) -> Office {
      Office(id: house.ids.next(at: now), code: code, name: "\(place)综合行政执法队", short: short, kind: .squad, parent: id, district: id)
    }
    let (first, second) = (squad("310118107", "徐泾镇", "徐泾中队"), squad("310118001", "夏阳街道", "夏阳中队"))
    try await house.store.write { db in
      try clocks.plantRules(at: now, db)
      for one in [bureau, district, first, second] { try OfficeStore.insert(one, at: now, db) }
    }
    let cases = try Cases(house: house, clocks: clocks, catalogue: catalogue) { try Data(contentsOf: data.appending(path: $0)) }
    var matters = Matters(house: house, clocks: clocks, catalogue: catalogue, understander: understander)
    matters.watchers = [cases.watcher]
    return TestGround(
      clock: clock, house: house, matters: matters, cases: cases,
      district: district, squad: first, otherSquad: second)
  }

  /// Accounts that can sign in with `password`, by log-in.
  public func plant(_ accounts: [NewAccount]) async throws -> [String: Person] {
    _ = try await Accounts.plantDemonstration(accounts, password: Self.password, in: house)
    return try await house.store.read { db in
      Dictionary(
        try accounts.compactMap { try PersonStore.find(login: $0.login, db) }.map { ($0.login, $0) }, uniquingKeysWith: { a, _ in a })
    }
  }
}
