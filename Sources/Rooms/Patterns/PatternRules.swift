import Foundation
import Kernel

/// The three kinds of repeated complaint that 长宁方案 tells apart.
public enum PatternKind: String, Sendable, CaseIterable {
  case sameProblem = "same-problem"
  case oneKind = "one-kind"
  case manyProblems = "many-problems"
  public var chinese: String {
    switch self {
    case .sameProblem: "同一问题的反复投诉"
    case .oneKind: "一类问题的多次投诉"
    case .manyProblems: "多个问题的经常投诉"
    }
  }
}

/// When many reports are a pattern: a rule of data, shown beside what it found.
public struct PatternRule: Sendable, Hashable {
  public let id: String
  public let kind: PatternKind
  public let name: String
  public let shape: Shape
  /// More reports than these raise the level by one each, ascending.
  public let escalate: [Int]
  /// What is proposed, of `PatternRules.measures`.
  public let measure: String
  public let basis: String
  public let note: String?

  public enum Shape: Sendable, Hashable {
    /// So many reports within any run of so many days, from so many places.
    case window(days: Int, reports: Int, places: Int)
    /// So many reports a year in the same `months` months of at least `leastYears` of the last `years`, with `share` percent of all.
    case season(months: Int, years: Int, leastYears: Int, perYear: Int, share: Int)
    /// More than `percentile` percent of the squad's compounds in at least `least` of the last `window` months, with `items` items.
    case months(window: Int, least: Int, percentile: Int, perMonth: Int, items: Int)
  }
  /// A window of so few days is a burst.
  public static let burstDays = 7
  public var isBurst: Bool { if case .window(let days, _, _) = shape { days <= Self.burstDays } else { false } }

  /// 0 for what is just a pattern; one more for each step of `escalate` that is reached.
  func level(of reports: Int) -> Int { escalate.filter { reports >= $0 }.count }
}

/// What to do about a pattern.
public struct PatternMeasure: Sendable, Hashable {
  public let id: String
  public let name: String
  public let what: String
}

/// All rules, of one version.
public struct PatternRules: Sendable, Hashable {
  public let about: String
  /// Stands beside every finding, so that a later version does not change what an earlier one has said.
  public let version: String
  public let confidence: SourceConfidence
  /// A finding that nobody plans for is over when nothing has been reported for so long.
  public let quietDays: Int
  public let rules: [PatternRule]
  public let measures: [PatternMeasure]

  public subscript(rule id: String) -> PatternRule? { rules.first { $0.id == id } }
  public subscript(measure id: String) -> PatternMeasure? { measures.first { $0.id == id } }

  /// Reads `Data/patterns/rules.json`, or an office's own file of the same shape.
  /// - Throws: `DataFileError` with every problem: rules that contradict themselves or each other among them.
  public init(reading data: Data, file: String = "patterns/rules.json") throws(DataFileError) {
    self = try DataFile.read(data, file: file) { root in
      root.object("about", "version", "confidence", "quietDays", "rules", "measures")
      let measures = root["measures"].list().map { node in
        node.object("id", "name", "what")
        return PatternMeasure(id: node["id"].string(), name: node["name"].string(), what: node["what"].string())
      }
      Self.once(measures.map(\.id), root["measures"])
      let rules = root["rules"].list().map { Self.rule($0, measures: Set(measures.map(\.id))) }
      Self.once(rules.map(\.id), root["rules"])
      return PatternRules(
        about: root["about"].string(), version: root["version"].string(), confidence: root["confidence"].choice(.unverified),
        quietDays: root["quietDays"].int(in: 1...366), rules: rules, measures: measures)
    }
  }
  private init(
    about: String, version: String, confidence: SourceConfidence, quietDays: Int, rules: [PatternRule], measures: [PatternMeasure]
  ) {
    self.about = about
    self.version = version
    self.confidence = confidence
    self.quietDays = quietDays
    self.rules = rules
    self.measures = measures
  }

  private static func once(_ ids: [String], _ node: DataNode) {
    for (id, same) in Dictionary(grouping: ids, by: \.self) where same.count > 1 { node.problem("\"\(id)\" is there twice") }
  }
  private static func rule(_ node: DataNode, measures: Set<String>) -> PatternRule {
    node.object(
      "id", "kind", "name", "days", "reports", "places", "season", "months", "escalate", "measure", "basis", "note")
    let kind: PatternKind = node["kind"].choice(.sameProblem)
    let escalate = node["escalate"].list().map { $0.int(in: 2...10_000) }
    if escalate != escalate.sorted() || Set(escalate).count != escalate.count { node["escalate"].problem("the steps do not ascend") }
    let shape = shape(node, kind)
    if case .window(_, let reports, _) = shape, let first = escalate.first, first <= reports {
      node["escalate"].problem("begins at \(first), which every finding of \(reports) reports has reached")
    }
    let measure = node["measure"].string()
    if !measures.contains(measure) { node["measure"].problem("\"\(measure)\" is no measure of this file") }
    return PatternRule(
      id: node["id"].string(), kind: kind, name: node["name"].string(), shape: shape, escalate: escalate, measure: measure,
      basis: node["basis"].string(), note: node["note"].optionalString())
  }
  private static func shape(_ node: DataNode, _ kind: PatternKind) -> PatternRule.Shape {
    let given = ["days", "season", "months"].filter { !node[$0].isAbsent }
    if given.count != 1 { node.problem("needs one of days, season, months and has \(given.count)") }
    switch given.first {
    case "season":
      let season = node["season"].object("months", "years", "leastYears", "perYear", "share")
      if kind != .oneKind { node["season"].problem("belongs to one-kind") }
      let (years, least) = (season["years"].int(in: 2...10), season["leastYears"].int(in: 2...10))
      if least > years { season["leastYears"].problem("asks for \(least) of \(years) years") }
      return .season(
        months: season["months"].int(in: 1...11), years: years, leastYears: least, perYear: season["perYear"].int(in: 1...1000),
        share: season["share"].int(in: 1...100))
    case "months":
      let months = node["months"].object("window", "least", "percentile", "perMonth", "items")
      if kind != .manyProblems { node["months"].problem("belongs to many-problems") }
      let (window, least) = (months["window"].int(in: 1...36), months["least"].int(in: 1...36))
      if least > window { months["least"].problem("asks for \(least) of \(window) months") }
      return .months(
        window: window, least: least, percentile: months["percentile"].int(in: 50...99), perMonth: months["perMonth"].int(in: 1...1000),
        items: months["items"].int(in: 2...100))
    default:
      let places = node["places"].optionalInt(in: 1...1000) ?? 1
      if kind == .sameProblem, places != 1 { node["places"].problem("the same problem is in one place") }
      if kind == .oneKind, places < 2 { node["places"].problem("one kind in one place is the same problem") }
      if kind == .manyProblems { node["days"].problem("many problems are counted by months") }
      let reports = node["reports"].int(in: 2...10_000)
      if places > reports { node["places"].problem("\(places) places cannot come of \(reports) reports") }
      return .window(days: node["days"].int(in: 1...366), reports: reports, places: places)
    }
  }
}
