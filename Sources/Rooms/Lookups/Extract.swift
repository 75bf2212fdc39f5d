import Foundation
import Kernel
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
    ids.indices.map { i in
      ExtractThing(id: ids[i], words: cells[(i * width)..<((i + 1) * width)].map { words[Int($0)] })
    }
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
    let bytes = [UInt8](data)
    var at = 0
    func number() throws -> UInt64 {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), to: 63, by: 7) {
        guard at < bytes.count else { break }
        let byte = bytes[at]
        at += 1
        value |= UInt64(byte & 0x7F) << shift
        if byte < 0x80 { return value }
      }
      throw StorageError.corrupted("lookup_extract")
    }
    for _ in 0..<(try number()) {
      let length = Int(clamping: try number())
      guard length <= bytes.count - at else { throw StorageError.corrupted("lookup_extract") }
      words.append(String(decoding: bytes[at..<(at + length)], as: UTF8.self))
      at += length
    }
    let count = Int(clamping: try number())
    guard count <= bytes.count - at else { throw StorageError.corrupted("lookup_extract") }
    ids.reserveCapacity(count)
    cells.reserveCapacity(count * width)
    var last: Int64 = 0
    for _ in 0..<count {
      last &+= Int64(clamping: try number())
      ids.append(last)
      for _ in 0..<width {
        let cell = try number()
        guard cell < words.count else { throw StorageError.corrupted("lookup_extract") }
        cells.append(UInt32(cell))
      }
    }
    guard at == bytes.count else { throw StorageError.corrupted("lookup_extract") }
  }
}

/// A question as it is asked of extracts.
struct ExtractQuestion {
  let lookup: Lookup
  let fields: [LookupField]
  /// From the first identifier of the period to before the first after it.
  let range: Range<Int64>
  /// The firm of each compound that has one; empty where nothing is asked of firms.
  let firms: [String: String]

  init(_ lookup: Lookup, _ days: ClosedRange<Day>, firms: [String: String]) {
    self.lookup = lookup
    fields = lookup.subject.kept
    range =
      IdentifierSource.floor(
        of: days.lowerBound.start)..<IdentifierSource.floor(of: days.upperBound.end)
    self.firms = firms
  }
  static func needsFirms(_ lookup: Lookup) -> Bool {
    lookup.rows == .firm || lookup.columns == .firm || lookup.only[.firm] != nil
  }

  /// What a field says of the things of an extract: the same of all, or for each word at a place.
  enum Side {
    case same(String)
    case words(at: Int, [String])
    var labels: [String] {
      switch self {
      case .same(let label): [label]
      case .words(_, let labels): labels
      }
    }
  }
  func side(_ field: LookupField, _ key: Extract.Key, _ extract: Extract) -> Side {
    switch field {
    case .month, .quarter, .year: return .same(LookupTime.key(field, Month(count: key.month).first))
    case .district: return .same(key.district == 0 ? "" : String(key.district))
    case .squad: return .same(key.squad == 0 ? "" : String(key.squad))
    case .firm:
      return .words(
        at: fields.firstIndex(of: .compound) ?? 0, extract.words.map { firms[$0] ?? "" })
    default: return .words(at: fields.firstIndex(of: field) ?? 0, extract.words)
    }
  }

  /// Which of a side's labels is a thing's.
  func index(_ side: Side, _ i: Int, _ extract: Extract) -> Int {
    if case .words(let at, _) = side { Int(extract.cells[i * fields.count + at]) } else { 0 }
  }

  /// Where the things are that the conditions hold for.
  func matching(_ key: Extract.Key, _ extract: Extract) -> [Int] {
    var conditions: [(at: Int, holds: [Bool])] = []
    for (field, wanted) in lookup.only where !field.isTime {
      // As the store would read it: 007 is 7.
      let wanted = field.isPlace ? Int64(wanted).map(String.init) ?? wanted : wanted
      switch side(field, key, extract) {
      case .same(let label): if label != wanted { return [] }
      case .words(let at, let labels): conditions.append((at, labels.map { $0 == wanted }))
      }
    }
    let width = fields.count
    return extract.ids.indices.filter { i in
      range.contains(extract.ids[i])
        && conditions.allSatisfy { $0.holds[Int(extract.cells[i * width + $0.at])] }
    }
  }
  func ids(_ key: Extract.Key, _ extract: Extract) -> [Int64] {
    matching(key, extract).map { extract.ids[$0] }
  }
}

/// Counts the things of extracts by the two sides of a question.
struct ExtractCounter {
  let question: ExtractQuestion
  /// The keys of a side in the order in which they were met.
  private struct Axis {
    var keys: [String] = []
    private var known: [String: Int] = [:]
    mutating func index(_ key: String) -> Int {
      if let index = known[key] { return index }
      known[key] = keys.count
      keys.append(key)
      return keys.count - 1
    }
  }
  private var rows = Axis()
  private var columns = Axis()
  /// By row, then by column, as far as there is any.
  private var numbers: [[Int]] = []
  init(_ question: ExtractQuestion) { self.question = question }

  mutating func add(_ key: Extract.Key, _ extract: Extract) {
    let row = question.side(question.lookup.rows, key, extract)
    let column = question.lookup.columns.map { question.side($0, key, extract) } ?? .same("")
    let (rowLabels, columnLabels) = (row.labels, column.labels)
    // Each word is looked up once an extract, and not once a thing: a city's year has a million.
    var (rowAt, columnAt) = (rowLabels.map { _ in -1 }, columnLabels.map { _ in -1 })
    for i in question.matching(key, extract) {
      let (p, q) = (question.index(row, i, extract), question.index(column, i, extract))
      if rowAt[p] < 0 { rowAt[p] = rows.index(rowLabels[p]) }
      if columnAt[q] < 0 { columnAt[q] = columns.index(columnLabels[q]) }
      let (r, c) = (rowAt[p], columnAt[q])
      while numbers.count <= r { numbers.append([]) }
      while numbers[r].count <= c { numbers[r].append(0) }
      numbers[r][c] += 1
    }
  }
  var counts: [LookupStore.Sides: Int] {
    var out: [LookupStore.Sides: Int] = [:]
    for (r, row) in numbers.enumerated() {
      for (c, number) in row.enumerated() where number > 0 {
        out[LookupStore.Sides(row: rows.keys[r], column: columns.keys[c])] = number
      }
    }
    return out
  }
}
