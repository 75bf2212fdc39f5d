import Kernel
import Storage

/// What no form and no body of a stranger may change: the schema, what everybody is, and what belongs to another district.
struct Untouched: Equatable, Sendable {
  let schema: [String]
  let rows: [String]

  /// - Parameter accounts: false for who may change them.
  static func look(_ scene: WholeHouse, accounts: Bool = true) async throws -> Untouched {
    let schema = try await SchemaTests.tables(scene.house).map { table in
      "\(table.name): \(table.columns.map { "\($0.name) \($0.type)" }.joined(separator: ", "))"
    }
    let far = scene.compounds[.far]?.id ?? 0
    let rows = try await scene.house.store.read { db in
      let people = try db.all("SELECT login, role, state, password_hash, office_id, firm_id, committee_id FROM account ORDER BY id").map {
        "\(try $0.text("login")) \(try $0.text("role")) \(try $0.text("state")) \(try $0.text("password_hash")) "
          + "\(try $0.optionalInt("office_id") ?? 0) \(try $0.optionalInt("firm_id") ?? 0) \(try $0.optionalInt("committee_id") ?? 0)"
      }
      let compounds = try db.all("SELECT no, name, address, state, squad_id FROM compound WHERE id = \(far)").map {
        "\(try $0.text("no")) \(try $0.text("name")) \(try $0.text("address")) \(try $0.text("state")) \(try $0.int("squad_id"))"
      }
      let matters = try db.all(
        "SELECT m.no, m.state, m.title, m.version, r.masked FROM matter m JOIN report r ON r.matter_id = m.id WHERE m.compound_id = \(far) ORDER BY r.id"
      ).map { "\(try $0.text("no")) \(try $0.text("state")) \(try $0.text("title")) \(try $0.int("version")) \(try $0.text("masked"))" }
      let offices = try db.all("SELECT code, name, kind FROM office ORDER BY id").map {
        "\(try $0.text("code")) \(try $0.text("name")) \(try $0.text("kind"))"
      }
      return (accounts ? people : []) + compounds + matters + offices
    }
    return Untouched(schema: schema, rows: rows)
  }
}
