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
  /// 派单: to the squad in charge of the place or another that takes matters, with a word for it.
  @discardableResult
  public func dispatch(_ no: String, to squad: Office.ID, note: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.dispatch, on: no, version: version, by: person) { w in
      guard let office = try OfficeStore.find(squad, w.db), office.kind.takesMatters else {
        throw Refusal(.invalid, "matters-no-squad", "请选择承办的执法队。", field: "squad")
      }
      let reach: Query? =
        switch Scope(of: person) {
        case .district(let id) where office.district != id: "district"
        case .squad(let id) where office.id != id: "squad"
        default: nil
        }
      if reach != nil { throw Refusal(.forbidden, "matters-other-office", "只能派给本辖区的执法队；跨区事项请报上级协调。", field: "squad") }
      try clocks.cancel(["objection"], of: w.subject, at: w.now, w.db)
      try clocks.start("objection", on: w.subject, from: w.now, ids: house.ids, now: w.now, w.db)
      try notify(
        try leaders(of: squad, on: w.now.day, w.db), kind: "dispatched", matter: w.matter.id, text: "新派单：\(w.matter.title)（\(w.matter.no)）",
        at: w.now, w.db)
      if squad != w.matter.squad { try MatterMarks.add(MatterMarks.marks(squad: squad, district: office.district), to: w.matter.id, w.db) }
      // Who received it first answers for it until another accepts.
      let holder = w.matter.holder ?? squad
      return Left(
        facts: ["squad": office.short], note: note.isEmpty ? nil : note,
        set: ["squad_id = \(squad)", "district_id = \(office.district)", "holder_id = \(holder)", "officer_id = NULL"])
    }
  }

  /// 退单: back to the dispatcher with a reason, at most three times. The first receiver stays responsible meanwhile.
  @discardableResult
  public func object(_ no: String, reason: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.object, on: no, version: version, by: person) { w in
      let reason = try Self.need(reason, field: "reason", "matters-reason-missing", "请写明退单理由，如“非本辖区”“属物业维修范围”。")
      try clocks.cancel(["objection"], of: w.subject, at: w.now, w.db)
      if let district = w.matter.district {
        try notify(
          try accounts(.dispatcher, of: district, on: w.now.day, w.db), kind: "returned", matter: w.matter.id,
          text: "退单：\(w.matter.title)（\(w.matter.no)）",
          at: w.now, w.db)
      }
      return Left(
        facts: ["times": String(w.matter.returns + 1)], note: reason, set: ["returns = \(w.matter.returns + 1)", "officer_id = NULL"])
    }
  }

  /// 接单. An officer who accepts takes it on; a leader may name the officer.
  @discardableResult
  public func accept(_ no: String, officer: Person.ID?, version: Int?, by person: Person) async throws -> Matter {
    try await step(.accept, on: no, version: version, by: person) { w in
      let officer = try self.officer(officer, or: person, squad: w.matter.squad, w)
      try clocks.finish(["objection"], of: w.subject, at: w.now, w.db)
      return Left(
        facts: ["officer": try Self.name(of: officer, w.db)], set: ["officer_id = \(officer)", "holder_id = \(w.matter.squad)"])
    }
  }

  /// 指派队员.
  @discardableResult
  public func assign(_ no: String, officer: Person.ID, version: Int?, by person: Person) async throws -> Matter {
    try await step(.assign, on: no, version: version, by: person) { w in
      let officer = try self.officer(officer, or: person, squad: w.matter.squad, w)
      return Left(facts: ["officer": try Self.name(of: officer, w.db)], set: ["officer_id = \(officer)"])
    }
  }

  private func officer(_ chosen: Person.ID?, or person: Person, squad: Office.ID?, _ w: Working) throws -> Person.ID {
    guard let chosen, chosen != person.id else { return person.id }
    guard let row = try w.db.first("SELECT office_id, role FROM account WHERE id = \(chosen) AND state = 'active'"),
      try row.optionalID("office_id") == squad,
      MatterLoop.field.contains(try row.choice("role"))
    else { throw Refusal(.invalid, "matters-not-an-officer", "请选择本队在岗的执法队员。", field: "officer") }
    try notify(
      [try Deputies.acting(for: chosen, on: w.now.day, w.db).raw], kind: "assigned", matter: w.matter.id,
      text: "指派给您：\(w.matter.title)（\(w.matter.no)）",
      at: w.now, w.db)
    return chosen
  }
  static func name(of account: Person.ID, _ db: any Reader) throws -> String {
    try db.first("SELECT name FROM account WHERE id = \(account)")?.text("name") ?? ""
  }

  /// 协办: another squad helps and sees the matter.
  @discardableResult
  public func coHandle(_ no: String, with office: Office.ID, task: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.coHandle, on: no, version: version, by: person) { w in
      let task = try Self.need(task, field: "task", "matters-task-missing", "请写明需要协办的内容。")
      guard let helper = try OfficeStore.find(office, w.db), helper.kind.takesMatters, office != w.matter.squad else {
        throw Refusal(.invalid, "matters-no-helper", "请选择另一支执法队协办。", field: "office")
      }
      let id: Identifier<Office> = house.ids.next(at: w.now)
      try w.db.run(
        """
        INSERT INTO co_handler (id, matter_id, office_id, task, at) VALUES (\(id), \(w.matter.id), \(office), \(task), \(w.now))
        ON CONFLICT (matter_id, office_id) DO UPDATE SET task = excluded.task
        """)
      try MatterMarks.add(MatterMarks.marks(squad: office, district: nil), to: w.matter.id, w.db)
      try notify(
        try leaders(of: office, on: w.now.day, w.db), kind: "co-handle", matter: w.matter.id, text: "请协办：\(w.matter.title)（\(w.matter.no)）",
        at: w.now, w.db)
      return Left(facts: ["squad": helper.short], note: task)
    }
  }
}
