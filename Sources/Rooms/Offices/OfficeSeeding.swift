import Kernel
import Storage

/// Brings the offices of a data file into the store. Doing it again changes nothing; an office that left the file stays,
/// because matters and accounts hang on it.
public enum OfficeSeeding {
  public struct Outcome: Sendable, Equatable {
    public var added: Int
    public var changed: Int
    public init(added: Int = 0, changed: Int = 0) {
      self.added = added
      self.changed = changed
    }
  }

  @discardableResult
  public static func plant(_ data: OfficesData, in house: House) async throws -> Outcome {
    let now = house.now()
    return try await house.store.write { db in try plant(data, at: now, ids: house.ids, db) }
  }

  /// - Parameter data: parents come before their children.
  public static func plant(_ data: OfficesData, at now: Moment, ids: IdentifierSource, _ db: any Writer) throws -> Outcome {
    var outcome = Outcome()
    var planted: [String: Office] = [:]
    for office in try OfficeStore.all(db) { planted[office.code] = office }
    for entry in data.offices {
      let old = planted[entry.code]
      let parent = entry.parent.flatMap { planted[$0] }
      let id: Office.ID = old?.id ?? ids.next(at: now)
      let office = Office(
        id: id, code: entry.code, name: entry.name, short: entry.short, kind: entry.kind, parent: parent?.id,
        district: entry.kind == .district ? id : parent?.district, area: entry.areaCode)
      planted[entry.code] = office
      if office == old { continue }
      if old == nil {
        // The district of a district is itself, which must exist before it can be pointed at.
        try OfficeStore.insert(office.withoutDistrict, at: now, db)
        outcome.added += 1
      } else {
        outcome.changed += 1
      }
      try OfficeStore.update(office, db)
      try Journal.append(
        old == nil ? "office-planted" : "office-changed", on: Subject("office", id), by: .system, at: now,
        facts: ["code": office.code, "name": office.name, "kind": office.kind.rawValue], ids: ids, db)
    }
    return outcome
  }
}

extension Office {
  var withoutDistrict: Office {
    Office(id: id, code: code, name: name, short: short, kind: kind, parent: parent, district: nil, area: area)
  }
}
