import Cases
import Catalogue
import Foundation
import Kernel
import Testing

/// 裁量基准: factors, score, tier, amount, with the arithmetic shown.
@Suite struct DiscretionTests {
  static func tables() throws -> [DiscretionTable] { try DiscretionTable.read(CaseGround.data("discretion/tables.json")) }
  static func wall(adopted: Bool = false) throws -> DiscretionTable {
    let table = try #require(try tables().first { $0.item == "load-bearing-damage" })
    return DiscretionTable(
      item: table.item, version: table.version, isAdopted: adopted, source: table.source, confidence: table.confidence,
      factors: table.factors,
      tiers: table.tiers)
  }

  @Test func whatIsShippedIsAnExampleAndSaysSo() throws {
    for table in try Self.tables() {
      #expect(!table.isAdopted, "\(table.item)")
      #expect(table.confidence != .quotedFromText, "\(table.item)")
    }
  }

  struct Sample: Sendable, CustomTestStringConvertible {
    let picks: [String: Int]
    let score: Int
    let tier: String
    let fen: Int
    var testDescription: String { "\(score)" }
  }
  /// 5 to 10 万元. 较轻: 50,000–65,000; 一般: 65,000–85,000; 较重: 85,000–100,000.
  @Test(arguments: [
    Sample(picks: ["harm": 0, "correction": 0, "record": 0], score: 20, tier: "较轻", fen: 5_750_000),
    Sample(picks: ["harm": 1, "correction": 0, "record": 1], score: 35, tier: "较轻", fen: 6_310_000),
    // Forty is not below forty.
    Sample(picks: ["harm": 2, "correction": 0, "record": 0], score: 40, tier: "一般", fen: 6_500_000),
    Sample(picks: ["harm": 2, "correction": 2, "record": 0], score: 60, tier: "一般", fen: 7_830_000),
    Sample(picks: ["harm": 4, "correction": 3, "record": 2], score: 100, tier: "较重", fen: 10_000_000),
  ]) func scoresBecomeAmounts(_ sample: Sample) throws {
    let weighed = try Self.wall().weigh(sample.picks, within: 5_000_000...10_000_000, basis: "处5万元以上10万元以下罚款")
    #expect(weighed.score == sample.score && weighed.tier == sample.tier)
    #expect(weighed.proposed == sample.fen, "\(weighed.arithmetic)")
    #expect((weighed.low...weighed.high).contains(weighed.proposed))
    #expect(weighed.arithmetic.contains("合计 \(sample.score) 分"))
  }

  @Test func everyFactorIsAsked() throws {
    let refusal = try #require(throws: Refusal.self) {
      try Self.wall().weigh(["harm": 0, "record": 0], within: 0...100, basis: "")
    }
    #expect(refusal.code == "cases-discretion-pick" && refusal.field == "correction" && refusal.article == "行政处罚法第三十四条")
    #expect(throws: Refusal.self) { try Self.wall().weigh(["harm": 9, "correction": 0, "record": 0], within: 0...100, basis: "") }
  }

  @Test func theAmountNeverLeavesTheLawsRange() throws {
    let table = try Self.wall()
    for harm in 0..<5 {
      for correction in 0..<4 {
        for record in 0..<3 {
          for range in [0...20_000, 5_000...20_000, 5_000_000...10_000_000, 100_000...100_000] {
            let weighed = try table.weigh(["harm": harm, "correction": correction, "record": record], within: range, basis: "")
            #expect(range.contains(weighed.proposed) && range.contains(weighed.low) && range.contains(weighed.high))
          }
        }
      }
    }
  }

  @Test func whereATableIsAdoptedItComesFirstAndDeparturesNeedAReason() throws {
    var walk = try CaseWalk("load-bearing-damage")
    walk = CaseWalk(walk, law: try CaseGround.law("load-bearing-damage", discretion: try Self.wall(adopted: true)))
    try walk.goTo(.investigating, penalty: CasePenalty(fine: 6_000_000))
    try walk.take(.conclude)
    #expect(walk.refusal(.propose(CasePenalty(fine: 6_000_000)))?.code == "cases-not-weighed")
    let weighed = try Self.wall().weigh(["harm": 0, "correction": 0, "record": 0], within: 5_000_000...10_000_000, basis: "")
    try walk.take(.weigh(weighed))
    let refusal = try #require(walk.refusal(.propose(CasePenalty(fine: 9_000_000))))
    #expect(refusal.code == "cases-departure" && refusal.field == "departure")
    #expect(walk.refusal(.propose(CasePenalty(fine: 5_750_000))) == nil)
    // With a reason it may, and a reviewer has to agree.
    try walk.take(.propose(CasePenalty(fine: 9_000_000, departure: "两户同时受损")))
    try walk.take(.giveNotice(served: walk.now))
    try walk.take(.waive)
    try walk.take(.endNotice)
    #expect(
      walk.refusal(.decide(CasePenalty(fine: 9_000_000, departure: "两户同时受损")), by: CaseGround.head)?.code == "cases-no-review")
  }

  @Test func finesByAreaShowTheirArithmetic() throws {
    // Which items are fined by area is the catalogue's to say.
    let item = try #require(try CaseGround.catalogue.items.first { $0.fines.contains { $0.measure == .perSquareMetre } })
    let law = try CaseGround.law(item.slug)
    let fine = try #require(item.fines.first { $0.measure == .perSquareMetre })
    let kind: CaseParty.Kind = fine.party == .unit ? .unit : .individual
    #expect(law.range(for: kind, fine.tier, on: try Day.of("2026-09-24")) == nil)
    let (range, arithmetic) = try #require(law.range(for: kind, fine.tier, on: try Day.of("2026-09-24"), quantity: 1250))
    #expect(range.upperBound == fine.range.upperBound * 1250 / 100)
    #expect(arithmetic.contains("12.50 平方米"))
  }

  @Test func aBrokenTableIsToldWithAllItsFaults() throws {
    let bad = """
      {"about": "x", "tables": [{"item": "a", "version": "1", "adopted": true, "source": "s", "confidence": "secondary",
        "factors": [{"key": "k", "name": "n", "levels": [{"text": "t", "score": 100}]}, {"key": "l", "name": "m", "levels": [{"text": "t", "score": 1}]}],
        "tiers": [{"name": "a", "below": 50, "share": [60, 20]}]}]}
      """
    let error = try #require(throws: DataFileError.self) { try DiscretionTable.read(Data(bad.utf8)) }
    #expect("\(error)".contains("more than 100") && "\(error)".contains("share") && "\(error)".contains("must rise"))
  }
}
