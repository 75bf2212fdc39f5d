import Foundation
import Kernel

/// What of a person the program knows how to erase.
public enum RetentionKind: String, Sendable, CaseIterable, Codable {
  /// Name, phone, room, the words as they came, the row as it came: all that is sealed.
  case identity
  /// The masked words, the place as written, their entries in the search, notes about the reporter in the journal.
  case words
  /// Pictures that came with a report.
  case photos
  /// Pictures that an officer took at an inspection.
  case inspectionPhotos = "inspection-photos"
  /// What residents wrote when they rated a squad's work in the neighbourhood.
  case ratings
  /// Rows of a file that could not be taken in.
  case importRows = "import-rows"
  /// The file itself, which holds every caller in plain.
  case importFiles = "import-files"

  /// The kinds that belong to a report and run from the end of its matter.
  public static let ofReports: [RetentionKind] = [.identity, .words, .photos]
}

/// How long one kind is kept (保存期限).
public struct RetentionRule: Sendable, Hashable {
  public let kind: RetentionKind
  public let name: String
  public let months: Int
  /// "事项办结".
  public let startEvent: String
  /// The office has taken it as its own. Without that nothing is erased by it.
  public let adopted: Bool
  public let basis: String
  public let confidence: SourceConfidence
  public let note: String?

  /// What began before this moment is due.
  public func cutoff(at now: Moment) -> Moment { now.day.earlier(months: months).start }
}

/// All rules, one for each kind.
public struct RetentionRules: Sendable, Hashable {
  public let all: [RetentionRule]
  public subscript(kind: RetentionKind) -> RetentionRule? { all.first { $0.kind == kind } }

  /// Reads `Data/retention/rules.json`, or an office's own file of the same shape.
  /// - Parameter whole: every kind must be there; an office's file may name only some.
  /// - Throws: `DataFileError` with every problem.
  public init(reading data: Data, file: String = "retention/rules.json", whole: Bool = true) throws(DataFileError) {
    all = try DataFile.read(data, file: file) { root in
      root.object("about", "rules")
      let rules = root["rules"].list().map(Self.rule)
      for kind in RetentionKind.allCases {
        let count = rules.filter { $0.kind == kind }.count
        if count > 1 { root["rules"].problem("\"\(kind.rawValue)\" is there twice") }
        if whole, count == 0 { root["rules"].problem("\"\(kind.rawValue)\" is missing") }
      }
      return rules
    }
  }
  private static func rule(_ node: DataNode) -> RetentionRule {
    node.object("kind", "name", "months", "startEvent", "adopted", "basis", "confidence", "note")
    return RetentionRule(
      kind: node["kind"].choice(.identity), name: node["name"].string(), months: node["months"].int(in: 1...600),
      startEvent: node["startEvent"].string(), adopted: node["adopted"].bool(), basis: node["basis"].string(),
      confidence: node["confidence"].choice(.unverified), note: node["note"].optionalString())
  }
  init(all: [RetentionRule]) { self.all = all }

  /// These rules with an office's own, which replace whole kinds.
  public func replacing(with own: RetentionRules) -> RetentionRules {
    RetentionRules(all: all.map { own[$0.kind] ?? $0 })
  }
}

extension Day {
  /// The same day so many months before; the last of its month where there is none.
  func earlier(months: Int) -> Day {
    let count = year * 12 + month - 1 - months
    let (year, month) = (count / 12, count % 12 + 1)
    for day in stride(from: dayOfMonth, through: 1, by: -1) {
      if let found = Day(year: year, month: month, day: day) { return found }
    }
    return self
  }
}
