import Kernel
import People
import Storage
import TestHouse
import Testing

@Suite struct DeputiesTests {
  /// Begins on the test clock's day, 2026-09-24.
  static func day(_ text: String) throws -> Day { try #require(Day(iso: text)) }

  @Test func theDeputyActsFromTheFirstDayThroughTheLast() async throws {
    let fixture = try await PeopleFixture.make()
    let wang = try fixture.person("wang")
    let li = try fixture.person("li")
    try await Deputies.appoint(
      li.id, for: wang.id, from: Self.day("2026-09-28"), to: Self.day("2026-09-30"), reason: "年休假", by: wang, in: fixture.house)
    let acting = try await fixture.house.store.read { db in
      try ["2026-09-27", "2026-09-28", "2026-09-30", "2026-10-01"].map { try Deputies.acting(for: wang.id, on: Self.day($0), db) }
    }
    #expect(acting == [wang.id, li.id, li.id, wang.id])
    let represented = try await fixture.house.store.read { db in try Deputies.represented(by: li.id, on: Self.day("2026-09-29"), db) }
    #expect(represented == [wang.id])
  }

  @Test func aDeputysDeputyDoesNotAct() async throws {
    let fixture = try await PeopleFixture.make()
    let (wang, li, zhou) = (try fixture.person("wang"), try fixture.person("li"), try fixture.person("zhou"))
    let (from, to) = (try Self.day("2026-09-28"), try Self.day("2026-09-30"))
    try await Deputies.appoint(li.id, for: wang.id, from: from, to: to, reason: "", by: wang, in: fixture.house)
    try await Deputies.appoint(zhou.id, for: li.id, from: from, to: to, reason: "", by: li, in: fixture.house)
    let acting = try await fixture.house.store.read { db in try Deputies.acting(for: wang.id, on: from, db) }
    #expect(acting == li.id)
  }

  @Test(arguments: [
    ("2026-09-30", "2026-10-02", "people-deputy-overlap"), ("2026-09-25", "2026-09-28", "people-deputy-overlap"),
    ("2026-10-01", "2026-10-02", "done"), ("2026-09-24", "2026-09-27", "done"), ("2026-10-05", "2026-10-04", "people-deputy-days"),
    ("2026-09-20", "2026-09-23", "people-deputy-days"), ("2026-10-01", "2027-10-01", "people-deputy-long"),
  ])
  func windows(from: String, to: String, code: String) async throws {
    let fixture = try await PeopleFixture.make()
    let (wang, li) = (try fixture.person("wang"), try fixture.person("li"))
    try await Deputies.appoint(
      li.id, for: wang.id, from: Self.day("2026-09-28"), to: Self.day("2026-09-30"), reason: "", by: wang, in: fixture.house)
    let found = try await outcome {
      try await Deputies.appoint(li.id, for: wang.id, from: Self.day(from), to: Self.day(to), reason: "", by: wang, in: fixture.house)
    }
    #expect(found == code)
  }

  @Test(arguments: [
    // by, for, deputy
    ("wang", "wang", "li", "done"), ("chen", "wang", "li", "done"), ("qu", "wang", "li", "done"),
    ("li", "wang", "li", "people-deputy-not-yours"),
    ("zhao", "wang", "li", "people-deputy-not-yours"), ("wang", "wang", "wang", "people-deputy-self"),
    ("wang", "wang", "sun", "people-deputy-who"), ("wang", "wang", "wuye", "people-deputy-who"),
    ("sec", "sec", "sys", "people-deputy-not-yours"),
  ])
  func whoMayAppointWhom(by: String, account: String, deputy: String, code: String) async throws {
    let fixture = try await PeopleFixture.make()
    let found = try await outcome {
      try await Deputies.appoint(
        try fixture.person(deputy).id, for: try fixture.person(account).id, from: Self.day("2026-09-24"), to: Self.day("2026-09-25"),
        reason: "",
        by: try fixture.person(by), in: fixture.house)
    }
    #expect(found == code)
  }

  @Test func anEndedOrDisabledDeputyActsNoMore() async throws {
    let fixture = try await PeopleFixture.make()
    let (wang, li, chen) = (try fixture.person("wang"), try fixture.person("li"), try fixture.person("chen"))
    let today = fixture.clock.now.day
    let id = try await Deputies.appoint(li.id, for: wang.id, from: today, to: today, reason: "", by: wang, in: fixture.house)
    try await Deputies.end(id, by: wang, in: fixture.house)
    try await Deputies.appoint(chen.id, for: wang.id, from: today, to: today, reason: "", by: wang, in: fixture.house)
    func acting() async throws -> Person.ID {
      try await fixture.house.store.read { db in try Deputies.acting(for: wang.id, on: today, db) }
    }
    #expect(try await acting() == chen.id)
    try await Accounts.disable(chen.id, reason: "", by: try fixture.person("sec"), in: fixture.house)
    #expect(try await acting() == wang.id)
  }
}
