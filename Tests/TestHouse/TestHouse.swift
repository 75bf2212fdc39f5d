import Foundation
import Kernel
import Storage
import StorageSQLite

/// A house of its own for every test: a fresh store, vault and keys in a temporary folder, and a clock that the test moves. The store is a
/// SQLite file, or a database of its own where `LONGTANG_TEST_POSTGRES` names a server.
///
///     let clock = TestClock()
///     let house = try await TestHouse.make(OfficesMigrations.all + PeopleMigrations.all, clock: clock)
///
/// The folder is removed when the last copy of the house is gone.
public enum TestHouse {
  /// - Parameter migrations: of the rooms, in their order; the house's own come first by themselves.
  public static func make(
    _ migrations: [Migration] = [], clock: TestClock = TestClock(), demonstration: Bool = false
  ) async throws -> House {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(at: folder.url, withIntermediateDirectories: true)
    let store: any Store
    var database: TestPostgres.Database?
    if TestPostgres.isThere {
      let own = try await TestPostgres.database(House.migrations + migrations, at: clock.now)
      store = try own.store()
      database = own
    } else {
      store = try SQLiteStore(path: folder.url.appending(path: "store.sqlite").path, readers: 2, cacheKilobytes: 2048)
      try await Migrator.migrate(store, House.migrations + migrations, at: clock.now)
    }
    let kept = database
    if demonstration { try await store.write { db in try House.setMark("demonstration", "yes", db) } }
    return House(
      store: store, vault: try FileVault(root: folder.url.appending(path: "vault")),
      seals: try SealRing(folder: folder.url.appending(path: "keys")), ids: IdentifierSource(node: 1), isDemonstration: demonstration,
      // The clock holds the folder and the database, so that they live as long as any copy of the house.
      now: { withExtendedLifetime((folder, kept)) { clock.now } })
  }
}

/// Removed with everything in it when nobody holds it any more.
final class TemporaryFolder: Sendable {
  let url = FileManager.default.temporaryDirectory.appending(path: "longtang-test-\(UUID().uuidString)")
  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("could not remove \(url.path): \(error)") }
  }
}
