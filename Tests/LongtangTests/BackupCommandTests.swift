import ArgumentParser
import Foundation
import Kernel
import People
import Storage
import Testing

@testable import longtang

/// The commands as an operator types them.
@Suite struct BackupCommandTests {
  private func run(_ arguments: String...) async throws -> Int32 {
    var command = try Longtang.parseAsRoot(arguments)
    do {
      if var waiting = command as? any AsyncParsableCommand { try await waiting.run() } else { try command.run() }
      return 0
    } catch {
      return Exit.told(error)?.code ?? 1
    }
  }

  @Test func anOfficeIsBackedUpWhileItIsOpenAndRestored() async throws {
    let root = FileManager.default.temporaryDirectory.appending(path: "longtang-commands-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    func path(_ name: String) -> String { root.appending(path: name).path }
    let config = try await Config.load(file: nil, store: path("office"), environment: ConfigTests.files)
    let house = try await StoreFolder.open(config, as: .command)
    let login = NewAccount(login: "security", name: "郑安全", role: .securityAdmin)
    _ = try await Accounts.plantFirst([login], in: house)
    let photo = try house.vault.keep(Data("photo".utf8))
    try await house.store.write { db in
      try db.run(
        """
        INSERT INTO import (id, kind, file_name, sha256, mapping, state, lines, done, added, changed, same, failed, account_id, at)
        VALUES (1, 'reports', 'a.csv', \(photo.sha256), 'hotline', 'done', 0, 0, 0, 0, 0, 0, 1, 1)
        """)
    }
    #expect(try await run("backup-key", path("key")) == 0)
    #expect(try await run("backup", "--data", path("office"), "--to", path("b"), "--key-file", path("key")) == 0)
    #expect(try await run("backup", "--data", path("office"), "--to", path("b")) == 5)
    #expect(try await run("restore", "--data", path("new"), "--from", path("b")) == 6)
    #expect(try await run("restore", "--data", path("new"), "--from", path("nothing")) == 7)
    #expect(try await run("restore", "--check", "--from", path("b"), "--key-file", path("key")) == 0)
    try await house.store.close()
    #expect(try await run("restore", "--data", path("new"), "--from", path("b"), "--key-file", path("key")) == 0)
    #expect(try await run("restore", "--data", path("new"), "--from", path("b"), "--key-file", path("key")) == 5)
    let again = try await StoreFolder.open(
      try await Config.load(file: nil, store: path("new"), environment: ConfigTests.files), as: .command)
    #expect(try await again.store.read { db in try AccountStore.count(db) } == 1)
    #expect(try again.vault.bytes(photo.sha256) == Data("photo".utf8))
    try await again.store.close()
  }
}
