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

/// A person's better reading of place or item.
public struct Correction: Sendable {
  public var compound: Int64?
  public var building: String?
  public var item: String?
  public var outOfScope: Bool
  public init(compound: Int64?, building: String?, item: String?, outOfScope: Bool) {
    self.compound = compound
    self.building = building
    self.item = item
    self.outOfScope = outOfScope
  }
}

extension Matters {
  /// 更正地点或事项. The correction applies to the matter and its reports, is kept beside what was thought before, and is learned from.
  @discardableResult
  public func correct(_ no: String, _ correction: Correction, version: Int?, by person: Person) async throws -> Matter {
    if let item = correction.item, catalogue.item(item) == nil {
      throw Refusal(.invalid, "matters-no-item", "目录中没有这个执法事项，请重新选择。", field: "item")
    }
    let learned = Learned()
    let after = try await step(.correct, on: no, version: version, by: person) { w in
      learned.begin()
      let place = try correction.compound.map { id in
        guard let row = try w.db.first("SELECT name, squad_id, district_id FROM compound WHERE id = \(id)") else {
          throw Refusal(.invalid, "matters-no-compound", "没有这个小区，请重新选择。", field: "compound")
        }
        return (
          name: try row.text("name"), squad: try row.optionalID("squad_id", Office.self),
          district: try row.optionalID("district_id", Office.self)
        )
      }
      for report in try ReportStore.reports(ofMatter: w.matter.id.raw, w.db) {
        var reading = report.reading
        let before = reading
        if correction.compound != reading.compound || correction.building != reading.building {
          reading.compound = correction.compound
          reading.compoundName = place?.name
          reading.building = correction.building
          reading.placeScore = correction.compound == nil ? 0 : 1
          reading.placeReasons = ["\(person.name) 更正"]
        }
        if correction.item != reading.item || correction.outOfScope != reading.outOfScope {
          reading.item = correction.item
          reading.outOfScope = correction.outOfScope
          reading.itemScore = 1
          reading.itemReasons = ["\(person.name) 更正"]
        }
        guard reading != before else { continue }
        try ReportStore.correct(report, to: reading, by: person.id.raw, house: house, at: w.now, w.db)
        learned.add(words: report.masked, place: report.placeText, from: before, to: reading)
      }
      let what = correction.item.flatMap { catalogue.item($0)?.name } ?? (correction.outOfScope ? "职责外事项" : "待认定事项")
      let title = "\(what) · \(place?.name ?? "地点待核实")"
      var set: [Query] = [
        "title = \(title)", "compound_id = \(correction.compound)", "building = \(correction.building)", "item = \(correction.item)",
        "out_of_scope = \(correction.outOfScope)",
      ]
      // Before anybody has taken it on, the place decides whose it is.
      if w.matter.state == .registered, let place {
        set += ["squad_id = \(place.squad)", "district_id = \(place.district)"]
        if place.squad != w.matter.squad || place.district != w.matter.district {
          try MatterMarks.add(MatterMarks.marks(squad: place.squad, district: place.district), to: w.matter.id, w.db)
        }
      }
      return Left(facts: ["before": w.matter.title, "after": title], set: set)
    }
    for one in learned.all { understander.learn(words: one.words, place: one.place, from: one.before, to: one.after) }
    return after
  }

  /// 并入另一事项: its reports go over with their own promises; this one is closed and points there.
  @discardableResult
  public func merge(_ no: String, into target: String, version: Int?, by person: Person) async throws -> Matter {
    try await step(.merge, on: no, version: version, by: person) { w in
      guard target != no, let other = try MatterStore.find(no: target, for: person, w.db), other.state.takesReports else {
        throw Refusal(.invalid, "matters-no-target", "请选择一个尚未答复、仍在办理中的事项并入。", field: "target")
      }
      let count = try w.db.number("SELECT count(*) AS n FROM promise WHERE matter_id = \(w.matter.id)")
      try w.db.run("UPDATE report SET matter_id = \(other.id) WHERE matter_id = \(w.matter.id)")
      try w.db.run("UPDATE promise SET matter_id = \(other.id) WHERE matter_id = \(w.matter.id)")
      try MatterMarks.add(
        MatterMarks.marks(squad: other.squad, district: other.district) + MatterMarks.helpers(of: other.id, w.db), to: other.id, w.db)
      try w.db.run(
        """
        UPDATE matter SET reports = reports + \(count), urgent = \(other.urgent || w.matter.urgent), first_at = \(min(other.firstAt, w.matter.firstAt)),
          last_at = \(max(other.lastAt, w.matter.lastAt)), version = version + 1, updated_at = \(w.now) WHERE id = \(other.id)
        """)
      try w.db.run("UPDATE offered_same SET state = 'joined' WHERE matter_id = \(w.matter.id) AND other_id = \(other.id)")
      try clocks.cancel(nil, of: w.subject, at: w.now, w.db)
      try MatterStore.refreshDue(other.id, w.db)
      try Journal.append(
        "matter-took-over", on: Subject("matter", other.id), by: person.actor, at: w.now,
        facts: ["from": w.matter.no, "reports": String(count)],
        ids: house.ids, w.db)
      return Left(facts: ["into": other.no], set: ["merged_into = \(other.id)", "reports = 0"])
    }
  }

  /// “不是同一件”: an offered pair is put aside.
  public func refuseSame(_ no: String, other: String, by person: Person) async throws {
    let house = house
    let now = house.now()
    try await house.store.write { db in
      guard let matter = try MatterStore.find(no: no, for: person, db), let second = try MatterStore.find(no: other, for: person, db) else {
        throw Refusal(.missing, "matters-missing", "没有这个事项，或者它不在您的办理范围内。")
      }
      try db.run(
        "UPDATE offered_same SET state = 'refused' WHERE matter_id = \(matter.id) AND other_id = \(second.id) AND state = 'offered'")
      try Journal.append(
        "matter-not-same", on: Subject("matter", matter.id), by: person.actor, at: now, facts: ["other": other], ids: house.ids, db)
    }
  }

  /// 拆出诉件: one report that does not belong begins a matter of its own.
  @discardableResult
  public func split(_ no: String, report: Report.ID, version: Int?, by person: Person) async throws -> Matter {
    try await step(.split, on: no, version: version, by: person) { w in
      _ = try self.promise(report, of: w.matter, w.db)
      guard let split = try ReportStore.find(report, w.db) else {
        throw Refusal(.missing, "matters-other-report", "这件诉件不在本事项内，请刷新页面。")
      }
      let ground = try self.ground(of: split.reading, receiver: w.matter.squad ?? w.matter.district, w.db)
      let number = try Counter.next(Self.counter(of: w.now.day), w.db)
      let fresh = try self.begin(split, house.ids.next(at: w.now), number: number, on: ground, due: nil, at: w.now, w.db)
      try ReportStore.join(report, to: fresh.id.raw, w.db)
      try w.db.run("UPDATE promise SET matter_id = \(fresh.id) WHERE report_id = \(report)")
      try MatterMarks.add(MatterMarks.marks(squad: fresh.squad, district: fresh.district), to: fresh.id, w.db)
      try MatterStore.refreshDue(fresh.id, w.db)
      return Left(facts: ["report": split.no, "to": fresh.no], set: ["reports = reports - 1"])
    }
  }
}

/// Corrections collected inside a transaction and learned from after it has been committed.
private final class Learned: @unchecked Sendable {
  struct One {
    let words: String
    let place: String
    let before: Reading
    let after: Reading
  }
  // Written by the transaction body and read after it returned; never by both at once.
  private(set) var all: [One] = []
  /// The body may be run again.
  func begin() { all = [] }
  func add(words: String, place: String, from before: Reading, to after: Reading) {
    all.append(One(words: words, place: place, before: before, after: after))
  }
}
