import Compounds
import Kernel
import Offices
import People
import Staffing
import Storage

/// What of a squad's roster stands nowhere else: who can what for how many hours, planned leave, wishes of compounds, duties.
public struct RosterSetup: Sendable {
  public let office: Office
  public let facts: RosterFacts
  /// Planned leave that is noted here and has not passed.
  public let leaves: [Leave]
  /// Squads of the district that its people may help.
  public let neighbours: [Office]
  public struct Leave: Sendable {
    public typealias ID = Identifier<Leave>
    public let id: ID
    public let account: Int64
    public let from: Day
    public let to: Day
  }
}

/// What is noted of an officer.
public struct RosterOfficerNote: Sendable {
  public var included: Bool
  public var weeklyHours: Double
  public var skills: [String]
  /// Squads of the district that this person may help, and for how many half-days of a week.
  public var helps: [Office.ID]
  public var helpHalfDays: Int
  public init(included: Bool, weeklyHours: Double, skills: [String], helps: [Office.ID] = [], helpHalfDays: Int = Self.usualHelp) {
    (self.included, self.weeklyHours, self.skills) = (included, weeklyHours, skills)
    (self.helps, self.helpHalfDays) = (helps, helpHalfDays)
  }
  public static let usualHelp = 2
}
/// What is noted of a compound.
public struct RosterCompoundNote: Sendable {
  public var wanted: StationingMode?
  public var forced: StationingMode?
  public var needsTwo: Bool
  public var skills: [String]
  public init(wanted: StationingMode?, forced: StationingMode?, needsTwo: Bool, skills: [String]) {
    (self.wanted, self.forced, self.needsTwo, self.skills) = (wanted, forced, needsTwo, skills)
  }
}
/// What holds for a whole squad.
public struct RosterSquadNote: Sendable {
  public var position: Coordinates?
  /// Percent of the working hours.
  public var compoundShare: Int
  public var fairBand: Int
  public init(position: Coordinates?, compoundShare: Int, fairBand: Int) {
    (self.position, self.compoundShare, self.fairBand) = (position, compoundShare, fairBand)
  }
}

extension Rosters {
  public func setup(_ squad: Office.ID, by person: Person) async throws -> RosterSetup {
    let today = house.now().day
    return try await house.store.read { db in
      let office = try led(squad, by: person, db)
      return RosterSetup(
        office: office, facts: try RosterFactsStore.read(office, from: today.adding(days: 1 - today.weekday), today: today, db),
        leaves: try db.all(
          """
          SELECT v.id, v.account_id, v.from_day, v.to_day FROM roster_leave v JOIN account a ON a.id = v.account_id
          WHERE a.office_id = \(office.id) AND v.ended_at IS NULL AND v.to_day >= \(today) ORDER BY v.from_day, v.id
          """
        ).map {
          RosterSetup.Leave(
            id: try $0.id("id"), account: try $0.int("account_id"), from: try $0.day("from_day"), to: try $0.day("to_day"))
        },
        neighbours: try neighbours(of: office, db))
    }
  }

  private func neighbours(of squad: Office, _ db: any Reader) throws -> [Office] {
    try squad.district.map { try OfficeStore.squads(of: $0, db) }?.filter { $0.id != squad.id } ?? []
  }

  /// Words between commas of any kind; at most ten of at most twelve characters.
  public static func skills(typed text: String) throws(Refusal) -> [String] {
    var seen: [String] = []
    for word in text.split(whereSeparator: { "、，,;；\n ".contains($0) }).map({ String($0).trimming() })
    where !word.isEmpty && !seen.contains(word) {
      seen.append(word)
    }
    guard seen.count <= 10, seen.allSatisfy({ $0.count <= 12 }) else {
      throw Refusal(.invalid, "rosters-skills", "技能最多 10 项，每项 12 字以内，用顿号隔开。", field: "skills")
    }
    return seen
  }

  // MARK: Squad and duties

  /// - Throws: `Refusal` `rosters-squad`, `rosters-share`, `rosters-band`.
  public func note(_ note: RosterSquadNote, of squad: Office.ID, by person: Person) async throws {
    guard (20...100).contains(note.compoundShare) else {
      throw Refusal(.invalid, "rosters-share", "用于小区的工时应在 20% 至 100% 之间。", field: "share")
    }
    guard (0...50).contains(note.fairBand) else { throw Refusal(.invalid, "rosters-band", "负荷允许的差别应在 0 至 50 之间。", field: "band") }
    let now = house.now()
    try await house.store.write { db in
      let office = try led(squad, by: person, db)
      let old = try db.first("SELECT latitude, longitude, compound_share, fair_band FROM roster_squad WHERE squad_id = \(office.id)")
      if let old, try old.optionalDouble("latitude") == note.position?.latitude,
        try old.optionalDouble("longitude") == note.position?.longitude, try old.count("compound_share") == note.compoundShare,
        try old.count("fair_band") == note.fairBand
      {
        return
      }
      try db.run(
        """
        INSERT INTO roster_squad (squad_id, latitude, longitude, compound_share, fair_band, noted_by, noted_at)
        VALUES (\(office.id), \(note.position?.latitude), \(note.position?.longitude), \(note.compoundShare), \(note.fairBand), \(person.id),
          \(now))
        ON CONFLICT (squad_id) DO UPDATE SET latitude = excluded.latitude, longitude = excluded.longitude,
          compound_share = excluded.compound_share, fair_band = excluded.fair_band, noted_by = excluded.noted_by, noted_at = excluded.noted_at
        """)
      try Journal.append(
        "office-roster-rules", on: Subject("office", office.id), by: person.actor, at: now,
        facts: ["share": "\(note.compoundShare)", "band": "\(note.fairBand)"], ids: house.ids, db)
    }
  }

  /// - Throws: `Refusal` `rosters-squad`; of what is wrong all at once, as `Refusals`: `rosters-duty-name`, `rosters-duty-officers`,
  ///   `rosters-duty-rest`, `rosters-duty-most`.
  public func add(_ rule: RosterFacts.DutyRule, to squad: Office.ID, by person: Person) async throws {
    var wrong: [Refusal] = []
    let name = rule.name.trimming()
    if !(2...20).contains(name.count) { wrong.append(Refusal(.invalid, "rosters-duty-name", "请填写值班名称，2 至 20 字。", field: "name")) }
    if !(1...20).contains(rule.officers) {
      wrong.append(Refusal(.invalid, "rosters-duty-officers", "每次人数应在 1 至 20 之间。", field: "officers"))
    }
    if !(0...4).contains(rule.restHalfDays) {
      wrong.append(Refusal(.invalid, "rosters-duty-rest", "值班后的休息应在 0 至 4 个半天之间。", field: "rest"))
    }
    if let most = rule.maxPerOfficer, !(1...28).contains(most) {
      wrong.append(Refusal(.invalid, "rosters-duty-most", "每人上限应在 1 至 28 之间，或者不填。", field: "most"))
    }
    guard wrong.isEmpty else { throw Refusals(wrong) }
    let now = house.now()
    try await house.store.write { db in
      let office = try led(squad, by: person, db)
      let all = try RosterFactsStore.duties(of: office.id, db)
      // Sent a second time it is there already.
      if all.contains(where: { $0.name == name && $0.half == rule.half && $0.days == rule.days }) { return }
      guard all.count < 12 else { throw Refusal(.limit, "rosters-duties", "一支中队最多 12 条值班规则。", field: "name") }
      let id: Int64 = house.ids.next(RosterFacts.self, at: now).raw
      try db.run(
        """
        INSERT INTO roster_duty (id, squad_id, name, half, days, officers, rest_half_days, max_per_officer, skill, shift, added_by, added_at)
        VALUES (\(id), \(office.id), \(name), \(rule.half), \(rule.days), \(rule.officers), \(rule.restHalfDays), \(rule.maxPerOfficer),
          \(rule.skill), \(rule.shift), \(person.id), \(now))
        """)
      try Journal.append(
        "office-roster-duty-added", on: Subject("office", office.id), by: person.actor, at: now,
        facts: ["half": rule.half.rawValue, "days": rule.days.rawValue, "officers": "\(rule.officers)"], ids: house.ids, db)
    }
  }
  /// Plans made with it keep it.
  public func end(duty id: Int64, by person: Person) async throws {
    let now = house.now()
    try await house.store.write { db in
      guard let row = try db.first("SELECT squad_id, ended_at FROM roster_duty WHERE id = \(id)") else {
        throw Refusal(.missing, "rosters-no-duty", "没有这条值班规则，或者它不由您管。")
      }
      let office = try led(try row.id("squad_id"), by: person, db)
      if try row.optionalInt("ended_at") != nil { return }
      try db.run("UPDATE roster_duty SET ended_at = \(now) WHERE id = \(id)")
      try Journal.append(
        "office-roster-duty-ended", on: Subject("office", office.id), by: person.actor, at: now, facts: ["duty": "\(id)"], ids: house.ids,
        db)
    }
  }

  // MARK: People

  private func officer(_ account: Int64, by person: Person, _ db: any Reader) throws -> Person {
    guard let one = try PersonStore.find(Person.ID(account), db), let office = one.office, one.role == .officer || one.role == .squadLeader
    else { throw Refusal(.missing, "rosters-no-officer", "没有这名队员，或者不由您排班。") }
    do { _ = try led(office, by: person, db) } catch let refusal as Refusal where refusal.kind == .missing {
      throw Refusal(.missing, "rosters-no-officer", "没有这名队员，或者不由您排班。")
    }
    return one
  }
  /// The squad of an officer whose roster this person makes.
  public func squad(ofOfficer account: Int64, by person: Person) async throws -> Office.ID {
    try await house.store.read { db in
      guard let office = try officer(account, by: person, db).office else { throw Self.missing }
      return office
    }
  }

  /// - Throws: `Refusal` `rosters-no-officer`, `rosters-hours`, `rosters-help-half-days`, `rosters-help-squad`.
  public func note(_ note: RosterOfficerNote, of account: Int64, by person: Person) async throws {
    guard (4...60).contains(note.weeklyHours) else {
      throw Refusal(.invalid, "rosters-hours", "每周工时应在 4 至 60 小时之间；不排班的请选“不排”。", field: "hours")
    }
    guard note.helps.isEmpty || (1...10).contains(note.helpHalfDays) else {
      throw Refusal(.invalid, "rosters-help-half-days", "每周可支援的半天应在 1 至 10 之间；不支援的请不要勾选中队。", field: "half-days")
    }
    let now = house.now()
    let skills = note.skills.joined(separator: "、")
    try await house.store.write { db in
      let one = try officer(account, by: person, db)
      let own = try one.office.flatMap { try OfficeStore.find($0, db) }
      let neighbours = try own.map { try self.neighbours(of: $0, db) } ?? []
      guard note.helps.allSatisfy({ squad in neighbours.contains { $0.id == squad } }) else {
        throw Refusal(.invalid, "rosters-help-squad", "只能支援本区局的其他中队，请重新选择。", field: "helps")
      }
      let old = try db.first("SELECT included, weekly_hours, skills FROM roster_officer WHERE account_id = \(one.id)")
      let oldHelp = try db.all("SELECT squad_id, half_days FROM roster_help WHERE account_id = \(one.id)")
        .reduce(into: [Int64: Int]()) { $0[try $1.int("squad_id")] = try $1.count("half_days") }
      let help = note.helps.reduce(into: [Int64: Int]()) { $0[$1.raw] = note.helpHalfDays }
      if let old, try old.bool("included") == note.included, try old.double("weekly_hours") == note.weeklyHours,
        try old.text("skills") == skills, help == oldHelp
      {
        return
      }
      if help != oldHelp {
        try db.run("DELETE FROM roster_help WHERE account_id = \(one.id)")
        for (squad, halfDays) in help.sorted(by: { $0.key < $1.key }) {
          let id: Int64 = house.ids.next(RosterFacts.self, at: now).raw
          try db.run(
            """
            INSERT INTO roster_help (id, account_id, squad_id, half_days, noted_by, noted_at)
            VALUES (\(id), \(one.id), \(squad), \(halfDays), \(person.id), \(now))
            """)
        }
      }
      try db.run(
        """
        INSERT INTO roster_officer (account_id, included, weekly_hours, skills, noted_by, noted_at)
        VALUES (\(one.id), \(note.included), \(note.weeklyHours), \(skills), \(person.id), \(now))
        ON CONFLICT (account_id) DO UPDATE SET included = excluded.included, weekly_hours = excluded.weekly_hours, skills = excluded.skills,
          noted_by = excluded.noted_by, noted_at = excluded.noted_at
        """)
      try Journal.append(
        "account-roster-noted", on: Subject("account", one.id), by: person.actor, at: now,
        facts: [
          "included": note.included ? "1" : "0", "hours": "\(note.weeklyHours)", "skills": skills,
          "helps": help.keys.sorted().map { "\($0)" }.joined(separator: " "), "helpHalfDays": help.isEmpty ? "" : "\(note.helpHalfDays)",
        ], ids: house.ids, db)
    }
  }

  /// Planned leave of somebody for whom no deputy is needed.
  /// - Throws: `Refusal` `rosters-no-officer`, `rosters-leave`.
  public func leave(_ account: Int64, from: Day?, to: Day?, by person: Person) async throws {
    let now = house.now()
    guard let from, let to, from <= to, to >= now.day, to.days(since: from) < Deputies.longestDays else {
      throw Refusal(.invalid, "rosters-leave", "请核对起止日期：止日不早于起日和今天，最长 \(Deputies.longestDays) 天。", field: "to")
    }
    try await house.store.write { db in
      let one = try officer(account, by: person, db)
      if try db.exists(
        "SELECT 1 AS one FROM roster_leave WHERE account_id = \(one.id) AND from_day = \(from) AND to_day = \(to) AND ended_at IS NULL")
      {
        return
      }
      let id: RosterSetup.Leave.ID = house.ids.next(at: now)
      try db.run(
        "INSERT INTO roster_leave (id, account_id, from_day, to_day, noted_by, noted_at) VALUES (\(id), \(one.id), \(from), \(to), \(person.id), \(now))"
      )
      try Journal.append(
        "account-leave-noted", on: Subject("account", one.id), by: person.actor, at: now, facts: ["from": from.iso, "to": to.iso],
        ids: house.ids, db)
    }
  }
  /// - Returns: whose it was.
  @discardableResult
  public func end(leave id: RosterSetup.Leave.ID, by person: Person) async throws -> Int64 {
    let now = house.now()
    return try await house.store.write { db in
      guard let row = try db.first("SELECT account_id, ended_at FROM roster_leave WHERE id = \(id)") else {
        throw Refusal(.missing, "rosters-no-leave", "没有这条请假，或者不由您管。")
      }
      let one = try officer(try row.int("account_id"), by: person, db)
      if try row.optionalInt("ended_at") != nil { return one.id.raw }
      try db.run("UPDATE roster_leave SET ended_at = \(now) WHERE id = \(id)")
      try Journal.append("account-leave-ended", on: Subject("account", one.id), by: person.actor, at: now, ids: house.ids, db)
      return one.id.raw
    }
  }

  // MARK: Compounds

  /// The squad of a compound whose stationing this person plans.
  public func compound(_ no: String, by person: Person) async throws -> Compound {
    try await house.store.read { db in try compound(no, by: person, db) }
  }
  private func compound(_ no: String, by person: Person, _ db: any Reader) throws -> Compound {
    let none = Refusal(.missing, "rosters-no-compound", "没有这个小区，或者不由您排班。")
    guard let compound = try CompoundStore.find(no: no, db) else { throw none }
    do { _ = try led(compound.squad, by: person, db) } catch let refusal as Refusal where refusal.kind == .missing { throw none }
    return compound
  }

  /// - Throws: `Refusal` `rosters-no-compound`, `rosters-modes`.
  public func note(_ note: RosterCompoundNote, of no: String, by person: Person) async throws {
    if let wanted = note.wanted, let forced = note.forced, wanted != forced {
      throw Refusal(.invalid, "rosters-modes", "已经指定了方式，希望的方式就不用另填。", field: "wanted")
    }
    let now = house.now()
    let skills = note.skills.joined(separator: "、")
    try await house.store.write { db in
      let compound = try compound(no, by: person, db)
      let old = try db.first("SELECT * FROM roster_compound WHERE compound_id = \(compound.id)")
      if let old, try old.optionalText("wanted_mode") == note.wanted?.rawValue,
        try old.optionalText("forced_mode") == note.forced?.rawValue,
        try old.bool("needs_two") == note.needsTwo, try old.text("skills") == skills
      {
        return
      }
      try db.run(
        """
        INSERT INTO roster_compound (compound_id, wanted_mode, forced_mode, needs_two, skills, noted_by, noted_at)
        VALUES (\(compound.id), \(note.wanted), \(note.forced), \(note.needsTwo), \(skills), \(person.id), \(now))
        ON CONFLICT (compound_id) DO UPDATE SET wanted_mode = excluded.wanted_mode, forced_mode = excluded.forced_mode,
          needs_two = excluded.needs_two, skills = excluded.skills, noted_by = excluded.noted_by, noted_at = excluded.noted_at
        """)
      try Journal.append(
        "compound-roster-noted", on: Subject("compound", compound.id), by: person.actor, at: now,
        facts: [
          "wanted": note.wanted?.rawValue ?? "", "forced": note.forced?.rawValue ?? "", "two": note.needsTwo ? "1" : "0", "skills": skills,
        ], ids: house.ids, db)
    }
  }
}
