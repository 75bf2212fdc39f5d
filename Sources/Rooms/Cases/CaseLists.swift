import ClockBook
import Foundation
import Kernel
import Offices
import People
import Storage

/// Which cases a list shows.
public struct CaseFilter: Sendable, Hashable {
  public enum Group: String, Sendable, CaseIterable {
    case todo, open, mine, overdue, closed, all
    public var chinese: String {
      switch self {
      case .todo: "待我办"
      case .open: "办理中"
      case .mine: "我承办的"
      case .overdue: "已超期"
      case .closed: "已结案"
      case .all: "全部"
      }
    }
  }
  public var group: Group = .open
  public var item: String?
  public var procedure: CaseProcedure?
  public var state: CaseState?
  public var compound: Int64?
  public init() {}
}

public struct CasePage: Sendable {
  public let cases: [CaseRecord]
  /// The id after which the next page begins; nil on the last.
  public let next: CaseRecord.ID?
}

extension Cases {
  /// One page of the cases a person may see, newest first, by keyset.
  public func list(_ filter: CaseFilter, for person: Person, after: CaseRecord.ID? = nil, limit: Int = 50) async throws -> CasePage {
    let now = house.now()
    return try await house.store.read { db in
      var conditions = [CaseStore.visible(to: person), Self.condition(filter.group, person, now)]
      if let item = filter.item { conditions.append("f.item = \(item)") }
      if let procedure = filter.procedure { conditions.append("f.procedure = \(procedure)") }
      if let state = filter.state { conditions.append("f.state = \(state)") }
      if let compound = filter.compound { conditions.append("f.compound_id = \(compound)") }
      if let after { conditions.append("f.id < \(after)") }
      let rows = try db.all(
        "SELECT \(CaseStore.columns) WHERE \(conditions.conjunction) ORDER BY f.id DESC LIMIT \(raw: String(limit + 1))"
      ).map(CaseStore.record)
      return CasePage(cases: Array(rows.prefix(limit)), next: rows.count > limit ? rows[limit - 1].id : nil)
    }
  }
  /// Counted up to 500.
  public func counts(_ groups: [CaseFilter.Group], for person: Person) async throws -> [CaseFilter.Group: Int] {
    let now = house.now()
    return try await house.store.read { db in
      var out: [CaseFilter.Group: Int] = [:]
      for group in groups {
        let condition = [CaseStore.visible(to: person), Self.condition(group, person, now)].conjunction
        out[group] = Int(
          try db.number("SELECT count(*) AS n FROM (SELECT f.id FROM case_file f WHERE \(condition) LIMIT 500) x"))
      }
      return out
    }
  }
  /// How many open cases there are in each state, and how many of them are overdue; an officer's are those they handle.
  public func states(for person: Person) async throws -> (states: [(state: CaseState, count: Int)], overdue: Int) {
    try person.require(.seeCases)
    let now = house.now()
    let own: Query = person.role == .officer ? Self.condition(.mine, person, now) : "1 = 1"
    return try await house.store.read { db in
      let visible = CaseStore.visible(to: person)
      let states = try CaseState.allCases.filter(\.isOpen).map { state in
        (state, Int(try db.number("SELECT count(*) AS n FROM case_file f WHERE \(visible) AND f.state = \(state) AND \(own)")))
      }
      let overdue = try db.number(
        "SELECT count(*) AS n FROM case_file f WHERE \(visible) AND \(Self.condition(.overdue, person, now)) AND \(own)")
      return (states, Int(overdue))
    }
  }
  /// The cases of one matter that this person may see.
  public func list(ofMatter no: String, for person: Person) async throws -> [CaseRecord] {
    try await house.store.read { db in
      try db.all("SELECT \(CaseStore.columns) WHERE m.no = \(no) AND \(CaseStore.visible(to: person)) ORDER BY f.id").map(CaseStore.record)
    }
  }
  /// The earliest running clock of each.
  public func nextClocks(of cases: [CaseRecord]) async throws -> [CaseRecord.ID: ClockSheet] {
    let now = house.now()
    return try await house.store.read { db in
      var best: [Int64: BookedClock] = [:]
      for clock in try clocks.clocks(of: "case", ids: cases.filter(\.state.isOpen).map(\.id.raw), db) where clock.state == .running {
        if let other = best[clock.subject.id], other.due <= clock.due { continue }
        best[clock.subject.id] = clock
      }
      return Dictionary(uniqueKeysWithValues: best.map { (CaseRecord.ID($0.key), clocks.sheet($0.value, at: now)) })
    }
  }

  /// What waits for a person's post. What their own guards then find missing stands on the case's page.
  static func condition(_ group: CaseFilter.Group, _ person: Person, _ now: Moment) -> Query {
    let own: Query = "f.id IN (SELECT case_id FROM case_officer WHERE account_id = \(person.id))"
    switch group {
    case .open: return "f.open = 1"
    case .mine: return "f.open = 1 AND \(own)"
    case .overdue: return "f.open = 1 AND f.due_at < \(now)"
    case .closed: return "f.open = 0"
    case .all: return "1 = 1"
    case .todo:
      switch person.role {
      case .officer:
        return "f.open = 1 AND f.state IN ('lead', 'investigating', 'concluded', 'notified', 'decided', 'served', 'urged') AND \(own)"
      case .squadLeader:
        return """
          f.open = 1 AND (f.state = 'filing' OR (f.state = 'lead' AND NOT EXISTS (SELECT 1 FROM case_officer o WHERE o.case_id = f.id))
            OR (f.state = 'hearing') OR (f.state = 'deciding' AND f.procedure IN ('fast-track', 'no-penalty')))
          """
      case .legalReviewer: return "f.organ_id = \(person.office) AND f.open = 1 AND f.state IN ('concluded', 'deciding')"
      case .agencyHead: return "f.organ_id = \(person.office) AND f.state IN ('deciding', 'urged', 'demolishing')"
      default: return "f.open = 1 AND f.due_at < \(now)"
      }
    }
  }
}
