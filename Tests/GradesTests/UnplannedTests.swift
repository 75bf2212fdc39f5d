import Compounds
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse
import TestOffice
import Testing

@testable import Grades

/// Visits that nobody planned, photos of whatever visit, and what was told and not put right.
@Suite struct UnplannedTests {
  typealias Scene = GradesTests.Scene
  static let why = "路过时看见 3 号楼外墙搭脚手架，没有公示。"

  /// A photo as the door hands it over: its bytes lie in the vault.
  static func photo(_ scene: Scene, _ words: String) throws -> ReportFile {
    let vault = scene.office.house.vault
    return ReportFile(
      original: try vault.keep(Data("original \(words)".utf8)), mediaType: "image/jpeg",
      publicCopy: try vault.keep(Data("copy \(words)".utf8)).sha256, thumbnail: try vault.keep(Data("small \(words)".utf8)).sha256)
  }
  static func report(_ scene: Scene, _ result: Inspection.Result = .told, _ note: String = "外墙脚手架没有公示，已告知项目经理补办。") -> InspectionReport {
    InspectionReport(on: scene.today, result: result, note: note)
  }

  @Test func whereDataShowNothingWhoGoesSaysWhy() async throws {
    let scene = try await Scene.make()
    try await scene.grades.night()
    let officer = try scene.person("officer")
    #expect(try await scene.grades.ground(of: Scene.no, for: officer).needsReason)
    var wrong = InspectionReport(on: scene.today, result: nil, note: "")
    wrong.on = scene.today.adding(days: 1)
    #expect(
      try await scene.refusal { try await scene.grades.recordUnplanned(in: Scene.no, because: "看看", wrong, key: nil, by: officer) } == [
        "inspections-why", "inspections-result", "inspections-day", "inspections-note",
      ], "all at once")
    #expect(try await scene.number("SELECT count(*) AS n FROM inspection") == 0, "what is refused leaves nothing")
    let no = try await scene.grades.recordUnplanned(in: Scene.no, because: Self.why, Self.report(scene), key: nil, by: officer).no
    let kept = try await scene.grades.inspection(no, for: officer)
    #expect(kept.kind == .unplanned && kept.state == .done && kept.result == .told && kept.doneBy == "王建国" && kept.grade == "A")
    #expect(kept.reason == "临时检查，数据没有显示问题：\(Self.why)")
    let journal = try await scene.office.house.store.read { db in try Journal.entries(of: Subject("inspection", kept.id), db) }
    #expect(journal.map(\.action) == ["inspection-unplanned", "inspection-done"] && journal[0].note == Self.why)
    // A compound that nobody has graded yet tells as little.
    try await scene.write("UPDATE grade SET over_day = \(scene.today) WHERE over_day IS NULL")
    #expect(
      try await scene.refusal {
        try await scene.grades.recordUnplanned(in: Scene.no, because: "", Self.report(scene), key: nil, by: officer)
      } == ["inspections-why"])
  }

  @Test func itIsOneHoweverOftenItIsSent() async throws {
    let scene = try await Scene.make()
    try await scene.grades.night()
    let officer = try scene.person("officer")
    var report = Self.report(scene, .matter, "12 号 101 室天井正在搭建阳光房。")
    report.files = [try Self.photo(scene, "a")]
    var numbers: Set<String> = []
    for _ in 0..<3 {
      let (no, out) = try await scene.grades.recordUnplanned(in: Scene.no, because: Self.why, report, key: "finger", by: officer)
      numbers.insert("\(no) \(out.matterNo ?? "")")
    }
    #expect(numbers.count == 1)
    #expect(try await scene.number("SELECT count(*) AS n FROM inspection") == 1)
    #expect(try await scene.number("SELECT count(*) AS n FROM inspection_photo") == 1)
    #expect(try await scene.number("SELECT count(*) AS n FROM matter") == 1)
  }

  @Test func whatTheDeskRefusesBeginsNothing() async throws {
    let scene = try await Scene.make()
    try await scene.grades.night()
    var report = Self.report(scene, .matter, "12 号 101 室天井正在搭建阳光房。")
    report.place = String(repeating: "长", count: 400)
    #expect(
      try await scene.refusal {
        try await scene.grades.recordUnplanned(in: Scene.no, because: Self.why, report, key: nil, by: try scene.person("officer"))
      } == ["intake-place-too-long"])
    #expect(try await scene.number("SELECT count(*) AS n FROM inspection") == 0)
  }

  @Test func whatIsPlannedComesFirst() async throws {
    let scene = try await Scene.make()
    let planned = try await scene.planned()
    let officer = try scene.person("officer")
    #expect(try await scene.grades.ground(of: Scene.no, for: officer).planned?.no == planned.no)
    func again() async throws -> [String] {
      try await scene.refusal {
        try await scene.grades.recordUnplanned(in: Scene.no, because: "", Self.report(scene), key: nil, by: officer)
      }
    }
    #expect(try await again() == ["inspections-planned"])
    try await scene.grades.carryOut(planned.no, Self.report(scene, .nothing, ""), version: 1, by: officer)
    // Data speak for it, so no reason of one's own is needed. It is told apart: nobody looks better by going once more.
    #expect(try await again().isEmpty)
    let frequency = try #require(try await scene.grades.frequency(Month(scene.today), for: officer).first)
    #expect(frequency.required == 1 && frequency.done == 1 && frequency.unplanned == 1 && frequency.rate == "100.00%")
    var filter = InspectionFilter(Month(scene.today))
    filter.kind = .unplanned
    #expect(try await scene.grades.inspections(filter, for: officer).map(\.turn) == [2])
    filter.kind = .routine
    #expect(try await scene.grades.inspections(filter, for: officer).map(\.no) == [planned.no])
    try await scene.grades.plan()
    #expect(try await scene.inspections().count == 2, "the month asks for no more")
  }

  @Test func theNextVisitIsReckonedFromIt() async throws {
    let scene = try await Scene.make()
    try await scene.charge()
    try await scene.grades.night()
    let manager = try scene.person("manager")
    let until = scene.today.adding(days: 300)
    try await scene.grades.recordUnplanned(in: Scene.no, because: Self.why, Self.report(scene), key: nil, by: try scene.person("officer"))
    let seldom = try #require(scene.grades.rules.grades.first { $0.months > 1 && $0.id != "A" })
    try await scene.grades.override(Scene.no, grade: seldom.id, reason: "换了物业，先按这一级安排检查。", until: until, by: manager)
    for month in 1..<seldom.months {
      scene.office.clock.advance(minutes: 1440 * 30)
      try await scene.grades.plan()
      #expect(try await scene.inspections().isEmpty, "month \(month) after it")
    }
    scene.office.clock.advance(minutes: 1440 * 31)
    try await scene.grades.plan()
    #expect(try await scene.inspections().map(\.kind) == [.routine], "its period is over")
  }

  @Test func onlyInOnesOwnScopeAndOnlyByWhoPatrols() async throws {
    let scene = try await Scene.make()
    try await scene.grades.night()
    for (login, code) in [
      ("stranger", "inspections-compound"), ("chief", "inspections-compound"), ("manager", "people-not-permitted"),
      ("dispatcher", "people-not-permitted"),
    ] {
      let person = try scene.person(login)
      #expect(
        try await scene.refusal { _ = try await scene.grades.ground(of: Scene.no, for: person) } == [code], "\(login)")
      #expect(
        try await scene.refusal {
          try await scene.grades.recordUnplanned(in: Scene.no, because: Self.why, Self.report(scene), key: nil, by: person)
        } == [code], "\(login)")
    }
    #expect(
      try await scene.refusal { _ = try await scene.grades.ground(of: "NOSUCHNO", for: try scene.person("officer")) } == [
        "inspections-compound"
      ])
  }

  @Test func photosAreKeptWhateverCameOfTheVisit() async throws {
    let scene = try await Scene.make()
    let officer = try scene.person("officer")
    try await scene.grades.night()
    for (number, result) in Inspection.Result.allCases.enumerated() {
      var report = Self.report(scene, result)
      report.files = [try Self.photo(scene, "\(result) a"), try Self.photo(scene, "\(result) b")]
      let (no, out) = try await scene.grades.recordUnplanned(in: Scene.no, because: Self.why, report, key: "\(number)", by: officer)
      let kept = try await scene.grades.photos(of: try await scene.grades.inspection(no, for: officer))
      #expect(kept == report.files, "\(result)")
      guard let matter = out.matterNo else { continue }
      let file = try await scene.office.matters.file(matter, for: officer)
      #expect(file.reports.flatMap(\.files).map(\.original) == report.files.map(\.original), "the same in the matter, sent once")
    }
    // The proof of all files reads them too: three for each photo.
    let whole = try await Grades.verifyFiles(in: scene.office.house)
    #expect(whole.files == 18 && whole.faults.isEmpty)
    let gone = try Self.photo(scene, "told a").original.sha256
    try scene.office.house.vault.setAside(gone)
    try scene.office.house.vault.discard(gone)
    #expect(try await Grades.verifyFiles(in: scene.office.house).faults.map { $0.hasSuffix("文件不在了") } == [true])
    var many = Self.report(scene)
    many.files = try (0..<10).map { try Self.photo(scene, "\($0)") }
    #expect(
      try await scene.refusal { try await scene.grades.recordUnplanned(in: Scene.no, because: Self.why, many, key: nil, by: officer) } == [
        "inspections-photos"
      ])
  }

  @Test func whatWasToldAndNotPutRightBecomesAMatterAsItStands() async throws {
    let scene = try await Scene.make()
    try await scene.grades.night()
    let officer = try scene.person("officer")
    var report = Self.report(scene)
    report.files = [try Self.photo(scene, "before")]
    let no = try await scene.grades.recordUnplanned(in: Scene.no, because: Self.why, report, key: nil, by: officer).no
    scene.office.clock.advance(minutes: 1440 * 5)
    #expect(try await scene.refusal { _ = try await scene.grades.register(no, version: 1, by: officer) } == ["inspections-changed"])
    #expect(
      try await scene.refusal { _ = try await scene.grades.register(no, version: 2, by: try scene.person("manager")) } == [
        "people-not-permitted"
      ])
    let matter = try #require(try await scene.grades.register(no, version: 2, by: officer).matterNo)
    #expect(try await scene.grades.register(no, version: 2, by: officer).matterNo == matter, "sent twice it is one")
    let file = try await scene.office.matters.file(matter, for: officer)
    #expect(file.matter.state == .accepted && file.matter.officer == officer.id)
    let words = try #require(file.reports.first).report.masked
    #expect(words.contains("检查时告知改正，至今没有改正：外墙脚手架没有公示"), "\(words)")
    #expect(file.reports.flatMap(\.files).map(\.original) == report.files.map(\.original))
    let kept = try await scene.grades.inspection(no, for: officer)
    #expect(kept.result == .told && kept.matterNo == matter && kept.note == nil && kept.version == 3)
    #expect(try await scene.grades.photos(of: kept).count == 1)
    let nothing = try await scene.grades.recordUnplanned(
      in: Scene.no, because: Self.why, Self.report(scene, .nothing, ""), key: nil, by: officer
    ).no
    #expect(try await scene.refusal { _ = try await scene.grades.register(nothing, version: 2, by: officer) } == ["inspections-not-told"])
    #expect(try await scene.office.house.store.read { db in try Journal.verify(db).faults }.isEmpty)
  }
}
