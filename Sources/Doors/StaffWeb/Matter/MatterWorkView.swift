import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// The left of a matter's page: reports, what was done, what else there was.
extension MatterView {
  private var handling: Bool { desk.person.may(.handleMatters) }

  var reports: HTML {
    let all = file.reports
    if all.isEmpty { return .empty }
    let body: HTML
    if all.count <= 3 {
      body = HTML.join(all.map(report), "\n<hr>\n")
    } else {
      body =
        HTML.join(all.prefix(2).map(report), "\n<hr>\n")
        + UI.details("其余 \(all.count - 2) 件诉件", HTML.join(all.dropFirst(2).map(report), "\n<hr>\n"))
    }
    return UI.section("诉件 \(all.count) 件", id: "reports", body)
  }

  private func report(_ sheet: MatterFile.ReportSheet) -> HTML {
    let report = sheet.report
    let promise = sheet.promise
    let photos = sheet.files.enumerated().compactMap {
      PhotoView.photo($0.element.thumbnail, $0.element.publicCopy, "诉件照片 \($0.offset + 1)")
    }
    let live = sheet.clocks.filter { $0.state == .running || $0.state == .paused }
    let contact: HTML? =
      if !report.reachable {
        "没有留联系方式，无需先行联系"
      } else if let at = promise?.contactedAt {
        "\(promise?.contactOutcome?.chinese ?? "已联系")，\(at.chinese)"
      } else if let tries = promise?.contactTries, tries > 0 {
        "已拨打 \(tries) 次，\(promise?.contactOutcome?.chinese ?? "")"
      } else { UI.tag("待先行联系", .soon, icon: .phone) }
    let revisit = promise?.revisitedAt.map { at in
      "\(promise?.satisfaction?.chinese ?? "")，\(promise?.solved == true ? "已解决" : "未解决")（\(promise?.revisitSource?.chinese ?? "")，\(at.chinese)）"
        as HTML
    }
    return """
      <div class="report"><blockquote>\(report.masked)</blockquote>
      \(UI.photoStrip(photos))\(if: handling, PhotoView.originals(sheet.files.map { ($0.original.sha256, $0.mediaType) }))
      \(UI.facts([
        ("编号", "\(report.no)\(report.sourceNo.map { "<br><small>来件编号 \($0)</small>" as HTML })"),
        ("来源", "\(report.channel.chinese)，\(report.nature.chinese)，\(report.saidAt.chinese)"),
        ("来电人", UI.masked(report.callerHint ?? "未留")), ("反映地点", report.placeText.isEmpty ? nil : "\(report.placeText)"),
        ("先行联系", contact), ("时限", live.isEmpty ? nil : HTML.join(live.map { ClockView.clock($0, at: desk.now, compact: true) }, "<br>")),
        ("答复", promise?.repliedAt.map { "\(promise?.outcome?.chinese ?? "")，\($0.chinese)" }), ("回访", revisit),
      ]))
      \(sheet.duty.map { duty($0, report) })\(look(report))</div>
      """
  }

  private func duty(_ duty: FirmDuty, _ report: Report) -> HTML {
    let inTime = duty.inTime(receivedAt: report.receivedAt)
    return UI.details(
      "物业履职情况", open: true,
      UI.facts([
        ("发现", "\(duty.discoveredAt.chinese)"),
        ("报告", inTime ? UI.tag("24 小时内报告", .good) : UI.tag("超过 24 小时报告", .soon)), ("巡查", "\(duty.patrol)"), ("劝阻、制止", "\(duty.dissuasion)"),
        ("结果", "\(duty.outcome)"),
      ]) + "<p class=\"basis\">依据：《上海市住宅物业管理规定》第五十九条</p>")
  }

  /// A purpose is the button: nothing opens without one.
  private func look(_ report: Report) -> HTML {
    guard desk.person.may(.openSealed) else { return .empty }
    let form = UI.form(
      MatterWords.address(matter.no, "reports/\(report.id.raw)/look"), tokens: FormTokens(csrf: desk.tokens.csrf, once: ""),
      UI.toolbar(ReportStore.Purpose.allCases.map { UI.button($0.chinese, .secondary, name: "purpose", value: $0.rawValue) }))
    return UI.details("查看姓名、电话和原话", "<p class=\"hint\">请选择用途。每次查看都会记入本事项的经过。</p>\(form)")
  }

  var same: HTML {
    if file.same.isEmpty { return .empty }
    return UI.section("同一件，还是以前办过", id: "same", HTML.join(file.same.map(sameSheet), "\n<hr>\n"))
  }

  private func sameSheet(_ other: MatterFile.SameSheet) -> HTML {
    let offered = other.kind == "offered" && other.state.takesReports
    let place = StepPlace.place(of: .merge)
    let merge: HTML =
      if offered, desk.may(.merge), let place {
        UI.form(
          place.address(matter.no), tokens: desk.tokens,
          """
          <input type="hidden" name="version" value="\(matter.version)"><input type="hidden" name="merging-target" value="\(other.no)">\(UI.button("并入 \(other.no)", .secondary, icon: .merge))
          """)
      } else { .empty }
    let refuse: HTML =
      offered
      ? UI.form(
        MatterWords.address(matter.no, "not-same"), tokens: desk.tokens,
        "<input type=\"hidden\" name=\"other\" value=\"\(other.no)\">\(UI.button("不是同一件", .plain, icon: .cross))") : .empty
    let done: HTML? =
      other.lastReply.map { "<blockquote>\($0)</blockquote>" }
      ?? (other.state.isOpen ? "<p class=\"hint\">还在办理，尚无答复。</p>" as HTML : nil)
    return """
      <div class="report"><p><b>\(UI.link(other.title, MatterWords.address(other.no)))</b> \(MatterWords.tag(other.state))</p>
      <p class="by">\(other.no)，\(offered ? "疑似同一件，" : "以前办过，")\(MatterWords.sure(other.score))\(other.closedAt.map { "，\($0.day.chineseLong)办结" })\(other.outcome.map { "，\($0.chinese)" })</p>
      <p class="hint">\(other.reasons)</p>\(done)\(if: offered, UI.toolbar([merge, refuse]))</div>
      """
  }

  var work: HTML { visits + findings + measures + reply }

  private func photos(_ entry: String, _ id: Int64, _ alt: String) -> HTML {
    let sheets = file.files.filter { $0.entry == entry && $0.entryID == id }
    let photos = sheets.enumerated().compactMap {
      PhotoView.photo($0.element.thumbnail, $0.element.publicCopy, "\(alt)，照片 \($0.offset + 1)")
    }
    return UI.photoStrip(photos) + (handling ? PhotoView.originals(sheets.map { ($0.sha256, $0.mediaType) }) : .empty)
  }
  private var visits: HTML {
    if file.visits.isEmpty { return .empty }
    return UI.section(
      "现场核查 \(file.visits.count) 次",
      HTML.join(
        file.visits.reversed().map { visit in
          "<div class=\"report\"><p><b>\(visit.outcome.chinese)</b></p><p class=\"by\">\(visit.at.chinese)，\(visit.who)\(visit.companion.map { "、\($0)" })</p><p class=\"words\">\(visit.note)</p>\(photos("visit", visit.id, visit.outcome.chinese))</div>"
        }, "\n<hr>\n"))
  }
  private var findings: HTML {
    guard let finding = file.findings.last else { return .empty }
    return UI.section(
      "认定",
      UI.facts([
        ("事实", "<b>\(finding.fact.chinese)</b><br>\(finding.factNote)"), ("诉求", "<b>\(finding.claim.chinese)</b><br>\(finding.claimNote)"),
        (
          "认定人",
          "\(finding.who)，\(finding.at.chinese)\(if: file.findings.count > 1, "<br><small>此前认定 \(file.findings.count - 1) 次，见经过</small>")"
        ),
      ]))
  }
  private var measures: HTML {
    if file.measures.isEmpty { return .empty }
    return UI.section(
      "措施",
      HTML.join(
        file.measures.map { measure in
          "<div class=\"report\"><p><b>\(measure.kind.chinese)</b></p><p class=\"by\">\(measure.at.chinese)，\(measure.who)</p><p class=\"words\">\(measure.note)</p>\(photos("measure", measure.id, measure.kind.chinese))</div>"
        }, "\n<hr>\n"))
  }
  private var reply: HTML {
    guard let reply = file.reply else { return .empty }
    let state: HTML =
      switch reply.state {
      case "approved": UI.tag("已答复", .good)
      case "sentBack": UI.tag("已退回补充", .soon, icon: .back)
      default: UI.tag("待审核", .soon, icon: .eye)
      }
    let additions = file.reports.compactMap { sheet in reply.additions[sheet.report.id.raw].map { (sheet.report.no, "\($0)" as HTML?) } }
    return UI.section(
      "答复", side: state,
      """
      <p class="by">\(reply.who)，\(reply.at.chinese)，\(reply.outcome.chinese)</p><blockquote>\(reply.text)</blockquote>
      \(if: !additions.isEmpty, UI.facts(additions))
      """)
  }
}
