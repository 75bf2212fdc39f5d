import Foundation

extension ScanCluster {
  /// Why this is on the list, for whoever has to act on it.
  /// - Parameters: names of all places and of all periods of the input.
  public func sentence(places names: [String], periods: [String]) -> String {
    let (from, to) = (periods[self.periods.lowerBound], periods[self.periods.upperBound])
    let when = from == to ? from : "\(from) 至 \(to)"
    let around = places.count == 1 ? "“\(names[centre])”" : "“\(names[centre])”周围 \(String(format: "%.1f", radius)) 公里内 \(places.count) 个小区"
    let times = relativeRisk.isFinite ? "是其他地方的 \(String(format: "%.1f", relativeRisk)) 倍" : "全部诉件都在这里"
    return "\(around)在 \(when) 有诉件 \(observed) 件，按户数只应有约 \(String(format: "%.1f", expected)) 件，\(times)；\(chance)。"
  }
  private var chance: String {
    switch p {
    case ...0.01: "几乎不可能是巧合（p=\(Self.short(p))）"
    case ...0.05: "不大可能是巧合（p=\(Self.short(p))）"
    case ...0.2: "有可能是巧合（p=\(Self.short(p))），宜再观察"
    default: "很可能只是巧合（p=\(Self.short(p))），不作热点看"
    }
  }
  private static func short(_ p: Double) -> String { p < 0.001 ? String(format: "%.4f", p) : String(format: "%.3f", p) }
}
