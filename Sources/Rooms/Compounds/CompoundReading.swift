import Foundation
import Kernel
import Offices
import Sheets

/// A row of a list that is not imported, or that is and wants a look.
public struct ImportProblem: Sendable, Hashable, Codable {
  /// The line of the file, from 1, as a person finds it.
  public let line: Int
  /// "户数 22,861,964 不合理"
  public let reason: String
  public init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}

/// One compound as a list tells it: read and checked, not yet stored.
public struct CompoundDraft: Sendable, Hashable {
  public let line: Int
  /// By which the same compound is found again at the next import.
  public let key: String
  /// `firm` is left nil here: the firm is entered when the row is stored.
  public let edit: CompoundEdit
  public let district: Office.ID
  public let firm: String?
  public let firmCode: String?
  public let aliases: [String]
  public let moreAddresses: [String]
  public let residentsCommittee: String?
  public let ownersCommittee: String?
  /// Fields whose columns the list has: an absent column never empties a field.
  let present: Set<CompoundMapping.Field>
  let hasPosition: Bool

  /// One text of all that was read; a row with the digest of last time was not changed by its keeper.
  var content: String {
    let fields: [String?] = [
      edit.name, String(edit.squad.raw), edit.address, edit.position.map { "\($0.longitude),\($0.latitude)" },
      edit.households.map(String.init),
      edit.buildings.map(String.init), edit.builtYear.map(String.init), edit.managerName, edit.managerPhone, firm, firmCode,
      aliases.joined(separator: "、"), moreAddresses.joined(separator: "、"), residentsCommittee, ownersCommittee,
    ]
    return fields.map { $0 ?? "" }.joined(separator: "\u{1F}")
  }
}

/// A whole list, read and checked against the offices. Pure.
public struct CompoundReading: Sendable {
  public var drafts: [CompoundDraft] = []
  /// Rows that are not imported.
  public var problems: [ImportProblem] = []
  /// Rows that are, but where something was settled that a person may want to see.
  public var notes: [ImportProblem] = []
  /// Which heading was taken for which field, for the preview.
  public var columns: [CompoundMapping.Field: String] = [:]

  /// - Parameter within: the district the importer is bound to; nil for the whole city.
  /// - Throws: a refusal when the list lacks a column without which nothing can be imported.
  public static func read(
    _ table: Table, mapping: CompoundMapping, offices: OfficeTree, within: Office.ID? = nil, thisYear: Int
  ) throws(Refusal) -> CompoundReading {
    let columns = mapping.columns(in: table)
    guard columns.fields[.name] != nil else { throw missing(.name, mapping) }
    guard columns.fields[.street] != nil || columns.fields[.streetCode] != nil else { throw missing(.street, mapping) }
    var out = CompoundReading()
    out.columns = columns.fields.mapValues { $0.map { table.header[$0] }.joined(separator: "、") }
    out.problems = table.troubles.map { ImportProblem(line: $0.line, reason: $0.reason) }
    var seen: [String: Int] = [:]
    for row in table.rows {
      var reader = CompoundRowReader(row: row, columns: columns, mapping: mapping, offices: offices, within: within, thisYear: thisYear)
      let draft = reader.read()
      out.notes += reader.notes.map { ImportProblem(line: row.line, reason: $0) }
      guard let draft else {
        out.problems.append(ImportProblem(line: row.line, reason: reader.reasons.joined(separator: "；")))
        continue
      }
      if let first = seen[draft.key] {
        out.problems.append(ImportProblem(line: row.line, reason: "与第 \(first) 行重复"))
      } else {
        seen[draft.key] = row.line
        out.drafts.append(draft)
      }
    }
    out.problems.sort { $0.line < $1.line }
    return out
  }

  private static func missing(_ field: CompoundMapping.Field, _ mapping: CompoundMapping) -> Refusal {
    let names = (mapping.fields[field] ?? []).prefix(5).joined(separator: "、")
    return Refusal(.invalid, "compounds-import-column", "表中没有“\(field.chinese)”一列（可用表头：\(names)）。", field: "file")
  }
}

struct CompoundRowReader {
  let row: Table.Row
  let columns: CompoundMapping.Columns
  let mapping: CompoundMapping
  let offices: OfficeTree
  let within: Office.ID?
  let thisYear: Int
  var reasons: [String] = []
  var notes: [String] = []

  static let nothing: Set<String> = [
    "", "-", "--", "—", "/", "\\", "无", "暂无", "不详", "未知", "暂未获知", "暂无数据", "null", "NULL", "None", "N/A", "nan",
  ]

  func text(_ field: CompoundMapping.Field) -> String? {
    for column in columns.fields[field] ?? [] where column < row.cells.count {
      let cell = row.cells[column].trimmingCharacters(in: .whitespacesAndNewlines)
      if !Self.nothing.contains(cell) { return cell }
    }
    return nil
  }

  /// Digits with thousands separators, full width, a decimal part of zeros or a unit after them: "1,234户" is 1234. Zero is "unknown".
  mutating func number(_ field: CompoundMapping.Field) -> Int? {
    guard let cell = text(field) else { return nil }
    let folded = CompoundRules.folded(cell)
    let digits = folded.prefix { $0.isASCII && ($0.isNumber || $0 == ",") }.filter { $0 != "," }
    var rest = folded.dropFirst(folded.prefix { $0.isASCII && ($0.isNumber || $0 == ",") }.count)
    if rest.hasPrefix(".") { rest = rest.dropFirst().drop { $0 == "0" } }
    guard let value = Int(digits), ["", "户", "套", "幢", "栋", "个", "座"].contains(String(rest)) else {
      reasons.append("\(field.chinese)“\(cell.prefix(20))”不是数字")
      return nil
    }
    return value == 0 ? nil : value
  }

  /// "2004", "2004年", "2004-05-01", "2004.5": the year. "0000" is "unknown".
  mutating func year() -> Int? {
    guard let cell = text(.builtYear) else { return nil }
    let folded = CompoundRules.folded(cell)
    let digits = folded.prefix { $0.isASCII && $0.isNumber }
    guard digits.count == 4 || (digits.count == 8 && folded.count == 8), let year = Int(digits.prefix(4)) else {
      reasons.append("建成年份“\(cell.prefix(20))”读不出年份")
      return nil
    }
    return year == 0 ? nil : year
  }

  mutating func position() -> Coordinates? {
    for (datum, longitudeColumn, latitudeColumn) in columns.positions {
      guard longitudeColumn < row.cells.count, latitudeColumn < row.cells.count else { continue }
      let cells = [row.cells[longitudeColumn], row.cells[latitudeColumn]].map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
      if cells.allSatisfy({ Self.nothing.contains($0) || Double($0) == 0 }) { continue }
      guard let longitude = Double(cells[0]), let latitude = Double(cells[1]) else {
        reasons.append("坐标“\(cells[0].prefix(16))，\(cells[1].prefix(16))”不是数字")
        return nil
      }
      let position =
        switch datum {
        case .wgs84: Coordinates(latitude: latitude, longitude: longitude)
        case .gcj02: Coordinates(gcj02Latitude: latitude, longitude: longitude)
        case .bd09: Coordinates(bd09Latitude: latitude, longitude: longitude)
        }
      if let position, CompoundRules.isInShanghai(position) {
        // A tenth of a metre is more than any list knows.
        return Coordinates(latitude: (position.latitude * 1e6).rounded() / 1e6, longitude: (position.longitude * 1e6).rounded() / 1e6)
      }
      let swapped = Coordinates(latitude: longitude, longitude: latitude).map(CompoundRules.isInShanghai) ?? false
      reasons.append("坐标不在上海：\(cells[0].prefix(12))，\(cells[1].prefix(12))" + (swapped ? "（经纬度似乎写反）" : ""))
      return nil
    }
    return nil
  }

  mutating func squad() -> Office? {
    if let code = text(.streetCode), let squad = offices.squad(area: code) { return squad }
    let districtName = text(.district)
    let street = text(.street)
    guard let street else {
      reasons.append(text(.streetCode).map { "街镇代码 \($0) 不明" } ?? "没有写街镇")
      return nil
    }
    let district = districtName.flatMap(offices.district)
    if let district, let squad = offices.squad(named: street, in: district.id) { return squad }
    if district == nil || mapping.streetDecides, let squad = offices.squad(named: street) {
      // A district that is named and unknown is only passed over where the street may decide.
      if districtName != nil, !mapping.streetDecides {
        reasons.append("区“\(districtName ?? "")”不明")
        return nil
      }
      if let districtName { notes.append("按街镇“\(street)”归入\(offices[squad.district ?? squad.id]?.short ?? "")，表中的区为“\(districtName)”") }
      return squad
    }
    if let districtName, district == nil { reasons.append("区“\(districtName)”不明") }
    reasons.append(district.map { "街镇“\(street)”不在\(OfficeTree.areaName(of: $0))" } ?? "街镇“\(street)”不明")
    return nil
  }

  static func parts(_ text: String?) -> [String] {
    var seen: Set<String> = []
    return (text ?? "").split { "、；;|，,\n".contains($0) }.map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { !$0.isEmpty && $0.count <= 200 && seen.insert($0).inserted }
  }

  mutating func read() -> CompoundDraft? {
    let name = text(.name)
    if name == nil { reasons.append("没有写小区名称") }
    let squad = squad()
    if let squad, let within, squad.district != within { reasons.append("\(squad.short)不属于本区") }
    let addresses = Self.parts(text(.address))
    let households = number(.households)
    let buildings = number(.buildings)
    let builtYear = year()
    let position = position()
    guard let name, let squad, let district = squad.district else { return nil }
    let edit = CompoundEdit(
      name: name, squad: squad.id, address: addresses.first ?? "", position: position, households: households, buildings: buildings,
      builtYear: builtYear, managerName: text(.managerName), managerPhone: text(.managerPhone))
    for refusal in CompoundRules.check(edit, thisYear: thisYear) {
      reasons.append(refusal.message.hasSuffix("。") ? String(refusal.message.dropLast()) : refusal.message)
    }
    guard reasons.isEmpty else { return nil }
    let key =
      text(.ref).map { "ref:" + CompoundRules.folded($0) }
      ?? "na:\(offices[district]?.code ?? "")|\(CompoundRules.folded(name))|\(CompoundRules.folded(edit.address))"
    return CompoundDraft(
      line: row.line, key: key, edit: edit, district: district, firm: firmName(), firmCode: firmCode(),
      aliases: Self.parts(text(.aliases)).filter { (2...40).contains($0.count) && $0 != name }, moreAddresses: Array(addresses.dropFirst()),
      residentsCommittee: text(.residentsCommittee), ownersCommittee: text(.ownersCommittee), present: Set(columns.fields.keys),
      hasPosition: !columns.positions.isEmpty)
  }
  func firmName() -> String? {
    guard var name = text(.firm) else { return nil }
    while let last = name.last, "。.，, ".contains(last) { name.removeLast() }
    return name.count < 3 || ["业主自管", "业主自治", "自管", "无物业"].contains(name) ? nil : name
  }
  func firmCode() -> String? {
    guard let code = text(.firmCode)?.uppercased(), code.count == 18 else { return nil }
    return code
  }
}
