import Foundation
import Intake

@testable import Understanding

extension FuzzTarget {
  /// Free Chinese words, and the rules and the trained classifier they are read by.
  static let words: [FuzzTarget] = [
    FuzzTarget("place", longest: 600) { bytes in
      let guesses = places.locate(text(bytes))
      return guesses.allSatisfy { (0...1).contains($0.score) && (1...3).contains($0.id) } ? nil : "a guess beyond the register"
    },
    FuzzTarget("item", longest: 600) { bytes in
      guard let items else { return "the fuzzer's own rules cannot be read" }
      let sum = items.read(text(bytes)).guesses.map(\.score).reduce(0, +)
      return sum <= 1.001 ? nil : "likelihoods of \(sum)"
    },
    FuzzTarget("rules", longest: 600) { bytes in
      guard let rules = try? ItemRules(text(bytes)) else { return nil }
      // Rules that were taken can also be read by.
      _ = ItemReader(rules: rules).read("楼上敲承重墙")
      _ = try? ItemExamples.read(text(bytes))
      return nil
    },
    FuzzTarget("repeats", longest: 600) { bytes in
      let found = repeats.find(text: text(bytes), compound: 1, item: "load-bearing-damage", at: 1_790_000_000_000)
      return found.allSatisfy { (0...1).contains($0.score) } ? nil : "a likelihood beyond 0…1"
    },
    FuzzTarget("classifier", longest: 4096) { bytes in
      guard let classifier = try? TextClassifier(bytes: bytes) else { return nil }
      return classifier.classify("楼道堆物").allSatisfy { !$0.score.isNaN } ? nil : "a score that is no number"
    },
    // Whatever is written around it, a telephone number is not shown.
    FuzzTarget("masking", longest: 400) { bytes in
      let masked = Masking.mask(text(bytes), names: ["王建国"])
      var run = 0
      var longest = 0
      for unit in masked.utf16 {
        run = (0x30...0x39).contains(unit) || (0xFF10...0xFF19).contains(unit) ? run + 1 : 0
        // Dates of eight digits, and with their time of fourteen, may stand.
        longest = max(longest, run == 8 || run == 14 ? 0 : run)
      }
      return longest > 14 ? "\(longest) digits are shown" : nil
    },
  ]

  private static let places = CompoundLocator([
    CompoundEntry(id: 1, name: "元邑小城", aliases: ["小城"], addresses: ["盈港东路8900弄"], district: "青浦"),
    CompoundEntry(id: 2, name: "梧桐新苑一期", addresses: ["成山路544弄52支弄,长清路837弄"], district: "浦东"),
    CompoundEntry(id: 3, name: "三村", addresses: ["淮海中路1285弄4-77号"], district: "徐汇", street: "三林镇"),
  ])
  private static let items: ItemReader? =
    (try? ItemRules(
      """
      底分 1
      概念 承重墙 承重墙 {混凝土|剪力}墙
      概念 敲 敲 砸 拆
      掩蔽 施工资质
      错字 承重墙>承重强
      事项 load-bearing-damage 损坏承重结构
        4 承重墙 ~ 敲
      转办 房管 漏水
        3 「漏水|渗水」
      """)).map { ItemReader(rules: $0, examples: [ItemCorrection(text: "楼上敲墙", slug: "load-bearing-damage")]) }
  private static let repeats: RepeatIndex = {
    let index = RepeatIndex()
    index.add(
      id: 1, text: "5号楼302敲承重墙，钢筋露出来了", compound: 1, item: "load-bearing-damage", at: 1_789_000_000_000)
    index.add(id: 2, text: "楼道堆物，电瓶车充电", compound: 1, item: nil, at: 1_789_000_000_000)
    return index
  }()
}
