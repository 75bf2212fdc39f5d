/// One pair of neighbouring characters kept in a sketch, in three bytes: 16 bits of identity, and in `meta` three of role and
/// five of weight. Two different pairs share an identity once in 65,536: about one false agreement in eighty comparisons of
/// whole reports, and never a decisive one.
struct RepeatFeature: Sendable {
  var key: UInt16
  var meta: UInt8

  static let title: UInt8 = 1 << 5
  /// Part of a specific place's name.
  static let place: UInt8 = 1 << 6
  /// Part of a town's or district's name, or of a courtesy: weak evidence.
  static let weak: UInt8 = 1 << 7

  /// `rarity` in eighths of a bit; kept in halves of a bit, at most 31.
  init(key: UInt16, roles: UInt8, rarity: Int) {
    self.key = key
    meta = roles | UInt8(min(31, max(0, rarity / 4)))
  }
  init(key: UInt16, meta: UInt8) {
    self.key = key
    self.meta = meta
  }
  /// Halves of a bit.
  @inline(__always) var weight: Int32 { Int32(meta & 31) }
  @inline(__always) func has(_ role: UInt8) -> Bool { meta & role != 0 }
}

/// What is remembered of a report to recognise it again: its rarest words, its place, its numbers.
struct RepeatSketch: Sendable {
  /// Features' keys, ascending, at most `RepeatReader.most`; and what goes with each.
  var keys: [UInt16] = []
  var meta: [UInt8] = []
  /// Concepts of the title and of the whole, one bit each (`RepeatLexicon.concepts`).
  var titleConcepts: UInt64 = 0
  var concepts: UInt64 = 0
  /// Buildings and rooms named.
  var buildings = RepeatNumbers()
  var room = RepeatNumbers()
  /// Metro and bus lines named.
  var lines = RepeatNumbers()
  /// One bit per district or county named.
  var areas: UInt16 = 0
  /// Of the wording; 0 when the text is too short to tell.
  var wording: UInt32 = 0
  /// The writer says that the same was reported before.
  var urges = false
  /// Full keys of the words by which reports are shelved and looked up, rarest evidence first, with their weight.
  var shelves: [(key: UInt32, weight: Int32)] = []
}

/// How often each pair of characters has been seen: the rarer, the more it tells. 4 MB whatever the number of reports.
struct RepeatFrequencies: Sendable {
  static let bits: UInt32 = 20
  private var counts = [UInt32](repeating: 0, count: 1 << 20)
  private(set) var reports = 0
  /// Stands for the reports an office has read before this program did, so that the first hundred are weighed sensibly.
  static let prior = 2000

  mutating func add(_ keys: [UInt32]) {
    reports += 1
    counts.withUnsafeMutableBufferPointer { c in for k in keys { c[Int(k)] &+= 1 } }
  }
  var total: Float { Float(reports + Self.prior) }
  @inline(__always) func count(_ key: UInt32) -> UInt32 { counts[Int(key)] }
}
