import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import People
import Sheets
import Storage
import Synchronization
import TestHouse
import Testing

@Suite struct ImportTests {
  static let header = "工单编号,来电时间,来电人,联系电话,案件描述,发生地址,诉求类型,催单,督办,办结时限,回访满意度,是否解决"

  func mapping(_ name: String = "hotline") throws -> ImportMapping {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data/mappings/\(name).json")
    return try ImportMapping(reading: try Data(contentsOf: file), file: name)
  }
  /// Imports a file to its end, as the worker would.
  @discardableResult
  func take(_ text: String, _ scene: MatterScene, encoding: String.Encoding = .utf8) async throws -> ImportRun {
    let data = try #require(text.data(using: encoding))
    let id = try await scene.matters.beginImport(data, name: "热线.csv", mapping: try mapping(), by: scene.dispatcher)
    try await work(scene)
    return try await scene.matters.importRun(id, for: scene.dispatcher).run
  }
  func work(_ scene: MatterScene) async throws {
    let handlers = scene.matters.jobs
    let now = scene.clock.now
    for job in try await scene.house.store.write({ db in try Jobs.claim(kinds: handlers.map(\.kind), limit: 10, at: now, db) }) {
      try await handlers.first { $0.kind == job.kind }?.run(job)
      try await scene.house.store.write { db in try Jobs.finish(job.id, at: now, db) }
    }
  }

  @Test func whatWasOnlyLookedAtGoesAfterADay() async throws {
    let scene = try await MatterScene.make()
    let dispatcher = scene.dispatcher
    func look(_ no: String) async throws -> ImportTicket {
      try await ImportTicket.keep(
        Data("\(Self.header)\n\(no),2026-09-23 10:00,,,楼道堆物,,投诉,,,,,".utf8), name: "热线.csv", for: dispatcher, in: scene.house)
    }
    func isThere(_ ticket: ImportTicket) -> Bool { (try? scene.house.vault.bytes(ticket.sha256)) != nil }
    let left = try await look("SH1")
    let imported = try await look("SH2")
    _ = try await scene.matters.beginImport(
      try scene.house.vault.bytes(imported.sha256), name: "热线.csv", mapping: try mapping(), by: dispatcher)
    let late = try await look("SH3")
    scene.clock.advance(minutes: 24 * 60 - 1)
    #expect(try await scene.matters.clearUploads() == 0 && isThere(left))
    let fresh = try await look("SH4")
    scene.clock.advance(minutes: 2)
    #expect(try await scene.matters.clearUploads() == 0)
    // Set aside, and imported after all in the same moment: it comes back whole.
    #expect(isThere(late))
    _ = try await scene.matters.beginImport(
      try scene.house.vault.bytes(late.sha256), name: "热线.csv", mapping: try mapping(), by: dispatcher)
    scene.clock.advance(minutes: 61)
    #expect(try await scene.matters.clearUploads() == 1)
    #expect(!isThere(left) && isThere(imported) && isThere(late) && isThere(fresh))
    #expect(throws: Refusal.self) {
      try ImportTicket.open(sha256: left.sha256, fileName: left.fileName, seal: left.seal, for: dispatcher, in: scene.house)
    }
    // Looked at a second time long after it was imported: the row still holds it.
    _ = try await look("SH2")
    for _ in 1...3 {
      scene.clock.advance(minutes: 25 * 60)
      try await scene.matters.clearUploads()
    }
    #expect(isThere(imported) && isThere(late) && !isThere(fresh))
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM upload") } == 0)
  }

  /// A new column that names a file must be looked at before anything is removed.
  @Test func everyColumnThatNamesAFileIsKnown() async throws {
    let scene = try await MatterScene.make()
    // The same schema on both engines; this question to the catalogue is SQLite's.
    guard scene.house.store.dialect == .sqlite else { return }
    let columns = try await scene.house.store.read { db in
      try db.all(
        """
        SELECT m.name AS of_table, p.name AS of_column FROM sqlite_master m JOIN pragma_table_info(m.name) p
        WHERE m.type = 'table' AND m.name <> 'upload' AND p.name LIKE '%sha256'
        """
      ).map { "\(try $0.text("of_table")).\(try $0.text("of_column"))" }
    }
    #expect(Set(columns) == Set(Matters.fileColumns.map { "\($0.table).\($0.column)" }))
  }

  @Test func badRowsGoToTheErrorFileAndTheRestIsIn() async throws {
    let scene = try await MatterScene.make()
    let run = try await take(
      """
      \(Self.header)
      SH1,2026-09-23 10:00,王女士,13800001111,楼上装修敲承重墙,盈港东路8900弄,投诉,,,,,
      SH2,2027年1月1日,李先生,13800002222,楼道堆物,盈港东路8900弄,投诉,,,,,
      SH3,2026/9/22 8:30,,,,盈港东路8900弄,投诉,,,,,
      SH4,2026年9月22日8时30分,,,地下室违规出租,盈港东路8900弄,咨询,,,,,
      SH5,2026-09-21,,12,飞线充电,,投诉,,,,,
      """, scene)
    #expect(run.state == .finished && run.added == 2 && run.failed == 3 && run.lines == 5)
    let errors = try await scene.matters.importErrors(run.id, for: scene.dispatcher)
    #expect(errors.rows.map { $0.cells[0] } == ["3", "4", "6"])
    #expect(errors.rows[0].cells[1].contains("晚于现在") && errors.rows[1].cells[1].contains("内容为空") && errors.rows[2].cells[1].contains("电话"))
    #expect(errors.rows[0].cells.contains("SH2"))
  }

  @Test func theSameFileTwiceChangesNothing() async throws {
    let scene = try await MatterScene.make()
    let text = Self.header + "\n" + (1...40).map { "SH\($0),2026-09-23 10:0\($0 % 10),,,第\($0)件 楼道堆物,盈港东路,投诉,,,,," }.joined(separator: "\n")
    let first = try await take(text, scene)
    let second = try await take(text, scene)
    #expect(first.added == 40 && second.same == 40 && second.added == 0 && second.changed == 0)
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM report") } == 40)
  }

  @Test func aChangedRowIsANewVersionAndActsOnTheLoop() async throws {
    let scene = try await MatterScene.make()
    try await take("\(Self.header)\nSH9,2026-09-23 10:00,王女士,13800001111,阳台改卫生间漏水,盈港东路8900弄,投诉,,,2026-10-20 18:00,,", scene)
    let matter = try #require(try await scene.matters.list(MatterFilter(), for: scene.dispatcher).matters.first)
    let due = try await scene.house.store.read { db in
      try db.first("SELECT due_at FROM clock WHERE kind = 'reply-general'")?.moment("due_at")
    }
    #expect(due?.text == "2026-10-20 18:00")
    let urged = try await take(
      "\(Self.header)\nSH9,2026-09-23 10:00,王女士,13800001111,阳台改卫生间漏水,盈港东路8900弄,投诉,是,督办单,2026-10-20 18:00,,", scene)
    #expect(urged.changed == 1 && urged.added == 0)
    var after = try await scene.matter(matter.no)
    #expect(after.urgent && after.supervised)
    try await answer(matter.no, scene)
    try await take(
      "\(Self.header)\nSH9,2026-09-23 10:00,王女士,13800001111,阳台改卫生间漏水,盈港东路8900弄,投诉,是,督办单,2026-10-20 18:00,不满意,未解决", scene)
    after = try await scene.matter(matter.no)
    #expect(after.state == .accepted && after.reopened == 1)
    let table = try await scene.matters.export(try mapping(), from: scene.clock.now.day, through: scene.clock.now.day, by: scene.dispatcher)
    let row = try #require(table.rows.first)
    #expect(row.cells[0] == "SH9")
    #expect(table.column("是否先行联系").map { row.cells[$0] } == "是" && table.column("回访满意度").map { row.cells[$0] } == "不满意")
    #expect(!row.cells.contains { $0.contains("13800001111") })
  }

  /// From the dispatcher's desk to the reply that the leader has approved.
  func answer(_ no: String, _ scene: MatterScene) async throws {
    try await scene.matters.dispatch(no, to: scene.squad, note: "", version: nil, by: scene.dispatcher)
    try await scene.matters.accept(no, officer: nil, version: nil, by: scene.officer)
    let report = try #require(try await scene.matters.file(no, for: scene.leader).reports.first).report
    try await scene.matters.contact(no, report: report.id, outcome: .reached, note: "", version: nil, by: scene.officer)
    try await scene.matters.visit(no, NewVisit(outcome: .seen, note: "已查看"), version: nil, by: scene.officer)
    try await scene.matters.find(
      no, fact: .confirmed, factNote: "现场查见改建", claim: .reasonable, claimNote: "影响楼下", version: nil, by: scene.officer)
    try await scene.matters.reply(no, outcome: .explained, text: "已约谈业主。", version: nil, by: scene.officer)
    try await scene.matters.approve(no, note: "", version: nil, by: scene.leader)
  }

  /// The first report it met is what every later one is about.
  final class OneProblem: Understander {
    private let still = StillUnderstander()
    private let first = Mutex<Int64?>(nil)
    func read(_ report: NewReport) -> (reading: Reading, room: String?) { still.read(report) }
    func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] {
      first.withLock { $0 }.map { [SameAs(report: $0, score: 1, sure: true, reasons: ["同一件事"])] } ?? []
    }
    func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {
      first.withLock { if $0 == nil { $0 = id.raw } }
    }
    func settled(_ reports: [Int64], open: Bool) {}
    func learn(words: String, place: String, from before: Reading, to after: Reading) {}
  }

  /// What is earlier is asked for once for a whole file: a row that opens a matter again is seen by the one behind it.
  @Test func aRowSeesWhatTheOneBeforeItHasDone() async throws {
    let scene = try await MatterScene.make(understander: OneProblem())
    func row(_ no: String, _ end: String) -> String { "\n\(no),2026-09-23 10:00,王女士,13800001111,阳台改卫生间漏水,盈港东路8900弄,投诉,,,,\(end)" }
    try await take(Self.header + row("SH9", ","), scene)
    let matter = try #require(try await scene.matters.list(MatterFilter(), for: scene.dispatcher).matters.first)
    try await answer(matter.no, scene)
    // What has been answered takes no more reports.
    try await take(Self.header + row("SH10", ","), scene)
    #expect(try await scene.matter(matter.no).reports == 1)
    let run = try await take(Self.header + row("SH9", "不满意,未解决") + row("SH11", ",") + row("SH12", ","), scene)
    #expect(run.changed == 1 && run.added == 2)
    let after = try await scene.matter(matter.no)
    #expect(after.reopened == 1 && after.reports == 3)
  }

  /// Rows are read while those before them are still being written: what the store said then is not the last word.
  @Test(arguments: [0, 120, 1100]) func aNumberThatReturnsToWhatItWasInOneFileDoes(between: Int) async throws {
    let scene = try await MatterScene.make()
    func row(_ no: String, _ words: String) -> String { "\n\(no),2026-09-23 10:00,,,\(words),,投诉,,,,," }
    let filling = (0..<between).map { row("F\($0)", "楼道堆物 \($0)") }.joined()
    try await take(Self.header + row("SH1", "楼道堆物"), scene)
    let run = try await take(Self.header + row("SH1", "楼道堆物，又来催了") + filling + row("SH1", "楼道堆物"), scene)
    #expect((run.changed, run.same, run.added) == (2, 0, between))
    let raw = try await scene.house.store.read { db in try ReportStore.find(channel: .hotline, sourceNo: "SH1", db)?.report.masked }
    #expect(raw?.contains("催") == false)
  }

  @Test func realEncodingsAndOtherColumnNamesAreUnderstood() async throws {
    let scene = try await MatterScene.make()
    let run = try await take("HOTLINESN;DISCOVERTIME;DESCRIPTION;ADDRESS\nA1;20260922142201;楼道内私拉电线充电;盈港东路8900弄\n", scene)
    #expect(run.added == 1)
    await expectRefusal("intake-no-content-column") { try await take("甲,乙\n1,2", scene) }
  }

  @Test func previewWritesNothing() async throws {
    let scene = try await MatterScene.make()
    let data = Data(
      "\(Self.header)\nSH1,2026-09-23 10:00,王女士,13800001111,我叫王小红，楼上敲墙，电话13800001111,盈港东路,投诉,,,,,\nSH2,昨天,,,堆物,,投诉,,,,,\n".utf8)
    let preview = try await scene.matters.preview(data, name: "a.csv", mapping: try mapping(), by: scene.dispatcher)
    #expect(preview.rows.count == 1 && preview.bad.count == 1 && preview.bad[0].reason.contains("昨天"))
    #expect(!preview.rows[0].words.contains("13800001111") && !preview.rows[0].words.contains("王小红"))
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM report") } == 0)
    await expectRefusal("people-not-permitted") {
      _ = try await scene.matters.preview(data, name: "a.csv", mapping: try mapping(), by: scene.officer)
    }
  }

  @Test func numbersOfAFileFollowEachOtherWithoutGapOrDouble() async throws {
    let scene = try await MatterScene.make()
    _ = try await scene.report("单元门坏了")
    // The third row is the first one's number again, in other words: a version, not a report.
    let run = try await take(
      """
      \(Self.header)
      SH1,2026-09-23 10:00,,,楼道堆物,元邑小城,投诉,,,,,
      SH2,2026-09-23 10:01,,,车库种菜,元邑小城,投诉,,,,,
      SH1,2026-09-23 10:02,,,楼道堆物很久了,元邑小城,投诉,,,,,
      SH3,不是时间,,,阳台外挑,元邑小城,投诉,,,,,
      SH4,2026-09-23 10:04,,,飞线充电,元邑小城,投诉,,,,,
      """, scene)
    #expect(run.added == 3 && run.changed == 1 && run.failed == 1)
    _ = try await scene.report("路灯不亮")
    let numbers = try await scene.house.store.read { db in
      (
        try db.all("SELECT no FROM report ORDER BY no").map { try $0.text("no").suffix(6) },
        try db.all("SELECT no FROM matter ORDER BY no").map { try $0.text("no").suffix(6) }
      )
    }
    #expect(numbers.0 == ["000001", "000002", "000003", "000004", "000005"])
    #expect(numbers.1 == numbers.0)
    #expect(try await scene.house.store.read { db in try Journal.verify(db) }.faults.isEmpty)
  }
}
