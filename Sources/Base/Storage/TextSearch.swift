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
  public static func index(_ table: String, id: Int64, words grams: [String], _ db: any Writer) throws {
    try db.run(db.dialect.searchEntry(table, id: id, tokens: grams))
  }

  /// Takes a text out of the index. It must be cut as it was when it was put there.
  public static func remove(_ table: String, id: Int64, words grams: [String], _ db: any Writer) throws {
    try db.run(db.dialect.searchRemoval(table, id: id, tokens: grams))
  }

  /// A subquery of the ids whose text holds every word of `phrase`; nil when the phrase has nothing to search for.
  public static func match(_ table: String, _ phrase: String, in dialect: Dialect) -> Query? {
    let words = phrase.split(whereSeparator: \.isWhitespace).prefix(8).map { tokens(String($0), forIndex: false) }.filter { !$0.isEmpty }
    guard !words.isEmpty else { return nil }
    return dialect.searchMatch(table, words: words) { $0.count == 1 && isOneHan($0[0]) }
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
