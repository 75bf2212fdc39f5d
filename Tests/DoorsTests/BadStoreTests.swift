import Foundation
import Kernel
import Storage
import StoragePostgres
import StorageSQLite
import TestHouse
import Testing

@testable import longtang

/// The real program on stores it must not touch: each cause has its sentence, its exit code, and leaves everything as it was.
@Suite(.serialized) struct BadStoreTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-bad-\(UUID().uuidString)")
  private var office: URL { folder.appending(path: "office") }
  private var file: URL { office.appending(path: "store.sqlite") }

  private func run(_ arguments: String..., database: String? = nil, settings: [String: String] = [:]) throws -> (
    status: Int32, text: String
  ) {
    let process = Process()
    process.executableURL = try LiveServer.program
    process.arguments = arguments
    process.environment = LiveServer.environment(port: 0, data: WholeHouse.data, database: nil)
      .merging(database.map { ["LONGTANG_STORE_DATABASE": $0] } ?? [:]) { $1 }.merging(settings) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
  /// A program that is refused says why in Chinese, and no more than that.
  private func expect(_ status: Int32, _ words: String, _ result: (status: Int32, text: String)) {
    #expect(result.status == status && result.text.contains(words), "\(status) \(words): \(result.status) \(result.text)")
    // Those of the command line are worded by its parser.
    #expect(status == 64 || !result.text.contains("Error:") && !result.text.contains("Fatal"), "\(result.text)")
  }
  /// Every row, so that what changed would show whatever SQLite does to its file.
  private func rows() async throws -> [String: [[SQLValue]]] {
    let store = try SQLiteStore(path: file.path, readers: 1, evenIfMoved: true)
    let rows = try await store.read { db in
      var out: [String: [[SQLValue]]] = [:]
      for table in try StoreTables.all(db, search: ["report_search"]) { out[table.name] = try table.rows(after: nil, limit: nil, db) }
      return out
    }
    try await store.close()
    return rows
  }
  private func makeOffice() async throws {
    expect(0, "三位管理员", try run("init", "--data", office.path))
  }
  private func change(_ body: @Sendable @escaping (any Writer) throws -> Void) async throws {
    let store = try SQLiteStore(path: file.path, readers: 1, evenIfMoved: true)
    try await store.write(body)
    try await store.close()
  }

  @Test(.timeLimit(.minutes(3))) func anEmbeddedStoreThatIsNotAsItShouldBe() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    expect(17, "没有数据", try run("serve", "--data", office.path))
    #expect(!FileManager.default.fileExists(atPath: file.path))
    expect(10, "listen.port", try run("config", "check", settings: ["LONGTANG_LISTEN_PORT": "x"]))
    expect(11, "store.database", try run("serve", "--data", office.path, database: "mysql:geheim"))
    expect(64, "--from", try run("migrate", "--from", "sqlite:/a"))
    try await makeOffice()
    expect(5, "不是空目录", try run("init", "--data", office.path))

    // A newer program has been here.
    try await change { db in try db.run("INSERT INTO migration (id, applied_at) VALUES ('zukunft-009', 1)") }
    var before = try await rows()
    for command in ["serve", "migrate", "work"] { expect(18, "zukunft-009", try run(command, "--data", office.path)) }
    #expect(try await rows() == before)
    try await change { db in try db.run("DELETE FROM migration WHERE id = 'zukunft-009'") }

    // Half of a step: somebody has made its tables by hand, or lost the note that it was carried out.
    try await change { db in try db.run("DELETE FROM migration WHERE id = 'intake-003'") }
    before = try await rows()
    expect(25, "intake-003", try run("migrate", "--data", office.path))
    expect(25, "intake-003", try run("serve", "--data", office.path))
    #expect(try await rows() == before)
    try await change { db in try db.run("INSERT INTO migration (id, applied_at) VALUES ('intake-003', 1)") }

    // The folder remembers more than the store does.
    let line = Waterline.file(in: office)
    let store = try SQLiteStore(path: file.path, readers: 1)
    try await Waterline.note(in: office, store)
    try await store.close()
    let kept = try #require(try await rows()["journal"]?.last)
    try await change { db in try db.run("DELETE FROM journal WHERE id = \(kept[0])") }
    before = try await rows()
    expect(21, line.path, try run("serve", "--data", office.path))
    #expect(try await rows() == before)
    try FileManager.default.removeItem(at: line)

    // A move into it was begun; the office was moved away.
    try await change { db in try db.run("CREATE TABLE moving (name text PRIMARY KEY, value text NOT NULL)") }
    before = try await rows()
    expect(19, "没有做完的迁移", try run("serve", "--data", office.path))
    #expect(try await rows() == before)
    try await change { db in try db.run("DROP TABLE moving") }
    try await change { db in try StoreMarks.markMoved(to: "2026-09-24 10:00 迁至 PostgreSQL", db) }
    before = try await rows()
    for command in ["serve", "migrate", "work"] { expect(20, "迁至 PostgreSQL", try run(command, "--data", office.path)) }
    #expect(try await rows() == before)
    expect(0, "已退回", try run("migrate", "--reopen", "--data", office.path))

    // No store at all, though it bears the name.
    for name in ["store.sqlite-wal", "store.sqlite-shm"] { try? FileManager.default.removeItem(at: office.appending(path: name)) }
    let junk = Data((0..<9000).map { UInt8(truncatingIfNeeded: $0 * 7) })
    try junk.write(to: file)
    expect(24, "损坏", try run("serve", "--data", office.path))
    #expect(try Data(contentsOf: file) == junk)
  }

  /// A disk of one megabyte, and one that may not be written.
  @Test(
    .enabled(if: getuid() == 0 && BadStoreTests.mayMount, "needs root, to mount a small disk in a room of its own"), .timeLimit(.minutes(2))
  )
  func aFullDiskAndOneThatMayNotBeWritten() throws {
    try FileManager.default.createDirectory(at: office, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func inRoom(_ mount: String, _ command: String) throws -> (status: Int32, text: String) {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/unshare")
      let program = try LiveServer.program.path
      process.arguments = [
        "-m", "sh", "-c", "\(mount) && '\(program)' \(command) --data '\(office.path)/data'; code=$?; ls '\(office.path)/data'; exit $code",
      ]
      process.environment = LiveServer.environment(port: 0, data: WholeHouse.data, database: nil)
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return (process.terminationStatus, text)
    }
    expect(3, "空间不足", try inRoom("mount -t tmpfs -o size=300k none '\(office.path)' && mkdir '\(office.path)/data'", "init"))
    expect(
      4, "没有权限",
      try inRoom(
        "mount -t tmpfs -o size=9m none '\(office.path)' && mkdir '\(office.path)/data' && mount -o remount,ro '\(office.path)'", "init"))
  }
  static let mayMount: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/unshare")
    process.arguments = ["-m", "true"]
    process.standardError = FileHandle.nullDevice
    do { try process.run() } catch { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test func everyExitCodeIsInTheOperatorsTable() throws {
    let text = try String(contentsOf: WholeHouse.root.appending(path: "docs/operations.md"), encoding: .utf8)
    let codes = Exit.table.map(\.code)
    #expect(Set(codes).count == codes.count)
    for row in Exit.table {
      #expect(
        text.contains("| \(row.code) | \(row.meaning) | \(row.advice) |"),
        "docs/operations.md: | \(row.code) | \(row.meaning) | \(row.advice) |")
    }
    let reasons = Exit.table.flatMap(\.reasons)
    #expect(Set(reasons).count == reasons.count)
  }
}

/// The same on a database server.
@Suite(.serialized, .enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it"))
struct BadServerTests {
  private func run(_ command: String, _ target: String, _ folder: URL) throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = try LiveServer.program
    process.arguments = command.split(separator: " ").map(String.init) + ["--data", folder.path]
    process.environment = LiveServer.environment(port: 0, data: WholeHouse.data, database: nil)
      .merging(["LONGTANG_STORE_DATABASE": "postgres:\(target)"]) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test(.timeLimit(.minutes(3))) func aServerThatIsNotAsItShouldBe() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-bad-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func expect(_ status: Int32, _ words: String, _ target: String, _ command: String = "serve") throws {
      let result = try run(command, target, folder)
      #expect(result.status == status && result.text.contains(words), "\(status) \(words): \(result.status) \(result.text)")
      #expect(!result.text.contains("geheim"))
    }
    let server = try #require(TestPostgres.conninfo)
    try expect(11, "连接串", "host=a pasword=geheim")
    try expect(12, "连不上", "host=/nowhere dbname=x user=u password=geheim")
    try expect(12, "连不上", "\(server) dbname=not_there")
    let encoded = try TestPostgres.empty("ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
    try expect(14, "编码", "\(encoded.target)")
    let denied = try TestPostgres.empty()
    let role = "r\(denied.name)"
    try TestPostgres.errand("CREATE ROLE \(role) LOGIN")
    try expect(15, "建表权限", "\(server) dbname=\(denied.name) user=\(role)", "init")
    try TestPostgres.errand("DROP ROLE \(role)")
    let still = try TestPostgres.empty()
    try TestPostgres.errand("ALTER DATABASE \(still.name) SET default_transaction_read_only = on")
    try expect(16, "只读", "\(still.target)")
    let empty = try TestPostgres.empty()
    try expect(17, "没有数据", "\(empty.target)")
    // Nothing came into being in any of them.
    for database in [encoded, denied, still, empty] where database !== encoded {
      let tables = try PostgresErrand.run(
        database.target, ["SELECT count(*) AS n FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"])
      #expect(try tables.first?.int("n") == 0)
    }

    try expect(0, "三位管理员", "\(empty.target)", "init")
    func on(_ sql: String) throws { try PostgresErrand.run(empty.target, [sql]) }
    try on("INSERT INTO migration (id, applied_at) VALUES ('zukunft-009', 1)")
    try expect(18, "zukunft-009", "\(empty.target)")
    try on("DELETE FROM migration WHERE id = 'zukunft-009'")
    try on("ALTER TABLE account ALTER COLUMN name TYPE text COLLATE \"zh-x-icu\"")
    try expect(14, "account.name", "\(empty.target)")
    try on("ALTER TABLE account ALTER COLUMN name TYPE text COLLATE \"C\"")
    try on("DELETE FROM migration WHERE id = 'intake-003'")
    try expect(25, "intake-003", "\(empty.target)", "migrate")
    try on("INSERT INTO migration (id, applied_at) VALUES ('intake-003', 1)")
    try on("CREATE TABLE moving (name text PRIMARY KEY, value text NOT NULL)")
    try expect(19, "没有做完的迁移", "\(empty.target)")
    try on("DROP TABLE moving")
    try on("INSERT INTO mark (name, value) VALUES ('moved-to', '迁至别处')")
    try expect(20, "迁至别处", "\(empty.target)")
    try expect(0, "已退回", "\(empty.target)", "migrate --reopen")
  }
}
