import Kernel
import Offices
import Storage
import TestHouse
import Testing

@Suite struct OfficeStoreTests {
  @Test func anOfficeIsFoundByItsCode() async throws {
    let house = try await TestHouse.make(OfficesMigrations.all)
    let id: Office.ID = house.ids.next(at: house.now())
    let squad = Office(id: id, code: "310118105", name: "徐泾镇综合行政执法队", short: "徐泾中队", kind: .squad, parent: nil, district: nil)
    let now = house.now()
    try await house.store.write { db in try OfficeStore.insert(squad, at: now, db) }
    let found = try await house.store.read { db in try OfficeStore.find(code: "310118105", db) }
    #expect(found == squad)
  }
}
