import Foundation
import Storage

/// What is asked of one report or matter: its id and a word for each of `LookupSubject.kept`, empty for what is not known.
struct ExtractThing: Sendable, Hashable {
  let id: Int64
  let words: [String]
}

/// The reports or matters of one squad that came in one month (摘录): some twenty bytes each instead of rows of five tables, so that a
/// question about a city's year reads twenty megabytes.
struct Extract: Sendable, Equatable {
  struct Key: Hashable, Sendable {
    /// `Month.count`
    let month: Int
    /// Zero for what no squad or no district has.
    let squad: Int64
    let district: Int64
  }

  /// Every word once.
  private(set) var words: [String] = []
  /// Ascending.
  private(set) var ids: [Int64] = []
  /// For each id as many indexes into `words` as a thing has words.
  private(set) var cells: [UInt32] = []

  init(_ things: [ExtractThing]) {
    var known: [String: UInt32] = [:]
    for thing in things.sorted(by: { $0.id < $1.id }) {
      ids.append(thing.id)
      for word in thing.words {
        if known[word] == nil {
          known[word] = UInt32(words.count)
          words.append(word)
        }
        cells.append(known[word] ?? 0)
      }
    }
  }
  /// - Parameter width: how many words a thing has.
  func things(_ width: Int) -> [ExtractThing] {
    ids.indices.map { i in ExtractThing(id: ids[i], words: cells[(i * width)..<((i + 1) * width)].map { words[Int($0)] }) }
  }
  /// Without some of its things; the words stay.
  func without(_ gone: Set<Int64>, _ width: Int) -> Extract {
    guard ids.contains(where: gone.contains) else { return self }
    var rest = self
    rest.ids = []
    rest.cells = []
    for (i, id) in ids.enumerated() where !gone.contains(id) {
      rest.ids.append(id)
      rest.cells += cells[(i * width)..<((i + 1) * width)]
    }
    return rest
  }

  // MARK: As bytes

  /// Numbers are written seven bits a byte, the lowest first: how many words, each with its length; how many things, each with the distance
  /// to the id before and the indexes of its words.
  var bytes: Data {
    var out = Data()
    func put(_ number: some BinaryInteger) {
      var rest = UInt64(number)
      while rest >= 0x80 {
        out.append(UInt8(rest & 0x7F) | 0x80)
        rest >>= 7
      }
      out.append(UInt8(rest))
    }
    put(words.count)
    for word in words {
      put(word.utf8.count)
      out.append(contentsOf: word.utf8)
    }
    put(ids.count)
    let width = ids.isEmpty ? 0 : cells.count / ids.count
    var last: Int64 = 0
    for (i, id) in ids.enumerated() {
      put(id - last)
      last = id
      for cell in cells[(i * width)..<((i + 1) * width)] { put(cell) }
    }
    return out
  }
  /// - Throws: `StorageError.corrupted` for anything that `bytes` does not write.
  init(_ data: Data, width: Int) throws {
    self = try data.withUnsafeBytes { bytes in
      var reader = ExtractReader(bytes: bytes)
      return try Extract(&reader, width: width)
    }
  }
  private init(_ reader: inout ExtractReader, width: Int) throws {
    for _ in 0..<(try reader.count()) { words.append(try reader.word()) }
    let count = try reader.count()
    ids.reserveCapacity(count)
    cells.reserveCapacity(count * width)
    let known = UInt64(words.count)
    var last: Int64 = 0
    for _ in 0..<count {
      last &+= Int64(clamping: try reader.number())
      ids.append(last)
      for _ in 0..<width {
        let cell = try reader.number()
        guard cell < known else { throw ExtractReader.wrong }
        cells.append(UInt32(truncatingIfNeeded: cell))
      }
    }
    guard reader.isAtEnd else { throw ExtractReader.wrong }
  }
}

/// Reads the numbers and words of an extract. A question about a city's year reads ten million of them, nearly all of one byte.
private struct ExtractReader {
  let bytes: UnsafeRawBufferPointer
  private var at = 0
  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  static var wrong: StorageError { .corrupted("lookup_extract") }
  var isAtEnd: Bool { at == bytes.count }

  mutating func number() throws -> UInt64 {
    guard at < bytes.count else { throw Self.wrong }
    var byte = bytes[at]
    at += 1
    if byte < 0x80 { return UInt64(byte) }
    var value = UInt64(byte & 0x7F)
    for shift in stride(from: UInt64(7), to: 63, by: 7) where at < bytes.count {
      byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Self.wrong
  }
  /// Of things that take a byte or more each.
  mutating func count() throws -> Int {
    let count = Int(clamping: try number())
    guard count <= bytes.count - at else { throw Self.wrong }
    return count
  }
  mutating func word() throws -> String {
    let length = try count()
    defer { at += length }
    return String(decoding: bytes[at..<(at + length)], as: UTF8.self)
  }
}
