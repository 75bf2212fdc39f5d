import Cases
import Foundation
import Kernel
import People
import Storage
import TestHouse
import TestOffice
import Testing
import Typesetting

/// Papers: drafted by the steps, complete before they are issued, numbered without gap or double, frozen after.
@Suite struct PaperTests {
  @Test func everyPaperHasALayoutAndFulfilsItsContents() throws {
    let (papers, book) = try PaperScene.book()
    #expect(book.forms.map(\.id) == papers.map(\.id))
    // What reading checks: a content nobody fulfils, a word nobody knows, a paper that is not there.
    var text = String(decoding: try CaseGround.data("papers/papers.json"), as: UTF8.self)
    text = text.replacing("\"机关名称、日期、印章\"", with: "\"印章\"").replacing("{party-name}", with: "{party-nickname}")
    let error = #expect(throws: DataFileError.self) { try PaperBook(reading: Data(text.utf8), papers: papers) }
    let problems = error?.problems.joined(separator: "\n") ?? ""
    #expect(problems.contains("nothing fulfils \"机关名称、日期、印章\""))
    #expect(problems.contains("nothing is called {party-nickname}"))
  }

  @Test func stepsDraftTheirPapersFromTheCase() async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade()
    let papers = try await scene.cases.papers(of: no, for: try scene.person("officer"))
    #expect(
      papers.map(\.kind) == [
        "filing-approval", "site-record", "photo-evidence", "rectify-order", "rectify-review", "investigation-report", "prior-notice",
        "service-receipt",
        "statement-record", "legal-review", "collective-record", "penalty-decision",
      ])
    // What a step hands over was issued before it; the others wait.
    #expect(papers.filter { $0.state == .issued }.map(\.kind) == ["rectify-order", "prior-notice"])
    #expect(papers.filter { $0.state != .issued }.allSatisfy { $0.state == .draft && $0.no == nil })
    let decision = try await scene.paper("penalty-decision", of: no)
    #expect(decision.texts["party"] == "王镕喆" && decision.texts["party-id"] == "310118**********34")
    #expect(decision.texts["facts"]?.contains("当事人王镕喆在盈港东路8900弄12号南立面有“") == true)
    #expect(decision.texts["facts"]?.contains("开凿门洞一处，面积2.52㎡") == true)
    #expect(decision.texts["evidence"]?.contains("1. 现场检查（勘验）笔录一份（2026年9月24日）") == true)
    #expect(decision.texts["penalty"]?.contains("罚款人民币3000元（大写：叁仟元整）。") == true)
    #expect(decision.texts["defence"]?.contains("家中老人行动不便") == true && decision.texts["defence"]?.contains("可以加装坡道解决，不予采纳") == true)
    #expect(decision.texts["discretion"]?.contains("属一般情节") == true)
    #expect(decision.texts["remedies"]?.contains("上海市青浦区人民政府") == true)
    // The filing's paper was begun with the request and carried on by the approval.
    let filing = try await scene.paper("filing-approval", of: no)
    #expect(filing.texts["approval"]?.hasPrefix("同意立案。2026年9月24日") == true)
  }

  /// A decision once said "仍在持续" of what its own evidence showed corrected.
  @Test(arguments: [(false, "的行为，该行为仍在持续。"), (true, "的行为，现已改正。")])
  func thePaperSaysWhetherItWasCorrected(_ corrected: Bool, _ words: String) async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade(until: .endNotice, corrected: corrected)
    #expect(try await scene.paper("prior-notice", of: no).texts["facts"]?.contains(words) == true)
  }

  @Test func aDecisionLacksNothingOfArticle59() async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade()
    let draft = try await scene.paper("penalty-decision", of: no)
    let (_, book) = try PaperScene.book()
    let form = try #require(book["penalty-decision"])
    // The bank is not known to the case.
    let first = await scene.refusal { try await scene.cases.issue(draft.id, of: no, version: draft.version, by: scene.head) }
    #expect(first?.code == "cases-paper-field" && first?.field == "bank" && first?.article?.contains("行政处罚法59") == true)
    let whole = draft.texts.merging(["bank": "农业银行徐泾支行，京华路1号"]) { $1 }
    for field in form.fields where !field.isOptional && !field.fulfils.isEmpty {
      var texts = whole
      texts[field.name] = " "
      let refusal = await scene.refusal {
        try await scene.cases.issue(draft.id, of: no, texts: texts, version: draft.version, by: scene.head)
      }
      #expect(refusal?.code == "cases-paper-field" && refusal?.field == field.name, "\(field.label)")
      texts[field.name] = "如下：【待填：详情】"
      let gap = await scene.refusal { try await scene.cases.issue(draft.id, of: no, texts: texts, version: draft.version, by: scene.head) }
      #expect(gap?.code == "cases-paper-gap" && gap?.field == field.name)
    }
    // Nothing was half-done by all that.
    let after = try await scene.paper("penalty-decision", of: no)
    #expect(after.state == .draft && after.version == draft.version && after.texts == draft.texts)
    #expect(try await scene.issueDecision(of: no).no == "徐泾中队罚决〔2026〕1号")
  }

  @Test func whoMayTakeTheStepIssuesThePaper() async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade()
    let decision = try await scene.paper("penalty-decision", of: no)
    for login in ["officer", "leader", "reviewer"] {
      let refusal = await scene.refusal {
        try await scene.cases.issue(decision.id, of: no, texts: ["bank": "农行"], version: nil, by: try scene.person(login))
      }
      #expect(refusal?.code == "cases-paper-not-yours", "\(login)")
    }
    // Those of the case may write on it; another squad does not even see it.
    try await scene.cases.edit(decision.id, of: no, texts: ["bank": "农行徐泾支行"], version: decision.version, by: try scene.person("officer"))
    let stranger = await scene.refusal { _ = try await scene.cases.paper(decision.id, of: no, for: try scene.person("stranger")) }
    #expect(stranger?.code == "cases-missing")
    let stale = await scene.refusal {
      try await scene.cases.edit(decision.id, of: no, texts: ["bank": "工行"], version: decision.version, by: try scene.person("second"))
    }
    #expect(stale?.code == "cases-paper-changed")
    #expect(try await scene.cases.issue(decision.id, of: no, version: nil, by: scene.head).state == .issued)
    // The bank stands in the next decision of the organ without being typed.
    let next = try await scene.facade(party: "李堃")
    #expect(try await scene.paper("penalty-decision", of: next).texts["bank"] == "农行徐泾支行")
  }

  @Test func twentyAtOnceGetTwentyNumbers() async throws {
    let scene = try await PaperScene.make()
    var notices: [(no: String, id: PaperRecord.ID)] = []
    let no = try await scene.facade(until: .reviewCorrection)
    let officer = try scene.person("officer")
    for _ in 0..<20 {
      // An order for each new term: the same kind, twenty drafts of one organ.
      try await scene.take(.orderCorrection, ["note": "恢复外墙原状。"], on: no)
      notices.append((no, try await scene.paper("rectify-order", of: no).id))
    }
    let issued = try await withThrowingTaskGroup(of: String?.self) { group in
      for (index, one) in notices.enumerated() {
        group.addTask {
          // Every fourth lacks something and must not use up a number.
          if index % 4 == 3 {
            let refusal = await scene.refusal {
              try await scene.cases.issue(one.id, of: one.no, texts: ["content": ""], version: nil, by: officer)
            }
            #expect(refusal?.code == "cases-paper-field")
          }
          return try await scene.cases.issue(one.id, of: one.no, version: nil, by: officer).no
        }
      }
      return try await group.reduce(into: [String?]()) { $0.append($1) }
    }
    // The first is the one that the review rested on.
    #expect(Set(issued.compactMap(\.self)) == Set((2...21).map { "徐泾中队责改〔2026〕\($0)号" }))
    // The count begins anew with the year.
    scene.clock.set(try Day.of("2027-01-04").at(hour: 9))
    try await scene.take(.orderCorrection, ["note": "恢复外墙原状。"], on: no)
    let next = try await scene.paper("rectify-order", of: no)
    #expect(try await scene.cases.issue(next.id, of: no, version: nil, by: officer).no == "徐泾中队责改〔2027〕1号")
  }

  @Test func anIssuedPaperIsFrozenAndACorrectedOneIsNew() async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade()
    let first = try await scene.issueDecision(of: no)
    let frozen = await scene.refusal { try await scene.cases.edit(first.id, of: no, texts: ["party": "别人"], version: nil, by: scene.head) }
    #expect(frozen?.code == "cases-paper-frozen")
    let again = await scene.refusal { try await scene.cases.issue(first.id, of: no, version: nil, by: scene.head) }
    #expect(again?.code == "cases-paper-frozen")
    let silent = await scene.refusal { _ = try await scene.cases.correct(first.id, of: no, reason: "", version: nil, by: scene.head) }
    #expect(silent?.code == "cases-no-reason")

    let id = try await scene.cases.correct(first.id, of: no, reason: "住址漏写室号", version: first.version, by: scene.head)
    let twice = await scene.refusal { _ = try await scene.cases.correct(first.id, of: no, reason: "再改一次", version: nil, by: scene.head) }
    #expect(twice?.code == "cases-paper-there")
    #expect(try await scene.cases.paper(first.id, of: no, for: scene.head).paper.state == .issued, "it stands until the new one is issued")
    let second = try await scene.cases.issue(id, of: no, texts: ["party-address": "盈港东路8900弄12号302室"], version: nil, by: scene.head)
    #expect(second.no == "徐泾中队罚决〔2026〕2号" && second.replaces == first.id)
    let old = try await scene.cases.paper(first.id, of: no, for: scene.head)
    #expect(old.paper.state == .replaced && old.paper.no == first.no && old.paper.texts == first.texts && old.replacedBy?.id == id)
    let late = await scene.refusal { _ = try await scene.cases.correct(first.id, of: no, reason: "再改一次", version: nil, by: scene.head) }
    #expect(late?.code == "cases-paper-not-issued")
  }

  @Test func papersThatTheirStepHandsOverAreMadeAhead() async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade(until: .reviewCorrection)
    let early = await scene.refusal { _ = try await scene.cases.makePaper("penalty-decision", for: no, by: scene.head) }
    #expect(early?.code == "cases-paper-not-yet")
    try await scene.take(.conclude, ["note": "已查清。"], on: no)
    try await scene.take(.propose, ["fine": "3000", "note": "一般情节。"], on: no)
    // The proposal has begun the notice, so that it can be issued before it is handed over.
    let draft = try await scene.paper("prior-notice", of: no)
    #expect(draft.state == .draft && draft.step == nil)
    let id = draft.id
    let told = ["served": "\(scene.clock.now.day.iso)T\(scene.clock.now.clockText)"]
    let unissued = await scene.refusal { try await scene.take(.giveNotice, told, on: no) }
    #expect(unissued?.code == "cases-not-issued" && unissued?.article == "行政处罚法第四十四条")
    #expect(unissued?.message.contains("《行政处罚事先告知书》") == true)
    let twice = await scene.refusal { _ = try await scene.cases.makePaper("prior-notice", for: no, by: try scene.person("officer")) }
    #expect(twice?.code == "cases-paper-there")
    try await scene.cases.issue(id, of: no, version: nil, by: try scene.person("officer"))
    try await scene.take(.giveNotice, ["served": "\(scene.clock.now.day.iso)T\(scene.clock.now.clockText)"], on: no)
    let notices = try await scene.cases.papers(of: no, for: scene.head).filter { $0.kind == "prior-notice" }
    #expect(notices.count == 1 && notices[0].state == .issued && notices[0].step != nil)
  }

  @Test func wordsOfMoneyAndDays() throws {
    #expect(try Day.of("2026-11-29").paperText == "二〇二六年十一月二十九日")
    #expect(try Day.of("2030-10-10").paperText == "二〇三〇年十月十日")
    #expect(try Day.of("2027-01-20").paperText == "二〇二七年一月二十日")
  }

  @Test func withoutTypesetterEverythingElseWorks() async throws {
    let nowhere = TypesetterPlace(folder: URL(fileURLWithPath: "/nonexistent"), layouts: PaperScene.place.root)
    let scene = try await PaperScene.make(typesetter: Typesetter(nowhere))
    let no = try await scene.facade()
    let issued = try await scene.issueDecision(of: no)
    #expect(issued.state == .issued)
    let refusal = await scene.refusal { _ = try await scene.cases.pdf(of: issued.id, no, for: scene.head) }
    #expect(refusal?.code == "papers-typesetter-missing" && refusal?.kind == .unavailable)
  }
}
