import Dispatch
import Foundation
import Logging
import Storage
import Synchronization

/// Leadership by a lock of the session: it ends with the line, however the process ends.
final class PostgresLeadership: Leadership {
  private struct State {
    var running = false
    var closed = false
    /// When the server last answered on the line that holds the lock.
    var confirmed: ContinuousClock.Instant?
  }
  private let state = Mutex(State())
  private let bell = DispatchSemaphore(value: 0)
  private let gone = DispatchGroup()
  private let target: PostgresTarget
  private let patience: PostgresPatience
  private let logger: Logger

  /// Seconds between two looks.
  static let pause = 1.0
  /// After this many seconds without a word the server ends the line of a leader that stands still or whose machine is gone.
  static let silence = 10
  /// A leader that has not been answered for so long no longer believes that it leads; shorter than the server's `silence`.
  static let belief = Duration.seconds(8)

  init(_ target: PostgresTarget, _ patience: PostgresPatience, _ logger: Logger) {
    self.target = target
    self.patience = patience
    self.logger = logger
  }

  var isHeld: Bool { state.withLock { state in state.confirmed.map { $0.duration(to: .now) < Self.belief } ?? false } }

  func stand() {
    let start = state.withLock { state in
      guard !state.running, !state.closed else { return false }
      state.running = true
      return true
    }
    guard start else { return }
    gone.enter()
    let thread = Thread { [self] in
      serve()
      gone.leave()
    }
    thread.name = "pg-lead"
    thread.start()
  }
  func close() {
    state.withLock { $0.closed = true }
    bell.signal()
  }
  func waitUntilGone() async {
    await withCheckedContinuation { continuation in gone.notify(queue: .global()) { continuation.resume() } }
  }
  private var isClosed: Bool { state.withLock { $0.closed } }
  private func confirm(_ held: Bool) { state.withLock { $0.confirmed = held ? .now : nil } }

  private func serve() {
    let line = PostgresLine(target, patience, logger)
    while !isClosed {
      do {
        let connection = try line.open(until: .now.advanced(by: .milliseconds(patience.reconnect)))
        try connection.simple(
          """
          SET idle_session_timeout = \(Self.silence * 1000); SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2;
          SET tcp_keepalives_count = 3
          """)
        var held = false
        while !isClosed {
          if held {
            try connection.simple("SELECT 1")
          } else {
            held =
              try connection.simpleRows(
                "SELECT pg_try_advisory_lock(\(PostgresStore.leaderClass), current_schema()::regnamespace::oid::integer) AS held"
              ).first?.bool("held") ?? false
            if held { logger.notice("keeps time from now on", metadata: ["database": "\(target)"]) }
          }
          confirm(held)
          _ = bell.wait(timeout: .now() + Self.pause)
        }
      } catch {
        confirm(false)
        line.drop()
        if !isClosed {
          logger.warning("the line of the leadership is down", metadata: ["database": "\(target)"])
          Thread.sleep(forTimeInterval: Self.pause)
        }
      }
    }
    confirm(false)
    line.drop()
  }
}
