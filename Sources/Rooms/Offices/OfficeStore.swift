import Kernel
import Storage

public enum OfficeStore {
  public static func office(_ row: ResultRow) throws -> Office {
    Office(
      id: try row.id("id"), code: try row.text("code"), name: try row.text("name"), short: try row.text("short"),
      kind: try row.choice("kind"),
      parent: try row.optionalID("parent_id"), district: try row.optionalID("district_id"), area: try row.optionalText("area_code"))
  }
  public static func find(_ id: Office.ID, _ db: any Reader) throws -> Office? {
    try db.first("SELECT * FROM office WHERE id = \(id)").map(office)
  }
  public static func find(code: String, _ db: any Reader) throws -> Office? {
    try db.first("SELECT * FROM office WHERE code = \(code)").map(office)
  }
  public static func all(kinds: [Office.Kind] = Office.Kind.allCases, district: Office.ID? = nil, _ db: any Reader) throws -> [Office] {
    var conditions: [Query] = ["kind IN (\(list: kinds.map(\.rawValue)))"]
    if let district { conditions.append("district_id = \(district)") }
    return try db.all("SELECT * FROM office WHERE \(conditions.conjunction) ORDER BY code").map(office)
  }
  public static func insert(_ office: Office, at now: Moment, _ db: any Writer) throws {
    try db.run(
      """
      INSERT INTO office (id, code, name, short, kind, parent_id, district_id, area_code, created_at)
      VALUES (\(office.id), \(office.code), \(office.name), \(office.short), \(office.kind), \(office.parent), \(office.district),
        \(office.area), \(now))
      """)
  }
  public static func update(_ office: Office, _ db: any Writer) throws {
    try db.run(
      """
      UPDATE office SET name = \(office.name), short = \(office.short), kind = \(office.kind), parent_id = \(office.parent),
        district_id = \(office.district), area_code = \(office.area) WHERE id = \(office.id)
      """)
  }

  public static func districts(_ db: any Reader) throws -> [Office] { try all(kinds: [.district], db) }
  /// The units of a district that take matters.
  public static func squads(of district: Office.ID, _ db: any Reader) throws -> [Office] {
    try all(kinds: Office.Kind.allCases.filter(\.takesMatters), district: district, db)
  }
  public static func children(of office: Office.ID, _ db: any Reader) throws -> [Office] {
    try db.all("SELECT * FROM office WHERE parent_id = \(office) ORDER BY code").map(self.office)
  }
  /// Offices above this one, nearest first.
  public static func ancestors(of office: Office, _ db: any Reader) throws -> [Office] {
    var out: [Office] = []
    var above = office.parent
    while let id = above, out.count < 8, let next = try find(id, db) {
      out.append(next)
      above = next.parent
    }
    return out
  }
}
