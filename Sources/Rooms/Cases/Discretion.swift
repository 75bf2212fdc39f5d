import Catalogue
import Foundation
import Kernel

/// 裁量基准 of one item, 行政处罚法第三十四条: factors → score → tier → part of the legal range.
public struct DiscretionTable: Hashable, Sendable {
  public struct Level: Hashable, Sendable {
    public let text: String
    public let score: Int
  }
  public struct Factor: Hashable, Sendable {
    /// Kebab-case: `harm`.
    public let key: String
    public let name: String
    public let levels: [Level]
  }
  public struct Tier: Hashable, Sendable {
    public let name: String
    /// Scores below this one belong here, from where the tier before ends.
    public let below: Int
    /// Which part of the legal range, in percent of its width.
    public let share: ClosedRange<Int>
  }
  /// A slug of the catalogue; "*" for items without a table of their own.
  public let item: String
  public let version: String
  /// Whether the office goes by it: then nothing is proposed without it.
  public let isAdopted: Bool
  public let source: String
  public let confidence: SourceConfidence
  public let factors: [Factor]
  public let tiers: [Tier]

  public init(
    item: String, version: String, isAdopted: Bool, source: String, confidence: SourceConfidence, factors: [Factor], tiers: [Tier]
  ) {
    self.item = item
    self.version = version
    self.isAdopted = isAdopted
    self.source = source
    self.confidence = confidence
    self.factors = factors
    self.tiers = tiers
  }

  /// Reads `Data/discretion/tables.json`, or the office's own of the same shape.
  /// - Throws: `DataFileError` with every problem.
  public static func read(_ data: Data, file: String = "discretion/tables.json") throws(DataFileError) -> [DiscretionTable] {
    try DataFile.read(data, file: file) { root in
      root.object("about", "tables")
      let tables = root["tables"].list().map { node in
        node.object("item", "version", "adopted", "source", "confidence", "factors", "tiers")
        let factors = node["factors"].list().map { factor in
          factor.object("key", "name", "levels")
          return Factor(
            key: factor["key"].string(), name: factor["name"].string(),
            levels: factor["levels"].list().map { level in
              level.object("text", "score")
              return Level(text: level["text"].string(), score: level["score"].int(in: 0...100))
            })
        }
        let tiers = node["tiers"].list().map { tier in
          tier.object("name", "below", "share")
          let share = tier["share"].list().map { $0.int(in: 0...100) }
          if share.count != 2 || share[0] > share[1] { tier["share"].problem("must be from and to, in percent") }
          let (low, high) = share.count == 2 && share[0] <= share[1] ? (share[0], share[1]) : (0, 100)
          return Tier(name: tier["name"].string(), below: tier["below"].int(in: 1...101), share: low...high)
        }
        if factors.contains(where: \.levels.isEmpty) || factors.isEmpty { node["factors"].problem("every factor needs levels") }
        let most = factors.reduce(0) { $0 + ($1.levels.map(\.score).max() ?? 0) }
        if most > 100 { node["factors"].problem("scores may come to more than 100") }
        if tiers.map(\.below) != tiers.map(\.below).sorted() || tiers.last?.below != 101 {
          node["tiers"].problem("must rise, the last one below 101")
        }
        return DiscretionTable(
          item: node["item"].string(), version: node["version"].string(), isAdopted: node["adopted"].bool(),
          source: node["source"].string(),
          confidence: node["confidence"].choice(.unverified), factors: factors, tiers: tiers)
      }
      let items = tables.map(\.item)
      for item in Set(items) where items.count(where: { $0 == item }) > 1 { root["tables"].problem("\"\(item)\" is there twice") }
      return tables
    }
  }

  /// - Parameters:
  ///   - picks: a level for each factor, by its place.
  ///   - range: of the law, in fen.
  ///   - basis: how that range came about.
  /// - Throws: `cases-discretion-pick` beside the factor without a level.
  public func weigh(_ picks: [String: Int], within range: ClosedRange<Int>, basis: String) throws(Refusal) -> CaseDiscretion {
    var reasons: [String] = []
    var score = 0
    for factor in factors {
      guard let pick = picks[factor.key], factor.levels.indices.contains(pick) else {
        throw Refusal(.invalid, "cases-discretion-pick", "请选择“\(factor.name)”的情形。", article: "行政处罚法第三十四条", field: factor.key)
      }
      let level = factor.levels[pick]
      score += level.score
      reasons.append("\(factor.name)：\(level.text)（\(level.score) 分）")
    }
    // The last tier takes everything: reading has made sure of it.
    let index = tiers.firstIndex { score < $0.below } ?? tiers.count - 1
    let tier = tiers[index]
    let floor = index == 0 ? 0 : tiers[index - 1].below
    let width = range.upperBound - range.lowerBound
    func at(_ percent: Int) -> Int { range.lowerBound + width * percent / 100 }
    let (low, high) = (at(tier.share.lowerBound), at(tier.share.upperBound))
    let span = max(1, min(tier.below, 100) - floor)
    let exact = low + (high - low) * min(score - floor, span) / span
    // To whole ten yuan, or hundred from a thousand on; never out of the tier.
    let step = exact >= 100_000 ? 10_000 : 1_000
    let proposed = min(high, max(low, (exact + step / 2) / step * step))
    func yuan(_ fen: Int) -> String { fen % 100 == 0 ? "\(fen / 100)" : "\(fen / 100).\((fen % 100).padded(2))" }
    return CaseDiscretion(
      version: version, score: score, tier: tier.name, low: low, high: high, proposed: proposed, reasons: reasons,
      arithmetic:
        "\(reasons.joined(separator: "；"))；合计 \(score) 分，属“\(tier.name)”档：\(basis)，法定幅度 \(yuan(range.lowerBound)) 至 \(yuan(range.upperBound)) 元的 "
        + "\(tier.share.lowerBound)% 至 \(tier.share.upperBound)%，即 \(yuan(low)) 至 \(yuan(high)) 元；按得分在档内取 \(yuan(proposed)) 元")
  }
}

/// What weighing came to, as the case keeps it.
public struct CaseDiscretion: Hashable, Sendable, Codable {
  public let version: String
  /// 0 to 100.
  public let score: Int
  public let tier: String
  /// Fen.
  public let low: Int
  public let high: Int
  public let proposed: Int
  public let reasons: [String]
  public let arithmetic: String
  public init(
    version: String, score: Int, tier: String, low: Int, high: Int, proposed: Int, reasons: [String], arithmetic: String
  ) {
    self.version = version
    self.score = score
    self.tier = tier
    self.low = low
    self.high = high
    self.proposed = proposed
    self.reasons = reasons
    self.arithmetic = arithmetic
  }
}
