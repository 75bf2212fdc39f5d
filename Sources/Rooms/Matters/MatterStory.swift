import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Storage
import WorkCalendar
import Workflow

/// One line of a matter's story as a person reads it.
public struct StoryLine: Sendable {
  public let at: Moment
  /// "王建国（徐泾中队）"
  public let who: String
  /// "现场核查：上门无人"
  public let what: String
  /// The person's own words.
  public let note: String?
  /// Written by the program: shown quieter.
  public let machine: Bool
  public let action: String
  /// SHA-256 of files that belong to the step.
  public let files: [String]
  /// 1, 2, 3 … within the matter: pages of the story go on from it.
  public let sequence: Int64
}

/// Turns journal entries into sentences: for the office all of them, for a resident the few that concern them.
public enum MatterStory {
  /// "派单给徐泾中队"; also names the last change on the conflict page.
  public static func verb(_ action: String, _ facts: [String: String] = [:]) -> String {
    let get = { (key: String) in facts[key] ?? "" }
    switch action {
    case "matter-registered":
      let reasons = [get("place"), get("item")].filter { !$0.isEmpty }
      return "登记诉件 \(get("report"))，成立事项" + (reasons.isEmpty ? "" : "（\(reasons.joined(separator: "；"))）")
    case "matter-joined": return "诉件 \(get("report")) 并入本事项" + (get("reasons").isEmpty ? "" : "（\(get("reasons"))）")
    case "matter-dispatch": return "派单给\(get("squad"))"
    case "matter-object": return "退单（第 \(get("times")) 次）"
    case "matter-accept": return get("officer").isEmpty ? "接单" : "接单，由\(get("officer"))办理"
    case "matter-assign": return "指派\(get("officer"))办理"
    case "matter-coHandle": return "请\(get("squad"))协办"
    case "matter-contact": return "先行联系 \(get("report"))：\(ContactOutcome(rawValue: get("outcome"))?.chinese ?? "")"
    case "matter-visit": return "现场核查：\(VisitOutcome(rawValue: get("outcome"))?.chinese ?? "")"
    case "matter-find":
      return "事实认定：\(FactFinding(rawValue: get("fact"))?.chinese ?? "")；诉求认定：\(ClaimFinding(rawValue: get("claim"))?.chinese ?? "")"
    case "matter-measure": return "采取措施：\(MeasureKind(rawValue: get("kind"))?.chinese ?? "")"
    case "matter-reply": return "起草答复送审：\(Matter.Outcome(rawValue: get("outcome"))?.chinese ?? "")"
    case "matter-approve": return "审核通过，答复来电人"
    case "matter-sendBack": return "退回补充"
    case "matter-revisit":
      return "回访 \(get("report"))：\(Satisfaction(rawValue: get("satisfaction"))?.chinese ?? "")，\(get("solved") == "yes" ? "已解决" : "未解决")"
    case "matter-rated":
      return "居民评价 \(get("report"))：\(Satisfaction(rawValue: get("satisfaction"))?.chinese ?? "")，\(get("solved") == "yes" ? "已解决" : "未解决")"
    case "matter-city-revisit":
      return "热线回访 \(get("report"))：\(Satisfaction(rawValue: get("satisfaction"))?.chinese ?? "")，\(get("solved") == "yes" ? "已解决" : "未解决")"
    case "matter-close": return "办结"
    case "matter-reopen": return "重新办理"
    case "matter-askDelay": return "申请延期 \(get("days")) 个工作日"
    case "matter-decideDelay": return get("granted") == "yes" ? "批准延期 \(get("days")) 个工作日" : "不同意延期"
    case "matter-hang": return "挂账，时限暂停"
    case "matter-resume": return "恢复办理"
    case "matter-urge": return get("source") == "hotline" ? "热线催单（\(get("report"))）" : "催办"
    case "matter-supervise": return get("source") == "hotline" ? "热线督办（\(get("report"))）" : "督办"
    case "matter-transfer": return "移送\(get("department"))"
    case "matter-answerTransfer": return "登记\(get("department"))的答复"
    case "matter-takeBack": return "收回移送"
    case "matter-flagUnreasonable": return "提请认定不合理诉求"
    case "matter-reviewUnreasonable": return get("agreed") == "yes" ? "认定为不合理诉求" : "未予认定不合理诉求"
    case "matter-correct": return "更正：\(get("before")) → \(get("after"))"
    case "matter-merge": return "并入 \(get("into"))"
    case "matter-took-over": return "并入 \(get("from")) 的 \(get("reports")) 件诉件"
    case "matter-not-same": return "认定与 \(get("other")) 不是同一件"
    case "matter-split": return "诉件 \(get("report")) 拆出，另立 \(get("to"))"
    case "matter-photos-added": return "诉件 \(get("report")) 补充照片 \(get("count")) 张"
    case "matter-rung": return "时限紧急，已呼叫值班人员"
    case "matter-not-filed": return "研判：不转立案"
    case "matter-old-stock": return "研判：历史存量，由\(get("owner"))负责整治"
    case "matter-firm-checked":
      return (get("outcome") == "failed" ? "物业履职核查：未履职" : "物业履职核查：已履职") + (get("case").isEmpty ? "" : "，另立案 \(get("case"))")
    case "matter-case": return "转立案查处，案件 \(get("case"))（\(get("item"))）"
    case "matter-release": return "向物业公开办理情况（\(get("firm"))）"
    case "matter-overdue": return "\(get("clock"))超期（\(get("due")) 到期）"
    default: return action
    }
  }

  public static func line(_ entry: JournalEntry) throws -> StoryLine {
    let facts: [String: String] = try entry.facts()
    return StoryLine(
      at: entry.at, who: entry.actor.name, what: verb(entry.action, facts), note: entry.note, machine: entry.actor == .system,
      action: entry.action,
      files: (facts["files"] ?? "").split(separator: ",").map(String.init), sequence: entry.sequence)
  }

  public static func lines(of matter: Matter.ID, _ db: any Reader) throws -> [StoryLine] {
    try Journal.entries(of: Subject("matter", matter), db).map(line)
  }
}
