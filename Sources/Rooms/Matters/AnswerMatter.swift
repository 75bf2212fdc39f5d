import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import People
import Storage
import WorkCalendar
import Workflow

extension Matters {
  /// 答复送审: one text for all reports of the matter, and for each what differs.
  /// - Parameter additions: report to its own further words.
  @discardableResult
  public func reply(
    _ no: String, outcome: Matter.Outcome, text: String, additions: [Report.ID: String] = [:], version: Int?, by person: Person
  ) async throws -> Matter {
    try await step(.reply, on: no, version: version, by: person) { w in
      let text = try Self.need(text, field: "text", "matters-reply-missing", "请写明给来电人的答复：查了什么、怎么处理、下一步。")
      if outcome == .solved && !w.facts.hasMeasure {
        throw Refusal(.conflict, "matters-solved-without-measure", "选择“实际解决”须先记录采取的措施；仅作说明的请选“解释说明”。", field: "outcome")
      }
      let id: Identifier<Matter.Outcome> = house.ids.next(at: w.now)
      try w.db.run(
        """
        INSERT INTO reply (id, matter_id, at, account_id, outcome, text, state) VALUES (\(id), \(w.matter.id), \(w.now), \(person.id), \(outcome), \(text), 'asked')
        """)
      for (report, addition) in additions.sorted(by: { $0.key < $1.key }) where !addition.trimming().isEmpty {
        _ = try self.promise(report, of: w.matter, w.db)
        let lineID: Identifier<Report> = house.ids.next(at: w.now)
        try w.db.run(
          "INSERT INTO reply_line (id, reply_id, report_id, addition) VALUES (\(lineID), \(id), \(report), \(addition.trimming()))")
      }
      try clocks.start("leader-approval", on: w.subject, from: w.now, ids: house.ids, now: w.now, w.db)
      if let squad = w.matter.squad {
        try notify(
          try leaders(of: squad, on: w.now.day, w.db), kind: "approve", matter: w.matter.id,
          text: "待审核答复：\(w.matter.title)（\(w.matter.no)）", at: w.now, w.db)
      }
      return Left(facts: ["outcome": outcome.rawValue, "additions": String(additions.count)], note: text, set: ["outcome = \(outcome)"])
    }
  }

  /// 审核通过: every report gets its answer now. Where nobody can be called back, the matter needs no revisit and is closed.
  @discardableResult
  public func approve(_ no: String, note: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.approve, on: no, version: version, by: person) { w in
      guard let reply = try w.db.first("SELECT * FROM reply WHERE matter_id = \(w.matter.id) AND state = 'asked' ORDER BY id DESC LIMIT 1")
      else {
        throw Refusal(.conflict, "matters-no-reply", "没有等待审核的答复。")
      }
      let replyID = try reply.int("id")
      try w.db.run("UPDATE reply SET state = 'approved', decided_by = \(person.id), decided_at = \(w.now) WHERE id = \(replyID)")
      let outcome: Matter.Outcome = try reply.choice("outcome")
      try answer(w, outcome: outcome, text: try reply.text("text"), reply: replyID)
      try clocks.finish(["leader-approval"], of: w.subject, at: w.now, w.db)
      let closes = try !MatterStore.promises(of: w.matter.id, w.db).contains { $0.reachable && !$0.revisited }
      if closes { try clocks.finish(nil, of: w.subject, at: w.now, w.db) }
      return Left(facts: ["outcome": outcome.rawValue], note: note.isEmpty ? nil : note, state: closes ? .closed : nil)
    }
  }

  /// Writes each report's own answer and ends its clocks; starts the revisit's.
  func answer(_ w: Working, outcome: Matter.Outcome, text: String, reply: Int64?) throws {
    var additions: [Int64: String] = [:]
    if let reply {
      for line in try w.db.all("SELECT report_id, addition FROM reply_line WHERE reply_id = \(reply)") {
        additions[try line.int("report_id")] = try line.text("addition")
      }
    }
    var reachable = false
    for promise in try MatterStore.promises(of: w.matter.id, w.db) {
      let words = additions[promise.report].map { "\(text)\n\($0)" } ?? text
      try w.db.run(
        """
        UPDATE promise SET replied_at = \(w.now), outcome = \(outcome), reply_text = \(words), revisited_at = NULL, satisfaction = NULL, solved = NULL,
          revisit_source = NULL WHERE report_id = \(promise.report)
        """)
      try clocks.finish(nil, of: Subject("report", promise.report), at: w.now, w.db)
      reachable = reachable || promise.reachable
    }
    if reachable { try clocks.start("revisit", on: w.subject, from: w.now, ids: house.ids, now: w.now, w.db) }
  }

  /// 退回补充.
  @discardableResult
  public func sendBack(_ no: String, reason: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.sendBack, on: no, version: version, by: person) { w in
      let reason = try Self.need(reason, field: "reason", "matters-reason-missing", "请写明需要补充什么。")
      try w.db.run(
        "UPDATE reply SET state = 'sentBack', decided_by = \(person.id), decided_at = \(w.now) WHERE matter_id = \(w.matter.id) AND state = 'asked'"
      )
      try clocks.finish(["leader-approval"], of: w.subject, at: w.now, w.db)
      if let officer = w.matter.officer {
        try notify(
          [try Deputies.acting(for: officer, on: w.now.day, w.db).raw], kind: "sent-back", matter: w.matter.id,
          text: "答复退回补充：\(w.matter.title)（\(w.matter.no)）",
          at: w.now, w.db)
      }
      return Left(note: reason, set: ["outcome = NULL"])
    }
  }

  /// 回访, per report. The matter closes with the last one, unless somebody is dissatisfied and unsolved: then a person decides.
  @discardableResult
  public func revisit(
    _ no: String, report: Report.ID, satisfaction: Satisfaction, solved: Bool, note: String, version: Int?, by person: Person
  ) async throws -> Matter {
    try await step(.revisit, on: no, version: version, by: person) { w in
      guard try self.promise(report, of: w.matter, w.db).answered else {
        throw Refusal(.conflict, "matters-not-answered", "这件诉件还没有答复，答复后再回访。", field: "report")
      }
      if satisfaction == .dissatisfied && note.trimming().isEmpty {
        throw Refusal(.invalid, "matters-dissatisfied-note", "不满意的，请记下来电人的原因。", field: "note")
      }
      try recordRating(satisfaction, solved: solved, source: .own, of: report.raw, at: w.now, w.db)
      let reportNo = try ReportStore.find(report, w.db)?.no ?? ""
      let left = try settle(w)
      return Left(
        facts: ["report": reportNo, "satisfaction": satisfaction.rawValue, "solved": solved ? "yes" : "no"],
        note: note.isEmpty ? nil : note, state: left)
    }
  }

  func recordRating(_ satisfaction: Satisfaction, solved: Bool, source: RevisitSource, of report: Int64, at now: Moment, _ db: any Writer)
    throws
  {
    try db.run(
      """
      UPDATE promise SET revisited_at = \(now), satisfaction = \(satisfaction), solved = \(solved), revisit_source = \(source) WHERE report_id = \(report)
      """)
  }

  /// Closed when all have been asked and none is left dissatisfied with the problem unsolved.
  private func settle(_ w: Working) throws -> MatterState? {
    let promises = try MatterStore.promises(of: w.matter.id, w.db)
    guard !promises.contains(where: { $0.reachable && !$0.revisited }) else { return nil }
    // Everybody has been asked, whatever they said: that clock is done even where the matter stays open.
    try clocks.finish(["revisit"], of: w.subject, at: w.now, w.db)
    if promises.contains(where: { $0.satisfaction == .dissatisfied && $0.solved == false }) { return nil }
    try clocks.finish(nil, of: w.subject, at: w.now, w.db)
    return .closed
  }

  /// 办结 by decision, where a dissatisfied revisit left it open. Says why.
  @discardableResult
  public func close(_ no: String, note: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.close, on: no, version: version, by: person) { w in
      let note = try Self.need(note, field: "note", "matters-close-note-missing", "仍有不满意的，请写明办结的理由和已作的解释。")
      try clocks.finish(nil, of: w.subject, at: w.now, w.db)
      return Left(note: note)
    }
  }

  /// 重新办理: the promises begin anew, the story goes on.
  @discardableResult
  public func reopen(_ no: String, reason: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.reopen, on: no, version: version, by: person) { w in
      let reason = try Self.need(reason, field: "reason", "matters-reason-missing", "请写明重新办理的原因。")
      try restart(w.matter, at: w.now, w.db)
      return Left(note: reason, set: ["reopened = reopened + 1", "outcome = NULL"])
    }
  }

  func restart(_ matter: Matter, at now: Moment, _ db: any Writer) throws {
    try clocks.cancel(["revisit"], of: Subject("matter", matter.id), at: now, db)
    // Each is owed an answer again; the words of the last one stay until there are new ones.
    try db.run("UPDATE promise SET replied_at = NULL WHERE matter_id = \(matter.id)")
    for promise in try MatterStore.promises(of: matter.id, db) {
      try clocks.start("reply-general", on: Subject("report", promise.report), from: now, ids: house.ids, now: now, db)
    }
    if let officer = matter.officer {
      try notify(
        [try Deputies.acting(for: officer, on: now.day, db).raw], kind: "reopened", matter: matter.id,
        text: "重新办理：\(matter.title)（\(matter.no)）", at: now, db)
    }
  }
}
