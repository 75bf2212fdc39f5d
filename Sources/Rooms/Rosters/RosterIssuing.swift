import Compounds
import Kernel
import Offices
import People
import Staffing
import Storage

extension Rosters {
  /// Makes a draft the roster of its weeks. It is frozen, its officers are told, and the one before it ends.
  /// - Throws: `Refusal` `rosters-missing`, `rosters-what-if`, `rosters-not-ready`, `rosters-pending`, `rosters-over`, `rosters-changed`,
  ///   `rosters-elsewhere`.
  public func issue(_ no: String, version: Int, by person: Person) async throws {
    let now = house.now()
    try await house.store.write { db in
      let plan = try find(no, for: person, db)
      let office = try led(plan.squad, by: person, db)
      if plan.state == .issued { return }
      guard !plan.isWhatIf else {
        throw Refusal(.conflict, "rosters-what-if", "假如方案只供比较，不能发布。要采用，请在原方案里改了再重算。")
      }
      guard plan.state == .draft else { throw Refusal(.conflict, "rosters-not-ready", "这个方案现在是“\(plan.state.chinese)”，不能发布。") }
      guard plan.last >= now.day else { throw Refusal(.conflict, "rosters-over", "这四周已经过去，不能发布。") }
      let waiting = try RosterStore.fixes(of: plan.id, db).filter { !$0.isApplied }
      guard waiting.isEmpty else {
        throw Refusal(.conflict, "rosters-pending", "有 \(waiting.count) 处人工改动还没有重算，请重算后发布新的一稿。")
      }
      guard plan.version == version else { throw Refusal(.conflict, "rosters-changed", "这个方案刚被改过，请看过再发布。") }
      try nobodyIsElsewhere(plan, db)
      try follow(plan, office, at: now, by: person, db)
      try db.run(
        """
        UPDATE roster_plan SET state = 'issued', issued_by = \(person.id), issued_at = \(now), version = version + 1 WHERE id = \(plan.id)
        """)
      try Journal.append(
        "roster-issued", on: Subject("roster_plan", plan.id), by: person.actor, at: now, facts: ["no": plan.no, "start": plan.start.iso],
        ids: house.ids, db)
      let text = "四周排班已发布（\(plan.start.chinese)至\(plan.last.chinese)），请看“我的排班”"
      for load in try RosterStore.loads(of: plan.id, db) {
        let id: Identifier<RosterPlan> = house.ids.next(at: now)
        try db.later(
          """
          INSERT INTO notice (id, account_id, at, kind, matter_id, text, must_acknowledge, seen_at)
          VALUES (\(id), \(load.account), \(now), \(Self.noticeKind), NULL, \(text), 0, NULL)
          """)
      }
    }
  }
  /// Another squad's roster may have been issued since this one was reckoned.
  private func nobodyIsElsewhere(_ plan: RosterPlan, _ db: any Reader) throws {
    let shifts = try RosterStore.shifts("x.plan_id = \(plan.id)", db)
    let people = Set(shifts.map(\.account)).sorted()
    for other in try RosterStore.elsewhere(people, from: plan.start, through: plan.last, but: plan.squad, db) {
      guard let shift = shifts.first(where: { $0.account == other.account && $0.day == other.day && $0.half == other.half }) else {
        continue
      }
      throw Refusal(
        .conflict, "rosters-elsewhere",
        "\(shift.name)\(shift.day.chinese)\(shift.half.chinese)已在\(other.squadName)发布的排班里，请重算后再发布。")
    }
  }
  /// Leads to `/rosters/mine`.
  public static let noticeKind = "roster-issued"

  /// Those issued before end where this one begins.
  private func follow(_ plan: RosterPlan, _ office: Office, at now: Moment, by person: Person, _ db: any Writer) throws {
    let earlier = try db.all(
      "SELECT \(RosterStore.columns) WHERE p.squad_id = \(office.id) AND p.state = 'issued' AND p.until_day >= \(plan.start)"
    ).map(RosterStore.plan)
    for old in earlier where old.start <= plan.last {
      if old.start < plan.start {
        try db.run(
          "UPDATE roster_plan SET until_day = \(plan.start.adding(days: -1)), version = version + 1 WHERE id = \(old.id)")
      } else {
        try db.run("UPDATE roster_plan SET state = 'superseded', version = version + 1 WHERE id = \(old.id)")
      }
      try Journal.append(
        "roster-superseded", on: Subject("roster_plan", old.id), by: person.actor, at: now, facts: ["by": plan.no], ids: house.ids, db)
    }
  }

  // MARK: What holds

  /// Half-days of a person by issued rosters, in the order of time.
  public func own(_ person: Person, from: Day, through: Day) async throws -> [RosterShift] {
    try await house.store.read { db in
      try RosterStore.shifts(
        """
        x.account_id = \(person.id) AND x.day >= \(from) AND x.day <= \(through)
        AND EXISTS (SELECT 1 FROM roster_plan p WHERE p.id = x.plan_id AND p.state = 'issued' AND p.until_day >= x.day)
        """, db)
    }
  }
  /// Compounds a person is contact or second of today.
  public func ownPlaces(_ person: Person, on day: Day) async throws -> [RosterPlace] {
    try await house.store.read { db in
      // Also of a squad that they help.
      let plans = try db.all(
        """
        SELECT p.id FROM roster_load x JOIN roster_plan p ON p.id = x.plan_id
        WHERE x.account_id = \(person.id) AND p.state = 'issued' AND p.start_day <= \(day) AND p.until_day >= \(day) ORDER BY p.id
        """)
      return try plans.flatMap { try RosterStore.places(of: try $0.id("id"), db) }
        .filter { $0.contact == person.id.raw || $0.second == person.id.raw }
    }
  }
  /// How officers are present in a compound: by the plan of the day, else by the next one issued; nil where none is.
  public func stationing(of compound: Compound.ID, for person: Person) async throws -> (plan: RosterPlan, place: RosterPlace, next: [Day])?
  {
    guard person.may(.seeMatters) else { return nil }
    let today = house.now().day
    return try await house.store.read { db in
      let row = try db.first(
        """
        SELECT p.id FROM roster_place x JOIN roster_plan p ON p.id = x.plan_id
        WHERE x.compound_id = \(compound) AND p.state = 'issued' AND p.until_day >= \(today) AND \(Self.visible(person))
        ORDER BY p.start_day LIMIT 1
        """)
      guard let id: RosterPlan.ID = try row?.id("id"), let plan = try RosterStore.find(id, db),
        let place = try RosterStore.places(of: id, compound: compound.raw, db).first
      else { return nil }
      let days = try RosterStore.shifts("x.plan_id = \(id) AND x.compound_id = \(compound) AND x.day >= \(today)", db)
        .filter { $0.day <= plan.until }.map(\.day)
      return (plan, place, Array(Set(days)).sorted())
    }
  }
}
