import Foundation
import Kernel
import Storage
import StoragePostgres
import Synchronization

/// A database server that belongs to one test process and may be harmed: killed, paused, started again. It goes with the process.
public final class OwnPostgres: Sendable {
  static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../scripts/test-postgres.sh")
    .standardizedFileURL

  /// Of somebody who may create databases.
  public let conninfo: String
  public let folder: String
  private let environment: [String: String]

  /// Whether there is a server to start on this machine.
  public static let isThere: Bool = {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    return folders.contains { FileManager.default.isExecutableFile(atPath: "/usr/lib/postgresql/\($0)/bin/initdb") }
  }()

  /// - Parameter environment: for the server, beside ours.
  public init(environment: [String: String] = [:]) throws {
    self.environment = environment
    let lines = try Self.run(["start"], environment).split(separator: "\n").map(String.init)
    guard lines.count == 2 else { throw Refusal(.unavailable, "test", "no server of our own: \(lines)") }
    (conninfo, folder) = (lines[0], lines[1])
    LastOrders.stop(folder)
  }
  private static func run(_ arguments: [String], _ environment: [String: String]) throws -> String {
    let process = Process()
    process.executableURL = script
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Refusal(.unavailable, "test", "test-postgres.sh \(arguments.joined(separator: " ")): \(process.terminationStatus) \(text)")
    }
    return text
  }

  public func target(_ database: String? = nil) throws -> PostgresTarget {
    try PostgresTarget(conninfo + (database.map { " dbname=\($0)" } ?? ""))
  }
  /// Statements of the administrator, outside of any transaction.
  @discardableResult
  public func errand(_ statements: String..., in database: String? = nil) throws -> [ResultRow] {
    try PostgresErrand.run(target(database), statements)
  }
  /// - Parameter template: a database that nobody is connected to.
  public func database(like template: String? = nil) throws -> TestPostgres.Database {
    let name = TestPostgres.fresh()
    try errand("CREATE DATABASE \(name)" + (template.map { " TEMPLATE \($0)" } ?? ""))
    return TestPostgres.Database(name, at: try target(name))
  }

  public func drop(_ database: TestPostgres.Database) throws { try errand("DROP DATABASE \(database.name) WITH (FORCE)") }

  // MARK: Harm

  /// The server's first process and all that it has started.
  public var processes: [Int32] {
    guard let file = try? String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8),
      let first = file.split(separator: "\n").first.flatMap({ Int32($0) })
    else { return [] }
    let others = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter { pid in
      guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
      // The name stands in brackets and may hold anything; state and parent come after it.
      let fields = status[(status.lastIndex(of: ")") ?? status.startIndex)...].split(separator: " ")
      return fields.count > 2 && Int32(fields[2]) == first
    }
    return [first] + others
  }
  private func all(_ signal: Int32) { for pid in processes { kill(pid, signal) } }
  /// As a power cut would.
  public func kill9() {
    let all = processes
    for pid in all { kill(pid, SIGKILL) }
    for pid in all { while Self.lives(pid) { usleep(10_000) } }
  }
  /// Dead ones that nobody has buried yet do not count.
  private static func lives(_ pid: Int32) -> Bool { FileManager.default.isReadableFile(atPath: "/proc/\(pid)/exe") }
  /// Alive and deaf, as a machine that swaps or a host that is being moved.
  public func pause() { all(SIGSTOP) }
  public func resume() { all(SIGCONT) }
  /// Whether it takes connections.
  public var isRunning: Bool { (try? errand("SELECT 1")) != nil }
  /// Starts it anew over what it had.
  public func again() throws {
    guard !processes.contains(where: Self.lives) else { throw Refusal(.conflict, "test", "the server is still there") }
    // After a power cut the number in it belongs to nobody; here it may belong to somebody dead who is still in the table.
    unlink(folder + "/data/postmaster.pid")
    _ = try Self.run(["again", folder], environment)
  }
  /// Starts it anew if it has given up; waits for it if it is mending itself.
  /// - Returns: when it takes connections.
  public func recover() throws {
    for _ in 0..<900 {
      if isRunning { return }
      let all = processes
      // A server that could not mend itself takes its file of processes along when it goes.
      if !all.contains(where: Self.lives) { return try again() }
      usleep(100_000)
    }
    let log = (try? String(contentsOfFile: folder + "/data/server.log", encoding: .utf8)) ?? ""
    throw Refusal(.unavailable, "test", "the server does not come back: \(log.suffix(1500))")
  }
}
