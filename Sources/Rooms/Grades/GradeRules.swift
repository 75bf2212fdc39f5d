import Foundation
import Kernel

/// What of a compound is looked at.
public enum GradeMeasure: String, Sendable, CaseIterable {
  case complaints, patterns, confirmed, cases
  case firmFailed = "firm-failed"
  case creditPoints = "credit-points"
  case overdueCorrections = "overdue-corrections"
  case overdueMatters = "overdue-matters"
  case inspectionFindings = "inspection-findings"

  /// Behind a number.
  public var unit: String {
    switch self {
    case .complaints: "件"
    case .patterns: "条"
    case .creditPoints: "分"
    case .confirmed, .overdueCorrections: "处"
    case .cases, .firmFailed, .overdueMatters: "件"
    case .inspectionFindings: "次"
    }
  }
  /// Counts what happened within the factor's days; the others count what stands now.
  var hasDays: Bool {
    switch self {
    case .patterns, .overdueCorrections, .overdueMatters: false
    case .complaints, .confirmed, .cases, .firmFailed, .creditPoints, .inspectionFindings: true
    }
  }
}

/// One reason for or against a compound (因素), with its weight.
public struct GradeFactor: Sendable, Hashable {
  public let id: String
  public let name: String
  public let measure: GradeMeasure
  /// So many points of the hundred at most.
  public let weight: Int
  public let days: Int
  /// Items that count, of `confirmed`; empty for all.
  public let items: [String]
  /// Fewer complaints than these score nothing, however small the compound.
  public let least: Int
  public let steps: [Step]
  public let basis: String
  public let note: String?

  /// From so much on, so many percent of the weight.
  public struct Step: Sendable, Hashable {
    public let from: Int
    public let share: Int
  }
  /// Tenths of a point.
  public func points(of value: Int) -> Int { (steps.last { value >= $0.from }?.share ?? 0) * weight / 10 }
}

/// A, B, C or D: from how many points, and how often a compound of it is visited.
public struct Grade: Sendable, Hashable {
  public let id: String
  public let name: String
  public let from: Int
  /// So many visits in so many months.
  public let visits: Int
  public let months: Int
  public let what: String
  /// "每月 2 次"
  public var period: String { months == 1 ? "每月 \(visits) 次" : "每 \(months) 个月 \(visits) 次" }
}

/// A factor that by itself forbids a better grade.
public struct GradeFloor: Sendable, Hashable {
  public let factor: String
  public let from: Int
  public let grade: String
}

/// Factors, weights, thresholds and periods of one version.
public struct GradeRules: Sendable, Hashable {
  public let about: String
  /// Stands with every grade, so that a later version does not change what an earlier one has said.
  public let version: String
  public let confidence: SourceConfidence
  /// 1 for Monday.
  public let weekday: Int
  public let undisturbed: String
  public let factors: [GradeFactor]
  /// The best first.
  public let grades: [Grade]
  public let floors: [GradeFloor]

  public subscript(factor id: String) -> GradeFactor? { factors.first { $0.id == id } }
  public subscript(grade id: String) -> Grade? { grades.first { $0.id == id } }
  /// 0 for the best.
  public func rank(_ grade: String) -> Int { grades.firstIndex { $0.id == grade } ?? 0 }

  /// Reads `Data/grades/rules.json`, or an office's own file of the same shape.
  /// - Parameter items: slugs of the catalogue.
  /// - Throws: `DataFileError` with every problem: rules that contradict themselves or each other among them.
  public init(reading data: Data, items: Set<String>, file: String = "grades/rules.json") throws(DataFileError) {
    self = try DataFile.read(data, file: file) { root in
      root.object("about", "version", "confidence", "weekday", "undisturbed", "factors", "grades", "floors")
      let factors = root["factors"].list().map { Self.factor($0, items: items) }
      Self.once(factors.map(\.id), root["factors"])
      let sum = factors.reduce(0) { $0 + $1.weight }
      if sum != 100 { root["factors"].problem("the weights come to \(sum), not to 100") }
      let grades = Self.grades(root["grades"])
      let floors = root["floors"].optionalList().map { node in
        Self.floor(node, factors: factors, grades: grades)
      }
      return GradeRules(
        about: root["about"].string(), version: root["version"].string(), confidence: root["confidence"].choice(.unverified),
        weekday: root["weekday"].int(in: 1...7), undisturbed: root["undisturbed"].string(), factors: factors, grades: grades,
        floors: floors)
    }
  }
  private init(
    about: String, version: String, confidence: SourceConfidence, weekday: Int, undisturbed: String, factors: [GradeFactor],
    grades: [Grade], floors: [GradeFloor]
  ) {
    self.about = about
    self.version = version
    self.confidence = confidence
    self.weekday = weekday
    self.undisturbed = undisturbed
    self.factors = factors
    self.grades = grades
    self.floors = floors
  }

  private static func once(_ ids: [String], _ node: DataNode) {
    for (id, same) in Dictionary(grouping: ids, by: \.self).sorted(by: { $0.key < $1.key }) where same.count > 1 {
      node.problem("\"\(id)\" is there twice")
    }
  }

  private static func factor(_ node: DataNode, items: Set<String>) -> GradeFactor {
    node.object("id", "name", "measure", "weight", "days", "items", "least", "steps", "basis", "note")
    let measure: GradeMeasure = node["measure"].choice(.complaints)
    let days = node["days"].optionalInt(in: 7...1096)
    if measure.hasDays, days == nil { node["days"].problem("\(measure.rawValue) needs a number of days") }
    if !measure.hasDays, days != nil { node["days"].problem("\(measure.rawValue) counts what stands now, not the last \(days ?? 0) days") }
    let named = node["items"].optionalList().map { $0.string() }
    if measure != .confirmed, !named.isEmpty { node["items"].problem("belong to confirmed") }
    for item in named where !items.contains(item) { node["items"].problem("\"\(item)\" is no item of the catalogue") }
    if measure != .complaints, !node["least"].isAbsent { node["least"].problem("belongs to complaints") }
    let steps = node["steps"].list().map { step in
      step.object("from", "share")
      return GradeFactor.Step(from: step["from"].int(in: 1...100_000), share: step["share"].int(in: 1...100))
    }
    if steps.isEmpty { node["steps"].problem("needs one at least") }
    for (low, high) in zip(steps, steps.dropFirst()) {
      if high.from <= low.from { node["steps"].problem("\(high.from) comes after \(low.from): the thresholds do not ascend") }
      if high.share <= low.share { node["steps"].problem("\(high.from) gives \(high.share) percent and \(low.from) already \(low.share)") }
    }
    return GradeFactor(
      id: node["id"].string(), name: node["name"].string(), measure: measure, weight: node["weight"].int(in: 1...100), days: days ?? 0,
      items: named, least: node["least"].optionalInt(in: 1...1000) ?? 1, steps: steps, basis: node["basis"].string(),
      note: node["note"].optionalString())
  }

  private static func grades(_ node: DataNode) -> [Grade] {
    let grades = node.list().map { one in
      one.object("id", "name", "from", "visits", "months", "what")
      return Grade(
        id: one["id"].string(), name: one["name"].string(), from: one["from"].int(in: 0...100), visits: one["visits"].int(in: 1...8),
        months: one["months"].int(in: 1...12), what: one["what"].string())
    }
    once(grades.map(\.id), node)
    if grades.count < 2 { node.problem("needs two at least") }
    if let first = grades.first, first.from != 0 { node.problem("the best begins at \(first.from) points, so that fewer have no grade") }
    for grade in grades where grade.visits > 1 && grade.months > 1 {
      node.problem("\(grade.id): more than one visit is planned within one month only")
    }
    for (better, worse) in zip(grades, grades.dropFirst()) {
      if worse.from <= better.from {
        node.problem("\(worse.id) begins at \(worse.from) points and \(better.id) at \(better.from): the thresholds do not ascend")
      }
      if worse.visits * better.months < better.visits * worse.months {
        node.problem("\(worse.id) is visited less often than \(better.id), which is better")
      }
    }
    return grades
  }

  private static func floor(_ node: DataNode, factors: [GradeFactor], grades: [Grade]) -> GradeFloor {
    node.object("factor", "from", "grade")
    let floor = GradeFloor(factor: node["factor"].string(), from: node["from"].int(in: 1...100_000), grade: node["grade"].string())
    let factor = factors.first { $0.id == floor.factor }
    if factor == nil { node["factor"].problem("\"\(floor.factor)\" is no factor of this file") }
    if !grades.contains(where: { $0.id == floor.grade }) { node["grade"].problem("\"\(floor.grade)\" is no grade of this file") }
    if floor.grade == grades.first?.id { node["grade"].problem("no grade is better than \(floor.grade): the floor says nothing") }
    if let first = factor?.steps.first?.from, floor.from < first {
      node["from"].problem("\(floor.from) decides the grade and yet gives no points, which begin at \(first)")
    }
    return floor
  }
}
