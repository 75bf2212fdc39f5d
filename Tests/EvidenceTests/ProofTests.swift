import Cases
import Foundation
import Kernel
import People
import Storage
import TestHouse
import TestOffice
import Testing

@Suite struct EvidenceProofTests {
  @Test func anAlteredByteIsNamed() async throws {
    let scene = try await EvidenceScene.make()
    for seed in 0..<3 { try await scene.add(try await scene.photo(seed)) }
    #expect(try await Cases.proveEvidence(of: scene.no, in: scene.house).isWhole)
    let name = try #require(try await scene.exhibits()[1].file?.sha256)
    try scene.alter(name)
    let verdict = try await Cases.proveEvidence(of: scene.no, in: scene.house)
    #expect(verdict.faults.map(\.sentence) == ["证据 2：原件与登记的哈希不符"])
    #expect(try await Cases.verifyFiles(in: scene.house).faults.count == 1)
    // Nobody is served it, and whoever asked sees it from then on.
    let officer = try scene.officer
    #expect(try await scene.refusal { _ = try await scene.cases.look(at: 2, of: scene.no, by: officer) }?.code == "cases-exhibit-altered")
    let record = try await scene.record()
    #expect(try await scene.cases.evidenceFaults(of: record).map(\.number) == [2])
    let refused = try await scene.refusal { _ = try await scene.cases.exportEvidence(of: scene.no, by: officer) }
    #expect(refused?.code == "cases-exhibit-altered" && refused?.message.contains("证据 2") == true)
    // Brought back, it is whole again at the next proof.
    try scene.alter(name)
    #expect(try await scene.cases.checkEvidence(of: scene.no, by: officer).isWhole)
    #expect(try await scene.cases.evidenceFaults(of: record).isEmpty)
    let chain = try await scene.cases.story(of: try await scene.exhibits()[1])
    #expect(chain.last?.action == "exhibit-checked")
  }

  @Test func aLostFileIsNamed() async throws {
    let scene = try await EvidenceScene.make()
    let exhibit = try await scene.add(try await scene.photo())
    try FileManager.default.removeItem(at: try scene.path(try #require(exhibit.file?.sha256)))
    #expect(try await Cases.proveEvidence(of: scene.no, in: scene.house).faults.map(\.sentence) == ["证据 1：原件不在了"])
  }

  /// Whoever can write to the store can change a row; the chain remembers.
  static let tampering: [(change: @Sendable (any Writer) throws -> Void, sentence: String)] = [
    ({ db in try db.run("UPDATE exhibit SET title = '别的' WHERE number = 2") }, "证据 2：登记的内容（名称、证明对象、制作人、时间等）与日志中的不一致"),
    ({ db in try db.run("UPDATE exhibit SET made_at = made_at - 86400000 WHERE number = 2") }, "证据 2：登记的内容（名称、证明对象、制作人、时间等）与日志中的不一致"),
    ({ db in try db.run("UPDATE exhibit SET state = 'verified', counts = 1 WHERE number = 3") }, "证据 3：查证状态与日志中的不一致"),
    ({ db in try db.run("DELETE FROM exhibit WHERE number = 2") }, "证据 2：登记不见了"),
    (
      { db in
        let one = try db.first("SELECT sha256, size, public_sha256, thumbnail_sha256 FROM exhibit WHERE number = 1")
        try db.run("UPDATE exhibit SET sha256 = \(try one?.text("sha256") ?? "") WHERE number = 2")
      }, "证据 2：登记的哈希与日志中的不一致"
    ),
    (
      { db in
        try db.run(
          "UPDATE journal SET actor_name = '别人' WHERE subject_kind = 'exhibit' AND subject_id = (SELECT id FROM exhibit WHERE number = 2)")
      }, "证据 2：日志第 1 条内容与哈希不符"
    ),
    (
      { db in
        try db.run("DELETE FROM journal WHERE subject_kind = 'exhibit' AND subject_id = (SELECT id FROM exhibit WHERE number = 2)")
      }, "证据 2：日志中没有登记这份证据的记录"
    ),
  ]
  @Test(arguments: tampering.indices) func aChangedRowIsNamed(index: Int) async throws {
    let scene = try await EvidenceScene.make()
    for seed in 0..<2 { try await scene.add(try await scene.photo(seed)) }
    try await scene.add(try await scene.photo(3, source: .resident))
    let change = Self.tampering[index].change
    try await scene.house.store.write { db in try change(db) }
    let verdict = try await Cases.proveEvidence(of: scene.no, in: scene.house)
    #expect(verdict.faults.map(\.sentence).contains(Self.tampering[index].sentence), "\(verdict.faults.map(\.sentence))")
  }

  // MARK: Export

  /// As somebody without the program would: unpack, sha256sum, a few lines of Python.
  @Test func anExportIsProvenWithoutTheProgram() async throws {
    let scene = try await EvidenceScene.make()
    try await scene.add(try await scene.photo())
    try await scene.add(try await scene.photo(1, source: .resident))
    try await scene.cases.verify(2, of: scene.no, as: .verified, note: "向提供人核实了拍摄时间和位置，已签名", by: try scene.officer)
    var measure = NewExhibit(.measurement, title: "面积", proves: "搭建面积")
    measure.madeAt = scene.office.clock.now
    measure.measure = ExhibitMeasure(value: "6.35", unit: "平方米", instrument: "激光测距仪 LD-03")
    try await scene.add(measure)
    var film = NewExhibit(.document, title: "材料", proves: "合同", file: try await scene.cases.keepExhibit(Data("%PDF-1.4 合同".utf8)))
    film.maker = "甲"
    try await scene.add(film)
    let export = try await scene.cases.exportEvidence(of: scene.no, by: try scene.officer)
    let folder = FileManager.default.temporaryDirectory.appending(path: "export-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let zip = folder.appending(path: "e.zip")
    var bytes = Data()
    try await export.write { bytes += $0 }
    try bytes.write(to: zip)
    #expect(try Self.run("python3", ["-m", "zipfile", "-e", "e.zip", "out"], in: folder) == 0)
    let out = folder.appending(path: "out")
    #expect(try Self.run("sha256sum", ["--strict", "-c", "SHA256SUMS"], in: out) == 0)
    #expect(try Self.run("python3", ["verify.py"], in: out) == 0)
    let originals = try FileManager.default.contentsOfDirectory(atPath: out.appending(path: "originals").path)
    #expect(originals.count == 3)
    // One byte less of trust: each is found.
    let original = out.appending(path: "originals/\(originals.sorted()[0])")
    let whole = try Data(contentsOf: original)
    try (whole.dropLast() + [whole[whole.count - 1] ^ 1]).write(to: original)
    #expect(try Self.run("sha256sum", ["--strict", "-c", "SHA256SUMS"], in: out) != 0)
    #expect(try Self.run("python3", ["verify.py"], in: out) != 0)
    try whole.write(to: original)
    #expect(try Self.run("python3", ["verify.py"], in: out) == 0)
    let chains = out.appending(path: "chains.json")
    let text = try String(contentsOf: chains, encoding: .utf8)
    try text.replacing("已签名", with: "未签名").write(to: chains, atomically: true, encoding: .utf8)
    #expect(try Self.run("python3", ["verify.py"], in: out) != 0)
    #expect(try await scene.cases.story(of: try await scene.exhibits()[0]).last?.action == "exhibit-exported")
  }

  @Test func theReadmeNamesWhatItDescribes() async throws {
    let scene = try await EvidenceScene.make()
    try await scene.add(try await scene.photo())
    var bytes = Data()
    try await scene.cases.exportEvidence(of: scene.no, by: try scene.officer).write { bytes += $0 }
    for word in ["manifest.json", "chains.json", "SHA256SUMS", "verify.py", "sha256sum -c SHA256SUMS"] {
      #expect(bytes.firstRange(of: Data(word.utf8)) != nil)
    }
  }

  static func run(_ program: String, _ arguments: [String], in folder: URL) throws -> Int32 {
    try ChildProcess.run("/bin/sh", ["-c", #"cd "$0" && exec "$@""#, folder.path, program] + arguments).status
  }
}
