import Foundation
import Kernel
import Storage

extension Cases {
  /// The papers a step makes, in the step's own transaction. A paper that there is once in a case and that was begun before is carried on.
  /// - Parameter ahead: kinds that are begun now and belong to a later step.
  func draft(_ kinds: [String], ahead: [String], of id: CaseRecord.ID, step: Int, at now: Moment, _ db: any Writer) throws {
    guard !kinds.isEmpty || !ahead.isEmpty else { return }
    guard let record = try CaseStore.find(id, db) else { throw StorageError.corrupted("case vanished") }
    let facts = try PaperFacts.read(record, law: try law(of: record.file), step: step, seals: house.seals, at: now, db)
    for kind in kinds {
      guard let form = book[kind] else { continue }
      if form.isOnce, let last = try PaperStore.last(kind, of: record.id, db) {
        if last.state == .draft {
          try refresh(last, form, from: facts, step: step, at: now, db)
          continue
        } else if last.step == nil {
          // Made ahead, for this step to hand over.
          try db.run("UPDATE case_paper SET step = \(step) WHERE id = \(last.id)")
          continue
        }
      }
      _ = try insert(form, of: record, texts: try texts(form, from: facts, db), step: step, at: now, db)
    }
    for kind in ahead {
      guard let form = book[kind] else { continue }
      if let last = try PaperStore.last(kind, of: record.id, db), last.state == .draft, last.replaces == nil {
        try refresh(last, form, from: facts, step: nil, at: now, db)
      } else {
        _ = try insert(form, of: record, texts: try texts(form, from: facts, db), step: nil, at: now, db)
      }
    }
  }

  func insert(
    _ form: PaperBook.Form, of record: CaseRecord, texts: [String: String], step: Int?, replaces: PaperRecord.ID? = nil, at now: Moment,
    _ db: any Writer
  ) throws -> PaperRecord.ID {
    let id: PaperRecord.ID = house.ids.next(at: now)
    try db.run(
      """
      INSERT INTO case_paper (id, case_id, organ_id, kind, title, mark, year, number, no, state, fields, document, step, made_at, edited_at,
        issued_at, issued_by, sha256, replaces, version)
      VALUES (\(id), \(record.id), \(record.organ), \(form.id), \(form.paper.printedTitle), \(form.mark), NULL, NULL, NULL,
        \(PaperRecord.State.draft), \(try Self.json(texts)), NULL, \(step), \(now), NULL, NULL, NULL, NULL, \(replaces), 1)
      """)
    return id
  }

  /// What the case knows now; a text that somebody has written stays theirs, but for the gaps in it.
  private func refresh(
    _ paper: PaperRecord, _ form: PaperBook.Form, from facts: PaperFacts, step: Int?, at now: Moment, _ db: any Writer
  ) throws {
    var merged = try texts(form, from: facts, db)
    if paper.editedAt != nil {
      for (name, text) in paper.texts where !text.isEmpty && PaperGap.first(in: text) == nil { merged[name] = text }
    }
    try db.run("UPDATE case_paper SET fields = \(try Self.json(merged)), step = \(step), version = version + 1 WHERE id = \(paper.id)")
  }

  func texts(_ form: PaperBook.Form, from facts: PaperFacts, _ db: any Reader) throws -> [String: String] {
    let kept = form.fields.contains(where: \.isKept) ? try PaperStore.lastTexts(form.id, of: facts.record.organ.raw, db) : [:]
    var texts: [String: String] = [:]
    for field in form.fields where Self.isAsked(field, of: facts.record.file, facts.law) {
      texts[field.name] = (field.isKept ? kept[field.name] : nil) ?? field.draft.filled(from: facts).trimming()
    }
    return texts
  }
  static func isAsked(_ field: PaperBook.Field, of file: CaseFile, _ law: CaseLaw) -> Bool {
    switch field.when {
    case .always: true
    case .fine: ((file.decision?.penalty ?? file.proposal)?.fine ?? 0) > 0
    case .hearing:
      if let penalty = file.proposal, let party = file.party { law.offersHearing(penalty, to: party) } else { false }
    }
  }
}
