import Kernel

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
    range = IdentifierSource.floor(of: days.lowerBound.start)..<IdentifierSource.floor(of: days.upperBound.end)
    self.firms = firms
  }
  static func needsFirms(_ lookup: Lookup) -> Bool { lookup.rows == .firm || lookup.columns == .firm || lookup.only[.firm] != nil }

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
    case .firm: return .words(at: fields.firstIndex(of: .compound) ?? 0, extract.words.map { firms[$0] ?? "" })
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
      range.contains(extract.ids[i]) && conditions.allSatisfy { $0.holds[Int(extract.cells[i * width + $0.at])] }
    }
  }
  func ids(_ key: Extract.Key, _ extract: Extract) -> [Int64] { matching(key, extract).map { extract.ids[$0] } }
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
      for (c, number) in row.enumerated() where number > 0 { out[LookupStore.Sides(row: rows.keys[r], column: columns.keys[c])] = number }
    }
    return out
  }
}
