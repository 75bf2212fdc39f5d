import Intake
import Kernel
import Offices
import Storage

/// What the rows of one transaction ask for again and again, asked once. Nobody else writes meanwhile, so it holds until the end.
///
/// Only for a transaction that is given up as a whole when one row fails: what a row has counted is not taken back.
final class ImportBatch {
  private var counters = Counter.Run()
  private var compounds: [Int64: ResultRow?] = [:]
  private var offices: [Office.ID: Office?] = [:]
  /// Numbers of the source that are in the store, those of this batch included.
  private var known: Set<SourceNo>
  private struct SourceNo: Hashable {
    let channel: Report.Channel
    let no: String
  }

  init(_ rows: [Matters.ReadRow], _ db: any Reader) throws {
    var known: Set<SourceNo> = []
    let reports = rows.compactMap { try? $0.row.get().report }
    for (channel, reports) in Dictionary(grouping: reports, by: \.channel) {
      for no in try ReportStore.rowHashes(channel: channel, sourceNos: reports.compactMap(\.sourceNo), db).keys {
        known.insert(SourceNo(channel: channel, no: no))
      }
    }
    self.known = known
    // One for each row, none as zero: statements of as many places as they come would each be prepared and kept.
    let wanted = rows.map { $0.ready?.reading.compound ?? 0 }
    for row in try db.all("SELECT id, name, squad_id, district_id FROM compound WHERE id IN (\(list: wanted))") {
      compounds[try row.int("id")] = .some(row)
    }
  }

  /// Whether the number is in the store; from now on it is.
  func meets(_ report: NewReport) -> Bool {
    guard let no = report.sourceNo else { return false }
    return !known.insert(SourceNo(channel: report.channel, no: no)).inserted
  }

  func next(_ counter: String, _ db: any Reader) throws -> Int64 { try counters.next(counter, db) }
  func reportNo(at now: Moment, _ db: any Reader) throws -> String {
    ReportStore.number(try next(ReportStore.counter(of: now.day), db), on: now.day)
  }
  func compound(_ id: Int64, _ db: any Reader) throws -> ResultRow? {
    if let known = compounds[id] { return known }
    let row = try Matters.place(of: id, db)
    compounds[id] = .some(row)
    return row
  }
  func office(_ id: Office.ID, _ db: any Reader) throws -> Office? {
    if let known = offices[id] { return known }
    let office = try OfficeStore.find(id, db)
    offices[id] = .some(office)
    return office
  }

  /// At the end, and before anybody else counts.
  func settle(_ db: any Writer) throws { try counters.write(db) }
}
