import Understanding

/// Hides names, phones, identity numbers and rooms inside free words from whoever has no purpose to know them.
///
/// Errs toward hiding: a house number shown as *** costs a click, a neighbour's phone shown costs trust. One pass over UTF-16, because
/// every imported row goes through it.
public enum Masking {
  /// - Parameter names: names known to belong to the reporter; each occurrence is hidden.
  public static func mask(_ text: String, names: [String] = []) -> String {
    var scan = MaskingScan(Array(text.utf16), names: names.map { Array($0.utf16) }.filter { $0.count >= 2 })
    return String(units: scan.run())
  }

  /// "王** · 尾号 21", for a list.
  public static func hint(name: String?, phone: String?) -> String? {
    let who = name.flatMap { $0.isEmpty ? nil : String($0.prefix(1)) + "**" }
    let tail = phone.map { $0.filter(\.isNumber) }.flatMap { $0.count >= 7 ? "尾号 \($0.suffix(2))" : nil }
    let parts = [who, tail].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }
}

private struct MaskingScan {
  let units: [UInt16]
  let names: [[UInt16]]
  var out: [UInt16] = []
  var i = 0

  init(_ units: [UInt16], names: [[UInt16]]) {
    self.units = units
    self.names = names
    out.reserveCapacity(units.count + 16)
  }

  mutating func run() -> [UInt16] {
    while i < units.count {
      let unit = units[i]
      if Self.isDigit(unit) {
        digits()
      } else if let name = names.first(where: { $0[0] == unit && starts(with: $0, at: i) }) {
        out.append(name[0])
        out += Self.stars(2)
        i += name.count
      } else if Self.cueStarts.contains(unit), cue() {
        continue
      } else {
        if Self.titleStarts.contains(unit) { title() }
        out.append(unit)
        i += 1
      }
    }
    return out
  }

  // MARK: Digits

  /// A run of 7 or more digits, separators inside it included, is a phone, an identity or an order number. Shorter ones may be a room.
  private mutating func digits() {
    var end = i
    var count = 0
    var j = i
    while j < units.count,
      Self.isDigit(units[j]) || (Self.isJoiner(units[j]) && j + 1 < units.count && Self.isDigit(units[j + 1]) && count < 18)
    {
      if Self.isDigit(units[j]) { count += 1 }
      j += 1
      end = j
    }
    if count >= 7, !isDate(i..<end) {
      if count == 17, end < units.count, units[end] == 0x58 || units[end] == 0x78 { end += 1 }
      out += Self.stars(11)
      i = end
      return
    }
    // Only the first group: what follows a dash is looked at for itself.
    var first = i
    while first < end, Self.isDigit(units[first]) { first += 1 }
    let length = first - i
    if isRoom(length: length, end: first) { out += Self.stars(3) } else { out += units[i..<first] }
    i = first
  }

  /// "302室", "1号1306": the door is hidden, the building stays.
  private func isRoom(length: Int, end: Int) -> Bool {
    // Phones put spaces between digits and Han: "12 号 302 室".
    var end = end
    while end < units.count, Self.isSpace(units[end]) { end += 1 }
    var before = i
    while before > 0, Self.isSpace(units[before - 1]) { before -= 1 }
    let next = end < units.count ? units[end] : nil
    if (2...4).contains(length), let next {
      if next == Self.room { return true }
      if next == Self.house {
        let after = end + 1 < units.count ? units[end + 1] : nil
        if after == nil || after == Self.between || Self.stops.contains(after ?? 0) { return true }
      }
    }
    guard (3...4).contains(length), before > 0, Self.buildings.contains(units[before - 1]) else { return false }
    return next.map { !Self.countsAndRoads.contains($0) } ?? true
  }

  /// Dates such as 2024-03-05 or 20240305142201 say when, not who.
  private func isDate(_ range: Range<Int>) -> Bool {
    let run = units[range].filter(Self.isDigit).map { Int($0 >= 0xFF10 ? $0 - 0xFF10 : $0 - 0x30) }
    guard run.count == 7 || run.count == 8 || run.count == 14 else { return false }
    let year = run[0] * 1000 + run[1] * 100 + run[2] * 10 + run[3]
    guard (1990...2099).contains(year) else { return false }
    if run.count == 7 { return units[range].contains(0x2D) }
    return (1...12).contains(run[4] * 10 + run[5]) && (1...31).contains(run[6] * 10 + run[7])
  }

  // MARK: Names

  /// "我叫王建国", "联系人：李红": the family name stays.
  private mutating func cue() -> Bool {
    guard let cue = Self.cues.first(where: { starts(with: $0.units, at: i) }) else { return false }
    var at = i + cue.units.count
    var colons = 0
    while colons < 2, at < units.count, Self.colons.contains(units[at]) {
      at += 1
      colons += 1
    }
    for length in [3, 2] where at + length <= units.count {
      guard units[at..<(at + length)].allSatisfy(Self.isHan), ends(at + length) else { continue }
      // “来电人反映：” names nobody: without a colon before it, only a family name is one.
      if cue.spoken && colons == 0 && !Self.families.contains(units[at]) { return false }
      out += units[i...at]
      out += Self.stars(2)
      i = at + length
      return true
    }
    return false
  }

  /// "王建国先生", "李芳女士": called at the title, looks back.
  private mutating func title() {
    guard Self.titles.contains(where: { starts(with: $0, at: i) }) else { return }
    for length in [3, 2] where i >= length && out.count >= length {
      let name = units[(i - length)..<i]
      guard let first = name.first, Self.families.contains(first), name.allSatisfy(Self.isHan), Array(out.suffix(length)) == Array(name)
      else { continue }
      out.removeLast(length - 1)
      out += Self.stars(1)
      return
    }
  }

  private func ends(_ at: Int) -> Bool {
    guard at < units.count else { return true }
    return Self.stops.contains(units[at]) || Self.afterNames.contains { starts(with: $0, at: at) }
  }
  private func starts(with prefix: [UInt16], at index: Int) -> Bool {
    guard index + prefix.count <= units.count else { return false }
    for k in prefix.indices where units[index + k] != prefix[k] { return false }
    return true
  }

  // MARK: Tables

  static func stars(_ n: Int) -> [UInt16] { Array(repeating: 0x2A, count: n) }
  static func isDigit(_ u: UInt16) -> Bool { (0x30...0x39).contains(u) || (0xFF10...0xFF19).contains(u) }
  static func isSpace(_ u: UInt16) -> Bool { u == 0x20 || u == 0xA0 || u == 0x3000 }
  static func isJoiner(_ u: UInt16) -> Bool { u == 0x2D || u == 0x20 || u == 0x2014 || u == 0xFF0D }
  static func isHan(_ u: UInt16) -> Bool { (0x3400...0x4DBF).contains(u) || (0x4E00...0x9FFF).contains(u) }
  static let room = unit("室")
  static let house = unit("房")
  static let between = unit("间")
  static let buildings = set("号幢栋楼座")
  static let countsAndRoads = set("号弄路年月日元米个户平㎡")
  static let stops = set("，。、,.；;：:（( \t\n\r　")
  static let colons = set(":：是为 \t")
  static let afterNames = ["电话", "手机"].map { Array($0.utf16) }
  static let titles = ["先生", "女士", "小姐", "阿姨", "师傅", "老师"].map { Array($0.utf16) }
  static let titleStarts = UnitSet(titles.map { $0[0] })
  static let cues: [(units: [UInt16], spoken: Bool)] = [
    ("业主姓名", false), ("本人姓名", false), ("我叫", false), ("联系人", true), ("来电人", true), ("投诉人", true), ("姓名", false), ("户主", false),
  ].map { (Array($0.0.utf16), $0.1) }
  static let cueStarts = UnitSet(cues.map { $0.units[0] })
  /// The commonest one-character family names; others are caught by the cues.
  static let families = set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤施")
  static func set(_ text: String) -> UnitSet { UnitSet(text) }
  static func unit(_ text: String) -> UInt16 { text.utf16.first ?? 0 }
}
