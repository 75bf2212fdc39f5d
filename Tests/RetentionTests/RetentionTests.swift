import Cases
import Catalogue
import Foundation
import Grades
import Intake
import Kernel
import Matters
import Offices
import Pictures
import Storage
import TestHouse
import TestOffice
import Testing

@testable import Retention

/// Personal data ends by rule: when it is due, and only then; all of it, and nothing else.
@Suite struct RetentionTests {
  @Test func nothingEndsBeforeItsTimeNorByARuleNobodyAdopted() async throws {
    let scene = try await RetentionScene.make()
    let received = try await scene.closed()
    scene.years(2)
    try await scene.retention.run()
    #expect(try await scene.opened(received) == "王芳")
    scene.years(9)
    try await Retention(house: scene.house, rules: try RetentionScene.rules(adopted: false)).run()
    #expect(try await scene.opened(received) == "王芳")
    #expect(try await scene.number("SELECT count(*) AS n FROM erasure") == 0)
  }

  @Test func whatBecameACaseIsKept() async throws {
    let scene = try await RetentionScene.make()
    let received = try await scene.closed()
    let new = NewCase(item: "kitchen-bathroom-conversion", procedure: .ordinary, foundOn: scene.clock.now.day, place: "12号302室")
    let officer = try scene.office.person("officer")
    let no = try await scene.office.cases.open(new, by: officer).no
    try await scene.house.store.write { db in
      _ = try db.run("UPDATE case_file SET matter_id = (SELECT id FROM matter WHERE no = \(received.matterNo)) WHERE no = \(no)")
    }
    scene.years(9)
    try await scene.retention.run()
    #expect(try await scene.opened(received) == "王芳")
    // Not filed after all: nothing keeps it any more.
    try await scene.house.store.write { db in _ = try db.run("UPDATE case_file SET state = 'notFiled', open = 0 WHERE no = \(no)") }
    try await scene.retention.run()
    #expect(try await scene.opened(received) == "intake-identity-erased")
  }

  @Test func identityEndsFirstAndTheMaskedWordsLater() async throws {
    let scene = try await RetentionScene.make()
    let received = try await scene.closed()
    let kept = try await scene.closed("别家的事，楼道堆物。")
    scene.years(4)
    try await scene.close(kept)
    try await scene.retention.run()
    #expect(try await scene.opened(received) == "intake-identity-erased")
    let report = try await scene.report(received)
    #expect(report.callerHint == nil && report.callerTag == nil && report.position == nil)
    #expect(report.masked.contains("阳台") && report.no == received.report.no && report.receivedAt == received.report.receivedAt)
    #expect(try await scene.opened(kept) == "王芳")
    #expect(try await scene.found("天花板") == 1)

    scene.years(2)
    try await scene.close(kept)
    try await scene.retention.run()
    let later = try await scene.report(received)
    #expect(
      later.masked == ReportErasure.gone && later.placeText.isEmpty && later.reading.placeReasons.isEmpty && later.reading.building == nil)
    #expect(later.reading.compound == received.report.reading.compound && later.reading.item == received.report.reading.item)
    #expect(try await scene.found("天花板") == 0)
    #expect(try await scene.found(received.report.no) == 1)
    #expect(try await scene.found("楼道堆物") == 1)
    #expect(try await scene.number("SELECT count(*) AS n FROM promise WHERE reply_text IS NOT NULL") == 1)
    #expect(try await scene.isWhole())
    // Nothing is left to erase of the one matter; a further round finds nothing to do.
    #expect(try await scene.number("SELECT count(*) AS n FROM matter WHERE erased_at IS NOT NULL") == 1)
    let entries = try await scene.number("SELECT count(*) AS n FROM journal")
    try await scene.retention.run()
    #expect(try await scene.number("SELECT count(*) AS n FROM journal") == entries)
  }

  @Test func anOpenMatterIsNeverTouched() async throws {
    let scene = try await RetentionScene.make()
    let received = try await scene.office.report()
    let again = try await scene.closed()
    try await scene.house.store.write { db in
      _ = try db.run("UPDATE matter SET state = 'accepted', open = 1 WHERE no = \(again.matterNo)")
    }
    scene.years(50)
    try await scene.retention.run()
    #expect(try await scene.opened(received) == "王芳")
    #expect(try await scene.opened(again) == "王芳")
  }

  @Test func photosEndUnlessSomebodyElseHasTheSame() async throws {
    let scene = try await RetentionScene.make()
    func photo(_ text: String) throws -> ReportFile {
      ReportFile(
        original: try scene.house.vault.keep(Data("\(text) original".utf8)), mediaType: "image/jpeg",
        publicCopy: try scene.house.vault.keep(Data("\(text) public".utf8)).sha256,
        thumbnail: try scene.house.vault.keep(Data("\(text) small".utf8)).sha256)
    }
    let (mine, shared) = (try photo("mine"), try photo("shared"))
    _ = try await scene.closed(files: [mine, shared])
    scene.years(4)
    let kept = try await scene.closed("别家的事。", files: [shared])
    try await scene.retention.run()
    for _ in 1...2 {
      try await scene.office.matters.clearUploads()
      scene.clock.advance(minutes: 61)
    }
    for name in [mine.original.sha256, mine.publicCopy ?? "", mine.thumbnail ?? ""] {
      #expect(throws: VaultError.missing(name)) { try scene.house.vault.bytes(name) }
    }
    #expect(try scene.house.vault.bytes(shared.original.sha256) == Data("shared original".utf8))
    #expect(try await scene.house.store.read { db in try ReportStore.files(of: kept.report.id, db).count } == 1)
    #expect(try await scene.number("SELECT count(*) AS n FROM report_file") == 1)
  }

  @Test func photosOfAnInspectionEndByTheirOwnRuleOrWithTheReport() async throws {
    let scene = try await RetentionScene.make()
    let rules = try GradeRules(
      reading: try Data(contentsOf: TestGround.data.appending(path: "grades/rules.json")),
      items: Set(scene.office.matters.catalogue.items.map(\.slug)))
    let grades = Grades(matters: scene.office.matters, rules: rules)
    let officer = try scene.office.person("officer")
    func visit(_ result: Inspection.Result, _ words: String) async throws -> (no: String, matter: String?, name: String) {
      var report = InspectionReport(on: scene.clock.now.day, result: result, note: "3 号楼门厅堆物，已告知物业清理。")
      report.files = [ReportFile(original: try scene.house.vault.keep(Data(words.utf8)), mediaType: "image/jpeg")]
      let (no, out) = try await grades.recordUnplanned(
        in: "7KQ4M9XD", because: "居委会当面反映门厅堆物。", report, key: words, by: officer)
      return (no, out.matterNo, report.files[0].original.sha256)
    }
    func photos(_ all: [String]) async throws -> [Int] {
      var counts: [Int] = []
      for no in all { counts.append(try await grades.photos(of: try await grades.inspection(no, for: officer)).count) }
      return counts
    }
    let (told, open) = (try await visit(.told, "told"), try await visit(.matter, "open"))
    scene.years(4)
    let young = try await visit(.nothing, "young")
    try await scene.retention.run()
    #expect(try await photos([told.no, open.no, young.no]) == [0, 1, 1], "what is in hand is kept, what is young too")
    for _ in 1...2 {
      try await scene.office.matters.clearUploads(alsoReferredTo: Grades.fileColumns)
      scene.clock.advance(minutes: 61)
    }
    #expect(throws: VaultError.missing(told.name)) { try scene.house.vault.bytes(told.name) }
    #expect(try scene.house.vault.bytes(open.name) == Data("open".utf8) && scene.house.vault.bytes(young.name) == Data("young".utf8))
    // What is erased of the report goes from the inspection too.
    let report = try await scene.number("SELECT r.id AS n FROM report r JOIN matter m ON m.id = r.matter_id WHERE m.no = \(open.matter)")
    try await scene.house.store.write { db in
      try db.run("UPDATE matter SET state = 'closed', open = 0, closed_at = \(scene.clock.now) WHERE no = \(open.matter)")
      try Retention.note(
        Retention.Due(subject: Subject("report", report), part: .photos), request: nil, at: scene.clock.now, scene.house, db)
    }
    try await scene.retention.carryOut()
    #expect(try await photos([open.no, young.no]) == [0, 1])
  }

  @Test func aFileThatWasTakenInAndItsBadRowsEnd() async throws {
    let scene = try await RetentionScene.make()
    let mapping = try ImportMapping(
      reading: try Data(contentsOf: TestGround.data.appending(path: "mappings/hotline.json")), file: "hotline.json")
    let dispatcher = try scene.office.person("dispatcher")
    let bytes = Data("工单编号,来电时间,案件描述\nSH-1,2026-09-24 09:00,楼道堆物\n,不是时间,王芳 13800001234 说\n".utf8)
    let run = try await scene.office.matters.beginImport(bytes, name: "热线.csv", mapping: mapping, by: dispatcher)
    try await scene.office.matters.work(import: run)
    let before = try await scene.office.matters.importRun(run, for: dispatcher)
    #expect(before.run.failed > 0)
    #expect(try await outcome { _ = try await scene.office.matters.importErrors(run, for: dispatcher) } == "done")
    let name = try await scene.house.store.read { db in try db.first("SELECT sha256 FROM import")?.text("sha256") ?? "" }
    scene.years(1)
    try await scene.retention.run()
    for _ in 1...2 {
      try await scene.office.matters.clearUploads()
      scene.clock.advance(minutes: 61)
    }
    #expect(throws: VaultError.missing(name)) { try scene.house.vault.bytes(name) }
    #expect(try await outcome { _ = try await scene.office.matters.importErrors(run, for: dispatcher) } == "matters-import-erased")
    let after = try await scene.office.matters.importRun(run, for: dispatcher)
    #expect(after.run.failed == before.run.failed && after.errors.count == before.errors.count)
    #expect(try await scene.isWhole())
  }

  @Test func aRatingKeepsItsGradeAndLosesItsWords() async throws {
    let scene = try await RetentionScene.make()
    try await scene.office.matters.rateService(
      squad: scene.office.squad.id, satisfaction: .satisfied, words: "谢谢王队长，电话 13800001234")
    scene.years(3)
    try await scene.retention.run()
    let left = try await scene.office.matters.serviceRatings(for: try scene.office.person("leader"))
    #expect(left.map(\.masked) == [""] && left.map(\.satisfaction) == [.satisfied])
    #expect(try await scene.number("SELECT count(*) AS n FROM service_rating WHERE sealed IS NOT NULL") == 0)
  }

  /// Killed after each of its steps, the next round brings it to its end.
  @Test func whatWasCutOffIsCarriedOn() async throws {
    let scene = try await RetentionScene.make()
    let received = try await scene.closed()
    let (house, now) = (scene.house, scene.clock.now)
    let due = Retention.Due(subject: Subject("report", received.report.id), part: .identity)
    let boxes = try await house.store.read { db in try ReportErasure.boxes(of: received.report.id, db) }
    try await house.store.write { db in try Retention.note(due, request: nil, at: now, house, db) }
    // Written down, the key destroyed, and the power gone.
    try house.seals.destroyKeys(of: boxes.map { ($0, due.subject) })
    #expect(try await scene.opened(received) == "intake-identity-erased")
    #expect(try await scene.report(received).callerHint != nil)
    try await scene.retention.run()
    #expect(try await scene.report(received).callerHint == nil)
    #expect(try await scene.number("SELECT count(*) AS n FROM erasure WHERE done_at IS NULL") == 0)
    #expect(try await scene.number("SELECT count(*) AS n FROM journal WHERE action = 'report-erased'") == 1)
  }

  @Test func manyReportsEndInOneRound() async throws {
    let scene = try await RetentionScene.make()
    _ = try await scene.closed()
    let house = scene.house
    let now = scene.clock.now
    // More than one batch holds: the others are copies of the one.
    try await house.store.write { db in
      for _ in 0..<Retention.batch {
        let copy: Report.ID = house.ids.next(at: now)
        try db.run(
          """
          INSERT INTO report (id, no, channel, nature, received_at, said_at, urgent, sealed, masked, place_text, reachable, reading, matter_id, version)
          SELECT \(copy), \("X" + copy.description), channel, nature, received_at, said_at, urgent, sealed, masked, place_text, reachable, reading,
            matter_id, version FROM report WHERE channel = 'code' AND no LIKE 'S%'
          """)
      }
    }
    scene.years(4)
    let outlook = try await scene.retention.outlook(by: scene.security[0])
    #expect(outlook.first { $0.rule.kind == .identity }?.today == Retention.batch + 1)
    try await scene.retention.run()
    #expect(try await scene.number("SELECT count(*) AS n FROM report WHERE sealed <> 'erased'") == 0)
    #expect(try await scene.retention.outlook(by: scene.security[0]).allSatisfy { $0.today == 0 })
  }
}
