import Foundation
import Intake
import Kernel
import Matters
import People
import Storage

/// Somebody's wish that their report's personal data be erased (个人信息保护法 47), written down by one person and agreed to by another.
public struct ErasureRequest: Sendable, Hashable {
  public typealias ID = Identifier<ErasureRequest>
  public let id: ID
  public let reportNo: String
  public let matterNo: String
  public let askedBy: String
  public let askedByID: Person.ID
  public let askedAt: Moment
  /// Who asked, how they were recognised, why: without names or phones.
  public let reason: String
  public let state: State
  public let decidedBy: String?
  public let decidedAt: Moment?
  public let answer: String?
  /// When the last part was erased; nil as long as something is left.
  public let doneAt: Moment?
  public enum State: String, Sendable, CaseIterable {
    case asked, agreed, refused
    public var chinese: String {
      switch self {
      case .asked: "待另一人同意"
      case .agreed: "已同意"
      case .refused: "未同意"
      }
    }
  }
}

extension Retention {
  /// - Throws: `retention-no-report`, `retention-held` with the reason why it must be kept, `retention-asked` when somebody has asked before.
  public func ask(forReport no: String, reason: String, by person: Person) async throws -> ErasureRequest.ID {
    try person.require(.eraseOnRequest)
    let words = reason.trimming()
    guard words.count >= 5 else {
      throw Refusal(.invalid, "retention-reason", "请写明谁提出、怎样核实是本人、理由是什么。", field: "reason")
    }
    guard words.count <= 500 else { throw Refusal(.invalid, "retention-reason", "请控制在 500 字以内。", field: "reason") }
    let house = house
    let now = house.now()
    return try await house.store.write { db in
      let report = try Self.report(no, for: person, db)
      if let why = try Self.heldBecause(report, db) {
        throw Refusal(
          .conflict, "retention-held", "\(why)，依法仍须保存，暂不能删除。办结后可以再提出。", article: "《中华人民共和国个人信息保护法》第四十七条第二款", field: "no")
      }
      if try db.exists("SELECT id FROM erasure_request WHERE report_id = \(report) AND state IN ('asked', 'agreed')") {
        throw Refusal(.conflict, "retention-asked", "这件诉件已有删除申请，不用重复提出。", field: "no")
      }
      let id: ErasureRequest.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO erasure_request (id, report_id, asked_by, asked_at, reason, state)
        VALUES (\(id), \(report), \(person.id), \(now), \(Masking.mask(words)), 'asked')
        """)
      try Journal.append(
        "report-erasure-asked", on: Subject("report", report), by: person.actor, at: now, facts: ["request": id.description],
        ids: house.ids, db)
      return id
    }
  }

  /// The second person's yes. From here on it is carried out, and cannot be undone.
  public func agree(_ id: ErasureRequest.ID, by person: Person) async throws {
    let house = house
    let now = house.now()
    try await house.store.write { db in
      let report = try Self.open(id, by: person, db)
      if let why = try Self.heldBecause(report, db) {
        throw Refusal(.conflict, "retention-held", "\(why)，依法仍须保存，暂不能删除。", article: "《中华人民共和国个人信息保护法》第四十七条第二款")
      }
      try Self.settle(id, .agreed, answer: nil, by: person, at: now, db)
      for kind in RetentionKind.ofReports {
        try Self.note(Due(subject: Subject("report", report), part: kind), request: id, at: now, house, db)
      }
      // The file it came in with holds the same words in plain.
      for file in try Self.files(of: report, db) {
        try Self.note(Due(subject: Subject("import", file), part: .importFiles), request: nil, at: now, house, db)
      }
      try Journal.append(
        "report-erasure-agreed", on: Subject("report", report), by: person.actor, at: now, facts: ["request": id.description],
        ids: house.ids, db)
      try Self.enqueue(at: now, ids: house.ids, db)
    }
  }

  public func refuse(_ id: ErasureRequest.ID, answer: String, by person: Person) async throws {
    let words = answer.trimming()
    guard (2...500).contains(words.count) else {
      throw Refusal(.invalid, "retention-answer", "请写明不同意的理由，最多 500 字。", field: "answer")
    }
    let house = house
    let now = house.now()
    try await house.store.write { db in
      let report = try Self.open(id, by: person, db)
      try Self.settle(id, .refused, answer: Masking.mask(words), by: person, at: now, db)
      try Journal.append(
        "report-erasure-refused", on: Subject("report", report), by: person.actor, at: now, facts: ["request": id.description],
        ids: house.ids, db)
    }
  }

  private static func settle(
    _ id: ErasureRequest.ID, _ state: ErasureRequest.State, answer: String?, by person: Person, at now: Moment, _ db: any Writer
  ) throws {
    try db.run(
      """
      UPDATE erasure_request SET state = \(state), decided_by = \(person.id), decided_at = \(now), answer = \(answer) WHERE id = \(id)
      """)
  }

  /// The report of a request that waits for this person's word.
  private static func open(_ id: ErasureRequest.ID, by person: Person, _ db: any Reader) throws -> Int64 {
    try person.require(.agreeToErasure)
    guard let row = try db.first("SELECT q.* \(tables) WHERE q.id = \(id) AND \(visible(to: person))") else { throw noRequest }
    guard try row.id("asked_by") != person.id else {
      throw Refusal(.forbidden, "retention-two-persons", "提出和同意须是两个人，请由另一位安全管理员或者区局、市局管理员办理。")
    }
    guard try row.choice("state", ErasureRequest.State.self) == .asked else {
      throw Refusal(.conflict, "retention-decided", "这份申请已经有结果，请刷新页面。")
    }
    return try row.int("report_id")
  }
  private static let noRequest = Refusal(.missing, "retention-no-request", "没有这份申请，或者它不在您的范围内。")

  private static func report(_ no: String, for person: Person, _ db: any Reader) throws -> Int64 {
    guard
      let row = try db.first(
        "SELECT r.id FROM report r LEFT JOIN matter m ON m.id = r.matter_id WHERE r.no = \(no.uppercased()) AND \(visible(to: person))")
    else { throw Refusal(.missing, "retention-no-report", "没有这个编号的诉件，或者它不在您的范围内。编号形如 S20260924-000123。", field: "no") }
    return try row.int("id")
  }
  static func heldBecause(_ report: Int64, _ db: any Reader) throws -> String? {
    for hold in holds
    where try db.exists("SELECT m.id FROM report r JOIN matter m ON m.id = r.matter_id WHERE r.id = \(report) AND \(hold.condition)") {
      return hold.why
    }
    return nil
  }
  /// Files being taken in while the report, or a later version of it, came.
  private static func files(of report: Int64, _ db: any Reader) throws -> [Int64] {
    try db.all(
      """
      SELECT i.id FROM import i WHERE i.kind = 'reports' AND i.sha256 <> '' AND EXISTS (
        SELECT x.at FROM (SELECT received_at AS at FROM report WHERE id = \(report)
          UNION ALL SELECT at FROM report_version WHERE report_id = \(report)) x
        WHERE x.at >= i.at AND (i.finished_at IS NULL OR x.at <= i.finished_at))
      """
    ).map { try $0.int("id") }
  }

  // MARK: Seeing

  /// Newest first; `before` is the last id already shown.
  public func requests(
    _ state: ErasureRequest.State? = nil, before: ErasureRequest.ID? = nil, limit: Int = 50, by person: Person
  ) async throws -> [ErasureRequest] {
    try person.require(.agreeToErasure)
    var conditions: [Query] = [Self.visible(to: person)]
    if let state { conditions.append("q.state = \(state)") }
    if let before { conditions.append("q.id < \(before)") }
    let all = conditions.conjunction
    return try await house.store.read { db in
      try db.all("SELECT \(Self.columns) \(Self.tables) WHERE \(all) ORDER BY q.id DESC LIMIT \(limit)").map(Self.request)
    }
  }
  public func request(_ id: ErasureRequest.ID, by person: Person) async throws -> ErasureRequest {
    try person.require(.agreeToErasure)
    return try await house.store.read { db in
      guard let row = try db.first("SELECT \(Self.columns) \(Self.tables) WHERE q.id = \(id) AND \(Self.visible(to: person))") else {
        throw Self.noRequest
      }
      return try Self.request(row)
    }
  }

  private static let columns: Query =
    """
    q.*, r.no AS report_no, m.no AS matter_no, a.name AS asked_name, d.name AS decided_name,
    (SELECT CASE WHEN count(*) = count(e.done_at) THEN max(e.done_at) END FROM erasure e WHERE e.request_id = q.id) AS finished_at
    """
  private static let tables: Query =
    """
    FROM erasure_request q JOIN report r ON r.id = q.report_id LEFT JOIN matter m ON m.id = r.matter_id
    JOIN account a ON a.id = q.asked_by LEFT JOIN account d ON d.id = q.decided_by
    """
  /// A district's people have that district's reports only.
  static func visible(to person: Person) -> Query {
    person.district.map { "m.district_id = \($0)" } ?? "1 = 1"
  }
  private static func request(_ row: ResultRow) throws -> ErasureRequest {
    ErasureRequest(
      id: try row.id("id"), reportNo: try row.text("report_no"), matterNo: try row.optionalText("matter_no") ?? "",
      askedBy: try row.text("asked_name"), askedByID: try row.id("asked_by"), askedAt: try row.moment("asked_at"),
      reason: try row.text("reason"), state: try row.choice("state"), decidedBy: try row.optionalText("decided_name"),
      decidedAt: try row.optionalMoment("decided_at"), answer: try row.optionalText("answer"), doneAt: try row.optionalMoment("finished_at")
    )
  }
}
