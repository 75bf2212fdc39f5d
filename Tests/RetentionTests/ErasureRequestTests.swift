import Backup
import Foundation
import Intake
import Kernel
import Matters
import People
import Storage
import StorageSQLite
import TestHouse
import TestOffice
import Testing

@testable import Retention

/// One person's data, before its time, because they ask.
@Suite struct ErasureRequestTests {
  @Test func itTakesTwoAndAClosedMatter() async throws {
    let scene = try await RetentionScene.make(adopted: false)
    let (one, two) = (scene.security[0], scene.security[1])
    let open = try await scene.office.report("还在办的事")
    func ask(_ no: String, _ reason: String = "本人到窗口提出，已核对身份") async throws -> String {
      try await outcome { _ = try await scene.retention.ask(forReport: no, reason: reason, by: one) }
    }
    #expect(try await ask("S20260924-999999") == "retention-no-report")
    #expect(try await ask(open.report.no) == "retention-held")
    let received = try await scene.closed()
    let other = try await scene.closed("别家的事。")
    #expect(try await ask(received.report.no, "要") == "retention-reason")
    let id = try await scene.retention.ask(forReport: received.report.no.lowercased(), reason: "本人王芳先生到窗口提出 13800001234", by: one)
    #expect(try await ask(received.report.no) == "retention-asked")
    let request = try await scene.retention.request(id, by: one)
    #expect(!request.reason.contains("13800001234") && request.state == .asked)

    #expect(try await outcome { try await scene.retention.agree(id, by: one) } == "retention-two-persons")
    #expect(try await outcome { try await scene.retention.agree(id, by: try scene.office.person("leader")) } == "people-not-permitted")
    try await scene.retention.run()
    #expect(try await scene.opened(received) == "王芳")
    try await scene.retention.agree(id, by: two)
    #expect(try await outcome { try await scene.retention.agree(id, by: two) } == "retention-decided")
    #expect(try await scene.retention.request(id, by: one).doneAt == nil)
    // The worker's round.
    let now = scene.clock.now
    let jobs = try await scene.house.store.write { db in try Jobs.claim(kinds: [Retention.jobKind], limit: 5, at: now, db) }
    #expect(jobs.count == 1)
    for job in jobs { try await scene.retention.handler.run(job) }

    #expect(try await scene.opened(received) == "intake-identity-erased")
    #expect(try await scene.report(received).masked == ReportErasure.gone)
    #expect(try await scene.found("天花板") == 0)
    #expect(try await scene.opened(other) == "王芳")
    #expect(try await scene.retention.request(id, by: one).doneAt != nil)
    let actions = try await scene.house.store.read { db in
      try Journal.entries(of: Subject("report", received.report.id), db).map(\.action).filter { $0.contains("eras") }
    }
    #expect(actions == ["report-erasure-asked", "report-erasure-agreed", "report-erased"])
    #expect(try await scene.retention.erasures(by: two).filter { $0.request == id }.count == 3)
    #expect(try await scene.isWhole())
  }

  @Test func theSecondPersonMaySayNo() async throws {
    let scene = try await RetentionScene.make()
    let received = try await scene.closed()
    let id = try await scene.retention.ask(forReport: received.report.no, reason: "本人电话提出", by: scene.security[0])
    let manager = try scene.office.person("manager")
    #expect(try await outcome { try await scene.retention.refuse(id, answer: "", by: manager) } == "retention-answer")
    try await scene.retention.refuse(id, answer: "尚在诉讼期限内", by: manager)
    #expect(try await scene.retention.request(id, by: manager).answer == "尚在诉讼期限内")
    try await scene.retention.run()
    #expect(try await scene.opened(received) == "王芳")
    // Asked again later, with a new reason.
    #expect(
      try await outcome { _ = try await scene.retention.ask(forReport: received.report.no, reason: "期限已过，再次提出", by: scene.security[0]) }
        == "done")
  }

  @Test func aDistrictsPeopleHaveTheirDistrictsReportsOnly() async throws {
    let scene = try await RetentionScene.make()
    let received = try await scene.closed()
    let manager = try scene.office.person("manager")
    let far = Person(
      id: manager.id, login: "far", name: "别区", role: .districtManager, office: manager.office, officeName: "别区", district: .init(77))
    let id = try await scene.retention.ask(forReport: received.report.no, reason: "本人到窗口提出", by: scene.security[0])
    #expect(try await outcome { _ = try await scene.retention.request(id, by: far) } == "retention-no-request")
    #expect(try await outcome { try await scene.retention.agree(id, by: far) } == "retention-no-request")
    #expect(try await scene.retention.requests(by: far).isEmpty)
    #expect(try await scene.retention.requests(by: manager).count == 1)
  }

  /// What an older back-up holds does not come back: its key is gone, and the rest is erased again.
  @Test func anOlderStoreBroughtBackIsErasedAgain() async throws {
    let scene = try await RetentionScene.make(adopted: false)
    let received = try await scene.closed()
    let other = try await scene.closed("别家的事。")
    let before = try await scene.house.store.read { db in
      try db.first("SELECT sealed, masked, place_text, caller_hint FROM report WHERE id = \(received.report.id)")
    }
    let old = try #require(before)
    let id = try await scene.retention.ask(forReport: received.report.no, reason: "本人到窗口提出", by: scene.security[0])
    try await scene.retention.agree(id, by: scene.security[1])
    try await scene.retention.run()

    // On both engines: the rows as they were, and no word of the erasure.
    try await scene.house.store.write { db in
      try db.run(
        """
        UPDATE report SET sealed = \(try old.text("sealed")), masked = \(try old.text("masked")), place_text = \(try old.text("place_text")),
          caller_hint = \(try old.text("caller_hint")) WHERE id = \(received.report.id)
        """)
      let number = TextSearch.words(received.report.no)
      try TextSearch.remove("report_search", id: received.report.id.raw, words: number, db)
      try TextSearch.index(
        "report_search", id: received.report.id.raw,
        words: number + TextSearch.words(" \(try old.text("place_text")) \(try old.text("masked"))"), db)
      try db.run("DELETE FROM erasure")
      try db.run("DELETE FROM erasure_request")
    }
    #expect(try await scene.opened(received) == "intake-identity-erased")
    try await scene.retention.run()
    let report = try await scene.report(received)
    #expect(report.masked == ReportErasure.gone && report.callerHint == nil)
    #expect(try await scene.found("天花板") == 0)
    #expect(try await scene.opened(other) == "王芳")
    #expect(try await scene.isWhole())
  }

  /// The same with a real back-up of the embedded store, made before and restored after.
  @Test func aBackUpMadeBeforeDoesNotHoldTheKey() async throws {
    let scene = try await RetentionScene.make(adopted: false)
    guard let store = scene.house.store as? SQLiteStore else { return }
    let root = FileManager.default.temporaryDirectory.appending(path: "longtang-erasure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: root) }
    let photo = ReportFile(original: try scene.house.vault.keep(Data("a face".utf8)), mediaType: "image/jpeg")
    let received = try await scene.closed(files: [photo])
    let other = try await scene.closed("别家的事。")
    _ = try BackupMaking(store: store, vault: scene.house.vault, columns: Matters.fileColumns, program: "test", key: nil)
      .make(at: root.appending(path: "backup"), scratch: root, now: scene.clock.now)
    let id = try await scene.retention.ask(forReport: received.report.no, reason: "本人到窗口提出", by: scene.security[0])
    try await scene.retention.agree(id, by: scene.security[1])
    try await scene.retention.run()

    let again = root.appending(path: "again")
    let migrations = try await store.read { db in try db.all("SELECT id FROM migration").map { Migration(try $0.text("id"), []) } }
    _ = try BackupRestoring(from: root.appending(path: "backup"), key: nil, migrations: migrations, columns: Matters.fileColumns).restore(
      to: again, store: again.appending(path: "store.sqlite"), vault: again.appending(path: "files"), keys: again.appending(path: "keys"))
    let restored = House(
      store: try SQLiteStore(path: again.appending(path: "store.sqlite").path), vault: try FileVault(root: again.appending(path: "files")),
      seals: scene.house.seals, ids: IdentifierSource(node: 2), isDemonstration: true, now: scene.house.now)
    let boxes = try await restored.store.read { db in
      try [received, other].map { try ReportErasure.boxes(of: $0.report.id, db)[0] }
    }
    #expect(throws: SealError.self) { try restored.seals.open(boxes[0], for: Subject("report", received.report.id)) }
    #expect(try restored.seals.open(boxes[1], for: Subject("report", other.report.id)).contains("王芳"))
    try await Retention(house: restored, rules: scene.retention.rules).run()
    let report = try await restored.store.read { db in try ReportStore.find(received.report.id, db) }
    #expect(report?.masked == ReportErasure.gone)
    #expect(try await restored.store.read { db in try ReportStore.files(of: received.report.id, db) }.isEmpty)
    #expect(try await restored.store.read { db in try Journal.verify(db).faults }.isEmpty)
    try await restored.store.close()
  }
}
