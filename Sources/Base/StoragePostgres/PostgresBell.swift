import Dispatch
import Foundation
import Glibc
import Logging
import Storage
import Synchronization

/// LISTEN and NOTIFY: one connection that waits for what any process on this store tells.
final class PostgresBell: Sendable {
  private struct State {
    var running = false
    var closed = false
  }
  private let local = NoticeBoard()
  private let state = Mutex(State())
  private let gone = DispatchGroup()
  private let target: PostgresTarget
  private let patience: PostgresPatience
  private let logger: Logger

  init(_ target: PostgresTarget, _ patience: PostgresPatience, _ logger: Logger) {
    self.target = target
    self.patience = patience
    self.logger = logger
  }

  func listen(_ channel: String) -> AsyncStream<String> {
    let stream = local.listen(channel)
    let start = state.withLock { state in
      guard !state.running, !state.closed else { return false }
      state.running = true
      return true
    }
    if start {
      gone.enter()
      let thread = Thread { [self] in
        serve()
        gone.leave()
      }
      thread.name = "pg-listen"
      thread.start()
    }
    return stream
  }
  func close() {
    state.withLock { $0.closed = true }
    local.close()
  }
  func waitUntilGone() async {
    await withCheckedContinuation { continuation in gone.notify(queue: .global()) { continuation.resume() } }
  }
  private var isClosed: Bool { state.withLock { $0.closed } }

  private func serve() {
    let line = PostgresLine(target, patience, logger)
    while !isClosed {
      do {
        let connection = try line.open(until: .now.advanced(by: .milliseconds(patience.reconnect)))
        let schema = try connection.all("SELECT (current_schema()::regnamespace::oid)::text AS number").first?.text("number") ?? ""
        try connection.simple("LISTEN longtang_\(schema)")
        // What was told before this moment was not heard: everybody looks for himself.
        local.tellAll("")
        while !isClosed {
          var descriptor = pollfd(fd: connection.socket, events: Int16(POLLIN), revents: 0)
          poll(&descriptor, 1, 500)
          for message in try connection.notifications() {
            let parts = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            if parts.count == 2 { local.tell(parts[0], parts[1]) }
          }
        }
      } catch {
        line.drop()
        if !isClosed {
          logger.warning("the line for notices is down", metadata: ["database": "\(target)"])
          Thread.sleep(forTimeInterval: 1)
        }
      }
    }
    line.drop()
  }
}
