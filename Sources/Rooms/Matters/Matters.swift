import Catalogue
import ClockBook
import Intake
import Kernel
import Offices
import People
import Storage
import WorkCalendar
import Workflow

/// The office's hands: every step of the closed loop, each in one shape: load, decide by the table, write state, journal,
/// clocks, notices and jobs in one transaction.
public struct Matters: Sendable {
  public let house: House
  public let clocks: ClockBook
  public let catalogue: Catalogue
  public let understander: any Understander
  /// Rooms above that have something to do when a step is taken: called last, in the step's own transaction.
  public var watchers: [Watcher] = []
  public typealias Watcher = @Sendable (MatterEvent, Matter, Person, Moment, any Writer) throws -> Void
  public init(house: House, clocks: ClockBook, catalogue: Catalogue, understander: any Understander) {
    self.house = house
    self.clocks = clocks
    self.catalogue = catalogue
    self.understander = understander
  }

  /// One step under way: what the body of a command has at hand.
  struct Working {
    let matter: Matter
    let facts: MatterFacts
    let row: MatterLoop.Row
    let person: Person
    let now: Moment
    let db: any Writer
    var subject: Subject { Subject("matter", matter.id) }
  }
  /// What a step leaves behind besides its own rows.
  struct Left {
    var facts: [String: String] = [:]
    var note: String?
    /// Overrides the table's target, for steps whose outcome decides (a revisit that re-opens).
    var state: MatterState?
    /// Further changes of the matter's row, such as `["officer_id = …"]`.
    var set: [Query] = []
  }

  /// The one shape of every step.
  /// - Parameter version: the version the person saw; nil when the caller saw none (the API without `If-Match`).
  /// - Throws: `Refusal` `matters-missing`, `matters-changed`, `step-not-now`, `step-not-yours` or the first guard that is not met.
  @discardableResult
  func step(
    _ event: MatterEvent, on no: String, version: Int?, by person: Person, _ body: @Sendable @escaping (Working) throws -> Left
  ) async throws -> Matter {
    let now = house.now()
    let (house, understander) = (house, understander)
    return try await house.store.write { db in
      guard let matter = try MatterStore.find(no: no, for: person, db) else {
        throw Refusal(.missing, "matters-missing", "没有这个事项，或者它不在您的办理范围内。")
      }
      if let version, version != matter.version { throw try Self.changed(matter, since: version, db) }
      let facts = try MatterStore.facts(matter, actor: person, db)
      let row = try MatterLoop.table.decide(event, in: matter.state, by: person.role, facts: facts)
      let left = try body(Working(matter: matter, facts: facts, row: row, person: person, now: now, db: db))
      let state = left.state ?? row.to ?? matter.state
      var set: [Query] = [
        "state = \(state)", "open = \(state.isOpen)", "version = version + 1", "updated_at = \(now)",
        "closed_at = \(state.isOpen ? nil : (matter.closedAt ?? now))", "erased_at = NULL",
      ]
      set += left.set
      var assignments = set[0]
      for one in set.dropFirst() { assignments += ", " + one }
      try db.later("UPDATE matter SET \(assignments) WHERE id = \(matter.id)")
      try MatterStore.refreshDue(matter.id, db)
      var journalFacts = left.facts
      if state != matter.state { journalFacts["state"] = state.rawValue }
      try Journal.append(
        "matter-\(event.rawValue)", on: Subject("matter", matter.id), by: person.actor, at: now, facts: journalFacts, note: left.note,
        ids: house.ids, db)
      // In memory only, so nothing is lost should the commit fail: joining asks the rows again.
      if state.isOpen != matter.state.isOpen {
        understander.settled(try MatterStore.promises(of: matter.id, db).map(\.report), open: state.isOpen)
      }
      guard let after = try MatterStore.find(matter.id, db) else { throw StorageError.corrupted("matter vanished") }
      for watcher in watchers { try watcher(event, after, person, now, db) }
      return after
    }
  }

  /// Says who was faster and what they did, so that a person can decide anew.
  static func changed(_ matter: Matter, since version: Int, _ db: any Reader) throws -> Refusal {
    let last = try Journal.entries(of: Subject("matter", matter.id), db).last
    let what =
      try last.map { "\($0.at.chinese) \($0.actor.name) \(MatterStory.verb($0.action, try $0.facts()))" } ?? "状态为\(matter.state.chinese)"
    return Refusal(.conflict, "matters-changed", "您打开页面后，此事项已有变化：\(what)。请看过最新情况再办。")
  }

  /// The earliest and only check of free words in a step.
  static func need(_ text: String, field: String, _ code: String, _ message: String, longest: Int = 4000) throws(Refusal) -> String {
    let clean = text.trimming()
    if clean.isEmpty { throw Refusal(.invalid, code, message, field: field) }
    if clean.utf16.count > longest { throw Refusal(.invalid, "matters-too-long", "文字请控制在 \(longest) 字以内。", field: field) }
    return clean
  }
}
