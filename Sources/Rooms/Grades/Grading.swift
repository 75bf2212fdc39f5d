import Kernel

/// What the store knows of one compound on one day. A factor that is missing here cannot be told.
public struct GradeFacts: Sendable, Hashable {
  public var values: [String: Int]
  public init(_ values: [String: Int] = [:]) { self.values = values }
}

/// A grade as it comes out of the factors.
public struct Graded: Sendable, Hashable {
  public let grade: String
  /// Whole points of a hundred.
  public let points: Int
  /// The floor that decided, where points alone gave a better grade.
  public let floor: GradeFloor?
  /// Nothing that is known speaks for a visit.
  public let isQuiet: Bool
  public let facts: GradeFacts
}

/// Grades compounds. Pure: facts in, grade and words out.
public struct Grading: Sendable {
  public let rules: GradeRules
  public init(_ rules: GradeRules) { self.rules = rules }

  public func grade(_ facts: GradeFacts) -> Graded {
    var (sum, known) = (0, 0)
    for factor in rules.factors {
      guard let value = facts.values[factor.id] else { continue }
      sum += factor.points(of: value)
      known += factor.weight
    }
    // What cannot be told counts neither for nor against: the rest is taken for the whole.
    let points = known == 0 ? 0 : (sum * 100 + known * 5) / (known * 10)
    let byPoints = rules.grades.last { points >= $0.from } ?? rules.grades[0]
    var decided = byPoints.id
    var floor: GradeFloor?
    for one in rules.floors where (facts.values[one.factor] ?? 0) >= one.from && rules.rank(one.grade) > rules.rank(decided) {
      decided = one.grade
      floor = one
    }
    let isQuiet = sum == 0 && facts.values.values.allSatisfy { $0 == 0 } && known > 0
    return Graded(grade: decided, points: points, floor: floor, isQuiet: isQuiet, facts: facts)
  }

  // MARK: In words

  /// "有效投诉每万户每月 36 件"
  public func words(_ factor: GradeFactor, _ value: Int?) -> String {
    guard let value else { return "\(factor.name)：没有登记户数，算不出来" }
    return "\(factor.name)\(Self.number(factor, value))"
  }
  static func number(_ factor: GradeFactor, _ value: Int) -> String {
    factor.measure == .complaints ? "每万户每月 \(value) 件" : " \(value) \(factor.measure.unit)"
  }

  /// What speaks most for the grade, the heaviest first: for a list.
  public func reasons(_ graded: Graded) -> String {
    let told = rules.factors.compactMap { factor -> (points: Int, text: String)? in
      guard let value = graded.facts.values[factor.id], value > 0 else { return nil }
      return (factor.points(of: value), words(factor, value))
    }.filter { $0.points > 0 }.sorted { $0.points > $1.points }
    var text = told.isEmpty ? (graded.isQuiet ? "数据没有显示问题" : "有零星情况，都没有到计分的件数") : told.prefix(3).map(\.text).joined(separator: "，")
    if told.count > 3 { text += "，等 \(told.count) 项" }
    if let floor = graded.floor, let factor = rules[factor: floor.factor] { text += "；\(Self.because(floor, factor))" }
    return text
  }
  static func because(_ floor: GradeFloor, _ factor: GradeFactor) -> String {
    "\(factor.name)满 \(floor.from) \(factor.measure.unit)，按规则不优于 \(floor.grade)"
  }

  /// "A→C，因为有效投诉由每万户每月 12 件升到 60 件（＋15 分），反复投诉由 0 条升到 2 条（＋12 分）"
  /// - Parameter version: of the rules by which `before` came out, when it was another.
  public func change(from before: Graded, to after: Graded, version: String? = nil) -> String {
    var moved: [(by: Int, text: String)] = []
    for factor in rules.factors {
      let (old, new) = (before.facts.values[factor.id], after.facts.values[factor.id])
      guard old != new else { continue }
      switch (old, new) {
      case (let old?, let new?):
        let by = factor.points(of: new) - factor.points(of: old)
        moved.append(
          (by, "\(factor.name)由\(Self.number(factor, old))\(new > old ? "升到" : "降到")\(Self.number(factor, new))\(Self.points(by))"))
      case (nil, let new?):
        moved.append(
          (factor.points(of: new), "\(factor.name)现在可以算了，\(Self.number(factor, new).trimming())\(Self.points(factor.points(of: new)))"))
      case (let old?, nil): moved.append((-factor.points(of: old), "\(factor.name)算不出来了，不再计入"))
      case (nil, nil): break
      }
    }
    let worse = rules.rank(after.grade) >= rules.rank(before.grade)
    let with = moved.filter { worse ? $0.by > 0 : $0.by < 0 }.sorted { abs($0.by) > abs($1.by) }
    let against = moved.filter { worse ? $0.by < 0 : $0.by > 0 }.sorted { abs($0.by) > abs($1.by) }
    var causes: [String] = []
    if let version { causes.append("规则由 \(version) 版改为 \(rules.version) 版") }
    if let floor = after.floor, before.floor != after.floor, let factor = rules[factor: floor.factor] {
      causes.append(Self.because(floor, factor))
    }
    if let floor = before.floor, after.floor == nil, let factor = rules[factor: floor.factor] {
      causes.append("“\(Self.because(floor, factor))”的情况没有了")
    }
    causes += with.map(\.text)
    if causes.isEmpty { causes = moved.isEmpty ? ["计分没有变化"] : moved.map(\.text) }
    var text = (before.grade == after.grade ? "仍为 \(after.grade)，" : "\(before.grade)→\(after.grade)，因为") + causes.joined(separator: "，")
    if !against.isEmpty { text += "；同时" + against.map(\.text).joined(separator: "，") }
    return text
  }
  private static func points(_ tenths: Int) -> String {
    if tenths == 0 { return "（计分不变）" }
    let size = abs(tenths)
    return "（\(tenths > 0 ? "＋" : "－")\(size / 10)\(size % 10 == 0 ? "" : ".\(size % 10)") 分）"
  }
}
