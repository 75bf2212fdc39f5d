import Foundation
import Kernel
import Statistics

/// Why a compound is on the list, for whoever has to act on it.
struct HotSpotWords {
  /// "全市", "全区"
  let area: String
  let weeks: Int
  let all: Double

  func why(
    reports: Int, _ rate: ShrunkRates.Rate?, trouble: HotTrouble?, cluster: (cluster: FoundCluster, member: FoundCluster.Member)?,
    through last: Day
  ) -> String {
    guard let rate else { return "近 \(weeks) 周 \(reports) 件；\(HotTrouble.households.chinese)，\(HotTrouble.households.consequence)。" }
    var text = "近 \(weeks) 周 \(reports) 件，每千户 \(Self.one(rate.raw)) 件，\(area)平均 \(Self.one(all)) 件。"
    text += Self.certainty(rate, all)
    if let (cluster, member) = cluster {
      text +=
        "\(cluster.from.chinese)至\(last.chinese)，\(cluster.members.count == 1 ? "" : "与周围共 \(cluster.members.count) 个小区连成一片，")本小区 \(member.observed) 件，"
        + "按户数和季节约 \(Self.one(member.expected)) 件；\(Self.chance(cluster.p))。"
    }
    return text
  }
  /// What shrinking says in words.
  static func certainty(_ rate: ShrunkRates.Rate, _ all: Double) -> String {
    let interval = "可信区间 \(one(rate.interval.lowerBound)) 至 \(one(rate.interval.upperBound))"
    guard rate.aboveAll > 0 else { return "各小区的差别不超出偶然，不能说谁高谁低。" }
    let sure = rate.aboveAll >= 0.5 ? "高于平均的把握 \(percent(rate.aboveAll))" : "看不出高于平均"
    return "按户数多少折算后每千户 \(one(rate.shrunk)) 件（\(interval)），\(sure)。"
  }
  /// p in words, the number behind it.
  static func chance(_ p: Double) -> String {
    let number = p < 0.001 ? String(format: "%.4f", p) : String(format: "%.3f", p)
    return switch p {
    case ...0.01: "几乎不可能是巧合（p=\(number)）"
    case ...0.05: "不大可能是巧合（p=\(number)）"
    default: "有可能是巧合（p=\(number)），宜再观察"
    }
  }
  static func one(_ value: Double) -> String { String(format: "%.1f", value) }
  static func percent(_ share: Double) -> String {
    share >= 0.999 ? "99.9% 以上" : "\(String(format: "%.0f", (share * 100).rounded(.down)))%"
  }
}
