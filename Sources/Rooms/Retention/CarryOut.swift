import Foundation
import Grades
import Intake
import Kernel
import Matters
import Storage

/// The erasing itself. In this order: written down (`Retention.decide`), the key destroyed, the rows cleared and dated. Cut off anywhere, the
/// next round goes on from there; every part may be done twice.
extension Retention {
  private struct Open: Sendable {
    let id: Int64
    let subject: Subject
    let part: RetentionKind
    let request: Int64?
  }

  func carryOut() async throws {
    let house = house
    while true {
      let open = try await house.store.read { db in
        try db.all("SELECT * FROM erasure WHERE done_at IS NULL ORDER BY id LIMIT \(Self.batch)").map { row in
          Open(
            id: try row.int("id"), subject: Subject(try row.text("subject_kind"), try row.int("subject_id")), part: try row.choice("part"),
            request: try row.optionalInt("request_id"))
        }
      }
      if open.isEmpty { return }
      try house.seals.remember(erasedOnRequest: Set(open.filter { $0.request != nil }.map(\.subject)))
      let boxes = try await house.store.read { db in
        try open.flatMap { try Self.boxes(of: $0.subject, $0.part, db) }
      }
      try house.seals.destroyKeys(of: boxes)
      let now = house.now()
      try await house.store.write { db in
        for subject in Set(open.map(\.subject)) {
          let parts = open.filter { $0.subject == subject }
          for one in parts { try Self.clear(one.subject, one.part, at: now, house, db) }
          try db.run("UPDATE erasure SET done_at = \(now) WHERE id IN (\(list: parts.map(\.id)))")
          if subject.kind == "report" { try Self.finish(matterOf: subject.id, at: now, db) }
          var facts = ["parts": parts.map(\.part.rawValue).joined(separator: " ")]
          facts["request"] = parts.compactMap(\.request).first.map(String.init)
          try Journal.append("\(subject.kind)-erased", on: subject, by: .system, at: now, facts: facts, ids: house.ids, db)
        }
      }
    }
  }

  /// What is sealed of a thing, with the record it was sealed for.
  private static func boxes(of subject: Subject, _ part: RetentionKind, _ db: any Reader) throws -> [(text: String, subject: Subject)] {
    switch part {
    case .identity: return try ReportErasure.boxes(of: Report.ID(subject.id), db).map { ($0, subject) }
    case .ratings:
      return try db.all("SELECT sealed FROM service_rating WHERE id = \(subject.id)").compactMap { try $0.optionalText("sealed") }
        .map { ($0, subject) }
    case .importRows:
      return try db.all("SELECT id, cells FROM import_error WHERE import_id = \(subject.id)").map {
        (try $0.text("cells"), Subject("import_error", try $0.int("id")))
      }
    case .words, .photos, .inspectionPhotos, .importFiles: return []
    }
  }

  private static func clear(_ subject: Subject, _ part: RetentionKind, at now: Moment, _ house: House, _ db: any Writer) throws {
    switch part {
    case .identity: try ReportErasure.clearIdentity(of: Report.ID(subject.id), db)
    case .words:
      try ReportErasure.clearWords(of: Report.ID(subject.id), db)
      try Matters.clearWords(ofReport: subject.id, db)
    case .photos:
      let names = try ReportErasure.takePhotos(of: Report.ID(subject.id), db)
      try Grades.forgetPhotos(names, db)
      try discard(names, at: now, db)
    case .inspectionPhotos: try discard(Grades.takePhotos(of: subject.id, db), at: now, db)
    case .ratings: try db.run("UPDATE service_rating SET sealed = NULL, masked = '' WHERE id = \(subject.id)")
    case .importRows: try db.run("UPDATE import_error SET cells = \(SealRing.erased) WHERE import_id = \(subject.id)")
    case .importFiles:
      let names = try db.all("SELECT sha256 FROM import WHERE id = \(subject.id) AND sha256 <> ''").map { try $0.text("sha256") }
      try db.run("UPDATE import SET sha256 = '' WHERE id = \(subject.id)")
      try discard(names, at: now, db)
    }
  }
  /// Files that nothing here refers to any more go the way of uploads that nobody came back for: out, unless some other row has the same bytes.
  private static func discard(_ names: [String], at now: Moment, _ db: any Writer) throws {
    for name in names {
      try db.run(
        "INSERT INTO upload (sha256, at) VALUES (\(name), \(now.adding(milliseconds: -Matters.uploadKeep - 1))) ON CONFLICT (sha256) DO NOTHING"
      )
    }
  }

  /// A matter of which nothing is left to erase is not looked at again.
  private static func finish(matterOf report: Int64, at now: Moment, _ db: any Writer) throws {
    try db.run(
      """
      UPDATE matter SET erased_at = \(now) WHERE id = (SELECT matter_id FROM report WHERE id = \(report)) AND open = 0 AND NOT EXISTS (
        SELECT r.id FROM report r WHERE r.matter_id = matter.id AND (
          SELECT count(*) FROM erasure e WHERE e.subject_kind = 'report' AND e.subject_id = r.id AND e.done_at IS NOT NULL
            AND e.part IN (\(list: RetentionKind.ofReports.map(\.rawValue)))) < \(RetentionKind.ofReports.count))
      """)
  }
}
