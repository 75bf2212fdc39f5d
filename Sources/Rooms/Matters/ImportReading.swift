import Intake
import Kernel
import Sheets
import Storage

/// Reading the rows of a file, before they are written.
extension Matters {
  /// One row on its way in.
  struct ReadRow: Sendable {
    let line: Int
    let cells: [String]
    var row: Result<ImportedRow, Refusal>
    /// Nil for a row that says nothing new.
    var ready: ReadyReport?
    /// Its number was in the store when it was read.
    var isKnown = false
    var room: String?
    var similar: [SameAs] = []
    var number: String? { (try? row.get())?.report.sourceNo }
  }

  /// Everything of a batch that needs neither a transaction nor the rows before it, on all cores.
  /// - Parameter unsettled: numbers of rows before it that may not be written yet: what the store says of them is not the last word, so a
  ///   row that says the same as the store may still be news.
  func understand(_ rows: ArraySlice<Table.Row>, _ columns: MappedColumns, receiver: Int64?, unsettled: Set<String>) async throws
    -> [ReadRow]
  {
    let now = house.now()
    let read = try await Self.spread(rows) { row in
      do {
        var read = try columns.read(row, now: now)
        read.report.receiver = receiver
        return ReadRow(line: row.line, cells: row.cells, row: .success(read))
      } catch {
        return ReadRow(
          line: row.line, cells: row.cells, row: .failure(error as? Refusal ?? Refusal(.invalid, "intake-row", "这一行无法读取")))
      }
    }
    let numbers = Dictionary(grouping: read.compactMap { try? $0.row.get().report }, by: \.channel).mapValues { $0.compactMap(\.sourceNo) }
    let known = try await house.store.read { db in
      try numbers.reduce(into: [:]) { known, one in
        known.merge(try ReportStore.rowHashes(channel: one.key, sourceNos: one.value, db)) { a, _ in a }
      }
    }
    var (met, repeated) = (Set<String>(), unsettled)
    for no in read.compactMap(\.number) where !met.insert(no).inserted { repeated.insert(no) }
    return try await Self.spread(read[...]) { [repeated] one in
      var one = one
      guard case .success(let row) = one.row else { return one }
      if let no = row.report.sourceNo, let hash = known[no] {
        if hash == ReportStore.rowHash(row.raw), !repeated.contains(no) { return one }
        one.isKnown = true
      }
      let (reading, room) = understander.read(row.report)
      one.ready = try ReadyReport(row.report, reading: reading, room: room, hasReceipt: false, house: house, at: now)
      one.room = room
      return one
    }
  }

  /// In the order of the file, so that a row finds the ones before it. One that is remembered and then not written is harmless: joining
  /// asks the rows in the store.
  func meet(_ rows: [ReadRow]) -> [ReadRow] {
    let now = house.now()
    return rows.map { one in
      guard let ready = one.ready, !one.isKnown else { return one }
      var one = one
      one.similar = understander.meet(ready.id, ready.new, reading: ready.reading, at: now)
      return one
    }
  }

  /// The same of every one, on all cores, in their order.
  private static func spread<One: Sendable, Made: Sendable>(
    _ all: ArraySlice<One>, _ make: @escaping @Sendable (One) throws -> Made
  ) async throws -> [Made] {
    let share = max(1, (all.count + 3) / 4)
    return try await withThrowingTaskGroup(of: (Int, [Made]).self) { group in
      for start in stride(from: all.startIndex, to: all.endIndex, by: share) {
        let part = all[start..<min(start + share, all.endIndex)]
        group.addTask { (start, try part.map(make)) }
      }
      return try await group.reduce(into: [(Int, [Made])]()) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
    }
  }
}
