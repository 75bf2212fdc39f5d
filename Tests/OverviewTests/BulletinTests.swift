import Figures
import Foundation
import Kernel
import Matters
import People
import Storage
import TestHouse
import TestOffice
import Testing
import Typesetting

@testable import Overview

@Suite struct BulletinTests {
  @Test func periodsHoldTheirDays() throws {
    let sunday = try #require(Day(iso: "2026-11-29"))
    let week = BulletinPeriod(.weekly, holding: sunday)
    #expect(week.from.iso == "2026-11-23" && week.through == sunday && week.chinese == "2026年11月23日至11月29日")
    #expect(BulletinPeriod.last(.weekly, before: sunday).through.iso == "2026-11-22" && week.before.from.iso == "2026-11-16")
    #expect(week.yearBefore.from.weekday == 1 && week.yearBefore.from.iso == "2025-11-24")
    let month = BulletinPeriod.last(.monthly, before: sunday)
    #expect(
      month.from.iso == "2026-10-01" && month.through.iso == "2026-10-31" && month.before.from.iso == "2026-09-01"
        && month.yearBefore.from.iso == "2025-10-01")
    #expect(BulletinPeriod.last(.annual, before: sunday).chinese == "2025年")
    #expect(BulletinPeriod.last(.annual, before: try #require(Day(iso: "2026-12-02"))).through.iso == "2026-12-31")
  }

  /// Every number of the words is one of the figures, of the tables, or a date.
  @Test(arguments: BulletinKind.allCases) func everyNumberOfTheTextIsAFigure(_ kind: BulletinKind) async throws {
    let scene = try await OverviewScene.make()
    try await scene.year(30, everyDays: kind == .weekly ? 1 : 13)
    try await scene.figures.count()
    let leader = try scene.person("leader")
    let period = BulletinPeriod(kind, holding: scene.office.clock.now.day)
    let facts = try await scene.overview.facts(period, place: "徐泾中队", for: leader)
    let text = BulletinText(facts: facts, book: scene.figures.book, item: { scene.overview.item($0) })
    // The counts are those of the rows of the time.
    let rows = try await scene.figures.rows(
      .reports, nil, key: "", FigureScope(from: Month(period.from), through: Month(period.through)), for: leader, limit: 500
    ).filter { (period.from...period.through).contains(IdentifierSource.moment(of: $0.report).day) }
    for count in Count.allCases { #expect(facts.now.all[count] == rows.filter(count.holds).count, "\(count)") }
    var known = Set(["2026", "2025", "2027", "100%", "0%"])
    for counts in [facts.now.all, facts.before.all, facts.year.all] {
      for count in Count.allCases { known.insert("\(counts[count])") }
      for figure in scene.figures.book.figures { if let value = figure.value(counts, population: nil).text { known.insert(value) } }
    }
    let whole = facts.now.all[.complaints]
    for place in facts.now.places { known.insert("\(place.complaints)") }
    for facet in [Facet.item, .channel] {
      for (period, parts) in [(0, facts.now.facets[facet] ?? []), (1, facts.before.facets[facet] ?? [])] {
        for part in parts {
          known.insert("\(part.counts[.complaints])")
          if period == 0 { known.insert(BulletinText.share(part.counts[.complaints], of: whole)) }
        }
      }
    }
    func differences(_ a: [String: Int], _ b: [String: Int]) {
      for (key, now) in a {
        let before = b[key] ?? 0
        known.insert("\(abs(now - before))")
        if before > 0 { known.insert("\((abs(now - before) * 200 + before) / (before * 2))%") }
      }
    }
    func sums(_ period: PeriodCounts) -> [String: Int] {
      (period.facets[.item] ?? []).reduce(into: ["": period.all[.complaints]]) { $0[$1.key] = $1.counts[.complaints] }
    }
    differences(sums(facts.now), sums(facts.before))
    differences(sums(facts.now), sums(facts.year))
    for number in [
      facts.patternsFound, facts.patternsGoing, facts.plansOpened, facts.plansOpen, facts.plansOverdue, facts.casesOpened, facts.casesFiled,
      facts.casesDecided, facts.now.places.count, period.from.month, period.from.dayOfMonth, period.through.month,
      period.through.dayOfMonth, period.from.year,
    ] { known.insert("\(number)") }
    for section in text.sections {
      for number in BulletinContent.numbers(section.text) { #expect(known.contains(number), "\(number) in \(section.text)") }
      #expect(!section.text.contains("nan") && !section.text.contains("Optional") && !section.text.contains("nil"))
    }
    #expect(text.sections[0].text.contains("有效投诉 \(whole) 件") && whole > 0)
  }

  @Test func whatIsIssuedStandsAsItWas() async throws {
    let scene = try await OverviewScene.make()
    try await scene.year(12, everyDays: 4)
    try await scene.figures.count()
    let (leader, overview) = (try scene.person("leader"), scene.overview)
    let period = BulletinPeriod(.monthly, holding: scene.office.clock.now.day)
    let no = try await overview.draftBulletin(period, card: nil, by: leader)
    // Asked for once more it is the same draft.
    #expect(try await overview.draftBulletin(period, card: nil, by: try scene.person("leader2")) == no)
    #expect(
      try await refusal { try await overview.draftBulletin(period, card: nil, by: try scene.person("officer")) }?.code
        == "people-not-permitted")
    var (bulletin, content) = try await overview.bulletin(no, for: leader)
    #expect(bulletin.state == .draft && content.strangers.isEmpty)
    // A draft is its writers' alone.
    for login in ["officer", "chief", "manager"] {
      #expect(try await refusal { _ = try await overview.bulletin(no, for: try scene.person(login)) }?.code == "overview-bulletin-missing")
    }
    var texts = content.sections.map(\.text)
    texts[5] += "另有 4321 件由街道协调。"
    try await overview.editBulletin(no, title: "徐泾十一月通报", texts: texts, version: bulletin.version, issue: false, by: leader)
    #expect(
      try await refusal { try await overview.editBulletin(no, title: "徐泾十一月通报", texts: texts, version: 1, issue: false, by: leader) }?.code
        == "overview-bulletin-changed")
    (bulletin, content) = try await overview.bulletin(no, for: leader)
    #expect(content.strangers == ["4321"] && bulletin.title == "徐泾十一月通报")
    do {
      try await overview.editBulletin(no, title: "", texts: texts.map { _ in "" }, version: 2, issue: true, by: leader)
      Issue.record("issued")
    } catch let wrong as Refusals { #expect(wrong.all.count == 7) }
    try await overview.editBulletin(no, title: bulletin.title, texts: texts, version: 2, issue: true, by: leader)
    // More comes in and is counted: what was issued does not change.
    try await scene.year(6, everyDays: 1)
    try await scene.figures.count()
    let (issued, frozen) = try await overview.bulletin(no, for: leader)
    #expect(issued.state == .issued && frozen == content)
    #expect(
      try await refusal { try await overview.editBulletin(no, title: "再改一次标题", texts: texts, version: 3, issue: false, by: leader) }?.code
        == "overview-bulletin-issued")
    #expect(try await refusal { try await overview.dropBulletin(no, version: 3, by: leader) }?.code == "overview-bulletin-issued")
    // The squad's officers and its district see what was issued, another squad does not.
    #expect(try await overview.bulletins(for: try scene.person("officer")).map(\.no) == [no])
    #expect(try await overview.bulletins(for: try scene.person("manager")).map(\.no) == [no])
    #expect(try await overview.bulletins(for: try scene.person("chief")).isEmpty)
    // Another one of the same time may follow, and be dropped.
    let second = try await overview.draftBulletin(period, card: "digital-2025", by: leader)
    #expect(second != no)
    try await overview.dropBulletin(second, version: 1, by: leader)
    #expect(try await overview.bulletins(for: leader).map(\.no) == [no])
  }

  @Test func aTimeThatHasNotBegunIsRefused() async throws {
    let scene = try await OverviewScene.make()
    let period = BulletinPeriod(.monthly, holding: scene.month.adding(1).first)
    #expect(
      try await refusal { try await scene.overview.draftBulletin(period, card: nil, by: try scene.person("leader")) }?.code
        == "overview-bulletin-period")
  }

  static let isPossible = OverviewScene.place.missing.isEmpty && FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")
  @Test(.enabled(if: isPossible)) func thePaperSaysWhatThePageSays() async throws {
    let scene = try await OverviewScene.make()
    try await scene.year(20, everyDays: 18)
    try await scene.figures.count()
    let manager = try scene.person("manager")
    let no = try await scene.overview.draftBulletin(
      BulletinPeriod(.annual, holding: scene.office.clock.now.day), card: "digital-2025", by: manager)
    let draft = try Self.text(try await scene.overview.pdf(ofBulletin: no, for: manager).bytes)
    #expect(draft.contains("草稿"))
    let (bulletin, content) = try await scene.overview.bulletin(no, for: manager)
    try await scene.overview.editBulletin(
      no, title: bulletin.title, texts: content.sections.map(\.text), version: bulletin.version, issue: true, by: manager)
    let first = try await scene.overview.pdf(ofBulletin: no, for: manager)
    let text = try Self.text(first.bytes)
    #expect(!text.contains("草稿") && first.name == "\(bulletin.title).pdf")
    // Lines are broken where the paper ends, so they are compared without breaks.
    for section in content.sections {
      for sentence in section.text.split(whereSeparator: { "。\n".contains($0) }) {
        #expect(text.contains(sentence.filter { !$0.isWhitespace }), "\(sentence)")
      }
    }
    for sheet in content.sheets {
      #expect(text.contains(sheet.title))
      for cell in sheet.rows.flatMap({ $0 }) { #expect(text.contains(cell.filter { !$0.isWhitespace }), "\(cell)") }
    }
    // Once set it is kept.
    #expect(try await scene.overview.pdf(ofBulletin: no, for: manager).bytes == first.bytes)
    #expect(try await scene.number("SELECT count(*) AS n FROM bulletin WHERE sha256 IS NOT NULL") == 1)
  }
  private static func text(_ pdf: Data) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "bulletin-\(UInt64.random(in: 0...UInt64.max)).pdf")
    defer { try? FileManager.default.removeItem(at: file) }
    try pdf.write(to: file)
    return String(decoding: try ChildProcess.run("/usr/bin/pdftotext", ["-raw", file.path, "-"]).output, as: UTF8.self)
      .replacing(/第\s*\d+\s*页\s*共\s*\d+\s*页/, with: "").filter { !$0.isWhitespace }
      // What stands at the head and across each page.
      .replacing("〔演示数据〕", with: "").replacing("演示数据", with: "")
  }
}
