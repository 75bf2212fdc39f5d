import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import StorageSQLite
import TestHouse

@testable import longtang

/// A store in a folder of its own, planted from here and then served by the real program.
struct LiveHouse: Sendable {
  let folder: URL
  /// Like `Data`, with so few sample complaints that the reader of texts is there at once.
  let data: URL
  let people: [WholeHouse.Somebody]
  let compounds: [WholeHouse.Side: (id: Int64, no: String)]
  /// Of the district's dispatcher.
  let token: String
  /// With a server for the tests, the store is in a database of its own.
  let database: TestPostgres.Database?

  enum Engine: Sendable { case sqlite, postgres(TestPostgres.Database) }

  /// - Parameters:
  ///   - embedded: in a file even where there is a server for the tests.
  ///   - engine: nil for that of the other tests.
  static func make(
    embedded: Bool = false, on engine: Engine? = nil, _ more: (Composition, WholeHouse.Somebody) async throws -> Void = { _, _ in }
  ) async throws
    -> LiveHouse
  {
    let files = FileManager.default
    let folder = files.temporaryDirectory.appending(path: "longtang-live-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
    let data = folder.appending(path: "data")
    try files.copyItem(at: WholeHouse.data, to: data)
    let complaints = data.appending(path: "understanding/complaints.csv")
    let few = try String(contentsOf: complaints, encoding: .utf8).split(separator: "\n").prefix(30).joined(separator: "\n") + "\n"
    try Data(few.utf8).write(to: complaints)
    let database: TestPostgres.Database? =
      switch embedded ? .sqlite : engine {
      case .sqlite: nil
      case .postgres(let own): own
      case nil: TestPostgres.isThere ? try TestPostgres.empty() : nil
      }
    let (house, composition) = try await open(folder, data, database)
    let now = house.now()
    let ground = try await WholeHouse.plant(in: house, at: now)
    let people = try await WholeHouse.sign(ground.people, in: house, at: now)
    guard let dispatcher = people.first(where: { $0.person.role == .dispatcher && $0.side == .own }) else {
      throw Refusal(.missing, "test", "no dispatcher")
    }
    let (_, token) = try await ApiTokens.issue(for: dispatcher.person.id, name: "测试", days: 1, by: dispatcher.person, in: house)
    try await more(composition, dispatcher)
    try await house.store.close()
    return LiveHouse(folder: folder, data: data, people: people, compounds: ground.compounds, token: token, database: database)
  }

  private static func store(_ folder: URL, _ database: TestPostgres.Database?) throws -> any Store {
    try database?.store() ?? SQLiteStore(path: folder.appending(path: "store.sqlite").path, readers: 1)
  }
  static func open(_ folder: URL, _ data: URL, _ database: TestPostgres.Database?) async throws -> (House, Composition) {
    let store = try store(folder, database)
    try await Migrator.migrate(store, Composition.migrations, at: Wall.now())
    try await store.write { db in try House.setMark("demonstration", "yes", db) }
    let house = House(
      store: store, vault: try FileVault(root: folder.appending(path: "files")),
      seals: try SealRing(folder: folder.appending(path: "keys")),
      ids: IdentifierSource(node: 5), isDemonstration: true, now: Wall.now)
    let composition = try await Composition(house, data: data, assets: WholeHouse.root.appending(path: "Assets"))
    composition.understander.set(PlainUnderstander())
    return (house, composition)
  }
  /// Looks into the store from beside the program that serves it.
  func look<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T {
    let store = try Self.store(folder, database)
    let value = try await store.read(body)
    try await store.close()
    return value
  }
  func change<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
    let store = try Self.store(folder, database)
    let value = try await store.write(body)
    try await store.close()
    return value
  }
  func remove() {
    do { try FileManager.default.removeItem(at: folder) } catch { print("could not remove \(folder.path): \(error)") }
  }
}
