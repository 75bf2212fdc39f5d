import Storage

/// Rows of many tables, gathered to be written in one transaction.
struct PilotSheaf: Sendable {
  /// In the order in which they refer to each other.
  enum Table: String, CaseIterable, Sendable {
    case matter, report, promise, clock, visit, finding, measure, reply, journal
    case search = "report_search"

    func columns(_ dialect: Dialect) -> [String] {
      switch self {
      case .matter:
        """
        id no state open title compound_id building place_text item squad_id district_id holder_id officer_id reports urgent supervised ongoing
        out_of_scope returns reopened unreasonable hung_reason outcome first_at last_at due_at closed_at version updated_at
        """.columns
      case .report:
        """
        id no channel nature received_at said_at source_no urgent sealed masked place_text caller_tag caller_hint reachable firm_id committee_id
        compound_id item reading matter_id version
        """.columns
      case .promise:
        """
        report_id matter_id reachable contact_tries contacted_at contact_outcome replied_at outcome reply_text revisited_at satisfaction solved
        revisit_source
        """.columns
      case .clock: "id subject_kind subject_id kind rule_id facts state due_at warn_at warned ended_at".columns
      case .visit: "id matter_id at account_id outcome note".columns
      case .finding: "id matter_id at account_id fact fact_note claim claim_note".columns
      case .measure: "id matter_id at account_id kind note".columns
      case .reply: "id matter_id at account_id outcome text state decided_by decided_at".columns
      case .journal: Journal.columns
      case .search: TextSearch.columns(dialect)
      }
    }
  }

  private var rows: [Table: [[SQLValue]]] = [:]
  private var count = 0
  /// The last numbers given out.
  var counters: [String: Int64] = [:]

  /// Thick enough for a transaction: some megabytes.
  var isThick: Bool { count >= 20_000 }

  mutating func add(_ table: Table, _ row: [SQLValue]) {
    rows[table, default: []].append(row)
    count += 1
  }
  /// - Parameter values: interpolated one behind the other, in the order of the table's columns.
  mutating func add(_ table: Table, _ values: Query) { add(table, values.values) }

  func write(_ db: any Writer) throws {
    for table in Table.allCases {
      guard let rows = rows[table] else { continue }
      try db.insert(rows, into: table.rawValue, columns: table.columns(db.dialect))
    }
    for (name, value) in counters.sorted(by: { $0.key < $1.key }) {
      try db.later(
        "INSERT INTO counter (name, value) VALUES (\(name), \(value)) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
    }
  }
}

extension String {
  fileprivate var columns: [String] { split(whereSeparator: \.isWhitespace).map(String.init) }
}
