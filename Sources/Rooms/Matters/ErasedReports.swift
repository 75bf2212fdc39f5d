import Foundation
import Intake
import Kernel
import Storage

extension Matters {
  /// What a matter still says about one reporter when the words of their report end: notes of the talks with them, what was added to
  /// the reply for them alone, and the place as they wrote it, once nobody else's report needs it.
  public static func clearWords(ofReport report: Int64, _ db: any Writer) throws {
    guard let row = try db.first("SELECT no, matter_id FROM report WHERE id = \(report)") else { return }
    try db.run("UPDATE promise SET reply_text = NULL WHERE report_id = \(report)")
    try db.run("UPDATE reply_line SET addition = '' WHERE report_id = \(report)")
    guard let matter = try row.optionalInt("matter_id") else { return }
    let no = try row.text("no")
    let entries = try Journal.entries(of: Subject("matter", matter), db).filter { entry in
      guard entry.note != nil, let facts = try? entry.facts([String: String].self) else { return false }
      return facts["report"] == no
    }
    try Journal.eraseNotes(entries.map(\.id), db)
    let others = try db.exists(
      """
      SELECT id FROM report WHERE matter_id = \(matter) AND id <> \(report) AND masked <> \(ReportErasure.gone) LIMIT 1
      """)
    if !others { try db.run("UPDATE matter SET place_text = '', building = NULL WHERE id = \(matter)") }
  }
}
