import Foundation
import Kernel
import Sheets

/// How the columns of one system's file become a report. A file of names, so that another city's export needs no new program.
public struct ImportMapping: Sendable, Codable {
  /// "12345 热线（市转办）"
  public let name: String
  public let channel: Report.Channel
  /// Our field to the column names it may have, best first.
  public let columns: [String: [String]]
  /// For fields with a closed set of answers: the file's word to ours.
  public let values: [String: [String: String]]
  /// The datum of the coordinate columns: wgs84, gcj02 or bd09.
  public let datum: Datum
  /// The columns of the export, in the file's own words and order.
  public let export: [ExportColumn]

  public enum Datum: String, Sendable, Codable { case wgs84, gcj02, bd09 }
  public struct ExportColumn: Sendable, Codable {
    public let title: String
    public let field: ExportField
  }
  /// What goes back to the hotline.
  public enum ExportField: String, Sendable, Codable, CaseIterable {
    case sourceNo, reportNo, matterNo, state, squad, acceptedAt, contacted, contactedAt, contactOutcome, fact, factNote, claim, claimNote,
      visitedAt
    case outcome, repliedAt, reply, returns, returnReason, delayDays, delayReason, due, closedAt, satisfaction
  }

  /// Fields a report can take from a file.
  public static let fields: Set<String> = [
    "source-no", "said-at", "name", "phone", "title", "content", "place", "compound", "nature", "urgent", "repeat", "urged", "supervised",
    "due",
    "satisfaction", "solved", "latitude", "longitude",
  ]

  public init(reading data: Data, file: String) throws {
    do {
      self = try JSONDecoder().decode(ImportMapping.self, from: data)
    } catch {
      throw Refusal(.invalid, "intake-mapping-broken", "映射文件 \(file) 无法读取，请检查格式。")
    }
    let unknown = columns.keys.filter { !Self.fields.contains($0) }.sorted()
    if !unknown.isEmpty { throw Refusal(.invalid, "intake-mapping-unknown", "映射文件 \(file) 有不认识的字段：\(unknown.joined(separator: "、"))。") }
    if columns["content"] == nil { throw Refusal(.invalid, "intake-mapping-no-content", "映射文件 \(file) 没有指定内容列。") }
  }
}

/// One row of a file, understood: the report, and what the hotline says has happened to it since.
public struct ImportedRow: Sendable {
  public var report: NewReport
  public var urged = false
  public var supervised = false
  public var satisfaction: String?
  public var solved: Bool?
  /// The room's columns as they came, for the version that is kept.
  public var raw: [String: String]
}

/// Columns found in one file's header.
public struct MappedColumns: Sendable {
  let mapping: ImportMapping
  let header: [String]
  let index: [String: Int]

  /// - Throws: `Refusal` `intake-no-content-column` when the header lacks the words themselves.
  public init(_ mapping: ImportMapping, header: [String]) throws(Refusal) {
    self.mapping = mapping
    self.header = header
    let names = header.map { $0.filter { !$0.isWhitespace }.lowercased() }
    var index: [String: Int] = [:]
    for (field, wanted) in mapping.columns {
      for name in wanted {
        if let i = names.firstIndex(of: name.filter { !$0.isWhitespace }.lowercased()) {
          index[field] = i
          break
        }
      }
    }
    guard index["content"] != nil || index["title"] != nil else {
      throw Refusal(
        .invalid, "intake-no-content-column",
        "表头里没有找到内容列（应为“\((mapping.columns["content"] ?? []).joined(separator: "”或“"))”）。请确认选对了映射，或在映射文件中补充列名。")
    }
    self.index = index
  }

  /// Which column each field was found in, for the preview.
  public var found: [(field: String, column: String)] { index.sorted { $0.value < $1.value }.map { ($0.key, header[$0.value]) } }

  func cell(_ field: String, _ row: Table.Row) -> String? {
    guard let i = index[field], i < row.cells.count else { return nil }
    let text = row.cells[i].trimming()
    return text.isEmpty ? nil : text
  }
  func word(_ field: String, _ row: Table.Row) -> String? { cell(field, row).map { mapping.values[field]?[$0] ?? $0 } }
  func yes(_ field: String, _ row: Table.Row) -> Bool {
    guard let word = word(field, row) else { return false }
    return ["1", "是", "yes", "true", "Y", "紧急", "催单", "督办"].contains(word)
  }

  /// The row as a report, or why it cannot be one.
  public func read(_ row: Table.Row, now: Moment) throws -> ImportedRow {
    let title = cell("title", row)
    let body = cell("content", row)
    let content = [title, body].compactMap { $0 }.joined(separator: "\n")
    if content.isEmpty { throw Refusal(.invalid, "intake-row-empty", "内容为空") }
    var saidAt = now
    if let text = cell("said-at", row) {
      guard let moment = Self.moment(text) else { throw Refusal(.invalid, "intake-row-date", "时间“\(text.prefix(40))”无法识别") }
      guard moment <= now.adding(minutes: 1) else { throw Refusal(.invalid, "intake-row-future", "时间 \(moment.text) 晚于现在") }
      saidAt = moment
    }
    var report = NewReport(channel: mapping.channel, content: content, saidAt: saidAt)
    report.place = [cell("compound", row), cell("place", row)].compactMap { $0 }.joined(separator: " ")
    report.callerName = cell("name", row)
    report.callerPhone = cell("phone", row)
    report.urgent = yes("urgent", row)
    if let nature = word("nature", row) { report.nature = Report.Nature(rawValue: nature) ?? Self.nature(nature) }
    if let due = cell("due", row) {
      guard let moment = Self.moment(due) else { throw Refusal(.invalid, "intake-row-due", "办结时限“\(due.prefix(40))”无法识别") }
      report.givenDue = moment
    }
    if let la = cell("latitude", row).flatMap(Double.init), let lo = cell("longitude", row).flatMap(Double.init) {
      report.position =
        switch mapping.datum {
        case .wgs84: Coordinates(latitude: la, longitude: lo)
        case .gcj02: Coordinates(gcj02Latitude: la, longitude: lo)
        case .bd09: Coordinates(bd09Latitude: la, longitude: lo)
        }
    }
    var raw: [String: String] = [:]
    for (i, cell) in row.cells.enumerated() where i < header.count && !cell.isEmpty { raw[header[i]] = cell }
    report.raw = raw
    // A file without numbers of its own: the row is its own number, so that the same file twice still changes nothing.
    report.sourceNo = cell("source-no", row) ?? ReportStore.rowHash(raw).map { "row-\($0.prefix(24))" }
    do throws(Refusals) {
      try report.check(now: now)
    } catch {
      throw Refusal(.invalid, "intake-row-invalid", error.all.map(\.message).joined(separator: "；"))
    }
    return ImportedRow(
      report: report, urged: yes("urged", row), supervised: yes("supervised", row), satisfaction: word("satisfaction", row),
      solved: word("solved", row).map { ["1", "是", "已解决", "实际解决", "solved"].contains($0) }, raw: raw)
  }

  static func moment(_ text: String) -> Moment? {
    ChineseDates.parse(text).map { reading in
      Day(daysSinceEpoch: reading.daysSinceEpoch).start.adding(minutes: reading.minute ?? 0)
    }
  }
  static func nature(_ word: String) -> Report.Nature {
    if word.contains("咨询") { return .question }
    if word.contains("建议") { return .suggestion }
    if word.contains("表扬") || word.contains("感谢") { return .praise }
    return .complaint
  }
}
