import Foundation
import Kernel
import Moving
import Storage
import StoragePostgres
import StorageSQLite
import Synchronization
import TestHouse
import Testing

/// From an embedded store into one of the engine under test, and back.
@Suite struct MoveTests {
  @Test func thereAndBackNothingIsLostAndNothingAdded() async throws {
    let scene = try MoveScene()
    let office = try await scene.office(photos: 2500)
    try await office.write { db in try db.run("INSERT INTO once (name, holder, line, answer, at) VALUES ('a', 'b', 0, NULL, 1)") }
    let before = try await MoveScene.contents(office)
    let server = try scene.empty()
    let there = try await scene.move(office, to: server).run { MoveScene.now }
    #expect(there.mended == 0 && there.files == 8 && !there.wasResumed)
    #expect(there.rows == before.values.reduce(0) { $0 + Int64($1.count) })
    #expect(try await MoveScene.contents(server) == before)
    // What processes know of each other stays behind.
    #expect(try await server.read { db in try db.number("SELECT count(*) AS n FROM once") } == 0)
    // The old one has its mark and is otherwise what it was.
    #expect(try await MoveScene.contents(office, but: ["mark"]) == before.filter { $0.key != "mark" })
    let indexes = try await MoveScene.indexes(server)
    #expect(try await indexes.filter { $0 != "photo_search_grams" } == MoveScene.indexes(office))
    for words in ["楼道", "杂", "ABC", "第7张", "没有"] {
      #expect(try await MoveScene.hits(server, words) == MoveScene.hits(office, words), "\(words)")
    }
    // The engine keeps references again.
    if TestPostgres.isThere {
      await #expect(throws: StorageError.self) { try await server.write { db in try db.run("DELETE FROM album WHERE id = 9") } }
    }

    let home = try scene.embedded("home", references: false)
    let back = try await scene.move(server, to: home).run { MoveScene.now }
    #expect(back.rows == there.rows && back.journal == there.journal)
    #expect(try await MoveScene.contents(home) == before)
    #expect(try await MoveScene.hits(home, "楼道").count == 2500)
    try await home.close()
    let again = try scene.embedded("home")
    try await scene.add(2500..<2510, to: again)
    try await again.close()
  }

  @Test func whatIsWrittenDuringTheCopyIsThereAfterwards() async throws {
    let scene = try MoveScene()
    let office = try await scene.office(photos: 4500)
    let server = try scene.empty()
    let ids = scene.ids
    let next = Mutex(10_000)
    /// What was acknowledged: a new photo, with a change and a deletion elsewhere.
    let kept = Mutex<[Int: (gone: Int, changed: Int)]>([:])
    let work = Task {
      while true {
        let n = next.withLock { next in
          next += 1
          return next
        }
        let (gone, changed) = (n - 10_001, 4499 - (n - 10_001) % 2000)
        do {
          try await office.write { db in
            try MoveScene.insert(n, nil, ids, db)
            try db.run("UPDATE photo SET once = NULL WHERE id = \(changed)")
            try db.run("UPDATE photo SET once = \("from \(changed)") WHERE id = \(n)")
            try db.run("DELETE FROM photo WHERE id = \(gone)")
          }
          kept.withLock { $0[n] = (gone, changed) }
          try await Task.sleep(for: .milliseconds(2))
        } catch StorageError.moved(let place) {
          return place
        } catch StorageError.busy { continue }
      }
    }
    let outcome = try await scene.move(office, to: server).run { MoveScene.now }
    // Whoever comes after the mark is told where the office went, and nothing is acknowledged.
    let told = try await work.value
    #expect(told.contains("乙库"))
    let acknowledged = kept.withLock { $0 }
    #expect(!acknowledged.isEmpty && outcome.mended > 0)
    let left = try await MoveScene.contents(office, but: ["mark"])
    #expect(try await MoveScene.contents(server, but: ["mark"]) == left)
    let photos = Set(left["photo"]?.compactMap { row -> Int64? in if case .int(let id) = row[0] { id } else { nil } } ?? [])
    for (n, more) in acknowledged { #expect(photos.contains(Int64(n)) && !photos.contains(Int64(more.gone))) }
    let newest = try #require(acknowledged.keys.max())
    #expect(try await MoveScene.hits(server, "ABC-\(newest)") == [Int64(newest)])
    #expect(try await MoveScene.hits(server, "楼道").count == photos.count)
    try await office.close()
    try await server.close()
  }

  /// Cut off before every single write into the new store, and taken up again.
  @Test func whereverItIsCutOffItGoesOnThere() async throws {
    let scene = try MoveScene()
    var places = 0
    // Databases of a server take their time to be made.
    for cut in stride(from: 0, to: 100, by: TestPostgres.isThere ? 4 : 1) {
      let office = try await scene.office("office-\(cut)", photos: 30)
      let server = try scene.empty()
      let first = CutOffStore(server, after: cut)
      do {
        _ = try await scene.move(office, to: first).run { MoveScene.now }
        places = cut
      } catch is CutOffStore.Cut {
        // Before the mark the old office goes on working; after it the new one is as good as complete.
        if try await office.read({ db in try StoreMarks.movedTo(db) }) == nil { try await scene.add(100..<105, to: office) }
        let outcome = try await scene.move(office, to: server).run { MoveScene.now }
        #expect(outcome.wasResumed == (cut > 0))
      }
      let (there, right) = try await (MoveScene.contents(server, but: ["mark"]), MoveScene.contents(office, but: ["mark"]))
      #expect(there == right, "cut off before write \(cut)")
      #expect(try await server.read { db in try !StoreMarks.isHalfMoved(db) && StoreMarks.movedTo(db) == nil })
      #expect(try await MoveScene.hits(server, "楼道").count == MoveScene.hits(office, "楼道").count)
      try await office.close()
      try await server.close()
      if places > 0 { break }
    }
    #expect(places > 10)
  }

  @Test func aCutInTheOldStoreLeavesItAtWork() async throws {
    let scene = try MoveScene()
    let office = try await scene.office(photos: 30)
    let server = try scene.empty()
    await #expect(throws: CutOffStore.Cut.self) {
      try await scene.move(CutOffStore(office, after: 0), to: server).run { MoveScene.now }
    }
    try await scene.add(30..<35, to: office)
    let outcome = try await scene.move(office, to: server).run { MoveScene.now }
    #expect(outcome.wasResumed && outcome.mended > 0)
  }

  @Test func anythingButAnEmptyOrOwnTargetIsRefused() async throws {
    let scene = try MoveScene()
    let office = try await scene.office(photos: 10)
    let before = try await MoveScene.contents(office)
    // Somebody else's tables.
    let taken = try scene.empty()
    try await taken.write { db in try db.run("CREATE TABLE other (id bigint PRIMARY KEY)") }
    #expect(try await refusal { _ = try await scene.move(office, to: taken).run { MoveScene.now } }.code == MoveRefusal.notEmpty)
    #expect(try await taken.read { db in try StoreTables.names(db) } == ["other"])
    // Another office's half move.
    let half = try scene.empty()
    let other = try await scene.office("other", photos: 10)
    await #expect(throws: CutOffStore.Cut.self) { try await scene.move(other, to: CutOffStore(half, after: 2)).run { MoveScene.now } }
    let left = try await MoveScene.contents(half)
    #expect(try await refusal { _ = try await scene.move(office, to: half).run { MoveScene.now } }.code == MoveRefusal.foreign)
    #expect(try await MoveScene.contents(half) == left)
    // Half a store is no source either.
    #expect(try await refusal { _ = try await scene.move(half, to: scene.empty()).run { MoveScene.now } }.code == MoveRefusal.half)
    #expect(try await MoveScene.contents(office) == before)
  }

  @Test func aDamagedOfficeStaysWhereItIs() async throws {
    let scene = try MoveScene()
    let office = try await scene.office(photos: 10)
    let file = try #require(try await MoveScene.contents(office)["photo"]?.first?[4])
    guard case .text(let name) = file else { throw Refusal(.missing, "test", "no file") }
    let path = scene.root.appending(path: "files/\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(name)")
    let bytes = try Data(contentsOf: path)
    chmod(path.path, 0o600)
    try Data("other".utf8).write(to: path)
    let damaged = try await refusal { _ = try await scene.move(office, to: scene.empty()).run { MoveScene.now } }
    #expect(damaged.code == MoveRefusal.source && damaged.message.contains(name))
    try bytes.write(to: path)
    try await office.write { db in try db.run("UPDATE journal SET action = 'photo-lost' WHERE sequence = 1") }
    let edited = try await refusal { _ = try await scene.move(office, to: scene.empty()).run { MoveScene.now } }
    #expect(edited.code == MoveRefusal.source && edited.message.contains("日志"))
    #expect(try await office.read { db in try StoreMarks.movedTo(db) } == nil)
  }

  @Test func filesGoAlongWhereTheNewOfficeHasAFolderOfItsOwn() async throws {
    let scene = try MoveScene()
    let office = try await scene.office(photos: 60)
    let server = try scene.empty()
    let outcome = try await scene.move(office, to: server, files: "new-files").run { MoveScene.now }
    let vault = try FileVault(root: scene.root.appending(path: "new-files"))
    let rows = try #require(try await MoveScene.contents(server)["photo"])
    var names: Set<String> = []
    for case .text(let name) in rows.map({ $0[4] }) {
      _ = try vault.bytes(name)
      names.insert(name)
    }
    #expect(names.count == outcome.files && outcome.files == 8)
  }

  @Test func anOfficeThatWasLeftTakesNothingMore() async throws {
    let scene = try MoveScene()
    let office = try await scene.office(photos: 10)
    let server = try scene.empty()
    _ = try await scene.move(office, to: server).run { MoveScene.now }
    await #expect(throws: StorageError.self) { try await scene.add(10..<11, to: office) }
    await #expect(throws: StorageError.self) { try await office.writeAlone { db in try db.run("DELETE FROM pair") } }
    // Not in another process either, which opens it anew.
    let again = try scene.embedded("office")
    await #expect(throws: StorageError.self) { try await scene.add(10..<11, to: again) }
    #expect(try await MoveScene.contents(again)["photo"]?.count == 10)
    let third = try await refusal { _ = try await scene.move(again, to: scene.empty()).run { MoveScene.now } }
    #expect(third.code == MoveRefusal.left && third.message.contains("乙库"))
    try await again.close()
    // Unless somebody takes it back.
    let keeper = try SQLiteStore(path: scene.root.appending(path: "office").path, readers: 1, evenIfMoved: true)
    try await keeper.write { db in try StoreMarks.reopen(db) }
    try await keeper.close()
    try await scene.add(10..<11, to: office)
  }
}

/// What only a server with other processes at it shows.
@Suite(.enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it")) struct MoveAwayFromServerTests {
  @Test func processesThatWereAtWorkAreTurnedAway() async throws {
    let scene = try MoveScene()
    let database = try TestPostgres.empty()
    let filled = try await scene.office(photos: 200)
    let server = try database.store()
    _ = try await scene.move(filled, to: server).run { MoveScene.now }
    try await server.close()
    // Two processes at work while a third moves the office away.
    let processes = [try database.store(), try database.store()]
    let kept = Acknowledged()
    let next = Counting(1_000_000)
    let ids = scene.ids
    let work = processes.map { process in
      Task { () async throws -> String in
        while true {
          let n = next.next()
          do {
            try await process.write { db in try MoveScene.insert(n, nil, ids, db) }
            kept.add(n)
          } catch StorageError.moved(let place) { return place }
        }
      }
    }
    let mover = try PostgresStore(database.target, readers: 2, logger: TestPostgres.quiet, use: .look)
    let home = try scene.embedded("home", references: false)
    _ = try await scene.move(mover, to: home).run { MoveScene.now }
    for one in work { #expect(try await one.value.contains("乙库")) }
    try await mover.close()
    let photos = try #require(try await MoveScene.contents(home)["photo"])
    let there = Set(photos.compactMap { row -> Int? in if case .int(let id) = row[0] { Int(id) } else { nil } })
    #expect(kept.all.isSubset(of: there) && !kept.all.isEmpty)
    // Nothing is read there any more either, but for who comes to look.
    await #expect(throws: StorageError.self) { try await processes[0].read { db in try db.number("SELECT count(*) AS n FROM photo") } }
    let look = try PostgresStore(database.target, readers: 1, logger: TestPostgres.quiet, use: .look)
    #expect(try await look.read { db in try db.number("SELECT count(*) AS n FROM photo") } == Int64(there.count))
    try await look.close()
    for process in processes { try await process.close() }
  }
}
