import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import WebSupport

/// Which part of a history is asked for, and from where: at first all four with their newest lines, then one of them further back.
struct HistoryPart: Sendable {
  enum Part: String, Sendable { case story, clocks, looks, sent }
  /// Lines of the story, and of the smaller parts, on one page: a matter with two hundred reports stays a page for a phone.
  static let most = 30
  static let fewest = 10
  /// Nil: all of them.
  var only: Part?
  private var key: Int64?

  /// An address with something odd in it shows the whole.
  init(_ query: Fields) {
    guard let part = query["part"].flatMap(Part.init), let key = query["before"].flatMap({ Int64($0) }) else { return }
    only = part
    self.key = key
  }
  func shows(_ part: Part) -> Bool { only == nil || only == part }
  /// The key of the last line of the page before.
  func before(_ part: Part) -> Int64? { only == part ? key : nil }
}

/// 经过与时限: everything that happened, every clock with its arithmetic, every look, every message.
struct HistoryView {
  let file: MatterFile
  let looks: [LookRecord]
  let sent: [SentRecord]
  let part: HistoryPart
  let now: Moment

  private var address: String { MatterWords.address(file.matter.no, "history") }

  var html: HTML {
    """
    \(UI.heading("经过与时限", sub: UI.link(file.matter.title, MatterWords.address(file.matter.no)), tags: MatterWords.tags(file.matter)))
    \(if: part.only != nil, "<p>\(UI.link("回到最近的经过与时限", address))</p>")
    \(if: part.shows(.story), UI.section("经过", story))
    \(if: part.shows(.clocks), UI.section("时限", id: "clocks", clocks))
    \(if: part.shows(.looks), UI.section("谁看过身份信息", id: "looks", lookTable))
    \(if: part.shows(.sent), UI.section("通知了谁", id: "sent", sentTable))
    """
  }

  /// The newest of what lies before the page's key, and the way to what is older.
  private func newest<Line>(_ lines: [Line], _ kind: HistoryPart.Part, _ count: Int, key: (Line) -> Int64) -> (shown: [Line], older: HTML) {
    let earlier = part.before(kind).map { before in lines.filter { key($0) < before } } ?? lines
    let shown = Array(earlier.sorted { key($0) > key($1) }.prefix(count))
    guard earlier.count > shown.count, let last = shown.last else { return (shown, .empty) }
    return (shown, UI.older("\(address)?part=\(kind.rawValue)&before=\(key(last))", count: count, shown: shown.count))
  }

  private var story: HTML {
    let (lines, older) = newest(file.story, .story, HistoryPart.most) { $0.sequence }
    return MatterStoryView.timeline(lines.reversed(), file) + older
  }

  private var clocks: HTML {
    let all =
      file.clocks.map { (sheet: $0, owner: "本事项") } + file.reports.flatMap { one in one.clocks.map { (sheet: $0, owner: one.report.no) } }
    if all.isEmpty { return "<p class=\"hint\">没有时限。</p>" }
    let (shown, older) = newest(all, .clocks, HistoryPart.fewest) { $0.sheet.id }
    return HTML.join(shown.map { clock($0.sheet, of: $0.owner) }, "\n<hr>\n") + older
  }
  private func clock(_ clock: ClockSheet, of owner: String) -> HTML {
    """
    <div class="report">\(ClockView.clock(clock, at: now))<p class="by">\(owner)</p>\(UI.details("怎么算的", ClockView.steps(clock)))</div>
    """
  }
  private var lookTable: HTML {
    let (shown, older) = newest(looks, .looks, HistoryPart.fewest) { $0.id }
    return UI.table(
      "查看记录", [.init("诉件", .what), .init("谁", .meta), .init("何时", .meta), .init("用途", .status)],
      shown.map { .init(nil, ["\($0.reportNo)", "\($0.who)", UI.time($0.at), "\($0.purpose.chinese)"]) },
      empty: "<p class=\"hint\">还没有人查看过。</p>") + older
  }
  private var sentTable: HTML {
    let (shown, older) = newest(sent, .sent, HistoryPart.fewest) { $0.id }
    return UI.table(
      "通知记录", [.init("内容", .what), .init("发给", .meta), .init("何时", .meta), .init("收到", .status)],
      shown.map {
        .init(
          nil, ["\($0.text)", "\($0.to)", UI.time($0.at), $0.seenAt.map { UI.tag("\($0.chinese) 收到", .good) } ?? UI.tag("未读", .neutral)])
      },
      empty: "<p class=\"hint\">没有发出过通知。</p>") + older
  }
}
