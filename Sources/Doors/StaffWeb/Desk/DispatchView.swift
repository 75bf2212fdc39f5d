import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import Offices
import WebSupport

struct DispatchView {
  let rows: [Arrival]
  let next: MatterCursor?
  let clocks: [Matter.ID: ClockSheet]
  let squads: [SquadLoad]
  let departments: [Office]
  let waiting: Int
  let newest: Int64
  let failed: [(no: String, why: String)]
  let sent: Int
  let now: Moment
  let tokens: FormTokens
  let catalogue: Catalogue

  private let columns: [UI.Column] = [
    .init("什么、在哪", .what), .init("是新的还是旧的", .status), .init("来源、时间", .meta), .init("时限", .clock), .init("派给", .meta),
  ]

  var html: HTML {
    """
    \(trouble)
    \(UI.heading("派单台", sub: waiting == 0 ? nil : "\(waiting >= 500 ? "500 件以上" : "\(waiting) 件")待派，先到期的在前"))
    \(UI.newer(href: "/dispatch", pollAt: "/matters/newer?group=dispatch&since=\(newest)"))
    \(desk)
    """
  }

  private var trouble: HTML {
    if failed.isEmpty { return .empty }
    return UI.notice(
      .danger, sent == 0 ? "没有派出" : "已派出 \(sent) 件，\(failed.count) 件没有派出",
      "<ul>\(each: failed, { "<li>\(UI.link($0.no, MatterWords.address($0.no)))：\($0.why)</li>" })</ul>")
  }

  private var desk: HTML {
    if rows.isEmpty {
      return UI.emptyState("都派完了", "新到的诉件会出现在这里。", actions: [UI.linkButton("待回访的事项", "/matters?group=revisit")], icon: .check)
    }
    return UI.form(
      "/dispatch", tokens: tokens, UI.table("待派事项", columns, rows.map(row), choose: "matters") + BulkView.bar(squads))
      + UI.older(next.map { "/dispatch?after=\($0.text)" }, count: DispatchPages.rows, shown: rows.count)
  }

  private func row(_ arrival: Arrival) -> UI.Row {
    let matter = arrival.matter
    let clock = clocks[matter.id].map { ClockView.clock($0, at: now, compact: true) } ?? .empty
    return UI.Row(
      MatterWords.address(matter.no),
      [
        UI.lines("\(MatterWords.what(matter))", "\(MatterWords.place(matter))<br>\(short(arrival.words))"), standing(arrival),
        UI.lines("\(arrival.channel.chinese)", UI.time(arrival.receivedAt, relative: true)), clock, whose(arrival),
      ], tone: MatterWords.tone(matter, clocks[matter.id]), choose: "\(matter.no)|\(matter.version)")
  }

  private func short(_ words: String) -> String { words.count > 60 ? words.prefix(60) + "…" : words }

  /// New, perhaps the same, sent back, not ours.
  private func standing(_ arrival: Arrival) -> HTML {
    let matter = arrival.matter
    var tags: [HTML] = []
    if matter.ongoing { tags.append(UI.tag("正在搭建", .danger)) }
    if matter.urgent { tags.append(UI.tag("紧急", .danger, icon: .bell)) }
    if matter.reports > 1 { tags.append(UI.tag("诉件 \(matter.reports) 件", .soon, icon: .merge)) }
    if let returned = arrival.returned { tags.append(UI.tag("退单 \(matter.returns) 次", .soon, icon: .back) + "<small>\(returned)</small>") }
    if arrival.reading.compound == nil { tags.append(UI.tag("要人工定位", .soon, icon: .pin)) }
    if matter.outOfScope { tags.append(UI.tag("可能不属本部门", .soon, icon: .exit)) }
    if let same = arrival.same {
      tags.append(
        "\(UI.tag("疑似同一件", .soon, icon: .merge))<small>\(UI.link(same.no, MatterWords.address(same.no)))，\(same.squadName ?? "")\(same.state.chinese)，\(MatterWords.sure(same.score))：\(same.reasons)</small>"
      )
    } else if let earlier = arrival.earlier {
      tags.append("\(UI.tag("以前办过", .neutral, icon: .refresh))<small>\(UI.link(earlier.no, MatterWords.address(earlier.no)))</small>")
    }
    if tags.isEmpty { tags.append(UI.tag("新到", .action)) }
    return HTML.join(tags, " ")
  }

  /// The one tap, and the other ways.
  private func whose(_ arrival: Arrival) -> HTML {
    let matter = arrival.matter
    let key = "\(matter.no)|\(matter.version)"
    var buttons: [HTML] = []
    if matter.outOfScope {
      let department = arrival.reading.referral.flatMap { wanted in
        departments.first { $0.name.contains(wanted) || wanted.contains($0.short) }
      }
      buttons.append(
        UI.linkButton(department.map { "移送\($0.short)" } ?? "移送其他部门", MatterWords.address(matter.no, "transfer"), .primary, icon: .exit))
    }
    if let same = arrival.same, same.score >= 0.5 {
      buttons.append(UI.button("并入 \(same.no.suffix(6))", .secondary, icon: .merge, name: "merge", value: "\(key)|\(same.no)"))
    }
    if let squad = matter.squad, let load = squads.first(where: { $0.office.id == squad }) {
      let weight: UI.Weight = buttons.isEmpty ? .primary : .secondary
      buttons.append(UI.button("派给\(load.office.short)", weight, icon: .send, name: "one", value: "\(key)|\(squad)"))
      buttons.append(UI.link("派给别队", MatterWords.address(matter.no, "dispatch")))
    } else if arrival.reading.compound == nil {
      buttons.append(UI.linkButton("核对地点", MatterWords.address(matter.no, "correction"), .secondary, icon: .pin))
      buttons.append(UI.link("选执法队", MatterWords.address(matter.no, "dispatch")))
    } else {
      buttons.append(UI.linkButton("选执法队", MatterWords.address(matter.no, "dispatch"), .secondary, icon: .send))
    }
    return "<span class=\"taps\">\(HTML.join(buttons, " "))</span>"
  }
}
