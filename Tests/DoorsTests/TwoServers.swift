import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import Kernel
import Logging
import Storage
import TestHouse
import WebSupport

@testable import longtang

/// Two servers of one office: two stores on one database, two compositions, one folder of keys and files.
struct TwoServers: Sendable {
  let scenes: [WholeHouse]
  let clock: TestClock
  let database: TestPostgres.Database
  private let folder: ServersFolder
  var first: WholeHouse { scenes[0] }
  var second: WholeHouse { scenes[1] }

  static func make(_ count: Int = 2) async throws -> TwoServers {
    let clock = TestClock()
    let folder = ServersFolder()
    let database = try await TestPostgres.database(Composition.migrations, at: clock.now)
    var scenes: [WholeHouse] = []
    for _ in 0..<count {
      let card = Nodes.Card(kind: .serve, version: "1", steps: Composition.migrations.map(\.id), keys: "k")
      let store = try await JoinedStore(try database.store(), as: card, logger: TestPostgres.quiet, now: { clock.now })
      let house = House(
        store: store, vault: try FileVault(root: folder.url.appending(path: "files")),
        seals: try SealRing(folder: folder.url.appending(path: "keys")), ids: store.membership.ids, isDemonstration: true,
        now: { withExtendedLifetime(folder) { clock.now } })
      let composition = try await Composition(house, data: WholeHouse.data, assets: WholeHouse.root.appending(path: "Assets"))
      if let planted = scenes.first {
        scenes.append(
          WholeHouse(
            house: house, clock: clock, composition: composition, people: planted.people, compounds: planted.compounds,
            squads: planted.squads))
      } else {
        try await house.store.write { db in try House.setMark("demonstration", "yes", db) }
        let ground = try await WholeHouse.plant(in: house, at: clock.now)
        let people = try await WholeHouse.sign(ground.people, in: house, at: clock.now)
        scenes.append(
          WholeHouse(
            house: house, clock: clock, composition: composition, people: people, compounds: ground.compounds, squads: ground.squads))
      }
    }
    return TwoServers(scenes: scenes, clock: clock, database: database, folder: folder)
  }

  /// Reads words, as the real program does, with few examples so that it is there at once.
  /// - Returns: what keeps the servers in step, to be cancelled and awaited.
  func understand() async throws -> [Task<Void, Never>] {
    var tasks: [Task<Void, Never>] = []
    let folder = WholeHouse.data.appending(path: "understanding")
    let examples = try String(contentsOf: folder.appending(path: "complaints.csv"), encoding: .utf8)
    for scene in scenes {
      let text = try TextUnderstander(
        catalogue: scene.composition.catalogue, rules: try String(contentsOf: folder.appending(path: "items.rules"), encoding: .utf8),
        examples: examples.split(separator: "\n").prefix(30).joined(separator: "\n") + "\n")
      try await scene.house.store.read { db in try text.fill(from: db) }
      let neighbours = Neighbours(text, in: scene.house, since: clock.now, logger: TestPostgres.quiet)
      scene.composition.understander.tell(neighbours)
      scene.composition.understander.set(text)
      tasks.append(Task { await neighbours.run() })
    }
    return tasks
  }

  func close() async throws { for scene in scenes { try await scene.house.store.close() } }
}

private final class ServersFolder: Sendable {
  let url = FileManager.default.temporaryDirectory.appending(path: "longtang-servers-\(UUID().uuidString)")
  deinit {
    do { try FileManager.default.removeItem(at: url) } catch { print("could not remove \(url.path): \(error)") }
  }
}

/// Waits as long as the machine needs.
/// - Returns: seconds it took; nil when it did not come true.
func comes(_ what: @Sendable () async throws -> Bool) async throws -> Double? {
  let begun = ContinuousClock.now
  for _ in 0..<400 {
    if try await what() { return begun.duration(to: .now) / .seconds(1) }
    try await Task.sleep(for: .milliseconds(50))
  }
  return nil
}
