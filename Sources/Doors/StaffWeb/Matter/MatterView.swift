import Cases
import Catalogue
import CityLists
import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import People
import WebSupport
import WorkCalendar

/// The page of a matter: what to do and the facts beside the story.
struct MatterView {
  let desk: StepDesk
  var file: MatterFile { desk.file }
  var matter: Matter { desk.matter }

  var html: HTML {
    """
    \(UI.heading(matter.title, sub: "\(matter.no) \(UI.copy(matter.no, label: "复制编号"))", tags: MatterWords.tags(matter)))
    \(banner)
    \(UI.columns(left, side: right, sideFirst: true))
    """
  }

  private var left: HTML { reports + same + work + story }
  private var right: HTML { now + city + enforcement + facts }

  /// 市级通报.
  private var city: HTML {
    if desk.city.isEmpty { return .empty }
    return UI.section(
      "列入市级通报",
      "<ul class=\"notes\">\(each: desk.city, { one in "<li><span>\(UI.link("\(CityWords.month(one.month))\(one.kind.chinese)", CityWords.address(one.id))) \(CityWords.tag(one, today: desk.now.day))<br><small>\(one.said.isEmpty ? "" : one.said + "；")\(CityWords.effect(one))\(if: one.state == .open, "；\(one.due.chinese)前答复")</small></span></li>" })</ul>"
    )
  }

  /// 诉转案、一案双查.
  private var enforcement: HTML {
    if desk.cases.isEmpty, desk.filingDuty == nil, desk.firmCheck == nil { return .empty }
    let address = FilingDutyPages.address(matter.no)
    return UI.section(
      "立案与物业核查",
      UI.facts([
        (
          "案件",
          desk.cases.isEmpty
            ? nil : HTML.join(desk.cases.map { "\(UI.link($0.no, CaseWords.address($0.no))) \(CaseWords.tag($0.state))" }, "<br>")
        ),
        (
          "诉转案",
          desk.filingDuty.map { duty in
            "\(duty.grounds.map(\.chinese).joined(separator: "、"))，\(UI.link(duty.state.chinese, address))"
          }
        ), ("物业履职", desk.firmCheck.map { UI.link($0.state.chinese, address) }),
      ]))
  }

  private var banner: HTML {
    if let into = file.mergedInto {
      return UI.notice(.action, "已并入 \(into)", "诉件随之转到那里办理。\(UI.link("打开 \(into)", MatterWords.address(into)))")
    }
    if let reason = matter.hungReason { return UI.notice(.neutral, "已挂账，时限暂停", "\(reason)") }
    if let transfer = file.transfer, matter.state == .transferred {
      return UI.notice(.neutral, "已移送\(transfer.department)", "\(transfer.at.chinese)。理由：\(transfer.reason)")
    }
    return .empty
  }

  // MARK: Right: what to do, and what it is

  /// The first panel of a phone: what hangs over the matter, and what can be done about it.
  private var now: HTML {
    let body = clocks + actions
    if body.isEmpty { return .empty }
    return UI.section("现在要做", side: UI.link("全部时限", MatterWords.address(matter.no, "history")), body)
  }

  private var clocks: HTML {
    let all = file.clocks + file.reports.flatMap(\.clocks)
    let live = all.filter { $0.state == .running || $0.state == .paused }.sorted { $0.due < $1.due }
    var shown: [ClockSheet] = []
    // Twelve reports have twelve clocks of a kind; the earliest speaks for them here, each stands with its report.
    for clock in live where !shown.contains(where: { $0.kind == clock.kind }) { shown.append(clock) }
    if shown.isEmpty { return .empty }
    let sums = shown.map { "<p><b>\($0.name)</b></p>\(ClockView.steps($0))" as HTML }
    return "<div class=\"clocks\">\(shown.map { ClockView.clock($0, at: desk.now) })</div>\(UI.details("时限怎么算的", HTML.join(sums, "")))"
  }

  private var actions: HTML {
    var next = HTML()
    var rest = HTML()
    var blocked: [(String, String)] = []
    for place in StepPlace.all {
      guard let choice = file.choices.first(where: { $0.event == place.event }) else { continue }
      if let missing = choice.missing {
        // Who did not find it on patrol is not told so at every arrival; no delay asked for needs no answer.
        let quiet: Set<String> = [
          "matters-not-own-patrol", "matters-no-delay", "matters-not-flagged", "matters-single-report", "matters-flagged",
        ]
        if !quiet.contains(missing.code) { blocked.append((place.event.chinese, missing.message)) }
      } else if isNext(place.event) {
        next += action(place)
      } else {
        rest += action(place)
      }
    }
    if desk.person.may(.workCases), desk.person.may(.handleMatters), matter.state != .registered {
      rest += UI.act("转立案查处", "/cases/new?matter=\(SafeURL.encode(matter.no))", icon: .law, hint: "地点、事项自动带入")
    }
    if !desk.firms.isEmpty {
      rest += link("release", "向物业公开", .eye, "告诉\(desk.firms.map(\.name).joined(separator: "、"))办理情况")
    }
    let reasons: HTML = """
      <ul class="blocked">\(each: blocked, { "<li>\(Icon.lock.html)<span><b>\($0.0)</b><small>\($0.1)</small></span></li>" })</ul>
      """
    let others: HTML = next.isEmpty ? rest : rest.isEmpty ? .empty : UI.details("其他操作", rest)
    return "\(next)\(if: !blocked.isEmpty, reasons)\(others)"
  }

  private func action(_ place: StepPlace) -> HTML {
    if place.inPlace {
      return UI.actionForm(place.event.chinese, icon: place.icon, hint: place.hint, StepForm(place: place, desk: desk).html)
    }
    return link(place.noun, place.event.chinese, place.icon, place.hint)
  }
  private func link(_ noun: String, _ label: String, _ icon: Icon, _ hint: String) -> HTML {
    UI.act(label, MatterWords.address(matter.no, noun), icon: icon, hint: hint)
  }

  /// What moves this matter on now; the rest waits behind one tap.
  private func isNext(_ event: MatterEvent) -> Bool {
    switch event {
    case .accept, .visit, .measure, .reply, .approve, .sendBack, .revisit, .close, .decideDelay, .reviewUnreasonable, .resume,
      .answerTransfer,
      .takeBack:
      true
    case .dispatch: matter.state == .registered
    case .object: matter.state == .dispatched
    case .contact: file.reports.contains { $0.report.reachable && $0.promise?.contacted == false }
    case .find: matter.state == .accepted
    case .assign: matter.officer == nil
    case .correct: matter.compound == nil
    case .transfer: matter.outOfScope && matter.state == .registered
    case .urge, .supervise: desk.person.may(.superviseMatters)
    default: false
    }
  }

  private var facts: HTML {
    let reading = file.reports.first?.report.reading
    let item = matter.item.flatMap { desk.catalogue.item($0) }
    let placeWhy = reading.map {
      "<br><small>\($0.placeReasons.isEmpty ? "未能识别" : "\(Masking.mask($0.placeReasons.joined(separator: "；")))，\(MatterWords.sure($0.placeScore))")</small>"
        as HTML
    }
    let itemWhy = reading.map {
      "<br><small>\($0.itemReasons.isEmpty ? "未能识别" : "\(Masking.mask($0.itemReasons.joined(separator: "；")))，\(MatterWords.sure($0.itemScore))")</small>"
        as HTML
    }
    let others = (reading?.otherItems ?? []).compactMap { desk.catalogue.item($0)?.name }.filter { $0 != item?.name }
    let law = item.map { item in
      UI.details(
        "法条与罚则",
        UI.facts([
          ("禁止", "\(item.violations.map(\.text).joined(separator: "；"))"), ("处罚", "\(item.penalties.map(\.text).joined(separator: "；"))"),
          ("罚款", item.fines(on: desk.now.day).isEmpty ? nil : "\(item.fines(on: desk.now.day).map(\.text).joined(separator: "；"))"),
          ("责令改正", "\(item.orderToCorrect.chinese)"), ("取证", item.evidence.isEmpty ? nil : "\(item.evidence.joined(separator: "、"))"),
          ("应当立案", item.mustFile.map { "\($0)" }),
        ]))
    }
    let correct: HTML? = desk.may(.correct) ? UI.link("更正", MatterWords.address(matter.no, "correction")) : nil
    return UI.section(
      "要点", side: correct,
      UI.facts([
        ("地点", "\(MatterWords.place(matter))\(placeWhy)"),
        (
          "事项",
          "\(item?.name ?? (matter.outOfScope ? "不属本部门职责" : "待认定"))\(itemWhy)\(if: !others.isEmpty, "<br><small>也可能是：\(others.joined(separator: "、"))</small>")"
        ),
        ("承办", "\(matter.squadName ?? "待派单")"), ("办理人", matter.officerName.map { "\($0)" }),
        ("协办", file.coHandlers.isEmpty ? nil : HTML.join(file.coHandlers.map { "\($0.name)<br><small>\($0.task)</small>" }, "<br>")),
        ("最早收到", UI.time(matter.firstAt)), ("最近收到", matter.reports > 1 ? UI.time(matter.lastAt) : nil),
        ("移送", file.transfer.map { "\($0.department)，\($0.at.chinese)\(if: $0.answer != nil, "<br><small>答复：\($0.answer)</small>")" }),
        ("处理结果", matter.outcome.map { "\($0.chinese)" }),
      ]) + (law ?? .empty))
  }

  private var story: HTML {
    let most = 30
    let side = UI.link(file.story.count > most ? "全部 \(file.story.count) 条" : "经过与时限", MatterWords.address(matter.no, "history"))
    return UI.section("经过", side: side, MatterStoryView.timeline(file, last: most))
  }
}
