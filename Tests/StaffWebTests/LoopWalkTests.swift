import HTTPTypes
import HummingbirdTesting
import Intake
import Kernel
import Matters
import NIOCore
import Offices
import People
import Storage
import TestOffice
import Testing
import WebSupport

@Suite struct LoopWalkTests {
  /// The whole closed loop as people press it, from the arrival to the last revisit.
  @Test func theWholeLoopByForms() async throws {
    let office = try await TestOffice.make()
    let received = try await office.report()
    let no = received.matterNo
    let report = received.report.id.description
    try await office.walk { signIn in
      let dispatcher = try await signIn("dispatcher")
      let officer = try await signIn("officer")
      let leader = try await signIn("leader")
      func take(_ who: Walker, _ noun: String, _ fields: KeyValuePairs<String, String>) async throws {
        let version = try await office.matter(no).version
        var all: [(String, String)] = [("version", String(version))]
        all += fields.map { ("\(noun)-\($0.key)", $0.value) }
        var body = "_csrf=\(who.csrf)"
        for (name, value) in all { body += "&\(name)=\(SafeURL.encode(value))" }
        let answer = try await who.client.executeRequest(
          uri: "/matters/\(no)/\(noun)", method: .post,
          headers: [.cookie: who.cookie, .contentType: "application/x-www-form-urlencoded"], body: .init(string: body))
        #expect(answer.status == .seeOther, "\(noun): \(answer.text.suffix(2500).prefix(1200))")
      }
      let desk = try await dispatcher.get("/dispatch")
      #expect(desk.status == .ok && desk.text.contains("派给徐泾中队") && desk.text.contains("元邑小城"))
      let one = "\(no)|1|\(office.squad.id)"
      #expect(try await dispatcher.post("/dispatch", ["one": one]).status == .seeOther)
      #expect(try await office.matter(no).state == .dispatched)
      #expect(try await officer.get("/today").text.contains(no) == true)
      try await take(officer, "acceptance", [:])
      try await take(officer, "contacts", ["report": report, "outcome": "reached", "note": "明天上午在家"])
      let version = String(try await office.matter(no).version)
      let visited = try await officer.upload(
        "/matters/\(no)/visits", ["version": version, "visits-outcome": "seen", "visits-note": "阳台已铺瓷砖并接排水管"], photos: [redPixel])
      #expect(visited.status == .seeOther, "\(visited.text.suffix(3000).prefix(1500))")
      try await take(
        officer, "findings",
        ["fact": "confirmed", "fact-note": "现场查见阳台改为卫生间", "claim": "reasonable", "claim-note": "违反住宅物业管理规定"])
      try await take(officer, "measures", ["kind": "ordered", "note": "责令十日内恢复原状"])
      let reply = try await officer.get("/matters/\(no)/reply")
      #expect(reply.text.contains("我队已采取措施：责令十日内恢复原状"), "the draft repeats what was written before")
      try await take(officer, "reply", ["outcome": "solved", "text": "已责令恢复原状，10月8日前复查。"])
      #expect(try await leader.get("/today").text.contains("待我审核答复"))
      try await take(leader, "approval", [:])
      try await take(leader, "revisits", ["report": report, "satisfaction": "satisfied", "solved": "yes"])
      #expect(try await office.matter(no).state == .closed)
      let page = try await officer.get("/matters/\(no)").text
      #expect(page.contains("已办结") && page.contains("/files/"))
      #expect(try await officer.get("/matters/\(no)/history").text.contains("怎么算的"))
    }
  }

  @Test func photosAreServedToTheSquadAndNobodyElse() async throws {
    let office = try await TestOffice.make()
    let received = try await office.report()
    let no = received.matterNo
    let officer = try office.person("officer")
    try await office.matters.dispatch(no, to: office.squad.id, note: "", version: nil, by: try office.person("dispatcher"))
    try await office.matters.accept(no, officer: nil, version: nil, by: officer)
    try await office.walk { signIn in
      let own = try await signIn("officer")
      let version = String(try await office.matter(no).version)
      try await own.upload(
        "/matters/\(no)/visits", ["version": version, "visits-outcome": "seen", "visits-note": "已拍照"], photos: [redPixel])
      let files = try await office.matters.file(no, for: officer).files
      let file = try #require(files.first)
      let thumbnail = try #require(file.thumbnail)
      let shown = try await own.get("/files/\(thumbnail)")
      #expect(shown.status == .ok && shown.headers[.contentType] == "image/jpeg" && shown.headers[.xContentTypeOptions] == "nosniff")
      let original = try await own.get("/files/\(file.sha256)")
      #expect(original.status == .ok && original.headers[.contentDisposition]?.hasPrefix("attachment") == true)
      #expect(try await signIn("manager").get("/files/\(thumbnail)").status == .ok)
      #expect(try await signIn("manager").get("/files/\(file.sha256)").status == .notFound)
      #expect(try await signIn("stranger").get("/files/\(thumbnail)").status == .notFound)
      #expect(try await own.get("/files/../../etc/passwd").status == .notFound)
    }
  }

  @Test func anOldVersionMeetsTheConflictPageThatNamesTheChange() async throws {
    let office = try await TestOffice.make()
    let no = try await office.report().matterNo
    try await office.matters.dispatch(no, to: office.squad.id, note: "", version: 1, by: try office.person("dispatcher"))
    try await office.walk { signIn in
      let leader = try await signIn("leader")
      let late = try await leader.post(
        "/matters/\(no)/dispatch", ["version": "1", "dispatch-squad": office.squad.id.description, "dispatch-note": "请尽快上门"])
      #expect(late.status == .conflict)
      #expect(late.text.contains("情况已经变化") && late.text.contains("派单给徐泾中队") && late.text.contains("赵派单"))
      #expect(late.text.contains("请尽快上门"), "what was typed is not lost")
      let none = try await leader.post("/matters/\(no)/acceptance", [:])
      #expect(none.status == .unprocessableContent && none.text.contains("请刷新事项页面"))
    }
  }

  @Test func whatIsMissingIsSaidBesideTheField() async throws {
    let office = try await TestOffice.make()
    let no = try await office.report().matterNo
    try await office.matters.dispatch(no, to: office.squad.id, note: "", version: nil, by: try office.person("dispatcher"))
    try await office.walk { signIn in
      let officer = try await signIn("officer")
      let answer = try await officer.post("/matters/\(no)/objection", ["version": "2"])
      #expect(answer.status == .unprocessableContent)
      #expect(answer.text.contains("id=\"f-objection-reason-error\"") && answer.text.contains("请写明退单理由"))
      try await office.matters.accept(no, officer: nil, version: nil, by: try office.person("officer"))
      let early = try await officer.post(
        "/matters/\(no)/findings",
        [
          "version": "3", "findings-fact": "confirmed", "findings-fact-note": "查见改建", "findings-claim": "reasonable",
          "findings-claim-note": "依据规定",
        ])
      #expect(early.status == .conflict && early.text.contains("还没有现场核查记录"))
      #expect(try await officer.get("/matters/\(no)").text.contains("还没有现场核查记录"), "a step that must wait says why")
    }
  }

  @Test func severalAreSentAtOnceAndRefusalsAreNamed() async throws {
    let office = try await TestOffice.make()
    let first = try await office.report("一号楼漏水").matterNo
    let second = try await office.report("二号楼漏水").matterNo
    try await office.walk { signIn in
      let dispatcher = try await signIn("dispatcher")
      let list = try await dispatcher.get("/matters?group=dispatch")
      #expect(list.text.contains("value=\"\(first)|1\"") && list.text.contains("派出选中的事项"))
      let answer = try await dispatcher.post(
        "/dispatch", ["matters": "\(first)|1", "matters": "\(second)|9", "squad": office.otherSquad.id.description])
      #expect(answer.status == .conflict && answer.text.contains(second) && answer.text.contains("1 件没有派出"))
      #expect(try await office.matter(first).squadName == "夏阳中队")
      #expect(try await office.matter(second).state == .registered)
    }
  }

  @Test func whatIsFoundOnPatrolIsTakenOnAtOnce() async throws {
    let office = try await TestOffice.make()
    try await office.walk { signIn in
      let officer = try await signIn("officer")
      #expect(try await officer.get("/patrol/new").text.contains("元邑小城"))
      #expect(try await officer.get("/patrol/new?q=盈港东路".addingPercent).text.contains("元邑小城"))
      #expect(try await officer.get("/patrol/new?compound=\(office.compound)").text.contains("由我接着办"))
      let empty = try await officer.upload("/patrol", ["compound": office.compound.description, "content": ""], photos: [])
      #expect(empty.status == .unprocessableContent && empty.text.contains("请写明发生了什么"))
      let bad = try await officer.upload(
        "/patrol", ["compound": office.compound.description, "content": "天井搭建"], photos: [.init("<svg onload=alert(1)>".utf8)])
      #expect(bad.status == .unprocessableContent && bad.text.contains("请上传 JPG"))
      let done = try await officer.upload(
        "/patrol", ["compound": office.compound.description, "content": "天井正在搭建玻璃房", "mine": "1"], photos: [redPixel])
      #expect(done.status == .seeOther)
      let no = try #require(done.headers[.location]?.split(separator: "/").last.map(String.init))
      let matter = try await office.matter(no)
      #expect(matter.state == .accepted && matter.officerName == "王建国")
    }
  }
}

extension String {
  var addingPercent: String {
    split(separator: "=", maxSplits: 1).enumerated().map { $0.offset == 0 ? String($0.element) : SafeURL.encode(String($0.element)) }
      .joined(separator: "=")
  }
}
