import Foundation
import Kernel
import Storage

/// The SQL of exhibits.
enum ExhibitStore {
  static let columns: Query =
    """
    e.*, a.name AS adder, v.name AS verifier, d.name AS device_name, o.number AS original FROM exhibit e
    JOIN account a ON a.id = e.added_by LEFT JOIN account v ON v.id = e.verified_by LEFT JOIN monitoring_device d ON d.id = e.device_id
    LEFT JOIN exhibit o ON o.id = e.masked_of
    """

  static func exhibit(_ row: ResultRow) throws -> Exhibit {
    var coordinates: Coordinates?
    if let latitude = try row.optionalDouble("latitude"), let longitude = try row.optionalDouble("longitude") {
      coordinates = Coordinates(latitude: latitude, longitude: longitude)
    }
    var measure: ExhibitMeasure?
    if let value = try row.optionalText("measure_value") {
      measure = ExhibitMeasure(
        value: value, unit: try row.optionalText("measure_unit") ?? "", instrument: try row.optionalText("measure_instrument") ?? "")
    }
    return Exhibit(
      id: try row.id("id"), caseID: try row.id("case_id"), number: try row.count("number"), kind: try row.choice("kind"),
      title: try row.text("title"), proves: try row.text("proves"), source: try row.choice("source"), maker: try row.text("maker"),
      madeAt: try row.optionalMoment("made_at"), place: try row.optionalText("place_text"), coordinates: coordinates,
      file: try row.optionalText("sha256").map { StoredFile(sha256: $0, size: try row.count("size")) },
      mediaType: try row.optionalText("media_type"), shown: try row.optionalText("public_sha256"),
      thumbnail: try row.optionalText("thumbnail_sha256"), measure: measure, device: try row.optionalID("device_id"),
      deviceName: try row.optionalText("device_name"), state: try row.choice("state"), counts: try row.bool("counts"),
      verifiedBy: try row.optionalText("verifier"), verifiedAt: try row.optionalMoment("verified_at"),
      verifiedNote: try row.optionalText("verified_note"), maskedOf: try row.optionalInt("original").map { Int($0) },
      addedBy: try row.text("adder"), addedAt: try row.moment("added_at"), checkedAt: try row.optionalMoment("checked_at"),
      fault: try row.optionalText("fault"))
  }

  static func list(of id: CaseRecord.ID, _ db: any Reader) throws -> [Exhibit] {
    try db.all("SELECT \(columns) WHERE e.case_id = \(id) ORDER BY e.number").map(exhibit)
  }
  /// Those that a step 收集证据 at a moment took in: how many, the first and the last, and all of them where they are few.
  static func collected(of id: CaseRecord.ID, at moment: Moment, upTo few: Int, _ db: any Reader) throws -> (
    count: Int, first: Int, last: Int, exhibits: [Exhibit]
  ) {
    let which: Query = "e.case_id = \(id) AND e.counts = 1 AND (e.added_at = \(moment) OR e.verified_at = \(moment))"
    guard
      let row = try db.first(
        "SELECT count(*) AS n, coalesce(min(e.number), 0) AS low, coalesce(max(e.number), 0) AS high FROM exhibit e WHERE \(which)")
    else { return (0, 0, 0, []) }
    let count = try row.count("n")
    let all = (1...few).contains(count) ? try db.all("SELECT \(columns) WHERE \(which) ORDER BY e.number").map(exhibit) : []
    return (count, try row.count("low"), try row.count("high"), all)
  }
  static func find(_ number: Int, of id: CaseRecord.ID, _ db: any Reader) throws -> Exhibit? {
    try db.first("SELECT \(columns) WHERE e.case_id = \(id) AND e.number = \(number)").map(exhibit)
  }
  /// Of all cases, newest first.
  static func below(_ id: Int64, limit: Int, _ db: any Reader) throws -> [Exhibit] {
    try db.all("SELECT \(columns) WHERE e.id <= \(id) ORDER BY e.id DESC LIMIT \(raw: String(limit))").map(exhibit)
  }
  static func next(of id: CaseRecord.ID, _ db: any Reader) throws -> Int {
    Int(try db.number("SELECT coalesce(max(number), 0) + 1 AS n FROM exhibit WHERE case_id = \(id)"))
  }

  static func insert(_ e: Exhibit, by account: Int64, maskedOf: Exhibit.ID? = nil, _ db: any Writer) throws {
    // Own material needs nobody who looks into it.
    try db.run(
      """
      INSERT INTO exhibit (id, case_id, number, kind, title, proves, source, maker, made_at, place_text, latitude, longitude, sha256, size,
        media_type, public_sha256, thumbnail_sha256, measure_value, measure_unit, measure_instrument, device_id, state, counts, masked_of,
        added_by, added_at)
      VALUES (\(e.id), \(e.caseID), \(e.number), \(e.kind), \(e.title), \(e.proves), \(e.source), \(e.maker), \(e.madeAt), \(e.place),
        \(e.coordinates?.latitude), \(e.coordinates?.longitude), \(e.file?.sha256), \(e.file?.size), \(e.mediaType), \(e.shown),
        \(e.thumbnail), \(e.measure?.value), \(e.measure?.unit), \(e.measure?.instrument), \(e.device), \(e.state), \(e.counts),
        \(maskedOf), \(account), \(e.addedAt))
      """)
  }
}
