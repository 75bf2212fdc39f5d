import Kernel
import Offices
import People
import Storage

/// Whose extracts an answer is made of: of one district, of one squad, of a squad within a district; with neither the city's.
struct ExtractPart {
  var district: Int64?
  var squad: Int64?

  /// On the columns of `lookup_extract`, after others.
  var condition: Query {
    let district: Query = district.map { " AND district_id = \($0)" } ?? ""
    return district + (squad.map { " AND squad_id = \($0)" } ?? "")
  }
  func has(_ key: Extract.Key) -> Bool { (district ?? key.district) == key.district && (squad ?? key.squad) == key.squad }
}

/// Extracts as somebody reads them: those that are kept, with all that has changed since in its place. So what is answered from them is what
/// going through every report would say at this moment, and not what was true at the last round.
struct CurrentExtracts {
  private let store: ExtractStore
  private let part: ExtractPart
  private let changed: [Int: Set<Int64>]
  private let fresh: [Int: [Extract.Key: [ExtractThing]]]

  /// - Returns: nil where none are kept, or where so much has changed that going through the reports costs no more.
  init?(_ subject: LookupSubject, of part: ExtractPart, _ db: any Reader) throws {
    guard let at = try ExtractStore.keptAt(db) else { return nil }
    store = ExtractStore(subject: subject)
    self.part = part
    let touched = try store.touched(since: at.adding(minutes: -Lookups.overlap), db)
    guard touched.count <= 50_000 else { return nil }
    changed = touched.reduce(into: [:]) { $0[Month(IdentifierSource.moment(of: $1).day).count, default: []].insert($1) }
    fresh = Dictionary(grouping: try store.extracts(of: touched, db)) { $0.key.month }.mapValues {
      Dictionary(uniqueKeysWithValues: $0.map { $0 })
    }
  }
  /// All of a month, each thing once.
  func of(_ month: Int, _ db: any Reader) throws -> [(key: Extract.Key, extract: Extract)] {
    let gone = changed[month] ?? []
    let rest = try store.kept(month, of: part, db).map {
      (key: $0.key, extract: gone.isEmpty ? $0.extract : $0.extract.without(gone, store.width))
    }
    return rest + (fresh[month] ?? [:]).filter { part.has($0.key) }.map { ($0.key, Extract($0.value)) }
  }
}

extension LookupStore {
  private func months(_ days: ClosedRange<Day>) -> ClosedRange<Int> { Month(days.lowerBound).count...Month(days.upperBound).count }
  private func question(_ lookup: Lookup, _ days: ClosedRange<Day>, _ db: any Reader) throws -> ExtractQuestion {
    var firms: [String: String] = [:]
    if ExtractQuestion.needsFirms(lookup) {
      for row in try db.all("SELECT id, firm_id FROM compound WHERE firm_id IS NOT NULL") {
        firms[String(try row.int("id"))] = String(try row.int("firm_id"))
      }
    }
    return ExtractQuestion(lookup, days, firms: firms)
  }

  /// The counts out of extracts; nil where everything has to be gone through.
  func countKept(_ lookup: Lookup, _ days: ClosedRange<Day>, _ db: any Reader) throws -> [Sides: Int]? {
    guard let part, let extracts = try CurrentExtracts(subject, of: part, db) else { return nil }
    var counter = ExtractCounter(try question(lookup, days, db))
    for month in months(days) { for (key, extract) in try extracts.of(month, db) { counter.add(key, extract) } }
    return counter.counts
  }
  /// The newest things out of extracts; nil where they have to be looked for.
  func listKept(_ lookup: Lookup, _ days: ClosedRange<Day>, before: Int64?, limit: Int, _ db: any Reader) throws -> [LookupRow]? {
    guard let part, let extracts = try CurrentExtracts(subject, of: part, db) else { return nil }
    let question = try question(lookup, days, db)
    var found: [Int64] = []
    for month in months(days).reversed() where found.count < limit {
      if let before, IdentifierSource.floor(of: Month(count: month).first.start) >= before { continue }
      let ids = try extracts.of(month, db).flatMap { question.ids($0.key, $0.extract) }.filter { $0 < before ?? .max }
      found += ids.sorted(by: >).prefix(limit - found.count)
    }
    var rows: [LookupRow] = []
    for start in stride(from: 0, to: found.count, by: 1000) {
      let piece = Array(found[start..<min(start + 1000, found.count)])
      rows += try list(lookup, days, before: before, ids: piece, limit: piece.count, db)
    }
    return rows
  }
}

extension Lookups {
  public static let jobKind = "lookups-keep"
  /// How often extracts are brought up to date.
  public static let minutes = 5
  /// Transactions that began before the last round may have been committed after it.
  static let overlap = 10
  /// So many things at most are renewed in one transaction, so that nobody waits for it.
  private static let piece = 500
  private static let extractPiece = 25

  public static func enqueue(at now: Moment, ids: IdentifierSource, _ db: any Writer) throws {
    try Jobs.enqueue(jobKind, [String: String](), at: now, dedupe: jobKind, now: now, ids: ids, db)
  }
  /// Asks for a round when the last one is `minutes` ago.
  public func enqueueWhenDue() async throws {
    let now = house.now()
    let last = try await house.store.read { db in try ExtractStore.keptAt(db) }
    if let last, now.milliseconds(since: last) < Int64(Self.minutes) * 60_000 { return }
    let ids = house.ids
    try await house.store.write { db in try Self.enqueue(at: now, ids: ids, db) }
  }
  public var handler: JobHandler { JobHandler(Self.jobKind) { _ in try await keep() } }
  private static let stores = LookupSubject.allCases.filter { !$0.kept.isEmpty }.map(ExtractStore.init)

  /// Brings the extracts up to date with all that has an entry in the journal since the last round; the first time, and when they are another
  /// version's, makes them all.
  /// - Returns: how many rows were changed.
  @discardableResult public func keep() async throws -> Int {
    let (now, ids) = (house.now(), house.ids)
    guard let last = try await house.store.read({ db in try ExtractStore.keptAt(db) }) else { return try await keepAll(at: now) }
    var changed = 0
    for store in Self.stores {
      let touched = try await house.store.read { db in try store.touched(since: last.adding(minutes: -Self.overlap), db) }
      for (month, things) in Dictionary(grouping: touched, by: { Month(IdentifierSource.moment(of: $0).day).count }) {
        for start in stride(from: 0, to: things.count, by: Self.piece) {
          let piece = Array(things[start..<min(start + Self.piece, things.count)])
          // Read and written in one transaction: two rounds at once can only bring each other further.
          changed += try await house.store.write { db in try store.renew(piece, of: month, ids: ids, at: now, db) }
        }
      }
    }
    try await house.store.write { db in try ExtractStore.setKept(at: now, db) }
    return changed
  }
  private func keepAll(at now: Moment) async throws -> Int {
    let ids = house.ids
    // Until all are made nothing is answered from them; whoever begins after this one takes the making over.
    let token = "making \(ids.next(Extract.self, at: now))"
    try await house.store.write { db in try House.setMark(ExtractStore.mark, token, db) }
    var changed = 0
    for store in Self.stores {
      for month in try await months(of: store) {
        let fresh = try await house.store.read { db in Array(try store.extracts(of: month, db)) }
        // Half a month does no harm while nothing is answered from it.
        for start in stride(from: 0, through: fresh.count, by: Self.extractPiece) {
          let goesOn = try await house.store.write { db in
            guard try House.mark(ExtractStore.mark, db) == token else { return false }
            if start == 0 { try store.forget(month.count, db) }
            for (key, extract) in fresh[start..<min(start + Self.extractPiece, fresh.count)] {
              try store.keep(extract, key, row: nil, ids: ids, at: now, db)
            }
            return true
          }
          guard goesOn else { return changed }
        }
        changed += fresh.count
      }
    }
    try await house.store.write { db in if try House.mark(ExtractStore.mark, db) == token { try ExtractStore.setKept(at: now, db) } }
    return changed
  }
  private func months(of store: ExtractStore) async throws -> [Month] {
    let table: Query = store.subject == .reports ? "report" : "matter"
    let first = try await house.store.read { db in try db.first("SELECT min(id) AS id FROM " + table)?.optionalInt("id") }
    guard let first else { return [] }
    return (Month(IdentifierSource.moment(of: first).day).count...Month(house.now().day).count).map(Month.init(count:))
  }
  /// What is kept beside what all reports and matters say now: months in which they differ.
  public func differences() async throws -> [Month] {
    var out: [Month] = []
    for store in Self.stores {
      for month in try await months(of: store) {
        let differ = try await house.store.read { db in
          let kept = Dictionary(uniqueKeysWithValues: try store.kept(month.count, db).map { ($0.key, $0.extract) })
          return try kept != store.extracts(of: month, db)
        }
        if differ { out.append(month) }
      }
    }
    return out
  }
}
