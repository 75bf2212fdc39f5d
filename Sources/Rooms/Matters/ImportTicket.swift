import Foundation
import Intake
import Kernel
import People
import Storage

/// A file that was looked at and not yet imported: kept in the vault, named by its content, and valid only for who uploaded it.
public struct ImportTicket: Sendable, Hashable {
  public let sha256: String
  /// As the browser called it.
  public let fileName: String
  /// Holds the two and the person together.
  public let seal: String

  /// Keeps the bytes and issues the ticket.
  public static func keep(_ file: Data, name: String, for person: Person, in house: House) async throws -> ImportTicket {
    let now = house.now()
    let stored = try house.vault.keep(file)
    try await house.store.write { db in
      _ = try db.run(
        """
        INSERT INTO upload (sha256, at) VALUES (\(stored.sha256), \(now))
        ON CONFLICT (sha256) DO UPDATE SET at = excluded.at, aside_at = NULL
        """)
    }
    let name = String(name.prefix(200))
    return ImportTicket(sha256: stored.sha256, fileName: name, seal: try tag(stored.sha256, name, person, house))
  }
  /// A ticket that came back with a form.
  /// - Throws: a refusal when it is not this person's: a hash that somebody guessed opens no file of others.
  public static func open(sha256: String, fileName: String, seal: String, for person: Person, in house: House) throws -> (
    ticket: ImportTicket, file: Data
  ) {
    guard Secrets.same(try tag(sha256, fileName, person, house), seal) else {
      throw Refusal(.invalid, "matters-import-ticket", "上传的文件已失效，请重新选择文件。", field: "file")
    }
    do {
      return (ImportTicket(sha256: sha256, fileName: fileName, seal: seal), try house.vault.bytes(sha256))
    } catch is VaultError {
      throw Refusal(.invalid, "matters-import-ticket", "上传的文件已失效，请重新选择文件。", field: "file")
    }
  }
  private static func tag(_ sha256: String, _ name: String, _ person: Person, _ house: House) throws -> String {
    try house.seals.tag("import-ticket:\(person.id):\(sha256):\(name)")
  }
}
