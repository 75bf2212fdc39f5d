import ClockBook
import Figures
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Sheets
import Storage
import TestHouse
import TestOffice
import Testing
import WorkCalendar

@testable import CityLists

/// The city's lists come in once, are answered in time, and stand in the figures until the city takes its word back.
@Suite struct CityListsTests {
  static let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data")
  static func mapping() throws -> CityListMapping {
    try CityListMapping(reading: try Data(contentsOf: data.appending(path: "mappings/city-lists.json")))
  }
  static func table(_ rows: [[String]], header: [String] = ["工单编号", "通报类型", "原因", "答复期限"]) -> Table {
    Table(header: header, cells: rows)
  }

  struct Scene {
    let office: TestOffice
    let lists: CityLists
    let figures: Figures
    static func make() async throws -> Scene {
      let office = try await TestOffice.make(more: FiguresMigrations.all + CityListsMigrations.all)
      return Scene(
        office: office, lists: CityLists(matters: office.matters, mapping: try CityListsTests.mapping()),
        figures: Figures(
          house: office.house,
          book: try FigureBook(reading: try Data(contentsOf: CityListsTests.data.appending(path: "figures/figures.json")))))
    }
    var today: Day { office.clock.now.day }
    var month: Month { Month(today) }
    func person(_ login: String) throws -> Person { try office.person(login) }
    /// A hotline report, with the squad.
    func report(_ sourceNo: String, item: String = "pet-feces") async throws -> Received {
      var new = NewReport(channel: .hotline, content: "绿地里全是狗粪，没有人管。", saidAt: office.clock.now)
      new.compound = office.compound.raw
      new.item = item
      new.callerName = "王芳"
      new.callerPhone = "13800001234"
      new.sourceNo = sourceNo
      let received = try await office.matters.receive(new, by: .system)
      try await office.matters.dispatch(received.matterNo, to: office.squad.id, note: "", version: nil, by: try person("dispatcher"))
      return received
    }
    /// Answered, solved, satisfied, as our own papers have it.
    func answered(_ sourceNo: String) async throws -> Received {
      let received = try await report(sourceNo)
      let (matters, officer, leader, no) = (office.matters, try person("officer"), try person("leader"), received.matterNo)
      try await matters.accept(no, officer: nil, version: nil, by: officer)
      try await matters.contact(no, report: received.report.id, outcome: .reached, note: "", version: nil, by: officer)
      try await matters.visit(no, NewVisit(outcome: .seen, note: "到现场查看。"), version: nil, by: officer)
      try await matters.find(
        no, fact: .confirmed, factNote: "绿地里有多处狗粪。", claim: .reasonable, claimNote: "影响通行，有依据。", version: nil, by: officer)
      try await matters.measure(no, kind: .persuaded, note: "已劝导并清理。", version: nil, by: officer)
      try await matters.reply(no, outcome: .solved, text: "已清理，会继续巡查。", version: nil, by: officer)
      try await matters.approve(no, note: "", version: nil, by: leader)
      try await matters.revisit(
        no, report: received.report.id, satisfaction: .satisfied, solved: true, note: "", version: nil, by: leader)
      return received
    }
    func counts() async throws -> Counts {
      try await figures.count()
      #expect(try await figures.differences().isEmpty)
      return try await figures.counts(FigureScope(from: month.adding(-1), through: month), for: try person("manager"))
    }
    @discardableResult
    func take(_ rows: [[String]], by login: String = "dispatcher") async throws -> CityImport {
      try await lists.take(CityListsTests.table(rows), kind: nil, month: month, by: try person(login))
    }
    func only(_ login: String = "leader") async throws -> CityEntry {
      let all = try await lists.entries(CityFilter(), for: try person(login))
      guard let one = all.first, all.count == 1 else { throw Refusal(.missing, "test", "\(all.count) entries") }
      return one
    }
    func refusal(_ body: () async throws -> Void) async throws -> [String] {
      do {
        try await body()
        return []
      } catch let refusal as Refusal { return [refusal.code] } catch let wrong as Refusals { return wrong.all.map(\.code) }
    }
    func sent(_ one: CityEntry) async throws -> CityEntry {
      try await lists.appeal(
        one.id, reason: "当日已经联系并清理，市民当面认可。", evidence: "事项页有通话记录和照片。", version: one.version, by: try person("officer"))
      let asked = try await only()
      try await lists.review(asked.id, approve: true, note: "", version: asked.version, by: try person("leader"))
      return try await only()
    }
  }

  // MARK: Reading

  @Test func badAndDoubleRowsAreTold() throws {
    let month = Month(try #require(Day(iso: "2026-09-01")))
    let usual = try #require(Day(iso: "2026-10-09"))
    let read = try Self.mapping().read(
      Self.table([
        ["RX2026090001", "不满意件", "答复敷衍", "2026/10/8"], ["", "不满意", "", ""], ["RX2026090001", "不满意", "又一次", ""],
        ["RX2026090001", "未解决", "还是没解决", ""], ["RX2026090002", "表扬件", "", ""], ["RX2026090003", "未联系", "", "八月三十二日"],
        ["RX2026090004", "未先行联系件", "", "2026-08-01"], ["RX 2026", "未解决", "", ""],
        ["RX2026090005", "未先行联系", "市民王女士13800001234称没有人联系", ""],
      ]), kind: nil, month: month, usual: usual)
    #expect(read.drafts.map(\.sourceNo) == ["RX2026090001", "RX2026090001", "RX2026090005"])
    #expect(read.drafts.map(\.kind) == [.dissatisfied, .unsolved, .uncontacted])
    #expect(read.drafts[0].due.iso == "2026-10-08" && read.drafts[1].due == usual)
    #expect(!read.drafts[2].said.contains("13800001234"), "what the city says is kept masked")
    #expect(read.bad.map(\.line) == [3, 4, 6, 7, 8, 9])
    #expect(read.bad.map(\.reason.isEmpty).allSatisfy { !$0 } && read.bad[1].reason == "与第 2 行是同一件")
  }

  @Test func aListWithoutItsColumnsIsRefused() throws {
    let (month, day) = (Month(try #require(Day(iso: "2026-09-01"))), try #require(Day(iso: "2026-10-09")))
    func code(_ header: [String], _ kind: CityEntry.Kind?) throws -> String? {
      let mapping = try Self.mapping()
      do throws(Refusal) {
        _ = try mapping.read(Self.table([["A12345"]], header: header), kind: kind, month: month, usual: day)
        return nil
      } catch { return error.code }
    }
    #expect(try code(["姓名"], .unsolved) == "city-lists-column")
    #expect(try code(["热线工单编号"], nil) == "city-lists-kind")
    #expect(try code(["热线工单编号"], .unsolved) == nil)
    let text = try String(contentsOf: Self.data.appending(path: "mappings/city-lists.json"), encoding: .utf8)
    #expect(throws: DataFileError.self) {
      try CityListMapping(reading: Data(text.replacingOccurrences(of: #""未实际解决""#, with: #""不满意""#).utf8))
    }
  }

  // MARK: Entering

  @Test func aListIsEnteredOnceAndWhatNobodyKnowsIsKept() async throws {
    let scene = try await Scene.make()
    _ = try await scene.report("RX0001")
    let rows = [["RX0001", "不满意", "答复敷衍", ""], ["RX0002", "未解决", "", ""], ["", "未解决", "", ""]]
    let preview = try await scene.lists.preview(Self.table(rows), kind: nil, month: scene.month, by: try scene.person("manager"))
    #expect(preview.ready == 2 && preview.unmatched == 1 && preview.bad.count == 1 && preview.same == 0)
    #expect(try await scene.lists.entries(CityFilter(), for: try scene.person("manager")).isEmpty, "a preview writes nothing")
    let first = try await scene.take(rows)
    #expect(first.added == 2 && first.unmatched == 1 && first.same == 0 && first.bad.count == 1)
    let entries = try await scene.office.house.store.read { db in try db.number("SELECT count(*) AS n FROM journal") }
    let again = try await scene.take(rows)
    #expect(again.added == 0 && again.same == 2)
    #expect(
      try await scene.office.house.store.read { db in try db.number("SELECT count(*) AS n FROM journal") } == entries, "nothing at all")
    // The squad sees its own, the district also what nobody knows; another squad nothing.
    #expect(try await scene.lists.entries(CityFilter(), for: try scene.person("officer")).map(\.sourceNo) == ["RX0001"])
    #expect(try await scene.lists.entries(CityFilter(), for: try scene.person("manager")).count == 2)
    #expect(try await scene.lists.entries(CityFilter(), for: try scene.person("stranger")).isEmpty)
    #expect(try await scene.lists.counts(for: try scene.person("manager")).unmatched == 1)
    for login in ["officer", "leader", "head"] {
      #expect(try await scene.refusal { try await scene.take(rows, by: login) } == ["people-not-permitted"])
    }
    #expect(
      try await scene.refusal {
        try await scene.lists.take(Self.table(rows), kind: nil, month: scene.month.adding(1), by: try scene.person("manager"))
      } == ["city-lists-month"])
    let told = try await scene.office.matters.notices(of: try scene.person("leader"))
    #expect(told.contains { $0.text.contains("市级通报") && $0.text.contains("1 件涉及本队") })
  }

  @Test func aNumberThatComesLaterIsFoundAtNight() async throws {
    let scene = try await Scene.make()
    try await scene.take([["RX0009", "未解决", "", ""]])
    let one = try await scene.only("manager")
    #expect(
      try await scene.refusal {
        try await scene.lists.decide(one.id, upheld: true, verdict: "同意", version: 1, by: try scene.person("manager"))
      } == ["city-lists-unmatched"])
    _ = try await scene.answered("RX0009")
    #expect(try await scene.counts()[.solved] == 1)
    #expect(try await scene.lists.match() == 1)
    #expect(try await scene.lists.match() == 0)
    #expect(try await scene.only().squadName == "徐泾中队")
    #expect(try await scene.counts()[.solved] == 0)
  }

  // MARK: Answering

  @Test func theCitysWordStandsWhetherAcceptedOrNot() async throws {
    let scene = try await Scene.make()
    let received = try await scene.answered("RX0001")
    var counts = try await scene.counts()
    #expect(counts[.satisfied] == 1 && counts[.solved] == 1 && counts[.contacted] == 1)
    try await scene.take([["RX0001", "不满意", "答复敷衍", ""]])
    counts = try await scene.counts()
    #expect(counts[.satisfied] == 0 && counts[.dissatisfied] == 1 && counts[.rated] == 1 && counts[.solved] == 1, "not answered yet")
    let one = try await scene.only()
    #expect(try await scene.lists.entries(ofMatter: received.matterNo, for: try scene.person("officer")).map(\.id) == [one.id])
    #expect(
      try await scene.refusal {
        try await scene.lists.accept(one.id, answer: "再次上门说明。", version: 1, by: try scene.person("stranger"))
      } == ["city-lists-missing"])
    #expect(
      try await scene.refusal {
        try await scene.lists.accept(one.id, answer: "再次上门说明。", version: 1, by: try scene.person("manager"))
      } == ["people-not-permitted"])
    try await scene.lists.accept(one.id, answer: "本周再次上门说明。", version: 1, by: try scene.person("officer"))
    #expect(
      try await scene.refusal {
        try await scene.lists.accept(one.id, answer: "本周再次上门说明。", version: 2, by: try scene.person("officer"))
      } == ["city-lists-decided"])
    #expect(try await scene.counts()[.dissatisfied] == 1)
    let rows = try await scene.figures.rows(
      .dissatisfied, nil, key: "", FigureScope(from: scene.month, through: scene.month), for: try scene.person("manager"))
    #expect(rows.map(\.city) == [[.dissatisfied]], "the row says why")
  }

  @Test(arguments: [true, false]) func anAppealChangesTheFiguresOnlyWhenUpheld(upheld: Bool) async throws {
    let scene = try await Scene.make()
    _ = try await scene.answered("RX0001")
    try await scene.take([["RX0001", "未解决", "还有", ""]])
    #expect(try await scene.counts()[.solved] == 0)
    let one = try await scene.only()
    #expect(
      try await scene.refusal {
        try await scene.lists.appeal(one.id, reason: "不对", evidence: "", version: 1, by: try scene.person("officer"))
      } == ["city-lists-reason", "city-lists-evidence"])
    let sent = try await scene.sent(one)
    #expect(sent.state == .sent && sent.reviewedBy == "陈队长" && sent.counts)
    #expect(try await scene.counts()[.solved] == 0, "an appeal alone changes nothing")
    #expect(
      try await scene.refusal {
        try await scene.lists.decide(one.id, upheld: true, verdict: "同意申诉", version: sent.version, by: try scene.person("leader"))
      } == ["people-not-permitted"])
    let table = try await scene.lists.appeals(scene.month, by: try scene.person("manager"))
    #expect(table.rows.count == 1 && table.rows[0].cells.contains("RX0001") && !table.rows[0].cells.contains { $0.contains("王芳") })
    let read = try Table.read(file: table.xlsx(title: "申诉"), name: "a.xlsx")
    #expect(read.rows.map(\.cells) == table.rows.map(\.cells))
    try await scene.lists.decide(
      one.id, upheld: upheld, verdict: upheld ? "核实后予以剔除" : "证据不足", version: sent.version, by: try scene.person("manager"))
    let counts = try await scene.counts()
    #expect(counts[.solved] == (upheld ? 1 : 0) && counts[.concluded] == 1)
    #expect(try await scene.only().state == (upheld ? .upheld : .rejected))
    #expect(try await scene.office.house.store.read { db in try Journal.verify(db).faults }.isEmpty)
  }

  @Test func whoWasNotContactedIsCountedEvenWithoutANumber() async throws {
    let scene = try await Scene.make()
    _ = try await scene.answered("RX0001")
    try await scene.take([["RX0001", "未先行联系", "", ""]])
    let counts = try await scene.counts()
    #expect(counts[.contactDue] == 1 && counts[.contacted] == 0)
  }

  @Test func appealsEndWithTheirDayAndGoThroughTheLeader() async throws {
    let scene = try await Scene.make()
    _ = try await scene.report("RX0001")
    try await scene.take([["RX0001", "未解决", "", ""]])
    let one = try await scene.only()
    #expect(one.due == scene.office.matters.clocks.calendar.adding(workingDays: 5, to: scene.today).day)
    let (officer, leader) = (try scene.person("officer"), try scene.person("leader"))
    let (reason, evidence) = ("当日已经联系并清理，市民当面认可。", "事项页有通话记录和照片。")
    try await scene.lists.appeal(one.id, reason: reason, evidence: evidence, version: 1, by: officer)
    #expect(
      try await scene.refusal { try await scene.lists.review(one.id, approve: true, note: "", version: 2, by: officer) }
        == ["people-not-permitted"])
    #expect(
      try await scene.refusal { try await scene.lists.review(one.id, approve: false, note: "", version: 2, by: leader) } == [
        "city-lists-note"
      ])
    try await scene.lists.review(one.id, approve: false, note: "补充照片编号", version: 2, by: leader)
    #expect(try await scene.only().state == .open)
    #expect(
      try await scene.refusal {
        try await scene.lists.appeal(one.id, reason: reason, evidence: evidence, version: 1, by: officer)
      } == ["city-lists-changed"])
    scene.office.clock.advance(minutes: 1440 * 20)
    #expect(
      try await scene.refusal {
        try await scene.lists.appeal(one.id, reason: reason, evidence: evidence, version: 3, by: officer)
      } == ["city-lists-late"])
    #expect(try await scene.only().isOverdue(on: scene.today))
    try await scene.lists.accept(one.id, answer: "本周再次上门清理。", version: 3, by: officer)
    #expect(try await scene.only().state == .accepted)
  }
}
