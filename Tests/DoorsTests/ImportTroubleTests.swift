import Foundation
import Intake
import Kernel
import Matters
import People
import Storage
import Synchronization
import TestHouse
import Testing

@testable import longtang

/// An import on a day on which the machine has trouble.
@Suite struct ImportTroubleTests {
  struct Scene {
    let whole: WholeHouse
    let store: StubbornStore
    let dispatcher: Person
    let run: ImportRun.ID

    /// An import that has begun, of thirty rows and what else is given.
    init(_ more: String = "") async throws {
      let broken = Box<StubbornStore?>(nil)
      whole = try await WholeHouse.make { house in
        let store = StubbornStore(house.store)
        broken.change { $0 = store }
        return House(
          store: store, vault: house.vault, seals: house.seals, ids: house.ids, isDemonstration: house.isDemonstration, now: house.now)
      }
      store = try #require(broken.value)
      dispatcher = try whole.somebody(.dispatcher).person
      let mapping = try ImportMapping(
        reading: try Data(contentsOf: WholeHouse.data.appending(path: "mappings/hotline.json")), file: "hotline")
      let text =
        "工单编号,来电时间,案件描述,发生地址,诉求类型\n" + (1...30).map { "SH\($0),2026-09-23 10:00,第\($0)件：楼道堆放杂物,盈港东路\($0)弄,投诉\n" }.joined() + more
      run = try await whole.composition.matters.beginImport(Data(text.utf8), name: "热线.csv", mapping: mapping, by: dispatcher)
    }
    func work() async throws {
      let handler = try #require(whole.composition.matters.jobs.first { $0.kind == "matters-import" })
      let now = whole.clock.now
      for job in try await whole.house.store.write({ db in try Jobs.claim(kinds: [handler.kind], limit: 1, at: now, db) }) {
        try await handler.run(job)
      }
    }
    func result() async throws -> ImportRun { try await whole.composition.matters.importRun(run, for: dispatcher).run }
  }

  /// New rows of a batch are written together; one that the store refuses is then looked for row by row. The last row has no words.
  @Test func aRefusedRowKeepsNoOtherOut() async throws {
    let scene = try await Scene("SH31,2026-09-23 10:00,,盈港东路31弄,投诉\n")
    scene.store.refuse(.unique("report_no"), at: "INSERT INTO report ", after: 10)
    try await scene.work()
    let run = try await scene.result()
    #expect(run.state == .finished && run.added == 30 && run.failed == 1, "\(run)")
  }

  @Test func aFullDiskMakesNoRowABadOne() async throws {
    let all = try await Scene()
    let (scene, store) = (all.whole, all.store)
    let work = all.work
    store.refuse(.diskFull, at: "INSERT INTO report ", after: 10)
    await #expect(throws: StorageError.diskFull) { try await work() }
    #expect(try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM import_error") } == 0)

    scene.clock.advance(minutes: 6)
    try await work()
    let run = try await all.result()
    #expect(run.state == .finished && run.failed == 0 && run.added + run.same == 30, "\(run)")
    #expect(try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM report") } == 30)

    // Whoever takes the job up once more, because its holder died before it could say that it was done, changes nothing.
    scene.clock.advance(minutes: 6)
    try await work()
    #expect(
      try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM journal WHERE action = 'import-finished'") } == 1)
  }
}

/// A store in which one statement fails, once.
final class StubbornStore: Store {
  private struct State {
    var error: StorageError?
    var words = ""
    var left = 0
  }
  private let inner: any Store
  private let state = Mutex(State())
  init(_ inner: any Store) { self.inner = inner }

  /// - Parameter count: how often the statement succeeds before.
  func refuse(_ error: StorageError, at words: String, after count: Int) {
    state.withLock { $0 = State(error: error, words: words, left: count) }
  }
  fileprivate func look(_ query: Query) throws {
    let error: StorageError? = state.withLock { state in
      guard let error = state.error, query.rendered(placeholder: { _ in "?" }).sql.contains(state.words) else { return nil }
      state.left -= 1
      if state.left >= 0 { return nil }
      state.error = nil
      return error
    }
    if let error { throw error }
  }

  var dialect: Dialect { inner.dialect }
  func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T { try await inner.read(body) }
  @discardableResult
  func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    try await inner.write { [self] db in try body(StubbornWriter(db: db, store: self)) }
  }
  func notify(_ channel: String, _ payload: String) async throws { try await inner.notify(channel, payload) }
  func listen(_ channel: String) -> AsyncStream<String> { inner.listen(channel) }
  func close() async throws { try await inner.close() }
}
private struct StubbornWriter: Writer {
  let db: any Writer
  let store: StubbornStore
  var dialect: Dialect { db.dialect }
  func all(_ query: Query) throws -> [ResultRow] {
    try store.look(query)
    return try db.all(query)
  }
  func run(_ query: Query) throws -> Int {
    try store.look(query)
    return try db.run(query)
  }
  func insert(_ rows: [[SQLValue]], into table: String, columns: [String]) throws {
    for row in rows { try store.look("INSERT INTO \(raw: table) VALUES (\(list: row))") }
    try db.insert(rows, into: table, columns: columns)
  }
}
