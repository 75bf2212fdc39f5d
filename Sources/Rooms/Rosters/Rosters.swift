import Foundation
import Kernel
import Offices
import People
import Staffing
import Storage
import WorkCalendar

/// Stationing and rosters of the squads: see the README.
public struct Rosters: Sendable {
  public let house: House
  public let calendar: WorkCalendar
  /// How long and how far a plan is looked for.
  public var limits = StaffingLimits()
  public init(house: House, calendar: WorkCalendar) {
    self.house = house
    self.calendar = calendar
  }

  /// So many weeks ahead a plan may begin.
  public static let weeksAhead = 8

  // MARK: Who sees and plans what

  static func visible(_ person: Person) -> Query {
    guard person.may(.seeMatters) else { return "1 = 0" }
    let scope = Scope(of: person).rows(of: "p")
    return person.may(.manageDuty) ? scope : scope + " AND p.state IN ('issued', 'superseded')"
  }
  static let missing = Refusal(.missing, "rosters-missing", "没有这个排班方案，或者它不在您的范围内。")

  func find(_ no: String, for person: Person, _ db: any Reader) throws -> RosterPlan {
    guard let row = try db.first("SELECT \(RosterStore.columns) WHERE p.no = \(no) AND \(Self.visible(person))") else { throw Self.missing }
    return try RosterStore.plan(row)
  }
  /// The squad whose roster this person makes.
  /// - Throws: `Refusal` `people-not-permitted`, `rosters-squad`.
  func led(_ squad: Office.ID, by person: Person, _ db: any Reader) throws -> Office {
    try person.require(.manageDuty)
    guard let office = try OfficeStore.find(squad, db), office.kind.takesMatters,
      office.id == person.office || (person.role == .districtManager && person.district != nil && office.district == person.district)
    else { throw Refusal(.missing, "rosters-squad", "没有这支中队，或者它不由您排班。") }
    return office
  }
  /// Squads whose rosters this person makes; their own alone for who leads one.
  public func squads(of person: Person) async throws -> [Office] {
    guard person.may(.manageDuty) else { return [] }
    return try await house.store.read { db in
      if person.role == .districtManager, let district = person.district { return try OfficeStore.squads(of: district, db) }
      return try person.office.flatMap { try OfficeStore.find($0, db) }.map { $0.kind.takesMatters ? [$0] : [] } ?? []
    }
  }

  /// Newest first.
  public func plans(of squad: Office.ID? = nil, for person: Person, limit: Int = 60) async throws -> [RosterPlan] {
    try person.require(.seeMatters)
    let own: Query = squad.map { "p.squad_id = \($0)" } ?? "1 = 1"
    return try await house.store.read { db in
      try db.all("SELECT \(RosterStore.columns) WHERE \(own) AND \(Self.visible(person)) ORDER BY p.id DESC LIMIT \(limit)")
        .map(RosterStore.plan)
    }
  }
  /// - Throws: `Refusal` `rosters-missing` also for one outside the person's scope, and for a draft of somebody who may not plan.
  public func book(_ no: String, for person: Person) async throws -> RosterBook {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      let plan = try find(no, for: person, db)
      guard plan.state.hasRows else {
        return RosterBook(plan: plan, places: [], loads: [], shifts: [], fixes: try RosterStore.fixes(of: plan.id, db))
      }
      return RosterBook(
        plan: plan, places: try RosterStore.places(of: plan.id, db), loads: try RosterStore.loads(of: plan.id, db),
        shifts: try RosterStore.shifts("x.plan_id = \(plan.id)", db), fixes: try RosterStore.fixes(of: plan.id, db))
    }
  }
  public func plan(_ no: String, for person: Person) async throws -> RosterPlan {
    try person.require(.seeMatters)
    return try await house.store.read { db in try find(no, for: person, db) }
  }

  // MARK: Asking for a plan

  /// What a plan would be made from, without making one.
  public func preview(_ squad: Office.ID, from start: Day, by person: Person) async throws -> (facts: RosterFacts, notes: [String]) {
    let today = house.now().day
    return try await house.store.read { db in
      let facts = try RosterFactsStore.read(try led(squad, by: person, db), from: start, today: today, db)
      return (facts, try RosterGathering(facts, from: start, days: days(from: start)).notes)
    }
  }
  func days(from start: Day) -> RosterDays {
    let calendar = calendar
    return RosterDays(
      isWorkday: { calendar.isWorkday($0) }, note: calendar.note(from: start, through: start.adding(days: RosterGathering.weeks * 7 - 1)))
  }
  /// The Monday of a day's week, and the next ones on which a plan may begin.
  public static func mondays(from today: Day) -> [Day] {
    let monday = today.adding(days: 1 - today.weekday)
    return (0...weeksAhead).map { monday.adding(days: 7 * $0) }
  }

  /// Gathers what a plan is made from, keeps it, and asks the worker to reckon.
  /// - Throws: `Refusal` `rosters-squad`, `rosters-start`, `rosters-busy`, `rosters-nobody`, `rosters-no-compounds`; `Refusals` of the instance.
  @discardableResult
  public func ask(_ squad: Office.ID, from start: Day, by person: Person) async throws -> String {
    let now = house.now()
    guard Self.mondays(from: now.day).contains(start) else {
      throw Refusal(.invalid, "rosters-start", "请选择本周起 \(Self.weeksAhead) 周之内的一个周一。", field: "start")
    }
    return try await house.store.write { db in
      let office = try led(squad, by: person, db)
      try free(office.id, db)
      let facts = try RosterFactsStore.read(office, from: start, today: now.day, db)
      let gathered = try RosterGathering(facts, from: start, days: days(from: start))
      return try keep(gathered, of: office, basedOn: nil, by: person, at: now, db)
    }
  }
  /// The same weeks from what the store knows now; what was changed by hand holds.
  /// - Throws: as `ask`, and `rosters-missing`, `rosters-over`, `rosters-what-if`.
  @discardableResult
  public func rerun(_ no: String, by person: Person) async throws -> String {
    let now = house.now()
    return try await house.store.write { db in
      let old = try find(no, for: person, db)
      let office = try led(old.squad, by: person, db)
      guard !old.isWhatIf else { throw Refusal(.conflict, "rosters-what-if", "假如方案只供比较，请在原方案上重算。") }
      guard old.last >= now.day else { throw Refusal(.conflict, "rosters-over", "这四周已经过去，请另排新的四周。") }
      try free(office.id, db)
      let facts = try RosterFactsStore.read(office, from: old.start, today: now.day, db)
      let fixes = try RosterStore.fixes(of: old.id, db)
      let gathered = try RosterGathering(facts, from: old.start, days: days(from: old.start), fixed: RosterStore.fixed(fixes))
      return try keep(gathered, of: office, basedOn: old, fixes: fixes, by: person, at: now, db)
    }
  }

  func free(_ squad: Office.ID, _ db: any Reader) throws {
    let busy = try db.first(
      "SELECT \(RosterStore.columns) WHERE p.squad_id = \(squad) AND p.state IN ('waiting', 'running')")
    if let plan = try busy.map(RosterStore.plan) {
      throw Refusal(
        .conflict, "rosters-busy", "\(plan.squadName)的方案 \(plan.no) 正在计算（\(plan.askedBy)，\(plan.askedAt.chinese)），算完或取消后再排。")
    }
  }

  func keep(
    _ gathered: RosterGathering, of office: Office, basedOn: RosterPlan?, whatIf change: String? = nil, fixes: [RosterFix] = [],
    by person: Person, at now: Moment, _ db: any Writer
  ) throws -> String {
    try Self.checked(gathered.instance)
    let id: RosterPlan.ID = house.ids.next(at: now)
    let no = "P\(now.day.digits)-\(Int(try Counter.next("roster-\(now.day.digits)", db)).padded(6))"
    let instance = gathered.instance
    let number = try db.number("SELECT coalesce(max(number), 0) + 1 AS n FROM roster_plan WHERE squad_id = \(office.id)")
    try db.run(
      """
      INSERT INTO roster_plan (id, no, squad_id, district_id, number, start_day, until_day, state, what_if, based_on, change, instance,
        notes, remarks, obstacles, time_limited, asked_by, asked_at, version)
      VALUES (\(id), \(no), \(office.id), \(office.district), \(number), \(instance.start),
        \(instance.start.adding(days: RosterGathering.weeks * 7 - 1)), 'waiting', \(change != nil), \(basedOn?.id), \(change ?? ""),
        \(try RosterStore.json(instance)), \(try RosterStore.json(gathered.notes)), '[]', '[]', 0, \(person.id), \(now), 1)
      """)
    // Only what the instance has kept goes on as a change by hand.
    for fix in fixes where Self.holds(fix, in: instance.fixed) { try copy(fix, into: id, db) }
    try Journal.append(
      "roster-asked", on: Subject("roster_plan", id), by: person.actor, at: now,
      facts: ["no": no, "start": instance.start.iso, "base": basedOn?.no ?? "", "whatIf": change == nil ? "0" : "1"], opening: true,
      ids: house.ids, db)
    try Jobs.enqueue(Self.jobKind, Ticket(plan: id), at: now, dedupe: "\(Self.jobKind)-\(id)", now: now, ids: house.ids, db)
    return no
  }
  /// In the words of a form: the solver's own name fields of a file.
  static func checked(_ instance: StaffingInstance) throws {
    do { try instance.check() } catch let wrong as Refusals {
      throw Refusals(wrong.all.map { Refusal(.conflict, "rosters-instance", $0.message) })
    }
  }
  private static func holds(_ fix: RosterFix, in fixed: FixedChanges) -> Bool {
    switch fix.kind {
    case .team: fixed.teams.contains { $0.compound == fix.compound.map { "\($0)" } }
    case .shift:
      fixed.rows.contains { $0.date == fix.day && $0.half == fix.half && $0.officer == fix.account.map { "\($0)" } && $0.task == fix.task }
    }
  }
  private func copy(_ fix: RosterFix, into plan: RosterPlan.ID, _ db: any Writer) throws {
    let id: RosterFix.ID = house.ids.next(at: fix.at)
    try db.run(
      """
      INSERT INTO roster_fix (id, plan_id, kind, compound_id, contact_id, second_id, mode, day, half, account_id, task, duty_id, applied,
        fixed_by, fixed_at)
      SELECT \(id), \(plan), kind, compound_id, contact_id, second_id, mode, day, half, account_id, task, duty_id, 1, fixed_by, fixed_at
      FROM roster_fix WHERE id = \(fix.id)
      """)
  }

  /// The worker stops soon; nothing of what it has found is kept.
  /// - Throws: `Refusal` `rosters-missing`, `rosters-not-running`.
  public func cancel(_ no: String, by person: Person) async throws {
    let now = house.now()
    try await house.store.write { db in
      let plan = try find(no, for: person, db)
      _ = try led(plan.squad, by: person, db)
      if plan.state == .cancelled { return }
      guard plan.state.isUnderWay else { throw Refusal(.conflict, "rosters-not-running", "这个方案已经算完，不用取消。") }
      try db.run("UPDATE roster_plan SET state = 'cancelled', ended_at = \(now), version = version + 1 WHERE id = \(plan.id)")
      try Journal.append("roster-cancelled", on: Subject("roster_plan", plan.id), by: person.actor, at: now, ids: house.ids, db)
    }
  }
}
