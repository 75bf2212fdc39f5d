import Kernel
import Storage

/// The SQL of extracts.
struct ExtractStore {
  let subject: LookupSubject
  private var fields: [LookupField] { subject.kept }
  var width: Int { fields.count }

  /// How far extracts are kept; nil where they are not, or another version's.
  static let mark = "lookups-kept"
  /// What a thing's words are: another version may keep others.
  private static let shape = LookupSubject.allCases.flatMap { [$0.rawValue] + $0.kept.map(\.rawValue) }.joined(separator: " ")
  static func keptAt(_ db: any Reader) throws -> Moment? {
    guard let parts = try House.mark(mark, db)?.split(separator: " ", maxSplits: 1), parts.count == 2, parts[1] == shape else { return nil }
    return Int64(parts[0]).map { Moment(milliseconds: $0) }
  }
  static func setKept(at now: Moment, _ db: any Writer) throws { try House.setMark(mark, "\(now.milliseconds) \(shape)", db) }

  // MARK: As things stand now

  /// Things as they stand now, by the extract they belong to.
  /// - Parameter condition: on `subject.timed`.
  func extracts(where condition: Query, _ db: any Reader) throws -> [Extract.Key: [ExtractThing]] {
    var what = subject.timed + ".id, m.squad_id, m.district_id"
    for field in fields { what += ", CAST(" + subject.column(field) + " AS text) AS \(raw: field.rawValue)" }
    let tables = subject.tables(isNarrow: false)
    let rows = try db.all("SELECT " + what + " FROM " + tables + " WHERE " + subject.basis + " AND " + condition)
    return try rows.reduce(into: [:]) { out, row in
      let id = try row.int("id")
      let month = Month(IdentifierSource.moment(of: id).day).count
      let key = Extract.Key(month: month, squad: try row.optionalInt("squad_id") ?? 0, district: try row.optionalInt("district_id") ?? 0)
      out[key, default: []].append(ExtractThing(id: id, words: try fields.map { try row.optionalText($0.rawValue) ?? "" }))
    }
  }
  func extracts(of ids: [Int64], _ db: any Reader) throws -> [Extract.Key: [ExtractThing]] {
    var out: [Extract.Key: [ExtractThing]] = [:]
    for start in stride(from: 0, to: ids.count, by: 1000) {
      let piece = Array(ids[start..<min(start + 1000, ids.count)])
      out.merge(try extracts(where: subject.timed + ".id IN (\(list: piece))", db), uniquingKeysWith: +)
    }
    return out
  }
  /// Of a month day by day: a city's month need not be held as rows at once.
  func extracts(of month: Month, _ db: any Reader) throws -> [Extract.Key: Extract] {
    var things: [Extract.Key: [ExtractThing]] = [:]
    for number in month.first.daysSinceEpoch...month.last.daysSinceEpoch {
      let day = Day(daysSinceEpoch: number)
      let (from, to) = (IdentifierSource.floor(of: day.start), IdentifierSource.floor(of: day.end))
      let ofDay = try extracts(where: subject.timed + ".id >= \(from) AND " + subject.timed + ".id < \(to)", db)
      things.merge(ofDay, uniquingKeysWith: +)
    }
    return things.mapValues(Extract.init)
  }

  /// What has an entry in the journal since a moment, itself or its matter: nothing that is asked for changes without one.
  func touched(since moment: Moment, _ db: any Reader) throws -> [Int64] {
    let news: Query =
      "WITH news AS MATERIALIZED (SELECT subject_kind, subject_id FROM journal WHERE id >= \(IdentifierSource.floor(of: moment)))"
    let ids: Query =
      switch subject {
      case .reports:
        """
        \(news) SELECT p.report_id AS id FROM news JOIN promise p ON p.matter_id = news.subject_id WHERE news.subject_kind = 'matter'
        UNION SELECT subject_id FROM news WHERE subject_kind = 'report'
        """
      case .matters, .cases: "\(news) SELECT DISTINCT subject_id AS id FROM news WHERE subject_kind = 'matter'"
      }
    return try db.all(ids).map { try $0.int("id") }.sorted()
  }

  // MARK: As they are kept

  func kept(
    _ month: Int, of part: ExtractPart = ExtractPart(), _ db: any Reader
  ) throws -> [(id: Int64, key: Extract.Key, extract: Extract)] {
    try db.all(
      "SELECT id, squad_id, district_id, things FROM lookup_extract WHERE subject = \(subject) AND month = \(month)" + part.condition
    ).map { row in
      let key = Extract.Key(month: month, squad: try row.int("squad_id"), district: try row.int("district_id"))
      return (try row.int("id"), key, try Extract(try row.data("things"), width: width))
    }
  }

  /// Brings things of one month to where and how they stand now.
  /// - Returns: how many rows were changed.
  func renew(_ ids: [Int64], of month: Int, ids source: IdentifierSource, at now: Moment, _ db: any Writer) throws -> Int {
    let fresh = try extracts(of: ids, db)
    let gone = Set(ids)
    var old: [Extract.Key: (id: Int64, extract: Extract)] = [:]
    for one in try kept(month, db) where fresh[one.key] != nil || one.extract.ids.contains(where: gone.contains) {
      old[one.key] = (one.id, one.extract)
    }
    var changed = 0
    for key in Set(old.keys).union(fresh.keys) {
      let known = old[key]
      let rest = known?.extract.things(width).filter { !gone.contains($0.id) } ?? []
      let extract = Extract(rest + (fresh[key] ?? []))
      if known?.extract == extract { continue }
      try keep(extract, key, row: known?.id, ids: source, at: now, db)
      changed += 1
    }
    return changed
  }
  func forget(_ month: Int, _ db: any Writer) throws {
    try db.run("DELETE FROM lookup_extract WHERE subject = \(subject) AND month = \(month)")
  }
  func keep(
    _ extract: Extract, _ key: Extract.Key, row: Int64?, ids source: IdentifierSource, at now: Moment, _ db: any Writer
  ) throws {
    guard let row else {
      let id: Identifier<Extract> = source.next(at: now)
      return try db.later(
        """
        INSERT INTO lookup_extract (id, subject, month, squad_id, district_id, things)
        VALUES (\(id), \(subject), \(key.month), \(key.squad), \(key.district), \(extract.bytes))
        """)
    }
    if extract.ids.isEmpty { return try db.later("DELETE FROM lookup_extract WHERE id = \(row)") }
    try db.later("UPDATE lookup_extract SET things = \(extract.bytes) WHERE id = \(row)")
  }
}
