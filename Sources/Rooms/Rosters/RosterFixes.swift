import Compounds
import Kernel
import People
import Staffing
import Storage

/// People or mode that a manager wants for a compound; nil leaves it to the solver.
public struct RosterTeam: Sendable {
  public var compound: Int64
  public var contact: Int64?
  public var second: Int64?
  public var mode: StationingMode?
  public init(compound: Int64, contact: Int64? = nil, second: Int64? = nil, mode: StationingMode? = nil) {
    (self.compound, self.contact, self.second, self.mode) = (compound, contact, second, mode)
  }
}

/// Whether a change by hand keeps the hard rules. Pure.
enum RosterCheck {
  private static func broken(_ message: String, _ field: String) -> Refusal { Refusal(.conflict, "rosters-rule", message, field: field) }

  static func check(_ team: RosterTeam, in instance: StaffingInstance) throws(Refusal) {
    guard let place = instance.compounds.first(where: { $0.id == "\(team.compound)" }) else {
      throw Refusal(.missing, "rosters-missing", "这个小区不在方案里。")
    }
    if let contact = team.contact {
      let officer = try person(contact, "contact", in: instance)
      let lacking = place.skills.filter { !officer.skills.contains($0) }
      if !lacking.isEmpty { throw broken("\(place.name)的联系人须会“\(lacking.joined(separator: "、"))”，\(officer.name)没有登记。", "contact") }
      if place.needsTwo && !officer.certified {
        throw broken("\(place.name)依法须两名持证队员，\(officer.name)在本期没有有效执法证。", "contact")
      }
      if isAway(officer, instance) { throw broken("\(officer.name)整期不在岗，不能做联系人。", "contact") }
    }
    if let second = team.second {
      guard place.needsTwo else { throw broken("\(place.name)不要求两人，不必指定第二人。", "second") }
      guard second != team.contact else { throw broken("联系人和第二人不能是同一人。", "second") }
      let officer = try person(second, "second", in: instance)
      if !officer.certified { throw broken("\(place.name)依法须两名持证队员，\(officer.name)在本期没有有效执法证。", "second") }
      if isAway(officer, instance) { throw broken("\(officer.name)整期不在岗，不能做第二人。", "second") }
    }
    guard team.contact != nil || team.second != nil || team.mode != nil else {
      throw Refusal(.invalid, "rosters-nothing", "请至少指定联系人、第二人、进驻方式中的一项。", field: "contact")
    }
  }
  private static func person(_ id: Int64, _ field: String, in instance: StaffingInstance) throws(Refusal) -> StaffOfficer {
    guard let officer = instance.officers.first(where: { $0.id == "\(id)" }) else {
      throw Refusal(.invalid, "rosters-who", "请选择本队排班名单里的队员。", field: field)
    }
    return officer
  }
  private static func isAway(_ officer: StaffOfficer, _ instance: StaffingInstance) -> Bool {
    (0..<(instance.weeks * 7)).allSatisfy { offset in
      let day = instance.start.adding(days: offset)
      return officer.leave.contains { $0.from <= day && day <= $0.to }
    }
  }

  /// Gives a half-day to somebody else, or to nobody.
  /// - Returns: whether the rows can be changed at once; a duty with rest after it moves more than itself.
  static func check(_ shift: RosterShift, to account: Int64?, of shifts: [RosterShift], in instance: StaffingInstance) throws(Refusal)
    -> Bool
  {
    let place = instance.compounds.first { $0.id == shift.compound.map { "\($0)" } }
    let duty = instance.duties.first { $0.id == shift.duty.map { "\($0)" } }
    guard shift.task != .rest else { throw broken("值班后的休息随值班走，请改那一次值班。", "officer") }
    guard let account else {
      if duty != nil { throw broken("值班不能空着，请改派别人。", "officer") }
      if place?.needsTwo == true { throw broken("\(place?.name ?? "")依法须两人到场，不能只减一人，请改派别人。", "officer") }
      return true
    }
    let officer = try person(account, "officer", in: instance)
    if officer.leave.contains(where: { $0.from <= shift.day && shift.day <= $0.to }) {
      throw broken("\(officer.name)\(shift.day.chinese)不在岗。", "officer")
    }
    if let other = shifts.first(where: { $0.account == account && $0.day == shift.day && $0.half == shift.half }) {
      let what = other.task == .rest ? "值班后休息" : other.compoundName ?? other.dutyName ?? "别的事"
      throw broken("\(officer.name)\(shift.day.chinese)\(shift.half.chinese)已排\(what)。", "officer")
    }
    if place?.needsTwo == true && !officer.certified {
      throw broken("\(place?.name ?? "")依法须两名持证队员，\(officer.name)在本期没有有效执法证。", "officer")
    }
    if let duty {
      if officer.squad != duty.squad { throw broken("\(officer.name)是来支援的，不值本队的班。", "officer") }
      if let skill = duty.skill, !officer.skills.contains(skill) {
        throw broken("\(duty.name)须会“\(skill)”，\(officer.name)没有登记。", "officer")
      }
      let own = shifts.count { $0.account == account && $0.task == .duty && $0.duty == shift.duty }
      if let most = duty.maxPerOfficer, own >= most { throw broken("\(officer.name)本期的\(duty.name)已到每人 \(most) 次的上限。", "officer") }
    }
    return (duty?.restHalfDays ?? 0) == 0
  }
}

extension Rosters {
  /// A plan that may still be changed.
  private func open(_ no: String, states: Set<RosterPlan.State>, for person: Person, _ db: any Reader) throws -> RosterPlan {
    let plan = try find(no, for: person, db)
    _ = try led(plan.squad, by: person, db)
    guard states.contains(plan.state) else {
      let why = plan.state == .issued || plan.state == .superseded ? "已发布的方案不能改，请先重算出新的一稿" : "这个方案现在是“\(plan.state.chinese)”，不能改"
      throw Refusal(.conflict, "rosters-frozen", "\(why)。")
    }
    guard !plan.isWhatIf else { throw Refusal(.conflict, "rosters-what-if", "假如方案只供比较，请在原方案上改。") }
    return plan
  }
  private func expect(_ version: Int, of plan: RosterPlan) throws(Refusal) {
    guard plan.version == version else { throw Refusal(.conflict, "rosters-changed", "这个方案刚被改过，请刷新后再看。") }
  }
  private static let changeable: Set<RosterPlan.State> = [.draft, .impossible, .undecided]

  /// Sets people or mode of a compound for the next run; a later wish for the same compound takes the place of the earlier.
  /// - Throws: `Refusal` `rosters-missing`, `rosters-frozen`, `rosters-what-if`, `rosters-rule`, `rosters-who`, `rosters-nothing`, `rosters-changed`.
  public func fix(_ team: RosterTeam, in no: String, version: Int, by person: Person) async throws {
    let now = house.now()
    try await house.store.write { db in
      let plan = try open(no, states: Self.changeable, for: person, db)
      try RosterCheck.check(team, in: try RosterStore.instance(plan.id, db))
      let old = try RosterStore.fixes(of: plan.id, db).first { $0.kind == .team && $0.compound == team.compound }
      if let old, old.contact == team.contact, old.second == team.second, old.mode == team.mode { return }
      try expect(version, of: plan)
      if let old { try db.run("DELETE FROM roster_fix WHERE id = \(old.id)") }
      let id: RosterFix.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO roster_fix (id, plan_id, kind, compound_id, contact_id, second_id, mode, applied, fixed_by, fixed_at)
        VALUES (\(id), \(plan.id), 'team', \(team.compound), \(team.contact), \(team.second), \(team.mode), 0, \(person.id), \(now))
        """)
      try changed(plan, "roster-team-fixed", ["compound": "\(team.compound)", "mode": team.mode?.rawValue ?? ""], by: person, at: now, db)
    }
  }

  /// Gives a half-day to another officer, or takes it out of the roster.
  /// - Returns: false when it shows only after the next run.
  /// - Throws: as above.
  @discardableResult
  public func give(_ shift: RosterShift.ID, to account: Int64?, in no: String, version: Int, by person: Person) async throws -> Bool {
    let now = house.now()
    return try await house.store.write { db in
      let plan = try open(no, states: [.draft], for: person, db)
      let shifts = try RosterStore.shifts("x.plan_id = \(plan.id)", db)
      guard let one = shifts.first(where: { $0.id == shift }) else {
        // Sent a second time it has gone already.
        if account == nil { return true }
        throw Refusal(.missing, "rosters-missing", "这一班已经不在方案里，请刷新后再看。")
      }
      if one.account == account, one.isFixed { return true }
      let instance = try RosterStore.instance(plan.id, db)
      if let account, account != one.account,
        let other = try RosterStore.elsewhere([account], from: one.day, through: one.day, but: plan.squad, db).first(where: {
          $0.half == one.half
        })
      {
        throw Refusal(
          .conflict, "rosters-elsewhere", "这名队员\(one.day.chinese)\(one.half.chinese)已在\(other.squadName)发布的排班里，请改派别人。", field: "officer")
      }
      let atOnce = one.account == account ? true : try RosterCheck.check(one, to: account, of: shifts, in: instance)
      try expect(version, of: plan)
      let task: FixedChanges.Row.Task = account == nil ? .off : one.task == .duty ? .duty : .visit
      let who = account ?? one.account
      try db.run(
        "DELETE FROM roster_fix WHERE plan_id = \(plan.id) AND kind = 'shift' AND day = \(one.day) AND half = \(one.half) AND account_id IN (\(list: [who, one.account]))"
      )
      let id: RosterFix.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO roster_fix (id, plan_id, kind, compound_id, day, half, account_id, task, duty_id, applied, fixed_by, fixed_at)
        VALUES (\(id), \(plan.id), 'shift', \(account == nil ? nil : one.compound), \(one.day), \(one.half), \(who), \(task),
          \(account == nil ? nil : one.duty), \(atOnce), \(person.id), \(now))
        """)
      if atOnce { try apply(one, to: account, of: plan, instance, by: person, db) }
      try changed(
        plan, "roster-shift-fixed", ["day": one.day.iso, "half": one.half.rawValue, "task": task.rawValue], by: person, at: now, db)
      return atOnce
    }
  }
  private func apply(
    _ shift: RosterShift, to account: Int64?, of plan: RosterPlan, _ instance: StaffingInstance, by person: Person, _ db: any Writer
  ) throws {
    if let account {
      let place = try shift.compound.flatMap { try RosterStore.places(of: plan.id, compound: $0.raw, db).first }
      let role: StaffingPlan.Row.Role? =
        shift.task == .duty ? nil : account == place?.contact ? .contact : account == place?.second ? .second : .standIn
      let instead = role == .standIn ? (shift.insteadOf ?? shift.account) : nil
      try db.run(
        """
        UPDATE roster_shift SET account_id = \(account), role = \(role), instead_id = \(instead), fixed = 1, reason = '人工改派，照办'
        WHERE id = \(shift.id)
        """)
    } else {
      try db.run("DELETE FROM roster_shift WHERE id = \(shift.id)")
      let half = instance.rules.halfDayHours
      try db.run(
        """
        UPDATE roster_place SET visits = visits - 1, served_hours = served_hours - \(half)
        WHERE plan_id = \(plan.id) AND compound_id = \(shift.compound)
        """)
    }
    for who in Set([shift.account, account].compactMap { $0 }) {
      let own = try RosterStore.shifts("x.plan_id = \(plan.id) AND x.account_id = \(who)", db)
      let visits = own.count { $0.task == .visit && $0.role != .standIn }
      let standIns = own.count { $0.role == .standIn }
      let duties = own.filter { $0.task == .duty }.reduce(0) { sum, one in
        sum + (instance.duties.first { $0.id == one.duty.map { "\($0)" } }?.loadHalfDays ?? 0)
      }
      let load = visits + standIns + duties
      try db.run(
        """
        UPDATE roster_load SET visits = \(visits), stand_ins = \(standIns), duties = \(duties), load = \(load),
          percent = CASE WHEN available = 0 THEN 0 ELSE \(load) * 100 / available END WHERE plan_id = \(plan.id) AND account_id = \(who)
        """)
    }
  }

  /// Leaves to the solver again what was set by hand. Rows stay as they are until the next run.
  public func release(_ fix: RosterFix.ID, in no: String, version: Int, by person: Person) async throws {
    let now = house.now()
    try await house.store.write { db in
      let plan = try open(no, states: Self.changeable, for: person, db)
      guard let old = try RosterStore.fixes(of: plan.id, db).first(where: { $0.id == fix }) else { return }
      try expect(version, of: plan)
      try db.run("DELETE FROM roster_fix WHERE id = \(old.id)")
      if old.kind == .shift {
        try db.run(
          """
          UPDATE roster_shift SET fixed = 0 WHERE plan_id = \(plan.id) AND account_id = \(old.account) AND day = \(old.day)
            AND half = \(old.half)
          """)
      }
      try changed(plan, "roster-released", ["kind": old.kind.rawValue], by: person, at: now, db)
    }
  }

  private func changed(
    _ plan: RosterPlan, _ action: String, _ facts: [String: String], by person: Person, at now: Moment, _ db: any Writer
  ) throws {
    try db.run("UPDATE roster_plan SET version = version + 1 WHERE id = \(plan.id)")
    try Journal.append(action, on: Subject("roster_plan", plan.id), by: person.actor, at: now, facts: facts, ids: house.ids, db)
  }
}
