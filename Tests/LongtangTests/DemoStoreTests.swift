import Foundation
import Kernel
import People
import Storage
import TestHouse
import Testing

@testable import longtang

@Suite struct DemoStoreTests {
  private func config(_ folder: URL) async throws -> Config {
    try await Config.load(file: nil, store: folder.path, environment: ConfigTests.files)
  }
  private func folder() -> URL { FileManager.default.temporaryDirectory.appending(path: "longtang-demo-\(UUID().uuidString)") }
  private static let login = NewAccount(login: "security", name: "郑安全", role: .securityAdmin)

  @Test func aCityThatWasCutOffIsMadeAnew() async throws {
    let folder = folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let config = try await config(folder)
    let (file, keys) = try await cutOff(config)
    try await again(config, file, keys)
  }
  /// As a kill in the middle leaves it: some accounts, some files, no city.
  private func cutOff(_ config: Config) async throws -> (file: String, keys: [String]) {
    let first = try await DemoStore.open(config)
    #expect(first.house.isDemonstration && !first.restarted)
    // A second one that plants in the same folder waits for its turn.
    await #expect(throws: Refusal.self) { try await DemoStore.open(config) }
    try await first.house.store.write { db in try House.setMark("demonstration", "yes", db) }
    _ = try await Accounts.plantDemonstration([Self.login], password: "longtang-demo-2026", in: first.house)
    let file = try first.house.vault.keep(Data("half".utf8))
    try await first.house.store.close()
    return (file.sha256, try FileManager.default.contentsOfDirectory(atPath: config.keys.path))
  }
  private func again(_ config: Config, _ file: String, _ key: [String]) async throws {
    let second = try await DemoStore.open(config)
    #expect(second.restarted && second.house.isDemonstration)
    #expect(try await second.house.store.read { db in try AccountStore.count(db) } == 0)
    #expect(throws: VaultError.self) { try second.house.vault.bytes(file) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: config.keys.path) == key)
    try await second.house.store.close()
  }

  @Test func aWholeCityAndARealOfficeAreLeftAlone() async throws {
    for mark in ["pilot", nil] {
      let folder = folder()
      defer { try? FileManager.default.removeItem(at: folder) }
      let config = try await config(folder)
      let house = try await StoreFolder.open(config, as: .command)
      if mark != nil {
        try await house.store.write { db in
          try House.setMark("demonstration", "yes", db)
          try House.setMark("pilot", "28/900", db)
        }
      } else {
        _ = try await Accounts.plantFirst([Self.login], in: house)
      }
      try await house.store.close()
      let opened = try await DemoStore.open(config)
      #expect(!opened.restarted && opened.house.isDemonstration == (mark != nil))
      #expect(try await opened.house.store.read { db in try AccountStore.count(db) } == (mark == nil ? 1 : 0))
      try await opened.house.store.close()
    }
  }
}
