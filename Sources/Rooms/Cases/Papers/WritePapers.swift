import Crypto
import Foundation
import Kernel
import Offices
import People
import Storage
import Workflow

extension Cases {
  /// One paper under way.
  struct Writing {
    let record: CaseRecord
    let paper: PaperRecord
    let form: PaperBook.Form
    let person: Person
    let now: Moment
    let db: any Writer
  }
  public static let longestPaperText = 20_000

  /// Who may write and who may issue: whoever may take the step the paper belongs to, or whom the book names.
  func issuers(of form: PaperBook.Form, in record: CaseRecord) -> Set<CaseRole> {
    if let named = form.issuers { return named }
    func roles(_ procedure: CaseProcedure) -> Set<CaseRole> {
      CaseTables.table(procedure).steps.filter { $0.event.papers.contains(form.id) }.reduce(into: []) { $0.formUnion($1.roles) }
    }
    let own = roles(record.file.procedure)
    if !own.isEmpty { return own }
    let any = CaseProcedure.allCases.reduce(into: Set<CaseRole>()) { $0.formUnion(roles($1)) }
    return any.isEmpty ? [.officer, .leader] : any
  }
  static func comesFromAStep(_ kind: String) -> Bool { CaseEvent.allCases.contains { $0.papers.contains(kind) } }

  /// A paper that no step has made: one without a step of its own, or one that its step is going to hand over.
  /// - Throws: `Refusal` `cases-missing`, `cases-paper-kind`, `cases-paper-not-yet`, `cases-paper-there`, `cases-paper-not-yours`.
  public func makePaper(_ kind: String, for no: String, by person: Person) async throws -> PaperRecord.ID {
    try person.require(.workCases)
    let now = house.now()
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      guard let form = book[kind] else { throw Refusal(.missing, "cases-paper-kind", "没有这种文书。", field: "kind") }
      guard !record.roles(of: person).isEmpty else { throw Self.notYours }
      guard form.isAhead || !Self.comesFromAStep(kind) else {
        let step = CaseEvent.allCases.first { $0.papers.contains(kind) }?.chinese ?? ""
        throw Refusal(.conflict, "cases-paper-not-yet", "《\(form.paper.printedTitle)》在办理“\(step)”时自动起草，现在还不能制作。", field: "kind")
      }
      if form.isOnce, let last = try PaperStore.last(kind, of: record.id, db), last.state == .draft || last.step == nil {
        throw Refusal(.conflict, "cases-paper-there", "此案已有一份《\(form.paper.printedTitle)》，请在那一份上办理。", field: "kind")
      }
      let facts = try PaperFacts.read(record, law: try law(of: record.file), step: nil, seals: house.seals, at: now, db)
      let id = try insert(form, of: record, texts: try texts(form, from: facts, db), step: nil, at: now, db)
      try Journal.append(
        "paper-made", on: record.subject, by: person.actor, at: now, facts: ["paper": kind, "id": String(id.raw)], ids: house.ids, db)
      return id
    }
  }

  /// - Parameter texts: field name to text; names the paper does not ask for are ignored.
  /// - Throws: `Refusal` `cases-missing`, `cases-paper-missing`, `cases-paper-frozen`, `cases-paper-changed`, `cases-paper-not-yours`,
  ///   `cases-paper-long`.
  public func edit(_ id: PaperRecord.ID, of no: String, texts: [String: String], version: Int?, by person: Person) async throws {
    try await write(id, of: no, version: version, by: person) { w in
      guard !w.record.roles(of: w.person).isEmpty else { throw Self.notYours }
      try keep(texts, w)
    }
  }

  /// Freezes the paper as it stands, with the number that is next: every mandatory content is there, or nothing happens.
  /// - Parameter texts: what the person saw and perhaps changed; nil issues what is kept.
  /// - Throws: what `edit` throws, and `cases-paper-field` with the article, `cases-paper-gap`, `cases-paper-not-yet`.
  @discardableResult
  public func issue(_ id: PaperRecord.ID, of no: String, texts: [String: String]? = nil, version: Int?, by person: Person) async throws
    -> PaperRecord
  {
    try await write(id, of: no, version: version, by: person) { w in
      guard !issuers(of: w.form, in: w.record).isDisjoint(with: w.record.roles(of: w.person)) else { throw Self.notYours }
      let texts = try texts.map { try keep($0, w) } ?? w.paper.texts
      try check(texts, w)
      try freeze(texts, w)
      guard let issued = try PaperStore.find(id, of: w.record.id, w.db) else { throw StorageError.corrupted("paper vanished") }
      return issued
    }
  }

  /// A new paper with the words of one that was issued; the old one stands until the new one is issued, and is kept after that.
  /// - Parameter reason: what was wrong with it, for the record.
  /// - Throws: `Refusal` `cases-paper-not-issued`, `cases-paper-there`, `cases-no-reason`, and what `edit` throws.
  public func correct(_ id: PaperRecord.ID, of no: String, reason: String, version: Int?, by person: Person) async throws -> PaperRecord.ID
  {
    try await write(id, of: no, version: version, isDraft: false, by: person) { w in
      guard !issuers(of: w.form, in: w.record).isDisjoint(with: w.record.roles(of: w.person)) else { throw Self.notYours }
      guard w.paper.state == .issued else {
        throw Refusal(.conflict, "cases-paper-not-issued", "只有已签发且未被更正的文书可以更正；草稿直接修改。")
      }
      let reason = reason.trimming()
      guard (2...500).contains(reason.count) else { throw Refusal(.invalid, "cases-no-reason", "请写明更正的理由，2 至 500 字。", field: "reason") }
      guard try !w.db.exists("SELECT 1 AS one FROM case_paper WHERE replaces = \(id) AND state = 'draft'") else {
        throw Refusal(.conflict, "cases-paper-there", "这份文书已有一份更正稿，请在那一份上办理。")
      }
      let new = try insert(w.form, of: w.record, texts: w.paper.texts, step: w.paper.step, replaces: id, at: w.now, w.db)
      try Journal.append(
        "paper-corrected", on: w.record.subject, by: w.person.actor, at: w.now,
        facts: ["paper": w.form.id, "id": String(new.raw), "replaces": String(id.raw)], note: reason, ids: house.ids, w.db)
      return new
    }
  }

  // MARK: The one shape

  static let notYours = Refusal(.forbidden, "cases-paper-not-yours", "这份文书不由您的岗位办理。")

  private func write<Result: Sendable>(
    _ id: PaperRecord.ID, of no: String, version: Int?, isDraft: Bool = true, by person: Person,
    _ body: @escaping @Sendable (Writing) throws -> Result
  ) async throws -> Result {
    try person.require(.workCases)
    let now = house.now()
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      guard let paper = try PaperStore.find(id, of: record.id, db), let form = book[paper.kind] else {
        throw Refusal(.missing, "cases-paper-missing", "此案没有这份文书。")
      }
      if isDraft, paper.state != .draft {
        throw Refusal(.conflict, "cases-paper-frozen", "《\(paper.title)》已签发，内容不能再改；有错的请制作更正文书。")
      }
      if let version, version != paper.version {
        throw Refusal(.conflict, "cases-paper-changed", "您打开页面后，这份文书已被改过。请看过最新内容再办。")
      }
      return try body(Writing(record: record, paper: paper, form: form, person: person, now: now, db: db))
    }
  }

  @discardableResult
  private func keep(_ texts: [String: String], _ w: Writing) throws -> [String: String] {
    var kept = w.paper.texts
    for field in w.form.fields {
      guard let text = texts[field.name] else { continue }
      guard text.utf16.count <= Self.longestPaperText else {
        throw Refusal(.invalid, "cases-paper-long", "“\(field.label)”请控制在 \(Self.longestPaperText) 字以内。", field: field.name)
      }
      kept[field.name] = text.replacing("\r\n", with: "\n").trimming()
    }
    if kept == w.paper.texts { return kept }
    let json = try Self.json(kept)
    try w.db.run(
      "UPDATE case_paper SET fields = \(json), edited_at = \(w.now), version = version + 1 WHERE id = \(w.paper.id) AND state = 'draft'")
    try Journal.append(
      "paper-edited", on: w.record.subject, by: w.person.actor, at: w.now,
      facts: ["paper": w.form.id, "id": String(w.paper.id.raw), "words": Data(SHA256.hash(data: Data(json.utf8))).hex], ids: house.ids, w.db
    )
    return kept
  }

  /// Whatever the law wants in the paper is in it.
  private func check(_ texts: [String: String], _ w: Writing) throws {
    let law = try law(of: w.record.file)
    if w.paper.step == nil, !w.form.isAhead, Self.comesFromAStep(w.form.id) {
      throw Refusal(.conflict, "cases-paper-not-yet", "这份文书的步骤还没有办理，不能签发。")
    }
    for field in w.form.fields where Self.isAsked(field, of: w.record.file, law) {
      let text = texts[field.name] ?? ""
      let what = field.fulfils.first ?? field.label
      if text.isEmpty, !field.isOptional, field.sign.isEmpty || !field.fulfils.isEmpty {
        throw Refusal(
          .invalid, "cases-paper-field", "《\(w.paper.title)》缺少“\(field.label)”（必备内容：\(what)），填写后才能签发。", article: w.form.paper.basis,
          field: field.name)
      }
      if let gap = PaperGap.first(in: text) {
        throw Refusal(
          .invalid, "cases-paper-gap", "《\(w.paper.title)》的“\(field.label)”还有没填的内容：\(gap)。", article: w.form.paper.basis, field: field.name)
      }
    }
  }

  private func freeze(_ texts: [String: String], _ w: Writing) throws {
    let year = w.now.day.year
    var (number, no): (Int64?, String?) = (nil, nil)
    if let mark = w.form.mark {
      let next = try Counter.next("case-paper-\(w.record.organ)-\(mark)-\(year)", w.db)
      (number, no) = (next, "\(w.record.organName)\(mark)〔\(year)〕\(next)号")
    }
    let organ = try PaperOrgan.of(w.record, w.db).name
    let document = try Self.json(
      PaperDocument(w.paper.with(texts), w.form, organ: organ, no: no, on: w.now.day))
    try w.db.run(
      """
      UPDATE case_paper SET state = 'issued', year = \(year), number = \(number), no = \(no), document = \(document), issued_at = \(w.now),
        issued_by = \(w.person.id), version = version + 1 WHERE id = \(w.paper.id)
      """)
    var facts = ["paper": w.form.id, "id": String(w.paper.id.raw), "words": Data(SHA256.hash(data: Data(document.utf8))).hex]
    if let no { facts["no"] = no }
    try Journal.append("paper-issued", on: w.record.subject, by: w.person.actor, at: w.now, facts: facts, ids: house.ids, w.db)
    if let old = w.paper.replaces {
      try w.db.run("UPDATE case_paper SET state = 'replaced', version = version + 1 WHERE id = \(old)")
      try Journal.append(
        "paper-replaced", on: w.record.subject, by: w.person.actor, at: w.now,
        facts: ["paper": w.form.id, "id": String(old.raw), "by": String(w.paper.id.raw)], ids: house.ids, w.db)
    }
  }
}

extension PaperRecord {
  func with(_ texts: [String: String]) -> PaperRecord {
    PaperRecord(
      id: id, caseID: caseID, kind: kind, title: title, no: no, state: state, texts: texts, step: step, madeAt: madeAt, editedAt: editedAt,
      issuedAt: issuedAt, issuedBy: issuedBy, sha256: sha256, replaces: replaces, version: version)
  }
}
