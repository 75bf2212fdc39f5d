import Kernel
import Offices
import People
import Storage

/// 公安保障 asked for, and 阻碍执法 reported to the police.
public struct CaseIncident: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case support, obstruction
    public var chinese: String { self == .support ? "请公安到场保障" : "阻碍执法，已报警" }
  }
  public let id: Int64
  public let kind: Kind
  public let at: Moment
  public let who: String
  public let note: String
  /// The police station it went to.
  public let unit: String?
  public let outcome: String?
  public let answeredAt: Moment?
}

extension Cases {
  public func incidents(of no: String, for person: Person) async throws -> [CaseIncident] {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      return try db.all(
        "SELECT i.*, a.name AS who FROM case_incident i JOIN account a ON a.id = i.account_id WHERE i.case_id = \(record.id) ORDER BY i.id"
      ).map { row in
        CaseIncident(
          id: try row.int("id"), kind: try row.choice("kind"), at: try row.moment("at"), who: try row.text("who"),
          note: try row.text("note"),
          unit: try row.optionalText("unit"), outcome: try row.optionalText("outcome"), answeredAt: try row.optionalMoment("answered_at"))
      }
    }
  }

  /// - Throws: `Refusal` `cases-missing`, `cases-incident-note`, `cases-incident-unit`.
  public func report(_ kind: CaseIncident.Kind, note: String, unit: String, on no: String, by person: Person) async throws {
    try requireField(person)
    let (note, unit) = (note.trimming(), unit.trimming())
    guard (5...2000).contains(note.count) else {
      throw Refusal(.invalid, "cases-incident-note", "请写明时间、地点、经过。", article: "行政处罚法第五十五条第二款", field: "note")
    }
    guard (2...100).contains(unit.count) else { throw Refusal(.invalid, "cases-incident-unit", "请写明报给哪个派出所。", field: "unit") }
    let now = house.now()
    try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      // Sent a second time it is the same incident.
      if try db.exists(
        """
        SELECT 1 AS one FROM case_incident WHERE case_id = \(record.id) AND account_id = \(person.id) AND kind = \(kind) AND note = \(note)
          AND unit = \(unit) AND outcome IS NULL
        """)
      {
        return
      }
      let id: Identifier<CaseIncident> = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO case_incident (id, case_id, kind, at, account_id, note, unit, outcome, answered_at)
        VALUES (\(id), \(record.id), \(kind), \(now), \(person.id), \(note), \(unit), NULL, NULL)
        """)
      try Journal.append(
        "case-incident", on: record.subject, by: person.actor, at: now, facts: ["kind": kind.rawValue], note: note, ids: house.ids, db)
    }
  }
  /// - Throws: `Refusal` `cases-missing`, `cases-incident-missing`, `cases-incident-outcome`.
  public func answer(incident: Int64, outcome: String, on no: String, by person: Person) async throws {
    try requireField(person)
    let outcome = outcome.trimming()
    guard (2...1000).contains(outcome.count) else {
      throw Refusal(.invalid, "cases-incident-outcome", "请写明公安机关的处理结果。", field: "outcome")
    }
    let now = house.now()
    try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      guard let row = try db.first("SELECT outcome FROM case_incident WHERE id = \(incident) AND case_id = \(record.id)") else {
        throw Refusal(.missing, "cases-incident-missing", "没有这条记录。")
      }
      if try row.optionalText("outcome") == outcome { return }
      try db.run("UPDATE case_incident SET outcome = \(outcome), answered_at = \(now) WHERE id = \(incident)")
      try Journal.append("case-incident-answered", on: record.subject, by: person.actor, at: now, note: outcome, ids: house.ids, db)
    }
  }
  func requireField(_ person: Person) throws(Refusal) {
    guard person.may(.workCases), [.officer, .squadLeader].contains(person.role) else {
      throw Refusal(.forbidden, "step-not-yours", "由承办的执法队登记。")
    }
  }
}
