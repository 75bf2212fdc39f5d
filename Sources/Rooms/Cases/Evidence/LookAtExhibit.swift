import Foundation
import Kernel
import People
import Storage
import Synchronization

extension Cases {
  /// An exhibit whose original bytes are handed out, its look written down.
  ///
  /// A player fetches one film by hundreds of requests: these are one look, and the bytes are proven once, not a hundred times.
  /// - Parameter isPart: one of several requests for one file. It is part of a look of the last half hour where there is one, and rests on a
  ///   proof of the last quarter of an hour as long as nobody has written to the file.
  /// - Throws: `Refusal` `cases-missing`, `cases-exhibit-missing`, `cases-exhibit-altered`.
  public func look(at number: Int, of no: String, isPart: Bool = false, by person: Person) async throws -> ExhibitLook {
    let now = house.now()
    let exhibit = try await exhibit(number, of: no, for: person)
    guard let file = exhibit.file else { throw Self.noExhibit }
    let (vault, proven) = (house.vault, proven)
    let reading: VaultReading
    do {
      reading = try await EvidenceWork.run {
        let reading = try vault.reading(file.sha256)
        let mark = try reading.mark
        if isPart, proven.knows(file.sha256, mark, at: now) { return reading }
        try reading.check(file.sha256)
        proven.note(file.sha256, mark, at: now)
        return reading
      }
    } catch let error as VaultError where !error.isPassing {
      try await house.store.write { db in
        try db.run("UPDATE exhibit SET checked_at = \(now), fault = \(Self.words(error)) WHERE id = \(exhibit.id)")
      }
      throw Self.altered(exhibit, error)
    }
    let since = now.adding(milliseconds: -ExhibitLook.lasts)
    @Sendable func looks(_ db: any Reader) throws -> Bool {
      try db.exists(
        """
        SELECT id FROM journal WHERE subject_kind = 'exhibit' AND subject_id = \(exhibit.id) AND action = 'exhibit-looked-at'
          AND actor_id = \(person.id) AND at >= \(since)
        """)
    }
    if isPart, try await house.store.read({ db in try looks(db) }) { return ExhibitLook(exhibit: exhibit, file: file, reading: reading) }
    try await house.store.write { db in
      // Players begin with several requests at once.
      if isPart, try looks(db) { return }
      try Journal.append(
        "exhibit-looked-at", on: exhibit.subject, by: person.actor, at: now, facts: ["case": no, "number": String(number)], ids: house.ids,
        db)
    }
    return ExhibitLook(exhibit: exhibit, file: file, reading: reading)
  }
}

/// An exhibit's original bytes, on their way to whoever may look at them.
public struct ExhibitLook: Sendable {
  public let exhibit: Exhibit
  public let file: StoredFile
  let reading: VaultReading
  /// Milliseconds within which further requests of a person for the same file are one look.
  static let lasts: Int64 = 30 * 60_000

  /// Hands out some of the bytes, a piece at a time.
  public func write(_ bytes: Range<Int>, _ take: (Data) async throws -> Void) async throws {
    var offset = bytes.lowerBound
    while offset < bytes.upperBound {
      let piece = try reading.bytes(at: offset, most: min(FileVault.piece, bytes.upperBound - offset))
      // Whoever shortens a file since it was proven breaks the download, never its meaning.
      guard !piece.isEmpty else { throw VaultError.altered(file.sha256) }
      try await take(piece)
      offset += piece.count
    }
  }
}

/// Which files were found to be what their names say, a short while ago and unchanged since.
final class ProvenFiles: Sendable {
  private struct Proof {
    let mark: VaultReading.Mark
    let at: Moment
  }
  private let proofs = Mutex<[String: Proof]>([:])
  /// Milliseconds a proof is taken for.
  static let lasts: Int64 = 15 * 60_000
  static let most = 1000

  func knows(_ sha256: String, _ mark: VaultReading.Mark, at now: Moment) -> Bool {
    proofs.withLock { proofs in
      guard let proof = proofs[sha256], proof.mark == mark else { return false }
      return (0..<Self.lasts).contains(now.milliseconds(since: proof.at))
    }
  }
  func note(_ sha256: String, _ mark: VaultReading.Mark, at now: Moment) {
    proofs.withLock { proofs in
      if proofs.count >= Self.most { proofs = proofs.filter { now.milliseconds(since: $0.value.at) < Self.lasts } }
      if proofs.count >= Self.most { proofs = [:] }
      proofs[sha256] = Proof(mark: mark, at: now)
    }
  }
}
