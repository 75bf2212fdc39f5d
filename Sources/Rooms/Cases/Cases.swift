import Catalogue
import ClockBook
import Crypto
import Foundation
import Kernel
import Offices
import People
import Storage
import Typesetting
import WorkCalendar
import Workflow

/// 案件: every step of a case in one shape: load, decide by the procedure's table, write the file, the step, the clocks and the journal in one
/// transaction.
public struct Cases: Sendable {
  public let house: House
  public let clocks: ClockBook
  public let catalogue: Catalogue
  public let limits: CaseLimits
  public let papers: [CasePaper]
  public let discretion: [DiscretionTable]
  public let division: CaseDivision
  public let credit: CreditRules
  /// The guides that come with the program.
  public let workGuides: WorkGuides
  /// How papers are laid out and drafted.
  public let book: PaperBook
  /// Nil: no paper can be made as PDF.
  public let typesetter: Typesetter?
  let proven = ProvenFiles()
  /// - Parameter data: reads a file of the folder `Data`, or the office's own in its place.
  /// - Throws: `DataFileError` with every problem of a file.
  public init(
    house: House, clocks: ClockBook, catalogue: Catalogue, data: (_ path: String) throws -> Data, typesetter: Typesetter? = nil
  ) throws {
    self.house = house
    self.clocks = clocks
    self.catalogue = catalogue
    limits = try CaseLimits(reading: try data("procedures/limits.json"))
    papers = try CasePaper.read(try data("procedures/papers.json"))
    book = try PaperBook(reading: try data("papers/papers.json"), papers: papers)
    self.typesetter = typesetter
    discretion = try DiscretionTable.read(try data("discretion/tables.json"))
    division = try CaseDivision(reading: try data("procedures/division.json"), catalogue: catalogue)
    credit = try CreditRules(reading: try data("credit/points.json"))
    workGuides = try WorkGuides(reading: try data("guides/guides.json"), catalogue: catalogue)
  }

  func law(of file: CaseFile) throws(Refusal) -> CaseLaw {
    CaseLaw(
      calendar: clocks.calendar, clocks: clocks.table, limits: limits, item: try catalogue.known(file.item),
      discretion: discretion.first { $0.item == file.item } ?? discretion.first { $0.item == "*" })
  }

  /// One step under way.
  struct Working {
    let record: CaseRecord
    let act: CaseAct
    let said: CaseSaid
    let decision: CaseDecision
    let actor: CaseActor
    let person: Person
    let now: Moment
    let db: any Writer
  }

  /// The one shape of every step.
  /// - Parameter version: the version the person saw; nil when the caller saw none (the API without `If-Match`).
  /// - Throws: `Refusal` `cases-missing`, `cases-changed`, `step-not-now`, `step-not-yours`, what is wrong with a field, or the first guard that
  ///   is not met, with its article.
  @discardableResult
  public func step(_ event: CaseEvent, _ said: CaseSaid, on no: String, version: Int?, by person: Person) async throws -> CaseRecord {
    let now = house.now()
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      if let version, version != record.version { throw try Self.changed(record, db) }
      let actor = CaseActor(person.id.raw, try Self.role(for: event, in: record, of: person))
      let act = try said.act(
        event, certificates: try CaseStore.certificates(of: record.squad, on: now.day, db),
        earlier: event == .identifyParty ? try earlier(said, record, db) : nil,
        exhibits: event == .collect ? try uncounted(in: record, by: actor, at: now, db) : 0, on: record.file,
        under: try law(of: record.file))
      return try take(act, said, on: record, by: actor, person, at: now, db)
    }
  }

  /// In which of their parts a person takes a step.
  static func role(for event: CaseEvent, in record: CaseRecord, of person: Person) throws(Refusal) -> CaseRole {
    let roles = record.roles(of: person)
    let table = CaseTables.table(record.file.procedure)
    let role = roles.first { role in table.steps.contains { $0.event == event && $0.from.contains(record.state) && $0.roles.contains(role) }
    }
    guard let role = role ?? roles.first else { throw Refusal(.forbidden, "step-not-yours", "这一步不由您的岗位办理。") }
    return role
  }
  /// The rest of a step within the transaction that has loaded the case, for commands that bring an act of their own.
  func take(
    _ act: CaseAct, _ said: CaseSaid, on record: CaseRecord, by actor: CaseActor, _ person: Person, at now: Moment, _ db: any Writer
  ) throws -> CaseRecord {
    let decision = try CaseWorkflow.decide(
      act, on: record.file, by: actor, under: try law(of: record.file),
      papers: try PaperStore.standing(of: record.id, db), at: now)
    try write(
      Working(record: record, act: act, said: said, decision: decision, actor: actor, person: person, now: now, db: db))
    guard let after = try CaseStore.find(record.id, db) else { throw StorageError.corrupted("case vanished") }
    return after
  }

  static let missing = Refusal(.missing, "cases-missing", "没有这件案件，或者它不在您的办理范围内。")

  static func changed(_ record: CaseRecord, _ db: any Reader) throws -> Refusal {
    let last = try CaseStore.steps(of: record.id, db).last
    let what = last.map { "\($0.at.chinese) \($0.who) \($0.event.chinese)" } ?? "状态为\(record.state.chinese)"
    return Refusal(.conflict, "cases-changed", "您打开页面后，此案已有变化：\(what)。请看过最新情况再办。")
  }

  // MARK: Writing

  private func write(_ w: Working) throws {
    let (file, id) = (w.decision.file, w.record.id)
    var set: [Query] = [
      "state = \(file.state)", "open = \(file.state.isOpen)", "procedure = \(file.procedure)", "file = \(try Self.json(file))",
      "version = version + 1", "updated_at = \(w.now)", "closed_at = \(file.endedAt)", "filed_at = \(file.filedAt)",
      "decided_at = \(file.decision?.at)", "published_at = \(file.publishedAt)",
    ]
    switch w.act {
    case .identifyParty(let party): set += try keep(party, w)
    case .approveFiling: set.append("filing_no = \(try filingNumber(w))")
    case .assign, .recuse: try CaseStore.keepHands(w.decision.file, of: id, w.db)
    default: break
    }
    var assignments = set[0]
    for one in set.dropFirst() { assignments += ", " + one }
    try w.db.later("UPDATE case_file SET \(assignments) WHERE id = \(id)")
    try move(w.decision.clocks, w)
    try CaseStore.refreshDue(id, w.db)
    try keepStep(w)
    try draft(w.decision.papers, ahead: w.act.event.papersAhead, of: id, step: w.record.version, at: w.now, w.db)
  }

  /// The words stand with the step; the journal holds their hash, so that neither can be changed without the other showing it.
  private func keepStep(_ w: Working) throws {
    let event = w.act.event
    // Who the party is stands sealed beside the case, not in a step that everybody reads.
    let extra = event == .identifyParty ? [:] : w.said.extra(of: event)
    let stepID: Identifier<CaseStepSheet> = house.ids.next(at: w.now)
    let (act, said) = (try Self.json(w.act), try Self.json(extra))
    try w.db.run(
      """
      INSERT INTO case_step (id, case_id, sequence, at, account_id, role, event, act, said, note)
      VALUES (\(stepID), \(w.record.id), \(w.record.version), \(w.now), \(w.person.id), \(w.actor.role), \(event), \(act), \(said), \(w.said.note))
      """)
    var facts = ["words": Data(SHA256.hash(data: Data("\(act)\n\(said)\n\(w.said.note ?? "")".utf8))).hex]
    if w.decision.file.state != w.record.state { facts["state"] = w.decision.file.state.rawValue }
    if w.decision.file.procedure != w.record.file.procedure { facts["procedure"] = w.decision.file.procedure.rawValue }
    try Journal.append("case-\(event.rawValue)", on: w.record.subject, by: w.person.actor, at: w.now, facts: facts, ids: house.ids, w.db)
  }

  private func move(_ moves: [CaseClock], _ w: Working) throws {
    let subject = w.record.subject
    for one in moves {
      switch one {
      case .start(let kind, let from):
        // Begun anew, an older one of its kind counts no more.
        try clocks.cancel([kind], of: subject, at: w.now, w.db)
        try clocks.start(kind, on: subject, from: from, ids: house.ids, now: w.now, w.db)
      case .settle(let kind): try clocks.finish([kind], of: subject, at: w.now, w.db)
      case .pause(let kind, let reason): try clocks.pause([kind], of: subject, reason: reason, at: w.now, w.db)
      case .resume(let kind): try clocks.resume([kind], of: subject, at: w.now, w.db)
      }
    }
    if w.decision.file.state == .archived { try clocks.cancel(nil, of: subject, at: w.now, w.db) }
  }

  /// - Returns: what changes in the case's own row.
  private func keep(_ party: CaseParty, _ w: Working) throws -> [Query] {
    let name = w.said["name"] ?? ""
    let identity = CaseIdentity(idNumber: w.said["id-number"], phone: w.said["phone"])
    try w.db.run(
      """
      INSERT INTO case_party (case_id, kind, name, address, representative, sealed, tag)
      VALUES (\(w.record.id), \(party.kind), \(name), \(w.said["address"]), \(w.said["representative"]),
        \(try identity.sealed(for: w.record.id, at: w.now, house.seals)), \(try tag(w.said)))
      ON CONFLICT (case_id) DO UPDATE SET kind = excluded.kind, name = excluded.name, address = excluded.address,
        representative = excluded.representative, sealed = excluded.sealed, tag = excluded.tag
      """)
    return ["party_name = \(name)"]
  }
  /// By which the same party is known again: its number where there is one; a unit also by its name. A person's name is not enough.
  private func tag(_ said: CaseSaid) throws -> String? {
    if let number = said["id-number"] { return try house.seals.tag("party:" + number.uppercased()) }
    return said["kind"] == CaseParty.Kind.unit.rawValue ? try said["name"].map { try house.seals.tag("unit:" + $0) } : nil
  }
  private func earlier(_ said: CaseSaid, _ record: CaseRecord, _ db: any Reader) throws -> Int? {
    try tag(said).map { try CaseStore.earlierViolations(tag: $0, item: record.file.item, except: record.id, db) }
  }

  /// "徐泾中队立〔2026〕12号", gap-free within an organ's year.
  private func filingNumber(_ w: Working) throws -> String {
    let year = w.now.day.year
    return "\(w.record.organName)立〔\(year)〕\(try Counter.next("case-filing-\(w.record.organ)-\(year)", w.db))号"
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

extension CaseSaid {
  /// What the file's own act does not hold and the papers need.
  func extra(of event: CaseEvent) -> [String: String] {
    var out: [String: String] = [:]
    for field in event.fields where !["note", "reason"].contains(field.name) {
      switch field.kind {
      case .line, .words, .department: if let text = self[field.name] { out[field.name] = text }
      default: continue
      }
    }
    return out
  }
}
