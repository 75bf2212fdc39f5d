/// What the engines' catalogues say of the store's own shape: for carrying a store from one engine to the other.
extension Dialect {
  /// Tables that hold rows; of PostgreSQL not those that are forgotten at a restart anyway.
  var tables: Query {
    switch self {
    case .sqlite:
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"
    case .postgres:
      """
      SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p' AND relnamespace = current_schema()::regnamespace
      ORDER BY relname COLLATE "C"
      """
    }
  }

  /// Columns in their order, each with its place in the primary key: 1, 2 …, or 0.
  func columns(of table: String) -> Query {
    switch self {
    case .sqlite: "SELECT name, pk AS place FROM pragma_table_info(\(table)) ORDER BY cid"
    case .postgres:
      """
      SELECT a.attname AS name, COALESCE(array_position(i.indkey::smallint[], a.attnum), -1) + 1 AS place
      FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
      WHERE a.attrelid = to_regclass(quote_ident(\(table))) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
      """
    }
  }

  /// Indexes that belong to no key or UNIQUE column, each with its table and the statement that makes it anew.
  public var indexes: Query {
    switch self {
    case .sqlite: "SELECT name, tbl_name AS holder, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
    case .postgres:
      """
      SELECT c.relname AS name, t.relname AS holder, pg_get_indexdef(i.indexrelid) AS sql
      FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
      WHERE c.relnamespace = current_schema()::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_constraint x WHERE x.conindid = i.indexrelid AND x.contype IN ('p', 'u', 'x'))
      ORDER BY c.relname COLLATE "C"
      """
    }
  }

  /// References between tables that can be taken away and put back: name, table and definition. SQLite checks them by connection instead.
  public var references: Query? {
    switch self {
    case .sqlite: nil
    case .postgres:
      """
      SELECT x.conname AS name, c.relname AS holder, pg_get_constraintdef(x.oid) AS definition
      FROM pg_constraint x JOIN pg_class c ON c.oid = x.conrelid
      WHERE x.contype = 'f' AND c.relnamespace = current_schema()::regnamespace ORDER BY c.relname COLLATE "C", x.conname COLLATE "C"
      """
    }
  }

  /// Rows that refer to something that is not there, where the engine does not keep it from happening. A few of them.
  public var looseReferences: Query? {
    switch self {
    case .sqlite: "SELECT \"table\" AS name, parent FROM pragma_foreign_key_check LIMIT 5"
    case .postgres: nil
    }
  }

  /// Whether there is a table of this name.
  public func has(table: String) -> Query {
    switch self {
    case .sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name = \(table)"
    case .postgres:
      "SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relname = \(table) AND relnamespace = current_schema()::regnamespace"
    }
  }

  /// Takes a whole entry away, so that another can be loaded in its place; its marks are given anew then.
  func searchEntryRemoval(_ table: String, id: Int64, tokens: [String]) -> Query {
    switch self {
    case .sqlite: searchRemoval(table, id: id, tokens: tokens)
    case .postgres: "DELETE FROM \(raw: table) WHERE id = \(id)"
    }
  }
  /// Takes the tokens of a text away again.
  func searchRemoval(_ table: String, id: Int64, tokens: [String]) -> Query {
    switch self {
    case .sqlite:
      "INSERT INTO \(raw: table) (\(raw: table), rowid, grams) VALUES ('delete', \(id), \(tokens.joined(separator: " ")))"
    case .postgres:
      // Its marks stay, as they do in the embedded index.
      "UPDATE \(raw: table) SET grams = ts_delete(grams, CAST(\("{" + Set(tokens).sorted().joined(separator: ",") + "}") AS text[])) WHERE id = \(id)"
    }
  }
}
