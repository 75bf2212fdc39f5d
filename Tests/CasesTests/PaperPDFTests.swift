import Cases
import Crypto
import Foundation
import Kernel
import Storage
import TestHouse
import TestOffice
import Testing
import Typesetting

/// What comes out on paper. Needs `scripts/typesetter.sh` and poppler-utils, which `make test` brings.
@Suite(.enabled(if: PaperScene.canTypeset && PDFText.isThere)) struct PaperPDFTests {
  @Test func aDecisionSaysWhatArticle59Wants() async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade(party: "王镕喆堃")
    let issued = try await scene.issueDecision(of: no)
    let (pdf, name) = try await scene.cases.pdf(of: issued.id, no, for: scene.head)
    #expect(name == "行政处罚决定书 徐泾中队罚决〔2026〕1号.pdf")
    let text = try PDFText.dense(pdf)
    for words in [
      "上海市青浦区徐泾镇人民政府", "行政处罚决定书", "徐泾中队罚决〔2026〕1号", "当事人：王镕喆堃", "310118**********34", "盈港东路8900弄12号301室", "一、违法事实", "2.52㎡",
      "二、证据", "三、法律适用", "四、陈述、申辩和听证", "可以加装坡道解决，不予采纳", "五、裁量理由", "六、处罚决定", "叁仟元整", "七、履行方式和期限", "十五日内", "中国农业银行上海徐泾支行", "行政复议",
      "行政诉讼", "（印章）", "二〇二六年九月二十四日", "第1页共",
    ] { #expect(text.contains(words), "\(words)") }
    #expect(!text.contains("【待填") && !text.contains("草稿"))
  }

  @Test func theSameCaseGivesTheSameBytes() async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade()
    let issued = try await scene.issueDecision(of: no)
    let first = try await scene.cases.pdf(of: issued.id, no, for: scene.head).bytes
    let kept = try #require(try await scene.paper("penalty-decision", of: no).sha256)
    #expect(kept == SHA256.hash(data: first).hex)
    #expect(try scene.office.house.vault.bytes(kept) == first)
    // Weeks later, by another process, with the file gone from the vault: the frozen words make the same bytes.
    scene.clock.advance(minutes: 60 * 24 * 30)
    try scene.office.house.vault.setAside(kept)
    try scene.office.house.vault.discard(kept)
    let other = try Cases(
      house: scene.office.house, clocks: scene.cases.clocks, catalogue: scene.cases.catalogue, data: CaseGround.data,
      typesetter: Typesetter(PaperScene.place, size: 1))
    #expect(try await other.pdf(of: issued.id, no, for: scene.head).bytes == first)
    // Words changed behind the program's back do not pass for the paper.
    try scene.office.house.vault.setAside(kept)
    try scene.office.house.vault.discard(kept)
    try await scene.office.house.store.write { db in
      _ = try db.run("UPDATE case_paper SET document = replace(document, '3000', '300') WHERE id = \(issued.id)")
    }
    let refusal = await scene.refusal { _ = try await scene.cases.pdf(of: issued.id, no, for: scene.head) }
    #expect(refusal?.code == "cases-paper-altered")
  }

  @Test func everyKindOfPaperCanBeSet() async throws {
    let scene = try await PaperScene.make()
    let no = try await scene.facade()
    try await scene.issueDecision(of: no)
    try await scene.take(.serve, ["method": "direct", "on": scene.clock.now.day.iso, "servers": "2"], on: no)
    for form in scene.cases.makeable {
      do { _ = try await scene.cases.makePaper(form.id, for: no, by: try scene.person("officer")) } catch let refusal as Refusal {
        #expect(refusal.code == "cases-paper-there", "\(form.id)")
      }
    }
    for paper in try await scene.cases.papers(of: no, for: scene.head) {
      let text = try PDFText.dense(try await scene.cases.pdf(of: paper.id, no, for: scene.head).bytes)
      #expect(text.contains(paper.title.filter { !$0.isWhitespace }), "\(paper.kind)")
      #expect(text.contains("草稿") == (paper.state == .draft), "\(paper.kind)")
    }
  }

  @Test func aNameIsNeverMarkup() async throws {
    let scene = try await PaperScene.make()
    let nasty = "#read(\"/etc/passwd\") $x$ *粗* \\ @a <b> [c]"
    let no = try await scene.facade(party: nasty)
    let draft = try await scene.paper("penalty-decision", of: no)
    let text = try PDFText.dense(try await scene.cases.pdf(of: draft.id, no, for: scene.head).bytes)
    #expect(text.contains("当事人：" + nasty.filter { !$0.isWhitespace }))
    #expect(!text.contains("root:"))
  }

  @Test func theWholeFileHasCoverListAndPageNumbers() async throws {
    let scene = try await PaperScene.make()
    let bare = try await scene.cases.open(
      NewCase(item: "facade-damage", procedure: .ordinary, foundOn: scene.clock.now.day, place: "盈港东路8900弄9号"),
      by: try scene.person("officer"))
    let none = await scene.refusal { _ = try await scene.cases.bound(bare.no, for: scene.head) }
    #expect(none?.code == "cases-no-papers")
    // Order and prior notice are issued on the way.
    let no = try await scene.facade()
    scene.clock.advance(minutes: 5)
    let decision = try await scene.issueDecision(of: no)
    scene.clock.advance(minutes: 5)
    let corrected = try await scene.cases.correct(decision.id, of: no, reason: "住址有误", version: nil, by: scene.head)
    try await scene.cases.issue(corrected, of: no, version: nil, by: scene.head)
    let (pdf, _) = try await scene.cases.bound(no, for: scene.head)
    #expect(try await scene.cases.bound(no, for: scene.head).bytes == pdf, "the same file twice")
    let text = try PDFText.of(pdf)
    let dense = text.filter { !$0.isWhitespace }
    for words in ["案卷", no, "卷内目录", "责令（限期）改正通知书", "徐泾中队罚决〔2026〕2号", "备考表", "本卷共有文书4件", "已更正", "其中1件已被更正"] {
      #expect(dense.contains(words), "\(words)")
    }
    // Form feeds part the pages; cover and list come before page 1 of the file.
    let pages = text.split(separator: "\u{0C}", omittingEmptySubsequences: true).map { $0.filter { !$0.isWhitespace } }
    #expect(pages[0].contains("案号") && pages[1].contains("卷内目录"))
    #expect(pages[2].contains("卷内1") && pages[2].contains("责令（限期）改正通知书"))
    let begins = try #require(pages[3...].firstIndex { $0.contains("行政处罚决定书") })
    #expect(pages[begins].contains("卷内\(begins - 1)"))
  }
}
