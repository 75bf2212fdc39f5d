import Foundation
import Kernel

/// What became of a compound after its list was issued: whole months before and after, and whether the change may be chance. Pure.
public struct Aftermath: Sendable, Hashable {
  public let before: [Int]
  public let after: [Int]
  public let verdict: Verdict
  public enum Verdict: Sendable, Hashable {
    case fell, rose, noChange
    case cannotSay(String)
  }
  /// So many whole months afterwards are the least that something is said of.
  static let fewestMonths = 3
  static let fewestReports = 10

  /// - Parameter course: whole and begun months in their order.
  /// - Parameter today: the month it belongs to has just begun and does not count; neither does the month of the issue.
  public init(_ course: [(month: Month, reports: Int)], issued: Day, today: Day) {
    let (turn, now) = (Month(issued), Month(today))
    before = course.filter { $0.month < turn }.map(\.reports)
    after = course.filter { $0.month > turn && $0.month < now }.map(\.reports)
    let (a, b) = (before.reduce(0, +), after.reduce(0, +))
    if after.count < Self.fewestMonths {
      verdict = .cannotSay(after.isEmpty ? "发布后还没有满一个月" : "发布后只有 \(after.count) 个整月，至少要 \(Self.fewestMonths) 个")
    } else if before.isEmpty || a + b < Self.fewestReports {
      verdict = .cannotSay("前后总共只有 \(a + b) 件，至少要 \(Self.fewestReports) 件")
    } else if Self.chance(after: b, of: a + b, share: Double(after.count) / Double(before.count + after.count)) > 0.05 {
      verdict = .noChange
    } else {
      verdict = b * before.count < a * after.count ? .fell : .rose
    }
  }

  /// "发布前每月平均 3.2 件（12 个整月），发布后 1.1 件（4 个整月）：比发布前少，不像是巧合"
  public var sentence: String {
    func mean(_ values: [Int]) -> String { String(format: "%.1f", Double(values.reduce(0, +)) / Double(max(1, values.count))) }
    guard !after.isEmpty else { return "发布前每月平均 \(mean(before)) 件；发布后还没有满一个月，说不准" }
    let figures = "发布前每月平均 \(mean(before)) 件（\(before.count) 个整月），发布后 \(mean(after)) 件（\(after.count) 个整月）"
    return switch verdict {
    case .fell: figures + "：比发布前少，不像是巧合"
    case .rose: figures + "：比发布前多，不像是巧合"
    case .noChange: figures + "：变化不超出偶然"
    case .cannotSay(let why): figures + "：\(why)，还说不准"
    }
  }

  /// How often chance alone would divide so many complaints at least as unevenly: the exact binomial, both tails (the smaller doubled).
  static func chance(after k: Int, of n: Int, share: Double) -> Double {
    func mass(_ i: Int) -> Double {
      let (one, other) = (Double(i), Double(n - i))
      let ways: Double = lgamma(Double(n) + 1) - lgamma(one + 1) - lgamma(other + 1)
      let odds: Double = one * log(share) + other * log(1 - share)
      return exp(ways + odds)
    }
    let low = (0...k).reduce(0.0) { $0 + mass($1) }
    let high = (k...n).reduce(0.0) { $0 + mass($1) }
    return min(1, 2 * min(low, high))
  }
}
