import Foundation

extension DifferenceVerdict.Reason {
  public var sentence: String {
    switch self {
    case .datesReversed: "结束时间不在开始时间之后，请核对两个日期"
    case .tooFewBefore(let have, let needed): "整治前只有 \(have) 个时段，至少要 \(needed) 个"
    case .nothingAfter: "整治后还没有数据"
    case .tooFewTreated(let have, let needed): "治理小区只有 \(have) 个，至少要 \(needed) 个"
    case .tooFewControls(let have, let needed): "可比的对照小区只有 \(have) 个，至少要 \(needed) 个"
    case .unmatched(let left, let all): "\(all) 个治理小区中有 \(left) 个找不到相似的对照小区"
    case .tooFewCases(let have, let needed): "诉件总共只有 \(have) 件，至少要 \(needed) 件"
    case .trendsDiffer: "整治前两组小区的走势就不一样，整治后的差别不能算在整治头上"
    }
  }
}

extension DifferenceVerdict {
  public var sentence: String {
    switch self {
    case .fell: "治理小区的诉件确有下降。"
    case .rose: "治理小区的诉件反而上升。"
    case .noEvidence: "没有看出治理小区与对照小区有差别。"
    case .cannotSay(let reasons): "数据不足以下结论：" + reasons.map(\.sentence).joined(separator: "；") + "。"
    }
  }
}

extension DifferenceResult {
  /// The verdict with its figures.
  /// - Parameter period: what a period is called: 周, 月.
  public func sentence(period: String) -> String {
    guard let change else { return verdict.sentence }
    func one(_ value: Double) -> String { String(format: "%.2f", value) }
    let part = relative.map { String(format: "，相当于 %+.0f%%", $0 * 100) } ?? ""
    return verdict.sentence
      + "每千户每\(period)：治理小区 \(one(treatedBefore)) → \(one(treatedAfter)) 件，对照小区 \(one(controlBefore)) → \(one(controlAfter)) 件，"
      + "相差 \(String(format: "%+.2f", change.value)) 件（区间 \(one(change.interval.lowerBound)) 至 \(one(change.interval.upperBound))）\(part)。"
  }
}
