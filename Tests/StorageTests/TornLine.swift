import Foundation
import Glibc
import Kernel
import StoragePostgres
import Synchronization
import TestHouse

/// A socket between the store and the server of the tests that can be cut at the moment of a COMMIT.
final class TornLine: Sendable {
  enum Place: Sendable { case beforeCommit, afterCommit }
  private struct State {
    var place: Place?
    var torn = false
    var clients: Set<Int32> = []
  }
  private let state = Mutex(State())
  private let folder = FileManager.default.temporaryDirectory.appending(path: "lt-\(UUID().uuidString.prefix(8))")
  private let server: String
  private let listener: Int32

  init(to database: TestPostgres.Database) throws {
    guard let host = "\(database.target)".split(separator: " ").first(where: { $0.hasPrefix("host=/") }) else {
      throw Refusal(.unavailable, "test", "the server of the tests is not on a socket of this machine")
    }
    server = "\(host.dropFirst(5))/.s.PGSQL.5432"
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let bound = Self.withAddress(folder.appending(path: ".s.PGSQL.5432").path) { bind(listener, $0, $1) }
    guard bound == 0, listen(listener, 16) == 0 else { throw Refusal(.unavailable, "test", "no socket in \(folder.path)") }
    let thread = Thread { [self] in
      while true {
        let client = accept(listener, nil, nil)
        if client < 0 { return }
        let upstream = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard Self.withAddress(server, { connect(upstream, $0, $1) }) == 0 else {
          close(client)
          continue
        }
        state.withLock { _ = $0.clients.insert(client) }
        Thread { [self] in pump(from: client, to: upstream, isClient: true) }.start()
        Thread { [self] in pump(from: upstream, to: client, isClient: false) }.start()
      }
    }
    thread.start()
  }
  func target(_ database: String) throws -> PostgresTarget {
    try PostgresTarget("\(TestPostgres.conninfo ?? "") dbname=\(database) host=\(folder.path)")
  }
  func tear(_ place: Place) { state.withLock { $0.place = place } }
  /// As when another process of the server has crashed: every client is warned, in a message that ends nothing, and then the line is gone.
  func crash() {
    var warning = Data()
    for field in ["SWARNING", "VWARNING", "C57P02", "Mterminating connection because of crash of another server process"] {
      warning += Data(field.utf8) + [0]
    }
    let length = UInt32(warning.count + 5).bigEndian
    let message = Data("N".utf8) + withUnsafeBytes(of: length) { Data($0) } + warning + [0]
    state.withLock { state in
      for client in state.clients {
        _ = message.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        shutdown(client, Int32(SHUT_RDWR))
      }
      state.clients = []
    }
  }
  var wasTorn: Bool { state.withLock { $0.torn } }

  private func pump(from: Int32, to: Int32, isClient: Bool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    func end() {
      state.withLock { state in for fd in [from, to] { state.clients.remove(fd) } }
      shutdown(from, Int32(SHUT_RDWR))
      shutdown(to, Int32(SHUT_RDWR))
    }
    while true {
      let count = read(from, &buffer, buffer.count)
      if count <= 0 { return end() }
      if isClient, String(decoding: buffer[..<count], as: UTF8.self).contains("COMMIT\u{0}") {
        let place = state.withLock { state in
          if state.place != nil { state.torn = true }
          return state.torn ? state.place : nil
        }
        if place == .beforeCommit {
          state.withLock { $0.place = nil }
          return end()
        }
      } else if !isClient, state.withLock({ $0.torn && $0.place == .afterCommit }) {
        // This is the answer to COMMIT.
        state.withLock { $0.place = nil }
        return end()
      }
      var sent = 0
      while sent < count {
        // Whoever is gone must not end the tests with a signal.
        let n = buffer.withUnsafeBytes { send(to, $0.baseAddress.map { $0 + sent }, count - sent, Int32(MSG_NOSIGNAL)) }
        if n <= 0 { return end() }
        sent += n
      }
    }
  }
  private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8.prefix(107)) + [0]) }
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
  }
}
