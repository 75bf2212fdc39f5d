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
import Testing

@testable import Pilot

@Suite struct PilotTests {
  static let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data")
  static func plant() async throws -> (house: House, city: Pilot.City) {
    let house = try await TestHouse.make(
      ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
        + MattersMigrations.all + [CatalogueNotes.migration] + CasesMigrations.all, demonstration: true)
    let city = try await Pilot.plant(Pilot.Size(compounds: 7, reports: 80), data: data, into: house)
    return (house, try #require(city))
  }
  /// What a person would see of the city, without what is random by nature.
  static func picture(_ house: House) async throws -> [String] {
    try await house.store.read { db in
      try db.all(
        """
        SELECT m.no, m.title, m.state, m.reports, m.first_at, m.due_at, r.masked FROM matter m JOIN report r ON r.matter_id = m.id
        ORDER BY m.no, r.no
        """
      ).map { row in
        let (no, title, state) = (try row.text("no"), try row.text("title"), try row.text("state"))
        return
          "\(no) \(title) \(state) \(try row.int("reports")) \(try row.int("first_at")) \(try row.int("due_at")) \(try row.text("masked"))"
      }
        + (try db.all("SELECT at, actor_name, action, note FROM journal WHERE subject_kind = 'matter' ORDER BY id").map { row in
          "\(try row.int("at")) \(try row.text("actor_name")) \(try row.text("action")) \(try row.optionalText("note") ?? "")"
        })
    }
  }

  @Test func oneSeedPlantsOneCityWithEveryStateAndRole() async throws {
    let (house, city) = try await Self.plant()
    #expect(city.reports == 80)
    let again = try await Self.picture(Self.plant().house)
    #expect(try await Self.picture(house) == again)

    let (states, channels, verdict, demonstrations) = try await house.store.read { db in
      (
        Set(try db.all("SELECT DISTINCT state FROM matter").map { try $0.text("state") }),
        Set(try db.all("SELECT DISTINCT channel FROM report").map { try $0.text("channel") }), try Journal.verify(db),
        try db.number("SELECT count(*) AS n FROM account WHERE demonstration = 0")
      )
    }
    #expect(states == Set(MatterState.allCases.map(\.rawValue)))
    #expect(channels == Set(Report.Channel.allCases.map(\.rawValue)))
    #expect(verdict.faults.isEmpty)
    #expect(verdict.entries > 500)
    #expect(demonstrations == 0)
    #expect(Set(city.accounts.map(\.role)) == Set(Role.allCases))
    #expect(!city.receipts.isEmpty)
  }

  /// A case at its end has its papers with their numbers, and evidence that can be looked at.
  @Test func casesHaveTheirPapersAndTheirEvidence() async throws {
    let (house, _) = try await Self.plant()
    try await house.store.read { db in
      #expect(try db.number("SELECT count(*) AS n FROM case_file WHERE state = 'closed'") > 0)
      let unwritten = try db.number(
        "SELECT count(*) AS n FROM case_paper p JOIN case_file c ON c.id = p.case_id WHERE c.state = 'closed' AND p.state = 'draft'")
      #expect(unwritten == 0)
      let decision = try db.first(
        "SELECT p.no FROM case_paper p JOIN case_file c ON c.id = p.case_id WHERE c.state = 'closed' AND p.kind = 'penalty-decision'")
      #expect(try decision?.text("no").contains("罚决〔") == true)
      let bare = try db.number(
        """
        SELECT count(*) AS n FROM case_paper p WHERE p.kind = 'photo-evidence' AND NOT EXISTS
          (SELECT 1 AS one FROM exhibit e WHERE e.case_id = p.case_id AND e.sha256 IS NOT NULL)
        """)
      #expect(bare == 0)
    }
  }

  /// Who is told to sign in first must not find an empty page.
  @Test func theFirstLogInsHaveWork() async throws {
    let (house, city) = try await Self.plant()
    let officer = try #require(city.lively.first?.login)
    let open = try await house.store.read { db in
      try db.number("SELECT count(*) AS n FROM matter m JOIN account a ON a.id = m.officer_id WHERE m.open = 1 AND a.login = \(officer)")
    }
    #expect(open > 0)
    #expect(city.lively.map(\.login).allSatisfy { login in city.accounts.contains { $0.login == login } })
    #expect(city.summary.contains("  \(officer)"))
  }

  @Test func manyReportsOfOneFlatAreOneMatter() async throws {
    let (house, _) = try await Self.plant()
    let most = try await house.store.read { db in
      try db.first("SELECT title, reports FROM matter WHERE item = 'residential-to-commercial' ORDER BY reports DESC LIMIT 1")
    }
    #expect(try most?.int("reports") == 12)
    #expect(try most?.text("title").contains("徐泾北城招商悦庭") == true)
  }

  @Test func somethingIsDueLateAndNew() async throws {
    let (house, _) = try await Self.plant()
    let now = house.now()
    let (late, soon, fresh) = try await house.store.read { db in
      (
        try db.number("SELECT count(*) AS n FROM matter WHERE open = 1 AND due_at < \(now)"),
        try db.number("SELECT count(*) AS n FROM matter WHERE open = 1 AND due_at >= \(now) AND due_at <= \(now.adding(hours: 24))"),
        try db.number("SELECT count(*) AS n FROM matter WHERE first_at > \(now.adding(hours: -24))")
      )
    }
    #expect(late > 0)
    #expect(soon > 0)
    #expect(fresh > 0)
  }

  /// The city is made for whatever day it is: a Saturday evening, the middle of the long holiday, the first days of a year.
  @Test(arguments: [(2026, 11, 21, 17), (2026, 10, 3, 9), (2026, 1, 2, 0)])
  func anyMomentWillDo(_ when: (Int, Int, Int, Int)) async throws {
    let now = try #require(Day(year: when.0, month: when.1, day: when.2)).at(hour: when.3, minute: 7)
    let house = try await TestHouse.make(
      ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
        + MattersMigrations.all + [CatalogueNotes.migration] + CasesMigrations.all, clock: TestClock(now), demonstration: true)
    let city = try #require(try await Pilot.plant(Pilot.Size(compounds: 12, reports: 260), data: Self.data, into: house))
    #expect(city.reports == 260)
    let states = try await house.store.read { db in try db.number("SELECT count(DISTINCT state) AS n FROM matter") }
    #expect(states == 9)
  }

  /// What this year is compared with lies wholly in the year before, is over, and changes nothing of this year.
  @Test func anEarlierYearIsSettledAndLeavesThisOneAsItIs() async throws {
    let house = try await TestHouse.make(
      ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
        + MattersMigrations.all + [CatalogueNotes.migration] + CasesMigrations.all, demonstration: true)
    let city = try #require(try await Pilot.plant(Pilot.Size(compounds: 7, reports: 80, earlier: 60), data: Self.data, into: house))
    let begin = house.now().day.adding(days: -365)
    let (before, open, first, last, verdict) = try await house.store.read { db in
      let old: Query = "FROM matter WHERE first_at < \(begin.start)"
      return (
        try db.number("SELECT COALESCE(sum(reports), 0) AS n \(old)"), try db.number("SELECT count(*) AS n \(old) AND open = 1"),
        try db.number("SELECT min(first_at) AS n \(old)"), try db.number("SELECT max(first_at) AS n \(old)"), try Journal.verify(db)
      )
    }
    #expect((50...70).contains(before) && open == 0 && city.reports == 80 + Int(before))
    #expect(Moment(milliseconds: first).day >= begin.adding(days: -365) && Moment(milliseconds: last).day < begin)
    #expect(verdict.faults.isEmpty)
    let year = begin.iso.replacing("-", with: "")
    func thisYear(_ house: House) async throws -> [String] {
      try await Self.picture(house).filter { $0.hasPrefix("M") && $0.dropFirst().prefix(8) >= year }
    }
    let alone = try await thisYear(Self.plant().house)
    #expect(try await thisYear(house) == alone && alone.count > 40)
  }

  @Test func rowsWrittenInBulkAreWhole() async throws {
    let house = try await TestHouse.make(
      ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
        + MattersMigrations.all + [CatalogueNotes.migration] + CasesMigrations.all, demonstration: true)
    let city = try #require(
      try await Pilot.plant(Pilot.Size(compounds: 9, reports: 400, driven: 45), data: Self.data, into: house))
    #expect((385...415).contains(city.reports))
    let (verdict, lost, miscounted, found) = try await house.store.read { db in
      (
        try Journal.verify(db),
        try db.number("SELECT count(*) AS n FROM report r LEFT JOIN promise p ON p.report_id = r.id WHERE p.report_id IS NULL"),
        try db.number(
          "SELECT count(*) AS n FROM matter m WHERE m.reports <> (SELECT count(*) FROM promise p WHERE p.matter_id = m.id)"),
        try db.number("SELECT count(*) AS n FROM matter WHERE state = 'closed'")
      )
    }
    #expect(verdict.faults.isEmpty)
    #expect(lost == 0)
    #expect(miscounted == 0)
    #expect(found > 200)
  }

  /// A yard to measure in is filled with the indexes off; all of them are there again after, and the commands go on from what is there.
  @Test func aFilledYardIsAStoreLikeAnyOther() async throws {
    let clock = TestClock(try #require(Day(year: 2026, month: 11, day: 20)).at(hour: 14))
    let house = try await TestHouse.make(
      ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all
        + IntakeMigrations.all + MattersMigrations.all + [CatalogueNotes.migration] + CasesMigrations.all, clock: clock, demonstration: true
    )
    let before = try await Self.indexes(house)
    let yard = try await PilotYard.plant(compounds: 12, data: Self.data, into: house)
    try await yard.fill(600, into: house)
    #expect(try await Self.indexes(house) == before)
    let files = try PilotFiles(Self.data)
    let understander = try TextUnderstander(catalogue: files.catalogue, rules: files.rules, examples: files.examples)
    let matters = Matters(house: house, clocks: files.clocks, catalogue: files.catalogue, understander: understander)
    var report = NewReport(channel: .hotline, content: "测试：楼道里堆放杂物。", saidAt: clock.now)
    report.compound = yard.compound.id
    let received = try await matters.receive(report, by: .system)
    let (verdict, reports, numbered, late) = try await house.store.read { db in
      (
        try Journal.verify(db), try db.number("SELECT count(*) AS n FROM report"),
        try db.number("SELECT sum(value) AS n FROM counter WHERE name LIKE 'report-%'"),
        try db.number(
          "SELECT count(*) AS n FROM promise p LEFT JOIN clock c ON c.subject_kind = 'report' AND c.subject_id = p.report_id WHERE c.id IS NULL"
        )
      )
    }
    #expect(verdict.faults.isEmpty)
    #expect(verdict.seals > 2)
    // Those of this afternoon have not come yet.
    #expect((450...640).contains(reports))
    #expect(numbered == reports)
    #expect(late == 0)
    var search = MatterFilter()
    search.group = .all
    search.words = received.report.no
    #expect(try await matters.list(search, for: yard.city).matters.map(\.no) == [received.matterNo])
    // The squad finds in its search what its lists show: every report by the hotline names the compound.
    var list = MatterFilter()
    list.group = .all
    list.compound = yard.compound.id
    search.words = yard.compound.name
    for person in [yard.city, yard.leader] {
      let listed = Set(try await matters.list(list, for: person, limit: 2000).matters.map(\.id))
      search.compound = yard.compound.id
      let found = Set(try await matters.list(search, for: person, limit: 2000).matters.map(\.id))
      #expect(listed.count > 20)
      #expect(found.count > 10)
      #expect(found.isSubset(of: listed))
    }
  }
  static func indexes(_ house: House) async throws -> [String] {
    try await house.store.read { db in
      let all: Query =
        db.dialect == .sqlite
        ? "SELECT sql AS text FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        : """
        SELECT indexdef AS text FROM pg_indexes WHERE schemaname = current_schema()
        UNION ALL SELECT conrelid::regclass || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'
        """
      return try db.all(all).map { try $0.text("text") }.sorted()
    }
  }

  @Test func phonesCannotBeReal() async throws {
    var random = PilotRandom(seed: 1)
    for _ in 0..<200 {
      let phone = PilotNames.phone(&random)
      #expect(phone.count == 11)
      #expect(phone.hasPrefix("1990000"))
    }
  }

  @Test func aRealStoreRefusesTheCity() async throws {
    let house = try await TestHouse.make(
      ClockBook.migrations + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
        + MattersMigrations.all + [CatalogueNotes.migration] + CasesMigrations.all)
    await #expect(throws: Refusal.self) { try await Pilot.plant(.small, data: Self.data, into: house) }
  }
}
