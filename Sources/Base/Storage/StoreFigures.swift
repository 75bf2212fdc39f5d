/// How the store fares, counted from the start of the process; waiting and the pool as they are at this moment.
public struct StoreFigures: Sendable, Equatable {
  /// Commits, of which each is synced to disk once.
  public var commits = 0
  /// Writes in those commits.
  public var writes = 0
  public var sizes = CommitSizes()
  /// Writes handed in and not yet taken up.
  public var waiting = 0
  /// Statements that took longer than the office wants to know of.
  public var slow = 0
  /// Of a database server; an embedded store has none.
  public var pool: Pool?
  public struct Pool: Sendable, Equatable {
    /// Connections that may read at once.
    public var most: Int
    public var open: Int
    public var idle: Int
    /// Reads that wait for a connection.
    public var waiting: Int
    public init(most: Int, open: Int, idle: Int, waiting: Int) {
      self.most = most
      self.open = open
      self.idle = idle
      self.waiting = waiting
    }
  }
  /// Nil without one.
  public var replica: Replica?
  public struct Replica: Sendable, Equatable {
    /// Whether it is read from at this moment.
    public var isFresh: Bool
    /// How far it is behind at most; nil when that is not known.
    public var behind: Duration?
    /// Reads it has answered, and such as the primary had to take over.
    public var reads: Int
    public var turnedBack: Int
    public init(isFresh: Bool, behind: Duration?, reads: Int, turnedBack: Int) {
      self.isFresh = isFresh
      self.behind = behind
      self.reads = reads
      self.turnedBack = turnedBack
    }
  }
  public init() {}
}

/// How many writes shared a commit.
public struct CommitSizes: Sendable, Equatable {
  /// Upper bounds; no batch of either engine is larger than the last.
  public static let bounds = [1, 2, 4, 8, 16, 32, 64, 128, 256]
  /// For each bound the commits that are above the one before.
  public private(set) var counts = [Int](repeating: 0, count: bounds.count)
  public init() {}
  /// - Parameter size: 1 to 256.
  public mutating func add(_ size: Int) {
    if let at = Self.bounds.firstIndex(where: { size <= $0 }) { counts[at] += 1 }
  }
}
