import Catalogue
import Kernel
import Offices
import People
import Storage

/// 房屋注记: the annotation in the register of real estate, 上海市不动产登记若干规定第三十四条.
public struct RegistryNote: Sendable {
  public enum State: String, Sendable, CaseIterable {
    case asked, noted, lifted
    public var chinese: String {
      switch self {
      case .asked: "已申请注记"
      case .noted: "已注记"
      case .lifted: "已解除注记"
      }
    }
  }
  public let state: State
  public let askedAt: Moment
  /// Of the real estate certificate.
  public let certificateNo: String?
  public let notedOn: Day?
  public let liftedOn: Day?
  public let note: String?
  public static let article = "上海市不动产登记若干规定第三十四条"

  static func read(_ id: CaseRecord.ID, _ db: any Reader) throws -> RegistryNote? {
    try db.first("SELECT * FROM case_registry WHERE case_id = \(id)").map { row in
      RegistryNote(
        state: try row.choice("state"), askedAt: try row.moment("asked_at"), certificateNo: try row.optionalText("certificate_no"),
        notedOn: try row.optionalText("noted_on").flatMap { Day(iso: $0) },
        liftedOn: try row.optionalText("lifted_on").flatMap { Day(iso: $0) }, note: try row.optionalText("note"))
    }
  }
}

extension Cases {
  public func registryNote(of no: String, for person: Person) async throws -> RegistryNote? {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      return try RegistryNote.read(record.id, db)
    }
  }

  /// 申请 → 注记 → 解除, one after the other. Asking begins the paper of the request; neither the annotation nor its end is
  /// entered before its paper has been issued.
  /// - Throws: `Refusal` `cases-missing`, `cases-registry-item`, `cases-registry-order`, `cases-registry-corrected`, `cases-registry-field`,
  ///   `cases-not-issued`.
  public func moveRegistry(of no: String, to state: RegistryNote.State, certificate: String, on day: Day, note: String, by person: Person)
    async throws
  {
    try requireField(person)
    let now = house.now()
    guard day <= now.day else { throw Refusal(.invalid, "cases-registry-field", "日期不能晚于今天。", field: "on") }
    let (certificate, note) = (certificate.trimming(), note.trimming())
    try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      try requireOwn(record, person)
      guard try catalogue.known(record.file.item).registryAnnotation else {
        throw Refusal(.conflict, "cases-registry-item", "这一事项不在可以注记的范围内。", article: RegistryNote.article)
      }
      let before = try db.first("SELECT state FROM case_registry WHERE case_id = \(record.id)")?.choice("state", RegistryNote.State.self)
      switch (before, state) {
      case (nil, .asked):
        // A determination has to be in force: the order to correct at least.
        guard record.file.correction != nil || record.file.decision != nil else {
          throw Refusal(.conflict, "cases-registry-order", "须先有责令改正通知书或者决定书，才能申请注记。", article: RegistryNote.article)
        }
        guard (4...60).contains(certificate.count) else {
          throw Refusal(.invalid, "cases-registry-field", "请填写不动产权证号。", article: RegistryNote.article, field: "certificate")
        }
        try db.run(
          """
          INSERT INTO case_registry (case_id, state, asked_at, asked_by, certificate_no, noted_on, lifted_on, note)
          VALUES (\(record.id), 'asked', \(now), \(person.id), \(certificate), NULL, NULL, \(note.isEmpty ? nil : note))
          """)
        try draft([], ahead: ["registry-request"], of: record.id, step: record.version, at: now, db)
      case (.asked?, .noted):
        try requireIssued("registry-request", "不动产登记簿记载（注记）申请", in: record, db)
        try db.run("UPDATE case_registry SET state = 'noted', noted_on = \(day) WHERE case_id = \(record.id)")
      case (.noted?, .lifted):
        guard record.file.isCorrected else {
          throw Refusal(.conflict, "cases-registry-corrected", "还没有复查认定已改正，不能申请解除注记。", article: RegistryNote.article)
        }
        // 行政机关出具证明, then the register is told.
        try requireIssued("registry-lift", "不动产登记簿记载（注记）解除证明", in: record, db)
        try db.run("UPDATE case_registry SET state = 'lifted', lifted_on = \(day) WHERE case_id = \(record.id)")
      default: throw Refusal(.conflict, "cases-registry-order", "注记依次为申请、注记、解除，请刷新后再看。", article: RegistryNote.article)
      }
      try Journal.append(
        "case-registry", on: record.subject, by: person.actor, at: now, facts: ["state": state.rawValue, "on": day.iso],
        note: note.isEmpty ? nil : note, ids: house.ids, db)
    }
  }
  private func requireIssued(_ kind: String, _ paper: String, in record: CaseRecord, _ db: any Reader) throws {
    if try db.exists("SELECT 1 AS one FROM case_paper WHERE case_id = \(record.id) AND kind = \(kind) AND state = 'issued'") { return }
    throw Refusal(
      .conflict, "cases-not-issued", "《\(paper)》还没有签发，请先在本案“文书”里补全并签发。", article: RegistryNote.article)
  }
}
