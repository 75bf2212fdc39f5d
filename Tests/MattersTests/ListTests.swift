import Compounds
import Intake
import Kernel
import Matters
import People
import Storage
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

  /// Beside its compounds stand as many open matters as a squad's list has: its own and those it helps with, each once.
  @Test func compoundsHaveTheOpenMattersOfTheList() async throws {
    let (scene, own) = try await Self.made()
    let here = Compound.ID(scene.compound)
    #expect(try await scene.matters.openCounts([here], for: scene.leader) == [here: own.count])
    #expect(try await scene.matters.openCounts([here], for: scene.dispatcher) == [here: 9])
    for (person, count) in [(scene.leader, own.count), (scene.dispatcher, 9), (scene.stranger, 4)] {
      #expect(try await scene.house.store.read { db in try MatterStore.openCounts(nil, for: person, db) } == [scene.compound: count])
    }
  }

  /// However a matter came to a squad, its reports are found there, and nowhere else.
  @Test func searchFollowsAMatterWhereverItGoes() async throws {
    let scene = try await MatterScene.make()
    let (matters, desk) = (scene.matters, scene.dispatcher)
    func found(_ words: String, _ person: Person) async throws -> Set<String> {
      var filter = MatterFilter()
      filter.group = .all
      filter.words = words
      return Set(try await Self.pages(scene, filter, for: person).map(\.no))
    }
    let other = scene.stranger
    let a = try await scene.report("晾衣架占用绿地，甲。").matterNo
    scene.clock.advance(minutes: 3)
    let b = try await scene.report("晾衣架占用绿地，乙。").matterNo
    #expect(try await found("晾衣架", scene.leader) == [a, b])
    #expect(try await found("晾衣架", other).isEmpty)
    // 派给别的队
    try await matters.dispatch(a, to: scene.otherSquad, note: "", version: nil, by: desk)
    #expect(try await found("晾衣架", other) == [a])
    #expect(try await found("晾衣架", scene.leader) == [b])
    // 并入：乙的诉件跟着走
    try await matters.merge(b, into: a, version: nil, by: desk)
    #expect(try await found("乙", other) == [a])
    #expect(try await found("乙", scene.leader).isEmpty)
    // 拆出：新事项回到小区所属的队
    let report = try #require(try await matters.file(a, for: desk).reports.first { $0.report.masked.contains("乙") })
    try await matters.split(a, report: report.report.id, version: nil, by: desk)
    let fresh = try #require(try await found("乙", desk).first)
    #expect(fresh != a)
    let squad = try await scene.matter(fresh).squad
    #expect(try await found("乙", squad == scene.otherSquad ? other : scene.leader) == [fresh])
    #expect(try await found("乙", squad == scene.otherSquad ? scene.leader : other).isEmpty)
    // 协办
    try await matters.coHandle(a, with: scene.squad, task: "一同到场", version: nil, by: desk)
    #expect(try await found("甲", scene.leader) == [a])
    // 地点原先不明，更正以后归所在地的队
    var lost = NewReport(channel: .hotline, content: "不知道哪里的晾衣架，丙。", saidAt: scene.clock.now)
    lost.receiver = desk.office?.raw
    let c = try await matters.receive(lost, by: .system).matterNo
    #expect(try await found("丙", scene.leader).isEmpty)
    #expect(try await found("丙", desk) == [c])
    try await matters.correct(
      c, Correction(compound: scene.compound, building: nil, item: nil, outOfScope: false), version: nil, by: desk)
    #expect(try await found("丙", scene.leader) == [c])
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
