import HTTPTypes
import HummingbirdTesting
import Kernel
import Offices
import People
import Rosters
import Staffing
import Storage
import TestHouse
import Testing

@testable import longtang

/// What a leader reads where the squad is too small, and how a neighbour helps.
@Suite struct RosterPagesTests {
  private static func certify(_ people: [Person], in scene: WholeHouse) async throws {
    let (until, now) = (scene.clock.now.day.adding(days: 300), scene.clock.now)
    try await scene.house.store.write { db in
      for (i, one) in people.enumerated() {
        try db.run(
          "INSERT INTO certificate (account_id, number, valid_until, noted_by, noted_at) VALUES (\(one.id), \("沪Q000\(i)"), \(until), \(one.id), \(now))"
        )
      }
    }
  }
  private static func planned(_ scene: WholeHouse, by leader: Person) async throws -> String {
    let rosters = scene.composition.rosters
    guard let squad = leader.office else { throw Refusal(.missing, "test", "no squad") }
    let no = try await rosters.ask(squad, from: Rosters.mondays(from: scene.clock.now.day)[1], by: leader)
    try await rosters.work(try await rosters.plan(no, for: leader).id)
    return no
  }

  @Test func oneOfficerWhereTheLawWantsTwoIsSaidPlainlyAndANeighbourHelps() async throws {
    let scene = try await WholeHouse.make()
    let (leader, officer) = (try scene.somebody(.squadLeader), try scene.somebody(.officer).person)
    let (other, helper) = (try scene.somebody(.squadLeader, .neighbour), try scene.somebody(.officer, .neighbour).person)
    let compound = try #require(scene.compounds[.own])
    let (home, squad) = (try #require(scene.squads[.neighbour]), try #require(scene.squads[.own]))
    try await Self.certify([officer, helper], in: scene)
    try await scene.walk { client in
      let noted = try await client.ask(
        .post, "/rosters/setup/compounds/\(compound.no)", as: leader, form: "two=1&skills=&wanted=&forced=")
      #expect(noted.status == .seeOther)
      let none = try await Self.planned(scene, by: leader.person)
      let page = try await client.ask(.get, "/rosters/\(none)", as: leader).text
      #expect(page.contains("这样排不出来") && page.contains("元邑小城依法须两名持证队员到场，能排出的持证队员不足两名"), "\(page)")
      #expect(page.contains("由其他中队支援") && page.contains("不能放宽") && page.contains("/rosters/setup?squad=\(squad.id)"))
      #expect(!page.contains("放宽其中列出的"), "what the law wants is not offered to be relaxed")

      // Entered once, by the leader of the squad that lends.
      let form = "/rosters/setup/officers/\(helper.id)"
      let shown = try await client.ask(.get, form, as: other).text
      #expect(shown.contains("可支援哪些中队") && shown.contains(squad.short) && !shown.contains("value=\"\(home.id)\""))
      let same = "included=1&hours=40&skills=&helps=\(squad.id)"
      let much = try await client.ask(.post, form, as: other, form: same + "&half-days=11").text
      #expect(much.contains("每周可支援的半天应在 1 至 10 之间"))
      let far = try #require(scene.squads[.far])
      let wrong = try await client.ask(.post, form, as: other, form: "included=1&hours=40&skills=&helps=\(far.id)&half-days=2").text
      #expect(wrong.contains("只能支援本区局的其他中队"))
      for _ in 0..<2 { #expect(try await client.ask(.post, form, as: other, form: same + "&half-days=3").status == .seeOther) }
      #expect(try await client.ask(.get, "/rosters/setup", as: other).text.contains("可支援\(squad.short)，每周 3 个半天"))
      let setup = try await client.ask(.get, "/rosters/setup", as: leader).text
      #expect(setup.contains("其他中队可来支援的") && setup.contains(home.short) && setup.contains("3 个半天"))

      let no = try await Self.planned(scene, by: leader.person)
      let book = try await scene.composition.rosters.book(no, for: leader.person)
      let place = try #require(book.places.first)
      #expect(book.plan.state == .draft && [place.contact, place.second].contains(helper.id.raw))
      #expect(book.shifts.count { $0.account == helper.id.raw && $0.day < book.plan.start.adding(days: 7) } <= 3)
      let why = try await client.ask(.get, "/rosters/\(no)/compounds/\(compound.no)", as: leader).text
      #expect(why.contains("是\(home.short)来支援的队员"))
      let people = try await client.ask(.get, "/rosters/\(no)/officers", as: leader).text
      #expect(people.contains("\(helper.name)（\(home.short)支援）"))
      #expect(book.plan.notes.contains { $0.contains("\(home.short)可来支援：\(helper.name)（每周至多 3 个半天）") })

      // Issued, those half-days are taken at home; and the helper reads them.
      try await scene.composition.rosters.issue(no, version: book.plan.version, by: leader.person)
      let own = try await Self.planned(scene, by: other.person)
      let atHome = try await scene.composition.rosters.book(own, for: other.person)
      let taken = Set(book.shifts.filter { $0.account == helper.id.raw }.map { "\($0.day)\($0.half)" })
      #expect(!taken.isEmpty && atHome.plan.state == .draft)
      #expect(!atHome.shifts.contains { $0.account == helper.id.raw && taken.contains("\($0.day)\($0.half)") })
      #expect(atHome.plan.notes.contains { $0.contains("已在\(squad.short)发布的排班里") })
      let mine = try await client.ask(.get, "/rosters/mine", as: try scene.somebody(.officer, .neighbour)).text
      #expect(mine.contains("元邑小城"))
    }
  }

  /// Two rosters reckoned side by side want the same person at the same time: the second is not issued.
  @Test func nobodyIsIssuedToTwoSquadsAtOnce() async throws {
    let scene = try await WholeHouse.make()
    let (leader, officer) = (try scene.somebody(.squadLeader).person, try scene.somebody(.officer).person)
    let (other, helper) = (try scene.somebody(.squadLeader, .neighbour).person, try scene.somebody(.officer, .neighbour).person)
    let rosters = scene.composition.rosters
    let (compound, there) = (try #require(scene.compounds[.own]), try #require(scene.compounds[.neighbour]))
    let squad = try #require(scene.squads[.own])
    try await Self.certify([officer, helper], in: scene)
    try await rosters.note(RosterCompoundNote(wanted: nil, forced: .resident, needsTwo: true, skills: []), of: compound.no, by: leader)
    try await rosters.note(RosterCompoundNote(wanted: nil, forced: .resident, needsTwo: false, skills: []), of: there.no, by: other)
    try await rosters.note(
      RosterOfficerNote(included: true, weeklyHours: 40, skills: [], helps: [squad.id], helpHalfDays: 5), of: helper.id.raw, by: other)
    let (mine, theirs) = (try await Self.planned(scene, by: leader), try await Self.planned(scene, by: other))
    let (own, home) = (try await rosters.plan(mine, for: leader), try await rosters.plan(theirs, for: other))
    #expect(own.state == .draft && home.state == .draft, "\(own.obstacles) \(home.obstacles)")
    try await rosters.issue(mine, version: own.version, by: leader)
    do {
      try await rosters.issue(theirs, version: home.version, by: other)
      Issue.record("the same half-days in two rosters")
    } catch let refusal as Refusal {
      #expect(refusal.code == "rosters-elsewhere" && refusal.message.contains(squad.short) && refusal.message.contains("请重算"))
    }
    // With what is left of the helper's week, the compound at home cannot have somebody every day.
    try await rosters.note(RosterCompoundNote(wanted: nil, forced: nil, needsTwo: false, skills: []), of: there.no, by: other)
    let again = try await rosters.rerun(theirs, by: other)
    try await rosters.work(try await rosters.plan(again, for: other).id)
    let after = try await rosters.plan(again, for: other)
    #expect(after.state == .draft, "\(after.obstacles)")
    try await rosters.issue(again, version: after.version, by: other)
  }
}
