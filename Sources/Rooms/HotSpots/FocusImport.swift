import Compounds
import Foundation
import Kernel
import Sheets

/// A list that somebody else made, line by line beside our register. Names are compared as they stand; nothing is guessed.
public struct FocusReading: Sendable {
  public let lines: [Line]

  public struct Line: Sendable {
    public let line: Int
    /// As the file has it: name, and district or sub-district when it says one.
    public let given: String
    public let match: Match
  }
  public enum Match: Sendable, Equatable {
    case one(FocusCandidate)
    /// Several compounds bear the name.
    case several([FocusCandidate])
    /// None does; what is similar, for whoever decides.
    case none([FocusCandidate])
    /// The same compound stands in an earlier line.
    case again(line: Int)
  }
  public var matched: Int { lines.count { if case .one = $0.match { true } else { false } } }
  public var undecided: [Line] {
    lines.filter {
      switch $0.match {
      case .several, .none: true
      default: false
      }
    }
  }
}

/// A compound that a line may mean.
public struct FocusCandidate: Sendable, Hashable {
  public let no: String
  public let name: String
  /// "青浦区徐泾镇"
  public let area: String
  public init(no: String, name: String, area: String) {
    self.no = no
    self.name = name
    self.area = area
  }
}

/// Reads lists against the compounds within a scope. Pure.
public struct FocusReader: Sendable {
  public struct Known: Sendable {
    public let candidate: FocusCandidate
    /// Name and aliases.
    public let names: [String]
    public init(_ candidate: FocusCandidate, names: [String]) {
      self.candidate = candidate
      self.names = names
    }
  }
  private let known: [Known]
  private let byNo: [String: Int]
  private let byName: [String: [Int]]
  public static let most = 5000

  public init(_ known: [Known]) {
    self.known = known
    byNo = Dictionary(known.enumerated().map { ($1.candidate.no, $0) }, uniquingKeysWith: { a, _ in a })
    var names: [String: [Int]] = [:]
    for (i, one) in known.enumerated() {
      for name in Set(one.names.map(CompoundRules.folded)) { names[name, default: []].append(i) }
    }
    byName = names
  }

  /// - Throws: `Refusal` `focus-columns`, `focus-empty`, `focus-long`.
  public func read(_ table: Table) throws(Refusal) -> FocusReading {
    let code = table.column(anyOf: ["小区编号", "编号", "小区代码"])
    let name = table.column(anyOf: ["小区名称", "小区", "名称"])
    let place = [table.column(anyOf: ["区", "所属区", "区县"]), table.column(anyOf: ["街镇", "街道", "所属街镇", "街道（镇）"])].compactMap(\.self)
    guard code != nil || name != nil else {
      throw Refusal(.invalid, "focus-columns", "第一行要有“小区名称”或者“小区编号”一列；同名的小区再加“区”“街镇”两列。", field: "file")
    }
    if table.rows.isEmpty { throw Refusal(.invalid, "focus-empty", "名单里没有一行小区。", field: "file") }
    if table.rows.count > Self.most {
      throw Refusal(.limit, "focus-long", "名单有 \(table.rows.count) 行，最多 \(Self.most) 行。", field: "file")
    }
    var lines: [FocusReading.Line] = []
    var taken: [String: Int] = [:]
    for row in table.rows {
      func cell(_ at: Int?) -> String { at.flatMap { $0 < row.cells.count ? row.cells[$0].trimming() : nil } ?? "" }
      let places = place.map { cell($0) }.filter { !$0.isEmpty }
      let given = ([cell(name), cell(code)].filter { !$0.isEmpty }.prefix(1) + places).joined(separator: "，")
      if given.isEmpty { continue }
      var match = match(no: cell(code), name: cell(name), places: places)
      if case .one(let one) = match {
        if let line = taken[one.no] { match = .again(line: line) } else { taken[one.no] = row.line }
      }
      lines.append(FocusReading.Line(line: row.line, given: String(given.prefix(120)), match: match))
    }
    if lines.isEmpty { throw Refusal(.invalid, "focus-empty", "名单里没有一行小区。", field: "file") }
    return FocusReading(lines: lines)
  }

  private func match(no: String, name: String, places: [String]) -> FocusReading.Match {
    if let i = byNo[no.uppercased()] { return .one(known[i].candidate) }
    if name.isEmpty { return .none([]) }
    let folded = CompoundRules.folded(name)
    let all = byName[folded] ?? []
    // A district or sub-district narrows; one that fits none of them leaves all to choose from.
    let fitting = all.filter { i in places.allSatisfy { known[i].candidate.area.contains($0) } }
    switch (all.count, fitting.count) {
    case (0, _): return .none(similar(folded))
    case (_, 1): return .one(known[fitting[0]].candidate)
    case (1, 0): return .several([known[all[0]].candidate])
    default: return .several((fitting.isEmpty ? all : fitting).prefix(20).map { known[$0].candidate })
    }
  }
  /// Names that contain it or that it contains, for a person to choose from.
  private func similar(_ folded: String) -> [FocusCandidate] {
    guard folded.count >= 2 else { return [] }
    let short = folded.count > 3 ? String(folded.prefix(folded.count - 1)) : folded
    var found: [FocusCandidate] = []
    for (name, all) in byName.sorted(by: { $0.key < $1.key }) where name.contains(short) || (name.count > 2 && folded.contains(name)) {
      for i in all where !found.contains(known[i].candidate) { found.append(known[i].candidate) }
      if found.count >= 8 { break }
    }
    return Array(found.prefix(8))
  }
}
