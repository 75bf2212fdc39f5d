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

/// What the reporter is told at once.
public struct Received: Sendable {
  public let report: Report
  public let matterNo: String
  /// To hand out once; only its hash is stored. Nil for a repeated submission of the same key.
  public let receipt: String?
  /// Joined an open matter that earlier reports had begun.
  public let joined: Bool
  /// The same idempotency key had come before.
  public let repeated: Bool
}

extension Matters {
  /// Takes a report in, from whatever channel: understands it, joins it to the matter it surely belongs to or begins one, starts its
  /// clocks, and writes all of it in one transaction. What returns has been synced to disk.
  public func receive(_ new: NewReport, by actor: Actor) async throws -> Received {
    let now = house.now()
    try new.check(now: now)
    await understander.ready()
    let (reading, room) = understander.read(new)
    let similar = understander.similar(to: new, reading: reading, at: now)
    let ready = try ReadyReport(new, reading: reading, room: room, house: house, at: now)
    let received = try await house.store.write { db in try take(ready, similar: similar, by: actor, at: now, db) }
    if !received.repeated { understander.remember(received.report.id, new, reading: received.report.reading, at: now) }
    return received
  }

  /// The transaction of `receive`, also used row by row by imports.
  /// - Parameters:
  ///   - isNew: the caller has looked in this transaction and found no earlier one.
  ///   - batch: what the other rows of this transaction have asked for already.
  func take(
    _ ready: ReadyReport, similar: [SameAs], by actor: Actor, isNew: Bool = false, in batch: ImportBatch? = nil, at now: Moment,
    _ db: any Writer
  ) throws -> Received {
    let new = ready.new
    // The same key, or the same number of the same source, is the same report.
    let earlier =
      isNew
      ? nil
      : try new.idempotencyKey.flatMap { try ReportStore.find(idempotencyKey: $0, db) }
        ?? new.sourceNo.flatMap { try ReportStore.find(channel: new.channel, sourceNo: $0, db)?.report }
    if let earlier {
      let no = try earlier.matter.flatMap { try MatterStore.find(Matter.ID($0), db)?.no } ?? ""
      return Received(report: earlier, matterNo: no, receipt: nil, joined: false, repeated: true)
    }
    let same = try candidates(similar, in: batch, db)
    let sure = same.first { $0.same.sure && $0.state.takesReports }
    let id: Matter.ID = sure?.matter ?? house.ids.next(at: now)
    let begins = sure == nil
    let ground = begins ? try self.ground(of: ready.reading, receiver: new.receiver.map { Office.ID($0) }, in: batch, db) : Ground()
    // Both numbers at once: PostgreSQL is waited for once less.
    let counters = [ReportStore.counter(of: now.day)] + (begins ? [Self.counter(of: now.day)] : [])
    let numbers = try batch?.next(counters, db) ?? Counter.next(counters, db)
    let report = ready.report(no: ReportStore.number(numbers[0], on: now.day), matter: id.raw, at: now)
    try ReportStore.insert(ready, as: report, house: house, by: actor, at: now, db)
    let due = try startClocks(report, of: id, joins: sure != nil, given: new.givenDue, at: now, db)
    let matter: Matter
    var marks: [String] = []
    if let sure {
      matter = try join(report, to: id, because: sure.same, due: due, at: now, db)
      marks = try MatterMarks.helpers(of: id, db)
    } else {
      matter = try begin(report, id, number: numbers[1], on: ground, due: due, at: now, db)
      for other in same.prefix(5) { try offer(matter, other.matter, other.state, other.same, at: now, db) }
      if matter.ongoing { try ringNow(matter, at: now, db) }
    }
    try ReportStore.index(ready, as: report, marks: MatterMarks.marks(squad: matter.squad, district: matter.district) + marks, db)
    try MatterStore.promise(report, by: id, db)
    batch?.took(report, into: Goal(matter: id, state: sure?.state ?? matter.state))
    return Received(report: report, matterNo: matter.no, receipt: ready.receipt, joined: sure != nil, repeated: false)
  }

  /// Where the work on a report goes on.
  struct Goal {
    var matter: Matter.ID
    var state: MatterState
  }
  /// Earlier reports as the matters that work goes on in, each once.
  private func candidates(_ similar: [SameAs], in batch: ImportBatch?, _ db: any Reader) throws
    -> [(same: SameAs, matter: Matter.ID, state: MatterState)]
  {
    if similar.isEmpty { return [] }
    let reports = similar.map(\.report)
    let goals = try batch?.goals(of: reports, db) ?? Self.goals(of: reports, db)
    var seen: Set<Matter.ID> = []
    return similar.compactMap { same in
      guard let goal = goals[same.report], seen.insert(goal.matter).inserted else { return nil }
      return (same, goal.matter, goal.state)
    }
  }
  static func goals(of reports: [Int64], _ db: any Reader) throws -> [Int64: Goal] {
    var goals: [Int64: Goal] = [:]
    for row in try db.all(
      """
      SELECT r.id AS report_id, m.id, m.state, m.merged_into FROM report r JOIN matter m ON m.id = r.matter_id WHERE r.id IN (\(list: reports))
      """)
    {
      var goal = Goal(matter: try row.id("id"), state: try row.choice("state"))
      var next = try row.optionalInt("merged_into")
      for _ in 0..<8 {
        guard let target = next, let onward = try db.first("SELECT state, merged_into FROM matter WHERE id = \(target)") else { break }
        goal = Goal(matter: Matter.ID(target), state: try onward.choice("state"))
        next = try onward.optionalInt("merged_into")
      }
      goals[try row.int("report_id")] = goal
    }
    return goals
  }

  static func place(of compound: Int64, _ db: any Reader) throws -> ResultRow? {
    try db.first("SELECT name, squad_id, district_id FROM compound WHERE id = \(compound)")
  }

  /// Where a matter that begins lies, and whose it is.
  struct Ground {
    var name: String?
    var squad: Office.ID?
    var district: Office.ID?
  }
  /// - Parameter receiver: the office it was given to. It keeps the matter when the place lies in nobody's or another's district, and sends it back.
  func ground(of reading: Reading, receiver: Office.ID?, in batch: ImportBatch? = nil, _ db: any Reader) throws -> Ground {
    let place = try reading.compound.flatMap { try batch?.compound($0, db) ?? Self.place(of: $0, db) }
    let office = try receiver.flatMap { try batch?.office($0, db) ?? OfficeStore.find($0, db) }
    var ground = Ground(
      name: try place?.text("name"), squad: try place?.optionalID("squad_id"), district: try place?.optionalID("district_id"))
    if let office, let own = office.district, own != ground.district {
      ground.district = own
      ground.squad = office.kind.takesMatters ? office.id : nil
    }
    return ground
  }

  /// Of the matters that begin on a day.
  static func counter(of day: Day) -> String { "matter-\(day.iso)" }

  /// - Parameter number: the next of `counter`.
  func begin(_ report: Report, _ id: Matter.ID, number: Int64, on ground: Ground, due: Moment?, at now: Moment, _ db: any Writer) throws
    -> Matter
  {
    let no = "M\(now.day.digits)-\(Int(number).padded(6))"
    let reading = report.reading
    let what =
      reading.item.flatMap { catalogue.item($0)?.name }
      ?? (reading.outOfScope ? "职责外事项" : report.nature == .complaint ? "待认定事项" : report.nature.chinese)
    let matter = Matter(
      id: id, no: no, state: .registered, title: "\(what) · \(ground.name ?? "地点待核实")", compound: reading.compound,
      compoundName: ground.name,
      building: reading.building, placeText: report.placeText, item: reading.item, squad: ground.squad, squadName: nil,
      district: ground.district,
      holder: nil,
      officer: nil, officerName: nil, reports: 1, urgent: report.urgent, supervised: false, ongoing: reading.ongoing,
      outOfScope: reading.outOfScope,
      returns: 0, reopened: 0, unreasonable: .none, hungReason: nil, outcome: nil, firstAt: now, lastAt: now, due: due, closedAt: nil,
      version: 1,
      updatedAt: now)
    try MatterStore.insert(matter, db)
    try Journal.append(
      "matter-registered", on: Subject("matter", id), by: .system, at: now,
      facts: [
        "report": report.no, "channel": report.channel.rawValue, "place": Masking.mask(reading.placeReasons.joined(separator: "；")),
        "item": Masking.mask(reading.itemReasons.joined(separator: "；")),
      ], opening: true, ids: house.ids, db)
    return matter
  }

  /// - Returns: the matter as it was before.
  private func join(_ report: Report, to id: Matter.ID, because same: SameAs, due: Moment?, at now: Moment, _ db: any Writer) throws
    -> Matter
  {
    guard let matter = try MatterStore.find(id, db) else { throw StorageError.corrupted("matter vanished") }
    let earliest = [matter.due, due].compactMap { $0 }.min()
    try db.later(
      """
      UPDATE matter SET reports = reports + 1, last_at = \(now), urgent = \(matter.urgent || report.urgent),
        due_at = \(earliest?.milliseconds ?? MatterStore.never), version = version + 1, updated_at = \(now) WHERE id = \(matter.id)
      """)
    try Journal.append(
      "matter-joined", on: Subject("matter", matter.id), by: .system, at: now,
      facts: ["report": report.no, "channel": report.channel.rawValue, "reasons": Masking.mask(same.reasons.joined(separator: "；"))],
      ids: house.ids, db)
    if let officer = matter.officer {
      try notify(
        [officer.raw], kind: "joined", matter: matter.id, text: "\(matter.no) 又有一件诉件（共 \(matter.reports + 1) 件）：\(matter.title)", at: now,
        db)
    }
    return matter
  }

  private func offer(_ matter: Matter, _ other: Matter.ID, _ found: MatterState, _ same: SameAs, at now: Moment, _ db: any Writer) throws {
    let id: Identifier<SameAs> = house.ids.next(at: now)
    // What has been answered is not joined again: it is shown with what was done, and a person may re-open it.
    let state = found.takesReports ? "offered" : "earlier"
    try db.later(
      into: Self.offeredShape,
      "\(id)\(matter.id)\(other)\(same.score)\(Masking.mask(same.reasons.joined(separator: "；")))\(state)\(now)")
  }
  private static let offeredShape = RowShape("offered_same", "id matter_id other_id score reasons state at")

  /// - Returns: the earliest moment at which one of them is due.
  private func startClocks(_ report: Report, of matter: Matter.ID, joins: Bool, given: Moment?, at now: Moment, _ db: any Writer) throws
    -> Moment?
  {
    let subject = Subject("report", report.id)
    var due: [Moment] = []
    func start(_ kind: String, on subject: Subject) throws {
      due.append(try clocks.start(kind, on: subject, from: now, ids: house.ids, now: now, db).due)
    }
    if report.reachable { try start("first-contact", on: subject) }
    if let given {
      due.append(
        try clocks.start(
          fixed: "reply-general", name: "工单办结时限", basis: "热线工单载明", due: given, on: subject, ids: house.ids, now: now, db
        ).due)
    } else {
      try start(report.nature == .complaint ? "reply-general" : "reply-consult", on: subject)
    }
    if !joins {
      let reading = report.reading
      if reading.item.map(Self.isIllegalBuilding) == true {
        try start(reading.ongoing ? "illegal-building-onsite-ongoing" : "illegal-building-onsite", on: Subject("matter", matter))
      }
      if reading.outOfScope { try start("transfer-out-of-scope", on: Subject("matter", matter)) }
    }
    return due.min()
  }

  /// 上海市拆除违法建筑若干规定 7 gives these their own clocks.
  static func isIllegalBuilding(_ slug: String) -> Bool { slug == "illegal-construction" || slug == "illegal-construction-ongoing" }
}
