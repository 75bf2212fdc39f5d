import Foundation
import Kernel
import Storage

/// What is cleared of a report when its personal data ends. Its number, channel, times, place in the register, item and everything the office
/// did stay: they are the record.
public enum ReportErasure {
  /// Stands where words were.
  public static let gone = "（内容已按规定删除）"

  /// Every sealed text of a report, present and earlier versions.
  public static func boxes(of id: Report.ID, _ db: any Reader) throws -> [String] {
    try db.all("SELECT sealed FROM report WHERE id = \(id) UNION ALL SELECT sealed FROM report_version WHERE report_id = \(id)").map {
      try $0.text("sealed")
    }
  }

  /// Name, phone, room, the words as they came, and all by which the caller could be recognised.
  public static func clearIdentity(of id: Report.ID, _ db: any Writer) throws {
    try db.run(
      """
      UPDATE report SET sealed = \(SealRing.erased), caller_tag = NULL, caller_hint = NULL, row_hash = NULL, latitude = NULL, longitude = NULL
      WHERE id = \(id)
      """)
    try db.run("UPDATE report_version SET sealed = \(SealRing.erased) WHERE report_id = \(id)")
  }

  /// The masked words and whatever repeats them: the search, the reasons of the reading, what a firm wrote of its dissuasion, notes.
  public static func clearWords(of id: Report.ID, _ db: any Writer) throws {
    guard let row = try db.first("SELECT no, source_no, masked, place_text, reading, duty FROM report WHERE id = \(id)") else { return }
    let masked = try row.text("masked")
    if masked != gone {
      let number = TextSearch.words(try row.text("no"))
      let source = try row.optionalText("source_no") ?? ""
      try TextSearch.remove(
        "report_search", id: id.raw, words: number + TextSearch.words("\(source) \(try row.text("place_text")) \(masked)"), db)
      try TextSearch.index("report_search", id: id.raw, words: number + TextSearch.words(source), db)
    }
    let reading = try bare(row.text("reading"))
    let duty = try row.optionalText("duty") == nil ? nil : try bare(row.json("duty", FirmDuty.self))
    try db.run("UPDATE report SET masked = \(gone), place_text = '', reading = \(reading), duty = \(duty) WHERE id = \(id)")
    for correction in try db.all("SELECT id, before, after FROM reading_correction WHERE report_id = \(id)") {
      try db.run(
        """
        UPDATE reading_correction SET before = \(bare(correction.text("before"))), after = \(bare(correction.text("after")))
        WHERE id = \(correction.int("id"))
        """)
    }
    try Journal.eraseNotes(of: Subject("report", id), db)
  }
  /// What was understood without the words it was understood from.
  private static func bare(_ text: String) throws -> String {
    var reading = try JSONDecoder().decode(Reading.self, from: Data(text.utf8))
    reading.building = nil
    reading.placeReasons = []
    reading.itemReasons = []
    return String(decoding: try JSONEncoder().encode(reading), as: UTF8.self)
  }
  private static func bare(_ duty: FirmDuty) throws -> String {
    let rest = FirmDuty(discoveredAt: duty.discoveredAt, patrol: "", dissuasion: "", outcome: "")
    return String(decoding: try JSONEncoder().encode(rest), as: UTF8.self)
  }

  /// - Returns: the names of the files, which this report no longer refers to.
  public static func takePhotos(of id: Report.ID, _ db: any Writer) throws -> [String] {
    let names = try db.all("SELECT sha256, public_sha256, thumbnail_sha256 FROM report_file WHERE report_id = \(id)").flatMap { row in
      [try row.text("sha256"), try row.optionalText("public_sha256"), try row.optionalText("thumbnail_sha256")].compactMap { $0 }
    }
    try db.run("DELETE FROM report_file WHERE report_id = \(id)")
    return names
  }
}
