import Foundation
import Testing
import Understanding

@Suite struct HotTopicsTests {
  private static let day: Int64 = 86_400_000

  @Test func manyPeopleAreHotterThanManyMessages() {
    // One person fourteen times, four people once each, three people over three years.
    let clusters = Array(repeating: Int64(1), count: 14) + [2, 2, 2, 2, 3, 3, 3]
    let people = Array(repeating: "甲" as String?, count: 14) + ["乙", "丙", nil, nil, "丁", "戊", "己"]
    let at = (0..<14).map { Int64($0) * Self.day } + [1, 2, 3, 4].map { $0 * Self.day } + [1, 400, 800].map { $0 * Self.day }
    let found = HotTopics.rank(clusters: clusters, people: people, at: at)
    #expect(found.map(\.cluster) == [2])
    #expect(found.first?.heat == 4 && found.first?.members == [14, 15, 16, 17])
  }

  @Test func heatIsThatOfTheFullestWindow() {
    let at = [0, 10, 20, 200, 205, 210, 215].map { Int64($0) * Self.day }
    let people = (0..<7).map { "p\($0)" as String? }
    let one = HotTopics.rank(clusters: Array(repeating: 9, count: 7), people: people, at: at).first
    #expect(one?.heat == 4 && one?.people == 7)
  }

  /// The real messages of 2019: what the newspapers of that year wrote about stands on top.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: messages.path), "the shared data is not there: set LONGTANG_SHARED"))
  func theHotTopicsOfARealYearComeOutOnTop() throws {
    let rows = try Self.rows(String(decoding: Data(contentsOf: Self.messages), as: UTF8.self))
    let clusters = RepeatBatch.clusters(rows.map { RepeatInput(id: $0.id, text: $0.subject + "\n" + $0.text, at: $0.at) })
    let found = HotTopics.rank(clusters: clusters, people: rows.map(\.user), at: rows.map(\.at))
    let top = found.prefix(4).map { topic in topic.members.map { rows[$0].subject + rows[$0].text }.joined() }
    for word in ["丽发新城", "广铁", "魅力之城"] {
      #expect(top.contains { $0.components(separatedBy: word).count > 10 }, "\(word)")
    }
  }
  private static let messages: URL = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let shared =
      ProcessInfo.processInfo.environment["LONGTANG_SHARED"].map { URL(fileURLWithPath: $0) }
      ?? root.deletingLastPathComponent().appending(path: "shared")
    return shared.appending(path: "data/messages/citizen_messages_2019.csv")
  }()

  private struct Row {
    let id: Int64
    let user: String
    let subject: String
    let text: String
    let at: Int64
  }
  /// Enough of CSV for this one file: quoted cells with line breaks.
  private static func rows(_ text: String) throws -> [Row] {
    var cells: [String] = []
    var (cell, isQuoted) = ("", false)
    var out: [Row] = []
    let time = DateFormatter()
    time.locale = Locale(identifier: "en_US_POSIX")
    time.timeZone = TimeZone(secondsFromGMT: 0)
    func end() {
      cells.append(cell)
      cell = ""
    }
    for character in text.replacing("\u{FEFF}", with: "") {
      switch character {
      case "\"": isQuoted.toggle()
      case "," where !isQuoted: end()
      case "\n" where !isQuoted, "\r\n" where !isQuoted:
        end()
        if cells.count >= 5, let id = Int64(cells[0]) {
          time.dateFormat = cells[3].contains("/") ? "yyyy/M/d HH:mm:ss" : "yyyy-MM-dd HH:mm:ss"
          let at = Int64((time.date(from: cells[3])?.timeIntervalSince1970 ?? 0) * 1000)
          out.append(Row(id: id, user: cells[1], subject: cells[2], text: cells[4], at: at))
        }
        cells = []
      default: cell.append(character)
      }
    }
    return out
  }
}
