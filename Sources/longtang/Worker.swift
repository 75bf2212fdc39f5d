import Foundation
import Kernel
import Logging
import ServiceLifecycle
import Storage

/// Does what was written down to be done later: claims due jobs two at a time. The one worker that leads also keeps time: it rings
/// clocks every minute, seals the journal of each day after midnight, and clears away what is finished.
struct Worker: Service {
  let house: House
  let handlers: [JobHandler]
  let ring: @Sendable () async throws -> Void
  let prune: @Sendable (any Writer, Moment) throws -> Void
  /// Every hour: files that nobody came back for.
  let tidy: @Sendable () async throws -> Void
  let logger: Logger
  /// How often a job under way says that somebody is at it.
  var renewal = Duration.seconds(60)

  static let concurrency = 2
  /// Milliseconds between two looks when there was nothing to do.
  static let pause = 1_000
  /// How often whoever leads rings clocks.
  static let turn = Duration.seconds(60)
  /// Minutes after midnight from which a day is sealed: what was begun on it has been written by then, on every server and by every
  /// clock that is not badly wrong.
  static let sealAfter = 15

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
    guard try await house.store.read({ db in try Jobs.isDue(kinds: kinds, at: now, db) }) else { return false }
    guard let job = try await house.store.write({ db in try Jobs.claim(kinds: kinds, limit: 1, at: now, db) }).first,
      let handler = handlers.first(where: { $0.kind == job.kind })
    else { return false }
    do {
      try await Trace.$id.withValue("job:\(job.kind)") { try await holding(job) { try await handler.run(job) } }
      FreedMemory.giveBack()
      let done = house.now()
      try await house.store.write { db in try Jobs.finish(job, at: done, db) }
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

  /// Renews the job's lease while the work on it goes on.
  private func holding(_ job: Job, _ body: @Sendable @escaping () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        try await body()
        return true
      }
      group.addTask {
        while true {
          try await Task.sleep(for: renewal)
          let now = house.now()
          do {
            if try await !house.store.write({ db in try Jobs.renew(job, at: now, db) }) {
              // This process stood still for longer than the lease. Handlers may run twice; that this one goes on does no harm.
              logger.warning("a job was taken up by another worker", metadata: ["job": "\(job.kind)", "attempt": "\(job.attempts)"])
              return false
            }
          } catch let error where !(error is CancellationError) {
            logger.warning("the lease of a job could not be renewed", metadata: ["job": "\(job.kind)", "error": "\(error)"])
          }
        }
      }
      // Until the work itself has ended, well or badly.
      while let isWork = try await group.next(), !isWork {}
      group.cancelAll()
    }
  }

  private func keepTime() async throws {
    let leadership = house.store.leadership()
    var sealed: Day?
    var tidied: Moment?
    var last: ContinuousClock.Instant?
    while !Task.isCancelled {
      if leadership.isHeld, last.map({ $0.duration(to: .now) >= Self.turn }) ?? true {
        last = .now
        let now = house.now()
        await attempt("heartbeat") { try await house.store.write { db in try Heartbeat.beat(at: now, db) } }
        await attempt("clocks") { try await ring() }
        if house.store.dialect.isShared {
          await attempt("once") { try await house.store.writeBeside { db in try OnceBook.prune(at: now, db) } }
        }
        let today = now.adding(minutes: -Self.sealAfter).day
        if sealed != today {
          await attempt("seal") { try await house.store.write { db in try Journal.seal(before: today, at: now, db) } }
          await attempt("prune") { try await house.store.write { db in try prune(db, now) } }
          sealed = today
        }
        if tidied.map({ now.milliseconds(since: $0) >= 3_600_000 }) ?? true {
          await attempt("tidy") { try await tidy() }
          tidied = now
        }
        FreedMemory.giveBack()
      } else if !leadership.isHeld {
        last = nil
      }
      if await !rest(Self.pause) { return }
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
