/// Reads days and times as they stand in the files of offices.
///
///     ChineseDates.parse("2024年3月5日14时22分")   // 2024-03-05, minute 862
///     ChineseDates.parse("45356.599")              // the same moment as Excel keeps it
///     ChineseDates.parse("3/5/2024")               // nil: 5 March or 3 May
///
/// Nothing is guessed: what is ambiguous (two-digit years without 年, 3/5/2024 without AM or PM, dates without a year) or
/// impossible (30 February, 25:00) is nil. Times without offset are taken as Shanghai's; with `Z` or an offset they are converted.
public enum ChineseDates {
  public struct Reading: Hashable, Sendable {
    /// Days since 1970-01-01, for `Day(daysSinceEpoch:)`.
    public let daysSinceEpoch: Int
    /// Minutes since midnight in Shanghai, 0..<1440; nil when the text names only a day.
    public let minute: Int?
    /// "2024-03-05".
    public var iso: String {
      let c = CivilDay.civil(daysSinceEpoch)
      return "\(c.year)-\(c.month < 10 ? "0" : "")\(c.month)-\(c.day < 10 ? "0" : "")\(c.day)"
    }
  }

  public static func parse(_ text: String) -> Reading? {
    var cursor = Cursor(text)
    guard cursor.units.count <= 64, let day = day(&cursor) else { return nil }
    if let serial = day.serial { return cursor.atEnd ? reading(serial: serial) : nil }
    var time: Time?
    if !cursor.atEnd {
      guard let found = day.compactTime ?? clock(&cursor, requireMark: day.needsMark) else { return nil }
      time = found
    } else {
      time = day.compactTime
    }
    if day.needsMark, time?.marked != true { return nil }
    guard cursor.atEnd, (1900...2199).contains(day.year), CivilDay.exists(day.year, day.month, day.day) else { return nil }
    return reading(CivilDay.days(day.year, day.month, day.day), time)
  }

  // MARK: The day

  private struct DayPart {
    var year = 0
    var month = 0
    var day = 0
    /// Month and day could be exchanged unless AM or PM shows the American order.
    var needsMark = false
    var compactTime: Time?
    var serial: Double?
  }

  private static func day(_ c: inout Cursor) -> DayPart? {
    guard let first = c.digits() else { return nil }
    if c.atEnd || c.peek == "." || c.peek == " " || c.peek == "t", first.count >= 5 { return compact(first, &c) }
    guard first.count <= 4, let mark = c.take("-/.年") else { return nil }
    c.spaces()
    guard let second = c.digits(most: 2), let next = c.take(mark == "年" ? "月" : String(mark)) else { return nil }
    _ = next
    c.spaces()
    guard let third = c.digits(most: 4) else { return nil }
    if mark == "年" {
      guard third.count <= 2, c.take("日号") != nil, first.count == 4 || first.count == 2 else { return nil }
      return DayPart(year: first.count == 2 ? 2000 + first.value : first.value, month: second.value, day: third.value)
    }
    if first.count == 4, third.count <= 2 {
      _ = c.take("日号")
      return DayPart(year: first.value, month: second.value, day: third.value)
    }
    guard mark == "/", first.count <= 2, third.count == 4 else { return nil }
    if first.value > 12 { return DayPart(year: third.value, month: second.value, day: first.value) }
    let sure = second.value > 12 || first.value == second.value
    return DayPart(year: third.value, month: first.value, day: second.value, needsMark: !sure)
  }

  /// 20240305, 202403051422, 20240305142201, 20240305T142201, or a number of Excel's.
  private static func compact(_ run: Cursor.Run, _ c: inout Cursor) -> DayPart? {
    if run.count == 5 {
      // 1954 to 2119: wide enough for any file, narrow enough that a count is seldom taken for a day.
      guard (20_000...80_000).contains(run.value) else { return nil }
      var serial = Double(run.value)
      if c.take(".") != nil {
        guard let fraction = c.digits(most: 18), let value = Double("\(run.value).\(fraction.text)") else { return nil }
        serial = value
      }
      return DayPart(serial: serial)
    }
    guard [8, 12, 14].contains(run.count), c.peek != "." else { return nil }
    let n = run.text.utf8.map { Int($0) - 0x30 }
    func number(_ range: Range<Int>) -> Int { n[range].reduce(0) { $0 * 10 + $1 } }
    var part = DayPart(year: number(0..<4), month: number(4..<6), day: number(6..<8))
    if run.count > 8 {
      guard let time = Time(hour: number(8..<10), minute: number(10..<12), second: run.count == 14 ? number(12..<14) : 0) else {
        return nil
      }
      part.compactTime = time
    }
    return part
  }

  // MARK: The time

  private struct Time {
    var minute: Int
    /// AM or PM in Latin letters was written.
    var marked = false
    /// Minutes east of Greenwich, when written.
    var offset: Int?

    /// Nil when no clock shows it; 24:00 is the end of the day.
    init?(hour: Int, minute: Int, second: Int) {
      guard (0...23).contains(hour) || (hour == 24 && minute == 0 && second == 0), (0...59).contains(minute), (0...60).contains(second)
      else {
        return nil
      }
      self.minute = hour * 60 + minute
    }
  }

  private static func clock(_ c: inout Cursor, requireMark: Bool) -> Time? {
    _ = c.take("t")
    c.spaces()
    c.weekday()
    if c.atEnd { return nil }
    let part = c.word(["上午", "下午", "凌晨", "早上", "早晨", "中午", "傍晚", "晚上", "am", "pm"])
    c.spaces()
    guard let h = c.digits(most: 6) else { return nil }
    var hour = h.value
    var minute = 0
    var second = 0
    if h.count == 6 || h.count == 4 {
      // 142201 and 1422, after a compact day.
      let n = h.count == 6 ? h.value : h.value * 100
      (hour, minute, second) = (n / 10_000, n / 100 % 100, n % 100)
    } else if h.count > 2 {
      return nil
    } else if c.take("时点") != nil {
      if c.take("半") != nil {
        minute = 30
      } else if let m = c.digits(most: 2) {
        minute = m.value
        if c.take("分") != nil, let s = c.digits(most: 2) {
          second = s.value
          guard c.take("秒") != nil else { return nil }
        }
      } else {
        _ = c.take("整")
      }
    } else {
      guard c.take(":") != nil, let m = c.digits(most: 2), m.count == 2 else { return nil }
      minute = m.value
      if c.take(":") != nil {
        guard let s = c.digits(most: 2) else { return nil }
        second = s.value
        if c.take(".,") != nil, c.digits(most: 9) == nil { return nil }
      }
    }
    c.spaces()
    let after = part == nil ? c.word(["am", "pm"]) : nil
    guard let turned = hour24(hour, part ?? after), var time = Time(hour: turned, minute: minute, second: second) else { return nil }
    let mark = part ?? after
    time.marked = mark == "am" || mark == "pm"
    c.spaces()
    if !c.atEnd {
      guard part == nil, after == nil, let offset = offset(&c) else { return nil }
      time.offset = offset
    }
    return time
  }

  private static func hour24(_ hour: Int, _ part: String?) -> Int? {
    guard let part else { return hour }
    switch part {
    case "am": return (1...12).contains(hour) ? hour % 12 : nil
    case "上午", "早上", "早晨": return (0...12).contains(hour) ? hour : nil
    case "凌晨":
      if hour == 12 { return 0 }
      return (0...6).contains(hour) ? hour : nil
    case "中午":
      if (1...2).contains(hour) { return hour + 12 }
      return (11...14).contains(hour) ? hour : nil
    case "晚上":
      // 晚上12点 may be either midnight of that day.
      if (5...11).contains(hour) { return hour + 12 }
      return (17...23).contains(hour) ? hour : nil
    default:
      // pm, 下午, 傍晚
      if (1...11).contains(hour) { return hour + 12 }
      return (12...23).contains(hour) ? hour : nil
    }
  }

  private static func offset(_ c: inout Cursor) -> Int? {
    if c.take("z") != nil { return 0 }
    guard let sign = c.take("+-"), let h = c.digits(most: 4) else { return nil }
    var minutes = 0
    if h.count == 4 {
      minutes = h.value / 100 * 60 + h.value % 100
    } else if h.count == 2 {
      minutes = h.value * 60
      if c.take(":") != nil {
        guard let m = c.digits(most: 2), m.value < 60 else { return nil }
        minutes += m.value
      }
    } else {
      return nil
    }
    return minutes <= 14 * 60 ? (sign == "-" ? -minutes : minutes) : nil
  }

  // MARK: Together

  private static func reading(_ day: Int, _ time: Time?) -> Reading {
    guard let time else { return Reading(daysSinceEpoch: day, minute: nil) }
    let minute = time.minute + (time.offset.map { 480 - $0 } ?? 0)
    let shift = minute >= 0 ? minute / 1440 : -1
    return Reading(daysSinceEpoch: day + shift, minute: minute - shift * 1440)
  }

  private static func reading(serial: Double) -> Reading? {
    guard let stamp = ExcelSerial.stamp(serial) else { return nil }
    let whole = serial.rounded(.down) == serial
    return Reading(daysSinceEpoch: CivilDay.days(stamp.year, stamp.month, stamp.day), minute: whole ? nil : stamp.second / 60)
  }
}

/// The text with widths and letter case folded, read from left to right.
private struct Cursor {
  struct Run {
    let text: String
    let value: Int
    var count: Int { text.utf8.count }
  }
  let units: [Character]
  private var at = 0

  init(_ text: String) {
    var folded = ""
    for scalar in text.prefix(80).unicodeScalars {
      switch scalar.value {
      case 0xFF01...0xFF5E: folded.unicodeScalars.append(Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar)
      case 0x3000, 0xA0, 0x09, 0x202F: folded += " "
      case 0xFEFF, 0x200B: break
      default: folded.unicodeScalars.append(scalar)
      }
    }
    var all = Array(folded.lowercased())
    while all.last == " " { all.removeLast() }
    units = all
    spaces()
  }

  var atEnd: Bool { at >= units.count }
  var peek: Character? { atEnd ? nil : units[at] }

  mutating func spaces() { while !atEnd, units[at].isWhitespace { at += 1 } }

  /// One of these characters, after any spaces.
  mutating func take(_ any: String) -> Character? {
    let start = at
    spaces()
    if let c = peek, any.contains(c) {
      at += 1
      return c
    }
    at = start
    return nil
  }

  mutating func digits(most: Int = 14) -> Run? {
    let start = at
    spaces()
    var text = ""
    while let c = peek, ("0"..."9").contains(c), text.utf8.count <= most {
      text.append(c)
      at += 1
    }
    guard !text.isEmpty, text.utf8.count <= most, let value = Int(text) else {
      at = start
      return nil
    }
    return Run(text: text, value: value)
  }

  mutating func word(_ words: [String]) -> String? {
    for word in words where units[at...].starts(with: word) {
      at += word.count
      return word
    }
    return nil
  }

  /// Passes over 星期二, 周二 and their brackets.
  mutating func weekday() {
    let start = at
    let open = take("(（")
    guard word(["星期", "礼拜", "周"]) != nil, take("一二三四五六日天") != nil, open == nil || take(")）") != nil else {
      at = start
      return
    }
    spaces()
  }
}
