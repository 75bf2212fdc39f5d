import Foundation

/// Hides names, phones, identity numbers and rooms inside free words from whoever has no purpose to know them.
///
/// Errs toward hiding: a house number shown as *** costs a click, a neighbour's phone shown costs trust.
public enum Masking {
  /// - Parameter names: names known to belong to the reporter; each occurrence is hidden.
  public static func mask(_ text: String, names: [String] = []) -> String {
    var out = text
    for name in names where name.count >= 2 { out = out.replacing(name, with: String(name.prefix(1)) + "**") }
    out = maskDigits(out)
    out = maskRooms(out)
    return maskNames(out)
  }

  /// "王**", for a list.
  public static func hint(name: String?, phone: String?) -> String? {
    let who = name.flatMap { $0.isEmpty ? nil : String($0.prefix(1)) + "**" }
    let tail = phone.map { $0.filter(\.isNumber) }.flatMap { $0.count >= 7 ? "尾号 \($0.suffix(2))" : nil }
    let parts = [who, tail].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }

  /// Runs of 7 or more digits (phones, identity and order numbers), separators inside them included.
  static func maskDigits(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var out = String.UnicodeScalarView()
    var i = 0
    while i < scalars.count {
      guard isDigit(scalars[i]) else {
        out.append(scalars[i])
        i += 1
        continue
      }
      var end = i
      var digits = 0
      var j = i
      while j < scalars.count,
        isDigit(scalars[j]) || (isJoiner(scalars[j]) && j + 1 < scalars.count && isDigit(scalars[j + 1]) && digits < 18)
      {
        if isDigit(scalars[j]) { digits += 1 }
        j += 1
        end = j
      }
      if end < scalars.count, digits == 17, scalars[end] == "X" || scalars[end] == "x" { end += 1 }
      let run = scalars[i..<end]
      // Dates such as 2024-03-05 or 20240305 say when, not who.
      if digits >= 7, !isDate(String(String.UnicodeScalarView(run))) {
        out.append(contentsOf: "***********".unicodeScalars)
      } else {
        out.append(contentsOf: run)
      }
      i = end
    }
    return String(out)
  }

  private static func isDigit(_ s: Unicode.Scalar) -> Bool { (0x30...0x39).contains(s.value) || (0xFF10...0xFF19).contains(s.value) }
  private static func isJoiner(_ s: Unicode.Scalar) -> Bool { s == "-" || s == " " || s == "—" || s == "－" }
  private static func isDate(_ run: String) -> Bool {
    let digits = run.filter(\.isNumber)
    guard digits.count == 8 || digits.count == 7 || digits.count == 14, let year = Int(digits.prefix(4)), (1990...2099).contains(year)
    else { return false }
    if digits.count == 7 { return run.contains("-") }
    guard let month = Int(digits.dropFirst(4).prefix(2)), let day = Int(digits.dropFirst(6).prefix(2)) else { return false }
    return (1...12).contains(month) && (1...31).contains(day)
  }

  /// "302室", "1号1306", "12-3-501": the door is hidden, the building stays.
  static func maskRooms(_ text: String) -> String {
    text
      .replacing(/[0-9０-９]{2,4}(?<unit>室|房间|房(?=[，。、,.\s]|$))/) { match in "***\(match.output.unit)" }
      .replacing(/(?<building>[号幢栋楼座])(?<room>[0-9０-９]{3,4})(?![0-9号弄路年月日元米个户平㎡])/) { match in "\(match.output.building)***" }
  }

  /// "我叫王建国", "联系人：李红", "张女士": the family name stays where a title follows, all else is hidden.
  static func maskNames(_ text: String) -> String {
    text
      .replacing(/(?<cue>我叫|本人姓名|联系人|姓名|来电人|投诉人|业主姓名|户主)(?<colon>[:：是为\s]{0,2})(?<first>\p{Han})\p{Han}{1,2}(?=[，。、,.；;：:\s（(]|电话|手机|$)/) {
        // “来电人反映：” names nobody: without a colon before it, only a family name is one.
        let spoken = $0.output.colon.isEmpty && ["来电人", "投诉人", "联系人"].contains(String($0.output.cue))
        if spoken && !Self.familyNames.contains(String($0.output.first)) { return String($0.output.0) }
        return "\($0.output.cue)\($0.output.colon)\($0.output.first)**"
      }
      .replacing(/(?<first>\p{Han})(?<given>\p{Han}{1,2})(?<title>先生|女士|小姐|阿姨|师傅|老师)/) { match in
        let first = String(match.output.first)
        return Self.familyNames.contains(first) ? "\(first)*\(match.output.title)" : String(match.output.0)
      }
  }

  /// The commonest one-character family names of the 2020 census year book's list; others are caught by the cues above.
  static let familyNames: Set<String> = Set(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤施"
      .map(String.init))
}
