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
  /// By report: those that rows of this batch are like, and its own.
  private var goals: [Int64: Matters.Goal] = [:]
  /// Matters on which rows of this batch have acted: how these stand is asked anew.
  private var acted: Set<Matter.ID> = []
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
    let similar = Array(Set(rows.flatMap(\.similar).map(\.report)))
    for start in stride(from: 0, to: similar.count, by: Self.asked) {
      let some = similar[start..<min(start + Self.asked, similar.count)]
      goals.merge(try Matters.goals(of: some + Array(repeating: 0, count: Self.asked - some.count), db)) { _, new in new }
    }
  }
  /// Reports asked for in one statement, filled up with zeros for the same reason.
  private static let asked = 500

  /// Whether the number is in the store; from now on it is.
  func meets(_ report: NewReport) -> Bool {
    guard let no = report.sourceNo else { return false }
    return !known.insert(SourceNo(channel: report.channel, no: no)).inserted
  }

  func next(_ names: [String], _ db: any Reader) throws -> [Int64] { try names.map { try counters.next($0, db) } }
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

  /// What is not known is asked for one by one.
  func goals(of reports: [Int64], _ db: any Reader) throws -> [Int64: Matters.Goal] {
    let unknown = reports.filter { goals[$0].map { acted.contains($0.matter) } ?? true }
    if !unknown.isEmpty { goals.merge(try Matters.goals(of: unknown, db)) { _, new in new } }
    return goals
  }
  func took(_ report: Report, into goal: Matters.Goal) { goals[report.id.raw] = goal }
  func acted(on matter: Matter.ID) { acted.insert(matter) }

  /// At the end, and before anybody else counts.
  func settle(_ db: any Writer) throws { try counters.write(db) }
}
