import Catalogue
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import People
import Storage
import TestHouse
import Testing

/// The register changes while reports come in.
@Suite struct FollowTests {
  private let scene: MatterScene
  private let reader: TextUnderstander

  init() async throws {
    scene = try await MatterScene.make()
    let rules = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/understanding/items.rules"),
      encoding: .utf8)
    let reader = try TextUnderstander(catalogue: scene.matters.catalogue, rules: rules, examples: "id,slug,alt,text")
    try await scene.house.store.read { db in try reader.fill(from: db) }
    self.reader = reader
  }

  private func place(_ place: String) -> Int64? {
    var report = NewReport(channel: .hotline, content: "楼道里堆了很多杂物。", saidAt: scene.clock.now)
    report.place = place
    return reader.read(report).reading.compound
  }
  private func follow() async throws -> Int {
    let reader = reader
    return try await scene.house.store.read { db in try reader.follow(db) }
  }

  @Test func whatIsAddedRenamedAndClosedIsKnownAtTheNextLook() async throws {
    #expect(place("元邑小城3号楼下") == scene.compound)
    #expect(place("听松雅筑3号楼下") == nil)
    let id = try await CompoundRegister.add(
      CompoundEdit(name: "听松雅筑", squad: scene.squad, address: "盈港东路77弄"), by: scene.leader, in: scene.house)
    #expect(try await follow() == 1)
    #expect(place("青浦区听松雅筑3号楼下") == id.raw)
    #expect(try await follow() == 0)

    scene.clock.advance(minutes: 10)
    var edit = CompoundEdit(
      try #require(try await scene.house.store.read { db in try CompoundStore.find(id, db) }))
    edit.name = "观鹤名邸"
    try await CompoundRegister.update(id, edit, by: scene.leader, in: scene.house)
    try await CompoundRegister.addAlias("老船厂宿舍", source: "人工", to: id, by: scene.leader, in: scene.house)
    #expect(try await follow() == 1)
    #expect(place("观鹤名邸3号楼下") == id.raw)
    #expect(place("老船厂宿舍3号楼下") == id.raw)
    #expect(place("听松雅筑3号楼下") == nil)

    try await CompoundRegister.removeAlias("老船厂宿舍", from: id, by: scene.leader, in: scene.house)
    edit.state = .closed
    try await CompoundRegister.update(id, edit, by: scene.leader, in: scene.house)
    #expect(try await follow() == 1)
    #expect(place("观鹤名邸3号楼下") == nil)
    #expect(place("元邑小城3号楼下") == scene.compound)
  }

  @Test func aNameLearntFromACorrectionOutlivesAChangeOfTheCompound() async throws {
    var after = Reading()
    after.compound = scene.compound
    reader.learn(words: "楼道堆物", place: "老砖窑", from: Reading(), to: after)
    #expect(place("老砖窑") == scene.compound)
    try await CompoundRegister.addAlias("元邑城", source: "人工", to: .init(scene.compound), by: scene.leader, in: scene.house)
    #expect(try await follow() == 1)
    #expect(place("老砖窑") == scene.compound)
    #expect(place("元邑城5号楼") == scene.compound)
  }
}
