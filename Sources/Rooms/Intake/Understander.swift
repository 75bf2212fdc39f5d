import Kernel
import Storage

/// Earlier reports that a new one may belong to.
public struct SameAs: Sendable, Hashable, Codable {
  public var report: Int64
  public var score: Double
  /// Surely the same: joins without asking. Otherwise it is offered to a person.
  public var sure: Bool
  public var reasons: [String]
  public init(report: Int64, score: Double, sure: Bool, reasons: [String]) {
    self.report = report
    self.score = score
    self.sure = sure
    self.reasons = reasons
  }
}

/// Turns free words into place, item and same-as. One implementation reads text; tests give answers of their own.
public protocol Understander: Sendable {
  /// Returns once it can read; at the start of the program it may still be gathering what it knows.
  func ready() async
  func read(_ report: NewReport) -> (reading: Reading, room: String?)
  /// Earlier reports of the same problem in the same place, best first.
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs]
  /// `similar` and then `remember`, for whoever takes in many.
  func meet(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) -> [SameAs]
  /// Called once a report is safely stored.
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment)
  /// The matter of these reports was closed or opened again: what is closed is still found, but no longer joined.
  func settled(_ reports: [Int64], open: Bool)
  /// A person's correction, learned from.
  func learn(words: String, place: String, from before: Reading, to after: Reading)
}

extension Understander {
  public func ready() async {}
  public func meet(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) -> [SameAs] {
    let found = similar(to: report, reading: reading, at: now)
    remember(id, report, reading: reading, at: now)
    return found
  }
}
