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
    let received = try await house.store.write { db in
      try take(new, reading: reading, room: room, similar: similar, by: actor, at: now, db)
    }
    if !received.repeated { understander.remember(received.report.id, new, reading: received.report.reading, at: now) }
    return received
  }

  /// The transaction of `receive`, also used row by row by imports.
  func take(
    _ new: NewReport, reading: Reading, room: String?, similar: [SameAs], by actor: Actor, at now: Moment, _ db: any Writer
  ) throws -> Received {
    // The same key, or the same number of the same source, is the same report.
    let earlier =
      try new.idempotencyKey.flatMap { try ReportStore.find(idempotencyKey: $0, db) }
      ?? new.sourceNo.flatMap { try ReportStore.find(channel: new.channel, sourceNo: $0, db)?.report }
    if let earlier {
      let no = try earlier.matter.flatMap { try MatterStore.find(Matter.ID($0), db)?.no } ?? ""
      return Received(report: earlier, matterNo: no, receipt: nil, joined: false, repeated: true)
    }
    let (report, receipt) = try ReportStore.register(new, reading: reading, room: room, house: house, by: actor, at: now, db)
    let same = try candidates(similar, report: report, db)
    let matter: Matter
    var joined = false
    if let sure = same.first(where: { $0.same.sure && $0.matter.state.takesReports }) {
      matter = try join(report, to: sure.matter, because: sure.same, at: now, db)
      joined = true
    } else {
      matter = try begin(report, receiver: new.receiver.map { Office.ID($0) }, at: now, db)
      for other in same.prefix(5) { try offer(matter, other.matter, other.same, at: now, db) }
    }
    try ReportStore.join(report.id, to: matter.id.raw, db)
    try db.run(
      """
      INSERT INTO promise (report_id, matter_id, reachable, contact_tries) VALUES (\(report.id), \(matter.id), \(report.reachable), 0)
      """)
    try startClocks(report, of: matter, given: new.givenDue, at: now, db)
    try MatterStore.refreshDue(matter.id, db)
    if matter.ongoing && !joined { try ringNow(matter, at: now, db) }
    return Received(report: report, matterNo: matter.no, receipt: receipt, joined: joined, repeated: false)
  }

  /// Earlier reports as matters, each matter once.
  private func candidates(_ similar: [SameAs], report: Report, _ db: any Reader) throws -> [(same: SameAs, matter: Matter)] {
    var seen: Set<Int64> = []
    var out: [(same: SameAs, matter: Matter)] = []
    for same in similar {
      guard let earlier = try db.first("SELECT matter_id FROM report WHERE id = \(same.report)")?.optionalInt("matter_id") else { continue }
      guard let matter = try current(Matter.ID(earlier), db), seen.insert(matter.id.raw).inserted else { continue }
      out.append((same, matter))
    }
    return out
  }
  /// The matter that work goes on in, when this one was merged into another.
  private func current(_ id: Matter.ID, _ db: any Reader) throws -> Matter? {
    var id = id
    for _ in 0..<8 {
      guard let next = try db.first("SELECT merged_into FROM matter WHERE id = \(id)")?.optionalInt("merged_into") else { break }
      id = Matter.ID(next)
    }
    return try MatterStore.find(id, db)
  }

  /// - Parameter receiver: the office it was given to. It keeps the matter when the place lies in nobody's or another's district, and sends it back.
  func begin(_ report: Report, receiver: Office.ID?, at now: Moment, _ db: any Writer) throws -> Matter {
    let id: Matter.ID = house.ids.next(at: now)
    let number = try Counter.next("matter-\(now.day.iso)", db)
    let no = "M" + now.day.iso.replacing("-", with: "") + "-" + Int(number).padded(6)
    let reading = report.reading
    let place = try reading.compound.flatMap { try db.first("SELECT name, squad_id, district_id FROM compound WHERE id = \($0)") }
    let office = try receiver.flatMap { try OfficeStore.find($0, db) }
    var squad: Office.ID? = try place?.optionalID("squad_id")
    var district: Office.ID? = try place?.optionalID("district_id")
    if let office, let own = office.district, own != district {
      district = own
      squad = office.kind.takesMatters ? office.id : nil
    }
    let name = try place?.text("name")
    let what =
      reading.item.flatMap { catalogue.item($0)?.name }
      ?? (reading.outOfScope ? "职责外事项" : report.nature == .complaint ? "待认定事项" : report.nature.chinese)
    let matter = Matter(
      id: id, no: no, state: .registered, title: "\(what) · \(name ?? "地点待核实")", compound: reading.compound, compoundName: name,
      building: reading.building, placeText: report.placeText, item: reading.item, squad: squad, squadName: nil, district: district,
      holder: nil,
      officer: nil, officerName: nil, reports: 1, urgent: report.urgent, supervised: false, ongoing: reading.ongoing,
      outOfScope: reading.outOfScope,
      returns: 0, reopened: 0, unreasonable: .none, hungReason: nil, outcome: nil, firstAt: now, lastAt: now, due: nil, closedAt: nil,
      version: 1,
      updatedAt: now)
    try MatterStore.insert(matter, db)
    try Journal.append(
      "matter-registered", on: Subject("matter", id), by: .system, at: now,
      facts: [
        "report": report.no, "channel": report.channel.rawValue, "place": Masking.mask(reading.placeReasons.joined(separator: "；")),
        "item": Masking.mask(reading.itemReasons.joined(separator: "；")),
      ], ids: house.ids, db)
    return matter
  }

  private func join(_ report: Report, to matter: Matter, because same: SameAs, at now: Moment, _ db: any Writer) throws -> Matter {
    try db.run(
      """
      UPDATE matter SET reports = reports + 1, last_at = \(now), urgent = \(matter.urgent || report.urgent), version = version + 1, updated_at = \(now)
      WHERE id = \(matter.id)
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

  private func offer(_ matter: Matter, _ other: Matter, _ same: SameAs, at now: Moment, _ db: any Writer) throws {
    let id: Identifier<SameAs> = house.ids.next(at: now)
    // What has been answered is not joined again: it is shown with what was done, and a person may re-open it.
    let state = other.state.takesReports ? "offered" : "earlier"
    try db.run(
      """
      INSERT INTO offered_same (id, matter_id, other_id, score, reasons, state, at)
      VALUES (\(id), \(matter.id), \(other.id), \(same.score), \(Masking.mask(same.reasons.joined(separator: "；"))), \(state), \(now))
      """)
  }

  private func startClocks(_ report: Report, of matter: Matter, given: Moment?, at now: Moment, _ db: any Writer) throws {
    let subject = Subject("report", report.id)
    if report.reachable { try clocks.start("first-contact", on: subject, from: now, ids: house.ids, now: now, db) }
    if let given {
      try clocks.start(
        fixed: "reply-general", name: "工单办结时限", basis: "热线工单载明", due: given, on: subject, ids: house.ids, now: now, db)
    } else {
      try clocks.start(
        report.nature == .complaint ? "reply-general" : "reply-consult", on: subject, from: now, ids: house.ids, now: now, db)
    }
    if matter.reports == 1 && matter.item.map(Self.isIllegalBuilding) == true {
      let kind = matter.ongoing ? "illegal-building-onsite-ongoing" : "illegal-building-onsite"
      try clocks.start(kind, on: Subject("matter", matter.id), from: now, ids: house.ids, now: now, db)
    }
    if matter.outOfScope && matter.reports == 1 {
      try clocks.start("transfer-out-of-scope", on: Subject("matter", matter.id), from: now, ids: house.ids, now: now, db)
    }
  }

  /// 上海市拆除违法建筑若干规定 7 gives these their own clocks.
  static func isIllegalBuilding(_ slug: String) -> Bool { slug == "illegal-construction" || slug == "illegal-construction-ongoing" }
}
