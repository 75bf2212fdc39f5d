import Foundation
import Kernel
import People
import Pictures
import Storage

extension Cases {
  /// A copy for publication: faces, plates and door numbers under black, burnt into new pixels, nothing of the device left. It is an exhibit of
  /// its own, linked to the original, and proves nothing by itself.
  /// - Throws: `Refusal` `cases-missing`, `cases-exhibit-missing`, `cases-mask-none`, `cases-mask-kind`, `cases-not-handling`, what the picture
  ///   library refuses; `cases-exhibit-altered`.
  @discardableResult
  public func mask(_ number: Int, of no: String, _ areas: [PhotoArea], by person: Person) async throws -> Exhibit {
    let now = house.now()
    guard (1...PhotoArea.most).contains(areas.count) else {
      throw Refusal(.invalid, "cases-mask-none", "请至少框出一处要遮盖的地方，最多 \(PhotoArea.most) 处。", field: "areas")
    }
    let original = try await exhibit(number, of: no, for: person)
    guard let file = original.file, original.isPicture, original.maskedOf == nil else {
      throw Refusal(.conflict, "cases-mask-kind", "只有照片原件可以制作遮盖的副本。")
    }
    let vault = house.vault
    let made: ExhibitFile
    do {
      made = try await EvidenceWork.run {
        let bytes = try vault.bytes(file.sha256)
        do {
          let masked = try Photo.masked(bytes, areas)
          let copies = try Photo.copies(masked)
          return ExhibitFile(
            original: try vault.keep(masked), mediaType: MediaType.sniff(masked.prefix(64)).mime, kind: .photo,
            shown: try vault.keep(copies.publicCopy).sha256, thumbnail: try vault.keep(copies.thumbnail).sha256)
        } catch let error as PictureError { throw ExhibitIntake.refusal(error) }
      }
    } catch let error as VaultError where !error.isPassing { throw Self.altered(original, error) }
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      guard record.file.hands.contains(where: { $0.account == person.id.raw }) || record.roles(of: person).contains(.leader) else {
        throw Refusal(.conflict, "cases-not-handling", "您不是本案承办人员。", article: "行政处罚法第四十二条")
      }
      let copy = Exhibit(
        id: house.ids.next(at: now), caseID: record.id, number: try ExhibitStore.next(of: record.id, db), kind: .photo,
        title: String("\(original.title)（公开用）".prefix(NewExhibit.titleLength + 5)), proves: "证据 \(number) 遮盖后的副本，供公开使用，不单独作为证据",
        source: original.source, maker: person.name, madeAt: now, place: nil, coordinates: nil, file: made.original,
        mediaType: made.mediaType,
        shown: made.shown, thumbnail: made.thumbnail, measure: nil, device: nil, deviceName: nil, state: .verified, counts: false,
        verifiedBy: nil, verifiedAt: nil, verifiedNote: nil, maskedOf: number, addedBy: person.name, addedAt: now, checkedAt: nil,
        fault: nil)
      try ExhibitStore.insert(copy, by: person.id.raw, maskedOf: original.id, db)
      try note(added: copy, in: record, by: person, at: now, db)
      try Journal.append(
        "exhibit-masked", on: original.subject, by: person.actor, at: now,
        facts: ["case": record.no, "number": String(number), "copy": String(copy.number), "sha256": made.original.sha256], ids: house.ids,
        db)
      return copy
    }
  }
}
