import Intake
import Kernel
import Matters
import People
import TestHouse
import Testing

@Suite struct ListTests {
  /// Five of the squad's own and two that it helps with, between them; two more that are none of its business.
  static func made() async throws -> (scene: MatterScene, own: Set<String>) {
    let scene = try await MatterScene.make()
    var own: Set<String> = []
    for turn in 0..<9 {
      scene.clock.advance(minutes: turn % 2 == 0 ? 31 : 500)
      let no = try await scene.report("楼道里停满电瓶车，第 \(turn) 次反映。").matterNo
      if turn % 3 == 1 || turn == 8 {
        try await scene.matters.dispatch(no, to: scene.otherSquad, note: "", version: nil, by: scene.dispatcher)
        if turn < 5 {
          try await scene.matters.coHandle(no, with: scene.squad, task: "夜间清理", version: nil, by: scene.dispatcher)
          own.insert(no)
        }
      } else {
        own.insert(no)
      }
    }
    return (scene, own)
  }
  static func pages(_ scene: MatterScene, _ filter: MatterFilter, for person: Person) async throws -> [Matter] {
    var all: [Matter] = []
    var cursor: MatterCursor?
    repeat {
      let page = try await scene.matters.list(filter, for: person, after: cursor, limit: 2)
      all += page.matters
      cursor = page.next
    } while cursor != nil
    return all
  }

  @Test func ownAndHelpedMattersComeInOneOrderWithoutGapsOrDoubles() async throws {
    let (scene, own) = try await Self.made()
    let newest = try await Self.pages(scene, MatterFilter(), for: scene.leader)
    #expect(newest.map(\.id) == newest.map(\.id).sorted(by: >))
    #expect(Set(newest.map(\.no)) == own)
    #expect(newest.count == own.count)

    var byDue = MatterFilter()
    byDue.order = .due
    let due = try await Self.pages(scene, byDue, for: scene.leader)
    #expect(Set(due.map(\.no)) == own)
    #expect(due.count == own.count)
    let moments = due.map { $0.due?.milliseconds ?? .max }
    #expect(moments == moments.sorted())
  }

  @Test func searchShowsWhatListsShow() async throws {
    let (scene, own) = try await Self.made()
    var filter = MatterFilter()
    filter.words = "电瓶车"
    let found = try await Self.pages(scene, filter, for: scene.leader)
    #expect(Set(found.map(\.no)) == own)
    #expect(found.map(\.id) == found.map(\.id).sorted(by: >))
    filter.words = "第 8 次"
    #expect(try await Self.pages(scene, filter, for: scene.leader).isEmpty)
    #expect(try await Self.pages(scene, filter, for: scene.dispatcher).count == 1)
  }
}
