import ClockBook
import Foundation
import HTTPTypes
import HummingbirdTesting
import Intake
import Kernel
import Matters
import NIOCore
import Offices
import People
import Storage
import TestHouse
import TestOffice
import Testing
import WebSupport

@Suite struct PageTests {
  /// Who may open what: the page, and for whom it is 200; everybody else gets 403 or 404.
  @Test func eachPageForItsRoles() async throws {
    let office = try await TestOffice.make()
    let no = try await office.report().matterNo
    let field: Set<String> = ["officer", "leader"]
    let desk: Set<String> = ["dispatcher", "leader"]
    let inside: Set<String> = ["officer", "leader", "dispatcher", "manager"]
    let everybody = ["officer", "leader", "dispatcher", "manager", "stranger", "audit"]
    let seeing = inside.union(["stranger"])
    let pages: [(String, Set<String>)] = [
      ("/today", seeing), ("/matters", seeing), ("/matters?group=overdue&order=due&q=test&urgent=1&after=junk", seeing),
      ("/matters/newer?since=1", seeing),
      ("/matters/\(no)", inside), ("/matters/\(no)/history", inside), ("/dispatch", desk), ("/patrol/new", field.union(["stranger"])),
      ("/matters/\(no)/correction", field.union(desk)), ("/matters/\(no)/dispatch", desk), ("/matters/\(no)/transfer", desk),
      ("/matters/\(no)/merging", desk), ("/matters/\(no)/supervision", ["manager"]),
    ]
    try await office.walk { signIn in
      for login in everybody {
        let walker = try await signIn(login)
        for (path, allowed) in pages {
          let status = try await walker.get(path).status
          if allowed.contains(login) {
            #expect(status == .ok, "\(login) \(path): \(status)")
          } else {
            #expect(status == .forbidden || status == .notFound, "\(login) \(path): \(status)")
          }
        }
      }
    }
  }

  /// Every step's own page opens for who handles the matter, in every state, and says why when it is too early.
  @Test func everyStepHasItsPage() async throws {
    let office = try await TestOffice.make()
    let no = try await office.report().matterNo
    let nouns = [
      "dispatch", "acceptance", "contacts", "visits", "findings", "measures", "reply", "approval", "return", "revisits", "closing",
      "reopening",
      "objection", "assignment", "delay", "delay-decision", "co-handling", "hanging", "resumption", "transfer", "transfer-answer",
      "transfer-withdrawal", "unreasonable", "unreasonable-review", "correction", "merging", "split", "urge",
    ]
    try await office.walk { signIn in
      let leader = try await signIn("leader")
      for noun in nouns { #expect(try await leader.get("/matters/\(no)/\(noun)").status == .ok, "\(noun)") }
      #expect(try await leader.get("/matters/\(no)/reply").text.contains("现在还不能“答复送审”"))
    }
  }

  @Test func hostileWordsComeOutEscapedEverywhere() async throws {
    let office = try await TestOffice.make()
    let evil = "<script>alert('x')</script><img src=x onerror=alert(1)>\"'&"
    let received = try await office.report("\(evil)楼上漏水", phone: "13800001234")
    let no = received.matterNo
    let dispatcher = try office.person("dispatcher")
    let officer = try office.person("officer")
    let leader = try office.person("leader")
    let m = office.matters
    try await m.dispatch(no, to: office.squad.id, note: evil, version: nil, by: dispatcher)
    try await m.accept(no, officer: nil, version: nil, by: officer)
    try await m.contact(no, report: received.report.id, outcome: .reached, note: evil, version: nil, by: officer)
    try await m.visit(no, NewVisit(outcome: .seen, note: evil), version: nil, by: officer)
    try await m.find(no, fact: .confirmed, factNote: evil, claim: .reasonable, claimNote: evil, version: nil, by: officer)
    try await m.measure(no, kind: .ordered, note: evil, version: nil, by: officer)
    try await m.coHandle(no, with: office.otherSquad.id, task: evil, version: nil, by: leader)
    try await m.askDelay(no, workingDays: 3, reason: evil, version: nil, by: officer)
    let second = try await office.report("\(evil)又漏水").matterNo
    try await m.correct(
      second, Correction(compound: office.compound.raw, building: evil, item: nil, outOfScope: true), version: nil, by: dispatcher)
    try await office.walk { signIn in
      let walkers = [try await signIn("leader"), try await signIn("dispatcher"), try await signIn("officer")]
      for walker in walkers {
        for path in [
          "/today", "/matters", "/matters?q=\(SafeURL.encode(evil))", "/matters/\(no)", "/matters/\(no)/history", "/matters/\(no)/reply",
          "/matters/\(no)/findings", "/matters/\(second)", "/dispatch", "/matters/\(no)/correction?q=\(SafeURL.encode(evil))",
          "/patrol/new?q=\(SafeURL.encode(evil))",
        ] {
          let text = try await walker.get(path).text
          #expect(!text.contains("<script>alert") && !text.contains("<img src=x"), "\(path)")
        }
      }
      let again = try await walkers[0].post(
        "/matters/\(no)/measures", ["version": "1", "measures-kind": "ordered", "measures-note": evil])
      #expect(again.text.contains("&lt;script&gt;alert") && !again.text.contains("<script>alert"))
      let refused = try await walkers[2].post("/matters/\(no)/delay", ["version": "99", "delay-days": evil, "delay-reason": evil])
      #expect(!refused.text.contains("<script>alert"))
    }
  }

  @Test func aPhoneIsSeenOnlyByOpeningItForAPurpose() async throws {
    let office = try await TestOffice.make()
    let received = try await office.report("楼上漏水，请打13800001234找王芳，我住12号302室", phone: "13800001234")
    let no = received.matterNo
    try await office.walk { signIn in
      let dispatcher = try await signIn("dispatcher")
      for path in ["/matters", "/matters/\(no)", "/matters/\(no)/history", "/dispatch", "/today"] {
        let text = try await dispatcher.get(path).text
        #expect(!text.contains("13800001234") && !text.contains("王芳") && !text.contains("302室"), "\(path)")
      }
      let look = "/matters/\(no)/reports/\(received.report.id)/look"
      let without = try await dispatcher.post(look, [:])
      #expect(without.status == .unprocessableContent && !without.text.contains("13800001234"))
      let opened = try await dispatcher.post(look, ["purpose": "firstContact"])
      #expect(opened.status == .ok && opened.text.contains("13800001234") && opened.text.contains("本次查看已记录"))
      #expect(opened.headers[.cacheControl] == "no-store")
      let history = try await dispatcher.get("/matters/\(no)/history").text
      #expect(history.contains("赵派单") && history.contains("先行联系") && !history.contains("13800001234"))
      #expect(try await signIn("stranger").post(look, ["purpose": "reply"]).status == .notFound)
      #expect(try await signIn("manager").post(look, ["purpose": "supervision"]).status == .forbidden)
    }
  }

  /// Pages of a history hold every line once, and none is too long for a phone in a cellar.
  @Test func theHistoryOfManyReportsComesInPages() async throws {
    let office = try await TestOffice.make()
    let first = try await office.report("第一件反映楼上漏水")
    let no = first.matterNo
    let same = PlainUnderstander(same: [SameAs(report: first.report.id.raw, score: 1, sure: true, reasons: ["同一小区同一事项"])])
    let matters = Matters(
      house: office.house, clocks: office.matters.clocks, catalogue: office.matters.catalogue, understander: same)
    for turn in 1..<150 {
      office.clock.advance(minutes: 7)
      var new = NewReport(channel: .hotline, content: "第 \(turn) 件反映漏水", saidAt: office.clock.now)
      new.compound = office.compound.raw
      new.callerPhone = "1390000\(turn.padded(4))"
      #expect(try await matters.receive(new, by: .system).matterNo == no)
    }
    let leader = try office.person("leader")
    for _ in 0..<25 { _ = try await office.matters.open(no, report: first.report.id, purpose: .reply, by: leader) }
    let file = try await office.matters.file(no, for: leader)
    let clocks = file.clocks.count + file.reports.map(\.clocks.count).reduce(0, +)
    try await office.walk { signIn in
      let walker = try await signIn("leader")
      let start = "/matters/\(no)/history"
      var counts: [String: Int] = [:]
      for (part, mark) in [("story", "<li class=\"(person|machine)"), ("clocks", "怎么算的"), ("looks", "谁看过")] {
        var address: String? = start
        var pages = 0
        while let here = address, pages < 60 {
          let page = try await walker.get(here)
          #expect(page.status == .ok && page.body.readableBytes <= 60_000, "\(here): \(page.body.readableBytes)")
          counts[part, default: 0] += page.text.matches(of: try Regex(mark)).count
          address = page.text.split(separator: "\"").first { $0.hasPrefix("\(start)?part=\(part)&amp;") }
            .map { $0.replacingOccurrences(of: "&amp;", with: "&") }
          pages += 1
        }
      }
      #expect(counts["clocks"] == clocks && clocks >= 300)
      #expect(counts["story"] == file.story.count, "\(counts) of \(file.story.count)")
      #expect(try await walker.get(start + "?part=rubbish&before=x").status == .ok)
    }
  }

  @Test func whoWaitsForACallShowsTheCallsClock() async throws {
    let office = try await TestOffice.make()
    let received = try await office.report()
    let no = received.matterNo
    try await office.matters.dispatch(no, to: office.squad.id, note: "", version: nil, by: try office.person("dispatcher"))
    try await office.matters.accept(no, officer: nil, version: nil, by: try office.person("officer"))
    // Supervised with a clock of its own that ends before the call is due.
    let now = office.clock.now
    try await office.house.store.write { db in
      try office.matters.clocks.start(
        fixed: "supervision", name: "督办办理", basis: "试", due: now.adding(hours: 2),
        on: Subject("matter", try #require(try MatterStore.find(no: no, db)).id), ids: office.house.ids, now: now, db)
    }
    let agenda = try await office.matters.agenda(for: try office.person("officer"))
    let waiting = try #require(agenda.part(.contact)?.matters.first)
    #expect(agenda.clock(of: waiting, in: .contact)?.kind == "first-contact")
    #expect(agenda.clock(of: waiting, in: .fresh)?.kind == "supervision")
    try await office.walk { signIn in
      let page = try await signIn("officer").get("/today").text
      let section = try #require(page.components(separatedBy: "id=\"contact\"").last)
      #expect(section.contains("先行联系") && !section.contains("督办办理"))
    }
  }

  @Test func oneCompoundsMattersAreChosenSeenAndLetGo() async throws {
    let office = try await TestOffice.make()
    let no = try await office.report().matterNo
    let id = office.compound.description
    try await office.walk { signIn in
      let officer = try await signIn("officer")
      #expect(try await officer.get("/matters").text.contains("<option value=\"\(id)\">元邑小城</option>"))
      let here = try await officer.get("/matters?compound=\(id)&group=all&item=kitchen-bathroom-conversion").text
      #expect(here.contains(no) && here.contains("只看元邑小城"))
      // Letting go of the compound keeps the rest.
      #expect(here.contains("class=\"chip\" href=\"/matters?group=all&amp;item=kitchen-bathroom-conversion\""))
      #expect(try await !officer.get("/matters?compound=1&group=all").text.contains(no))
      #expect(try await !officer.get("/matters").text.contains("class=\"chip\""))
    }
  }

  @Test func theSearchInTheHeadGoesStraightToANumber() async throws {
    let office = try await TestOffice.make()
    let received = try await office.report()
    try await office.walk { signIn in
      let officer = try await signIn("officer")
      #expect(try await officer.get("/search?q=\(received.matterNo.lowercased())").headers[.location] == "/matters/\(received.matterNo)")
      #expect(try await officer.get("/search?q=\(received.report.no)").headers[.location] == "/matters/\(received.matterNo)")
      #expect(
        try await signIn("stranger").get("/search?q=\(received.matterNo)").headers[.location]?.hasPrefix("/matters?group=all") == true)
      #expect(try await officer.get("/matters/newer?since=1").text == "{\"count\":1}")
    }
  }
}
