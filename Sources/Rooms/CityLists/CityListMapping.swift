import Foundation
import Intake
import Kernel
import Sheets

/// How the city's lists are read: `Data/mappings/city-lists.json`, or an office's own file of the same shape.
public struct CityListMapping: Sendable {
  public enum Field: String, Sendable, CaseIterable {
    case sourceNo = "source-no"
    case kind, said, due
    public var chinese: String {
      switch self {
      case .sourceNo: "工单编号"
      case .kind: "通报类型"
      case .said: "原因"
      case .due: "答复期限"
      }
    }
  }
  public let name: String
  public let note: String
  public let confidence: SourceConfidence
  /// Whose numbers the list gives.
  public let channel: Report.Channel
  /// Working days to answer, where the list says nothing.
  public let answerDays: Int
  public let answerNote: String
  let columns: [Field: [String]]
  let kinds: [CityEntry.Kind: [String]]

  /// - Throws: `DataFileError` with every problem.
  public init(reading data: Data, file: String = "mappings/city-lists.json") throws(DataFileError) {
    self = try DataFile.read(data, file: file) { root in
      root.object("lists", "name", "note", "confidence", "channel", "answerDays", "answerNote", "columns", "kinds")
      _ = root["lists"].string()
      let known = Set(Field.allCases.map(\.rawValue))
      for key in root["columns"].keys where !known.contains(key) { root["columns"].problem("\"\(key)\" is no field") }
      var columns: [Field: [String]] = [:]
      for field in Field.allCases where field == .sourceNo || !root["columns"][field.rawValue].isAbsent {
        columns[field] = root["columns"][field.rawValue].strings()
      }
      var kinds: [CityEntry.Kind: [String]] = [:]
      var seen: Set<String> = []
      for kind in CityEntry.Kind.allCases {
        let words = root["kinds"][kind.rawValue].strings()
        for word in words where !seen.insert(word).inserted { root["kinds"].problem("\"\(word)\" stands for two kinds") }
        kinds[kind] = words
      }
      return CityListMapping(
        name: root["name"].string(), note: root["note"].string(), confidence: root["confidence"].choice(.unverified),
        channel: root["channel"].choice(.hotline), answerDays: root["answerDays"].int(in: 1...60),
        answerNote: root["answerNote"].string(), columns: columns, kinds: kinds)
    }
  }
  private init(
    name: String, note: String, confidence: SourceConfidence, channel: Report.Channel, answerDays: Int, answerNote: String,
    columns: [Field: [String]], kinds: [CityEntry.Kind: [String]]
  ) {
    self.name = name
    self.note = note
    self.confidence = confidence
    self.channel = channel
    self.answerDays = answerDays
    self.answerNote = answerNote
    self.columns = columns
    self.kinds = kinds
  }

  /// One line of a list, read and not yet looked up.
  public struct Draft: Sendable, Hashable {
    public let line: Int
    public let kind: CityEntry.Kind
    public let sourceNo: String
    public let said: String
    public let due: Day
  }
  public struct Reading: Sendable {
    public let drafts: [Draft]
    public let bad: [(line: Int, reason: String)]
    public let columns: [(field: Field, column: String)]
  }
  public static let most = 5_000

  /// Pure.
  /// - Parameters:
  ///   - kind: of the whole list; nil where a column says it.
  ///   - usual: by when to answer where the list does not say.
  /// - Throws: `Refusal` `city-lists-column`, `city-lists-kind`.
  public func read(_ table: Table, kind given: CityEntry.Kind?, month: Month, usual: Day) throws(Refusal) -> Reading {
    var at: [Field: Int] = [:]
    for (field, names) in columns { at[field] = table.column(anyOf: names) }
    guard at[.sourceNo] != nil else {
      throw Refusal(
        .invalid, "city-lists-column", "表中没有工单编号一列（可用表头：\((columns[.sourceNo] ?? []).prefix(4).joined(separator: "、"))）。", field: "file")
    }
    if given == nil, at[.kind] == nil {
      throw Refusal(.invalid, "city-lists-kind", "表中没有“通报类型”一列，请选择这是哪一类通报件。", field: "kind")
    }
    var drafts: [Draft] = []
    var bad = table.troubles.map { (line: $0.line, reason: $0.reason) }
    var seen: [String: Int] = [:]
    for row in table.rows {
      func cell(_ field: Field) -> String {
        guard let i = at[field], i < row.cells.count else { return "" }
        return row.cells[i].trimming()
      }
      let no = cell(.sourceNo)
      guard (4...64).contains(no.utf16.count), !no.contains(where: \.isWhitespace) else {
        bad.append((row.line, no.isEmpty ? "没有工单编号" : "工单编号“\(no.prefix(20))”读不出来"))
        continue
      }
      let word = cell(.kind)
      guard let kind = given ?? CityEntry.Kind.allCases.first(where: { kinds[$0]?.contains(word) ?? false }) else {
        bad.append(
          (
            row.line,
            word.isEmpty ? "没有写通报类型" : "通报类型“\(word.prefix(20))”不认识，可填：\(CityEntry.Kind.allCases.map(\.chinese).joined(separator: "、"))"
          ))
        continue
      }
      var due = usual
      if !cell(.due).isEmpty {
        guard let day = ChineseDates.parse(cell(.due)).flatMap({ Day(iso: $0.iso.prefix(10)) }) else {
          bad.append((row.line, "答复期限“\(cell(.due).prefix(20))”读不出来"))
          continue
        }
        guard day >= month.first else {
          bad.append((row.line, "答复期限 \(day.iso) 早于通报的月份"))
          continue
        }
        due = day
      }
      let key = "\(kind.rawValue) \(no)"
      if let line = seen[key] {
        bad.append((row.line, "与第 \(line) 行是同一件"))
        continue
      }
      seen[key] = row.line
      if drafts.count == Self.most {
        bad.append((row.line, "一次最多导入 \(Self.most) 件，请把这一行放到下一份文件"))
        continue
      }
      drafts.append(Draft(line: row.line, kind: kind, sourceNo: no, said: String(Masking.mask(cell(.said)).prefix(1000)), due: due))
    }
    return Reading(
      drafts: drafts, bad: bad.sorted { $0.line < $1.line },
      columns: at.sorted { $0.value < $1.value }.map { ($0.key, table.header[$0.value]) })
  }
}
