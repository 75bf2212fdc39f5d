import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Offices
import People
import Sheets
import Storage
import WorkCalendar

/// What an import would do, before it is done.
public struct ImportPreview: Sendable {
  public let lines: Int
  /// Field and the column it was found in.
  public let columns: [(field: String, column: String)]
  public let rows: [Row]
  public let bad: [(line: Int, reason: String)]
  public struct Row: Sendable {
    public let line: Int
    public let said: Moment
    public let words: String
    public let reading: Reading
    public let known: Bool
  }
}

/// What became of one row.
enum RowOutcome: Sendable {
  case added, changed, same
  case failed(String)
}

extension Matters {
  static let importKind = "matters-import"

  /// Reads the first rows and every row's faults, writes nothing.
  public func preview(_ file: Data, name: String, mapping: ImportMapping, by person: Person) async throws -> ImportPreview {
    try person.require(.importReports)
    let now = house.now()
    let table = try Self.table(file, name)
    let columns = try MappedColumns(mapping, header: table.header)
    var bad = table.troubles.map { (line: $0.line, reason: $0.reason) }
    var shown: [(Int, ImportedRow)] = []
    for row in table.rows {
      do {
        let read = try columns.read(row, now: now)
        if shown.count < 20 { shown.append((row.line, read)) }
      } catch let refusal as Refusal {
        bad.append((row.line, refusal.message))
      }
    }
    await understander.ready()
    let rows = shown.map { (line: $0.0, row: $0.1, reading: understander.read($0.1.report).reading) }
    let known = try await house.store.read { db in
      try rows.map { one in
        try one.row.report.sourceNo.map { try ReportStore.find(channel: mapping.channel, sourceNo: $0, db) != nil } ?? false
      }
    }
    return ImportPreview(
      lines: table.rows.count + table.troubles.count, columns: columns.found,
      rows: zip(rows, known).map { one, known in
        ImportPreview.Row(
          line: one.line, said: one.row.report.saidAt,
          words: Masking.mask(String(one.row.report.content.prefix(120)), names: [one.row.report.callerName].compactMap { $0 }),
          reading: one.reading,
          known: known)
      }, bad: bad.sorted { $0.line < $1.line })
  }

  static func table(_ file: Data, _ name: String) throws -> Table {
    do {
      return try Table.read(file: file, name: name)
    } catch {
      throw Refusal(.invalid, error.code, error.message, field: "file")
    }
  }

  struct ImportJob: Codable, Sendable {
    var run: Int64
    var mapping: ImportMapping
    /// The office that imports: matters without a known place wait there.
    var receiver: Int64?
  }

  /// Keeps the file as it is and plans the import; the page shows how far it is.
  public func beginImport(_ file: Data, name: String, mapping: ImportMapping, by person: Person) async throws -> ImportRun.ID {
    try person.require(.importReports)
    let now = house.now()
    let table = try Self.table(file, name)
    _ = try MappedColumns(mapping, header: table.header)
    let stored = try house.vault.keep(file)
    let house = house
    return try await house.store.write { db in
      let id: ImportRun.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO import (id, kind, file_name, sha256, mapping, state, lines, done, added, changed, same, failed, account_id, office_id, at)
        VALUES (\(id), 'reports', \(String(name.prefix(200))), \(stored.sha256), \(mapping.name), 'waiting', \(table.rows.count + table.troubles.count), 0, 0, 0, 0,
          0, \(person.id), \(person.office), \(now))
        """)
      try Journal.append(
        "import-begun", on: Subject("import", id), by: person.actor, at: now,
        facts: ["sha256": stored.sha256, "mapping": mapping.name, "lines": String(table.rows.count)], ids: house.ids, db)
      try Jobs.enqueue(
        Self.importKind, ImportJob(run: id.raw, mapping: mapping, receiver: person.office?.raw), at: now, dedupe: "import-\(id)", now: now,
        ids: house.ids, db)
      return id
    }
  }

  /// Jobs this room runs.
  public var jobs: [JobHandler] {
    [
      JobHandler(Self.importKind) { job in try await runImport(job) }, JobHandler(Self.registerKind) { job in try await runRegister(job) },
    ]
  }

  /// Runs one import now, from the console; the worker that serves the office would take it otherwise.
  public func work(import id: ImportRun.ID) async throws {
    let now = house.now()
    let claimed = try await house.store.write { db in try Jobs.claim(kinds: [Self.importKind], limit: 50, at: now, db) }
    for job in claimed {
      try await runImport(job)
      let done = house.now()
      try await house.store.write { db in try Jobs.finish(job.id, at: done, db) }
    }
  }

  func runImport(_ job: Job) async throws {
    await understander.ready()
    let payload = try job.decode(ImportJob.self)
    let run = ImportRun.ID(payload.run)
    let found = try await house.store.read { db in try db.first("SELECT sha256, file_name, state FROM import WHERE id = \(run)") }
    guard let row = found else { return }
    // The job died between its last row and its end.
    if try row.text("state") == "finished" { return }
    let table: Table
    let columns: MappedColumns
    do {
      table = try Self.table(try house.vault.bytes(try row.text("sha256")), try row.text("file_name"))
      columns = try MappedColumns(payload.mapping, header: table.header)
    } catch let refusal as Refusal {
      // Trying again would not make the file readable: the page says why instead.
      let now = house.now()
      let words = refusal.message
      return try await house.store.write { db in
        _ = try db.run("UPDATE import SET state = 'failed', trouble = \(words), finished_at = \(now) WHERE id = \(run)")
      }
    }
    let begun = house.now()
    try await house.store.write { db in
      try Jobs.hold(job, at: begun, db)
      // Begins anew after a crash: rows that are in already come out as unchanged.
      try db.run("DELETE FROM import_error WHERE import_id = \(run)")
      try db.run("UPDATE import SET state = 'running', done = 0, added = 0, changed = 0, same = 0, failed = 0 WHERE id = \(run)")
      for trouble in table.troubles { try self.note(run, line: trouble.line, reason: trouble.reason, cells: [], db) }
      try db.run("UPDATE import SET done = \(table.troubles.count), failed = \(table.troubles.count) WHERE id = \(run)")
    }
    try await take(table, columns, of: payload, job: job)
    let now = house.now()
    let house = house
    try await house.store.write { db in
      try Jobs.hold(job, at: now, db)
      try db.run("UPDATE import SET state = 'finished', finished_at = \(now) WHERE id = \(run)")
      var facts: [String: String] = [:]
      if let sum = try db.first("SELECT added, changed, same, failed FROM import WHERE id = \(run)") {
        for name in ["added", "changed", "same", "failed"] { facts[name] = String(try sum.int(name)) }
      }
      try Journal.append("import-finished", on: Subject("import", run), by: .system, at: now, facts: facts, ids: house.ids, db)
    }
  }

  /// While one batch is being written the next is compared with what came before it, and the one after that is being read.
  private func take(_ table: Table, _ columns: MappedColumns, of payload: ImportJob, job: Job) async throws {
    let run = ImportRun.ID(payload.run)
    let size = house.store.dialect.rowsPerCommit
    let batches = stride(from: 0, to: table.rows.count, by: size).map { table.rows[$0..<min($0 + size, table.rows.count)] }
    // Numbers of the two batches that were read last: what the store says of them may be about to change.
    var unsettled: [Set<String>] = []
    try await withThrowingTaskGroup(of: [ReadRow].self) { reading in
      try await withThrowingTaskGroup(of: Void.self) { writing in
        for turn in 0...batches.count {
          let read = try await reading.next()
          if let read { unsettled = unsettled.suffix(1) + [Set(read.compactMap(\.number))] }
          if turn < batches.count {
            let open = unsettled.reduce(into: Set()) { $0.formUnion($1) }
            reading.addTask { try await understand(batches[turn], columns, receiver: payload.receiver, unsettled: open) }
          }
          guard let read else { continue }
          let met = meet(read)
          try await writing.next()
          writing.addTask { try await write(met, run: run, job: job) }
        }
        try await writing.waitForAll()
      }
    }
  }

  /// One batch in one transaction. Rows that the store will not take are rare, and a savepoint for each row costs as much as the row:
  /// so the batch is first tried without them.
  private func write(_ rows: [ReadRow], run: ImportRun.ID, job: Job) async throws {
    do {
      try await write(rows, apart: false, run: run, job: job)
    } catch is RowFailed {
      try await write(rows, apart: true, run: run, job: job)
    }
  }
  private struct RowFailed: Error {}
  private static let gathered = ["clock_rule", "matter", "report", "journal", "clock", "promise", "offered_same", "report_search"]

  private func write(_ rows: [ReadRow], apart: Bool, run: ImportRun.ID, job: Job) async throws {
    let now = house.now()
    try await house.store.writeAlone { db in
      try Jobs.hold(job, at: now, db)
      var counts = (added: 0, changed: 0, same: 0, failed: 0)
      let batch = apart ? nil : try ImportBatch(rows, db)
      let db: any Writer = apart ? db : GatheredRows(db, order: Self.gathered)
      do {
        for one in rows {
          switch try outcome({
            apart ? try db.attempt { try takeRow(one, in: nil, at: now, db) } : try takeRow(one, in: batch, at: now, db)
          })
          {
          case .added: counts.added += 1
          case .changed: counts.changed += 1
          case .same: counts.same += 1
          case .failed(let reason):
            if !apart, case .success = one.row { throw RowFailed() }
            counts.failed += 1
            try note(run, line: one.line, reason: reason, cells: one.cells, db)
          }
        }
        try db.settle()
      } catch let error as StorageError where !apart && !error.isPassing {
        // A row that was gathered or put off before: which of them it was, the second time will tell.
        throw RowFailed()
      }
      try batch?.settle(db)
      try db.run(
        """
        UPDATE import SET done = done + \(rows.count), added = added + \(counts.added), changed = changed + \(counts.changed),
          same = same + \(counts.same), failed = failed + \(counts.failed) WHERE id = \(run)
        """)
    }
  }

  private func takeRow(_ one: ReadRow, in batch: ImportBatch?, at now: Moment, _ db: any Writer) throws -> RowOutcome {
    let row = try one.row.get()
    guard let ready = one.ready else { return .same }
    if let no = row.report.sourceNo, batch?.meets(row.report) != false,
      let known = try ReportStore.find(channel: row.report.channel, sourceNo: no, db)
    {
      return try update(known.report, rowHash: known.rowHash, with: row, room: one.room, in: batch, at: now, db)
    }
    let received = try take(
      ready, similar: one.similar, by: Actor(account: nil, name: row.report.channel.chinese), isNew: true, in: batch, at: now, db)
    try act(on: received.report, row: row, was: nil, in: batch, at: now, db)
    return .added
  }

  /// - Throws: what is no fault of the row, so that the job is tried again and no good row is named a bad one.
  private func outcome(_ take: () throws -> RowOutcome) throws -> RowOutcome {
    do {
      return try take()
    } catch let refusal as Refusal {
      return .failed(refusal.message)
    } catch let refusals as Refusals {
      return .failed(refusals.all.map(\.message).joined(separator: "；"))
    } catch StorageError.unique {
      return .failed("编号重复")
    } catch let error as StorageError where error.isPassing {
      throw error
    } catch {
      return .failed("这一行未能写入，请稍后重新导入")
    }
  }

  /// A known number: nothing when nothing changed, else a new version of the report that acts on the loop.
  private func update(
    _ report: Report, rowHash: String?, with row: ImportedRow, room: String?, in batch: ImportBatch?, at now: Moment, _ db: any Writer
  ) throws -> RowOutcome {
    guard ReportStore.rowHash(row.raw) != rowHash else { return .same }
    guard let box = try db.first("SELECT sealed FROM report WHERE id = \(report.id)")?.text("sealed"),
      // What was erased does not come back by an old file.
      box != SealRing.erased
    else { return .same }
    let before = try ReportStore.unseal(box, report.id, house)
    let changed = Set(before.raw.keys).union(row.raw.keys).filter { before.raw[$0] != row.raw[$0] }.sorted()
    let sealed = SealedReport(
      content: row.report.content, place: row.report.place, room: room ?? before.room, name: row.report.callerName ?? before.name,
      phone: row.report.callerPhone ?? before.phone, raw: row.raw)
    try ReportStore.addVersion(
      report, raw: row.raw, changed: changed, sealed: sealed, house: house, by: Actor(account: nil, name: report.channel.chinese), at: now,
      db)
    try act(on: report, row: row, was: before.raw, in: batch, at: now, db)
    return .changed
  }

  /// What the hotline's row says has happened: an urge, a supervision, a revisit result. Each acts once, when it first appears.
  private func act(
    on report: Report, row: ImportedRow, was: [String: String]?, in batch: ImportBatch?, at now: Moment, _ db: any Writer
  ) throws {
    guard row.urged || row.supervised || row.satisfaction != nil else { return }
    guard let promise = try MatterStore.promise(ofReport: report.id.raw, db), let matter = try MatterStore.find(promise.matter, db) else {
      return
    }
    defer { batch?.acted(on: matter.id) }
    let subject = Subject("matter", matter.id)
    let city = Actor(account: nil, name: report.channel.chinese)
    if row.urged, try !done("matter-urge", report, subject, db) {
      try db.run("UPDATE matter SET urgent = 1, version = version + 1, updated_at = \(now) WHERE id = \(matter.id)")
      try Journal.append(
        "matter-urge", on: subject, by: city, at: now, facts: ["report": report.no, "source": "hotline"], ids: house.ids, db)
      try wake(matter, "热线催单：\(matter.title)（\(matter.no)）", kind: "urged", at: now, db)
    }
    if row.supervised, try !done("matter-supervise", report, subject, db) {
      try db.run("UPDATE matter SET supervised = 1, version = version + 1, updated_at = \(now) WHERE id = \(matter.id)")
      try clocks.start("supervision", on: subject, from: now, ids: house.ids, now: now, db)
      try Journal.append(
        "matter-supervise", on: subject, by: city, at: now, facts: ["report": report.no, "source": "hotline"], ids: house.ids, db)
      try wake(matter, "热线督办：\(matter.title)（\(matter.no)）", kind: "supervised", at: now, db)
    }
    if let word = row.satisfaction, let satisfaction = Self.satisfaction(word), promise.answered,
      promise.revisitSource != .city || promise.satisfaction != satisfaction
    {
      let solved = row.solved ?? (satisfaction != .dissatisfied)
      try recordRating(satisfaction, solved: solved, source: .city, of: report.id.raw, at: now, db)
      try Journal.append(
        "matter-city-revisit", on: subject, by: city, at: now,
        facts: ["report": report.no, "satisfaction": satisfaction.rawValue, "solved": solved ? "yes" : "no"], ids: house.ids, db)
      if satisfaction == .dissatisfied && !solved && (matter.state == .approved || matter.state == .closed) {
        try begin(again: matter, because: "city", at: now, db)
      } else {
        try closeIfAsked(matter, at: now, db)
      }
    }
    try MatterStore.refreshDue(matter.id, db)
  }
  private func done(_ action: String, _ report: Report, _ subject: Subject, _ db: any Reader) throws -> Bool {
    try Journal.entries(of: subject, db).contains { try $0.action == action && $0.facts([String: String].self)["report"] == report.no }
  }
  static func satisfaction(_ word: String) -> Satisfaction? {
    Satisfaction(rawValue: word) ?? Satisfaction.allCases.first { $0.chinese == word }
  }

  func note(_ run: ImportRun.ID, line: Int, reason: String, cells: [String], _ db: any Writer) throws {
    let now = house.now()
    let id: Identifier<RowTrouble> = house.ids.next(at: now)
    // The row itself may hold a caller's phone: it is sealed like the report it did not become.
    let text = String(decoding: try JSONEncoder().encode(cells), as: UTF8.self)
    let box = try house.seals.seal(text, for: Subject("import_error", id), at: now)
    try db.run("INSERT INTO import_error (id, import_id, line, reason, cells) VALUES (\(id), \(run), \(line), \(reason), \(box))")
  }
}
