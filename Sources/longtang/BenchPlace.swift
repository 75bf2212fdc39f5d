import Foundation
import Kernel
import Storage
import StoragePostgres

/// A store of one engine that is made to be measured, and removed after.
struct BenchPlace: Sendable {
  enum Engine: Sendable {
    case sqlite
    /// A server on which databases may be created, by a connection string of the form `host=… dbname=… user=…`.
    case postgres(conninfo: String)
    var name: String {
      switch self {
      case .sqlite: "SQLite"
      case .postgres: "PostgreSQL"
      }
    }
  }
  let engine: Engine
  let config: Config
  private let database: String
  private let connection: String

  /// - Parameter folder: must not be there yet.
  init(_ engine: Engine, folder: URL, like config: Config) throws {
    guard !FileManager.default.fileExists(atPath: folder.path) else {
      throw Refusal(.conflict, "longtang-not-empty", "\(folder.path) 已存在，请换一个目录。")
    }
    var config = config
    config.store = folder
    config.keys = folder.appending(path: "keys")
    database = "longtang_bench_\(getpid())"
    switch engine {
    case .sqlite:
      connection = "sqlite"
      config.database = .sqlite
    case .postgres(let conninfo):
      connection = "postgres:\(conninfo) dbname=\(database)"
      config.database = .postgres(try PostgresTarget("\(conninfo) dbname=\(database)"))
      try PostgresErrand.run(
        try PostgresTarget(conninfo),
        ["DROP DATABASE IF EXISTS \(database) WITH (FORCE)", "CREATE DATABASE \(database) ENCODING 'UTF8' TEMPLATE template0"])
    }
    self.engine = engine
    self.config = config
  }

  func remove() throws {
    if FileManager.default.fileExists(atPath: config.store.path) { try FileManager.default.removeItem(at: config.store) }
    if case .postgres(let conninfo) = engine {
      try PostgresErrand.run(try PostgresTarget(conninfo), ["DROP DATABASE \(database) WITH (FORCE)"])
    }
  }

  static var program: URL { Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0]) }
  /// For another process of this program on the same store.
  var environment: [String: String] {
    ProcessInfo.processInfo.environment.merging(
      [
        "LONGTANG_STORE_FOLDER": config.store.path, "LONGTANG_STORE_KEYS": config.keys.path, "LONGTANG_STORE_DATABASE": connection,
        "LONGTANG_LOG_LEVEL": "error", "LONGTANG_FILES_DATA": config.data.path, "LONGTANG_FILES_ASSETS": config.assets.path,
      ]
    ) { _, new in new }
  }
  /// Runs the program to its end.
  /// - Returns: seconds, or nil when it failed: the engine may have another way.
  func run(_ arguments: [String]) throws -> Double? {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    let begun = ContinuousClock.now
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? begun.duration(to: .now) / .seconds(1) : nil
  }
}
