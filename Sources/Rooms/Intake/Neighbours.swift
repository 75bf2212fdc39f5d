import Compounds
import Foundation
import Kernel
import Logging
import Storage
import Synchronization

/// What this server tells the others of the reports it takes in, and what it hears of theirs.
///
/// Notices hold ids and nothing else; what they mean is read from the rows. One that was missed is noticed (the line says so, or the
/// server's own ticks stay away), and then everything since is looked at again.
public final class Neighbours: Sendable {
  static let channel = "understanding"
  /// Words of a notice, between who sends it and the ids.
  enum Word: String {
    case reports = "r", opened = "o", closed = "c", corrected = "k"
    /// The line is whole up to here.
    case tick = "t"
    /// More than could be told.
    case all = "a"
  }
  private struct Outbox {
    var reports: [Int64] = []
    var opened: [Int64] = []
    var closed: [Int64] = []
    var corrected = false
    var overflowed = false
    var isEmpty: Bool { reports.isEmpty && opened.isEmpty && closed.isEmpty && !corrected && !overflowed }
  }
  private struct Inbox {
    /// With the moment when each was heard of.
    var reports: [Int64: ContinuousClock.Instant] = [:]
    var settled: [(ids: [Int64], open: Bool)] = []
    var compounds: Set<Int64> = []
    var corrected = false
    var missed = false
    /// Up to here nothing was missed.
    var whole: Moment
    var isEmpty: Bool { reports.isEmpty && settled.isEmpty && compounds.isEmpty && !corrected && !missed }
  }
  private let outbox = Mutex(Outbox())
  private let inbox: Mutex<Inbox>
  private let outgoing = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  private let incoming = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  private let me = String(Secrets.token().prefix(8))
  private let store: any Store
  private let text: TextUnderstander
  private let now: @Sendable () -> Moment
  private let logger: Logger

  /// Notices wait so long for more to go with them.
  static let gather = Duration.milliseconds(50)
  /// A report that was told of and is not there yet is looked for again after this, and given up after `patience`.
  static let again = Duration.milliseconds(200)
  static let patience = Duration.seconds(60)
  static let ticking = Duration.seconds(10)
  /// Ids in one notice: 300 of 20 characters.
  static let most = 300
  /// Ids that may wait to be told while the server is away; beyond, the others look for themselves.
  static let mostWaiting = 20_000

  /// - Parameter since: before the memory of `text` was filled.
  public init(_ text: TextUnderstander, in house: House, since: Moment, logger: Logger) {
    self.text = text
    store = house.store
    now = house.now
    self.logger = logger
    inbox = Mutex(Inbox(whole: since))
  }

  // MARK: Telling

  public func reported(_ id: Int64) { put { $0.reports.append(id) } }
  public func settled(_ ids: [Int64], open: Bool) { put { if open { $0.opened += ids } else { $0.closed += ids } } }
  /// This process as well learns from the row, so that each correction counts once.
  public func corrected() { put { $0.corrected = true } }
  private func put(_ change: (inout Outbox) -> Void) {
    outbox.withLock { box in
      change(&box)
      if box.reports.count + box.opened.count + box.closed.count > Self.mostWaiting { box = Outbox(corrected: true, overflowed: true) }
    }
    outgoing.continuation.yield()
  }

  private func tell() async {
    for await _ in outgoing.stream {
      // Also once more when it is over: what was acknowledged a moment ago is still told.
      try? await Task.sleep(for: Self.gather)
      await flush()
      if Task.isCancelled { return }
    }
  }
  /// - Returns: when all is told, or the server is away.
  private func flush() async {
    let box = outbox.withLock { box in
      defer { box = Outbox() }
      return box
    }
    guard !box.isEmpty else { return }
    do {
      if box.overflowed { try await say(.all) }
      for (word, ids) in [(Word.reports, box.reports), (.opened, box.opened), (.closed, box.closed)] {
        for start in stride(from: 0, to: ids.count, by: Self.most) {
          try await say(word, ids[start..<min(start + Self.most, ids.count)].map(String.init).joined(separator: " "))
        }
      }
      if box.corrected { try await say(.corrected) }
    } catch {
      logger.warning("the other servers could not be told", metadata: ["error": "\(error)"])
      // Some were told perhaps; to hear of a report twice does no harm.
      outbox.withLock { now in
        now.reports = box.reports + now.reports
        now.opened = box.opened + now.opened
        now.closed = box.closed + now.closed
        now.corrected = now.corrected || box.corrected
        now.overflowed = now.overflowed || box.overflowed
      }
      guard !Task.isCancelled else { return }
      try? await Task.sleep(for: .seconds(1))
      outgoing.continuation.yield()
    }
  }
  private func say(_ word: Word, _ rest: String = "") async throws {
    try await store.notify(Self.channel, "\(me) \(word.rawValue) \(rest)")
  }

  // MARK: Hearing

  /// Tells and hears until it is cancelled.
  public func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.tell() }
      group.addTask { await self.digest() }
      group.addTask { for await notice in self.store.listen(Self.channel) { self.hear(notice) } }
      group.addTask { for await notice in self.store.listen(CompoundRegister.noticeChannel) { self.hear(compound: notice) } }
      group.addTask {
        while !Task.isCancelled {
          let at = self.now().milliseconds
          do { try await self.say(.tick, String(at)) } catch {
            self.logger.debug("no tick", metadata: ["error": "\(error)"])
          }
          do { try await Task.sleep(for: Self.ticking) } catch { return }
        }
      }
      await group.waitForAll()
    }
    // Nothing is lost between the last notice and the end of the program.
    await flush()
  }

  private func hear(_ notice: String) {
    let parts = notice.split(separator: " ").map(String.init)
    inbox.withLock { box in
      guard parts.count >= 2, let word = Word(rawValue: parts[1]) else {
        // Empty, or of a newer program whose words are not known here.
        box.missed = true
        return
      }
      let isMine = parts[0] == me
      let ids = parts.dropFirst(2).compactMap { Int64($0) }
      switch word {
      case .tick: if isMine, let at = ids.first { box.whole = Moment(milliseconds: at) }
      case .corrected: box.corrected = true
      case .all: if !isMine { box.missed = true }
      case .reports: if !isMine { for id in ids { box.reports[id] = .now } }
      case .opened: if !isMine { box.settled.append((ids, true)) }
      case .closed: if !isMine { box.settled.append((ids, false)) }
      }
    }
    incoming.continuation.yield()
  }
  private func hear(compound notice: String) {
    inbox.withLock { box in
      if let id = Int64(notice) { box.compounds.insert(id) } else { box.missed = true }
    }
    incoming.continuation.yield()
  }

  private func digest() async {
    for await _ in incoming.stream {
      do { try await Task.sleep(for: Self.gather) } catch { return }
      let work = inbox.withLock { box in
        let work = box
        box = Inbox(whole: box.whole)
        return work
      }
      if work.isEmpty { continue }
      do {
        let left = try await take(work)
        if !left.isEmpty { later(Inbox(reports: left, whole: work.whole), after: Self.again) }
      } catch {
        logger.warning("news of other servers could not be read", metadata: ["error": "\(error)"])
        later(work, after: .seconds(1))
      }
    }
  }
  /// - Returns: reports that are not in the store yet.
  private func take(_ work: Inbox) async throws -> [Int64: ContinuousClock.Instant] {
    let text = text
    let (ids, compounds) = (work.reports.keys.sorted(), work.compounds.sorted())
    let missing = try await store.read { db in
      if work.missed { try text.catchUp(since: work.whole, from: db) }
      if work.corrected { try text.learnCorrections(from: db) }
      try text.learn(compounds: compounds, from: db)
      return try text.remember(reports: ids, from: db)
    }
    for one in work.settled { text.settled(one.ids, open: one.open) }
    return work.reports.filter { missing.contains($0.key) && $0.value.duration(to: .now) < Self.patience }
  }
  private func later(_ work: Inbox, after pause: Duration) {
    inbox.withLock { box in
      box.reports.merge(work.reports) { first, _ in first }
      box.settled = work.settled + box.settled
      box.compounds.formUnion(work.compounds)
      box.corrected = box.corrected || work.corrected
      box.missed = box.missed || work.missed
    }
    let incoming = incoming.continuation
    Task {
      try? await Task.sleep(for: pause)
      incoming.yield()
    }
  }
}
