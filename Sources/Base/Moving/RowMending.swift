import Storage

/// Compares two stores row by row and makes the second like the first.
struct RowMending {
  let carrying: RowCarrying
  /// Of the store that is right, at one moment.
  let source: any Reader
  let target: any Store
  let progress: (MoveProgress) -> Void
  /// Larger than the pages of copying: there are two readers, and the office waits.
  static let page = 4000

  /// - Returns: rows that differed.
  func run() throws -> Int {
    let total = try carrying.tables.reduce(Int64(0)) { $0 + (try $1.count(source)) }
    var done: Int64 = 0
    var mended = 0
    for table in carrying.tables {
      mended += try mend(table) { count in
        done += Int64(count)
        progress(MoveProgress(stage: .mend, done: done, total: max(total, done)))
      }
    }
    return mended
  }

  /// What has to be done to a table.
  private struct Differences: Sendable {
    /// Rows of the target that are not, or not so, in the source.
    var stale: [[SQLValue]] = []
    var missing: [[SQLValue]] = []
    /// Ranges of keys in which something differed.
    var ranges: [(after: [SQLValue]?, through: [SQLValue]?)] = []
  }

  private func mend(_ table: StoreTable, _ counted: (Int) -> Void) throws -> Int {
    var found = Differences()
    var after: [SQLValue]?
    while true {
      let rows = try table.rows(after: after, limit: Self.page, source)
      let end = rows.count < Self.page ? nil : rows.last.map(table.key)
      compare(rows, try there(table, after, end), (after, end), table, &found)
      counted(rows.count)
      guard let end else { break }
      after = end
    }
    if found.ranges.isEmpty { return 0 }
    let (differences, sources) = (found, carrying.sources(of: table))
    try Waiting.on { [target] in
      try await target.writeAlone { db in
        // All that is stale goes first: a value that may be there once has perhaps gone over to another row.
        for row in differences.stale {
          try table.remove(table.key(of: row), db)
          for source in sources { try source.remove(row, of: table, db) }
        }
        for start in stride(from: 0, to: differences.missing.count, by: RowCarrying.page) {
          let piece = Array(differences.missing[start..<min(start + RowCarrying.page, differences.missing.count)])
          try RowCarrying.add(piece, to: table, sources, db)
        }
      }
    }
    // Looked at once more: what counts is what the target now holds.
    var again = Differences()
    for range in found.ranges {
      let rows = try table.rows(after: range.after, through: range.through, limit: nil, source)
      compare(rows, try there(table, range.after, range.through), range, table, &again)
    }
    guard again.ranges.isEmpty else { throw StorageError.corrupted("\(table.name) differs after it was mended") }
    return max(found.stale.count, found.missing.count)
  }

  private func there(_ table: StoreTable, _ after: [SQLValue]?, _ through: [SQLValue]?) throws -> [[SQLValue]] {
    try Waiting.on { [target] in
      try await target.read { db in try table.rows(after: after, through: through, limit: nil, db) }
    }
  }

  private func compare(
    _ rows: [[SQLValue]], _ there: [[SQLValue]], _ range: (after: [SQLValue]?, through: [SQLValue]?), _ table: StoreTable,
    _ found: inout Differences
  ) {
    if rows == there { return }
    let right = Set(rows)
    let present = Set(there)
    found.stale += there.filter { !right.contains($0) }
    found.missing += rows.filter { !present.contains($0) }
    found.ranges.append(range)
  }
}
