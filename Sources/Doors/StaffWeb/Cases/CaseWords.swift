import Cases
import ClockBook
import Foundation
import Kernel
import WebSupport
import WorkCalendar

/// The words and marks by which a case is shown, everywhere the same.
enum CaseWords {
  static func address(_ no: String, _ rest: String = "") -> String { "/cases/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest) }

  static func tag(_ state: CaseState) -> HTML {
    let tone: Tone =
      switch state {
      case .filing, .deciding, .hearing, .notified: .soon
      case .lead, .investigating, .concluded, .decided, .served: .action
      case .urged, .atCourt, .demolishing: .danger
      case .closed, .archived: .good
      case .notFiled, .transferred, .terminated: .neutral
      }
    return UI.tag(state.chinese, tone)
  }
  static func tags(_ record: CaseRecord) -> [HTML] {
    var out = [tag(record.state), UI.tag(record.file.procedure.chinese, .neutral, icon: .law)]
    if record.file.act.isUnderConstruction { out.append(UI.tag("正在搭建", .danger)) }
    if record.file.review == .asked { out.append(UI.tag("待法制审核", .soon, icon: .eye)) }
    if record.file.openRemedy != nil { out.append(UI.tag("复议、诉讼中", .soon, icon: .pause)) }
    return out
  }

  /// "1,200 元", with 角 and 分 only where there are any.
  static func yuan(_ fen: Int) -> String {
    UI.grouped(fen / 100) + (fen % 100 == 0 ? "" : "." + (fen % 100).padded(2)) + " 元"
  }
  static func penalty(_ penalty: CasePenalty) -> String {
    var parts: [String] = []
    if penalty.warns { parts.append("警告") }
    if penalty.fine > 0 { parts.append("罚款 \(yuan(penalty.fine))") }
    if penalty.isGrave { parts.append("听证范围内的其他处罚") }
    if penalty.reduction != nil { parts.append("减轻处罚") }
    return parts.isEmpty ? "无" : parts.joined(separator: "，")
  }

  static let columns: [UI.Column] = [.init("案由、地点", .what), .init("状态", .status), .init("当事人、承办", .meta), .init("时限", .clock)]

  static func row(_ record: CaseRecord, _ clock: ClockSheet?, at now: Moment) -> UI.Row {
    let time: HTML =
      if let clock {
        ClockView.clock(clock, at: now, compact: true)
      } else if let closed = record.closedAt { "<small>\(closed.day.chinese)结束</small>" } else { .empty }
    let tone: Tone? =
      switch clock?.remaining.severity {
      case .overdue: .danger
      case .soon: .soon
      default: nil
      }
    return UI.Row(
      address(record.no),
      [
        UI.lines("\(record.title)", "\(record.placeText)"), HTML.join(tags(record), " "),
        UI.lines("\(record.partyName ?? "当事人待核定")", "\(record.squadName)，\(UI.time(record.openedAt, relative: true))登记"), time,
      ], tone: tone)
  }

  static func icon(_ event: CaseEvent) -> Icon {
    switch event {
    case .identifyParty, .assign, .recuse: .person
    case .inspect, .demolish, .removeAtOnce, .orderStop: .walk
    case .inquire, .hearStatement, .holdHearing, .discuss: .chat
    case .collect, .preserve, .settlePreserved, .seize, .extendSeizure, .releaseSeizure: .shield
    case .askAssistance, .answerAssistance, .transfer, .transferCrime: .exit
    case .serve, .servePaper, .giveNotice, .beginPublicService, .urge, .callHearing: .send
    case .decide, .decideNoPenalty, .decideOnSpot, .orderDemolition, .decideDemolition, .propose, .weigh: .law
    case .approveFiling, .passReview, .close, .archive: .check
    case .returnFiling, .returnReview, .resumeInvestigation, .refuseFiling, .terminate, .takeBack: .back
    case .askReview, .askFiling, .conclude, .endNotice: .eye
    case .publish, .withdrawPublication: .flag
    case .approveInstalments: .check
    case .refuseInstalments: .back
    default: .paper
    }
  }
}
