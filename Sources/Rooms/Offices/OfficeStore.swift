import Kernel
import Storage

public enum OfficeStore {
  public static func office(_ row: ResultRow) throws -> Office {
    Office(
      id: try row.id("id"), code: try row.text("code"), name: try row.text("name"), short: try row.text("short"),
      kind: try row.choice("kind"),
      parent: try row.optionalID("parent_id"), district: try row.optionalID("district_id"))
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
      INSERT INTO office (id, code, name, short, kind, parent_id, district_id, created_at)
      VALUES (\(office.id), \(office.code), \(office.name), \(office.short), \(office.kind), \(office.parent), \(office.district), \(now))
      """)
  }
}
