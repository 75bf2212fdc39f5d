import Kernel
import People
import Storage
import TestHouse
import Testing

@Suite struct DutyTests {
  static let isWorkday: @Sendable (Day) -> Bool = { $0.weekday <= 5 }
  static func moment(_ day: String, _ hour: Int, _ minute: Int = 0) throws -> Moment {
    try #require(Day(iso: day)).at(hour: hour, minute: minute)
  }

  @Test(arguments: [
    ("2026-09-24", 8, 29, "2026-09-23", DutyShift.night), ("2026-09-24", 8, 30, "2026-09-24", .day),
    ("2026-09-24", 17, 29, "2026-09-24", .day),
    ("2026-09-24", 17, 30, "2026-09-24", .night), ("2026-09-26", 12, 0, "2026-09-26", .holiday), ("2026-09-27", 0, 5, "2026-09-26", .night),
  ])
  func aShiftBelongsToTheDayItBeginsOn(day: String, hour: Int, minute: Int, entered: String, shift: DutyShift) throws {
    let found = DutyHours.usual.shift(at: try Self.moment(day, hour, minute), isWorkday: Self.isWorkday)
    #expect(found.day.iso == entered && found.shift == shift)
  }

  /// The squad's Thursday night is Wang's with Li behind, the district's is the manager's.
  static func roster() async throws -> PeopleFixture {
    let fixture = try await PeopleFixture.make()
    let day = try #require(Day(iso: "2026-09-24"))
    let (wang, li, chen, qu) = (try fixture.person("wang"), try fixture.person("li"), try fixture.person("chen"), try fixture.person("qu"))
    try await Duty.set(
      [DutyEntry(day: day, shift: .night, account: wang.id, second: li.id)], of: try fixture.office("徐泾中队"), by: chen, in: fixture.house)
    try await Duty.set([DutyEntry(day: day, shift: .night, account: qu.id)], of: try fixture.office("青浦区局"), by: qu, in: fixture.house)
    return fixture
  }
  static func onDuty(_ fixture: PeopleFixture, _ office: String, _ moment: Moment) async throws -> OnDuty? {
    let id = try fixture.office(office)
    return try await fixture.house.store.read { db in try Duty.onDuty(id, at: moment, isWorkday: isWorkday, db) }
  }

  @Test func theRosterTellsWhoAnswersAndWhoIsBehind() async throws {
    let fixture = try await Self.roster()
    let night = try Self.moment("2026-09-25", 2)
    let found = try await Self.onDuty(fixture, "徐泾中队", night)
    #expect(found?.account == (try fixture.person("wang").id))
    #expect(found?.second == (try fixture.person("li").id))
    // A squad without a line of its own is answered for by its district.
    #expect(try await Self.onDuty(fixture, "赵巷中队", night)?.account == (try fixture.person("qu").id))
    #expect(try await Self.onDuty(fixture, "湖南中队", night) == nil)
    #expect(try await Self.onDuty(fixture, "徐泾中队", try Self.moment("2026-09-25", 10)) == nil)
  }

  @Test func aDeputyTakesTheShift() async throws {
    let fixture = try await Self.roster()
    let (wang, zhou) = (try fixture.person("wang"), try fixture.person("zhou"))
    let day = fixture.clock.now.day
    try await Deputies.appoint(zhou.id, for: wang.id, from: day, to: day, reason: "", by: wang, in: fixture.house)
    #expect(try await Self.onDuty(fixture, "徐泾中队", day.at(hour: 20))?.account == zhou.id)
    // Past midnight the deputy's last day is over, though the shift is not.
    #expect(try await Self.onDuty(fixture, "徐泾中队", day.end.adding(hours: 2))?.account == wang.id)
  }

  @Test func aNewLineTakesTheOldOnesPlace() async throws {
    let fixture = try await Self.roster()
    let day = fixture.clock.now.day
    let squad = try fixture.office("徐泾中队")
    try await Duty.set(
      [DutyEntry(day: day, shift: .night, account: try fixture.person("zhou").id)], of: squad, by: try fixture.person("chen"),
      in: fixture.house)
    let list = try await fixture.house.store.read { db in try Duty.list(of: squad, from: day, through: day, db) }
    #expect(list == [DutyEntry(day: day, shift: .night, account: try fixture.person("zhou").id)])
  }

  @Test(arguments: [
    ("zhao", "wang", "li", "people-duty-not-yours"), ("wang", "wang", "li", "people-not-permitted"),
    ("chen", "wang", "wang", "people-duty-second"),
    ("chen", "sun", "li", "people-duty-who"), ("chen", "wang", "wuye", "people-duty-who"), ("qu", "wang", "li", "done"),
  ])
  func whoMayRosterWhom(by: String, first: String, second: String, code: String) async throws {
    let fixture = try await PeopleFixture.make()
    let entry = DutyEntry(
      day: fixture.clock.now.day, shift: .day, account: try fixture.person(first).id, second: try fixture.person(second).id)
    let found = try await outcome {
      try await Duty.set([entry], of: try fixture.office("徐泾中队"), by: try fixture.person(by), in: fixture.house)
    }
    #expect(found == code)
  }

  // MARK: Calls

  static func ring(_ fixture: PeopleFixture) async throws -> DutyCall.ID {
    let squad = try fixture.office("徐泾中队")
    let house = fixture.house
    let now = house.now()
    return try await house.store.write { db in
      try DutyCalls.ring(squad, about: Subject("matter", 5), reason: "先行联系将于 02:10 到时", at: now, isWorkday: isWorkday, ids: house.ids, db)
    }
  }
  static func called(_ fixture: PeopleFixture, _ id: DutyCall.ID) async throws -> String? {
    let call = try await fixture.house.store.read { db in try DutyCalls.find(id, db) }
    return fixture.people.values.first { $0.id == call?.account }?.login
  }
  /// Runs what is due, as the worker does.
  static func work(_ fixture: PeopleFixture) async throws {
    let handler = DutyCalls.handler(in: fixture.house, isWorkday: isWorkday)
    let now = fixture.clock.now
    for job in try await fixture.house.store.write({ db in try Jobs.claim(kinds: [DutyCalls.jobKind], limit: 10, at: now, db) }) {
      try await handler.run(job)
      try await fixture.house.store.write { db in try Jobs.finish(job.id, at: now, db) }
    }
  }

  @Test func anUnansweredCallClimbs() async throws {
    let fixture = try await Self.roster()
    fixture.clock.set(try Self.moment("2026-09-24", 23))
    let id = try await Self.ring(fixture)
    var seen = [try await Self.called(fixture, id)]
    for _ in 1...4 {
      fixture.clock.advance(minutes: DutyCalls.patience)
      try await Self.work(fixture)
      seen.append(try await Self.called(fixture, id))
    }
    #expect(seen == ["wang", "li", "chen", "qu", "qu"])
  }

  @Test func anAnsweredCallStays() async throws {
    let fixture = try await Self.roster()
    fixture.clock.set(try Self.moment("2026-09-24", 23))
    let id = try await Self.ring(fixture)
    #expect(try await Self.ring(fixture) == id)
    #expect(
      try await outcome { try await DutyCalls.acknowledge(id, by: try fixture.person("sun"), in: fixture.house) } == "people-call-not-yours"
    )
    try await DutyCalls.acknowledge(id, by: try fixture.person("wang"), in: fixture.house)
    fixture.clock.advance(minutes: DutyCalls.patience)
    try await Self.work(fixture)
    #expect(try await Self.called(fixture, id) == "wang")
    let wang = try fixture.person("wang").id
    #expect(try await fixture.house.store.read { db in try DutyCalls.open(for: wang, db).count } == 0)
  }

  @Test func withoutARosterTheLeaderIsCalled() async throws {
    let fixture = try await PeopleFixture.make()
    fixture.clock.set(try Self.moment("2026-09-24", 23))
    let id = try await Self.ring(fixture)
    #expect(try await Self.called(fixture, id) == "chen")
  }
}
