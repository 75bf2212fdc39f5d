import Foundation
import Kernel
import StoragePostgres

/// A PostgreSQL server of a test's own, with one that follows it: to be paused and stopped without anybody else noticing.
public final class TestServers: Sendable {
  public let primary: PostgresTarget
  public let replica: PostgresTarget
  private let folder: String

  public init() throws {
    let lines = try Self.script("start").split(separator: "\n").map(String.init)
    guard lines.count == 2 else { throw Refusal(.unavailable, "test", "no server: \(lines)") }
    folder = lines[1]
    primary = try PostgresTarget(lines[0])
    do {
      replica = try PostgresTarget(try Self.script("replica", folder).trimmingCharacters(in: .whitespacesAndNewlines))
    } catch {
      _ = try? Self.script("stop", folder)
      throw error
    }
  }
  public func stopReplica() throws { _ = try Self.script("stop-replica", folder) }
  /// At the end of the test: servers outlive the process that started them.
  public func stop() {
    do { _ = try Self.script("stop", folder) } catch { print("could not stop the servers in \(folder): \(error)") }
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
  private static func script(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = [root.appending(path: "scripts/test-postgres.sh").path] + arguments
    // A server that is started keeps standard error open for as long as it lives.
    process.standardError = FileHandle.nullDevice
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Refusal(.unavailable, "test", "test-postgres.sh \(arguments): \(text)") }
    return text
  }
}
