import Foundation

/// Which cell styles show a number as a date or a time (ECMA-376 part 1, 18.8.30).
struct CellFormats {
  enum Kind {
    case plain
    case date
    case time
    /// `[h]:mm`: hours beyond 24.
    case elapsed
  }
  /// By the index that cells carry.
  var styles: [Kind] = []
  /// Days are counted from 1904-01-01, as old Macintosh workbooks do.
  var from1904 = false

  func kind(style: Int) -> Kind { styles.indices.contains(style) ? styles[style] : .plain }

  /// Formats that need no text of their own; 27–36 and 50–58 are those of Chinese Excel.
  static func builtIn(_ id: Int) -> Kind {
    switch id {
    case 14...17, 22, 27...31, 36, 50...54, 57, 58: .date
    case 18...21, 32...35, 45, 47, 55, 56: .time
    case 46: .elapsed
    default: .plain
    }
  }

  static func kind(code: String) -> Kind {
    var letters = ""
    var elapsed = false
    var rest = Substring(code.split(separator: ";", omittingEmptySubsequences: false).first ?? "").lowercased()[...]
    if rest.contains("general") || rest.contains("g/通用格式") { return .plain }
    while let c = rest.first {
      rest = rest.dropFirst()
      switch c {
      case "\"": rest = rest.drop { $0 != "\"" }.dropFirst()
      case "\\", "_", "*": rest = rest.dropFirst()
      case "[":
        let inside = rest.prefix { $0 != "]" }
        if !inside.isEmpty, inside.allSatisfy({ $0 == inside.first }), "hms".contains(inside.first ?? " ") { elapsed = true }
        rest = rest.dropFirst(inside.count + 1)
      default: letters.append(c)
      }
    }
    if elapsed { return .elapsed }
    if letters.contains(where: { "yde".contains($0) }) && !letters.contains(where: { "0#".contains($0) }) { return .date }
    if letters.contains("y") || letters.contains("d") { return .date }
    if letters.contains("h") || letters.contains("s") { return .time }
    return letters.contains("m") ? .date : .plain
  }

  /// The text of a number under a style: ISO day or time for dates, otherwise the number as a person types it.
  func text(_ value: String, style: Int) -> String {
    let kind = kind(style: style)
    if kind == .plain { return Self.plain(value) }
    guard let serial = Double(value), serial.isFinite, serial >= 0, serial < 2_958_466 else { return Self.plain(value) }
    if kind == .elapsed {
      let seconds = Int((serial * 86_400).rounded())
      return "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
    guard let stamp = ExcelSerial.stamp(serial, from1904: from1904) else { return Self.plain(value) }
    let clock = "\(two(stamp.second / 3600)):\(two(stamp.second / 60 % 60)):\(two(stamp.second % 60))"
    if kind == .time && serial < 1 { return clock }
    let day = "\(four(stamp.year))-\(two(stamp.month))-\(two(stamp.day))"
    return stamp.second == 0 && kind == .date ? day : "\(day) \(clock)"
  }

  /// 13800000000 for 1.38E10; at most 15 significant digits, as Excel itself shows.
  static func plain(_ value: String) -> String {
    if !value.utf8.contains(where: { $0 == 0x2E || $0 == 0x45 || $0 == 0x65 }) { return value }
    guard let number = Double(value), number.isFinite else { return value }
    if number.rounded() == number, abs(number) < 1e15 { return String(Int(number)) }
    let rounded = Double(String(format: "%.15g", number)) ?? number
    return "\(rounded)"
  }

  private func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
  private func four(_ n: Int) -> String { String(repeating: "0", count: max(0, 4 - "\(n)".count)) + "\(n)" }
}

/// Excel's day numbers. Its 1900 system counts a 29 February 1900 that never was.
enum ExcelSerial {
  /// The civil day and the second of the day, rounded to the second; nil for the day that never was.
  static func stamp(_ serial: Double, from1904: Bool = false) -> (year: Int, month: Int, day: Int, second: Int)? {
    guard serial.isFinite, serial >= 0, serial < 2_958_466 else { return nil }
    var days = Int(serial.rounded(.down))
    var second = Int(((serial - serial.rounded(.down)) * 86_400).rounded())
    if second == 86_400 {
      days += 1
      second = 0
    }
    if !from1904, days == 60 { return nil }
    // 1899-12-31 is day 0 up to the false leap day, 1899-12-30 after it, counted from 1970-01-01.
    let epoch = from1904 ? -24_107 : days < 60 ? -25_568 : -25_569
    let civil = CivilDay.civil(days + epoch)
    return (civil.year, civil.month, civil.day, second)
  }
}

/// Days and dates after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
enum CivilDay {
  static func civil(_ daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
    let z = daysSince1970 + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let doe = z - era * 146_097
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100)
    let mp = (5 * doy + 2) / 153
    let month = mp < 10 ? mp + 3 : mp - 9
    return (yoe + era * 400 + (month <= 2 ? 1 : 0), month, doy - (153 * mp + 2) / 5 + 1)
  }
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yoe = y - era * 400
    let doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
  }
  static func exists(_ year: Int, _ month: Int, _ day: Int) -> Bool {
    guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return false }
    let back = civil(days(year, month, day))
    return back == (year, month, day)
  }
}
