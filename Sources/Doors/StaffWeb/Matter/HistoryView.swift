import Foundation
import Intake
import Kernel
import Matters
import WebSupport

/// 经过与时限: everything that happened, every clock with its arithmetic, every look, every message.
struct HistoryView {
  let file: MatterFile
  let looks: [LookRecord]
  let sent: [SentRecord]
  let now: Moment

  var html: HTML {
    """
    \(UI.heading("经过与时限", sub: "\(UI.link(file.matter.title, MatterWords.address(file.matter.no)))，\(file.matter.no)", tags: MatterWords.tags(file.matter)))
    \(UI.section("经过", MatterStoryView.timeline(file)))
    \(UI.section("时限", id: "clocks", clocks))
    \(UI.section("谁看过身份信息", id: "looks", lookTable))
    \(UI.section("通知了谁", id: "sent", sentTable))
    """
  }

  private var clocks: HTML {
    var pieces = file.clocks.map { clock($0, of: "本事项") }
    for sheet in file.reports { pieces += sheet.clocks.map { clock($0, of: sheet.report.no) } }
    return pieces.isEmpty ? "<p class=\"hint\">没有时限。</p>" : HTML.join(pieces, "\n<hr>\n")
  }
  private func clock(_ clock: MatterFile.ClockSheet, of owner: String) -> HTML {
    """
    <div class="report">\(MatterWords.clock(clock, at: now))<p class="by">\(owner)</p>\(UI.details("怎么算的", ClockView.steps(clock)))</div>
    """
  }
  private var lookTable: HTML {
    UI.table(
      "查看记录", [.init("诉件", .what), .init("谁", .meta), .init("何时", .meta), .init("用途", .status)],
      looks.map { .init(nil, ["\($0.reportNo)", "\($0.who)", UI.time($0.at), "\($0.purpose.chinese)"]) },
      empty: "<p class=\"hint\">还没有人查看过。</p>")
  }
  private var sentTable: HTML {
    UI.table(
      "通知记录", [.init("内容", .what), .init("发给", .meta), .init("何时", .meta), .init("收到", .status)],
      sent.map {
        .init(
          nil, ["\($0.text)", "\($0.to)", UI.time($0.at), $0.seenAt.map { UI.tag("\($0.chinese) 收到", .good) } ?? UI.tag("未读", .neutral)])
      },
      empty: "<p class=\"hint\">没有发出过通知。</p>")
  }
}
