import Compounds
import Foundation
import Kernel
import Offices

/// 成效评估: whether something that was done somewhere made a difference.
public struct Assessment: Sendable {
  public typealias ID = Identifier<Assessment>
  public let id: ID
  /// "X20261129-0001"
  public let no: String
  public let title: String
  public let kind: Kind
  public let officeName: String
  public let listNo: String?
  public let listName: String?
  /// nil for all items.
  public let item: String?
  public let from: Day
  public let through: Day
  public let openedBy: String
  public let openedAt: Moment

  public enum Kind: String, Sendable, CaseIterable {
    case list, campaign, pilot
    public var chinese: String {
      switch self {
      case .list: "重点小区名单"
      case .campaign: "专项行动"
      case .pilot: "试点"
      }
    }
  }
}

/// What is to be assessed.
public struct NewAssessment: Sendable {
  public var title: String
  public var kind: Assessment.Kind?
  public var places: Places
  public var from: Day?
  public var through: Day?
  public var item: String?
  /// Where something was done.
  public enum Places: Sendable {
    /// The compounds of an issued list, by its number.
    case list(String)
    /// Names or numbers as somebody pasted them.
    case pasted(String)
    case squad(Office.ID)
  }
  public init(title: String, kind: Assessment.Kind?, places: Places, from: Day?, through: Day?, item: String? = nil) {
    self.title = title.trimming()
    self.kind = kind
    self.places = places
    self.from = from
    self.through = through
    self.item = item
  }
}

/// What was reckoned, kept as it was with all that it was reckoned from.
public struct AssessmentResult: Sendable, Hashable, Codable {
  public enum Verdict: String, Sendable, Codable {
    case fell, rose, noEvidence, cannotSay
    public var chinese: String {
      switch self {
      case .fell: "看得出成效"
      case .rose: "反而上升"
      case .noEvidence: "看不出差别"
      case .cannotSay: "还不能下结论"
      }
    }
  }
  public struct Interval: Sendable, Hashable, Codable {
    public let value: Double
    public let low: Double
    public let high: Double
    public let p: Double
  }
  /// A compound and what it weighs among those compared with.
  public struct Place: Sendable, Hashable, Codable {
    public let compound: Int64
    public let households: Int
    public let weight: Double
    public let before: Int
    public let after: Int
  }
  public struct Month: Sendable, Hashable, Codable {
    /// `Kernel.Month.count`
    public let month: Int
    /// For a thousand households.
    public let treated: Double?
    public let control: Double?
    /// Complaints of the treated, all of them.
    public let reports: Int
    public let isAfter: Bool
  }
  public let verdict: Verdict
  /// Why nothing is concluded.
  public let reasons: [String]
  /// Complaints for a thousand households in a month.
  public let change: Interval?
  /// The change by what there would have been without it.
  public let relative: Double?
  public let treatedBefore: Double
  public let treatedAfter: Double
  public let controlBefore: Double
  public let controlAfter: Double
  public let trend: Interval?
  public let fakeDate: Interval?
  public let fakePlaces: Double?
  public let treated: [Place]
  public let controls: [Place]
  /// Treated compounds for which none is alike.
  public let unmatched: [Int64]
  /// Treated compounds without households.
  public let unsized: [Int64]
  /// Compounds that something was done in at the same time, and are therefore no controls.
  public let busy: Int
  public let course: [Month]

  /// What came of it, for whoever decides.
  public var sentence: String {
    func one(_ value: Double) -> String { String(format: "%.2f", value) }
    let share = relative.map { "，相当于\($0 < 0 ? "少" : "多") \(String(format: "%.0f", abs($0) * 100))%" } ?? ""
    switch verdict {
    case .cannotSay: return "还不能下结论：" + reasons.joined(separator: "；") + "。"
    case .noEvidence: return "看不出成效：整治的小区和没有整治的类似小区相比，变化不超出偶然。"
    case .fell:
      return "看得出成效：和没有整治的类似小区相比，整治的小区每千户每月少 \(one(abs(change?.value ?? 0))) 件\(share)。"
    case .rose:
      return "诉件反而多了：和没有整治的类似小区相比，整治的小区每千户每月多 \(one(abs(change?.value ?? 0))) 件\(share)。"
    }
  }
  /// The same with its figures.
  public var figures: String? {
    func one(_ value: Double) -> String { String(format: "%.2f", value) }
    guard let change else { return nil }
    return "每千户每月：整治小区 \(one(treatedBefore)) → \(one(treatedAfter)) 件，对照小区 \(one(controlBefore)) → \(one(controlAfter)) 件；"
      + "差 \(String(format: "%+.2f", change.value)) 件，可信区间 \(String(format: "%+.2f", change.low)) 至 \(String(format: "%+.2f", change.high))。"
  }
  /// What has to be known beside it.
  public func cautions(_ kind: Assessment.Kind) -> [String] {
    var out: [String] = []
    if kind == .list { out.append("名单上的小区是因为诉件多才选上的，以后本来就可能回落。配对照时已按以前的水平配，但不能全部排除。") }
    if !unsized.isEmpty { out.append("\(unsized.count) 个整治小区没有户数，没有计算。") }
    if !unmatched.isEmpty { out.append("\(unmatched.count) 个整治小区找不到类似的小区对照，没有计算。") }
    if busy > 0 { out.append("\(busy) 个小区同期在别的评估里也有整治，没有拿来对照。") }
    if let fakePlaces {
      let words = String(format: "%.0f%%", fakePlaces * 100)
      out.append(
        fakePlaces > 0.1
          ? "把没有整治的小区当成整治过的来算，\(words) 的差别不比这小：这样大的差别平常也会有。" : "把没有整治的小区当成整治过的来算，只有 \(words) 的差别有这么大。")
    } else if change != nil {
      out.append("对照小区太少，没有做“假小区”检验。")
    }
    if let fakeDate, verdict != .cannotSay {
      out.append(
        "把整治日期假定在此前一半的时候，算出的差别是 \(String(format: "%+.2f", fakeDate.value)) 件，\(fakeDate.low <= 0 && fakeDate.high >= 0 ? "和零分不开，正常" : "不是零，要小心")。"
      )
    }
    return out
  }
}
