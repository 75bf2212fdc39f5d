import Foundation
import Kernel
import Storage

/// One side of a move.
public struct MoveEnd: Sendable {
  public let store: any Store
  public let vault: FileVault
  /// For a sentence; without a password.
  public let place: String
  public init(store: any Store, vault: FileVault, place: String) {
    self.store = store
    self.vault = vault
    self.place = place
  }
}

/// What a move did.
public struct MoveOutcome: Sendable {
  public var rows: Int64 = 0
  /// Rows that changed in the old store while they were being copied.
  public var mended = 0
  public var files = 0
  public var journal: JournalFacts?
  /// How long nobody could write.
  public var still = Duration.zero
  /// A move that was cut off was taken up again.
  public var wasResumed = false
  public init() {}
}

/// Moves an office from one store to another while it works.
///
/// Rows and files are copied page by page beside the work of the day. Then the turn to write is held: readers go on, writers are told that
/// the store is busy, both stores are compared row by row and what changed meanwhile is mended, references, journal, seals and files
/// are proven in the new store, and in the same transaction the old store is marked as left. A move that is cut off before that mark leaves
/// the old store at work and goes on later where it stood; the old store is changed by nothing but the mark.
public struct Move: Sendable {
  let source: MoveEnd
  let target: MoveEnd
  let migrations: [Migration]
  let search: [SearchSource]
  let columns: [FileColumn]
  let progress: @Sendable (MoveProgress) -> Void

  /// - Parameters:
  ///   - search: how every full-text table is made anew.
  ///   - columns: every column that names a file.
  public init(
    from source: MoveEnd, to target: MoveEnd, migrations: [Migration], search: [SearchSource], columns: [FileColumn],
    progress: @escaping @Sendable (MoveProgress) -> Void = { _ in }
  ) {
    self.source = source
    self.target = target
    self.migrations = migrations
    self.search = search
    self.columns = columns
    self.progress = progress
  }

  /// - Throws: `Refusal` when there is something to be done first; then nothing was changed.
  public func run(now: @Sendable () -> Moment) async throws -> MoveOutcome {
    let head = try await head()
    var outcome = MoveOutcome()
    let ledger = try await target.store.read { db in try MoveLedger.read(db) }
    if let mark = try await source.store.read({ db in try StoreMarks.movedTo(db) }) {
      // Cut off between the mark and the end: everything is proven already.
      guard let ledger, ledger.head == head, ledger.stage == .ready else { throw MoveRefusal.left(source.place, mark) }
      outcome.wasResumed = true
      try await finish()
      return outcome
    }
    if let ledger {
      guard ledger.head == head else {
        throw Refusal(.conflict, MoveRefusal.foreign, "\(target.place) 里有另一个库没有做完的迁移，没有做任何改动。请换一个空的目标。")
      }
      outcome.wasResumed = true
    }
    try await prove()
    if ledger == nil {
      try await requireEmpty()
      try await MoveLedger.begin(head, migrations, at: now(), in: target.store)
    }
    let carrying = RowCarrying(tables: try await tables(), search: search)
    try await bulk(carrying, from: ledger?.stage ?? .rows)
    let files = MovedFiles(from: source.vault, to: target.vault, columns: columns, tables: carrying.tables)
    try await files.carry(from: source.store, progress)
    try await settle(carrying, files, at: now(), &outcome)
    try await finish()
    return outcome
  }

  // MARK: Before

  private func head() async throws -> MoveLedger.Head {
    let expected = migrations.map(\.id)
    return try await source.store.read { [source] db in
      guard try db.exists(db.dialect.has(table: "migration")) else {
        throw Refusal(.missing, MoveRefusal.missing, "\(source.place) 中没有数据。")
      }
      if try StoreMarks.isHalfMoved(db) { throw MoveRefusal.half(source.place) }
      let applied = try Migrator.applied(db)
      let unknown = applied.subtracting(expected)
      guard unknown.isEmpty else { throw StorageError.tooNew(unknown.sorted()) }
      guard applied.isSuperset(of: expected) else {
        throw Refusal(.conflict, MoveRefusal.schema, "\(source.place) 的结构比本程序旧。请先对它运行一次 longtang migrate，再来迁移。")
      }
      let first = try db.first("SELECT id, hash FROM journal ORDER BY id LIMIT 1")
      return MoveLedger.Head(origin: try first.map { "\(try $0.int("id")) \(try $0.data("hash").hex)" } ?? "", steps: expected.sorted())
    }
  }
  private func requireEmpty() async throws {
    let names = try await target.store.read { db in try StoreTables.names(db) }
    guard names.isEmpty else {
      throw Refusal(
        .conflict, MoveRefusal.notEmpty,
        "\(target.place) 不是空的（已有 \(names.prefix(3).joined(separator: "、")) 等 \(names.count) 张表），没有做任何改动。请给出一个空的目标。")
    }
  }
  /// A damaged office is not carried about: its damage would be looked for in the new store.
  private func prove() async throws {
    progress(MoveProgress(stage: .proof, done: 0, total: 1))
    let verdict = try await source.store.read { db in try Journal.verify(db) }
    guard verdict.faults.isEmpty else {
      throw Refusal(
        .conflict, MoveRefusal.source,
        "\(source.place) 的日志核验不通过（\(verdict.faults.count) 处：\(verdict.faults.prefix(3).joined(separator: "；"))），没有迁移。请先运行 longtang audit verify。"
      )
    }
    progress(MoveProgress(stage: .proof, done: 1, total: 1))
  }
  /// Those of the program; whatever else somebody has put into the old store is named and not left behind silently.
  private func tables() async throws -> [StoreTable] {
    let names = search.map(\.name)
    let there = try await target.store.read { db in try StoreTables.all(db, search: names) }.filter { $0.name != StoreMarks.moving }
    let known = Set(there.map(\.name))
    return try await source.store.read { [source] db in
      let all = try StoreTables.all(db, search: names)
      for table in all where !known.contains(table.name) {
        guard try table.count(db) == 0 else {
          throw Refusal(
            .conflict, MoveRefusal.schema, "\(source.place) 中的表 \(table.name) 不属于本程序，无法迁移。请先把它移走。")
        }
      }
      return all.filter { known.contains($0.name) }
    }
  }

  // MARK: Beside the work of the day

  private func bulk(_ carrying: RowCarrying, from stage: MoveLedger.Stage) async throws {
    if stage == .rows {
      try await carrying.copy(from: source.store, to: target.store, progress)
      try await target.store.write { db in try MoveLedger.set(.indexes, db) }
    }
    // Also those that a kill left out.
    let missing = try await target.store.read { db in try MoveLedger.indexes(db) }
    for (index, one) in missing.enumerated() {
      progress(MoveProgress(stage: .indexes, done: Int64(index), total: Int64(missing.count)))
      try await target.store.writeAlone { db in
        for statement in db.dialect.beforeLongWork { try db.run("\(raw: statement)") }
        try db.run("\(raw: one.sql)")
      }
    }
    // All of them beside the work of the day, so that only what changed meanwhile is left for the last stretch.
    try await target.store.writeAlone { [search] db in
      for statement in db.dialect.beforeLongWork { try db.run("\(raw: statement)") }
      for source in search { try source.mark(db) }
      try MoveLedger.set(.mend, db)
    }
  }

  // MARK: The last stretch

  private func settle(_ carrying: RowCarrying, _ files: MovedFiles, at now: Moment, _ outcome: inout MoveOutcome) async throws {
    let clock = ContinuousClock.now
    let mark = "\(now.text) 迁至 \(target.place)"
    let done = try await source.store.writeAlone { [source, target, progress] db in
      for statement in db.dialect.beforeLongWork { try db.run("\(raw: statement)") }
      if let user = try StoreMarks.sessionOfAnotherUser(db) {
        throw Refusal(.conflict, MoveRefusal.sessions, "还有弄堂进程以数据库用户 \(user) 连着 \(source.place)。请先停止它，再运行一次，会接着做完。")
      }
      try Waiting.on {
        try await target.store.writeAlone { db in
          for statement in db.dialect.beforeLongWork { try db.run("\(raw: statement)") }
          try MoveLedger.dropReferences(db)
        }
      }
      var done = MoveOutcome()
      done.mended = try RowMending(carrying: carrying, source: db, target: target.store, progress: progress).run()
      done.files = try files.check(db)
      let (rows, journal) = try Self.prove(carrying.tables, db, target, progress)
      (done.rows, done.journal) = (rows, journal)
      try Waiting.on {
        try await target.store.writeAlone { db in
          for statement in db.dialect.beforeLongWork { try db.run("\(raw: statement)") }
          for source in carrying.search { try source.mark(db) }
          try MoveLedger.set(.ready, db)
        }
      }
      try StoreMarks.markMoved(to: mark, db)
      return done
    }
    try await source.store.endOtherSessions()
    let wasResumed = outcome.wasResumed
    outcome = done
    outcome.wasResumed = wasResumed
    outcome.still = clock.duration(to: .now)
  }

  /// What the new store holds, not what was meant to be written there.
  private static func prove(
    _ tables: [StoreTable], _ db: any Reader, _ target: MoveEnd, _ progress: @escaping @Sendable (MoveProgress) -> Void
  ) throws -> (Int64, JournalFacts) {
    try Waiting.on {
      try await target.store.writeAlone { db in
        for statement in db.dialect.beforeLongWork { try db.run("\(raw: statement)") }
        try MoveLedger.restoreReferences(db) { progress(MoveProgress(stage: .references, done: $0, total: $1)) }
      }
    }
    progress(MoveProgress(stage: .proof, done: 0, total: 1))
    let (counts, verdict, facts, loose) = try Waiting.on {
      try await target.store.read { db in
        let verdict = try Journal.verify(db)
        let loose = try db.dialect.looseReferences.map { try db.all($0).map { "\(try $0.text("name")) → \(try $0.text("parent"))" } } ?? []
        return (try tables.map { try $0.count(db) }, verdict, try JournalFacts(db, verdict), loose)
      }
    }
    func differs(_ what: String) -> Refusal {
      Refusal(.conflict, MoveRefusal.differs, "迁移后核对不符：\(what)。原库没有改动，照常使用；请保留现场并联系开发单位。")
    }
    guard loose.isEmpty else { throw differs("引用 \(loose.joined(separator: "、"))") }
    guard verdict.faults.isEmpty else { throw differs("日志 \(verdict.faults.prefix(3).joined(separator: "；"))") }
    // Proven whole before it was copied; here it is only asked whether the copy ends as it does.
    var own = try JournalFacts(db, verdict)
    own.heads = try JournalFacts.heads(db)
    guard own == facts else { throw differs("日志链首或封存") }
    for (table, count) in zip(tables, counts) where try table.count(db) != count { throw differs("表 \(table.name) 的行数") }
    progress(MoveProgress(stage: .proof, done: 1, total: 1))
    return (counts.reduce(0, +), facts)
  }

  private func finish() async throws {
    try await target.store.write { db in try MoveLedger.close(db) }
  }
}
