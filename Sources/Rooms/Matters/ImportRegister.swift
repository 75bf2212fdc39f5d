import Compounds
import Foundation
import Intake
import Kernel
import People
import Sheets
import Storage

/// A register of compounds on its way in as a job: its file may hold the whole city.
extension Matters {
  static let registerKind = "matters-import-register"

  struct RegisterJob: Codable, Sendable {
    var run: Int64
    var mapping: CompoundMapping
    var account: Int64
  }

  /// Keeps the file as it is and plans the import; its page shows how far it is.
  /// - Throws: the reading's refusal when the list lacks a column without which nothing can be imported.
  public func beginRegister(_ file: Data, name: String, mapping: CompoundMapping, by person: Person) async throws -> ImportRun.ID {
    try person.require(.importCompounds)
    let now = house.now()
    let table = try Self.table(file, name)
    // What cannot be read at all is said now, beside the field, and not minutes later.
    _ = try await CompoundImport.preview(table, mapping: mapping, by: person, in: house)
    let stored = try house.vault.keep(file)
    let house = house
    return try await house.store.write { db in
      let id: ImportRun.ID = house.ids.next(at: now)
      let lines = table.rows.count + table.troubles.count
      try db.run(
        """
        INSERT INTO import (id, kind, file_name, sha256, mapping, state, lines, done, added, changed, same, failed, account_id, office_id, at)
        VALUES (\(id), 'compounds', \(String(name.prefix(200))), \(stored.sha256), \(mapping.title), 'waiting', \(lines), 0, 0, 0, 0, 0,
          \(person.id), \(person.office), \(now))
        """)
      try Journal.append(
        "import-begun", on: Subject("import", id), by: person.actor, at: now,
        facts: ["sha256": stored.sha256, "mapping": mapping.title, "lines": String(lines)], ids: house.ids, db)
      try Jobs.enqueue(
        Self.registerKind, RegisterJob(run: id.raw, mapping: mapping, account: person.id.raw), at: now, dedupe: "import-\(id)", now: now,
        ids: house.ids, db)
      return id
    }
  }

  func runRegister(_ job: Job) async throws {
    let payload = try job.decode(RegisterJob.self)
    let run = ImportRun.ID(payload.run)
    let account = Person.ID(payload.account)
    let (row, person) = try await house.store.read { db in
      (try db.first("SELECT sha256, file_name, state FROM import WHERE id = \(run)"), try PersonStore.find(account, db))
    }
    guard let row, let person else { return }
    // The job died between its last row and its end.
    if try row.text("state") == "finished" { return }
    do {
      let table = try Self.table(try house.vault.bytes(try row.text("sha256")), try row.text("file_name"))
      let begun = house.now()
      try await house.store.write { db in
        try Jobs.hold(job, at: begun, db)
        // Begins anew after a crash: rows that are in already come out as unchanged.
        try db.run("DELETE FROM import_error WHERE import_id = \(run)")
        _ = try db.run("UPDATE import SET state = 'running', done = 0, added = 0, changed = 0, same = 0, failed = 0 WHERE id = \(run)")
      }
      let house = house
      let outcome = try await CompoundImport.run(table, mapping: payload.mapping, by: person, in: house) { batch, db in
        try Jobs.hold(job, at: house.now(), db)
        try db.run(
          """
          UPDATE import SET done = done + \(batch.added + batch.changed + batch.unchanged), added = added + \(batch.added),
            changed = changed + \(batch.changed), same = same + \(batch.unchanged) WHERE id = \(run)
          """)
      }
      let now = house.now()
      let cells = Dictionary(table.rows.map { ($0.line, $0.cells) }, uniquingKeysWith: { first, _ in first })
      try await house.store.write { db in
        try Jobs.hold(job, at: now, db)
        for problem in outcome.problems {
          try self.note(run, line: problem.line, reason: problem.reason, cells: cells[problem.line] ?? [], db)
        }
        try db.run(
          """
          UPDATE import SET state = 'finished', finished_at = \(now), done = done + \(outcome.problems.count), failed = \(outcome.problems.count)
          WHERE id = \(run)
          """)
        try Journal.append(
          "import-finished", on: Subject("import", run), by: .system, at: now,
          facts: [
            "added": String(outcome.added), "changed": String(outcome.changed), "same": String(outcome.unchanged),
            "failed": String(outcome.problems.count),
          ], ids: house.ids, db)
      }
    } catch let refusal as Refusal {
      // Trying again would not make the file readable: the page says why instead.
      let now = house.now()
      try await house.store.write { db in
        _ = try db.run("UPDATE import SET state = 'failed', trouble = \(refusal.message), finished_at = \(now) WHERE id = \(run)")
      }
    }
  }

  /// One import of a register, for who began it and for their office.
  public func registerRun(_ id: ImportRun.ID, for person: Person) async throws -> (run: ImportRun, errors: [(line: Int, reason: String)]) {
    try person.require(.importCompounds)
    return try await house.store.read { db in
      try Self.found(id, "kind = 'compounds' AND (account_id = \(person.id) OR office_id = \(person.office))", db)
    }
  }
  /// The rows that were not imported as they came, under the headings of the file where it can still be read.
  public func registerErrors(_ id: ImportRun.ID, for person: Person) async throws -> Table {
    let (run, _) = try await registerRun(id, for: person)
    return try await errorTable(of: run)
  }
}
