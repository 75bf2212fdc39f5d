import Foundation
import Kernel
import Sheets

/// A file given to the laboratory: columns by any of their names, cells read with the row's number in every complaint.
struct LabTable {
  let path: String
  let table: Table
  private(set) var troubles: [Refusal] = []

  init(_ path: String) throws {
    self.path = path
    table = try Table.read(file: Data(contentsOf: URL(fileURLWithPath: path)), name: path)
    for trouble in table.troubles { complain(trouble.line, trouble.reason) }
  }

  func column(_ names: String...) -> Int? { table.column(anyOf: names) }
  func need(_ names: String...) throws -> Int {
    guard let found = table.column(anyOf: names) else {
      let all = names.joined(separator: " 或 ")
      throw Refusal(.invalid, "lab-column-missing", "文件 \(path) 缺少 \(all) 列，请补上后再试。", field: names.first)
    }
    return found
  }

  mutating func complain(_ line: Int, _ what: String) {
    troubles.append(Refusal(.invalid, "lab-row-unreadable", "第 \(line) 行：\(what)"))
  }
  /// Ends the reading when something was wrong; the first ones are named, the others counted.
  func settle() throws {
    if troubles.isEmpty { return }
    let rest = troubles.count > 20 ? [Refusal(.invalid, "lab-row-unreadable", "还有 \(troubles.count - 20) 行有问题。")] : []
    throw Refusals(troubles.prefix(20) + rest)
  }

  static func text(_ row: Table.Row, _ column: Int) -> String { row.cells[column].trimmingCharacters(in: .whitespacesAndNewlines) }
  /// A finite number; thousands separated by commas and wide digits are read too.
  static func number(_ text: String) -> Double? {
    let narrow = String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { (0xFF10...0xFF19).contains($0.value) ? Unicode.Scalar($0.value - 0xFEE0) ?? $0 : $0 }))
    guard let value = Double(narrow.replacing(",", with: "")), value.isFinite else { return nil }
    return value
  }
  static func count(_ text: String) -> Int? {
    guard let value = number(text), value >= 0, value <= 1e9, value == value.rounded() else { return nil }
    return Int(value)
  }
}

/// A stretch of the calendar, told apart by how it is written: 2026-W05, 2026-02, 2026-02-03.
struct LabPeriod: Hashable {
  enum Kind: String, CaseIterable {
    case day
    case week
    case month
    var chinese: String {
      switch self {
      case .day: "日"
      case .week: "周"
      case .month: "月"
      }
    }
  }
  let kind: Kind
  /// Consecutive periods have consecutive numbers.
  let number: Int

  init(kind: Kind, number: Int) {
    self.kind = kind
    self.number = number
  }

  init?(_ text: String) {
    let parts = text.uppercased().replacing("/", with: "-").replacing("年", with: "-").replacing("月", with: "-").replacing("日", with: "")
      .split(separator: "-").map(String.init)
    guard parts.count >= 2, parts[0].count == 4, let year = Int(parts[0]) else { return nil }
    if parts.count == 2, parts[1].hasPrefix("W") {
      // The week with 4 January is the first (ISO 8601).
      guard let week = Int(parts[1].dropFirst()), (1...53).contains(week), let fourth = Day(year: year, month: 1, day: 4) else {
        return nil
      }
      let monday = fourth.adding(days: 1 - fourth.weekday + 7 * (week - 1))
      if monday.adding(days: 3).year != year { return nil }
      self.init(day: monday, as: .week)
    } else if parts.count == 2 {
      guard let month = Int(parts[1]), (1...12).contains(month) else { return nil }
      self.init(kind: .month, number: year * 12 + month - 1)
    } else {
      guard parts.count == 3, let month = Int(parts[1]), let date = Int(parts[2].prefix { $0.isNumber }),
        let day = Day(year: year, month: month, day: date)
      else { return nil }
      self.init(day: day, as: .day)
    }
  }

  init(day: Day, as kind: Kind) {
    self.kind = kind
    switch kind {
    case .day: number = day.daysSinceEpoch
    // 1970-01-05 was a Monday.
    case .week: number = Int((Double(day.daysSinceEpoch - 4) / 7).rounded(.down))
    case .month: number = day.year * 12 + day.month - 1
    }
  }

  /// The same day as part of a longer period.
  func `as`(_ other: Kind) -> LabPeriod? {
    if other == kind { return self }
    return kind == .day ? LabPeriod(day: Day(daysSinceEpoch: number), as: other) : nil
  }

  var text: String {
    switch kind {
    case .day: return Day(daysSinceEpoch: number).iso
    case .week:
      let thursday = Day(daysSinceEpoch: number * 7 + 4).adding(days: 3)
      let first = Day(year: thursday.year, month: 1, day: 1) ?? thursday
      return "\(thursday.year)-W\((thursday.days(since: first) / 7 + 1).padded(2))"
    case .month: return "\(number / 12)-\((number % 12 + 1).padded(2))"
    }
  }
}
