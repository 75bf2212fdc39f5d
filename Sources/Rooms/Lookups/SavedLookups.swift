import Kernel
import Offices
import People
import Storage

/// 常用查询: a lookup under a name, for oneself or for all of one's office.
public struct SavedLookup: Sendable {
  public typealias ID = Identifier<SavedLookup>
  public let id: ID
  public let name: String
  /// The question as it stands in a page's address.
  public let address: String
  public let isShared: Bool
  public let owner: String
  public let isOwn: Bool
}

extension Lookups {
  static let mostSaved = 50

  /// One's own, and those that colleagues of the same office share.
  public func saved(for person: Person) async throws -> [SavedLookup] {
    let office: Query = person.office.map { "(s.shared = 1 AND s.office_id = \($0))" } ?? "1 = 0"
    return try await house.store.read { db in
      try db.all(
        """
        SELECT s.id, s.name, s.address, s.shared, s.account_id, a.name AS owner FROM saved_lookup s JOIN account a ON a.id = s.account_id
        WHERE s.account_id = \(person.id) OR \(office) ORDER BY s.name, s.id
        """
      ).map { row in
        SavedLookup(
          id: try row.id("id"), name: try row.text("name"), address: try row.text("address"), isShared: try row.bool("shared"),
          owner: try row.text("owner"), isOwn: try row.int("account_id") == person.id.raw)
      }
    }
  }

  /// Keeps a lookup; one of the same name is replaced.
  /// - Throws: `Refusal` `lookups-saved-name`, `lookups-saved-most`.
  public func save(_ name: String, address: String, isShared: Bool, by person: Person) async throws {
    try person.require(.seeMatters)
    let clean = name.trimming()
    guard (2...40).contains(clean.utf16.count) else {
      throw Refusal(.invalid, "lookups-saved-name", "请起一个名字，2 至 40 字。", field: "name")
    }
    guard address.utf8.count <= 2000 else { throw Refusal(.invalid, "lookups-saved-name", "条件太长，存不下，请减少几项。", field: "name") }
    let now = house.now()
    try await house.store.write { db in
      let shared = isShared && person.office != nil
      if let row = try db.first("SELECT id FROM saved_lookup WHERE account_id = \(person.id) AND name = \(clean)") {
        try db.run("UPDATE saved_lookup SET address = \(address), shared = \(shared) WHERE id = \(try row.int("id"))")
        return
      }
      let count = try db.first("SELECT count(*) AS n FROM saved_lookup WHERE account_id = \(person.id)")?.count("n") ?? 0
      guard count < Self.mostSaved else {
        throw Refusal(.conflict, "lookups-saved-most", "最多存 \(Self.mostSaved) 个常用查询，请先删去不用的。", field: "name")
      }
      let id: SavedLookup.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO saved_lookup (id, account_id, office_id, name, address, shared)
        VALUES (\(id), \(person.id), \(person.office), \(clean), \(address), \(shared))
        """)
    }
  }
  /// Removes one's own.
  /// - Throws: `Refusal` `lookups-saved-missing` also for a colleague's.
  public func remove(_ id: SavedLookup.ID, by person: Person) async throws {
    try person.require(.seeMatters)
    try await house.store.write { db in
      guard try db.first("SELECT id FROM saved_lookup WHERE id = \(id) AND account_id = \(person.id)") != nil else {
        throw Refusal(.missing, "lookups-saved-missing", "没有这个常用查询，或者它是同事存的，只有本人能删。")
      }
      try db.run("DELETE FROM saved_lookup WHERE id = \(id)")
    }
  }
}
