import Foundation
import Kernel
import Offices
import People
import Storage

/// The SQL of single cases.
public enum CaseStore {
  /// Stands for "no clock runs", so that lists by due date need no special case.
  static let never: Int64 = 9_999_999_999_999
  static let columns: Query =
    """
    f.*, m.no AS matter_no, c.name AS compound_name, s.short AS squad_name, o.short AS organ_name
    FROM case_file f JOIN office s ON s.id = f.squad_id JOIN office o ON o.id = f.organ_id LEFT JOIN matter m ON m.id = f.matter_id
      LEFT JOIN compound c ON c.id = f.compound_id
    """

  static func record(_ row: ResultRow) throws -> CaseRecord {
    let due = try row.int("due_at")
    return CaseRecord(
      id: try row.id("id"), no: try row.text("no"), file: try row.json("file"), title: try row.text("title"),
      placeText: try row.text("place_text"), matterNo: try row.optionalText("matter_no"), compound: try row.optionalInt("compound_id"),
      compoundName: try row.optionalText("compound_name"), squad: try row.id("squad_id"), squadName: try row.text("squad_name"),
      district: try row.optionalID("district_id"), organ: try row.id("organ_id"), organName: try row.text("organ_name"),
      partyName: try row.optionalText("party_name"), filingNo: try row.optionalText("filing_no"), openedAt: try row.moment("opened_at"),
      closedAt: try row.optionalMoment("closed_at"), due: due >= never ? nil : Moment(milliseconds: due), version: try row.count("version"),
      updatedAt: try row.moment("updated_at"))
  }

  /// Rows of `f` within a person's scope.
  public static func visible(to person: Person) -> Query {
    guard person.may(.seeCases) else { return "1 = 0" }
    switch Scope(of: person) {
    case .city: return "1 = 1"
    case .district(let id): return "f.district_id = \(id)"
    case .squad(let id): return "(f.squad_id = \(id) OR f.id IN (\(JointStore.joined(by: id))))"
    case .firm, .committee, .nothing: return "1 = 0"
    }
  }
  /// Whether a matter `m` has become a case, whose file is kept (行政处罚法第四十七条).
  public static let keepsMatter: Query = "EXISTS (SELECT 1 FROM case_file f WHERE f.matter_id = m.id AND f.state <> 'notFiled')"

  public static func find(_ id: CaseRecord.ID, _ db: any Reader) throws -> CaseRecord? {
    try db.first("SELECT \(columns) WHERE f.id = \(id)").map(record)
  }
  /// The case if this person may see it; one outside their scope does not exist for them.
  public static func find(no: String, for person: Person, _ db: any Reader) throws -> CaseRecord? {
    try db.first("SELECT \(columns) WHERE f.no = \(no) AND \(visible(to: person))").map(record)
  }

  public static func party(of id: CaseRecord.ID, seals: SealRing, _ db: any Reader) throws -> CasePartyCard? {
    try db.first("SELECT * FROM case_party WHERE case_id = \(id)").map { row in
      var hint: String?
      if let sealed = try row.optionalText("sealed") {
        // A key that was destroyed leaves the name, which the decision keeps.
        hint = (try? CaseIdentity.open(sealed, of: id, seals))?.idHint
      }
      return CasePartyCard(
        kind: try row.choice("kind"), name: try row.text("name"), address: try row.optionalText("address"),
        representative: try row.optionalText("representative"), idHint: hint)
    }
  }
  public static func steps(of id: CaseRecord.ID, _ db: any Reader) throws -> [CaseStepSheet] {
    try db.all(
      "SELECT t.*, a.name AS who FROM case_step t JOIN account a ON a.id = t.account_id WHERE t.case_id = \(id) ORDER BY t.sequence"
    )
    .map { row in
      CaseStepSheet(
        sequence: try row.count("sequence"), at: try row.moment("at"), who: try row.text("who"), role: try row.choice("role"),
        act: try row.json("act"), said: try row.json("said"), note: try row.optionalText("note"))
    }
  }
  /// Valid certificates of a squad's people on a day: account to number.
  static func certificates(of squad: Office.ID, on day: Day, _ db: any Reader) throws -> [Int64: String] {
    Dictionary(
      try db.all(
        """
        SELECT k.account_id, k.number FROM certificate k JOIN account a ON a.id = k.account_id
        WHERE a.office_id = \(squad) AND a.state = 'active' AND a.role IN ('officer', 'squadLeader') AND k.valid_until >= \(day)
        """
      ).map { (try $0.int("account_id"), try $0.text("number")) }, uniquingKeysWith: { first, _ in first })
  }
  /// Cases of the same party and item that were decided, other than this one.
  static func earlierViolations(tag: String, item: String, except id: CaseRecord.ID, _ db: any Reader) throws -> Int {
    Int(
      try db.number(
        """
        SELECT count(*) AS n FROM case_party p JOIN case_file f ON f.id = p.case_id
        WHERE p.tag = \(tag) AND f.id <> \(id) AND f.item = \(item) AND f.decided_at IS NOT NULL
        """))
  }
  /// Whose case it is in lists: those of the squad, and those of squads that have joined.
  static func keepHands(_ file: CaseFile, of id: CaseRecord.ID, _ db: any Writer) throws {
    try db.run("DELETE FROM case_officer WHERE case_id = \(id)")
    for hand in file.hands {
      try db.run("INSERT INTO case_officer (case_id, account_id, certificate) VALUES (\(id), \(hand.account), \(hand.certificate))")
    }
  }
  static func refreshDue(_ id: CaseRecord.ID, _ db: any Writer) throws {
    try db.later(
      """
      UPDATE case_file SET due_at = COALESCE((SELECT min(CASE WHEN c.state = 'running' THEN c.due_at END) FROM clock c
        WHERE c.subject_kind = 'case' AND c.subject_id = \(id)), \(never)) WHERE id = \(id)
      """)
  }
}

/// What of a party is sealed, under the case's own key.
struct CaseIdentity: Codable {
  var idNumber: String?
  var phone: String?

  /// All but the first six and the last two of a number that is long enough.
  var idHint: String? {
    idNumber.map { number in
      number.count < 12 ? "已登记" : number.prefix(6) + String(repeating: "*", count: number.count - 8) + number.suffix(2)
    }
  }
  static func subject(_ id: CaseRecord.ID) -> Subject { Subject("case-party", id) }
  func sealed(for id: CaseRecord.ID, at now: Moment, _ seals: SealRing) throws -> String? {
    if idNumber == nil, phone == nil { return nil }
    return try seals.seal(String(decoding: try JSONEncoder().encode(self), as: UTF8.self), for: Self.subject(id), at: now)
  }
  static func open(_ text: String, of id: CaseRecord.ID, _ seals: SealRing) throws -> CaseIdentity {
    try JSONDecoder().decode(CaseIdentity.self, from: Data(try seals.open(text, for: subject(id)).utf8))
  }
}
