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

/// What waits for one person today: a few short lists, each with its whole number.
public struct Agenda: Sendable {
  public let parts: [Part]
  public let clocks: [Matter.ID: ClockSheet]
  /// Of the matters that wait for a first contact: the clock of that call, which need not be the earliest.
  public let contactClocks: [Matter.ID: ClockSheet]
  public let notices: [Notice]
  public let calls: [DutyCall]
  /// The numbers of the matters that duty calls are about.
  public let callMatters: [Int64: String]
  /// How many the person's desk holds in all.
  public let open: Int

  public struct Part: Sendable {
    public let kind: Kind
    /// Counted up to 500.
    public let count: Int
    /// The first few, the earliest due first.
    public let matters: [Matter]
  }
  public enum Kind: String, Sendable, CaseIterable {
    case overdue, today, approve, delay, unreasonable, fresh, contact, dispatch, returned, revisit, transferred, supervised
  }
  /// The clock that a row of a list shows: the one the list is about.
  public func clock(of matter: Matter, in kind: Kind) -> ClockSheet? {
    kind == .contact ? contactClocks[matter.id] ?? clocks[matter.id] : clocks[matter.id]
  }
  public func part(_ kind: Kind) -> Part? { parts.first { $0.kind == kind } }

  /// What a role is asked to look at, in the order of its day.
  public static func kinds(for role: Role) -> [Kind] {
    switch role {
    case .officer: [.overdue, .today, .fresh, .contact]
    case .squadLeader: [.overdue, .today, .approve, .delay, .unreasonable, .fresh, .contact]
    case .dispatcher: [.overdue, .today, .returned, .dispatch, .revisit, .transferred]
    case .districtManager, .cityManager: [.overdue, .supervised, .today]
    default: []
    }
  }
}

extension Matters {
  public func agenda(for person: Person, rows: Int = 8, cap: Int = 500) async throws -> Agenda {
    let now = house.now()
    return try await house.store.read { db in
      // Own matters and those one helps with, each by its index: over both at once the engines would walk the city's.
      let scopes = MatterStore.parts(visibleTo: person)
      func count(_ condition: Query) throws -> Int {
        var sum: Int64 = 0
        for scope in scopes where sum < cap {
          sum += try db.number(
            "SELECT count(*) AS n FROM (SELECT m.id FROM matter m WHERE \(scope) AND \(condition) LIMIT \(raw: String(cap))) x")
        }
        return min(cap, Int(sum))
      }
      var parts: [Agenda.Part] = []
      for kind in Agenda.kinds(for: person.role) {
        let condition = Self.condition(kind, person: person, now: now)
        let many = try count(condition)
        var matters: [Matter] = []
        if many > 0 {
          for scope in scopes {
            matters += try db.all(
              "SELECT \(MatterStore.columns) WHERE \(scope) AND \(condition) ORDER BY m.due_at, m.id LIMIT \(raw: String(rows))"
            ).map(MatterStore.matter)
          }
          let never = Moment(milliseconds: MatterStore.never)
          if scopes.count > 1 { matters.sort { ($0.due ?? never, $0.id) < ($1.due ?? never, $1.id) } }
        }
        parts.append(Agenda.Part(kind: kind, count: many, matters: Array(matters.prefix(rows))))
      }
      let own: Query = person.role == .officer ? "m.officer_id = \(person.id)" : "1 = 1"
      let open = try count("m.open = 1 AND \(own)")
      let calls = try DutyCalls.open(for: person.id, db)
      var callMatters: [Int64: String] = [:]
      for call in calls where call.subject.kind == "matter" {
        callMatters[call.id.raw] = try MatterStore.find(Matter.ID(call.subject.id), db)?.no
      }
      return Agenda(
        parts: parts, clocks: try nextClocks(of: parts.flatMap(\.matters), at: now, db),
        contactClocks: try nextClocks(of: parts.filter { $0.kind == .contact }.flatMap(\.matters), kind: "first-contact", at: now, db),
        notices: try notices(of: person, db), calls: calls,
        callMatters: callMatters, open: open)
    }
  }

  static func condition(_ kind: Agenda.Kind, person: Person, now: Moment) -> Query {
    // An officer's day is their own matters and what nobody has taken; a desk's is everybody's.
    let own: Query = person.role == .officer ? "m.officer_id = \(person.id)" : "1 = 1"
    switch kind {
    case .overdue: return "m.open = 1 AND m.due_at < \(now) AND \(own)"
    case .today: return "m.open = 1 AND m.due_at >= \(now) AND m.due_at <= \(now.day.end) AND \(own)"
    case .approve:
      return """
        m.state = 'replied' AND NOT EXISTS (SELECT 1 FROM reply r WHERE r.matter_id = m.id AND r.state = 'asked' AND r.account_id = \(person.id))
        """
    case .delay: return "m.open = 1 AND m.id IN (SELECT matter_id FROM delay WHERE state = 'asked')"
    case .unreasonable: return "m.open = 1 AND m.unreasonable = 'asked'"
    case .fresh: return person.role == .officer ? "m.state = 'dispatched' AND (m.officer_id IS NULL OR \(own))" : "m.state = 'dispatched'"
    case .contact:
      return """
        m.state IN ('dispatched', 'accepted', 'found') AND \(own) AND
        EXISTS (SELECT 1 FROM promise p WHERE p.matter_id = m.id AND p.reachable = 1 AND p.contacted_at IS NULL)
        """
    case .dispatch: return "m.state = 'registered' AND m.returns = 0"
    case .returned: return "m.state = 'registered' AND m.returns > 0"
    case .revisit: return "m.state = 'approved'"
    case .transferred: return "m.state = 'transferred'"
    case .supervised: return "m.open = 1 AND m.supervised = 1"
    }
  }

  /// The clock that each matter's day hangs on: the earliest running one of it and its reports, else one that stands still.
  public func nextClocks(of matters: [Matter]) async throws -> [Matter.ID: ClockSheet] {
    let now = house.now()
    return try await house.store.read { db in try nextClocks(of: matters, at: now, db) }
  }

  /// - Parameter kind: only clocks of this kind; nil for any.
  func nextClocks(of matters: [Matter], kind: String? = nil, at now: Moment, _ db: any Reader) throws -> [Matter.ID: ClockSheet] {
    let ids = Array(Set(matters.filter(\.state.isOpen).map(\.id.raw)))
    if ids.isEmpty { return [:] }
    var owner: [Int64: Int64] = [:]
    for row in try db.all("SELECT report_id, matter_id FROM promise WHERE matter_id IN (\(list: ids))") {
      owner[try row.int("report_id")] = try row.int("matter_id")
    }
    var best: [Int64: BookedClock] = [:]
    func offer(_ clock: BookedClock, to matter: Int64) {
      guard clock.state == .running || clock.state == .paused, kind == nil || clock.kind == kind else { return }
      guard let other = best[matter] else { return best[matter] = clock }
      let better = clock.state == other.state ? clock.due < other.due : clock.state == .running
      if better { best[matter] = clock }
    }
    for clock in try clocks.clocks(of: "matter", ids: ids, db) { offer(clock, to: clock.subject.id) }
    for clock in try clocks.clocks(of: "report", ids: Array(owner.keys), db) {
      if let matter = owner[clock.subject.id] { offer(clock, to: matter) }
    }
    return Dictionary(uniqueKeysWithValues: best.map { (Matter.ID($0.key), clocks.sheet($0.value, at: now)) })
  }

  func notices(of person: Person, _ db: any Reader, limit: Int = 20) throws -> [Notice] {
    try db.all(
      """
      SELECT n.*, m.no AS matter_no FROM notice n LEFT JOIN matter m ON m.id = n.matter_id
      WHERE n.account_id = \(person.id) AND n.seen_at IS NULL ORDER BY n.id DESC LIMIT \(limit)
      """
    ).map { row in
      Notice(
        id: try row.int("id"), at: try row.moment("at"), kind: try row.text("kind"), matterNo: try row.optionalText("matter_no"),
        caseNo: try row.optionalText("case_no"),
        text: try row.text("text"), mustAcknowledge: try row.bool("must_acknowledge"), seenAt: try row.optionalMoment("seen_at"))
    }
  }
}
