import Foundation
import Kernel

/// One figure (指标): what is divided by what, and how it is told.
public struct Figure: Sendable, Hashable {
  public let id: String
  public let name: String
  /// Counts with their weights in hundredths: 满意 counts 100, 基本满意 80.
  public let numerator: [Part]
  public let denominator: Denominator
  /// Whether more is better; nil where neither is.
  public let moreIsBetter: Bool?
  /// In words, as the page shows it.
  public let formula: String
  public let note: String?
  public let basis: String
  public let confidence: SourceConfidence

  public struct Part: Sendable, Hashable {
    public let count: Count
    public let weight: Int
  }
  public enum Denominator: Sendable, Hashable {
    case counts([Count])
    /// Per ten thousand people who live there.
    case population
  }
}

/// All figures, and score cards made of them.
public struct FigureBook: Sendable, Hashable {
  public let about: String
  public let version: String
  /// By which date a report belongs to a period.
  public let period: String
  public let figures: [Figure]
  public let cards: [ScoreCard]
  public subscript(id: String) -> Figure? { figures.first { $0.id == id } }

  /// Reads `Data/figures/figures.json`, or an office's own file of the same shape.
  /// - Throws: `DataFileError` with every problem.
  public init(reading data: Data, file: String = "figures/figures.json") throws(DataFileError) {
    self = try DataFile.read(data, file: file) { root in
      root.object("about", "version", "period", "figures", "cards")
      let figures = root["figures"].list().map(Self.figure)
      let ids = figures.map(\.id)
      if Set(ids).count != ids.count { root["figures"].problem("a figure is there twice") }
      let cards = root["cards"].list().map { ScoreCard(reading: $0, figures: Set(ids)) }
      return FigureBook(
        about: root["about"].string(), version: root["version"].string(), period: root["period"].string(), figures: figures, cards: cards)
    }
  }
  private init(about: String, version: String, period: String, figures: [Figure], cards: [ScoreCard]) {
    self.about = about
    self.version = version
    self.period = period
    self.figures = figures
    self.cards = cards
  }

  private static func figure(_ node: DataNode) -> Figure {
    node.object("id", "name", "numerator", "denominator", "better", "formula", "note", "basis", "confidence")
    let numerator = node["numerator"].list().map { part in
      part.object("count", "weight")
      return Figure.Part(count: part["count"].choice(.reports), weight: part["weight"].optionalInt(in: 0...100) ?? 100)
    }
    let names = node["denominator"].strings()
    let counts = names.compactMap(Count.init)
    if names != ["population"], counts.count != names.count || counts.isEmpty { node["denominator"].problem("names no count") }
    let better = node["better"].string()
    if !["more", "less", "neither"].contains(better) { node["better"].problem("is more, less or neither") }
    return Figure(
      id: node["id"].string(), name: node["name"].string(), numerator: numerator,
      denominator: names == ["population"] ? .population : .counts(counts),
      moreIsBetter: better == "more" ? true : better == "less" ? false : nil, formula: node["formula"].string(),
      note: node["note"].optionalString(), basis: node["basis"].string(), confidence: node["confidence"].choice(.unverified))
  }
}

/// A weighted score of several figures (考核评分); an example until an office adopts its own.
public struct ScoreCard: Sendable, Hashable {
  public let id: String
  public let name: String
  public let basis: String
  public let note: String?
  public let lines: [Line]
  public struct Line: Sendable, Hashable {
    public let figure: String
    public let points: Int
    /// The points are for what is missing to the whole: 1 − rate.
    public let inverted: Bool
  }
  init(reading node: DataNode, figures: Set<String>) {
    node.object("id", "name", "basis", "note", "lines")
    id = node["id"].string()
    name = node["name"].string()
    basis = node["basis"].string()
    note = node["note"].optionalString()
    lines = node["lines"].list().map { line in
      line.object("figure", "points", "inverted")
      let figure = line["figure"].string()
      if !figures.contains(figure) { line["figure"].problem("\"\(figure)\" is no figure of this file") }
      return Line(figure: figure, points: line["points"].int(in: 1...100), inverted: !line["inverted"].isAbsent && line["inverted"].bool())
    }
  }
}

/// A figure's value in one place and period.
public struct FigureValue: Sendable, Hashable {
  /// In hundredths of a report, because parts have weights.
  public let numerator: Int
  public let denominator: Int
  /// People, when the denominator is the population; nil for a share.
  public let isPerPopulation: Bool
  public init(numerator: Int, denominator: Int, isPerPopulation: Bool) {
    self.numerator = numerator
    self.denominator = denominator
    self.isPerPopulation = isPerPopulation
  }
  /// Hundredths of a percent, or hundredths of a report for each ten thousand people; nil when there is nothing to divide by.
  public var value: Int? {
    guard denominator > 0 else { return nil }
    // Both come to: numerator (hundredths) × 10,000 ÷ denominator ÷ 100, rounded half up; a population's numerator is in hundredths as well.
    let scale = isPerPopulation ? 10_000 : 100
    return (numerator * scale * 2 + denominator) / (denominator * 2)
  }
  /// "93.27%" or "1.84"
  public var text: String? {
    value.map { "\($0 / 100).\(($0 % 100).padded(2))" + (isPerPopulation ? "" : "%") }
  }
}

extension Figure {
  public func value(_ counts: Counts, population: Int?) -> FigureValue {
    let sum = numerator.reduce(0) { $0 + counts[$1.count] * $1.weight }
    switch denominator {
    case .counts(let parts):
      return FigureValue(numerator: sum, denominator: parts.reduce(0) { $0 + counts[$1] }, isPerPopulation: false)
    case .population: return FigureValue(numerator: sum, denominator: population ?? 0, isPerPopulation: true)
    }
  }
}

extension ScoreCard {
  /// What one line gives.
  public struct Points: Sendable {
    public let line: Line
    public let figure: Figure
    public let value: FigureValue
    /// Hundredths of a point; nil where there is nothing to divide by: then the line counts neither for nor against.
    public let points: Int?
  }
  /// The lines as they stand for some reports. A share above one hundred percent gives the line's points and no more.
  public func points(_ counts: Counts, of book: FigureBook) -> [Points] {
    lines.compactMap { line in
      guard let figure = book[line.figure] else { return nil }
      let value = figure.value(counts, population: nil)
      let share = value.value.map { min(10_000, $0) }.map { line.inverted ? 10_000 - $0 : $0 }
      return Points(line: line, figure: figure, value: value, points: share.map { $0 * line.points / 100 })
    }
  }
}
