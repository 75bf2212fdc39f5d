import Foundation
import Kernel
import Offices
import People
import Storage

/// 行政执法证: who may handle a case, 行政处罚法第四十二条.
public struct Certificate: Sendable {
  public let account: Person.ID
  public let name: String
  public let role: Role
  /// Nil where none was noted.
  public let number: String?
  public let validUntil: Day?
}

extension Cases {
  /// Everybody of the leader's squad, with or without a certificate.
  public func certificates(for person: Person) async throws -> [Certificate] {
    try person.require(.leadCases)
    return try await house.store.read { db in
      try db.all(
        """
        SELECT a.id, a.name, a.role, k.number, k.valid_until FROM account a LEFT JOIN certificate k ON k.account_id = a.id
        WHERE a.office_id = \(person.office) AND a.state = 'active' AND a.role IN ('officer', 'squadLeader') ORDER BY a.role, a.id
        """
      ).map { row in
        Certificate(
          account: try row.id("id"), name: try row.text("name"), role: try row.choice("role"), number: try row.optionalText("number"),
          validUntil: try row.optionalText("valid_until").flatMap { Day(iso: $0) })
      }
    }
  }

  /// - Throws: `Refusal` `cases-certificate-number`, `cases-certificate-whose`.
  public func note(certificate number: String, until: Day, of account: Person.ID, by person: Person) async throws {
    try person.require(.leadCases)
    let clean = number.trimming()
    guard (4...40).contains(clean.count) else {
      throw Refusal(.invalid, "cases-certificate-number", "请填写执法证号，4 至 40 个字符。", field: "number")
    }
    let now = house.now()
    try await house.store.write { db in
      guard try db.exists("SELECT 1 AS one FROM account WHERE id = \(account) AND office_id = \(person.office) AND state = 'active'") else {
        throw Refusal(.missing, "cases-certificate-whose", "本队没有这位队员。")
      }
      // Sent a second time it is noted already.
      if try db.exists(
        "SELECT 1 AS one FROM certificate WHERE account_id = \(account) AND number = \(clean) AND valid_until = \(until)")
      {
        return
      }
      try db.run(
        """
        INSERT INTO certificate (account_id, number, valid_until, noted_by, noted_at)
        VALUES (\(account), \(clean), \(until), \(person.id), \(now))
        ON CONFLICT (account_id) DO UPDATE SET number = excluded.number, valid_until = excluded.valid_until, noted_by = excluded.noted_by,
          noted_at = excluded.noted_at
        """)
      try Journal.append(
        "certificate-noted", on: Subject("account", account), by: person.actor, at: now, facts: ["number": clean, "until": until.iso],
        ids: house.ids, db)
    }
  }
}
