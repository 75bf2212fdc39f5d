import Compounds
import Foundation
import Kernel
import Offices
import Storage

/// One scan of one area by the last night.
public struct HotArea: Sendable {
  public typealias ID = Identifier<HotArea>
  public let id: ID
  /// A category of the catalogue; nil for all together.
  public let subject: String?
  public let version: String
  public let from: Day
  public let through: Day
  public let seasonYears: Int
  public let reports: Int
  public let places: Int
  /// For a thousand households.
  public let rate: Double
  public let problem: String?
  public let at: Moment

  public var season: String {
    seasonYears > 0 ? "季节按前 \(seasonYears) 年各月的件数" : "以前各年的诉件不够，季节按这一年自己的走势，各小区同时比；大家一起多起来的看不出"
  }
}

/// Complaints that gather, with those of its compounds that a person may see.
public struct HotCluster: Sendable {
  public let position: Int
  public let radius: Double
  public let from: Day
  public let through: Day
  public let observed: Int
  public let expected: Double
  public let risk: Double?
  public let chance: Double
  /// All of them.
  public let places: Int
  public let seen: [Member]
  public struct Member: Sendable {
    public let no: String
    public let name: String
    public let squadName: String
    public let observed: Int
    public let expected: Double
    /// Whether it is the middle of the circle.
    public let isCentre: Bool
  }
  public var isCertain: Bool { chance <= 0.05 }

  /// Plain words first: where, when, how much more, whether it may be chance.
  public var sentence: String {
    let centre = seen.first { $0.isCentre }?.name
    let others = places == 1 ? "" : "周围 \(HotSpotWords.one(radius)) 公里内 \(places) 个小区"
    let place = centre.map { "“\($0)”" + others } ?? "相邻的 \(places) 个小区"
    let times = risk.map { "是其他地方的 \(HotSpotWords.one($0)) 倍" } ?? "诉件全部在这里"
    return "\(place)，\(from.chinese)至\(through.chinese)共 \(observed) 件，按户数和季节约 \(HotSpotWords.one(expected)) 件，\(times)；"
      + HotSpotWords.chance(chance) + "。"
  }
}

/// How a compound stands among those of its area.
public struct HotRate: Sendable {
  public let compound: Compound.ID
  public let compoundNo: String
  public let compoundName: String
  public let squadName: String
  public let reports: Int
  public let households: Int?
  /// For a thousand households; nil without households.
  public let figures: HotFigures?
  public let listed: Bool
  public let why: String
  public let trouble: HotTrouble?
}

/// A rate with what is known of it, for a thousand households.
public struct HotFigures: Sendable, Hashable {
  public let raw: Double
  public let shrunk: Double
  public let low: Double
  public let high: Double
  /// 0 where the compounds of the area differ by no more than chance.
  public let above: Double
  init?(_ row: ResultRow) throws {
    guard let raw = try row.optionalDouble("raw"), let shrunk = try row.optionalDouble("shrunk"), let low = try row.optionalDouble("low"),
      let high = try row.optionalDouble("high")
    else { return nil }
    self.raw = raw
    self.shrunk = shrunk
    self.low = low
    self.high = high
    above = try row.optionalDouble("above") ?? 0
  }
  public var interval: String { "\(HotSpotWords.one(low)) 至 \(HotSpotWords.one(high))" }
  public static func text(_ value: Double) -> String { HotSpotWords.one(value) }
}
