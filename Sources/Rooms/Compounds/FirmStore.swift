import Kernel
import Offices
import People
import Storage

public enum FirmStore {
  static func firm(_ row: ResultRow) throws -> Firm {
    Firm(
      id: try row.id("id"), name: try row.text("name"), creditCode: try row.optionalText("credit_code"),
      phone: try row.optionalText("phone"))
  }
  public static func find(_ id: Firm.ID, _ db: any Reader) throws -> Firm? {
    try db.first("SELECT * FROM firm WHERE id = \(id)").map(firm)
  }
  /// One name in two spellings is one firm, see `Firm.folded`.
  public static func find(name: String, creditCode: String? = nil, _ db: any Reader) throws -> Firm? {
    if let creditCode, let found = try db.first("SELECT * FROM firm WHERE credit_code = \(creditCode)").map(firm) { return found }
    return try db.first("SELECT * FROM firm WHERE folded = \(Firm.folded(name))").map(firm)
  }
  public static func list(text: String = "", limit: Int = 50, _ db: any Reader) throws -> [Firm] {
    let escaped = Firm.folded(text).replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    return try db.all("SELECT * FROM firm WHERE folded LIKE \("%" + escaped + "%") ESCAPE '\\' ORDER BY name, id LIMIT \(limit)").map(firm)
  }
  /// Finds the firm or enters it.
  public static func enter(
    name: String, creditCode: String? = nil, phone: String? = nil, at now: Moment, ids: IdentifierSource, _ db: any Writer
  )
    throws -> Firm
  {
    if let found = try find(name: name, creditCode: creditCode, db) { return found }
    let firm = Firm(id: ids.next(at: now), name: name, creditCode: creditCode, phone: phone)
    try db.run(
      """
      INSERT INTO firm (id, name, folded, credit_code, phone, created_at)
      VALUES (\(firm.id), \(name), \(Firm.folded(name)), \(creditCode), \(phone), \(now))
      """)
    return firm
  }
}

public enum CommitteeStore {
  static func committee(_ row: ResultRow) throws -> Committee {
    Committee(id: try row.id("id"), kind: try row.choice("kind"), name: try row.text("name"), phone: try row.optionalText("phone"))
  }
  public static func find(_ id: Committee.ID, _ db: any Reader) throws -> Committee? {
    try db.first("SELECT * FROM committee WHERE id = \(id)").map(committee)
  }
  public static func list(of compound: Compound.ID, _ db: any Reader) throws -> [Committee] {
    try db.all(
      """
      SELECT c.* FROM committee c JOIN committee_compound l ON l.committee_id = c.id WHERE l.compound_id = \(compound) ORDER BY c.kind DESC, c.id
      """
    ).map(committee)
  }
  /// Finds the committee of that name which speaks for another compound of the same squad, or enters it; then links it.
  /// Names repeat from district to district, so a name alone is not enough.
  /// - Returns: whether anything changed.
  @discardableResult
  public static func enter(
    _ kind: Committee.Kind, name: String, phone: String? = nil, for compound: Compound, at now: Moment, ids: IdentifierSource,
    _ db: any Writer
  ) throws -> (id: Committee.ID, changed: Bool) {
    let known = try db.first(
      """
      SELECT c.id FROM committee c JOIN committee_compound l ON l.committee_id = c.id JOIN compound m ON m.id = l.compound_id
      WHERE c.kind = \(kind) AND c.name = \(name) AND m.squad_id = \(compound.squad) ORDER BY c.id LIMIT 1
      """)
    let id: Committee.ID
    if let known {
      id = try known.id("id")
    } else {
      id = ids.next(at: now)
      try db.run("INSERT INTO committee (id, kind, name, phone, created_at) VALUES (\(id), \(kind), \(name), \(phone), \(now))")
    }
    let linked = try db.run(
      """
      INSERT INTO committee_compound (committee_id, compound_id) VALUES (\(id), \(compound.id))
      ON CONFLICT (committee_id, compound_id) DO NOTHING
      """)
    return (id, linked > 0)
  }
}

public enum StudioStore {
  static func studio(_ row: ResultRow) throws -> Studio {
    let position: Coordinates? =
      if let latitude = try row.optionalDouble("latitude"), let longitude = try row.optionalDouble("longitude") {
        Coordinates(latitude: latitude, longitude: longitude)
      } else { nil }
    return Studio(
      id: try row.id("id"), squad: try row.id("squad_id"), no: try row.text("no"), name: try row.text("name"),
      address: try row.text("address"),
      hours: try row.text("hours"), phone: try row.optionalText("phone"), position: position, state: try row.choice("state"))
  }
  public static func find(no: some StringProtocol, _ db: any Reader) throws -> Studio? {
    guard let no = Secrets.code(typed: no, length: 8) else { return nil }
    return try db.first("SELECT * FROM studio WHERE no = \(no)").map(studio)
  }
  public static func find(_ id: Studio.ID, _ db: any Reader) throws -> Studio? {
    try db.first("SELECT * FROM studio WHERE id = \(id)").map(studio)
  }
  /// Those of a district's squads.
  public static func list(inDistrict district: Office.ID, _ db: any Reader) throws -> [Studio] {
    try db.all("SELECT s.* FROM studio s JOIN office o ON o.id = s.squad_id WHERE o.district_id = \(district) ORDER BY s.name, s.id").map(
      studio)
  }
  public static func list(of squad: Office.ID? = nil, _ db: any Reader) throws -> [Studio] {
    let condition: Query = squad.map { "squad_id = \($0)" } ?? "1 = 1"
    return try db.all("SELECT * FROM studio WHERE \(condition) ORDER BY name, id").map(studio)
  }
}
