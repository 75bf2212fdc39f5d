import Kernel
import Offices
import People
import Sheets
import Storage

/// What an import would do, or did.
public struct CompoundImportOutcome: Sendable {
  public var added = 0
  public var changed = 0
  public var unchanged = 0
  /// Rows that are not imported, in the order of the file.
  public var problems: [ImportProblem] = []
  /// Rows that are, but where something was settled that a person may want to see.
  public var notes: [ImportProblem] = []
  /// Our field to the heading taken for it.
  public var columns: [CompoundMapping.Field: String] = [:]
  /// The first rows as they would be entered.
  public var sample: [CompoundDraft] = []
}

/// Brings a register from a table. The same file twice changes nothing; a row its keeper changed changes the compound; what people changed
/// here since stays as long as the row stays as it was.
public enum CompoundImport {
  /// Rows stored in one transaction: an import of the whole city must not keep others waiting for seconds.
  static let batch = 250

  public static func preview(_ table: Table, mapping: CompoundMapping, by person: Person, in house: House) async throws
    -> CompoundImportOutcome
  {
    let now = house.now()
    return try await house.store.read { db in
      let reading = try read(table, mapping: mapping, by: person, at: now, db)
      var outcome = outcome(of: reading)
      outcome.sample = Array(reading.drafts.prefix(5))
      for draft in reading.drafts {
        switch try plan(draft, db) {
        case .add: outcome.added += 1
        case .unchanged: outcome.unchanged += 1
        case .change: outcome.changed += 1
        }
      }
      return outcome
    }
  }

  /// What became of the rows of one batch.
  public typealias Batch = (added: Int, changed: Int, unchanged: Int)

  /// - Parameter each: called within the transaction of each batch, so that what it writes down is true after a crash.
  public static func run(
    _ table: Table, mapping: CompoundMapping, by person: Person, in house: House,
    each: @escaping @Sendable (Batch, any Writer) throws -> Void = { _, _ in }
  ) async throws -> CompoundImportOutcome {
    let now = house.now()
    let reading = try await house.store.read { db in try read(table, mapping: mapping, by: person, at: now, db) }
    var outcome = outcome(of: reading)
    var rest = reading.drafts[...]
    while !rest.isEmpty {
      let drafts = Array(rest.prefix(batch))
      rest = rest.dropFirst(drafts.count)
      let counts = try await house.store.write { db in
        var counts: Batch = (added: 0, changed: 0, unchanged: 0)
        for draft in drafts {
          switch try plan(draft, db) {
          case .unchanged: counts.unchanged += 1
          case .add:
            try add(draft, by: person.actor, at: now, house, db)
            counts.added += 1
          case .change(let old):
            if try change(old, to: draft, by: person.actor, at: now, house, db) { counts.changed += 1 } else { counts.unchanged += 1 }
          }
        }
        try each(counts, db)
        return counts
      }
      outcome.added += counts.added
      outcome.changed += counts.changed
      outcome.unchanged += counts.unchanged
    }
    return outcome
  }

  /// The rows that are not imported, as they came, each with its line and what is wrong.
  public static func errors(_ table: Table, _ outcome: CompoundImportOutcome) -> Table {
    let cells = Dictionary(table.rows.map { ($0.line, $0.cells) }, uniquingKeysWith: { first, _ in first })
    return Table(
      header: ["行号", "原因"] + table.header,
      cells: outcome.problems.map { problem in
        let row = cells[problem.line] ?? []
        return [String(problem.line), problem.reason] + table.header.indices.map { $0 < row.count ? row[$0] : "" }
      })
  }

  // MARK: Deciding

  enum Plan {
    case add, unchanged
    case change(Compound)
  }

  static func read(_ table: Table, mapping: CompoundMapping, by person: Person, at now: Moment, _ db: any Reader) throws -> CompoundReading
  {
    try person.require(.importCompounds)
    return try CompoundReading.read(
      table, mapping: mapping, offices: OfficeTree(try OfficeStore.all(db)), within: person.role.isAdministrator ? nil : person.district,
      thisYear: now.day.year)
  }
  static func outcome(of reading: CompoundReading) -> CompoundImportOutcome {
    var outcome = CompoundImportOutcome()
    outcome.problems = reading.problems
    outcome.notes = reading.notes
    outcome.columns = reading.columns
    return outcome
  }

  static func plan(_ draft: CompoundDraft, _ db: any Reader) throws -> Plan {
    if let row = try db.first(
      "SELECT \(CompoundStore.columns), c.source_digest FROM compound c WHERE c.source_key = \(draft.key)")
    {
      return try row.optionalText("source_digest") == digest(draft) ? .unchanged : .change(try CompoundStore.compound(row))
    }
    // Entered by hand before the list came: the list takes it up.
    if let row = try db.first(
      """
      SELECT \(CompoundStore.columns) FROM compound c
      WHERE c.squad_id = \(draft.edit.squad) AND c.name = \(draft.edit.name) AND c.source_key IS NULL LIMIT 1
      """)
    {
      return .change(try CompoundStore.compound(row))
    }
    return .add
  }
  static func digest(_ draft: CompoundDraft) -> String { Secrets.hash(of: draft.content) }

  // MARK: Acting

  static func add(_ draft: CompoundDraft, by actor: Actor, at now: Moment, _ house: House, _ db: any Writer) throws {
    var edit = draft.edit
    edit.firm = try firm(of: draft, at: now, house, db)
    let compound = try CompoundRegister.make(edit, at: now, house, db)
    try CompoundStore.insert(compound, sourceKey: draft.key, digest: digest(draft), at: now, db)
    _ = try surround(compound, with: draft, at: now, house, db)
    try CompoundRegister.journal("compound-imported", compound.id, by: actor, at: now, facts: ["key": draft.key], house, db)
  }

  static func change(_ old: Compound, to draft: CompoundDraft, by actor: Actor, at now: Moment, _ house: House, _ db: any Writer) throws
    -> Bool
  {
    let before = CompoundEdit(old)
    var edit = before
    edit.name = draft.edit.name
    edit.squad = draft.edit.squad
    if draft.present.contains(.address) { edit.address = draft.edit.address }
    if draft.hasPosition, draft.edit.position != nil { edit.position = draft.edit.position }
    if draft.present.contains(.households) { edit.households = draft.edit.households }
    if draft.present.contains(.buildings) { edit.buildings = draft.edit.buildings }
    if draft.present.contains(.builtYear) { edit.builtYear = draft.edit.builtYear }
    if draft.present.contains(.managerName) { edit.managerName = draft.edit.managerName }
    if draft.present.contains(.managerPhone) { edit.managerPhone = draft.edit.managerPhone }
    if draft.present.contains(.firm) { edit.firm = try firm(of: draft, at: now, house, db) }
    let changes = edit.changes(from: before)
    let new = try CompoundRegister.applied(edit, to: old, db)
    if !changes.isEmpty { try CompoundStore.update(new, at: now, db) }
    let more = try surround(new, with: draft, at: now, house, db)
    try db.run("UPDATE compound SET source_key = \(draft.key), source_digest = \(digest(draft)) WHERE id = \(old.id)")
    guard !changes.isEmpty || more else { return false }
    try CompoundRegister.journal("compound-changed", old.id, by: actor, at: now, facts: changes, house, db)
    return true
  }

  static func firm(of draft: CompoundDraft, at now: Moment, _ house: House, _ db: any Writer) throws -> Firm.ID? {
    guard let name = draft.firm else { return nil }
    return try FirmStore.enter(name: name, creditCode: draft.firmCode, at: now, ids: house.ids, db).id
  }
  /// Aliases, further addresses and committees: learnt, never unlearnt by a list.
  static func surround(_ compound: Compound, with draft: CompoundDraft, at now: Moment, _ house: House, _ db: any Writer) throws -> Bool {
    var changed = false
    for alias in draft.aliases where try CompoundRegister.addAlias(alias, source: "导入", to: compound, at: now, ids: house.ids, db) {
      changed = true
    }
    for address in draft.moreAddresses {
      let id: Identifier<Compound> = house.ids.next(at: now)
      let added = try db.run(
        """
        INSERT INTO compound_address (id, compound_id, text) VALUES (\(id), \(compound.id), \(address))
        ON CONFLICT (compound_id, text) DO NOTHING
        """)
      changed = changed || added > 0
    }
    if changed { try CompoundStore.refreshSearch(compound, db) }
    for (kind, name) in [(Committee.Kind.residents, draft.residentsCommittee), (.owners, draft.ownersCommittee)] {
      if let name, try CommitteeStore.enter(kind, name: name, for: compound, at: now, ids: house.ids, db).changed { changed = true }
    }
    return changed
  }
}
