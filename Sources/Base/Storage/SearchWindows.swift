/// Hits newest first, from an index that cannot give them in order.
///
/// PostgreSQL's index of words holds sets of rows, so the newest fifty of half a million hits would mean fetching all of them. Each entry
/// therefore carries marks that say when its id was made, on three scales, and a search looks first at the last hours, then at the days
/// before, and only for rare words at the years. Ids carry their time, see `Identifier`.
public enum SearchWindows {
  /// A mark is the number of the cell and the scale's letter: a digit beside a Han character, which no text and no search gives a token of.
  ///
  /// The bits are those of an id below a cell: 18.6 hours, 12.4 days and 199 days.
  static let levels: [(letter: Character, bits: Int64)] = [("时", 47), ("旬", 51), ("季", 55)]
  /// How many cells are looked at together: few at first, for a common word has its page full at once.
  static let strides: [Int64] = [1, 3, 12, 48]

  static func marks(of id: Int64) -> [String] { levels.map { "\(id >> $0.bits)\($0.letter)" } }

  /// Ranges of ids, newest first, each of whole cells of one scale but for the newest, which ends at `id`.
  static func below(_ id: Int64) -> [Range<Int64>] {
    var out: [Range<Int64>] = []
    var end = max(0, id)
    for (index, level) in levels.enumerated() where end > 0 {
      // Up to where a cell of the next scale ends; the last scale goes to the beginning of time.
      let parent = index + 1 < levels.count ? levels[index + 1].bits : 63
      let floor = ((end - 1) >> parent) << parent
      var turn = 0
      while end > floor {
        let cell = (end - 1) >> level.bits
        let start = max(floor, (cell + 1 - strides[min(turn, strides.count - 1)]) << level.bits)
        out.append(start..<end)
        end = start
        turn += 1
      }
    }
    return out
  }

  /// The marks one of which every id of the range carries; none where they would be too many to be of use.
  static func cells(of range: Range<Int64>) -> [String] {
    if range.isEmpty { return [] }
    let level = levels.last { (range.lowerBound | range.upperBound) % (1 << $0.bits) == 0 } ?? levels[0]
    let (first, last) = (range.lowerBound >> level.bits, (range.upperBound - 1) >> level.bits)
    return last - first < 64 ? (first...last).map { "\($0)\(level.letter)" } : []
  }
}
