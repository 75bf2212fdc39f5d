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

extension Matters {
  /// 催办.
  @discardableResult
  public func urge(_ no: String, note: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.urge, on: no, version: version, by: person) { w in
      try wake(w.matter, "催办：\(w.matter.title)（\(w.matter.no)）", kind: "urged", at: w.now, w.db)
      return Left(note: note.isEmpty ? nil : note, set: ["urgent = 1"])
    }
  }
  /// 督办, from the district or the city, with a clock of its own.
  @discardableResult
  public func supervise(_ no: String, note: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.supervise, on: no, version: version, by: person) { w in
      let note = try Self.need(note, field: "note", "matters-supervise-note-missing", "请写明督办要求。")
      try clocks.cancel(["supervision"], of: w.subject, at: w.now, w.db)
      try clocks.start("supervision", on: w.subject, from: w.now, ids: house.ids, now: w.now, w.db)
      try wake(w.matter, "督办：\(w.matter.title)（\(w.matter.no)）", kind: "supervised", at: w.now, w.db)
      return Left(note: note, set: ["supervised = 1"])
    }
  }
  func wake(_ matter: Matter, _ text: String, kind: String, at now: Moment, _ db: any Writer) throws {
    var people: [Int64] = []
    if let officer = matter.officer { people.append(try Deputies.acting(for: officer, on: now.day, db).raw) }
    if let squad = matter.squad { people += try leaders(of: squad, on: now.day, db) }
    try notify(people, kind: kind, matter: matter.id, text: text, at: now, db)
  }

  /// 申请延期, in working days of the reply clock.
  @discardableResult
  public func askDelay(_ no: String, workingDays: Int, reason: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.askDelay, on: no, version: version, by: person) { w in
      guard (1...30).contains(workingDays) else { throw Refusal(.invalid, "matters-delay-length", "延期请填 1 至 30 个工作日。", field: "days") }
      let reason = try Self.need(reason, field: "reason", "matters-reason-missing", "请写明延期的理由。")
      let id: Identifier<Matter> = house.ids.next(at: w.now)
      try w.db.run(
        """
        INSERT INTO delay (id, matter_id, at, account_id, length, reason, state)
        VALUES (\(id), \(w.matter.id), \(w.now), \(person.id), \(workingDays), \(reason), 'asked')
        """)
      if let squad = w.matter.squad {
        try notify(
          try leaders(of: squad, on: w.now.day, w.db), kind: "delay", matter: w.matter.id,
          text: "申请延期 \(workingDays) 个工作日：\(w.matter.title)（\(w.matter.no)）",
          at: w.now, w.db)
      }
      return Left(facts: ["days": String(workingDays)], note: reason)
    }
  }
  /// 审批延期.
  @discardableResult
  public func decideDelay(_ no: String, grant: Bool, note: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.decideDelay, on: no, version: version, by: person) { w in
      guard let delay = try w.db.first("SELECT * FROM delay WHERE matter_id = \(w.matter.id) AND state = 'asked' ORDER BY id DESC LIMIT 1")
      else {
        throw Refusal(.conflict, "matters-no-delay", "没有等待审批的延期申请。")
      }
      if try delay.id("account_id", Person.self) == person.id { throw Refusal(.forbidden, "matters-own-delay", "本人的延期申请须由其他中队领导审批。") }
      let days = try delay.count("length")
      try w.db.run(
        "UPDATE delay SET state = \(grant ? "granted" : "refused"), decided_by = \(person.id), decided_at = \(w.now) WHERE id = \(try delay.int("id"))"
      )
      if grant {
        for promise in try MatterStore.promises(of: w.matter.id, w.db) {
          try clocks.extend(
            ["reply-general", "reply-complex", "reply-consult"], of: Subject("report", promise.report), by: days,
            reason: "批准延期：\(try delay.text("reason"))",
            at: w.now, w.db)
        }
      }
      return Left(facts: ["days": String(days), "granted": grant ? "yes" : "no"], note: note.isEmpty ? nil : note)
    }
  }

  /// 挂账: nothing can be done for now; the clocks stand still and say why.
  @discardableResult
  public func hang(_ no: String, reason: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.hang, on: no, version: version, by: person) { w in
      let reason = try Self.need(reason, field: "reason", "matters-reason-missing", "请写明挂账的原因和恢复的条件。", longest: 200)
      for subject in try self.subjects(of: w.matter, w.db) { try clocks.pause(nil, of: subject, reason: "挂账：\(reason)", at: w.now, w.db) }
      return Left(note: reason, set: ["hung_reason = \(reason)"])
    }
  }
  @discardableResult
  public func resume(_ no: String, note: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.resume, on: no, version: version, by: person) { w in
      for subject in try self.subjects(of: w.matter, w.db) { try clocks.resume(nil, of: subject, at: w.now, w.db) }
      return Left(note: note.isEmpty ? nil : note, state: w.facts.hasFinding ? .found : .accepted, set: ["hung_reason = NULL"])
    }
  }
  func subjects(of matter: Matter, _ db: any Reader) throws -> [Subject] {
    [Subject("matter", matter.id)] + (try MatterStore.promises(of: matter.id, db).map { Subject("report", $0.report) })
  }

  /// 移送其他部门.
  @discardableResult
  public func transfer(_ no: String, to department: Office.ID, reason: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.transfer, on: no, version: version, by: person) { w in
      let reason = try Self.need(reason, field: "reason", "matters-reason-missing", "请写明移送的理由和依据。")
      guard let office = try OfficeStore.find(department, w.db), office.kind == .department else {
        throw Refusal(.invalid, "matters-no-department", "请选择接收的部门。", field: "department")
      }
      let id: Identifier<Office> = house.ids.next(at: w.now)
      try w.db.run(
        "INSERT INTO transfer (id, matter_id, office_id, reason, at) VALUES (\(id), \(w.matter.id), \(department), \(reason), \(w.now))")
      try clocks.finish(["transfer-out-of-scope", "objection"], of: w.subject, at: w.now, w.db)
      return Left(facts: ["department": office.name], note: reason)
    }
  }
  /// 登记移送结果: the department's answer becomes the reply to every reporter.
  @discardableResult
  public func answerTransfer(_ no: String, answer: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.answerTransfer, on: no, version: version, by: person) { w in
      let answer = try Self.need(answer, field: "answer", "matters-answer-missing", "请写明接收部门的答复。")
      guard
        let open = try w.db.first(
          """
          SELECT t.id, o.name FROM transfer t JOIN office o ON o.id = t.office_id
          WHERE t.matter_id = \(w.matter.id) AND t.answered_at IS NULL ORDER BY t.id DESC LIMIT 1
          """)
      else { throw Refusal(.conflict, "matters-no-transfer", "没有等待答复的移送。") }
      try w.db.run("UPDATE transfer SET answered_at = \(w.now), answer = \(answer) WHERE id = \(try open.int("id"))")
      let name = try open.text("name")
      try self.answer(w, outcome: .explained, text: "您反映的问题已移送\(name)。\(name)答复：\(answer)", reply: nil)
      let closes = try !MatterStore.promises(of: w.matter.id, w.db).contains { $0.reachable && !$0.revisited }
      if closes { try clocks.finish(nil, of: w.subject, at: w.now, w.db) }
      return Left(facts: ["department": name], note: answer, state: closes ? .closed : nil, set: ["outcome = 'explained'"])
    }
  }
  /// 收回移送: the department sent it back.
  @discardableResult
  public func takeBack(_ no: String, reason: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.takeBack, on: no, version: version, by: person) { w in
      let reason = try Self.need(reason, field: "reason", "matters-reason-missing", "请写明收回的原因。")
      try w.db.run(
        "UPDATE transfer SET answered_at = \(w.now), answer = \(reason) WHERE matter_id = \(w.matter.id) AND answered_at IS NULL")
      return Left(note: reason)
    }
  }

  /// 提请认定不合理诉求, with a reason, reviewed by the leader.
  @discardableResult
  public func flagUnreasonable(_ no: String, reason: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.flagUnreasonable, on: no, version: version, by: person) { w in
      let reason = try Self.need(reason, field: "reason", "matters-reason-missing", "请写明认为诉求不合理的事实和依据。")
      if let squad = w.matter.squad {
        try notify(
          try leaders(of: squad, on: w.now.day, w.db), kind: "unreasonable", matter: w.matter.id,
          text: "待复核不合理诉求：\(w.matter.title)（\(w.matter.no)）", at: w.now,
          w.db)
      }
      return Left(note: reason, set: ["unreasonable = 'asked'"])
    }
  }
  @discardableResult
  public func reviewUnreasonable(_ no: String, agree: Bool, note: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.reviewUnreasonable, on: no, version: version, by: person) { w in
      let note = try Self.need(note, field: "note", "matters-reason-missing", "请写明复核意见。")
      return Left(facts: ["agreed": agree ? "yes" : "no"], note: note, set: ["unreasonable = \(agree ? "agreed" : "refused")"])
    }
  }
}
