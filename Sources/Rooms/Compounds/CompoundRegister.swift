import Kernel
import Offices
import People
import Storage

/// What people do with the register of compounds. Every change is journaled under the subject `compound`.
public enum CompoundRegister {
  @discardableResult
  public static func add(_ edit: CompoundEdit, by person: Person, in house: House) async throws -> Compound.ID {
    try person.require(.editCompounds)
    let now = house.now()
    return try await house.store.write { db in
      try check(edit, by: person, at: now, db)
      let compound = try make(edit, at: now, house, db)
      try CompoundStore.insert(compound, at: now, db)
      try journal("compound-added", compound.id, by: person.actor, at: now, house, db)
      return compound.id
    }
  }

  /// - Parameter seen: `updatedAt` of the compound the form was filled with; when it has changed since, the change is refused.
  public static func update(
    _ id: Compound.ID, _ edit: CompoundEdit, seen: Moment? = nil, note: String? = nil, by person: Person, in house: House
  ) async throws {
    try person.require(.editCompounds)
    let now = house.now()
    try await house.store.write { db in
      let old = try load(id, by: person, db)
      if let seen, old.updatedAt != seen {
        throw Refusal(.conflict, "compounds-moved", "\(old.name)的资料刚刚被别人改过，请刷新后再改。")
      }
      let changes = edit.changes(from: CompoundEdit(old))
      guard !changes.isEmpty else { return }
      try check(edit, by: person, at: now, db)
      try CompoundStore.update(try applied(edit, to: old, db), at: now, db)
      try journal("compound-changed", id, by: person.actor, at: now, facts: changes, note: note, house, db)
    }
  }

  /// The firm of that name for a form that takes the name as typed; entered when it is new.
  public static func firm(named name: String, by person: Person, in house: House) async throws -> Firm.ID {
    try person.require(.editCompounds)
    guard (2...60).contains(name.count) else {
      throw Refusal(.invalid, "compounds-firm", "物业企业名称为 2 到 60 个字。", field: "firm")
    }
    let now = house.now()
    return try await house.store.write { db in try FirmStore.enter(name: name, at: now, ids: house.ids, db).id }
  }

  /// A name people use. Learning one twice changes nothing.
  /// - Parameter source: "人工", "导入", "更正": where it was learnt.
  public static func addAlias(_ alias: String, source: String, to id: Compound.ID, by person: Person, in house: House) async throws {
    guard person.may(.editCompounds) || person.may(.correctUnderstanding) else { return try person.require(.editCompounds) }
    let now = house.now()
    try await house.store.write { db in
      let compound = try load(id, by: person, db)
      if try addAlias(alias, source: source, to: compound, at: now, ids: house.ids, db) {
        try journal("compound-alias-added", id, by: person.actor, at: now, facts: ["alias": alias, "source": source], house, db)
      }
    }
  }
  public static func removeAlias(_ alias: String, from id: Compound.ID, by person: Person, in house: House) async throws {
    try person.require(.editCompounds)
    let now = house.now()
    try await house.store.write { db in
      let compound = try load(id, by: person, db)
      guard try db.run("DELETE FROM compound_alias WHERE compound_id = \(id) AND alias = \(alias)") > 0 else { return }
      try CompoundStore.refreshSearch(compound, db)
      try journal("compound-alias-removed", id, by: person.actor, at: now, facts: ["alias": alias], house, db)
    }
  }

  /// Gives a compound to an officer from a day on, or to nobody. The entry of the same day is replaced.
  public static func assign(_ officer: Person.ID?, to id: Compound.ID, from day: Day, by person: Person, in house: House) async throws {
    try person.require(.editCompounds)
    let now = house.now()
    try await house.store.write { db in
      let compound = try load(id, by: person, db)
      if let officer {
        guard let account = try AccountStore.find(officer, db), account.state == .active, account.person.office == compound.squad,
          account.person.may(.handleMatters)
        else { throw Refusal(.invalid, "compounds-officer", "责任队员须是本队在岗执法队员。", field: "officer") }
      }
      if try CompoundStore.officer(of: id, on: day, db) == officer { return }
      try db.run(
        """
        INSERT INTO compound_officer (compound_id, from_day, account_id) VALUES (\(id), \(day), \(officer))
        ON CONFLICT (compound_id, from_day) DO UPDATE SET account_id = excluded.account_id
        """)
      try journal(
        "compound-officer-assigned", id, by: person.actor, at: now,
        facts: ["officer": officer.map { String($0.raw) } ?? "", "from": day.iso],
        house, db)
    }
  }

  public static func addBuildings(_ names: [String], to id: Compound.ID, by person: Person, in house: House) async throws {
    try person.require(.editCompounds)
    let now = house.now()
    try await house.store.write { db in
      _ = try load(id, by: person, db)
      var added: [String] = []
      for name in names where !name.isEmpty && name.count <= 30 {
        let building: Identifier<Compound> = house.ids.next(at: now)
        if try db.run(
          "INSERT INTO building (id, compound_id, name) VALUES (\(building), \(id), \(name)) ON CONFLICT (compound_id, name) DO NOTHING")
          > 0
        {
          added.append(name)
        }
      }
      if !added.isEmpty { try journal("compound-buildings-added", id, by: person.actor, at: now, facts: ["buildings": added], house, db) }
    }
  }

  /// Enters a compound within the caller's transaction, for the demonstration city and the first filling of a store.
  @discardableResult
  public static func plant(
    _ edit: CompoundEdit, aliases: [String] = [], by actor: Actor = .system, at now: Moment, in house: House, _ db: any Writer
  ) throws -> Compound {
    let wrong = CompoundRules.check(edit, thisYear: now.day.year)
    if !wrong.isEmpty { throw Refusals(wrong) }
    let compound = try make(edit, at: now, house, db)
    try CompoundStore.insert(compound, at: now, db)
    for alias in aliases { _ = try addAlias(alias, source: "登记", to: compound, at: now, ids: house.ids, db) }
    try journal("compound-added", compound.id, by: actor, at: now, house, db)
    return compound
  }

  // MARK: Shared with the import

  /// One's own compound to change; others do not exist. The system administrator imports, but edits none.
  static func load(_ id: Compound.ID, by person: Person, _ db: any Reader) throws -> Compound {
    guard let card = try CompoundStore.card(id, scope: Scope(of: person), db) else {
      throw Refusal(.missing, "compounds-none", "没有这个小区。")
    }
    return card.compound
  }
  static func check(_ edit: CompoundEdit, by person: Person, at now: Moment, _ db: any Reader) throws {
    var wrong = CompoundRules.check(edit, thisYear: now.day.year)
    let squad = try OfficeStore.find(edit.squad, db)
    if squad?.kind.takesMatters != true || squad?.district == nil {
      wrong.append(Refusal(.invalid, "compounds-squad", "请选择管辖的执法队。", field: "squad"))
    } else if case .squad(let own) = Scope(of: person), edit.squad != own {
      wrong.append(Refusal(.invalid, "compounds-squad", "中队只能登记本队辖区内的小区；划转请由区局办理。", field: "squad"))
    } else if case .district(let own) = Scope(of: person), squad?.district != own {
      wrong.append(Refusal(.invalid, "compounds-squad", "只能划入本区的执法队。", field: "squad"))
    }
    if let firm = edit.firm, try !db.exists("SELECT id FROM firm WHERE id = \(firm)") {
      wrong.append(Refusal(.invalid, "compounds-firm", "没有这家物业企业。", field: "firm"))
    }
    if !wrong.isEmpty { throw Refusals(wrong) }
  }
  static func make(_ edit: CompoundEdit, at now: Moment, _ house: House, _ db: any Reader) throws -> Compound {
    let blank = Compound(
      id: house.ids.next(at: now), no: try CompoundStore.freeNumber("compound", db), name: edit.name, squad: edit.squad,
      district: edit.squad,
      address: edit.address, updatedAt: now)
    return try applied(edit, to: blank, db)
  }
  static func applied(_ edit: CompoundEdit, to old: Compound, _ db: any Reader) throws -> Compound {
    var new = old
    guard let district = try OfficeStore.find(edit.squad, db)?.district else {
      throw Refusal(.invalid, "compounds-squad", "请选择管辖的执法队。", field: "squad")
    }
    new.district = district
    new.name = edit.name
    new.squad = edit.squad
    new.address = edit.address
    new.position = edit.position
    new.households = edit.households
    new.buildings = edit.buildings
    new.builtYear = edit.builtYear
    new.firm = edit.firm
    new.managerName = edit.managerName
    new.managerPhone = edit.managerPhone
    new.state = edit.state
    return new
  }
  static func addAlias(
    _ alias: String, source: String, to compound: Compound, at now: Moment, ids: IdentifierSource, _ db: any Writer
  ) throws -> Bool {
    guard (2...40).contains(alias.count) else { throw Refusal(.invalid, "compounds-alias", "别名为 2 到 40 个字。", field: "alias") }
    let id: Identifier<Compound> = ids.next(at: now)
    let added = try db.run(
      """
      INSERT INTO compound_alias (id, compound_id, alias, source, created_at) VALUES (\(id), \(compound.id), \(alias), \(source), \(now))
      ON CONFLICT (compound_id, alias) DO NOTHING
      """)
    if added > 0 { try CompoundStore.refreshSearch(compound, db) }
    return added > 0
  }
  /// On it the other servers are told the id of each compound that is new or was changed.
  public static let noticeChannel = "compounds"

  static func journal(
    _ action: String, _ id: Compound.ID, by actor: Actor, at now: Moment, facts: some Encodable = [String: String](), note: String? = nil,
    _ house: House, _ db: any Writer
  ) throws {
    try Journal.append(action, on: Subject("compound", id), by: actor, at: now, facts: facts, note: note, ids: house.ids, db)
    try db.tell(noticeChannel, id.description)
  }
}
