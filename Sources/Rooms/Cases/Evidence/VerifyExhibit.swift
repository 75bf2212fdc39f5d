import Foundation
import Kernel
import People
import Storage

extension Cases {
  /// 查证: somebody looked into what others gave, or examined what a device recorded. Verified, it counts from now on.
  /// - Parameter note: how it was looked into and with what result; goes with the exhibit.
  /// - Throws: `Refusal` `cases-missing`, `cases-exhibit-missing`, `cases-exhibit-settled`, `cases-verify-note`, `cases-not-handling`, and what
  ///   the procedure's table says when the case collects no evidence any more.
  @discardableResult
  public func verify(_ number: Int, of no: String, as outcome: ExhibitState, note: String, by person: Person) async throws -> Exhibit {
    let now = house.now()
    let note = note.trimming()
    // Outside the transaction: a film takes its time.
    let (seen, vault) = (try await exhibit(number, of: no, for: person), house.vault)
    let fault = try await EvidenceWork.run { try Self.fault(of: seen, in: vault) }
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      guard let exhibit = try ExhibitStore.find(number, of: record.id, db) else { throw Self.noExhibit }
      guard outcome != .pending else { throw Refusal(.invalid, "cases-verify-outcome", "请选择查证的结论。", field: "outcome") }
      guard (10...1000).contains(note.count) else {
        throw Refusal(
          .invalid, "cases-verify-note", "请写明怎样查证、结果如何，10 至 1000 字。", article: exhibit.source.article, field: "note")
      }
      guard exhibit.state == .pending else {
        throw Refusal(.conflict, "cases-exhibit-settled", "\(exhibit.name)已有结论：\(exhibit.state.chinese)。")
      }
      guard record.file.hands.contains(where: { $0.account == person.id.raw }) else {
        throw Refusal(.conflict, "cases-not-handling", "您不是本案承办人员。", article: "行政处罚法第四十二条")
      }
      if let fault {
        throw Refusal(.conflict, "cases-exhibit-altered", "\(exhibit.name)的\(fault)，不能查证。请从备份恢复原件。", article: "行政处罚法第四十六条")
      }
      let counts = outcome == .verified
      // The device may have been reviewed no more, or its entry corrected, since the record came in.
      if counts, let id = exhibit.device, let made = exhibit.madeAt, let device = try MonitoringDevice.find(id, of: record.squad, db),
        let refusal = device.refusal(at: made)
      {
        throw refusal
      }
      try db.run(
        """
        UPDATE exhibit SET state = \(outcome), counts = \(counts), verified_by = \(person.id), verified_at = \(now), verified_note = \(note)
        WHERE id = \(exhibit.id)
        """)
      try Journal.append(
        counts ? "exhibit-verified" : "exhibit-rejected", on: exhibit.subject, by: person.actor, at: now,
        facts: ["case": record.no, "number": String(number)], note: note, ids: house.ids, db)
      if counts {
        let actor = CaseActor(person.id.raw, try Self.role(for: .collect, in: record, of: person))
        try count([exhibit], in: record, by: actor, person, at: now, db)
      }
      guard let after = try ExhibitStore.find(number, of: record.id, db) else { throw StorageError.corrupted("exhibit vanished") }
      return after
    }
  }
  static let noExhibit = Refusal(.missing, "cases-exhibit-missing", "没有这份证据，或者它不在您的办理范围内。")

  static func altered(_ exhibit: Exhibit, _ error: VaultError) -> Refusal {
    Refusal(.conflict, "cases-exhibit-altered", "\(exhibit.name)“\(exhibit.title)”的\(words(error))，已停止提供。请告诉审计管理员核验，并从备份恢复。")
  }
  static func words(_ error: VaultError) -> String {
    switch error {
    case .missing: "原件不在了"
    case .altered: "原件与登记的哈希不符"
    case .io: "原件读不出来"
    }
  }

  public func exhibit(_ number: Int, of no: String, for person: Person) async throws -> Exhibit {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      guard let exhibit = try ExhibitStore.find(number, of: record.id, db) else { throw Self.noExhibit }
      return exhibit
    }
  }
  /// A copy to be shown; nil where there is none.
  public func picture(_ number: Int, of no: String, small: Bool, for person: Person) async throws -> Data? {
    let exhibit = try await exhibit(number, of: no, for: person)
    guard let name = small ? exhibit.thumbnail : exhibit.shown else { return nil }
    return try house.vault.bytes(name)
  }
}
