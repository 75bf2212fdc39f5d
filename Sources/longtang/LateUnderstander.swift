import Foundation
import Intake
import Kernel
import Storage
import Synchronization

/// Reading Chinese needs indexes that take a second to build; the program serves pages meanwhile and only who has something to be
/// read waits for them.
///
/// Waiting happens on the pool's threads, so it is handed over from a thread of the store's.
final class LateUnderstander: Understander {
  private let ready = NSCondition()
  private let built = Mutex<(any Understander)?>(nil)

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
  func settled(_ reports: [Int64], open: Bool) { inner.settled(reports, open: open) }
  func learn(words: String, place: String, from before: Reading, to after: Reading) {
    inner.learn(words: words, place: place, from: before, to: after)
  }
}

/// Understands nothing: every report goes to a person.
struct NoUnderstander: Understander {
  func read(_ report: NewReport) -> (reading: Reading, room: String?) { (Reading(), nil) }
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] { [] }
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {}
  func settled(_ reports: [Int64], open: Bool) {}
  func learn(words: String, place: String, from before: Reading, to after: Reading) {}
}
