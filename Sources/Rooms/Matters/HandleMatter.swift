import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import People
import Storage
import WorkCalendar
import Workflow

/// A visit as an officer records it, standing up.
public struct NewVisit: Sendable {
  public var outcome: VisitOutcome
  public var note: String
  /// The second officer, where two went.
  public var companion: Person.ID?
  public var position: Coordinates?
  public var files: [ReportFile]
  public init(outcome: VisitOutcome, note: String, companion: Person.ID? = nil, position: Coordinates? = nil, files: [ReportFile] = []) {
    self.outcome = outcome
    self.note = note
    self.companion = companion
    self.position = position
    self.files = files
  }
}

extension Matters {
  /// 先行联系, per report: each caller is owed a call of their own. A call in vain is an outcome too and leaves the clock running.
  @discardableResult
  public func contact(_ no: String, report: Report.ID, outcome: ContactOutcome, note: String, version: Int?, by person: Person) async throws
    -> Matter
  {
    try await step(.contact, on: no, version: version, by: person) { w in
      let promise = try self.promise(report, of: w.matter, w.db)
      guard promise.reachable else { throw Refusal(.invalid, "matters-no-phone", "这件诉件没有留联系方式，无需先行联系。") }
      let reached = outcome == .reached || outcome == .refused
      try w.db.run(
        """
        UPDATE promise SET contact_tries = contact_tries + 1, contact_outcome = \(outcome),
          contacted_at = COALESCE(contacted_at, \(reached ? w.now : nil)) WHERE report_id = \(report)
        """)
      if reached { try clocks.finish(["first-contact"], of: Subject("report", report), at: w.now, w.db) }
      let reportNo = try ReportStore.find(report, w.db)?.no ?? ""
      return Left(
        facts: ["report": reportNo, "outcome": outcome.rawValue, "try": String(promise.contactTries + 1)], note: note.isEmpty ? nil : note)
    }
  }

  func promise(_ report: Report.ID, of matter: Matter, _ db: any Reader) throws -> Promise {
    guard let promise = try MatterStore.promise(ofReport: report.raw, db), promise.matter == matter.id else {
      throw Refusal(.missing, "matters-other-report", "这件诉件不在本事项内，请刷新页面。")
    }
    return promise
  }

  /// 现场核查. No one home and entry refused are recorded outcomes, not failures to work.
  @discardableResult
  public func visit(_ no: String, _ visit: NewVisit, version: Int?, by person: Person) async throws -> Matter {
    try await step(.visit, on: no, version: version, by: person) { w in
      let note = try Self.need(visit.note, field: "note", "matters-visit-note-missing", "请写明现场情况，哪怕一句。")
      if let companion = visit.companion {
        guard companion != person.id,
          try w.db.exists("SELECT 1 AS one FROM account WHERE id = \(companion) AND office_id = \(person.office)")
        else {
          throw Refusal(.invalid, "matters-no-companion", "同行队员须为本队的另一名队员。", field: "companion")
        }
      }
      let id: Identifier<NewVisit> = house.ids.next(at: w.now)
      try w.db.run(
        """
        INSERT INTO visit (id, matter_id, at, account_id, companion_id, outcome, note, latitude, longitude)
        VALUES (\(id), \(w.matter.id), \(w.now), \(person.id), \(visit.companion), \(visit.outcome), \(note), \(visit.position?.latitude),
          \(visit.position?.longitude))
        """)
      try keep(visit.files, entry: "visit", id: id.raw, w)
      try clocks.finish(["illegal-building-onsite", "illegal-building-onsite-ongoing"], of: w.subject, at: w.now, w.db)
      return Left(
        facts: ["outcome": visit.outcome.rawValue, "files": visit.files.map(\.original.sha256).joined(separator: ",")], note: note)
    }
  }

  func keep(_ files: [ReportFile], entry: String, id: Int64, _ w: Working) throws {
    for file in files {
      let fileID: Identifier<ReportFile> = house.ids.next(at: w.now)
      try w.db.run(
        """
        INSERT INTO matter_file (id, matter_id, entry, entry_id, sha256, size, media_type, public_sha256, thumbnail_sha256, taken_at, at)
        VALUES (\(fileID), \(w.matter.id), \(entry), \(id), \(file.original.sha256), \(file.original.size), \(file.mediaType), \(file.publicCopy),
          \(file.thumbnail), \(file.takenAt), \(w.now))
        """)
    }
  }

  /// 事实认定 and 诉求认定. Each needs words of its own: the picked word alone explains nothing to anybody.
  @discardableResult
  public func find(
    _ no: String, fact: FactFinding, factNote: String, claim: ClaimFinding, claimNote: String, version: Int?, by person: Person
  ) async throws -> Matter {
    try await step(.find, on: no, version: version, by: person) { w in
      let factNote = try Self.explain(factNote, picked: fact.chinese, field: "fact-note", "事实认定")
      let claimNote = try Self.explain(claimNote, picked: claim.chinese, field: "claim-note", "诉求认定")
      let id: Identifier<FactFinding> = house.ids.next(at: w.now)
      try w.db.run(
        """
        INSERT INTO finding (id, matter_id, at, account_id, fact, fact_note, claim, claim_note)
        VALUES (\(id), \(w.matter.id), \(w.now), \(person.id), \(fact), \(factNote), \(claim), \(claimNote))
        """)
      return Left(facts: ["fact": fact.rawValue, "claim": claim.rawValue], note: "\(factNote)\n\(claimNote)")
    }
  }

  /// The hotline's own rule: the explanation must say more than the picked word.
  static func explain(_ text: String, picked: String, field: String, _ what: String) throws(Refusal) -> String {
    let clean = try need(text, field: field, "matters-explanation-missing", "请写明\(what)的理由。")
    let bare = clean.filter { !$0.isWhitespace && !$0.isPunctuation }
    let said = bare.replacing(picked, with: "").replacing("诉求", with: "").replacing("情况", with: "").replacing("经核实", with: "")
    if said.count < 4 { throw Refusal(.invalid, "matters-explanation-only-word", "\(what)说明不能只重复“\(picked)”，请写清依据。", field: field) }
    return clean
  }

  /// 措施.
  @discardableResult
  public func measure(_ no: String, kind: MeasureKind, note: String, files: [ReportFile] = [], version: Int?, by person: Person)
    async throws -> Matter
  {
    try await step(.measure, on: no, version: version, by: person) { w in
      let note = try Self.need(note, field: "note", "matters-measure-note-missing", "请写明采取了什么措施、对谁、要求何时完成。")
      let id: Identifier<MeasureKind> = house.ids.next(at: w.now)
      try w.db.run(
        "INSERT INTO measure (id, matter_id, at, account_id, kind, note) VALUES (\(id), \(w.matter.id), \(w.now), \(person.id), \(kind), \(note))"
      )
      try keep(files, entry: "measure", id: id.raw, w)
      return Left(facts: ["kind": kind.rawValue], note: note)
    }
  }
}
