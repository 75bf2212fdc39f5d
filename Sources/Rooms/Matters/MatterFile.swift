import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Offices
import People
import Storage
import WorkCalendar
import Workflow

/// All that the matter page shows, read in one snapshot.
public struct MatterFile: Sendable {
  public let matter: Matter
  public let reports: [ReportSheet]
  public let story: [StoryLine]
  public let clocks: [ClockSheet]
  public let visits: [VisitSheet]
  public let findings: [FindingSheet]
  public let measures: [MeasureSheet]
  public let reply: ReplySheet?
  public let delay: DelaySheet?
  public let coHandlers: [(name: String, task: String)]
  public let transfer: (department: String, reason: String, at: Moment, answer: String?)?
  public let same: [SameSheet]
  public let files: [FileSheet]
  /// Buttons: each event the person may try now, with the reason that still stands in its way.
  public let choices: [(event: MatterEvent, missing: Refusal?)]
  public let mergedInto: String?

  public struct ReportSheet: Sendable {
    public let report: Report
    public let promise: Promise?
    public let files: [ReportFile]
    public let duty: FirmDuty?
    public let clocks: [ClockSheet]
  }
  public struct VisitSheet: Sendable {
    public let id: Int64
    public let at: Moment
    public let who: String
    public let companion: String?
    public let outcome: VisitOutcome
    public let note: String
  }
  public struct FindingSheet: Sendable {
    public let at: Moment
    public let who: String
    public let fact: FactFinding
    public let factNote: String
    public let claim: ClaimFinding
    public let claimNote: String
  }
  public struct MeasureSheet: Sendable {
    public let id: Int64
    public let at: Moment
    public let who: String
    public let kind: MeasureKind
    public let note: String
  }
  public struct ReplySheet: Sendable {
    public let at: Moment
    public let who: String
    public let outcome: Matter.Outcome
    public let text: String
    public let state: String
    public let additions: [Int64: String]
  }
  public struct DelaySheet: Sendable {
    public let at: Moment
    public let who: String
    public let days: Int
    public let reason: String
  }
  /// An earlier or offered matter, with what was done there.
  public struct SameSheet: Sendable {
    public let no: String
    public let title: String
    public let state: MatterState
    public let score: Double
    public let reasons: String
    /// "offered" or "earlier".
    public let kind: String
    public let closedAt: Moment?
    public let outcome: Matter.Outcome?
    public let lastReply: String?
  }
  public struct FileSheet: Sendable {
    public let sha256: String
    public let mediaType: String
    public let publicCopy: String?
    public let thumbnail: String?
    public let entry: String
    public let entryID: Int64
  }
}

extension Matters {
  public func file(_ no: String, for person: Person) async throws -> MatterFile {
    let now = house.now()
    return try await house.store.read { db in
      guard let matter = try MatterStore.find(no: no, for: person, db) else {
        throw Refusal(.missing, "matters-missing", "没有这个事项，或者它不在您的办理范围内。")
      }
      let facts = try MatterStore.facts(matter, actor: person, db)
      let reports = try ReportStore.reports(ofMatter: matter.id.raw, db)
      let promises = Dictionary(try MatterStore.promises(of: matter.id, db).map { ($0.report, $0) }, uniquingKeysWith: { a, _ in a })
      let reportClocks = Dictionary(grouping: try clocks.clocks(of: "report", ids: reports.map(\.id.raw), db), by: \.subject.id)
      let id = matter.id
      let names = "a.name AS who, b.name AS companion" as Query
      return MatterFile(
        matter: matter,
        reports: try reports.map { report in
          MatterFile.ReportSheet(
            report: report, promise: promises[report.id.raw], files: try ReportStore.files(of: report.id, db),
            duty: try ReportStore.duty(of: report.id, db),
            clocks: (reportClocks[report.id.raw] ?? []).map { clocks.sheet($0, at: now) })
        },
        story: try MatterStory.lines(of: id, db),
        clocks: try clocks.clocks(of: Subject("matter", id), db).map { clocks.sheet($0, at: now) },
        visits: try db.all(
          """
          SELECT v.*, \(names) FROM visit v JOIN account a ON a.id = v.account_id LEFT JOIN account b ON b.id = v.companion_id
          WHERE v.matter_id = \(id) ORDER BY v.id
          """
        ).map { row in
          MatterFile.VisitSheet(
            id: try row.int("id"), at: try row.moment("at"), who: try row.text("who"), companion: try row.optionalText("companion"),
            outcome: try row.choice("outcome"), note: try row.text("note"))
        },
        findings: try db.all(
          "SELECT f.*, a.name AS who FROM finding f JOIN account a ON a.id = f.account_id WHERE f.matter_id = \(id) ORDER BY f.id"
        ).map { row in
          MatterFile.FindingSheet(
            at: try row.moment("at"), who: try row.text("who"), fact: try row.choice("fact"), factNote: try row.text("fact_note"),
            claim: try row.choice("claim"), claimNote: try row.text("claim_note"))
        },
        measures: try db.all(
          "SELECT x.*, a.name AS who FROM measure x JOIN account a ON a.id = x.account_id WHERE x.matter_id = \(id) ORDER BY x.id"
        ).map { row in
          MatterFile.MeasureSheet(
            id: try row.int("id"), at: try row.moment("at"), who: try row.text("who"), kind: try row.choice("kind"),
            note: try row.text("note"))
        },
        reply: try db.first(
          "SELECT r.*, a.name AS who FROM reply r JOIN account a ON a.id = r.account_id WHERE r.matter_id = \(id) ORDER BY r.id DESC LIMIT 1"
        )
        .map { row in
          let lines = try db.all("SELECT report_id, addition FROM reply_line WHERE reply_id = \(try row.int("id"))")
          return MatterFile.ReplySheet(
            at: try row.moment("at"), who: try row.text("who"), outcome: try row.choice("outcome"), text: try row.text("text"),
            state: try row.text("state"),
            additions: Dictionary(try lines.map { (try $0.int("report_id"), try $0.text("addition")) }, uniquingKeysWith: { a, _ in a }))
        },
        delay: try db.first(
          "SELECT d.*, a.name AS who FROM delay d JOIN account a ON a.id = d.account_id WHERE d.matter_id = \(id) AND d.state = 'asked' ORDER BY d.id DESC LIMIT 1"
        ).map { row in
          MatterFile.DelaySheet(
            at: try row.moment("at"), who: try row.text("who"), days: try row.count("length"), reason: try row.text("reason"))
        },
        coHandlers: try db.all(
          "SELECT o.short, h.task FROM co_handler h JOIN office o ON o.id = h.office_id WHERE h.matter_id = \(id) ORDER BY h.id"
        ).map {
          (try $0.text("short"), try $0.text("task"))
        },
        transfer: try db.first(
          "SELECT t.*, o.name FROM transfer t JOIN office o ON o.id = t.office_id WHERE t.matter_id = \(id) ORDER BY t.id DESC LIMIT 1"
        ).map { (try $0.text("name"), try $0.text("reason"), try $0.moment("at"), try $0.optionalText("answer")) },
        same: try sameSheets(of: matter, for: person, db),
        files: try db.all("SELECT * FROM matter_file WHERE matter_id = \(id) ORDER BY id").map { row in
          MatterFile.FileSheet(
            sha256: try row.text("sha256"), mediaType: try row.text("media_type"), publicCopy: try row.optionalText("public_sha256"),
            thumbnail: try row.optionalText("thumbnail_sha256"),
            entry: try row.text("entry"), entryID: try row.int("entry_id"))
        },
        choices: MatterLoop.table.choices(in: matter.state, by: person.role, facts: facts),
        mergedInto: try db.first("SELECT o.no FROM matter m JOIN matter o ON o.id = m.merged_into WHERE m.id = \(id)")?.text("no"))
    }
  }

  /// The matter a report belongs to, if this person may see it.
  public func matterNo(ofReport no: String, for person: Person) async throws -> String {
    try await house.store.read { db in
      guard
        let row = try db.first(
          "SELECT m.no FROM report r JOIN matter m ON m.id = r.matter_id WHERE r.no = \(no) AND \(MatterStore.visible(to: person))")
      else { throw Refusal(.missing, "matters-no-report", "没有这件诉件，或者它不在您的范围内。") }
      return try row.text("no")
    }
  }

  private func sameSheets(of matter: Matter, for person: Person, _ db: any Reader) throws -> [MatterFile.SameSheet] {
    try db.all(
      """
      SELECT s.score, s.reasons, s.state AS kind, m.no, m.title, m.state, m.closed_at, m.outcome,
        (SELECT r.text FROM reply r WHERE r.matter_id = m.id AND r.state = 'approved' ORDER BY r.id DESC LIMIT 1) AS last_reply
      FROM offered_same s JOIN matter m ON m.id = s.other_id
      WHERE s.matter_id = \(matter.id) AND s.state IN ('offered', 'earlier') AND \(MatterStore.visible(to: person)) ORDER BY s.score DESC LIMIT 5
      """
    ).map { row in
      MatterFile.SameSheet(
        no: try row.text("no"), title: try row.text("title"), state: try row.choice("state"), score: try row.double("score"),
        reasons: try row.text("reasons"), kind: try row.text("kind"), closedAt: try row.optionalMoment("closed_at"),
        outcome: try row.optionalChoice("outcome"), lastReply: try row.optionalText("last_reply"))
    }
  }

  /// Opens a report's sealed words and identity for a stated purpose, if the person handles its matter.
  public func open(_ no: String, report: Report.ID, purpose: ReportStore.Purpose, by person: Person) async throws -> SealedReport {
    try person.require(.openSealed)
    let now = house.now()
    let house = house
    return try await house.store.write { db in
      guard let matter = try MatterStore.find(no: no, for: person, db) else {
        throw Refusal(.missing, "matters-missing", "没有这个事项，或者它不在您的办理范围内。")
      }
      _ = try promise(report, of: matter, db)
      return try ReportStore.open(report, purpose: purpose, by: person.actor, house: house, at: now, db)
    }
  }
}
