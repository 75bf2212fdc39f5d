import Foundation
import Kernel
import Storage

extension Matters {
  /// Milliseconds that a file which was looked at and not imported is kept.
  public static let uploadKeep: Int64 = 24 * 3_600_000
  /// Milliseconds that it then lies aside: as long as somebody may be writing the row that refers to it.
  static let uploadAside: Int64 = 3_600_000

  /// Removes files that were uploaded for a look and never imported: callers' names and phones do not stay where nobody asked for them.
  /// What any row refers to stays, whoever uploaded it again. Run every now and then by the worker.
  /// - Parameter others: columns of other rooms that name files, each with an index.
  /// - Returns: how many files are gone.
  @discardableResult
  public func clearUploads(alsoReferredTo others: [(table: String, column: String)] = []) async throws -> Int {
    let now = house.now()
    let house = house
    let (old, aside) = try await house.store.read { db in
      (
        try db.all(
          "SELECT sha256 FROM upload WHERE aside_at IS NULL AND at < \(now.adding(milliseconds: -Self.uploadKeep)) ORDER BY at LIMIT 500"
        ).map { try $0.text("sha256") },
        try db.all("SELECT sha256 FROM upload WHERE aside_at < \(now.adding(milliseconds: -Self.uploadAside)) LIMIT 500").map {
          try $0.text("sha256")
        }
      )
    }
    var gone = 0
    for name in aside {
      if try await house.store.read({ db in try Self.isReferred(name, others, db) }) {
        try house.vault.putBack(name)
      } else {
        try house.vault.discard(name)
        gone += 1
      }
      try await house.store.write { db in
        _ = try db.run("DELETE FROM upload WHERE sha256 = \(name) AND aside_at IS NOT NULL")
      }
    }
    for name in old {
      let referred = try await house.store.read { db in try Self.isReferred(name, others, db) }
      if !referred { try house.vault.setAside(name) }
      try await house.store.write { db in
        if referred {
          try db.run("DELETE FROM upload WHERE sha256 = \(name)")
        } else {
          try db.run("UPDATE upload SET aside_at = \(now) WHERE sha256 = \(name)")
        }
      }
    }
    return gone
  }

  /// Every column of the store that names a file of the vault; a test compares the list with the schema.
  public static let fileColumns: [(table: String, column: String)] = [
    ("import", "sha256"), ("report_file", "sha256"), ("report_file", "public_sha256"), ("report_file", "thumbnail_sha256"),
    ("matter_file", "sha256"), ("matter_file", "public_sha256"), ("matter_file", "thumbnail_sha256"),
  ]
  private static func isReferred(_ sha256: String, _ others: [(table: String, column: String)], _ db: any Reader) throws -> Bool {
    for (table, column) in others {
      if try db.exists("SELECT 1 AS one FROM \(raw: table) WHERE \(raw: column) = \(sha256) LIMIT 1") { return true }
    }
    return try db.exists("SELECT id FROM import WHERE sha256 = \(sha256) LIMIT 1")
      || db.exists(
        """
        SELECT id FROM report_file WHERE sha256 = \(sha256)
        UNION ALL SELECT id FROM report_file WHERE public_sha256 = \(sha256)
        UNION ALL SELECT id FROM report_file WHERE thumbnail_sha256 = \(sha256) LIMIT 1
        """)
      || db.exists(
        """
        SELECT id FROM matter_file WHERE sha256 = \(sha256)
        UNION ALL SELECT id FROM matter_file WHERE public_sha256 = \(sha256)
        UNION ALL SELECT id FROM matter_file WHERE thumbnail_sha256 = \(sha256) LIMIT 1
        """)
  }
}
