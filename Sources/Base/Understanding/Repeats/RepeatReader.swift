/// Reads texts into sketches. Holds its scratch space, so one reader serves one thread; the result depends on the text
/// and the frequencies only.
struct RepeatReader {
  /// Units of the body that are read; a longer complaint repeats itself.
  static let bodyUnits = 480
  static let titleUnits = 64
  static let titleKept = 14
  static let most = 28
  /// Shelves a report stands on, and shelves an asker looks at.
  static let shelfCount = 6
  static let probeCount = 14

  let tables = RepeatTables.shared
  var units: [UInt16] = []
  /// Per unit, of `Mark`.
  var marks: [UInt8] = []
  /// Where the title ends; 0 when there is none.
  private var bodyStart = 0

  /// Distinct features of the text last read, in order of appearance.
  var keys: [UInt32] = []
  var roles: [UInt8] = []
  var times: [UInt8] = []
  private var slots = [UInt16](repeating: .max, count: 2048)
  private var used: [Int] = []

  var titleConcepts: UInt64 = 0
  var concepts: UInt64 = 0
  var buildings = RepeatNumbers()
  var room = RepeatNumbers()
  var lines = RepeatNumbers()
  var areas: UInt16 = 0
  var wording: UInt32 = 0
  var urges = false

  enum Mark {
    static let place: UInt8 = 1
    static let broad: UInt8 = 2
    static let courtesy: UInt8 = 4
    /// The end of a specific place's name: a kind of place, not a place.
    static let end: UInt8 = 8
    static let title: UInt8 = 16
  }

  init() {
    let n = Self.bodyUnits + Self.titleUnits + 2
    units.reserveCapacity(n)
    marks.reserveCapacity(n)
    keys.reserveCapacity(n)
    roles.reserveCapacity(n)
    times.reserveCapacity(n)
    used.reserveCapacity(n)
  }

  /// Reads a text: its first line is the title when it is at most `titleUnits` long, else its opening stands for one.
  /// - Parameter place: a name whose words say where, not what.
  mutating func read(_ text: String, place: String? = nil) {
    decode(text)
    markPlaces()
    if let place { mark(place) }
    if bodyStart > 0 { for k in 0..<bodyStart { marks[k] |= Mark.title } } else { markOpening() }
    readNumbers()
    collect()
  }

  private mutating func decode(_ text: String) {
    units.removeAll(keepingCapacity: true)
    var titleEnd = -1
    let limit = Self.bodyUnits + Self.titleUnits
    for u in text.utf16 {
      let f = FoldedText.fold(u)
      if f <= 0x20 {
        if units.isEmpty { continue }
        if f == 10 || f == 13, titleEnd < 0, units.count <= Self.titleUnits { titleEnd = units.count }
        if units.last != 0x20 { units.append(0x20) }
        continue
      }
      units.append(f)
      if units.count >= limit { break }
    }
    let titled = titleEnd >= 0 && titleEnd + 1 < units.count
    bodyStart = titled ? titleEnd : 0
    marks.removeAll(keepingCapacity: true)
    marks.append(contentsOf: repeatElement(0, count: units.count))
  }

  /// Of a text without a title, the first clauses that name a place or a concept stand for one: a complaint opens with
  /// greetings and who is writing. When none does, its first words.
  private mutating func markOpening() {
    var taken = 0
    var start = 0
    while start < units.count, taken < Self.openingUnits {
      var end = start
      var tells = false
      while end < units.count, !Self.pauses.contains(units[end]) {
        if marks[end] & Mark.place != 0 { tells = true }
        if !tells, end + 1 < units.count, startsTerm(end) { tells = true }
        end += 1
      }
      if tells {
        for k in start..<min(end, start + Self.openingUnits) { marks[k] |= Mark.title }
        taken += end - start
      }
      start = end + 1
    }
    if taken == 0 { for k in 0..<min(units.count, Self.openingUnits) { marks[k] |= Mark.title } }
  }
  static let openingUnits = 40
  private static let pauses = Set(FoldedText("。！？，：；,:; ").units)

  private mutating func collect() {
    for n in used { slots[n] = .max }
    used.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    roles.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
    titleConcepts = 0
    concepts = 0
    urges = false
    var hash: UInt32 = 2_166_136_261
    var hashed = 0
    var i = 0
    var previous: UInt32 = 0
    var previousStart = 0
    while i < units.count {
      let start = i
      let token = nextToken(&i)
      if token == 0 {
        previous = 0
        continue
      }
      if start + 1 < units.count {
        let pair = RepeatTables.pair(units[start], units[start + 1])
        // 幼儿园 at the end of a kindergarten's name tells where, not what.
        if marks[start] & (Mark.place | Mark.end) == 0, tables.firstPair.contains(pair) { match(pair, at: start) }
        if tables.courtesy.contains(pair) {
          marks[start] |= Mark.courtesy
          marks[start + 1] |= Mark.courtesy
          if tables.urging.contains(pair) { urges = true }
        }
      }
      if start >= bodyStart {
        hash = (hash ^ token) &* 16_777_619
        hashed += 1
      }
      if previous != 0, let key = key(previous, token) {
        note(key, role(previousStart, start) | (marks[start] & Mark.title != 0 ? RepeatFeature.title : 0))
      }
      previous = token
      previousStart = start
    }
    wording = hashed >= 24 && keys.count >= 8 ? max(1, hash) : 0
  }

  /// A Han character, or a run of digits and letters; 0 for anything else. Moves past it.
  @inline(__always)
  func nextToken(_ i: inout Int) -> UInt32 {
    let u = units[i]
    i += 1
    if FoldedText.isHan(u) { return UInt32(u) }
    guard FoldedText.isDigit(u) || FoldedText.isLetter(u) else { return 0 }
    var h: UInt32 = (0x1_0000 ^ UInt32(u)) &* 16_777_619
    while i < units.count, FoldedText.isDigit(units[i]) || FoldedText.isLetter(units[i]) {
      h = (h ^ UInt32(units[i])) &* 16_777_619
      i += 1
    }
    return h | 0x8000_0000
  }

  /// Identity of a pair of tokens in `RepeatFrequencies.bits` bits; nil when one of them carries grammar only.
  @inline(__always)
  func key(_ a: UInt32, _ b: UInt32) -> UInt32? {
    if a < 65536, tables.grammar[Int(a)] { return nil }
    if b < 65536, tables.grammar[Int(b)] { return nil }
    var h = (a &* 0x9E37_79B1) ^ (b &* 0x85EB_CA6B)
    h ^= h >> 15
    h = h &* 0x2C1B_3C6D
    return h >> (32 - RepeatFrequencies.bits)
  }

  /// What the sketch keeps of a key.
  @inline(__always) static func short(_ key: UInt32) -> UInt16 { UInt16(truncatingIfNeeded: key) }

  @inline(__always)
  private func role(_ from: Int, _ to: Int) -> UInt8 {
    let a = marks[from], b = marks[to]
    if a & Mark.place != 0, b & (Mark.place | Mark.end) != 0 { return RepeatFeature.place }
    return a & b & (Mark.broad | Mark.courtesy | Mark.end) != 0 ? RepeatFeature.weak : 0
  }

  @inline(__always)
  private mutating func note(_ key: UInt32, _ role: UInt8) {
    var slot = Int((key &* 0x9E37_79B1) >> 21)
    while slots[slot] != .max {
      let n = Int(slots[slot])
      if keys[n] == key {
        roles[n] |= role
        if times[n] < 255 { times[n] += 1 }
        return
      }
      slot = (slot + 1) & 2047
    }
    slots[slot] = UInt16(keys.count)
    used.append(slot)
    keys.append(key)
    roles.append(role)
    times.append(1)
  }

  private mutating func match(_ pair: UInt32, at start: Int) {
    let found = terms(pair, at: start)
    concepts |= found
    if marks[start] & Mark.title != 0 { titleConcepts |= found }
  }

  private func startsTerm(_ start: Int) -> Bool {
    let pair = RepeatTables.pair(units[start], units[start + 1])
    guard marks[start] & (Mark.place | Mark.end) == 0, tables.firstPair.contains(pair) else { return false }
    return terms(pair, at: start) != 0
  }

  /// Concepts whose terms begin at a unit, one bit each.
  private func terms(_ pair: UInt32, at start: Int) -> UInt64 {
    guard let terms = tables.terms[pair] else { return 0 }
    var found: UInt64 = 0
    for term in terms {
      var k = start + 2
      var hit = k + term.rest.count <= units.count
      for r in term.rest where hit {
        hit = units[k] == r
        k += 1
      }
      if hit { found |= 1 << UInt64(term.concept) }
    }
    return found
  }
}
