import Compounds
import Kernel
import Offices
import People
import Storage

/// What a plan is to be.
public struct NewPlan: Sendable {
  public var measure: String
  public var goal: String
  /// nil for nobody chosen yet, which is refused.
  public var owner: Person.ID?
  public var due: Day?
  public init(measure: String, goal: String, owner: Person.ID?, due: Day?) {
    self.measure = measure
    self.goal = goal
    self.owner = owner
    self.due = due
  }
}

extension Patterns {
  // MARK: Deciding about a finding

  /// Makes a finding into a plan with somebody who answers for it and a day.
  /// - Throws: `Refusal` `patterns-missing`, `patterns-decided`, `plans-owner`; of what is missing all at once, as `Refusals`: `plans-measure`,
  ///   `plans-goal`, `plans-owner`, `plans-due`.
  @discardableResult
  public func plan(_ id: Pattern.ID, _ new: NewPlan, by person: Person) async throws -> String {
    try person.require(.makePlans)
    let now = house.now()
    let goal = new.goal.trimming()
    var wrong: [Refusal] = []
    if rules[measure: new.measure] == nil { wrong.append(Refusal(.invalid, "plans-measure", "请选择措施。", field: "measure")) }
    if !(10...1000).contains(goal.utf16.count) {
      wrong.append(Refusal(.invalid, "plans-goal", "请写明做什么、做到什么程度算完成，10 至 1000 字。", field: "goal"))
    }
    if new.owner == nil { wrong.append(Refusal(.invalid, "plans-owner", "请选择牵头人。", field: "owner")) }
    let last = now.day.adding(days: 366)
    if !(new.due.map { $0 > now.day && $0 <= last } ?? false) {
      wrong.append(Refusal(.invalid, "plans-due", "完成日期要在今天之后、一年之内。", field: "due"))
    }
    guard wrong.isEmpty, let due = new.due else { throw Refusals(wrong) }
    return try await house.store.write { db in
      let pattern = try waiting(id, for: person, db)
      guard
        try db.exists(
          """
          SELECT 1 AS one FROM account WHERE id = \(new.owner) AND state = 'active' AND role IN ('officer', 'squadLeader')
            AND office_id = \(pattern.squad)
          """)
      else { throw Refusal(.invalid, "plans-owner", "牵头人须是\(pattern.squadName)在岗的队员或中队长。", field: "owner") }
      let day = now.day.iso.replacing("-", with: "")
      let no = "Z\(day)-\(Int(try Counter.next("plan-\(day)", db)).padded(6))"
      let plan: Plan.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO plan (id, no, pattern_id, compound_id, squad_id, district_id, item, measure, goal, owner_id, due_day, state, opened_by,
          opened_at, closed_by, closed_at, outcome, version)
        SELECT \(plan), \(no), p.id, p.compound_id, p.squad_id, p.district_id, \(pattern.item), \(new.measure), \(goal), \(new.owner),
          \(due), 'open', \(person.id), \(now), NULL, NULL, NULL, 1 FROM pattern p WHERE p.id = \(id)
        """)
      try decide(id, .planned, reason: nil, by: person, at: now, db)
      try Journal.append(
        "plan-opened", on: Subject("plan", plan), by: person.actor, at: now,
        facts: ["no": no, "measure": new.measure, "due": due.iso, "rule": pattern.rule], note: goal, opening: true, ids: house.ids, db)
      return no
    }
  }

  /// Says why nothing more is done about a finding.
  /// - Throws: `Refusal` `patterns-missing`, `patterns-decided`, `patterns-reason`.
  public func dismiss(_ id: Pattern.ID, reason: String, by person: Person) async throws {
    try person.require(.makePlans)
    let why = reason.trimming()
    guard (10...500).contains(why.utf16.count) else {
      throw Refusal(.invalid, "patterns-reason", "请写明为什么不另作方案，10 至 500 字。", field: "reason")
    }
    let now = house.now()
    try await house.store.write { db in
      _ = try waiting(id, for: person, db)
      try decide(id, .dismissed, reason: why, by: person, at: now, db)
    }
  }

  private func waiting(_ id: Pattern.ID, for person: Person, _ db: any Reader) throws -> Pattern {
    let pattern = try find(id, for: person, db)
    guard pattern.state == .found else {
      throw Refusal(.conflict, "patterns-decided", "这条已由\(pattern.decidedBy ?? "别人")研判过，请刷新后再看。")
    }
    return pattern
  }
  private func decide(
    _ id: Pattern.ID, _ state: Pattern.State, reason: String?, by person: Person, at now: Moment, _ db: any Writer
  ) throws {
    try db.run(
      "UPDATE pattern SET state = \(state), reason = \(reason), decided_by = \(person.id), decided_at = \(now) WHERE id = \(id)")
    try Journal.append("pattern-\(state.rawValue)", on: Subject("pattern", id), by: person.actor, at: now, note: reason, ids: house.ids, db)
  }

  // MARK: Carrying a plan out

  private static let planColumns: Query =
    """
    l.*, c.no AS compound_no, c.name AS compound_name, s.short AS squad_name, o.name AS owner_name, a.name AS opened_name, b.name AS closed_name
    FROM plan l JOIN compound c ON c.id = l.compound_id JOIN office s ON s.id = l.squad_id JOIN account o ON o.id = l.owner_id
    JOIN account a ON a.id = l.opened_by LEFT JOIN account b ON b.id = l.closed_by
    """
  private static func plan(_ row: ResultRow) throws -> Plan {
    Plan(
      id: try row.id("id"), no: try row.text("no"), pattern: try row.id("pattern_id"), compound: try row.id("compound_id"),
      compoundNo: try row.text("compound_no"), compoundName: try row.text("compound_name"), squad: try row.id("squad_id"),
      squadName: try row.text("squad_name"), item: try row.optionalText("item"), measure: try row.text("measure"),
      goal: try row.text("goal"), owner: try row.int("owner_id"), ownerName: try row.text("owner_name"), due: try row.day("due_day"),
      state: try row.choice("state"), openedBy: try row.text("opened_name"), openedAt: try row.moment("opened_at"),
      closedBy: try row.optionalText("closed_name"), closedAt: try row.optionalMoment("closed_at"),
      outcome: try row.optionalText("outcome"), version: try row.count("version"))
  }

  /// Plans within a person's scope, the earliest due first.
  /// - Parameter mine: only those this person answers for.
  public func plans(_ state: Plan.State, mine: Bool = false, for person: Person, limit: Int = 100) async throws -> [Plan] {
    try person.require(.seeMatters)
    let own: Query = mine ? "l.owner_id = \(person.id)" : "1 = 1"
    let order: Query = state == .open ? "l.due_day, l.id" : "l.closed_at DESC, l.id DESC"
    return try await house.store.read { db in
      try db.all(
        "SELECT \(Self.planColumns) WHERE l.state = \(state) AND \(own) AND \(Self.visible(person, "l")) ORDER BY \(order) LIMIT \(limit)"
      ).map(Self.plan)
    }
  }
  /// Plans that are going on, and how many of them are past their day; an officer's are those they answer for.
  public func planCounts(for person: Person) async throws -> (open: Int, overdue: Int) {
    try person.require(.seeMatters)
    let own: Query = person.role == .officer ? "l.owner_id = \(person.id)" : "1 = 1"
    let today = house.now().day
    return try await house.store.read { db in
      let open: Query = "SELECT count(*) AS n FROM plan l WHERE l.state = 'open' AND \(own) AND \(Self.visible(person, "l"))"
      return (Int(try db.number(open)), Int(try db.number(open + " AND l.due_day < \(today)")))
    }
  }
  /// - Throws: `Refusal` `plans-missing` also for one outside the person's scope.
  public func plan(_ no: String, for person: Person) async throws -> (plan: Plan, notes: [PlanNote]) {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      let plan = try findPlan(no, for: person, db)
      return (
        plan,
        try db.all(
          "SELECT n.at, n.text, a.name FROM plan_note n JOIN account a ON a.id = n.account_id WHERE n.plan_id = \(plan.id) ORDER BY n.id DESC"
        ).map { PlanNote(at: try $0.moment("at"), who: try $0.text("name"), text: try $0.text("text")) }
      )
    }
  }
  private func findPlan(_ no: String, for person: Person, _ db: any Reader) throws -> Plan {
    guard let row = try db.first("SELECT \(Self.planColumns) WHERE l.no = \(no) AND \(Self.visible(person, "l"))") else {
      throw Refusal(.missing, "plans-missing", "没有这个方案，或者它不在您的范围内。")
    }
    return try Self.plan(row)
  }

  /// How far it is.
  /// - Throws: `Refusal` `plans-missing`, `plans-closed`, `plans-note`.
  public func note(_ no: String, _ text: String, by person: Person) async throws {
    try person.require(.handleMatters)
    let clean = text.trimming()
    guard (2...1000).contains(clean.utf16.count) else {
      throw Refusal(.invalid, "plans-note", "请写明进展，1000 字以内。", field: "note")
    }
    let now = house.now()
    try await house.store.write { db in
      let plan = try open(no, for: person, db)
      // Sent a second time it says nothing new.
      if let last = try db.first("SELECT account_id, text FROM plan_note WHERE plan_id = \(plan.id) ORDER BY id DESC LIMIT 1"),
        try last.text("text") == clean, try last.int("account_id") == person.id.raw
      {
        return
      }
      let id: Identifier<PlanNote> = house.ids.next(at: now)
      try db.run("INSERT INTO plan_note (id, plan_id, at, account_id, text) VALUES (\(id), \(plan.id), \(now), \(person.id), \(clean))")
      try Journal.append("plan-noted", on: Subject("plan", plan.id), by: person.actor, at: now, note: clean, ids: house.ids, db)
    }
  }

  /// Ends a plan: what was reached, or why it is given up.
  /// - Throws: `Refusal` `plans-missing`, `plans-closed`, `plans-changed`, `plans-outcome`.
  public func close(_ no: String, _ state: Plan.State, outcome: String, version: Int, by person: Person) async throws {
    try person.require(.makePlans)
    let clean = outcome.trimming()
    guard state != .open, (10...1000).contains(clean.utf16.count) else {
      throw Refusal(.invalid, "plans-outcome", "请写明结果：解决了什么、还剩什么，10 至 1000 字。", field: "outcome")
    }
    let now = house.now()
    try await house.store.write { db in
      let plan = try open(no, for: person, db)
      guard plan.version == version else { throw Refusal(.conflict, "plans-changed", "这个方案刚被别人改过，请刷新后再看。") }
      try db.run(
        """
        UPDATE plan SET state = \(state), outcome = \(clean), closed_by = \(person.id), closed_at = \(now), version = version + 1
        WHERE id = \(plan.id)
        """)
      try Journal.append("plan-\(state.rawValue)", on: Subject("plan", plan.id), by: person.actor, at: now, note: clean, ids: house.ids, db)
    }
  }
  private func open(_ no: String, for person: Person, _ db: any Reader) throws -> Plan {
    let plan = try findPlan(no, for: person, db)
    guard plan.state == .open else { throw Refusal(.conflict, "plans-closed", "这个方案已经结束，不能再改。") }
    return plan
  }

  /// Who may answer for a plan in a squad.
  public func owners(in squad: Office.ID) async throws -> [(id: Int64, name: String)] {
    try await house.store.read { db in
      try db.all(
        """
        SELECT id, name FROM account WHERE office_id = \(squad) AND state = 'active' AND role IN ('officer', 'squadLeader') ORDER BY role DESC, id
        """
      ).map { (try $0.int("id"), try $0.text("name")) }
    }
  }
}
