/// The fixed part of a sketch as it is stored.
struct RepeatCard: Sendable {
  var id: Int64
  var titleConcepts: UInt64
  var concepts: UInt64
  /// Number of the compound in the store's list, from 1; 0 = unknown.
  var compound: UInt32
  /// Minutes since 1970-01-01 UTC.
  var minute: UInt32
  var wording: UInt32
  /// Where the features begin.
  var start: UInt32
  var buildings: RepeatNumbers
  var room: RepeatNumbers
  var lines: RepeatNumbers
  var areas: UInt16
  /// Number of the item in the store's list, from 1; 0 = unknown.
  var item: UInt16
  /// Features kept.
  var count: UInt8
  var flags: UInt8
  private var placeSum: UInt8
  private var titleSum: UInt8
  private var wordSum: UInt8

  static let urges: UInt8 = 1
  static let closed: UInt8 = 2
  static let removed: UInt8 = 4
  @inline(__always) func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

  /// Weights by role, in halves of a bit, kept in steps of two bits.
  struct Sums {
    /// Words of specific places; of a report that names its place in the title, those of the title only: the places it
    /// happens to mention in the body do not count.
    let place: Int32
    /// Words of the title and all words, places left out.
    let title: Int32
    let words: Int32
  }
  var sums: Sums { Sums(place: Int32(placeSum) * 4, title: Int32(titleSum) * 4, words: Int32(wordSum) * 4) }

  init(_ s: RepeatSketch, id: Int64, at: Int64, compound: UInt32, item: UInt16, start: Int) {
    self.id = id
    titleConcepts = s.titleConcepts
    concepts = s.concepts
    self.compound = compound
    minute = UInt32(clamping: at / 60_000)
    wording = s.wording
    self.start = UInt32(truncatingIfNeeded: start)
    buildings = s.buildings
    room = s.room
    lines = s.lines
    areas = s.areas
    self.item = item
    count = UInt8(s.keys.count)
    flags = s.urges ? Self.urges : 0
    var place: Int32 = 0, titlePlace: Int32 = 0, title: Int32 = 0, words: Int32 = 0
    for n in s.keys.indices {
      let f = RepeatFeature(key: s.keys[n], meta: s.meta[n])
      if f.has(RepeatFeature.place) {
        place += f.weight
        if f.has(RepeatFeature.title) { titlePlace += f.weight }
      } else if !f.has(RepeatFeature.weak) {
        words += f.weight
        if f.has(RepeatFeature.title) { title += f.weight }
      }
    }
    placeSum = UInt8(clamping: ((titlePlace > 0 ? titlePlace : place) + 3) / 4)
    titleSum = UInt8(clamping: (title + 3) / 4)
    wordSum = UInt8(clamping: (words + 3) / 4)
  }
}
