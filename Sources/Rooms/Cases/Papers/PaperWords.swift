import Kernel

extension Day {
  /// "二〇二六年十一月二十九日": how a paper is dated.
  public var paperText: String {
    let digits = Array("〇一二三四五六七八九")
    let year = String(self.year).compactMap(\.wholeNumberValue).map { digits[$0] }
    return String(year) + "年" + Self.small(month) + "月" + Self.small(dayOfMonth) + "日"
  }
  /// 1...31 in words.
  private static func small(_ number: Int) -> String {
    let digits = Array("零一二三四五六七八九").map(String.init)
    let (tens, ones) = (number / 10, number % 10)
    return (tens == 0 ? "" : (tens == 1 ? "" : digits[tens]) + "十") + (ones == 0 ? "" : digits[ones])
  }
}

/// Amounts as papers write them.
enum PaperMoney {
  /// "5000元", "5000.50元".
  static func plain(_ fen: Int) -> String { fen % 100 == 0 ? "\(fen / 100)元" : "\(fen / 100).\((fen % 100).padded(2))元" }

  /// "伍仟元整", "壹万零伍拾元伍角": in the characters that cannot be altered, 票据法 and 支付结算办法 fashion.
  static func capital(_ fen: Int) -> String {
    let (yuan, jiao, cent) = (fen / 100, fen / 10 % 10, fen % 10)
    var text = yuan == 0 && fen > 0 ? "" : whole(yuan) + "元"
    if jiao == 0, cent == 0 { return text + "整" }
    if jiao > 0 { text += digits[jiao] + "角" } else if !text.isEmpty { text += digits[0] }
    return cent > 0 ? text + digits[cent] + "分" : text + "整"
  }
  private static let digits = Array("零壹贰叁肆伍陆柒捌玖").map(String.init)
  /// Below 10^12.
  private static func whole(_ number: Int) -> String {
    if number == 0 { return digits[0] }
    var text = ""
    var (rest, needsZero) = (number, false)
    for (unit, word) in [(100_000_000, "亿"), (10_000, "万"), (1, "")] {
      let group = rest / unit
      rest %= unit
      if group == 0 {
        needsZero = !text.isEmpty
        continue
      }
      if needsZero || (!text.isEmpty && group < 1000) { text += digits[0] }
      needsZero = false
      text += thousands(group) + word
    }
    return text
  }
  private static func thousands(_ number: Int) -> String {
    var text = ""
    var (rest, gap) = (number, false)
    for (unit, word) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
      let digit = rest / unit
      rest %= unit
      if digit == 0 {
        gap = !text.isEmpty
      } else {
        if gap { text += digits[0] }
        gap = false
        text += digits[digit] + word
      }
    }
    return text
  }
}

/// What a draft leaves for a person to fill in. Nothing that still has one may be issued.
enum PaperGap {
  static let begin = "【待填："
  static func of(_ what: String) -> String { begin + what + "】" }
  /// What is missing first, if anything: "代收机构".
  static func first(in text: String) -> String? {
    text.firstRange(of: begin).map { String(text[$0.upperBound...].prefix { $0 != "】" }) }
  }
}
