import Foundation
import Synchronization

/// As little of a proxy as a rolling restart needs: it asks `/ready` of each server ten times a second, leads each connection to one that
/// said yes, and sends nothing twice.
final class SmallProxy: Sendable {
  private struct State {
    /// Ports, and whether each is ready.
    var servers: [Int: Bool] = [:]
    var turn = 0
    var closed = false
    var served: [Int: Int] = [:]
  }
  private let state = Mutex(State())
  private let listener: Int32
  let port: Int
  static let probe = 0.1

  init() throws {
    listener = try SmallClient.socket()
    var address = SmallClient.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let fd = listener
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(fd, $0, length) == 0 && getsockname(fd, $0, &length) == 0 && listen(fd, 64) == 0
      }
    }
    guard bound else { throw ProxyTrouble() }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in accepting() }
    Thread.detachNewThread { [self] in probing() }
  }
  private struct ProxyTrouble: Error {}

  func add(_ server: Int) { state.withLock { $0.servers[server] = false } }
  func remove(_ server: Int) { state.withLock { _ = $0.servers.removeValue(forKey: server) } }
  func isReady(_ server: Int) -> Bool { state.withLock { $0.servers[server] ?? false } }
  /// How many connections each server was given.
  var served: [Int: Int] { state.withLock { $0.served } }
  func close() {
    state.withLock { $0.closed = true }
    shutdown(listener, Int32(SHUT_RDWR))
    Foundation.close(listener)
  }
  private var isClosed: Bool { state.withLock { $0.closed } }

  private func probing() {
    while !isClosed {
      for server in state.withLock({ Array($0.servers.keys) }) {
        let isReady = Self.says(200, server)
        state.withLock { if $0.servers[server] != nil { $0.servers[server] = isReady } }
      }
      Thread.sleep(forTimeInterval: Self.probe)
    }
  }
  private static func says(_ status: Int, _ server: Int) -> Bool {
    guard let fd = connected(server) else { return false }
    defer { Foundation.close(fd) }
    let request = Array("GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".utf8)
    guard send(fd, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else { return false }
    var answer = [UInt8](repeating: 0, count: 64)
    let length = recv(fd, &answer, answer.count, 0)
    return length > 12 && String(decoding: answer[..<length], as: UTF8.self).hasPrefix("HTTP/1.1 \(status)")
  }

  private func accepting() {
    while !isClosed {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { continue }
      Thread.detachNewThread { [self] in
        defer { Foundation.close(client) }
        let chosen = state.withLock { state -> Int? in
          let ready = state.servers.filter(\.value).keys.sorted()
          guard !ready.isEmpty else { return nil }
          state.turn += 1
          let server = ready[state.turn % ready.count]
          state.served[server, default: 0] += 1
          return server
        }
        guard let chosen, let server = Self.connected(chosen) else { return }
        defer { Foundation.close(server) }
        Self.carry(client, server)
      }
    }
  }

  /// Both ways until the server closes; every request says `Connection: close`.
  private static func carry(_ client: Int32, _ server: Int32) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    var isSending = true
    while true {
      var both = [
        pollfd(fd: server, events: Int16(POLLIN), revents: 0), pollfd(fd: isSending ? client : -1, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&both, 2, 60_000) > 0 else { return }
      if both[1].revents != 0 {
        let n = recv(client, &buffer, buffer.count, 0)
        if n <= 0 { isSending = false } else if !pass(buffer[..<n], to: server) { return }
      }
      if both[0].revents != 0 {
        let n = recv(server, &buffer, buffer.count, 0)
        if n <= 0 || !pass(buffer[..<n], to: client) { return }
      }
    }
  }
  private static func pass(_ bytes: ArraySlice<UInt8>, to fd: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let n = rest.withUnsafeBytes { send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard n > 0 else { return false }
      rest = rest.dropFirst(n)
    }
    return true
  }
  private static func connected(_ port: Int) -> Int32? {
    guard let fd = try? SmallClient.socket() else { return nil }
    var address = SmallClient.loopback(UInt16(port))
    let isConnected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
    }
    if isConnected { return fd }
    Foundation.close(fd)
    return nil
  }
}
