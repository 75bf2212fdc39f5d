import Kernel

/// A law, regulation or rule the catalogue cites, in the version that was read.
public struct Law: Hashable, Sendable {
  /// Short key inside the file: `wygd`.
  public let key: String
  /// "上海市住宅物业管理规定"
  public let name: String
  /// "地方性法规"
  public let level: String
  /// Passed and amended when, as text.
  public let version: String
  public let effective: Day
  /// When the last amendment came into force, where it is known apart.
  public let amended: Day?
  public let note: String?
  /// Where the text was read.
  public let source: String
  public let confidence: SourceConfidence
}

/// An article of a law, down to paragraph and item.
public struct Cite: Hashable, Sendable {
  public let law: Law
  public let article: Int
  public let paragraph: Int?
  public let item: Int?
  /// "《上海市住宅物业管理规定》第五十六条第二款第一项"
  public var text: String {
    let parts = [(Optional(article), "条"), (paragraph, "款"), (item, "项")]
    return "《\(law.name)》" + parts.map { number, word in number.map { "第\($0.chineseNumeral)\(word)" } ?? "" }.joined()
  }
  /// "上海市住宅物业管理规定56条2款1项": how people type it.
  var typed: String {
    law.name + "\(article)条" + (paragraph.map { "\($0)款" } ?? "") + (item.map { "\($0)项" } ?? "")
  }
}

extension Int {
  /// 1...9999 as laws number their articles: 十, 二十一, 一百零五, 一千一百六十九.
  var chineseNumeral: String {
    let digits = Array("零一二三四五六七八九")
    guard (1...9999).contains(self) else { return String(self) }
    var text = ""
    var (rest, gap) = (self, false)
    for (unit, word) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
      let digit = rest / unit
      rest %= unit
      if digit == 0 {
        gap = gap || !text.isEmpty
      } else {
        if gap { text.append("零") }
        text.append(digits[digit])
        text += word
        gap = false
      }
    }
    return text.hasPrefix("一十") ? String(text.dropFirst()) : text
  }
}
