import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Retention

/// The facts of a journal entry in words. They are kept as JSON with the names machines use; an auditor reads sentences.
enum JournalDetail {
  /// Lists hold hashes of files: how many is told, which is a matter for the proof.
  private enum Value: Decodable {
    case one(String)
    case many(Int)
    init(from decoder: any Decoder) throws {
      let box = try decoder.singleValueContainer()
      if let text = try? box.decode(String.self) {
        self = .one(text)
      } else if let list = try? box.decode([String].self) {
        self = .many(list.count)
      } else if let number = try? box.decode(Int64.self) {
        self = .one(String(number))
      } else {
        self = .one("")
      }
    }
  }

  /// "渠道：12345 热线；诉件：S20261121-000010". What only machines use, such as ids, is left out; what cannot be read is given as it stands.
  static func words(_ detail: String) -> String {
    guard let facts = try? JSONDecoder().decode([String: Value].self, from: Data(detail.utf8)) else { return String(detail.prefix(160)) }
    return facts.sorted { order($0.key) < order($1.key) }.compactMap { key, value in
      switch value {
      case .many(let count): count == 0 || key != "files" ? nil : "附件 \(count) 件"
      case .one(let text): text.isEmpty ? nil : sentence(key, text)
      }
    }.joined(separator: "；")
  }

  private static let labels: [(key: String, label: String)] = [
    ("day", "日期"), ("shift", "班次"), ("from", "自"), ("to", "至"), ("through", "至"), ("no", "编号"), ("report", "诉件"), ("reports", "诉件数"),
    ("into", "并入"), ("other", "另一事项"), ("channel", "渠道"), ("source", "来源"), ("sourceNo", "来源编号"), ("squad", "执法队"), ("officer", "队员"),
    ("department", "部门"), ("state", "状态"), ("outcome", "结果"), ("fact", "事实"), ("claim", "诉求"), ("kind", "种类"), ("try", "第几次"),
    ("times", "第几次"), ("days", "天数"), ("granted", "批准"), ("agreed", "同意"), ("because", "原因"), ("solved", "是否解决"),
    ("satisfaction", "满意度"), ("clock", "时限"), ("due", "到期"), ("purpose", "用途"), ("before", "原来"), ("after", "改为"), ("changed", "改动"),
    ("version", "版本"), ("subject", "统计什么"), ("sides", "行列"), ("conditions", "条件"), ("item", "识别事项的依据"), ("place", "识别地点的依据"),
    ("reasons", "相似的依据"), ("name", "名称"), ("code", "代码"),
    ("role", "岗位"), ("mapping", "表的来源"), ("rows", "行数"), ("lines", "行数"), ("entries", "条数"), ("faults", "问题"), ("failures", "失败次数"),
    ("level", "升级次数"), ("parts", "内容"), ("firm", "企业"), ("words", "原话校验值"),
  ]
  private static func order(_ key: String) -> Int { labels.firstIndex { $0.key == key } ?? labels.count }

  private static func sentence(_ key: String, _ text: String) -> String? {
    guard let label = labels.first(where: { $0.key == key })?.label else { return isHan(text) ? text : nil }
    if key == "words" { return "\(label) \(text.prefix(8))" }
    let read = value(key, text)
    // An id or a name of the program: not for people.
    if read == text, !isHan(text), text.count > 17 || text.allSatisfy({ $0.isASCII && $0.isLetter }) { return nil }
    return "\(label)：\(read)"
  }
  private static func isHan(_ text: String) -> Bool { text.unicodeScalars.contains { (0x4E00...0x9FFF).contains($0.value) } }

  private static func value(_ key: String, _ text: String) -> String {
    switch key {
    case "channel", "source": Report.Channel(rawValue: text)?.chinese ?? text
    case "state": MatterState(rawValue: text)?.chinese ?? text
    case "outcome":
      ContactOutcome(rawValue: text)?.chinese ?? VisitOutcome(rawValue: text)?.chinese ?? Matter.Outcome(rawValue: text)?.chinese ?? text
    case "fact": FactFinding(rawValue: text)?.chinese ?? text
    case "claim": ClaimFinding(rawValue: text)?.chinese ?? text
    case "kind": MeasureKind(rawValue: text)?.chinese ?? Office.Kind(rawValue: text).map(OfficeWords.kind) ?? text
    case "satisfaction": Satisfaction(rawValue: text)?.chinese ?? text
    case "purpose": ReportStore.Purpose(rawValue: text)?.chinese ?? text
    case "shift": DutyShift(rawValue: text)?.chinese ?? text
    case "parts": text.split(separator: " ").map { RetentionWords.part(RetentionKind(rawValue: String($0))) }.joined(separator: "、")
    case "role": Role(rawValue: text)?.chinese ?? text
    case "because": text == "rated" ? "居民评价没有解决" : text == "city" ? "市级回访没有解决" : text
    case "solved", "granted", "agreed": text == "yes" ? "是" : text == "no" ? "否" : text
    default: text
    }
  }
}
