import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Offices
import People
import Storage
import WorkCalendar
import Workflow

/// What a reporter without an account sees of their report, like a parcel.
public struct Progress: Sendable {
  public let reportNo: String
  public let receivedAt: Moment
  public let compoundName: String?
  public let words: String
  public let stages: [Stage]
  /// "已派给徐泾中队，9月24日前会联系您。"
  public let headline: String
  /// Until when the reporter is to be called; nil when there is nobody to call or it has been done.
  public let contactBy: Moment?
  /// Until when the answer is due; nil once it is given, and while the clock stands still.
  public let answerBy: Moment?
  public let reply: String?
  public let outcome: Matter.Outcome?
  public let satisfaction: Satisfaction?
  /// The answer is there and has not been rated by the resident.
  public let mayRate: Bool
  public let closed: Bool
  /// How many photos the report has.
  public let photos: Int
  /// How many more it may have: none once the matter is closed.
  public let photosLeft: Int

  public struct Stage: Sendable {
    public let name: String
    public let at: Moment?
    public let text: String?
  }
}

extension Matters {
  /// Progress by receipt code. An unknown code and a wrong one are the same answer.
  public func progress(receipt: String) async throws -> Progress {
    try await house.store.read { db in
      guard let report = try ReportStore.find(receipt: receipt, db) else {
        throw Refusal(.missing, "matters-no-receipt", "没有查到这个查询码，请核对后再输入。", field: "code")
      }
      return try progress(of: report, db)
    }
  }

  public func progress(of report: Report, _ db: any Reader) throws -> Progress {
    let promise = try MatterStore.promise(ofReport: report.id.raw, db)
    let matter = try promise.flatMap { try MatterStore.find($0.matter, db) }
    let entries = try matter.map { try Journal.entries(of: Subject("matter", $0.id), db) } ?? []
    let since = matter.map { m in entries.last { $0.action == "matter-reopen" || $0.action == "matter-rated-reopen" }?.at ?? m.firstAt }
    // A matter that was begun again shows its present round; what came before is in the words of the reply.
    func last(_ action: String) -> JournalEntry? { entries.last { $0.action == action && $0.at >= (since ?? report.receivedAt) } }
    let dispatched = entries.last { $0.action == "matter-dispatch" }
    let squad = matter?.squadName ?? ""
    var stages = [Progress.Stage(name: "已收到", at: report.receivedAt, text: "编号 \(report.no)")]
    stages.append(Progress.Stage(name: "已派单", at: dispatched?.at, text: dispatched == nil ? nil : "由\(squad)办理"))
    stages.append(
      Progress.Stage(name: "已联系", at: promise?.contactedAt, text: report.reachable ? nil : "您没有留联系方式，进度请在此查看"))
    let visit = last("matter-visit")
    stages.append(
      Progress.Stage(
        name: "已到现场", at: visit?.at,
        text: try visit.flatMap { VisitOutcome(rawValue: (try $0.facts([String: String].self))["outcome"] ?? "")?.chinese }))
    stages.append(Progress.Stage(name: "已答复", at: promise?.repliedAt, text: promise?.outcome?.chinese))
    stages.append(Progress.Stage(name: "已办结", at: matter?.closedAt, text: nil))
    let running = try clocks.clocks(of: Subject("report", report.id), db).filter { $0.state == .running }
    let photos = try ReportStore.files(of: report.id, db).count
    return Progress(
      reportNo: report.no, receivedAt: report.receivedAt, compoundName: report.reading.compoundName, words: report.masked, stages: stages,
      headline: try headline(report, matter, promise, db), contactBy: running.first { $0.kind == "first-contact" }?.due,
      answerBy: running.first { $0.kind != "first-contact" }?.due, reply: promise?.replyText, outcome: promise?.outcome,
      satisfaction: promise?.satisfaction,
      mayRate: promise?.answered == true && promise?.revisitSource != .resident && matter?.state != .transferred,
      closed: matter?.state == .closed, photos: photos,
      photosLeft: matter?.state.isOpen == true ? max(0, NewReport.mostFiles - photos) : 0)
  }

  private func headline(_ report: Report, _ matter: Matter?, _ promise: Promise?, _ db: any Reader) throws -> String {
    guard let matter else { return "已收到，正在登记。" }
    let squad = matter.squadName ?? "执法队"
    let clocks = try clocks.clocks(of: Subject("report", report.id), db).filter { $0.state == .running }
    let contact = clocks.first { $0.kind == "first-contact" }.map { "\($0.due.adding(milliseconds: -1).day.chinese)前会联系您" }
    let answer = clocks.first { $0.kind != "first-contact" }.map { "\($0.due.adding(milliseconds: -1).day.chinese)前答复" }
    switch matter.state {
    case .registered: return "已收到，正在核实地点和职责，很快派给属地执法队。"
    case .dispatched: return "已派给\(squad)，" + (contact ?? answer ?? "正在安排办理") + "。"
    case .accepted, .found: return "\(squad)正在办理，" + ((promise?.contacted == false ? contact : nil) ?? answer ?? "办好后会在这里答复") + "。"
    case .replied: return "\(squad)已提出处理意见，正在审核。"
    case .approved: return "已答复，请看下方处理结果，也请告诉我们您是否满意。"
    case .hung: return "暂时无法办结：\(matter.hungReason ?? "")。条件具备后会继续办理。"
    case .transferred: return "反映的问题不属城管职责，已移送主管部门，收到答复后会告诉您。"
    case .closed: return "已办结。"
    }
  }

  /// How long after the answer a resident's “not solved” opens the matter again by itself.
  static let ratingDays = 15

  /// The resident's own word on the answer. “Not solved and dissatisfied” opens the matter again, once, within 15 days.
  public func rate(receipt: String, satisfaction: Satisfaction, solved: Bool, note: String) async throws -> Progress {
    let now = house.now()
    let house = house
    return try await house.store.write { db in
      guard let report = try ReportStore.find(receipt: receipt, db), let promise = try MatterStore.promise(ofReport: report.id.raw, db),
        let matter = try MatterStore.find(promise.matter, db)
      else { throw Refusal(.missing, "matters-no-receipt", "没有查到这个查询码，请核对后再输入。", field: "code") }
      guard promise.answered else { throw Refusal(.conflict, "matters-not-answered", "还没有答复，答复后再请您评价。") }
      if promise.revisitSource == .resident { throw Refusal(.conflict, "matters-rated", "您已评价过，感谢反馈。") }
      if note.utf16.count > 1000 { throw Refusal(.invalid, "matters-too-long", "文字请控制在 1000 字以内。", field: "note") }
      try recordRating(satisfaction, solved: solved, source: .resident, of: report.id.raw, at: now, db)
      let masked = note.trimming().isEmpty ? nil : Masking.mask(note.trimming())
      try Journal.append(
        "matter-rated", on: Subject("matter", matter.id), by: .resident, at: now,
        facts: ["report": report.no, "satisfaction": satisfaction.rawValue, "solved": solved ? "yes" : "no"], note: masked, ids: house.ids,
        db)
      let unhappy = satisfaction == .dissatisfied && !solved
      let inTime = now < (promise.repliedAt ?? now).adding(hours: 24 * Self.ratingDays)
      if unhappy, inTime, matter.reopened == 0, matter.state == .approved || matter.state == .closed {
        try begin(again: matter, because: "rated", at: now, db)
      } else if !(try closeIfAsked(matter, at: now, db)) {
        try db.run("UPDATE matter SET version = version + 1, updated_at = \(now) WHERE id = \(matter.id)")
      }
      try MatterStore.refreshDue(matter.id, db)
      return try progress(of: report, db)
    }
  }

  /// The loop begins again because somebody outside says that the problem is still there.
  func begin(again matter: Matter, because: String, at now: Moment, _ db: any Writer) throws {
    try restart(matter, at: now, db)
    understander.settled(try MatterStore.promises(of: matter.id, db).map(\.report), open: true)
    try db.run(
      """
      UPDATE matter SET state = 'accepted', open = 1, closed_at = NULL, erased_at = NULL, outcome = NULL, reopened = reopened + 1, version = version + 1,
        updated_at = \(now) WHERE id = \(matter.id)
      """)
    try Journal.append(
      "matter-reopen", on: Subject("matter", matter.id), by: .system, at: now, facts: ["state": "accepted", "because": because],
      ids: house.ids, db)
    if let squad = matter.squad {
      try notify(
        try leaders(of: squad, on: now.day, db), kind: "reopened", matter: matter.id, text: "回访不满意，重新办理：\(matter.title)（\(matter.no)）",
        at: now, db)
    }
  }

  /// Closes a matter whose last answer has been asked about outside the office.
  /// - Returns: whether it was closed.
  @discardableResult
  func closeIfAsked(_ matter: Matter, at now: Moment, _ db: any Writer) throws -> Bool {
    guard matter.state == .approved else { return false }
    let promises = try MatterStore.promises(of: matter.id, db)
    guard !promises.contains(where: { $0.reachable && !$0.revisited }) else { return false }
    try clocks.finish(["revisit"], of: Subject("matter", matter.id), at: now, db)
    guard !promises.contains(where: { $0.satisfaction == .dissatisfied && $0.solved == false }) else { return false }
    try clocks.finish(nil, of: Subject("matter", matter.id), at: now, db)
    understander.settled(promises.map(\.report), open: false)
    try db.run(
      "UPDATE matter SET state = 'closed', open = 0, closed_at = \(now), version = version + 1, updated_at = \(now) WHERE id = \(matter.id)"
    )
    try Journal.append(
      "matter-close", on: Subject("matter", matter.id), by: .system, at: now, facts: ["state": "closed"], ids: house.ids, db)
    return true
  }
}
