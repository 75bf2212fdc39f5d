import Synchronization

/// What the doors know about themselves while they run: whether they are closing, and how requests fare.
public final class DoorWatch: Sendable {
  private let closing = Atomic<Bool>(false)
  private let inside = Atomic<Int>(0)
  public let requests = RequestFigures()
  private let began = ContinuousClock.now
  public init() {}

  public var uptime: Duration { began.duration(to: .now) }

  /// Every answer from now on asks the other side to use a new connection next time, which leads it elsewhere; requests are still served.
  public func beginDraining() { closing.store(true, ordering: .releasing) }
  public var isDraining: Bool { closing.load(ordering: .acquiring) }

  /// Requests that are being answered now.
  public var underWay: Int { inside.load(ordering: .relaxed) }
  func enter() { inside.add(1, ordering: .relaxed) }
  func leave() { inside.subtract(1, ordering: .relaxed) }
}

/// How many requests came by each route, how they were answered and how long that took. Counted from the start of the process.
/// Patterns come from the route book and methods and statuses from fixed lists, so the numbers of lines are bounded whatever is asked.
public final class RequestFigures: Sendable {
  /// Upper bounds in seconds; what took longer counts only in the total.
  public static let bounds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  public static let statuses = [200, 201, 204, 206, 303, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503]
  static let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
  /// The label of whatever is in no list.
  public static let other = "other"

  private struct Key: Hashable {
    let pattern: String
    let method: Int
  }
  private struct Row {
    /// One more than there are known statuses.
    var answers = [UInt64](repeating: 0, count: RequestFigures.statuses.count + 1)
    var buckets = [UInt64](repeating: 0, count: RequestFigures.bounds.count)
    var seconds = 0.0
    mutating func add(_ answer: Int, _ bucket: Int?, _ spent: Double) {
      answers[answer] += 1
      if let bucket { buckets[bucket] += 1 }
      seconds += spent
    }
  }
  private let rows = Mutex<[Key: Row]>([:])
  public init() {}

  /// - Parameter pattern: of the route, never the path; nil for a path that is nobody's.
  public func count(_ pattern: String?, _ method: String, _ status: Int, seconds: Double) {
    // The router says "NotFound" for a path that is nobody's.
    let known = pattern.flatMap { $0.hasPrefix("/") ? $0 : nil }
    let key = Key(pattern: known ?? Self.other, method: Self.methods.firstIndex(of: method) ?? Self.methods.count)
    let answer = Self.statuses.firstIndex(of: status) ?? Self.statuses.count
    let bucket = Self.bounds.firstIndex { seconds <= $0 }
    rows.withLock { $0[key, default: Row()].add(answer, bucket, seconds) }
  }

  /// One route and method, as it stands now.
  public struct Line: Sendable {
    public let pattern: String
    public let method: String
    /// "200" or "other", and how many of them; never 0.
    public let answers: [(status: String, count: UInt64)]
    /// For each bound how many took no longer, those of the smaller bounds included.
    public let within: [UInt64]
    public let count: UInt64
    public let seconds: Double
  }
  public func lines() -> [Line] {
    rows.withLock { $0 }.map { key, row in
      var sum: UInt64 = 0
      let names = Self.statuses.map(String.init) + [Self.other]
      return Line(
        pattern: key.pattern, method: key.method < Self.methods.count ? Self.methods[key.method] : Self.other,
        answers: zip(names, row.answers).filter { $0.1 > 0 }.map { ($0, $1) },
        within: row.buckets.map {
          sum += $0
          return sum
        }, count: row.answers.reduce(0, +), seconds: row.seconds)
    }.sorted { ($0.pattern, $0.method) < ($1.pattern, $1.method) }
  }
}
