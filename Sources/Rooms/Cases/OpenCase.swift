import Catalogue
import ClockBook
import Foundation
import Kernel
import Matters
import Offices
import People
import Storage

/// A lead that becomes a case.
public struct NewCase: Sendable {
  /// Slug of the catalogue's item.
  public var item: String
  public var procedure: CaseProcedure
  /// When the office learned of it.
  public var foundOn: Day
  public var place: String
  public var compound: Int64?
  /// The matter it comes from.
  public var matterNo: String?
  /// When the act ended; nil while it lasts.
  public var ended: Day?
  public var endangersLife = false
  public var isUnderConstruction = false
  public var note: String?
  /// By which a second sending is known again.
  public var onceKey: String?
  public init(item: String, procedure: CaseProcedure, foundOn: Day, place: String) {
    self.item = item
    self.procedure = procedure
    self.foundOn = foundOn
    self.place = place
  }
}

extension Cases {
  /// Opens a lead. From a matter it takes place, compound and squad; nobody types them again.
  ///
  /// The law of the act's last day is the case's law, or of today while it lasts.
  /// - Throws: `Refusal` `cases-matter-missing`, `cases-matter-has-case`, `cases-no-place`, `cases-future`, `catalogue-unknown-item`.
  @discardableResult
  public func open(_ new: NewCase, by person: Person) async throws -> CaseRecord {
    try person.require(.workCases)
    guard [.officer, .squadLeader].contains(person.role), let own = person.office else {
      throw Refusal(.forbidden, "step-not-yours", "案件线索由执法队登记。")
    }
    let item = try catalogue.known(new.item)
    let now = house.now()
    guard new.foundOn <= now.day, new.ended.map({ $0 <= now.day }) ?? true else {
      throw Refusal(.invalid, "cases-future", "日期不能晚于今天。", field: "found")
    }
    return try await house.store.write { db in
      if let key = new.onceKey, let id = try db.first("SELECT id FROM case_file WHERE once_key = \(key)")?.id("id", CaseRecord.self),
        let earlier = try CaseStore.find(id, db)
      {
        return earlier
      }
      var (place, compound, squad, district) = (new.place.trimming(), new.compound, own, person.district)
      var matter: Matter?
      if let no = new.matterNo {
        guard let found = try MatterStore.find(no: no, for: person, db) else {
          throw Refusal(.missing, "cases-matter-missing", "没有这个事项，或者它不在您的办理范围内。", field: "matter")
        }
        if let other = try db.first(
          "SELECT no FROM case_file WHERE matter_id = \(found.id) AND item = \(item.slug) AND state <> 'notFiled'")
        {
          throw Refusal(.conflict, "cases-matter-has-case", "这个事项已有案件 \(try other.text("no"))。", field: "matter")
        }
        (matter, compound, squad, district) = (found, found.compound, found.squad ?? own, found.district ?? district)
        if place.isEmpty { place = [found.compoundName, found.building].compactMap { $0 }.joined() }
      }
      guard !place.isEmpty, place.utf16.count <= 200 else {
        throw Refusal(.invalid, "cases-no-place", "请写明违法行为发生的地点，200 字以内。", field: "place")
      }
      let compoundName = try compound.flatMap { try db.first("SELECT name FROM compound WHERE id = \($0)")?.text("name") }
      let file = CaseFile(
        item: item.slug, lawDay: new.ended ?? now.day, foundOn: new.foundOn, procedure: new.procedure,
        act: CaseAction(ended: new.ended, endangersLife: new.endangersLife, isUnderConstruction: new.isUnderConstruction))
      let organ = division.level(of: item.slug) == .district ? district ?? squad : squad
      let id: CaseRecord.ID = house.ids.next(at: now)
      let day = now.day.iso.replacing("-", with: "")
      let no = "C\(day)-\(Int(try Counter.next("case-\(day)", db)).padded(6))"
      try db.run(
        """
        INSERT INTO case_file (id, no, state, open, procedure, item, title, place_text, matter_id, compound_id, squad_id, district_id, organ_id,
          party_name, file, filing_no, opened_by, opened_at, filed_at, decided_at, published_at, closed_at, due_at, once_key,
          version, updated_at)
        VALUES (\(id), \(no), \(file.state), 1, \(file.procedure), \(item.slug), \([item.name, compoundName ?? place].joined(separator: " · ")),
          \(place), \(matter?.id), \(compound), \(squad), \(district), \(organ), NULL, \(try Self.json(file)), NULL, \(person.id), \(now), NULL,
          NULL, NULL, NULL, \(CaseStore.never), \(new.onceKey), 1, \(now))
        """)
      let subject = Subject("case", id)
      try clocks.start("filing-check", on: subject, from: new.foundOn.start, ids: house.ids, now: now, db)
      try CaseStore.refreshDue(id, db)
      var facts = ["item": item.slug, "procedure": file.procedure.rawValue]
      if let matter {
        facts["matter"] = matter.no
        try settleDuty(of: matter, by: id, person: person, at: now, db)
        try Journal.append(
          "matter-case", on: Subject("matter", matter.id), by: person.actor, at: now, facts: ["case": no, "item": item.name],
          ids: house.ids, db)
      }
      try Journal.append(
        "case-opened", on: subject, by: person.actor, at: now, facts: facts, note: new.note, opening: true, ids: house.ids, db)
      guard let record = try CaseStore.find(id, db) else { throw StorageError.corrupted("case vanished") }
      return record
    }
  }
}
