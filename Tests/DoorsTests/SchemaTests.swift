import Foundation
import Kernel
import Storage
import TestHouse
import Testing

@testable import longtang

/// The store as all migrations together make it, read from the catalogue of the engine under test: both must give the same reviewed file.
@Suite struct SchemaTests {
  static func house() async throws -> House { try await TestHouse.make(Array(Composition.migrations.dropFirst(House.migrations.count))) }

  struct Table: Sendable {
    let name: String
    let columns: [Column]
    /// Columns of each index that a migration names, in order.
    /// And which rows stand in it, empty for all.
    let indexes: [(name: String, unique: Bool, columns: [String], rows: String)]
    let foreignKeys: [(column: String, table: String)]
    var primaryKey: [String] { columns.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map(\.name) }
  }
  struct Column: Sendable {
    let name: String
    /// As migrations write it; empty where the engine has a type of its own, as in the tables of the full-text search.
    let type: String
    let notNull: Bool
    /// 1, 2 … within the primary key, 0 outside.
    let key: Int64
    let standard: String?
  }

  static func tables(_ house: House) async throws -> [Table] {
    try await house.store.read { db in
      switch db.dialect {
      case .sqlite: try sqlite(db)
      case .postgres: try postgres(db)
      }
    }
  }
  private static func sqlite(_ db: any Reader) throws -> [Table] {
    // The shadow tables of the full-text index belong to the engine.
    let names = try db.all(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%\\_search\\_%' ESCAPE '\\' ORDER BY name"
    ).map { try $0.text("name") }
    return try names.map { name in
      let list = try db.all("SELECT * FROM pragma_index_list(\(name)) ORDER BY name")
      return Table(
        name: name,
        columns: try db.all("SELECT * FROM pragma_table_info(\(name))").map {
          Column(
            name: try $0.text("name"), type: try $0.text("type").lowercased(), notNull: try $0.bool("notnull"), key: try $0.int("pk"),
            standard: try $0.optionalText("dflt_value"))
        },
        indexes: try list.map { index in
          let indexName = try index.text("name")
          let columns = try db.all("SELECT * FROM pragma_index_info(\(indexName)) ORDER BY seqno")
          let text = try db.first("SELECT sql FROM sqlite_master WHERE name = \(indexName)")?.optionalText("sql") ?? ""
          let rows = text.split(separator: " WHERE ", maxSplits: 1).dropFirst().first.map(String.init) ?? ""
          return (indexName, try index.bool("unique"), try columns.map { try $0.optionalText("name") ?? "(expression)" }, rows)
        }.filter { !$0.0.hasPrefix("sqlite_") },
        foreignKeys: try db.all("SELECT * FROM pragma_foreign_key_list(\(name)) ORDER BY \"from\"").map {
          (try $0.text("from"), try $0.text("table"))
        })
    }
  }
  private static func postgres(_ db: any Reader) throws -> [Table] {
    let names = try db.all(
      "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname COLLATE \"C\""
    )
    return try names.map { row in
      let name = try row.text("name")
      let isSearch = name.hasSuffix("_search")
      let columns = try db.all(
        """
        SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS needed, pg_get_expr(d.adbin, d.adrelid) AS standard,
          COALESCE(array_position(i.indkey::smallint[], a.attnum), -1) + 1 AS key, i.indnkeyatts AS width, c.collname AS sorted
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
          LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary LEFT JOIN pg_collation c ON c.oid = a.attcollation
        WHERE a.attrelid = CAST(\(name) AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
        """
      ).map { column in
        let key = try column.int("key")
        var type = try column.text("type")
        if type == "bytea" { type = "blob" }
        // On its own it is what SQLite calls the row's number.
        if type == "bigint", key == 1, try column.int("width") == 1 { type = "integer" }
        if type == "text" { #expect(try column.optionalText("sorted") == "C", "\(name): text in the order of a language") }
        return Column(
          name: try column.text("name"), type: isSearch ? "" : type, notNull: try column.bool("needed") && !isSearch, key: key,
          standard: try column.optionalText("standard"))
      }
      let indexes = try db.all(
        """
        SELECT c.relname AS name, i.indisunique AS once,
          COALESCE(pg_get_expr(i.indpred, i.indrelid), '') AS rows,
          array_to_string(ARRAY(SELECT pg_get_indexdef(i.indexrelid, n, false) FROM generate_series(1, i.indnkeyatts) n), ',') AS columns
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = CAST(\(name) AS regclass)
          AND NOT EXISTS (SELECT 1 FROM pg_constraint x WHERE x.conindid = i.indexrelid AND x.contype IN ('p', 'u')) ORDER BY c.relname COLLATE "C"
        """
      ).map {
        (
          try $0.text("name"), try $0.bool("once"), try $0.text("columns").replacing("\"", with: "").split(separator: ",").map(String.init),
          try $0.text("rows").replacing("::text", with: "").trimmingCharacters(in: CharacterSet(charactersIn: "()"))
        )
      }
      let keys = try db.all(
        """
        SELECT a.attname AS name, r.relname AS target FROM pg_constraint x JOIN pg_attribute a ON a.attrelid = x.conrelid AND a.attnum = x.conkey[1]
          JOIN pg_class r ON r.oid = x.confrelid WHERE x.contype = 'f' AND x.conrelid = CAST(\(name) AS regclass)
        """
      ).map { (try $0.text("name"), try $0.text("target")) }
      return Table(
        name: name, columns: isSearch ? columns.filter { $0.name != "id" } : columns, indexes: isSearch ? [] : indexes, foreignKeys: keys)
    }
  }

  @Test func theStoreIsTheReviewedOne() async throws {
    var lines: [String] = []
    for table in try await Self.tables(try await Self.house()) {
      lines.append(table.name)
      for column in table.columns {
        let more = [
          // Within a key the engines differ on what they call it; NULL gets into none of ours.
          column.notNull && column.key == 0 ? "not null" : nil, column.key > 0 ? "key \(column.key)" : nil,
          column.standard.map { "= \($0)" }, table.foreignKeys.first { $0.column == column.name }.map { "-> \($0.table)" },
        ]
        lines.append("  " + ([column.name, column.type] + more.compactMap { $0 }).joined(separator: " "))
      }
      for index in table.indexes {
        let rows = index.rows.isEmpty ? "" : " where \(index.rows)"
        lines.append("  \(index.unique ? "unique " : "")index \(index.name) (\(index.columns.joined(separator: ", ")))\(rows)")
      }
    }
    try Expected.compare(lines, with: "schema.expected.txt")
  }

  /// Without one, deleting or joining along the key reads the whole table.
  @Test func everyForeignKeyBeginsAnIndex() async throws {
    for table in try await Self.tables(try await Self.house()) {
      for key in table.foreignKeys {
        let first = table.indexes.map(\.columns.first) + [table.primaryKey.first]
        #expect(first.contains(key.column), "\(table.name).\(key.column) -> \(key.table) has no index that begins with it")
      }
    }
  }

  /// Columns that name a row without the engine's guarantee, and why.
  static let withoutForeignKey: [String: String] = [
    "journal.actor_id": "the journal outlives what it names",
    "journal.subject_id": "names rows of many tables; the journal outlives them",
    "journal_seal.last_id": "a mark in the journal, checked by longtang audit verify",
    "clock.subject_id": "matter or report, as subject_kind says",
    "lookup_extract.squad_id": "zero where no squad has it yet",
    "lookup_extract.district_id": "zero where no district has it yet",
    "tally.squad_id": "zero where no squad has it yet",
    "tally.district_id": "zero where no district has it yet",
    "tally_sum.district_id": "zero for the city, and where no district has it yet",
    "tally_place.squad_id": "zero where no squad has it yet",
    "tally_place.district_id": "zero where no district has it yet",
    "duty_call.subject_id": "matter or report, as subject_kind says",
    "matter_file.entry_id": "visit, finding, measure or reply, as entry says",
    "report.reporter_id": "accounts come after reports in the order of rooms",
    "report.matter_id": "matters come after reports; the promise has the guaranteed way",
    "reading_correction.account_id": "Intake knows no accounts",
    "look.account_id": "Intake knows no accounts",
    "import.account_id": "Intake knows no accounts",
    "import.office_id": "Intake knows no accounts",
    "compound_officer.account_id": "compounds come before accounts",
    "erasure.subject_id": "report, import or rating, as subject_kind says",
    "import_ticket.account_id": "Intake knows no accounts",
  ]

  @Test func everyIdentityIsGuaranteedOrReviewed() async throws {
    for table in try await Self.tables(try await Self.house()) {
      for column in table.columns {
        let name = column.name
        guard name.hasSuffix("_id"), !table.foreignKeys.contains(where: { $0.column == name }) else { continue }
        #expect(Self.withoutForeignKey["\(table.name).\(name)"] != nil, "\(table.name).\(name) has no foreign key and is on no list")
      }
    }
  }

  @Test func theKeptSchemaIsWhatTheMigrationsMake() async throws {
    // The same text as `longtang schema`, which `make schema` writes.
    let text = Composition.migrations.map(\.text).joined()
    let kept = try String(contentsOf: WholeHouse.root.appending(path: "docs/schema.sql"), encoding: .utf8)
    #expect(kept == text, "docs/schema.sql is not what the migrations make: make schema")
  }
}
