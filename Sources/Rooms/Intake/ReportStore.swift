import Crypto
import Foundation
import Kernel
import Storage

/// The SQL of reports.
public enum ReportStore {
  static let columns: Query =
    """
    id, no, channel, nature, received_at, said_at, source_no, urgent, masked, place_text, latitude, longitude, caller_tag, caller_hint,
    reachable, reporter_id, firm_id, committee_id, reading, matter_id, version
    """

  private static let shape = RowShape(
    "report",
    """
    id no channel nature received_at said_at source_no urgent sealed masked place_text
    latitude longitude caller_tag caller_hint reachable reporter_id firm_id committee_id
    compound_id item reading matter_id receipt_hash idempotency_key
    row_hash duty version
    """)

  static func report(_ row: ResultRow) throws -> Report {
    let latitude = try row.optionalDouble("latitude")
    let longitude = try row.optionalDouble("longitude")
    return Report(
      id: try row.id("id"), no: try row.text("no"), channel: try row.choice("channel"), nature: try row.choice("nature"),
      receivedAt: try row.moment("received_at"), saidAt: try row.moment("said_at"), sourceNo: try row.optionalText("source_no"),
      urgent: try row.bool("urgent"), masked: try row.text("masked"), placeText: try row.text("place_text"),
      position: latitude.flatMap { la in longitude.flatMap { Coordinates(latitude: la, longitude: $0) } },
      callerTag: try row.optionalText("caller_tag"),
      callerHint: try row.optionalText("caller_hint"), reachable: try row.bool("reachable"), reporter: try row.optionalInt("reporter_id"),
      firm: try row.optionalInt("firm_id"), committee: try row.optionalInt("committee_id"), reading: try row.json("reading"),
      matter: try row.optionalInt("matter_id"), version: try row.count("version"))
  }

  public static func find(_ id: Report.ID, _ db: any Reader) throws -> Report? {
    try db.first("SELECT \(columns) FROM report WHERE id = \(id)").map(report)
  }
  public static func find(no: String, _ db: any Reader) throws -> Report? {
    try db.first("SELECT \(columns) FROM report WHERE no = \(no)").map(report)
  }
  public static func find(receipt: String, _ db: any Reader) throws -> Report? {
    guard let hash = ReceiptCode.hash(receipt) else { return nil }
    return try db.first("SELECT \(columns) FROM report WHERE receipt_hash = \(hash)").map(report)
  }
  public static func find(channel: Report.Channel, sourceNo: String, _ db: any Reader) throws -> (report: Report, rowHash: String?)? {
    try db.first("SELECT \(columns), row_hash FROM report WHERE channel = \(channel) AND source_no = \(sourceNo)")
      .map { (try report($0), try $0.optionalText("row_hash")) }
  }
  /// What was last seen of each known number.
  public static func rowHashes(channel: Report.Channel, sourceNos: [String], _ db: any Reader) throws -> [String: String?] {
    var hashes: [String: String?] = [:]
    for row in try db.all("SELECT source_no, row_hash FROM report WHERE channel = \(channel) AND source_no IN (\(list: sourceNos))") {
      hashes[try row.text("source_no")] = .some(try row.optionalText("row_hash"))
    }
    return hashes
  }
  public static func find(idempotencyKey: String, _ db: any Reader) throws -> Report? {
    try db.first("SELECT \(columns) FROM report WHERE idempotency_key = \(idempotencyKey)").map(report)
  }
  public static func reports(ofMatter matter: Int64, _ db: any Reader) throws -> [Report] {
    try db.all("SELECT \(columns) FROM report WHERE matter_id = \(matter) ORDER BY id").map(report)
  }
  /// A firm's, committee's or officer's own reports, newest first; `before` is the last id already shown.
  public static func own(
    firm: Int64? = nil, committee: Int64? = nil, reporter: Int64? = nil, before: Int64? = nil, limit: Int, _ db: any Reader
  ) throws
    -> [Report]
  {
    var conditions: [Query] = []
    if let firm { conditions.append("firm_id = \(firm)") }
    if let committee { conditions.append("committee_id = \(committee)") }
    if let reporter { conditions.append("reporter_id = \(reporter)") }
    guard !conditions.isEmpty else { return [] }
    if let before { conditions.append("id < \(before)") }
    return try db.all("SELECT \(columns) FROM report WHERE \(conditions.conjunction) ORDER BY id DESC LIMIT \(limit)").map(report)
  }
  public static func files(of id: Report.ID, _ db: any Reader) throws -> [ReportFile] {
    try db.all("SELECT * FROM report_file WHERE report_id = \(id) ORDER BY position").map { row in
      ReportFile(
        original: StoredFile(sha256: try row.text("sha256"), size: try row.count("size")), mediaType: try row.text("media_type"),
        publicCopy: try row.optionalText("public_sha256"), thumbnail: try row.optionalText("thumbnail_sha256"),
        takenAt: try row.optionalMoment("taken_at"))
    }
  }
  public static func duty(of id: Report.ID, _ db: any Reader) throws -> FirmDuty? {
    guard let row = try db.first("SELECT duty FROM report WHERE id = \(id)"), try row.optionalText("duty") != nil else { return nil }
    return try row.json("duty")
  }

  static func insert(_ files: [ReportFile], of id: Report.ID, after count: Int, house: House, at now: Moment, _ db: any Writer) throws {
    for (position, file) in files.enumerated() {
      let fileID: Identifier<ReportFile> = house.ids.next(at: now)
      try db.later(
        """
        INSERT INTO report_file (id, report_id, position, sha256, size, media_type, public_sha256, thumbnail_sha256, taken_at, released)
        VALUES (\(fileID), \(id), \(count + position), \(file.original.sha256), \(file.original.size), \(file.mediaType), \(file.publicCopy),
          \(file.thumbnail), \(file.takenAt), 0)
        """)
    }
  }
  /// Files that came after the report itself; its chain holds their hashes.
  /// - Parameter count: how many it has already.
  public static func add(
    _ files: [ReportFile], to id: Report.ID, after count: Int, by actor: Actor, house: House, at now: Moment, _ db: any Writer
  ) throws {
    try insert(files, of: id, after: count, house: house, at: now, db)
    try Journal.append(
      "report-files-added", on: Subject("report", id), by: actor, at: now,
      facts: ["files": files.map(\.original.sha256).joined(separator: " ")], ids: house.ids, db)
  }

  /// Writes a report, its files and its journal entry. The caller has checked it, is in a transaction and calls `index` in the same one.
  public static func insert(_ ready: ReadyReport, as report: Report, house: House, by actor: Actor, at now: Moment, _ db: any Writer) throws
  {
    let (new, id) = (ready.new, ready.id)
    try db.later(
      into: shape,
      """
      \(id)\(report.no)\(new.channel)\(new.nature)\(now)\(new.saidAt)\(new.sourceNo)\(new.urgent)\(ready.box)\(ready.masked)\(ready.place)
      \(new.position?.latitude)\(new.position?.longitude)\(ready.tag)\(ready.hint)\(ready.reachable)\(new.reporter)\(new.firm)\(new.committee)
      \(ready.reading.compound)\(ready.reading.item)\(ready.readingText)\(report.matter)\(ready.receiptHash)\(new.idempotencyKey)
      \(ready.rowHash)\(ready.duty)\(1)
      """)
    try insert(new.files, of: id, after: 0, house: house, at: now, db)
    // The hash of the sealed words shows later that they are the ones that came.
    var facts = ["no": report.no, "channel": new.channel.rawValue, "words": ready.boxHash]
    facts["sourceNo"] = new.sourceNo
    if !new.files.isEmpty { facts["files"] = new.files.map(\.original.sha256).joined(separator: " ") }
    try Journal.append("report-received", on: Subject("report", id), by: actor, at: now, facts: facts, opening: true, ids: house.ids, db)
  }

  /// Puts a report's words into the search.
  /// - Parameter marks: of the offices that handle its matter.
  public static func index(_ ready: ReadyReport, as report: Report, marks: [String], _ db: any Writer) throws {
    try TextSearch.index("report_search", id: report.id.raw, words: TextSearch.words(report.no) + ready.words, marks: marks, db)
  }

  /// Where the words of the search for reports come from, the same as `index` writes.
  public static let search = SearchSource("report_search", of: "report") { row in
    let masked = try row.text("masked")
    // What was erased is found by its number only.
    let words = masked == ReportErasure.gone ? "" : masked
    return "\(try row.text("no")) \(try row.optionalText("source_no") ?? "") \(try row.text("place_text")) \(words)"
  }

  /// Of the day's 流水号. Counted in the transaction that uses it, so that there is no gap and no double.
  public static func counter(of day: Day) -> String { "report-\(day.iso)" }
  public static func number(_ number: Int64, on day: Day) -> String { "S\(day.digits)-\(Int(number).padded(6))" }

  public static func rowHash(_ raw: [String: String]) -> String? {
    if raw.isEmpty { return nil }
    var text = ""
    text.reserveCapacity(1024)
    for (key, value) in raw.sorted(by: { $0.key < $1.key }) { text += "\(key.utf8.count):\(key)\(value.utf8.count):\(value)" }
    return Data(SHA256.hash(data: Data(text.utf8))).hex
  }

  public static func join(_ id: Report.ID, to matter: Int64, _ db: any Writer) throws {
    try db.later("UPDATE report SET matter_id = \(matter) WHERE id = \(id)")
  }

  /// A person's better reading. The one before is kept.
  public static func correct(_ report: Report, to reading: Reading, by account: Int64, house: House, at now: Moment, _ db: any Writer)
    throws
  {
    let (before, after) = (report.reading.json, reading.json)
    let id: Identifier<Reading> = house.ids.next(at: now)
    try db.run(
      """
      INSERT INTO reading_correction (id, report_id, at, account_id, before, after)
      VALUES (\(id), \(report.id), \(now), \(account), \(before), \(after))
      """)
    try db.run("UPDATE report SET compound_id = \(reading.compound), item = \(reading.item), reading = \(after) WHERE id = \(report.id)")
  }

  /// A new version of a known source number: what it says now is kept beside what it said before.
  public static func addVersion(
    _ report: Report, raw: [String: String], changed: [String], sealed: SealedReport, house: House, by actor: Actor, at now: Moment,
    _ db: any Writer
  ) throws {
    let subject = Subject("report", report.id)
    guard let row = try db.first("SELECT sealed, version FROM report WHERE id = \(report.id)") else { return }
    let version = try row.int("version")
    let id: Identifier<Report> = house.ids.next(at: now)
    try db.run(
      """
      INSERT INTO report_version (id, report_id, version, at, sealed, changed)
      VALUES (\(id), \(report.id), \(version), \(now), \(try row.text("sealed")), \(changed.joined(separator: "、")))
      """)
    let box = try house.seals.seal(sealed.json, for: subject, at: now)
    try db.run("UPDATE report SET sealed = \(box), row_hash = \(rowHash(raw)), version = \(version + 1) WHERE id = \(report.id)")
    try Journal.append(
      "report-version", on: subject, by: actor, at: now,
      facts: ["version": String(version + 1), "changed": changed.joined(separator: "、")],
      ids: house.ids, db)
  }

  /// Opens what is sealed, for a purpose, and records the look in the same transaction.
  public static func open(_ id: Report.ID, purpose: Purpose, by actor: Actor, house: House, at now: Moment, _ db: any Writer) throws
    -> SealedReport
  {
    guard let account = actor.account else { throw Refusal(.forbidden, "intake-look-needs-person", "查看封存信息须由本人登录后进行。") }
    guard let row = try db.first("SELECT sealed FROM report WHERE id = \(id)") else {
      throw Refusal(.missing, "intake-no-report", "没有这件诉件。")
    }
    let lookID: Identifier<Purpose> = house.ids.next(at: now)
    try db.run("INSERT INTO look (id, report_id, at, account_id, purpose) VALUES (\(lookID), \(id), \(now), \(account), \(purpose))")
    try Journal.append(
      "report-identity-opened", on: Subject("report", id), by: actor, at: now, facts: ["purpose": purpose.rawValue], ids: house.ids, db)
    return try unseal(try row.text("sealed"), id, house)
  }

  /// For the program's own work (a new version, an export of what the hotline itself sent): no person sees the result.
  public static func unseal(_ box: String, _ id: Report.ID, _ house: House) throws -> SealedReport {
    do {
      return try JSONDecoder().decode(SealedReport.self, from: Data(house.seals.open(box, for: Subject("report", id)).utf8))
    } catch SealError.destroyed {
      throw Refusal(.missing, "intake-identity-erased", "这件诉件的身份信息和原话已按规定删除，无法再查看。")
    }
  }

  /// Why a sealed identity may be opened.
  public enum Purpose: String, Sendable, CaseIterable, Codable {
    case firstContact, siteVisit, reply, revisit, supervision
    public var chinese: String {
      switch self {
      case .firstContact: "先行联系"
      case .siteVisit: "现场核查"
      case .reply: "答复"
      case .revisit: "回访"
      case .supervision: "督办核查"
      }
    }
  }
}
