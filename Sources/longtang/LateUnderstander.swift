import Catalogue
import Foundation
import Intake
import Kernel
import Logging
import Storage
import Synchronization

/// Reading Chinese needs indexes that take a moment to fill; the program serves pages meanwhile, and only who brings something to be
/// read waits for them.
final class LateUnderstander: Understander {
  private struct State {
    var inner: (any Understander)?
    var isMissing = false
    var waiting: [CheckedContinuation<Void, Never>] = []
    /// Nil where no other server shares the store.
    var neighbours: Neighbours?
  }
  private let state = Mutex(State())

  func set(_ understander: any Understander) {
    let waiting = state.withLock { state in
      state.inner = understander
      defer { state.waiting = [] }
      return state.waiting
    }
    for one in waiting { one.resume() }
  }
  /// Other servers hear of what is taken in here from now on.
  func tell(_ neighbours: Neighbours) { state.withLock { $0.neighbours = neighbours } }
  private var neighbours: Neighbours? { state.withLock { $0.neighbours } }
  /// Reports are read by people alone from now on.
  func giveUp() {
    state.withLock { $0.isMissing = true }
    set(NoUnderstander())
  }
  enum Stage: Sendable {
    case loading, loaded
    /// Could not be loaded: reports are taken, people read them.
    case missing
  }
  var stage: Stage { state.withLock { $0.inner == nil ? .loading : $0.isMissing ? .missing : .loaded } }
  func ready() async {
    await withCheckedContinuation { continuation in
      let there = state.withLock { state in
        if state.inner == nil { state.waiting.append(continuation) }
        return state.inner != nil
      }
      if there { continuation.resume() }
    }
  }
  private var inner: any Understander { state.withLock { $0.inner } ?? NoUnderstander() }

  func read(_ report: NewReport) -> (reading: Reading, room: String?) { inner.read(report) }
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] { inner.similar(to: report, reading: reading, at: now) }
  func meet(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) -> [SameAs] {
    defer { if report.nature == .complaint { neighbours?.reported(id.raw) } }
    return inner.meet(id, report, reading: reading, at: now)
  }
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {
    inner.remember(id, report, reading: reading, at: now)
    if report.nature == .complaint { neighbours?.reported(id.raw) }
  }
  func settled(_ reports: [Int64], open: Bool) {
    inner.settled(reports, open: open)
    neighbours?.settled(reports, open: open)
  }
  func learn(words: String, place: String, from before: Reading, to after: Reading) {
    // With neighbours every server, this one too, learns from the row.
    if let neighbours { return neighbours.corrected() }
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

extension Composition {
  /// How far back a new report is compared with earlier ones: hours.
  static let repeatsReach = 400 * 24
  static let refillPiece = 2_000
  /// How soon a compound that was added or changed is known to whoever reads reports, in an embedded store.
  static let followEvery = Duration.seconds(5)

  /// Away from the start: rules, compounds and corrections first, then earlier reports, newest first, while reports already come in.
  /// - Parameter following: keep up with changes of the register for as long as the program runs.
  /// - Returns: the loading itself, to be cancelled and awaited before the store is closed.
  @discardableResult
  func loadUnderstanding(_ config: Config, _ logger: Logger, following: Bool = false) -> Task<Void, Never> {
    let (house, catalogue, late) = (house, catalogue, understander)
    let folder = config.data.appending(path: "understanding")
    return Task.detached(priority: .utility) {
      let clock = ContinuousClock.now
      do {
        let text = try TextUnderstander(
          catalogue: catalogue, rules: try String(contentsOf: folder.appending(path: "items.rules"), encoding: .utf8),
          examples: try String(contentsOf: folder.appending(path: "complaints.csv"), encoding: .utf8))
        let since = house.now()
        try await house.store.read { db in try text.fill(from: db) }
        let neighbours = following && house.store.dialect.isShared ? Neighbours(text, in: house, since: since, logger: logger) : nil
        if let neighbours { late.tell(neighbours) }
        late.set(text)
        logger.notice("understanding ready", metadata: ["ms": "\(Int(clock.duration(to: .now) / .milliseconds(1)))"])
        try await withThrowingTaskGroup(of: Void.self) { group in
          if let neighbours { group.addTask { await neighbours.run() } }
          let oldest = IdentifierSource.floor(of: house.now().adding(hours: -Self.repeatsReach))
          var next: Int64? = .max
          while let before = next, before > oldest, !Task.isCancelled {
            next = try await house.store.read { db in try text.refill(before: before, limit: Self.refillPiece, from: db) }
          }
          FreedMemory.giveBack()
          logger.notice("earlier reports known", metadata: ["ms": "\(Int(clock.duration(to: .now) / .milliseconds(1)))"])
          if following, neighbours == nil { await Self.follow(text, house, logger) }
          try await group.waitForAll()
        }
      } catch is CancellationError {
        // The program is ending.
        late.set(NoUnderstander())
      } catch {
        // Without it dispatchers read for themselves; better than a program that does not take reports.
        logger.error("understanding could not be loaded", metadata: ["error": "\(error)"])
        late.giveUp()
      }
    }
  }

  private static func follow(_ text: TextUnderstander, _ house: House, _ logger: Logger) async {
    while !Task.isCancelled {
      do {
        try await Task.sleep(for: followEvery)
        let changed = try await house.store.read { db in try text.follow(db) }
        if changed > 0 { logger.info("compounds changed", metadata: ["number": "\(changed)"]) }
      } catch is CancellationError {
        return
      } catch {
        logger.warning("changes of compounds could not be read", metadata: ["error": "\(error)"])
      }
    }
  }
}
