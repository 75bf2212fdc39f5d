import Cases
import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WorkCalendar

/// The demonstration city: a year of made-up work in real districts, driven through the real commands.
///
///     let city = try await Pilot.plant(.small, data: dataFolder, into: house)
///
/// The house must be migrated, empty and a demonstration's (`house.isDemonstration`). Same size, same `now`, same city: only
/// salts, seals and receipt codes differ, being random by their nature.
public enum Pilot {
  /// Every demonstration account has this password; such accounts cannot exist in a real store.
  public static let password = "nongtang-yanshi"

  /// From so many on it is quicker to make the indexes anew than to keep them up.
  static let manyReports = 50_000
  /// From so many on, what was closed before the last days is told in short: a year of two million would take 20 GB otherwise.
  static let tooMany = 300_000
  static let recentDays = 60

  public struct Size: Sendable, Hashable {
    /// 7 are the seven of Qingpu alone.
    public var compounds: Int
    public var reports: Int
    /// Of the reports, how many go through the commands one by one; the others are written in bulk, see `PilotBulk`.
    public var driven: Int
    /// Reports of the year before, written in bulk and all of them settled: what this year is compared with.
    public var earlier: Int
    public init(compounds: Int, reports: Int, driven: Int? = nil, earlier: Int = 0) {
      self.compounds = max(7, compounds)
      self.reports = max(0, reports)
      self.driven = min(max(0, reports), driven ?? 1500)
      self.earlier = max(0, earlier)
    }
    /// The seven with some neighbours: what `make run` plants.
    public static let small = Size(compounds: 28, reports: 900)
  }

  /// What was planted, for whoever shows it.
  public struct City: Sendable {
    public var compounds = 0
    public var reports = 0
    public var matters = 0
    public var accounts: [Login] = []
    /// Log-ins whose first page has work on it: the officer with most in hand, who leads that squad, who dispatches.
    public var lively: [(login: String, about: String)] = []
    /// Receipt codes of reports by the code page, newest first, with the state of their matters.
    public var receipts: [(code: String, about: String)] = []
    /// Public numbers of the seven compounds, for their code pages.
    public var codes: [(no: String, name: String)] = []
    public struct Login: Sendable, Hashable {
      public let login: String
      public let name: String
      public let role: Role
      public let unit: String
    }
    public init() {}
  }

  /// Plants the city. A store that already has one is left alone.
  /// - Parameters:
  ///   - data: the folder `Data` of the project.
  ///   - progress: how far it is, told often.
  /// - Returns: nil when a city stood there already.
  /// - Throws: `Refusal` `pilot-not-demonstration` or `pilot-not-empty`; what the data files have wrong.
  public static func plant(
    _ size: Size, data: URL, into house: House, seed: UInt64 = 20_240_409, progress: @escaping @Sendable (PilotProgress) -> Void = { _ in }
  ) async throws -> City? {
    guard house.isDemonstration else {
      throw Refusal(.forbidden, "pilot-not-demonstration", "演示城市只能建在演示库中。")
    }
    let (mark, accounts) = try await house.store.read { db in
      (try House.mark("pilot", db), try db.number("SELECT count(*) AS n FROM account"))
    }
    if mark != nil { return nil }
    if accounts > 0 { throw Refusal(.conflict, "pilot-not-empty", "库中已有账号，演示城市须建在空库中。") }

    let files = try PilotFiles(data)
    let now = house.now()
    let begin = now.day.adding(days: -365)
    // The ground is there the day before the first report.
    let clock = PilotClock((size.earlier > 0 ? begin.adding(days: -366) : begin).at(hour: 8))
    var random = PilotRandom(seed: seed)
    let plan = try await batched(house, clock) { inside in
      try await PilotGround.plant(size, files: files, in: inside, now: now, &random)
    }
    let bulk = size.reports - size.driven
    let depth = bulk >= tooMany ? PilotBulk.Depth.recent(now.adding(hours: -24 * recentDays)) : .whole
    @Sendable func write() async throws {
      try await PilotBulk.write(
        size.earlier, of: plan, files: files, until: now, days: 730, ending: 366, in: house, seed: seed ^ 2, depth: depth, node: 510,
        isSettled: true, passed: { progress(PilotProgress(stage: .earlier, done: $0, total: $1)) })
      try await PilotBulk.write(
        bulk, of: plan, files: files, until: now, in: house, seed: seed ^ 1, depth: depth,
        passed: { progress(PilotProgress(stage: .rows, done: $0, total: $1)) })
    }
    if bulk >= manyReports {
      try await BulkLoad.withoutIndexes(
        of: PilotBulk.tables, in: house.store, building: { progress(PilotProgress(stage: .indexes, done: $1, total: $2)) }, write)
    } else {
      try await write()
    }
    clock.set(begin.at(hour: 8))
    let dice = random
    return try await batched(house, clock) { inside in
      let understander = try TextUnderstander(catalogue: files.catalogue, rules: files.rules, examples: files.examples)
      try await inside.store.read { db in try understander.fill(from: db) }
      let matters = Matters(house: inside, clocks: files.clocks, catalogue: files.catalogue, understander: understander)
      let photos = try PilotPhotos.make(in: house.vault)
      let year = PilotYear(plan: plan, files: files, matters: matters, clock: clock, until: now, photos: photos, random: dice)
      var city = City()
      city.accounts = plan.logins
      city.codes = plan.compounds.prefix(7).map { ($0.no, $0.name) }
      city.compounds = plan.compounds.count
      city.receipts = try await year.run(reports: size.driven) { progress(PilotProgress(stage: .acts, done: $0, total: $1)) }
      try await PilotCases(
        cases: try Cases(house: inside, clocks: files.clocks, catalogue: files.catalogue) {
          try Data(contentsOf: data.appending(path: $0))
        },
        plan: plan, clock: clock, now: now, photos: photos
      ).run()
      clock.set(now)
      try await PilotRest.settle(in: inside, now: now)
      city.lively = try await inside.store.read { db in try lively(db) }
      (city.reports, city.matters) = try await inside.store.read { db in
        (Int(try db.number("SELECT count(*) AS n FROM report")), Int(try db.number("SELECT count(*) AS n FROM matter")))
      }
      let summary = city.summary
      try await inside.store.write { db in
        try House.setMark("pilot-summary", summary, db)
        try House.setMark("pilot", "\(size.compounds)/\(size.reports)", db)
      }
      return city
    }
  }

  private static func lively(_ db: any Reader) throws -> [(login: String, about: String)] {
    guard
      let officer = try db.first(
        """
        SELECT a.login, a.office_id, o.short, count(*) AS n FROM matter m JOIN account a ON a.id = m.officer_id JOIN office o ON o.id = a.office_id
        WHERE m.open = 1 GROUP BY a.login, a.office_id, o.short ORDER BY n DESC, a.login LIMIT 1
        """)
    else { return [] }
    let squad = try officer.text("short")
    var found = [(try officer.text("login"), "执法队员，\(squad)，在办 \(try officer.int("n")) 件")]
    let office = try officer.int("office_id")
    let others: [(Role, Query, String)] = [
      (.squadLeader, "office_id = \(office)", "，\(squad)"), (.dispatcher, "1 = 1", ""), (.firmUser, "1 = 1", ""),
    ]
    for (role, condition, unit) in others {
      if let one = try db.first("SELECT login FROM account WHERE role = \(role) AND \(condition) ORDER BY id LIMIT 1") {
        found.append((try one.text("login"), role.chinese + unit))
      }
    }
    return found
  }

  /// Runs `body` in a house whose writes share commits and whose clock the simulation moves.
  static func batched<T>(_ house: House, _ clock: PilotClock, _ body: (House) async throws -> T) async throws -> T {
    let batch = PilotBatch(house.store)
    let inside = House(
      store: batch, vault: house.vault, seals: house.seals, ids: house.ids, isDemonstration: true, now: { clock.now })
    let value: T
    do {
      value = try await body(inside)
    } catch {
      try await batch.close()
      throw error
    }
    try await batch.close()
    return value
  }
}

/// The data files the city is made from.
struct PilotFiles: Sendable {
  let offices: OfficesData
  let calendar: WorkCalendar
  let clocks: ClockBook
  let catalogue: Catalogue
  let rules: String
  let examples: String
  let phrases: PilotPhrases

  init(_ data: URL) throws {
    offices = try OfficesData(file: data.appending(path: "offices/shanghai.json"))
    calendar = try WorkCalendar(reading: Data(contentsOf: data.appending(path: "holidays/china.json")))
    clocks = try ClockBook(
      calendar: calendar, table: ClockTable(reading: Data(contentsOf: data.appending(path: "clocks/clocks.json"))))
    catalogue = try Catalogue(reading: Data(contentsOf: data.appending(path: "catalogue/items.json")))
    rules = try String(contentsOf: data.appending(path: "understanding/items.rules"), encoding: .utf8)
    examples = try String(contentsOf: data.appending(path: "understanding/complaints.csv"), encoding: .utf8)
    phrases = try PilotPhrases(file: data.appending(path: "pilot/phrases.json"))
  }
}

/// The morning after: what a year of use would have left read, answered and sealed.
enum PilotRest {
  static func settle(in house: House, now: Moment) async throws {
    try await house.store.write { db in
      let recent = now.adding(hours: -60)
      try db.run("UPDATE notice SET seen_at = at + 1800000 WHERE seen_at IS NULL AND at < \(recent)")
      try db.run(
        """
        UPDATE duty_call SET acknowledged_at = called_at + 240000, acknowledged_by = account_id
        WHERE acknowledged_at IS NULL AND account_id IS NOT NULL AND called_at < \(now.adding(hours: -6))
        """)
      try db.run("UPDATE job SET state = 'done', attempts = 1, finished_at = run_at WHERE state = 'waiting' AND run_at < \(now)")
      try Journal.seal(before: now.day, at: now, db)
    }
  }
}
