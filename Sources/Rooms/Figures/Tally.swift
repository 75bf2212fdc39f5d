import CityLists
import Intake
import Kernel
import Matters

/// One report with all that the figures look at, as it stands now.
public struct TallyRow: Sendable {
  public var report: Int64
  public var reportNo: String
  public var matterNo: String
  public var squad: Int64?
  public var district: Int64?
  public var compound: Int64?
  public var item: String?
  public var channel: Report.Channel
  public var nature: Report.Nature
  public var outOfScope = false
  public var unreasonable = false
  public var reachable = true
  public var contacted = false
  public var due = Due.open
  public var delayed = false
  /// The reply's own words: solved or explained; nil before it is sent.
  public var outcome: Matter.Outcome?
  /// What the reporter said when asked; overrules `outcome`.
  public var solved: Bool?
  public var satisfaction: Satisfaction?
  /// What the city says on its lists and has not taken back; overrules both.
  public var city: Set<CityEntry.Kind> = []
  public var closed = false
  public var reopened = false
  /// Found true, wholly or partly.
  public var confirmed = false
  public var filed = false
  /// A problem that was dealt with before in the same place.
  public var again = false
  /// nil where the firm has no duty or nobody has checked it yet.
  public var firmPerformed: Bool?
  /// Whether the firm told within 24 hours of finding it (上海市住宅物业管理规定 59); nil for all but the firm's own reports.
  public var firmInTime: Bool?

  public enum Due: Sendable { case open, met, late, overdue }
  public init(report: Int64, reportNo: String = "", matterNo: String = "", channel: Report.Channel, nature: Report.Nature) {
    self.report = report
    self.reportNo = reportNo
    self.matterNo = matterNo
    self.channel = channel
    self.nature = nature
  }

  /// A complaint of the public within our power: the denominator of most figures.
  var complaint: Bool { nature == .complaint && Report.Channel.ofThePublic.contains(channel) && !outOfScope && !unreasonable }
  /// What became of it: what the city says beats what the reporter says, and that beats what was written.
  public var isSolved: Bool? { city.contains(.unsolved) ? false : outcome.map { solved ?? ($0 == .solved) } }
  public var judgement: Satisfaction? { city.contains(.dissatisfied) ? .dissatisfied : satisfaction }
  /// There is somebody to call, by our papers or by the city's.
  var mustBeContacted: Bool { reachable || city.contains(.uncontacted) }
  var wasContacted: Bool { contacted && !city.contains(.uncontacted) }
}

/// What is counted. Each is a condition on one report: the same condition makes the number and opens its rows.
public enum Count: String, Sendable, CaseIterable {
  case reports, complaints, unreasonable, outOfScope, contactDue, contacted, dueAll, onTime, overdue, delayed, concluded, solved, explained
  case rated, satisfied, basically, soSo, dissatisfied, verified, filed, filedAll, selfCorrected, closed, reopened, again, firmChecked
  case firmPerformed, firmReported, firmInTime

  public func holds(_ row: TallyRow) -> Bool {
    switch self {
    case .reports: true
    case .complaints: row.complaint
    case .unreasonable: row.unreasonable
    case .outOfScope: row.outOfScope
    case .contactDue: row.complaint && row.mustBeContacted
    case .contacted: row.complaint && row.mustBeContacted && row.wasContacted
    case .dueAll: row.complaint && row.due != .open
    case .onTime: row.complaint && row.due == .met
    case .overdue: row.complaint && row.due == .overdue
    case .delayed: row.complaint && row.delayed
    case .concluded: row.complaint && row.isSolved != nil
    case .solved: row.complaint && row.isSolved == true
    case .explained: row.complaint && row.isSolved == false
    case .rated: row.complaint && row.judgement != nil
    case .satisfied: row.complaint && row.judgement == .satisfied
    case .basically: row.complaint && row.judgement == .basically
    case .soSo: row.complaint && row.judgement == .soSo
    case .dissatisfied: row.complaint && row.judgement == .dissatisfied
    case .verified: row.complaint && row.item != nil && row.confirmed
    case .filed: row.complaint && row.item != nil && row.confirmed && row.filed
    case .filedAll: row.complaint && row.filed
    case .selfCorrected: row.complaint && row.item != nil && row.confirmed && row.closed && !row.filed && row.isSolved == true
    case .closed: row.complaint && row.closed
    case .reopened: row.complaint && row.closed && row.reopened
    case .again: row.complaint && row.again
    case .firmChecked: row.complaint && row.firmPerformed != nil
    case .firmPerformed: row.complaint && row.firmPerformed == true
    case .firmReported: !row.outOfScope && row.firmInTime != nil
    case .firmInTime: !row.outOfScope && row.firmInTime == true
    }
  }
  public var chinese: String {
    switch self {
    case .reports: "全部诉件"
    case .complaints: "有效投诉"
    case .unreasonable: "认定不合理的诉求"
    case .outOfScope: "不属于本部门的"
    case .contactDue: "应先行联系的"
    case .contacted: "已联系上的"
    case .dueAll: "已答复或已到期的"
    case .onTime: "按时答复的"
    case .overdue: "到期未答复的"
    case .delayed: "批准延期的"
    case .concluded: "已有结果的"
    case .solved: "实际解决的"
    case .explained: "解释说明的"
    case .rated: "已回访评价的"
    case .satisfied: "满意的"
    case .basically: "基本满意的"
    case .soSo: "一般的"
    case .dissatisfied: "不满意的"
    case .verified: "属实且有处罚依据的"
    case .filed: "属实并立案的"
    case .filedAll: "立案的"
    case .selfCorrected: "未经处罚自行改正的"
    case .closed: "已办结的"
    case .reopened: "办结后重新办理的"
    case .again: "办结后又来的"
    case .firmChecked: "已核查物业履职的"
    case .firmPerformed: "物业已履职的"
    case .firmReported: "物业报告的"
    case .firmInTime: "物业发现后 24 小时内报告的"
    }
  }
}

/// Numbers of every `Count`, in their order.
public struct Counts: Sendable, Hashable {
  public private(set) var values: [Int]
  public init() { values = Array(repeating: 0, count: Count.allCases.count) }
  init(values: [Int]) { self.values = values }
  public subscript(count: Count) -> Int { values[Self.index[count] ?? 0] }
  static let index = Dictionary(uniqueKeysWithValues: Count.allCases.enumerated().map { ($1, $0) })

  /// - Parameter holding: which of the counts hold for a report.
  mutating func add(_ holding: [Int]) { for i in holding { values[i] += 1 } }
  mutating func add(_ other: Counts) { for i in values.indices { values[i] += other.values[i] } }
  public static func + (a: Counts, b: Counts) -> Counts { Counts(values: zip(a.values, b.values).map { $0 + $1 }) }
}

/// By what the counts of a month are kept apart.
public enum Facet: String, Sendable, CaseIterable {
  case all, item, channel, compound
}

/// Under which a month's counts are kept. Two keys of one facet share no report.
struct TallyKey: Hashable, Sendable {
  let squad: Int64
  let district: Int64
  let facet: Facet
  /// Empty for `all` and for what is not known.
  let key: String
}

/// Under which the sums of a month's counts are kept, so that a district or the city need not be added up when somebody looks.
struct SumKey: Hashable, Sendable {
  enum Level: String, Sendable { case district, city }
  let level: Level
  /// Zero for the city, and for reports that no district has yet.
  let district: Int64
  let facet: Facet
  let key: String
}

/// Under which the complaints of compounds are kept together.
struct PlacesKey: Hashable, Sendable {
  let squad: Int64
  let district: Int64
}

/// Counts the reports of one month. Pure.
struct Tally {
  private(set) var counts: [TallyKey: Counts] = [:]

  mutating func add(_ rows: some Sequence<TallyRow>) {
    for row in rows {
      let holding = Count.allCases.indices.filter { Count.allCases[$0].holds(row) }
      for facet in Facet.allCases {
        let key =
          switch facet {
          case .all: ""
          case .item: row.item ?? ""
          case .channel: row.channel.rawValue
          case .compound: row.compound.map(String.init) ?? ""
          }
        counts[TallyKey(squad: row.squad ?? 0, district: row.district ?? 0, facet: facet, key: key), default: Counts()].add(holding)
      }
    }
  }

  /// Of districts and of the city. Compounds have none: their counts are few wherever one looks from.
  var sums: [SumKey: Counts] {
    var sums: [SumKey: Counts] = [:]
    for (key, counts) in counts where key.facet != .compound {
      sums[SumKey(level: .district, district: key.district, facet: key.facet, key: key.key), default: Counts()].add(counts)
      sums[SumKey(level: .city, district: 0, facet: key.facet, key: key.key), default: Counts()].add(counts)
    }
    return sums
  }
  /// Complaints of the compounds that have any.
  var places: [PlacesKey: [Int64: Int]] {
    var places: [PlacesKey: [Int64: Int]] = [:]
    for (key, counts) in counts where key.facet == .compound && counts[.complaints] > 0 {
      guard let compound = Int64(key.key) else { continue }
      places[PlacesKey(squad: key.squad, district: key.district), default: [:]][compound] = counts[.complaints]
    }
    return places
  }
}
