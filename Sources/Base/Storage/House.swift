import Kernel

/// What every room stands on: the store, the files, the seals, the source of identities and the clock on the wall.
public struct House: Sendable {
  public let store: any Store
  public let vault: FileVault
  public let seals: SealRing
  public let ids: IdentifierSource
  /// The present. Commands take it once at their beginning and pass it on as a value.
  public let now: @Sendable () -> Moment
  /// The demonstration city: says so on every page and cannot hold real accounts.
  public let isDemonstration: Bool
  public init(
    store: any Store, vault: FileVault, seals: SealRing, ids: IdentifierSource, isDemonstration: Bool, now: @escaping @Sendable () -> Moment
  ) {
    self.store = store
    self.vault = vault
    self.seals = seals
    self.ids = ids
    self.isDemonstration = isDemonstration
    self.now = now
  }

  /// Journal, jobs and marks of the store itself come before any room's tables.
  public static let migrations = [
    Journal.migration, Jobs.migration,
    Migration("house-001", ["CREATE TABLE mark (name text PRIMARY KEY, value text NOT NULL)"]), Nodes.migration, OnceBook.migration,
    Journal.actorsOnly, CommitMarks.migration, SpentForms.migration,
  ]
  /// Tables about the processes of the moment: nothing that belongs to the office, and nothing to be carried elsewhere.
  public static let passingTables = ["node", "once", "commit_mark"]
  /// A lasting fact about this store, such as `demonstration = yes`.
  public static func mark(_ name: String, _ db: any Reader) throws -> String? {
    try db.first("SELECT value FROM mark WHERE name = \(name)")?.text("value")
  }
  public static func setMark(_ name: String, _ value: String, _ db: any Writer) throws {
    try db.run("INSERT INTO mark (name, value) VALUES (\(name), \(value)) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
  }
}
