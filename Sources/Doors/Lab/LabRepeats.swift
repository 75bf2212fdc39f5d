import Foundation
import Sheets
import Understanding

/// `longtang lab repeats`: groups a file of messages by problem and place.
public enum LabRepeats {
  /// Reads the columns 留言编号/id, 留言主题/title, 留言时间/time, 留言详情/text (title and time may be missing) and writes
  /// `message_id,cluster`; a cluster bears the number of its earliest message.
  /// - Parameter topics: where the hot topics go, the hottest first; who wrote stands in 留言用户/user.
  /// - Throws: `LabRepeatsTrouble` when a column is missing or an id is no number, `SheetError`, or the file system's error.
  public static func run(input: String, out: String, topics: String? = nil) throws {
    let table = try Table.read(csv: try Data(contentsOf: URL(fileURLWithPath: input)))
    guard let id = table.column(anyOf: ["留言编号", "message_id", "id"]), let body = table.column(anyOf: ["留言详情", "text", "body"]) else {
      throw LabRepeatsTrouble.columns(table.header)
    }
    let title = table.column(anyOf: ["留言主题", "title", "subject"])
    let time = table.column(anyOf: ["留言时间", "time", "at"])
    var inputs: [RepeatInput] = []
    inputs.reserveCapacity(table.rows.count)
    for row in table.rows {
      guard let number = Int64(row.cells[id]) else { throw LabRepeatsTrouble.id(row.cells[id], line: row.line) }
      let head = title.map { row.cells[$0].trimmingCharacters(in: .whitespacesAndNewlines) + "\n" } ?? ""
      inputs.append(
        RepeatInput(
          id: number, text: head + row.cells[body].trimmingCharacters(in: .whitespacesAndNewlines),
          at: time.map { milliseconds(row.cells[$0]) } ?? 0))
    }
    let start = RepeatBench.processorSeconds()
    let clusters = RepeatBatch.clusters(inputs)
    let seconds = RepeatBench.processorSeconds() - start
    let cells = zip(inputs, clusters).map { [String($0.id), String($1)] }
    try Table(header: ["message_id", "cluster"], cells: cells).csv(bom: false).write(to: URL(fileURLWithPath: out), options: .atomic)
    let groups = Dictionary(grouping: clusters, by: \.self).values.filter { $0.count > 1 }.count
    if let topics { try Self.topics(table, inputs, clusters).csv(bom: false).write(to: URL(fileURLWithPath: topics), options: .atomic) }
    print("\(inputs.count) 件，\(groups) 组，\(Int(Double(inputs.count) / max(seconds, 1e-9))) 件/秒")
  }

  private static func topics(_ table: Table, _ inputs: [RepeatInput], _ clusters: [Int64]) -> Table {
    let user = table.column(anyOf: ["留言用户", "user", "caller"])
    let title = table.column(anyOf: ["留言主题", "title", "subject"])
    let people = table.rows.map { row in user.flatMap { row.cells[$0].isEmpty ? nil : row.cells[$0] } }
    let found = HotTopics.rank(clusters: clusters, people: people, at: inputs.map(\.at))
    func day(_ at: Int64) -> String { String(Date(timeIntervalSince1970: Double(at) / 1000).ISO8601Format().prefix(10)) }
    let cells = found.enumerated().map { place, topic in
      let first = topic.members.first ?? 0
      return [
        String(place + 1), String(topic.cluster), String(topic.heat), String(topic.people), String(topic.members.count), day(topic.first),
        day(topic.last), title.map { table.rows[first].cells[$0].trimmingCharacters(in: .whitespacesAndNewlines) } ?? "",
      ]
    }
    return Table(header: ["rank", "cluster", "heat", "people", "messages", "from", "through", "title"], cells: cells)
  }

  /// The digits of "2019-2-28 11:25:05" or "2019/2/28 11:25" as a time; which zone does not matter for differences.
  static func milliseconds(_ text: String) -> Int64 {
    let p = text.split(whereSeparator: { !$0.isASCII || !$0.isNumber }).compactMap { Int($0) }
    guard p.count >= 3, (1...12).contains(p[1]) else { return 0 }
    var c = DateComponents()
    (c.year, c.month, c.day) = (p[0], p[1], p[2])
    (c.hour, c.minute, c.second) = (p.count > 3 ? p[3] : 0, p.count > 4 ? p[4] : 0, p.count > 5 ? p[5] : 0)
    c.timeZone = TimeZone(secondsFromGMT: 0)
    guard let date = Calendar(identifier: .gregorian).date(from: c) else { return 0 }
    return Int64(date.timeIntervalSince1970 * 1000)
  }
}

enum LabRepeatsTrouble: Error, CustomStringConvertible {
  case columns([String])
  case id(String, line: Int)
  var description: String {
    switch self {
    case .columns(let header): "文件须有“留言编号”和“留言详情”两列，现有：\(header.joined(separator: "、"))"
    case .id(let text, let line): "第 \(line) 行的编号“\(text)”不是数字"
    }
  }
}
