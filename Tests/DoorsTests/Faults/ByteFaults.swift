import Foundation
import Kernel
import Testing

@testable import Storage

extension Faults {
  /// One bit of what is kept is another.
  @Suite struct Bytes {
    @Test(.timeLimit(.minutes(4)), arguments: Faults.engines) func areFlipped(_ engine: Engine) async throws {
      let office = try await FaultOffice.make(engine)
      defer { office.remove() }
      let server = try await office.start()
      let load = FaultLoad(office, ports: [server.port], programs: 2, residents: 1, officers: 3)
      try await load.run {
        let deadline = ContinuousClock.now + .seconds(30)
        while load.memory.steps.count < 12 || load.acknowledged < 25, ContinuousClock.now < deadline {
          try await Task.sleep(for: .milliseconds(30))
        }
      }
      await load.settle()
      try await office.untilJobsAreDone()
      #expect(try office.verify().status == 0)

      // An exhibit: a photo of a visit, as the officer's squad may have it.
      let found = try await office.house.look { db in
        try db.first(
          """
          SELECT f.sha256, f.thumbnail_sha256, m.no FROM matter_file f JOIN matter m ON m.id = f.matter_id ORDER BY f.id LIMIT 1
          """
        ).map { (name: try $0.text("sha256"), thumbnail: try $0.text("thumbnail_sha256"), matter: try $0.text("no")) }
      }
      let exhibit = try #require(found)
      let hand = try #require(office.hands.first { $0.matter == exhibit.matter })
      let caller = FaultCaller(somebody: hand.officer)
      for name in [exhibit.name, exhibit.thumbnail] {
        #expect(try await caller.get(server.port, "/files/\(name)")?.status == 200)
        let file = office.house.folder.appending(path: "files/\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(name)")
        try office.flip(file)
        let shown = try #require(try await caller.get(server.port, "/files/\(name)"))
        #expect(shown.status == 503 && shown.text.contains("与登记的不一致"), "\(shown.status): a changed exhibit is never shown")
        let said = try office.verify()
        #expect(said.status == 2 && said.text.contains(name), "\(said.text)")
        #expect(said.text.contains(exhibit.matter), "\(said.text)")
        try office.flip(file)
        #expect(try office.verify().status == 0)
      }

      // A row of the journal, behind the program's back: what happened, who did it, the link to the one before.
      let entry = try await office.house.look { db in
        try db.first("SELECT id, subject_kind, subject_id, sequence FROM journal WHERE action = 'matter-measure' ORDER BY id LIMIT 1").map {
          (id: try $0.int("id"), name: "\(try $0.text("subject_kind")) \(try $0.int("subject_id")) 第 \(try $0.int("sequence")) 条")
        }
      }
      let victim = try #require(entry)
      for column in ["detail", "actor_name", "note", "hash", "before_hash"] {
        let before = try await office.house.look { db in
          try db.first("SELECT \(raw: column) AS value FROM journal WHERE id = \(victim.id)")?.values.first
        }
        let old = try #require(before)
        let new = Self.flipped(old)
        try await office.house.change { db in _ = try db.run("UPDATE journal SET \(raw: column) = \(new) WHERE id = \(victim.id)") }
        let said = try office.verify()
        #expect(said.status == 2 && said.text.contains(victim.name), "\(column): \(said.text)")
        try await office.house.change { db in _ = try db.run("UPDATE journal SET \(raw: column) = \(old) WHERE id = \(victim.id)") }
      }
      server.stop()
      try await office.expectPromises(load)
    }

    /// The lowest bit of the last byte; of Chinese text it stays readable text.
    static func flipped(_ value: SQLValue) -> SQLValue {
      switch value {
      case .text(let text):
        var bytes = Array(text.utf8)
        if let last = bytes.indices.last { bytes[last] ^= 1 }
        return .text(String(decoding: bytes, as: UTF8.self))
      case .blob(var bytes):
        if let last = bytes.indices.last { bytes[last] ^= 1 }
        return .blob(bytes)
      case .int(let number): return .int(number ^ 1)
      case .double, .null: return value
      }
    }
  }
}

extension FaultOffice {
  func verify() throws -> (status: Int32, text: String) {
    try LiveServer.run(["audit", "verify", "--data", house.folder.path], data: house.data, database: house.database)
  }
  /// One bit in the middle, in the file itself.
  func flip(_ file: URL) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    let handle = try FileHandle(forUpdating: file)
    let middle = try handle.seekToEnd() / 2
    try handle.seek(toOffset: middle)
    let byte = try handle.read(upToCount: 1)?.first ?? 0
    try handle.seek(toOffset: middle)
    try handle.write(contentsOf: Data([byte ^ 4]))
    try handle.close()
  }
}
