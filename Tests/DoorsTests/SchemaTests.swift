import Foundation
import Kernel
import Storage
import TestHouse
import Testing

@testable import longtang

/// The store as all migrations together make it, read from the engine's own catalogue.
@Suite struct SchemaTests {
  static func house() async throws -> House { try await TestHouse.make(Array(Composition.migrations.dropFirst(House.migrations.count))) }

  struct Table: Sendable {
    let name: String
    let columns: [ResultRow]
    /// Columns of each index, in order.
    let indexes: [(name: String, unique: Bool, columns: [String])]
    let foreignKeys: [(column: String, table: String)]
    var primaryKey: [String] {
      get throws {
        try columns.filter { try $0.int("pk") > 0 }.sorted { try $0.int("pk") < $1.int("pk") }.map { try $0.text("name") }
      }
    }
  }

  static func tables(_ house: House) async throws -> [Table] {
    try await house.store.read { db in
      // The shadow tables of the full-text index belong to the engine.
      let names = try db.all(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%\\_search\\_%' ESCAPE '\\' ORDER BY name"
      ).map { try $0.text("name") }
      return try names.map { name in
        let list = try db.all("SELECT * FROM pragma_index_list(\(name)) ORDER BY name")
        return Table(
          name: name, columns: try db.all("SELECT * FROM pragma_table_info(\(name))"),
          indexes: try list.map { index in
            let indexName = try index.text("name")
            let columns = try db.all("SELECT * FROM pragma_index_info(\(indexName)) ORDER BY seqno")
            return (indexName, try index.bool("unique"), try columns.map { try $0.optionalText("name") ?? "(expression)" })
          },
          foreignKeys: try db.all("SELECT * FROM pragma_foreign_key_list(\(name)) ORDER BY \"from\"").map {
            (try $0.text("from"), try $0.text("table"))
          })
      }
    }
  }

  @Test func theStoreIsTheReviewedOne() async throws {
    var lines: [String] = []
    for table in try await Self.tables(try await Self.house()) {
      lines.append(table.name)
      for column in table.columns {
        let more = [
          try column.bool("notnull") ? "not null" : nil, try column.int("pk") > 0 ? "key \(try column.int("pk"))" : nil,
          try column.optionalText("dflt_value").map { "= \($0)" },
          try table.foreignKeys.first { try $0.column == column.text("name") }.map { "-> \($0.table)" },
        ]
        lines.append(
          "  " + ([try column.text("name"), try column.text("type").lowercased()] + more.compactMap { $0 }).joined(separator: " "))
      }
      for index in table.indexes where !index.name.hasPrefix("sqlite_") {
        lines.append("  \(index.unique ? "unique " : "")index \(index.name) (\(index.columns.joined(separator: ", ")))")
      }
    }
    try Expected.compare(lines, with: "schema.expected.txt")
  }

  /// Without one, deleting or joining along the key reads the whole table.
  @Test func everyForeignKeyBeginsAnIndex() async throws {
    for table in try await Self.tables(try await Self.house()) {
      for key in table.foreignKeys {
        let first = try table.indexes.map(\.columns.first) + [table.primaryKey.first]
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
    "duty_call.subject_id": "matter or report, as subject_kind says",
    "matter_file.entry_id": "visit, finding, measure or reply, as entry says",
    "report.reporter_id": "accounts come after reports in the order of rooms",
    "report.matter_id": "matters come after reports; the promise has the guaranteed way",
    "reading_correction.account_id": "Intake knows no accounts",
    "look.account_id": "Intake knows no accounts",
    "import.account_id": "Intake knows no accounts",
    "import.office_id": "Intake knows no accounts",
    "compound_officer.account_id": "compounds come before accounts",
    "import_ticket.account_id": "Intake knows no accounts",
  ]

  @Test func everyIdentityIsGuaranteedOrReviewed() async throws {
    for table in try await Self.tables(try await Self.house()) {
      for column in table.columns {
        let name = try column.text("name")
        guard name.hasSuffix("_id"), !table.foreignKeys.contains(where: { $0.column == name }) else { continue }
        #expect(Self.withoutForeignKey["\(table.name).\(name)"] != nil, "\(table.name).\(name) has no foreign key and is on no list")
      }
    }
  }

  @Test func theKeptSchemaIsWhatTheMigrationsMake() async throws {
    // The same text as `longtang schema`, which `make schema` writes.
    var text = ""
    for migration in Composition.migrations {
      text += "-- \(migration.id)\n"
      for statement in migration.statements { text += statement + ";\n" }
      for table in migration.searchTables { text += "-- full text: \(table)\n" }
      text += "\n"
    }
    let kept = try String(contentsOf: WholeHouse.root.appending(path: "docs/schema.sql"), encoding: .utf8)
    #expect(kept == text, "docs/schema.sql is not what the migrations make: make schema")
  }
}
