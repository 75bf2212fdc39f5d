import Foundation

/// Full-text search of Chinese that gives the same hits on both engines: the program cuts text into overlapping pairs of
/// Han characters and whole words of letters or digits, the engine only stores and finds them.
public enum TextSearch {
  /// Puts a text under an id. An id is written once, until it is removed: what was said is never edited.
  public static func index(_ table: String, id: Int64, text: String, _ db: any Writer) throws {
    try index(table, id: id, words: words(text), db)
  }
  /// A text cut for the index, which needs no transaction.
  public static func words(_ text: String) -> [String] { tokens(text, forIndex: true) }
  /// - Parameter marks: whose it is, see `mark`.
  public static func index(_ table: String, id: Int64, words grams: [String], marks: [String] = [], _ db: any Writer) throws {
    try db.later(row(id: id, words: grams, marks: marks, in: db.dialect), into: shape(table, db.dialect))
  }
  /// One entry for `Writer.insert` into the columns `columns(_:)` gives.
  public static func row(id: Int64, words grams: [String], marks: [String], in dialect: Dialect) -> [SQLValue] {
    [.int(id), .text(dialect.searchValue(id: id, tokens: grams, marks: marks))]
  }
  public static func columns(_ dialect: Dialect) -> [String] { dialect == .sqlite ? ["rowid", "grams"] : ["id", "grams"] }
  private static func shape(_ table: String, _ dialect: Dialect) -> RowShape { RowShape(table, columns(dialect), .search) }

  /// Takes a text out of the index. It must be cut as it was when it was put there.
  public static func remove(_ table: String, id: Int64, words grams: [String], _ db: any Writer) throws {
    try db.run(db.dialect.searchRemoval(table, id: id, tokens: grams))
  }

  /// A token that no text and no search phrase gives, so that entries can be found by whose they are: a number beside a Han character.
  /// The number comes first, because a search for one character finds all tokens that begin with it.
  public static func mark(_ letter: Character, _ number: Int64) -> String { "\(number)\(letter)" }
  /// Adds marks to entries that are there. None is ever taken away: a mark says where to look, and the rows say what holds.
  /// - Parameter rows: a query of `id` and `marks`, the marks separated by spaces.
  public static func mark(_ table: String, rows: Query, _ db: any Writer) throws { try db.run(db.dialect.searchMark(table, rows: rows)) }

  /// What a phrase looks for; nil when it has nothing to search for.
  /// - Parameter marks: every hit carries all of them.
  public static func match(_ table: String, _ phrase: String, marks: [String] = [], in dialect: Dialect) -> TextMatch? {
    let words = phrase.split(whereSeparator: \.isWhitespace).prefix(8).map { tokens(String($0), forIndex: false) }.filter { !$0.isEmpty }
    guard !words.isEmpty else { return nil }
    return TextMatch(table: table, words: words, marks: marks, dialect: dialect)
  }

  static func isOneHan(_ token: String) -> Bool {
    token.unicodeScalars.count == 1 && token.unicodeScalars.allSatisfy { isHan($0.value) }
  }
  static func isHan(_ v: UInt32) -> Bool {
    (0x4E00...0x9FFF).contains(v) || (0x3400...0x4DBF).contains(v) || (0x20000...0x323AF).contains(v)
  }

  /// Scalars of a word that count; PostgreSQL takes 2,046 bytes. No word that anybody looks for is as long.
  static let longestWord = 200

  /// Letters, digits and Han only survive, so no token can carry an engine's query syntax.
  /// For the index a run of Han ends in its last single character, so that a one-character search finds it by prefix.
  static func tokens(_ text: String, forIndex: Bool) -> [String] {
    var text = text
    return text.withUTF8 { bytes in
      var cutter = TextCutter(bytes, forIndex: forIndex)
      return cutter.run()
    }
  }
}

/// Cuts a text where it lies, in its UTF-8: every report and every row of a file comes through here.
private struct TextCutter {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let forIndex: Bool
  private var out: [String] = []
  /// Where the last character of the present run of Han stands; empty outside of one.
  private var han = 0..<0
  private var runLength = 0
  private var word: [UInt8] = []
  private var wordLength = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, forIndex: Bool) {
    self.bytes = bytes
    self.forIndex = forIndex
    out.reserveCapacity(bytes.count / 3)
  }

  mutating func run() -> [String] {
    var at = 0
    while at < bytes.count {
      var (value, next) = scalar(at)
      if (0xFF01...0xFF5E).contains(value) { value -= 0xFEE0 }
      if TextSearch.isHan(value) {
        endWord()
        // Neighbours in a run lie side by side: no pair has to be put together.
        if runLength > 0 { put(han.lowerBound..<next) }
        han = at..<next
        runLength += 1
      } else if value < 0x80 {
        switch UInt8(value) {
        case 0x30...0x39, 0x61...0x7A: letter(UInt8(value))
        case 0x41...0x5A: letter(UInt8(value) + 0x20)
        default:
          endRun()
          endWord()
        }
      } else if let scalar = Unicode.Scalar(value), scalar.properties.isAlphabetic {
        endRun()
        for small in scalar.properties.lowercaseMapping.unicodeScalars where wordLength < TextSearch.longestWord {
          word.append(contentsOf: String(small).utf8)
          wordLength += 1
        }
      } else {
        endRun()
        endWord()
      }
      at = next
    }
    endRun()
    endWord()
    return out
  }

  private mutating func letter(_ byte: UInt8) {
    endRun()
    guard wordLength < TextSearch.longestWord else { return }
    word.append(byte)
    wordLength += 1
  }
  private mutating func put(_ range: Range<Int>) {
    out.append(String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self))
  }
  private mutating func endRun() {
    if runLength == 1 || runLength > 1 && forIndex { put(han) }
    runLength = 0
  }
  private mutating func endWord() {
    guard wordLength > 0 else { return }
    out.append(String(decoding: word, as: UTF8.self))
    word.removeAll(keepingCapacity: true)
    wordLength = 0
  }

  /// The scalar that begins at a byte, and where the next begins. The text of a `String` is always whole.
  @inline(__always)
  private func scalar(_ at: Int) -> (UInt32, Int) {
    func more(_ n: Int) -> UInt32 { UInt32(bytes[at + n] & 0x3F) }
    let first = UInt32(bytes[at])
    switch first {
    case ..<0x80: return (first, at + 1)
    case ..<0xE0: return ((first & 0x1F) << 6 | more(1), at + 2)
    case ..<0xF0: return ((first & 0x0F) << 12 | more(1) << 6 | more(2), at + 3)
    default: return ((first & 0x07) << 18 | more(1) << 12 | more(2) << 6 | more(3), at + 4)
    }
  }
}

/// A phrase cut for one engine.
public struct TextMatch: Sendable {
  let table: String
  let words: [[String]]
  let marks: [String]
  let dialect: Dialect

  /// The parts to look at one after the other for the newest hits first; together they hold every id below `id`.
  public func windows(below id: Int64) -> [Range<Int64>] { dialect.searchWindows(below: id) }
  /// A query of the ids in a window whose text holds every word.
  public func hits(in window: Range<Int64>) -> Query {
    dialect.searchMatch(table, words: words, marks: marks, window: window) { $0.count == 1 && TextSearch.isOneHan($0[0]) }
  }
  /// All of them, in no order.
  public var hits: Query { hits(in: 0..<Int64.max) }
}

extension Query.Interpolation {
  /// All that a phrase finds, in no order.
  public mutating func appendInterpolation(_ match: TextMatch) { appendInterpolation(match.hits) }
}
