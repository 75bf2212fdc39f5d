import Kernel

/// The few things in which the engines differ; everything else is one SQL text for both.
///
/// Whatever needs a second text goes here, never into a room.
public enum Dialect: String, Sendable {
  case sqlite, postgres

  /// Turns the common column types of migrations into the engine's.
  ///
  /// Text compares and sorts by code point on both: SQLite does so by itself, PostgreSQL has to be told column by column, because the
  /// database's own order may be that of a language.
  func ddl(_ statement: String) -> String {
    switch self {
    case .sqlite: statement.replacing("CREATE PASSING TABLE", with: "CREATE TABLE")
    case .postgres:
      statement.replacing("CREATE PASSING TABLE", with: "CREATE UNLOGGED TABLE").replacing(
        "integer primary key", with: "bigint primary key"
      ).replacing(" blob", with: " bytea")
        .replacing(#/(\w) text\b/#) { "\($0.1) text COLLATE \"C\"" }
    }
  }

  /// What a transaction says first that may take longer than a page may: one that changes the schema or carries a store away.
  public var beforeLongWork: [String] {
    switch self {
    case .sqlite: []
    case .postgres: ["SET LOCAL statement_timeout = 0", "SET LOCAL idle_in_transaction_session_timeout = 0"]
    }
  }
  /// As above, for steps of the schema. Whoever waits for a table keeps all that come after it waiting: a step waits briefly and is
  /// tried again.
  var beforeMigration: [String] {
    switch self {
    case .sqlite: beforeLongWork
    case .postgres: beforeLongWork + ["SET LOCAL lock_timeout = 3000"]
    }
  }

  /// Whether other servers may stand on the same store.
  public var isShared: Bool {
    switch self {
    case .sqlite: false
    case .postgres: true
    }
  }

  /// The present in milliseconds, by one clock for all who share the store: the server's own, or the only program's.
  public func present(_ now: Moment) -> Query {
    switch self {
    case .sqlite: "\(now)"
    case .postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"
    }
  }

  /// The number of the line to the server on which a statement runs: it is gone with its process. An embedded store has no lines.
  var line: Query {
    switch self {
    case .sqlite: "0"
    case .postgres: "pg_backend_pid()"
    }
  }
  /// Whether the line whose number a column holds has ended.
  func isGone(line column: String) -> Query {
    switch self {
    case .sqlite: "0 = 1"
    case .postgres: "NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = \(raw: column))"
    }
  }

  /// Ends a SELECT whose rows are to be changed: what others hold is left out instead of waited for.
  public var skipLocked: Query {
    switch self {
    case .sqlite: ""
    case .postgres: " FOR UPDATE SKIP LOCKED"
    }
  }

  /// A row when the table has the column.
  func column(_ name: String, of table: String) -> Query {
    switch self {
    case .sqlite: "SELECT name FROM pragma_table_info(\(table)) WHERE name = \(name)"
    case .postgres:
      "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = \(table) AND column_name = \(name)"
    }
  }

  /// Tells all who listen on the database server, at the commit when within a transaction. Nil where there is no server.
  ///
  /// One channel of the server carries ours: their names need no quoting then.
  package func notice(_ channel: String, _ payload: String) throws -> Query? {
    guard self == .postgres else { return nil }
    let message = channel + "\n" + payload
    guard message.utf8.count < 8000 else { throw StorageError.other("a notice holds less than 8,000 bytes") }
    return "SELECT pg_notify('longtang_' || (current_schema()::regnamespace::oid)::text, \(message))"
  }

  // MARK: Filling a store that is being made, see `BulkLoad`

  var beforeIndexing: [String] {
    switch self {
    case .sqlite: []
    case .postgres: ["SET LOCAL maintenance_work_mem = '512MB'"]
    }
  }
  /// What the planner has to know of the new rows.
  var afterLoading: [String] {
    switch self {
    case .sqlite: []
    case .postgres: ["ANALYZE"]
    }
  }

  /// Rows of a file that share a commit. In the embedded store a row costs little and a commit much; over a line a row costs two dozen
  /// ways there and back, and whoever else writes waits until the batch is through.
  public var rowsPerCommit: Int {
    switch self {
    case .sqlite: 1000
    case .postgres: 100
    }
  }

  /// Bytes of the store as the engine counts them.
  var size: Query {
    switch self {
    case .sqlite: "SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()"
    case .postgres: "SELECT pg_database_size(current_database()) AS n"
    }
  }

  /// The statement for one row.
  func insertion(of row: [SQLValue], into shape: RowShape) -> Query {
    switch shape.kind {
    case .row: "INSERT INTO \(raw: shape.table) (\(raw: shape.names)) VALUES (\(list: row))"
    case .once: "INSERT INTO \(raw: shape.table) (\(raw: shape.names)) VALUES (\(list: row)) ON CONFLICT DO NOTHING"
    case .search: searchEntry(shape.table, row)
    }
  }

  // MARK: Full-text search

  /// A table that finds ids by the tokens of `TextSearch`.
  func searchTable(_ name: String) -> [String] {
    switch self {
    case .sqlite: ["CREATE VIRTUAL TABLE \(name) USING fts5(grams, content='', columnsize=0, tokenize=\"unicode61 remove_diacritics 0\")"]
    case .postgres:
      [
        "CREATE TABLE \(name) (id bigint PRIMARY KEY, grams tsvector NOT NULL)",
        "CREATE INDEX \(name)_grams ON \(name) USING gin (grams)",
      ]
    }
  }

  /// Prepares a table's entries for `SearchWindows`; those that are there already get what `searchEntry` writes from now on.
  func searchWindows(_ name: String) -> [String] {
    switch self {
    // The embedded index is walked in the order of ids by itself.
    case .sqlite: []
    case .postgres:
      [
        """
        UPDATE \(name) SET grams = grams || CAST(\(SearchWindows.levels.map { "(id >> \($0.bits)) || '\($0.letter)'" }.joined(separator: " || ' ' || ")) AS tsvector)
        WHERE NOT grams @@ CAST((id >> \(SearchWindows.levels[0].bits)) || '\(SearchWindows.levels[0].letter)' AS tsquery)
        """,
        // What was written lately is searched from end to end until it is sorted in: a megabyte of it takes a few milliseconds.
        "ALTER INDEX \(name)_grams SET (gin_pending_list_limit = 1024)",
      ]
    }
  }

  /// Makes a table cheaper to write to entry by entry.
  func searchBusy(_ name: String) -> [String] {
    switch self {
    // Every commit writes a piece of its own, and pieces are merged when so many have come together: with four, its own choice, that
    // was half of what the store did for a report. A search looks into a few more pieces.
    case .sqlite: ["INSERT INTO \(name) (\(name), rank) VALUES ('automerge', 8)"]
    // Written to in passing and sorted in later by itself.
    case .postgres: []
    }
  }

  /// Puts the tokens of a text under an id.
  /// - Parameter row: as `TextSearch.row` gives it.
  private func searchEntry(_ table: String, _ row: [SQLValue]) -> Query {
    switch self {
    case .sqlite: "INSERT INTO \(raw: table) (rowid, grams) VALUES (\(list: row))"
    case .postgres:
      """
      INSERT INTO \(raw: table) (id, grams) VALUES (\(row[0]), CAST(\(row[1]) AS tsvector))
      ON CONFLICT (id) DO UPDATE SET grams = \(raw: table).grams || excluded.grams
      """
    }
  }
  /// The text of an entry as the engine takes it.
  func searchValue(id: Int64, tokens: [String], marks: [String]) -> String {
    switch self {
    case .sqlite:
      var text = ""
      text.reserveCapacity(8 * (tokens.count + 4 * marks.count))
      for token in tokens {
        text += token
        text += " "
      }
      return text + marks.joined(separator: " ")
    case .postgres: return Self.vector(tokens) + " " + (SearchWindows.marks(of: id) + marks).joined(separator: " ")
    }
  }

  /// Adds marks to entries that are there; a mark twice is as good as once.
  /// - Parameter rows: a query of `id` and `marks`, the marks separated by spaces.
  func searchMark(_ table: String, rows: Query) -> Query {
    switch self {
    // A second entry under the same id: the index keeps a list of ids for each token, so nothing of the first is lost.
    case .sqlite: "INSERT INTO \(raw: table) (rowid, grams) SELECT id, marks FROM (\(rows)) x ORDER BY id"
    case .postgres:
      """
      UPDATE \(raw: table) SET grams = \(raw: table).grams || CAST(x.marks AS tsvector)
      FROM (SELECT id, string_agg(marks, ' ') AS marks FROM (\(rows)) y WHERE btrim(marks) <> '' GROUP BY id) x
      WHERE \(raw: table).id = x.id AND NOT \(raw: table).grams @@ CAST(regexp_replace(btrim(x.marks), '\\s+', ' & ', 'g') AS tsquery)
      """
    }
  }

  /// The ids below `window.upperBound` whose entry holds every word and one of the marks of each group; a word is a phrase of
  /// neighbouring tokens, or one Han character as a prefix.
  func searchMatch(_ table: String, words: [[String]], marks: [String], window: Range<Int64>, isPrefix: ([String]) -> Bool) -> Query {
    switch self {
    case .sqlite:
      let terms =
        marks.map { "\"\($0)\"" } + words.map { word in isPrefix(word) ? word[0] + "*" : "\"" + word.joined(separator: " ") + "\"" }
      return
        "SELECT rowid AS id FROM \(raw: table) WHERE \(raw: table) MATCH \(terms.joined(separator: " AND ")) AND rowid < \(window.upperBound)"
    case .postgres:
      let cells = SearchWindows.cells(of: window)
      var terms = cells.isEmpty ? [] : ["(" + cells.map { "'\($0)'" }.joined(separator: " | ") + ")"]
      terms += marks.map { "'\($0)'" }
      terms += words.map { word in isPrefix(word) ? "'\(word[0])':*" : "(" + word.map { "'\($0)'" }.joined(separator: " <-> ") + ")" }
      // OFFSET 0 has the hits found by their words before anything else is looked at: the planner knows too little of phrases.
      return
        """
        SELECT id FROM \(raw: table) WHERE grams @@ CAST(\(terms.joined(separator: " & ")) AS tsquery)
          AND id >= \(window.lowerBound) AND id < \(window.upperBound) OFFSET 0
        """
    }
  }

  /// The parts in which hits are looked for, newest first; together they hold every id below `id`.
  func searchWindows(below id: Int64) -> [Range<Int64>] {
    switch self {
    case .sqlite: [0..<max(0, id)]
    case .postgres: SearchWindows.below(id)
    }
  }

  /// Positions end at 16,383 and a lexeme keeps 256 of them: what a report says is far shorter.
  static func vector(_ tokens: [String]) -> String {
    tokens.prefix(16_383).enumerated().map { "'\($1)':\($0 + 1)" }.joined(separator: " ")
  }
}
