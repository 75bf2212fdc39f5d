import Foundation
import Intake
import Kernel
import Logging
import Storage
import Synchronization

/// Reading Chinese needs indexes that take a second to build; the program serves pages meanwhile and only who has something to be
/// read waits for them.
///
/// Built on a thread of its own, because waiting happens on the pool's threads and must never keep the builder from running.
final class LateUnderstander: Understander {
  private let ready = NSCondition()
  private let built = Mutex<(any Understander)?>(nil)

  /// - Parameter make: called once, away from the caller. When it fails the program goes on without: dispatchers read for themselves.
  func load(_ logger: Logger, _ make: @escaping @Sendable () throws -> any Understander) {
    let thread = Thread { [self] in
      let clock = ContinuousClock.now
      do {
        set(try make())
        logger.info("understanding ready", metadata: ["ms": "\(clock.duration(to: .now) / .milliseconds(1))"])
      } catch {
        logger.error("understanding could not be loaded", metadata: ["error": "\(error)"])
        set(NoUnderstander())
      }
    }
    thread.stackSize = 16 << 20
    thread.start()
  }
  func set(_ understander: any Understander) {
    built.withLock { $0 = understander }
    ready.lock()
    ready.broadcast()
    ready.unlock()
  }

  private var inner: any Understander {
    if let understander = built.withLock({ $0 }) { return understander }
    ready.lock()
    defer { ready.unlock() }
    let deadline = Date(timeIntervalSinceNow: 20)
    while built.withLock({ $0 == nil }) { if !ready.wait(until: deadline) { break } }
    return built.withLock { $0 } ?? NoUnderstander()
  }

  func read(_ report: NewReport) -> (reading: Reading, room: String?) { inner.read(report) }
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] { inner.similar(to: report, reading: reading, at: now) }
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {
    inner.remember(id, report, reading: reading, at: now)
  }
  func learn(words: String, place: String, from before: Reading, to after: Reading) {
    inner.learn(words: words, place: place, from: before, to: after)
  }
}

/// Understands nothing: every report goes to a person.
struct NoUnderstander: Understander {
  func read(_ report: NewReport) -> (reading: Reading, room: String?) { (Reading(), nil) }
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] { [] }
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {}
  func learn(words: String, place: String, from before: Reading, to after: Reading) {}
}
