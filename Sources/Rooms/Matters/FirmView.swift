import Catalogue
import Foundation
import Intake
import Kernel
import People
import Storage

/// What a property firm sees of its own report: its own words, and of the office's work only facts.
///
/// Others may have told of the same problem and share the matter: nothing they said, nothing the office wrote, and no reply
/// is in here, but what an officer released to this very firm.
public struct FirmView: Sendable {
  public let report: Report
  public let itemName: String?
  /// Nil for reports that came without a patrol record.
  public let duty: FirmDuty?
  public let files: [ReportFile]
  /// The hash of the journal's entry of receipt: shows later that number, time and evidence were not changed.
  public let seal: String
  public let steps: [Step]
  public let released: [Release]
  public let closed: Bool

  /// Nil when no time of discovery was given.
  public var inTime: Bool? { duty?.inTime(receivedAt: report.receivedAt) }
  /// The last step done: "已到现场核查".
  public var state: String { steps.last { $0.at != nil }?.name ?? "已收到" }

  public struct Step: Sendable {
    public let name: String
    public let at: Moment?
    /// "属实", "责令改正": a word of a closed list, never an officer's own.
    public let fact: String?
  }
  /// What an officer let this firm know.
  public struct Release: Sendable {
    public let at: Moment
    public let office: String
    public let text: String
  }
}

extension Matters {
  /// - Throws: `matters-no-report` when it is not this firm's: another firm's report does not exist for it.
  public func firmView(of no: String, firm: Int64) async throws -> FirmView {
    try await house.store.read { db in
      guard let report = try ReportStore.find(no: no, db), report.firm == firm else {
        throw Refusal(.missing, "matters-no-report", "没有这件上报，或者它不是本企业报的。")
      }
      return try firmView(of: report, firm: firm, db)
    }
  }

  /// A firm's reports, newest first; `before` is the id of the last one already shown.
  public func firmViews(firm: Int64, before: Int64? = nil, limit: Int = 30) async throws -> [FirmView] {
    try await house.store.read { db in
      try ReportStore.own(firm: firm, before: before, limit: limit, db).map { try firmView(of: $0, firm: firm, db) }
    }
  }

  func firmView(of report: Report, firm: Int64, _ db: any Reader) throws -> FirmView {
    let promise = try MatterStore.promise(ofReport: report.id.raw, db)
    let matter = try promise.flatMap { try MatterStore.find($0.matter, db) }
    let entries = try matter.map { try Journal.entries(of: Subject("matter", $0.id), db) } ?? []
    // A matter that was begun again shows its present round.
    let since = entries.last { $0.action == "matter-reopen" }?.at
    func last(_ event: MatterEvent) -> JournalEntry? {
      entries.last { $0.action == "matter-\(event.rawValue)" && $0.at >= (since ?? $0.at) }
    }
    func word(_ entry: JournalEntry?, _ key: String) throws -> String? {
      try entry.flatMap { (try $0.facts([String: String].self))[key] }
    }
    let find = last(.find)
    let measure = last(.measure)
    var steps = [
      FirmView.Step(name: "已收到", at: report.receivedAt, fact: nil),
      FirmView.Step(name: "已派单", at: entries.last { $0.action == "matter-dispatch" }?.at, fact: matter?.squadName),
      FirmView.Step(name: "已接单", at: entries.last { $0.action == "matter-accept" }?.at, fact: nil),
      FirmView.Step(name: "已到现场核查", at: last(.visit)?.at, fact: nil),
      FirmView.Step(name: "已作认定", at: find?.at, fact: try word(find, "fact").flatMap(FactFinding.init)?.chinese),
      FirmView.Step(name: "已采取措施", at: measure?.at, fact: try word(measure, "kind").flatMap(MeasureKind.init)?.chinese),
    ]
    switch matter?.state {
    case .transferred: steps.append(FirmView.Step(name: "已移送主管部门", at: last(.transfer)?.at ?? matter?.updatedAt, fact: nil))
    case .hung: steps.append(FirmView.Step(name: "暂缓办理", at: last(.hang)?.at ?? matter?.updatedAt, fact: nil))
    default: steps.append(FirmView.Step(name: "已办结", at: matter?.closedAt, fact: nil))
    }
    let receipt = try Journal.entries(of: Subject("report", report.id), db).first
    let released = try matter.map { matter in
      try db.all(
        """
        SELECT r.at, r.text, COALESCE(o.short, '') AS office FROM firm_release r JOIN account a ON a.id = r.account_id
        LEFT JOIN office o ON o.id = a.office_id WHERE r.firm_id = \(firm) AND r.matter_id IN (SELECT id FROM matter WHERE id = \(matter.id) OR merged_into = \(matter.id)) ORDER BY r.id
        """
      ).map { FirmView.Release(at: try $0.moment("at"), office: try $0.text("office"), text: try $0.text("text")) }
    }
    return FirmView(
      report: report, itemName: report.reading.item.flatMap { catalogue.item($0)?.name }, duty: try ReportStore.duty(of: report.id, db),
      files: try ReportStore.files(of: report.id, db), seal: receipt?.hash.hex ?? "", steps: steps, released: released ?? [],
      closed: matter?.state == .closed)
  }

  /// Lets a firm that reported this matter know something in words. Names, phones and rooms are masked before they are kept.
  /// - Throws: `matters-missing`, `matters-release-firm` when the firm has no report in this matter, `matters-release-missing`.
  /// - Returns: the words as the firm will read them.
  @discardableResult
  public func release(_ no: String, to firm: Int64, text: String, by person: Person) async throws -> String {
    try person.require(.handleMatters)
    let now = house.now()
    let house = house
    let words = Masking.mask(try Self.need(text, field: "text", "matters-release-missing", "请写明要告诉物业的内容。", longest: 1000))
    return try await house.store.write { db in
      guard let matter = try MatterStore.find(no: no, for: person, db) else {
        throw Refusal(.missing, "matters-missing", "没有这个事项，或者它不在您的办理范围内。")
      }
      guard
        let row = try db.first(
          "SELECT f.name FROM report r JOIN firm f ON f.id = r.firm_id WHERE r.matter_id = \(matter.id) AND r.firm_id = \(firm)")
      else { throw Refusal(.invalid, "matters-release-firm", "这家企业没有就此事项上报，不能向它公开。", field: "firm") }
      let id: Identifier<FirmView> = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO firm_release (id, matter_id, firm_id, at, account_id, text) VALUES (\(id), \(matter.id), \(firm), \(now), \(person.id), \(words))
        """)
      try db.run("UPDATE matter SET version = version + 1, updated_at = \(now) WHERE id = \(matter.id)")
      try Journal.append(
        "matter-release", on: Subject("matter", matter.id), by: person.actor, at: now, facts: ["firm": try row.text("name")], note: words,
        ids: house.ids, db)
      return words
    }
  }

  /// The firms that reported a matter, to whom something may be released.
  /// - Throws: `matters-missing` when the matter is not this person's to see.
  public func firms(of no: String, for person: Person) async throws -> [(id: Int64, name: String)] {
    try await house.store.read { db in
      guard let matter = try MatterStore.find(no: no, for: person, db) else {
        throw Refusal(.missing, "matters-missing", "没有这个事项，或者它不在您的办理范围内。")
      }
      return try db.all(
        "SELECT DISTINCT f.id, f.name FROM report r JOIN firm f ON f.id = r.firm_id WHERE r.matter_id = \(matter.id) ORDER BY f.name"
      ).map { (try $0.int("id"), try $0.text("name")) }
    }
  }
}
