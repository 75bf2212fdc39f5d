import Foundation
import Kernel
import Logging
import ServiceLifecycle
import Storage

/// Does what was written down to be done later: claims due jobs two at a time, rings clocks every minute, seals the journal of each
/// day after midnight, and clears away what is finished.
struct Worker: Service {
  let house: House
  let handlers: [JobHandler]
  let ring: @Sendable () async throws -> Void
  let prune: @Sendable (any Writer, Moment) throws -> Void
  /// Every hour: files that nobody came back for.
  let tidy: @Sendable () async throws -> Void
  let logger: Logger

  static let concurrency = 2
  /// Milliseconds between two looks when there was nothing to do.
  static let pause = 1_000

  func run() async throws {
    try await cancelWhenGracefulShutdown {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<Self.concurrency { group.addTask { try await work() } }
        group.addTask { try await keepTime() }
        try await group.waitForAll()
      }
    }
  }

  private func work() async throws {
    while !Task.isCancelled {
      do {
        if try await runOne() { continue }
      } catch is CancellationError {
        return
      } catch {
        logger.error("jobs could not be claimed", metadata: ["error": "\(error)"])
      }
      if await !rest(Self.pause) { return }
    }
  }

  /// - Returns: whether there was a job.
  func runOne() async throws -> Bool {
    let now = house.now()
    let kinds = handlers.map(\.kind)
    guard let job = try await house.store.write({ db in try Jobs.claim(kinds: kinds, limit: 1, at: now, db) }).first,
      let handler = handlers.first(where: { $0.kind == job.kind })
    else { return false }
    do {
      try await Trace.$id.withValue("job:\(job.kind)") { try await handler.run(job) }
      let done = house.now()
      try await house.store.write { db in try Jobs.finish(job.id, at: done, db) }
    } catch {
      // Not finished and not failed: the next process takes it up when the lease ends.
      if error is CancellationError { throw error }
      let failed = house.now()
      let words = String("\(error)".prefix(500))
      logger.error("job failed", metadata: ["job": "\(job.kind)", "attempt": "\(job.attempts)", "error": "\(words)"])
      try await house.store.write { db in try Jobs.fail(job, error: words, at: failed, db) }
    }
    return true
  }

  private func keepTime() async throws {
    var sealed: Day?
    var tidied: Moment?
    while !Task.isCancelled {
      let now = house.now()
      await attempt("heartbeat") { try await house.store.write { db in try Heartbeat.beat(at: now, db) } }
      await attempt("clocks") { try await ring() }
      if sealed != now.day {
        await attempt("seal") { try await house.store.write { db in try Journal.seal(before: now.day, at: now, db) } }
        await attempt("prune") { try await house.store.write { db in try prune(db, now) } }
        sealed = now.day
      }
      if tidied.map({ now.milliseconds(since: $0) >= 3_600_000 }) ?? true {
        await attempt("tidy") { try await tidy() }
        tidied = now
      }
      if await !rest(60_000) { return }
    }
  }

  /// What fails is tried again at its next turn; nothing of it may stop the rest.
  private func attempt(_ what: String, _ body: () async throws -> Void) async {
    do { try await body() } catch is CancellationError { return } catch {
      logger.error("\(what) failed", metadata: ["error": "\(error)"])
    }
  }
  /// - Returns: false when it is time to go.
  private func rest(_ milliseconds: Int) async -> Bool {
    do {
      try await Task.sleep(for: .milliseconds(milliseconds))
      return true
    } catch { return false }
  }
}
