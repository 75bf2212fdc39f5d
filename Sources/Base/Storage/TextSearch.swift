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
    try db.later(db.dialect.searchEntry(table, id: id, tokens: grams, marks: marks))
  }
  /// One entry for `Writer.insert` into the columns `columns(_:)` gives.
  public static func row(id: Int64, words grams: [String], marks: [String], in dialect: Dialect) -> [SQLValue] {
    [.int(id), .text(dialect.searchValue(id: id, tokens: grams, marks: marks))]
  }
  public static func columns(_ dialect: Dialect) -> [String] { dialect == .sqlite ? ["rowid", "grams"] : ["id", "grams"] }

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
    var out: [String] = []
    var han: [Unicode.Scalar] = []
    var word = String.UnicodeScalarView()
    func flushHan() {
      defer { han.removeAll(keepingCapacity: true) }
      if han.count == 1 { return out.append(String(han[0])) }
      guard han.count > 1 else { return }
      for i in 0..<(han.count - 1) {
        var pair = String.UnicodeScalarView()
        pair.append(han[i])
        pair.append(han[i + 1])
        out.append(String(pair))
      }
      if forIndex { out.append(String(han[han.count - 1])) }
    }
    func flushWord() {
      if !word.isEmpty {
        out.append(String(String.UnicodeScalarView(word.prefix(longestWord))))
        word.removeAll()
      }
    }
    for var scalar in text.unicodeScalars {
      if (0xFF01...0xFF5E).contains(scalar.value) { scalar = Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar }
      if isHan(scalar.value) {
        flushWord()
        han.append(scalar)
      } else if scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value) {
        flushHan()
        word.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
      } else {
        flushHan()
        flushWord()
      }
    }
    flushHan()
    flushWord()
    return out
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
