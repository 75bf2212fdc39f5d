import Kernel
import Offices
import Storage

/// People as they act: an account with its office, firm or committee.
public enum PersonStore {
  static let columns: Query = """
    a.id, a.login, a.name, a.role, a.office_id, a.firm_id, a.committee_id, a.state,
    COALESCE(o.short, f.name, c.name, '') AS unit_name, o.district_id
    """
  /// After `account a`: the office, firm or committee it belongs to.
  static let units: Query = """
    LEFT JOIN office o ON o.id = a.office_id LEFT JOIN firm f ON f.id = a.firm_id LEFT JOIN committee c ON c.id = a.committee_id
    """
  static let tables: Query = "account a \(units)"

  static func person(_ row: ResultRow) throws -> Person {
    Person(
      id: try row.id("id"), login: try row.text("login"), name: try row.text("name"), role: try row.choice("role"),
      office: try row.optionalID("office_id"), officeName: try row.text("unit_name"), district: try row.optionalID("district_id"),
      firm: try row.optionalInt("firm_id"), committee: try row.optionalInt("committee_id"))
  }
  /// Also the disabled: their names stand in what they did.
  public static func find(_ id: Person.ID, _ db: any Reader) throws -> Person? {
    try db.first("SELECT \(columns) FROM \(tables) WHERE a.id = \(id)").map(person)
  }
  public static func find(login: String, _ db: any Reader) throws -> Person? {
    try db.first("SELECT \(columns) FROM \(tables) WHERE a.login = \(Accounts.folded(login))").map(person)
  }
  public static func find(_ ids: [Person.ID], _ db: any Reader) throws -> [Person.ID: Person] {
    var out: [Person.ID: Person] = [:]
    for row in try db.all("SELECT \(columns) FROM \(tables) WHERE a.id IN (\(list: ids))") {
      let person = try person(row)
      out[person.id] = person
    }
    return out
  }
  /// The active people of an office, for choosing a handler, a deputy or a duty officer.
  public static func active(in office: Office.ID, roles: [Role] = Role.allCases, _ db: any Reader) throws -> [Person] {
    try db.all(
      """
      SELECT \(columns) FROM \(tables) WHERE a.office_id = \(office) AND a.state = 'active' AND a.role IN (\(list: roles.map(\.rawValue)))
      ORDER BY a.name, a.id
      """
    ).map(person)
  }
}
