import Foundation
import Kernel
import Storage

/// One thing somebody told us, by one channel, never edited (诉件 / 线索). What we think of it is kept beside it, in `Reading`.
///
/// Words and identity are sealed (`SealedReport`); what is here may be shown to whoever may see the matter.
public struct Report: Sendable {
  public typealias ID = Identifier<Report>
  public let id: ID
  /// "S20261121-000123", gap-free within a day.
  public let no: String
  public let channel: Channel
  public let nature: Nature
  /// When it reached us.
  public let receivedAt: Moment
  /// When the person said it: the call, the scan, the discovery.
  public let saidAt: Moment
  /// The hotline's 工单编号 or another system's number.
  public let sourceNo: String?
  public let urgent: Bool
  /// The words with names, phones and rooms masked.
  public let masked: String
  /// Where the reporter says it is, masked.
  public let placeText: String
  public let position: Coordinates?
  /// Same caller, same tag; says nothing about who.
  public let callerTag: String?
  /// "王女士 · 尾号 21" or nil when nothing was left.
  public let callerHint: String?
  /// Whether there is anybody to call back.
  public let reachable: Bool
  /// Who reported, when it was a person with an account.
  public let reporter: Int64?
  public let firm: Int64?
  public let committee: Int64?
  public let reading: Reading
  public let matter: Int64?
  /// 1 as it came; a later one of the same source number adds a version.
  public let version: Int

  /// The way it reached us.
  public enum Channel: String, Sendable, CaseIterable, Codable {
    case hotline, code, firm, committee, studio, patrol, api, department, media, petition
    /// By which the public complains. What a patrol or a firm finds by itself is no complaint.
    public static let ofThePublic: Set<Channel> = [.hotline, .code, .committee, .studio, .api, .department, .media, .petition]
    public var chinese: String {
      switch self {
      case .hotline: "12345 热线"
      case .code: "城管码"
      case .firm: "物业上报"
      case .committee: "居委会 / 业委会"
      case .studio: "社区工作室"
      case .patrol: "队员巡查"
      case .api: "系统接口"
      case .department: "部门移送"
      case .media: "媒体曝光"
      case .petition: "信访"
      }
    }
  }
  /// 举报性质
  public enum Nature: String, Sendable, CaseIterable, Codable {
    case complaint, suggestion, question, praise
    public var chinese: String {
      switch self {
      case .complaint: "投诉举报"
      case .suggestion: "人民建议"
      case .question: "咨询"
      case .praise: "表扬"
      }
    }
  }
}

/// What we understand of a report: place, item, with scores and reasons, by the program or a person.
public struct Reading: Sendable, Hashable, Codable {
  public var compound: Int64?
  public var compoundName: String?
  public var building: String?
  /// 0…1; 1 when a person or a scanned code said so.
  public var placeScore: Double
  public var placeReasons: [String]
  /// A slug of the catalogue; nil when nothing fits or it is out of scope.
  public var item: String?
  public var itemScore: Double
  public var itemReasons: [String]
  /// Other slugs worth offering, best first.
  public var otherItems: [String]
  /// Not ours: the department it should go to, when one is clear.
  public var outOfScope: Bool
  public var referral: String?
  /// Being built right now: starts the two-hour clock (上海市拆除违法建筑若干规定 7).
  public var ongoing: Bool
  public init(
    compound: Int64? = nil, compoundName: String? = nil, building: String? = nil, placeScore: Double = 0, placeReasons: [String] = [],
    item: String? = nil, itemScore: Double = 0, itemReasons: [String] = [], otherItems: [String] = [], outOfScope: Bool = false,
    referral: String? = nil, ongoing: Bool = false
  ) {
    self.compound = compound
    self.compoundName = compoundName
    self.building = building
    self.placeScore = placeScore
    self.placeReasons = placeReasons
    self.item = item
    self.itemScore = itemScore
    self.itemReasons = itemReasons
    self.otherItems = otherItems
    self.outOfScope = outOfScope
    self.referral = referral
    self.ongoing = ongoing
  }
}

/// What is opened only for a stated purpose, each look recorded.
public struct SealedReport: Sendable, Codable, Hashable {
  /// The words as they came.
  public var content: String
  public var place: String
  public var room: String?
  public var name: String?
  public var phone: String?
  /// The imported row or form as it came: column to cell.
  public var raw: [String: String]
  public init(content: String, place: String, room: String? = nil, name: String? = nil, phone: String? = nil, raw: [String: String] = [:]) {
    self.content = content
    self.place = place
    self.room = room
    self.name = name
    self.phone = phone
    self.raw = raw
  }
}

/// A photo or paper of a report. The original is never changed; the public copy has no location in it.
public struct ReportFile: Sendable, Hashable, Codable {
  public var original: StoredFile
  /// "image/jpeg"
  public var mediaType: String
  public var publicCopy: String?
  public var thumbnail: String?
  public var takenAt: Moment?
  public init(original: StoredFile, mediaType: String, publicCopy: String? = nil, thumbnail: String? = nil, takenAt: Moment? = nil) {
    self.original = original
    self.mediaType = mediaType
    self.publicCopy = publicCopy
    self.thumbnail = thumbnail
    self.takenAt = takenAt
  }
}

/// What a property firm adds to its report: the proof that it did its duty (上海市住宅物业管理规定 59).
public struct FirmDuty: Sendable, Hashable, Codable {
  public var discoveredAt: Moment
  public var patrol: String
  public var dissuasion: String
  /// What came of the dissuasion.
  public var outcome: String
  public init(discoveredAt: Moment, patrol: String, dissuasion: String, outcome: String) {
    self.discoveredAt = discoveredAt
    self.patrol = patrol
    self.dissuasion = dissuasion
    self.outcome = outcome
  }
  /// Whether it reached us within the 24 hours the regulation gives.
  public func inTime(receivedAt: Moment) -> Bool { receivedAt <= discoveredAt.adding(hours: 24) }
}

/// A report on its way in, the same for every channel.
public struct NewReport: Sendable {
  public var channel: Report.Channel
  public var nature: Report.Nature = .complaint
  public var content: String
  public var place: String = ""
  public var position: Coordinates?
  public var saidAt: Moment
  public var sourceNo: String?
  public var urgent = false
  public var callerName: String?
  public var callerPhone: String?
  public var raw: [String: String] = [:]
  public var files: [ReportFile] = []
  /// Photos and other files of one report, together with those that come later.
  public static let mostFiles = 9
  /// Known from the scanned code, the chosen compound, or the reporter's own compound.
  public var compound: Int64?
  /// Chosen by a person who knows the catalogue.
  public var item: String?
  public var reporter: Int64?
  public var firm: Int64?
  public var committee: Int64?
  public var duty: FirmDuty?
  /// The office that received it: where it waits when its words do not say where it is. A district or a squad.
  public var receiver: Int64?
  /// The hotline's own due time, when its row gives one.
  public var givenDue: Moment?
  /// A form's or client's key: the same key twice is the same report.
  public var idempotencyKey: String?
  public init(channel: Report.Channel, content: String, saidAt: Moment) {
    self.channel = channel
    self.content = content
    self.saidAt = saidAt
  }

  /// All that a person must mend before it can be taken in.
  public func check(now: Moment) throws(Refusals) {
    var all: [Refusal] = []
    let text = content.trimming()
    if text.isEmpty { all.append(Refusal(.invalid, "intake-content-missing", "请写明发生了什么。", field: "content")) }
    // A text has no more units than bytes, and those are counted already.
    if text.utf8.count > Self.longest, text.utf16.count > Self.longest {
      all.append(Refusal(.invalid, "intake-content-too-long", "内容请控制在 \(Self.longest) 字以内，更多材料可作为照片上传。", field: "content"))
    }
    if place.utf8.count > 300, place.utf16.count > 300 {
      all.append(Refusal(.invalid, "intake-place-too-long", "地点请控制在 300 字以内。", field: "place"))
    }
    if files.count > Self.mostFiles { all.append(Refusal(.invalid, "intake-too-many-files", "照片最多 \(Self.mostFiles) 张。", field: "photos")) }
    // A minute of grace for phones whose clock runs ahead.
    if saidAt > now.adding(minutes: 1) { all.append(Refusal(.invalid, "intake-future", "时间晚于现在，请核对日期。", field: "said-at")) }
    if let phone = callerPhone, !phone.isEmpty, !Self.isPhone(phone) {
      all.append(Refusal(.invalid, "intake-phone", "电话号码不完整，请核对；不愿留电话可以不填。", field: "phone"))
    }
    if let duty, duty.discoveredAt > now.adding(minutes: 1) {
      all.append(Refusal(.invalid, "intake-discovered-future", "发现时间晚于现在，请核对。", field: "discovered-at"))
    }
    if !all.isEmpty { throw Refusals(all) }
  }
  public static let longest = 20_000

  static func isPhone(_ text: String) -> Bool {
    let digits = text.unicodeScalars.filter { (0x30...0x39).contains($0.value) }.count
    return (7...15).contains(digits)
      && text.unicodeScalars.allSatisfy { (0x30...0x39).contains($0.value) || "+-() （）转*".unicodeScalars.contains($0) }
  }
}
