import Intake
import Kernel
import Storage

/// Photos of inspections, kept whatever came of the visit. Those of a visit that became a matter stand with its report as well; the vault has
/// the bytes once.
extension Grades {
  /// Every column of this room that names a file of the vault.
  public static let fileColumns: [(table: String, column: String)] = [
    ("inspection_photo", "sha256"), ("inspection_photo", "public_sha256"), ("inspection_photo", "thumbnail_sha256"),
  ]

  /// In the order in which they were taken in.
  public func photos(of one: Inspection) async throws -> [ReportFile] {
    try await house.store.read { db in
      try db.all("SELECT * FROM inspection_photo WHERE inspection_id = \(one.id) ORDER BY position").map { row in
        ReportFile(
          original: StoredFile(sha256: try row.text("sha256"), size: try row.count("size")), mediaType: try row.text("media_type"),
          publicCopy: try row.optionalText("public_sha256"), thumbnail: try row.optionalText("thumbnail_sha256"),
          takenAt: try row.optionalMoment("taken_at"))
      }
    }
  }
  func keep(_ photos: [ReportFile], of inspection: Inspection.ID, at now: Moment, _ db: any Writer) throws {
    for (position, photo) in photos.enumerated() {
      let id: Identifier<ReportFile> = house.ids.next(at: now)
      try db.later(
        """
        INSERT INTO inspection_photo (id, inspection_id, position, sha256, size, media_type, public_sha256, thumbnail_sha256, taken_at)
        VALUES (\(id), \(inspection), \(position), \(photo.original.sha256), \(photo.original.size), \(photo.mediaType), \(photo.publicCopy),
          \(photo.thumbnail), \(photo.takenAt))
        """)
    }
  }

  /// Reads every photo of every inspection and compares it with the hash it was registered under, for `longtang audit verify`.
  public static func verifyFiles(in house: House) async throws -> (files: Int, faults: [String]) {
    var (last, files): (Int64, Int) = (0, 0)
    var faults: [String] = []
    while true {
      let after = last
      let rows = try await house.store.read { db in
        try db.all(
          """
          SELECT p.id, p.sha256, p.public_sha256, p.thumbnail_sha256, i.no FROM inspection_photo p JOIN inspection i ON i.id = p.inspection_id
          WHERE p.id > \(after) ORDER BY p.id LIMIT 500
          """
        ).map { row in
          (
            id: try row.int("id"), no: try row.text("no"),
            names: try ["sha256", "public_sha256", "thumbnail_sha256"].compactMap { try row.optionalText($0) }
          )
        }
      }
      guard let end = rows.last else { return (files, faults) }
      for row in rows {
        for name in row.names {
          files += 1
          do { _ = try house.vault.check(name) } catch VaultError.altered {
            faults.append("检查 \(row.no) 的照片 \(name)：内容与登记的哈希不符")
          } catch VaultError.missing { faults.append("检查 \(row.no) 的照片 \(name)：文件不在了") }
        }
      }
      last = end.id
    }
  }

  /// Forgets an inspection's photos when their time has come.
  /// - Returns: the names of the files, which this inspection no longer refers to.
  public static func takePhotos(of inspection: Int64, _ db: any Writer) throws -> [String] {
    let names = try db.all("SELECT sha256, public_sha256, thumbnail_sha256 FROM inspection_photo WHERE inspection_id = \(inspection)")
      .flatMap {
        row in [try row.text("sha256"), try row.optionalText("public_sha256"), try row.optionalText("thumbnail_sha256")].compactMap(\.self)
      }
    try db.run("DELETE FROM inspection_photo WHERE inspection_id = \(inspection)")
    return names
  }
  /// Forgets photos by their files: what is erased of a report is erased of the inspection that it came from.
  public static func forgetPhotos(_ files: [String], _ db: any Writer) throws {
    try db.run("DELETE FROM inspection_photo WHERE sha256 IN (\(list: files))")
  }
}
