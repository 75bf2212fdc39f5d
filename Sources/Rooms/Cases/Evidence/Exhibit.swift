import Foundation
import Kernel
import People
import Storage

/// 证据: one piece of evidence of a case. Its original bytes lie in the vault under their hash and never change; the row never changes
/// either but for whether it counts, and the chain of its journal holds the hashes of both.
public struct Exhibit: Sendable {
  public typealias ID = Identifier<Exhibit>
  public let id: ID
  public let caseID: CaseRecord.ID
  /// 1, 2, 3 … within the case.
  public let number: Int
  public let kind: ExhibitKind
  public let title: String
  /// What it proves.
  public let proves: String
  public let source: ExhibitSource
  /// Who made it: an officer, or somebody outside.
  public let maker: String
  /// By the device's own clock, or as the officer says.
  public let madeAt: Moment?
  public let place: String?
  public let coordinates: Coordinates?
  /// Nil for a measurement without a picture.
  public let file: StoredFile?
  public let mediaType: String?
  /// A copy that can be shown, without what the device wrote into it; nil where there is none.
  public let shown: String?
  public let thumbnail: String?
  public let measure: ExhibitMeasure?
  public let device: MonitoringDevice.ID?
  public let deviceName: String?
  public let state: ExhibitState
  /// Part of what the case rests on.
  public let counts: Bool
  public let verifiedBy: String?
  public let verifiedAt: Moment?
  /// How it was looked into, and with what result.
  public let verifiedNote: String?
  /// The number of the original when this is a masked copy for publication.
  public let maskedOf: Int?
  public let addedBy: String
  public let addedAt: Moment
  /// When its bytes and its chain were last proven, and what was wrong then.
  public let checkedAt: Moment?
  public let fault: String?
  var subject: Subject { Subject("exhibit", id) }

  /// "证据 3"
  public var name: String { "证据 \(number)" }
  public var isPicture: Bool { mediaType?.hasPrefix("image/") == true }

  /// All that is said of it, as the chain's first entry covers it: one line each, in this order, empty where nothing was said.
  var words: String {
    var lines = [kind.rawValue, source.rawValue, title, proves, maker]
    lines.append(madeAt?.iso8601 ?? "")
    lines.append(place ?? "")
    lines.append(coordinates.map { "\($0.latitude),\($0.longitude)" } ?? "")
    lines.append(measure.map { "\($0.value) \($0.unit) \($0.instrument)" } ?? "")
    lines.append(device?.description ?? "")
    lines.append(mediaType ?? "")
    return lines.map { $0.replacing("\n", with: " ") }.joined(separator: "\n")
  }
  /// What it lies on, for the paper that hands it in: "证据1 现场照片：原始文件，SHA-256 9f86…".
  var carrier: String {
    let lies =
      if let file { "原始文件，SHA-256 \(file.sha256)" } else {
        measure.map { "\($0.value)\($0.unit)，\($0.instrument)" } ?? ""
      }
    return "\(name) \(title)：\(lies)"
  }
}

public enum ExhibitKind: String, Sendable, CaseIterable, Codable {
  case photo, video, audio, document, measurement
  public var chinese: String {
    switch self {
    case .photo: "照片"
    case .video: "视频"
    case .audio: "录音"
    case .document: "书面或电子材料"
    case .measurement: "测量"
    }
  }
}

/// Where it comes from. What is not the officers' own does not count before it was looked into.
public enum ExhibitSource: String, Sendable, CaseIterable, Codable {
  case own, committee, firm, resident, department, device
  public var chinese: String {
    switch self {
    case .own: "执法人员取得"
    case .committee: "居委会、业委会提供"
    case .firm: "物业服务企业提供"
    case .resident: "居民或者当事人提供"
    case .department: "其他部门或者单位提供"
    case .device: "电子技术监控设备记录"
    }
  }
  /// On which ground it has to be looked into first; nil for the officers' own.
  public var article: String? {
    switch self {
    case .own: nil
    case .device: "行政处罚法第四十一条"
    default: "行政处罚法第四十六条、沪城管执〔2024〕104号二（四）"
    }
  }
}

public enum ExhibitState: String, Sendable, CaseIterable, Codable {
  case pending, verified, rejected
  public var chinese: String {
    switch self {
    case .pending: "待查证"
    case .verified: "可作证据"
    case .rejected: "不采用"
    }
  }
}

public struct ExhibitMeasure: Sendable, Hashable {
  /// As it was read: "2.35".
  public let value: String
  /// "米", "平方米", "分贝".
  public let unit: String
  /// Name and number of the instrument, with its calibration where it has one.
  public let instrument: String
  public init(value: String, unit: String, instrument: String) {
    self.value = value
    self.unit = unit
    self.instrument = instrument
  }
  static let units = ["米", "厘米", "毫米", "平方米", "立方米", "分贝", "处", "件", "千克", "公里/小时"]
}

/// What is to become an exhibit. One form may bring several at once.
public struct NewExhibit: Sendable {
  public var kind: ExhibitKind
  public var title: String
  public var proves: String
  public var source: ExhibitSource = .own
  /// Whoever made it, when that is not who adds it.
  public var maker: String = ""
  public var madeAt: Moment?
  public var place: String = ""
  public var coordinates: Coordinates?
  public var file: ExhibitFile?
  public var measure: ExhibitMeasure?
  public var device: MonitoringDevice.ID?
  /// The finished upload that the file came by; it ends with the exhibit.
  public var upload: ExhibitUpload.ID?
  public init(_ kind: ExhibitKind, title: String, proves: String, file: ExhibitFile? = nil) {
    self.kind = kind
    self.title = title
    self.proves = proves
    self.file = file
  }
  public static let titleLength = 100
  public static let provesLength = 1000
}
