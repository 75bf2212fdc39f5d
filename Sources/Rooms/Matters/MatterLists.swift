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

/// What to show in the inbox.
public struct MatterFilter: Sendable, Hashable {
  public enum Group: String, Sendable, CaseIterable {
    case open, todo, dispatch, review, revisit, today, overdue, hung, transferred, closed, all
    public var chinese: String {
      switch self {
      case .open: "办理中"
      case .todo: "待我办"
      case .dispatch: "待派单"
      case .review: "待审核"
      case .revisit: "待回访"
      case .today: "今天到期"
      case .overdue: "已超期"
      case .hung: "挂账"
      case .transferred: "已移送"
      case .closed: "已办结"
      case .all: "全部"
      }
    }
  }
  public enum Order: String, Sendable { case due, newest }
  public var group: Group = .open
  public var order: Order = .newest
  public var item: String?
  public var compound: Int64?
  public var squad: Office.ID?
  public var officer: Person.ID?
  public var urgentOnly = false
  /// Words to search for in the reports; then the newest report first.
  public var words: String?
  public init() {}
}

/// Where the next page begins: the sort key and id of the last row shown.
public struct MatterCursor: Sendable, Hashable {
  public let key: Int64
  public let id: Int64
  public init(key: Int64, id: Int64) {
    self.key = key
    self.id = id
  }
  public var text: String { "\(key)-\(id)" }
  public init?(_ text: String) {
    let parts = text.split(separator: "-")
    guard parts.count == 2, let key = Int64(parts[0]), let id = Int64(parts[1]) else { return nil }
    self.init(key: key, id: id)
  }
}

public struct MatterPage: Sendable {
  public let matters: [Matter]
  /// Nil on the last page.
  public let next: MatterCursor?
}

extension Matters {
  /// One page of the matters a person may see, by keyset: as quick on page one thousand as on page one.
  public func list(_ filter: MatterFilter, for person: Person, after cursor: MatterCursor? = nil, limit: Int = 50) async throws
    -> MatterPage
  {
    let now = house.now()
    return try await house.store.read { db in
      var conditions: [Query] = []
      if let item = filter.item { conditions.append("m.item = \(item)") }
      if let compound = filter.compound { conditions.append("m.compound_id = \(compound)") }
      if let squad = filter.squad { conditions.append("m.squad_id = \(squad)") }
      if let officer = filter.officer { conditions.append("m.officer_id = \(officer)") }
      if filter.urgentOnly { conditions.append("m.urgent = 1") }
      if let words = filter.words, !words.trimming().isEmpty {
        let group = Self.condition(filter.group, person: person, now: now)
        return try Self.search(words, for: person, [group] + conditions, after: cursor, limit: limit, db)
      }
      if let cursor {
        conditions.append(filter.order == .newest ? "m.id < \(cursor.id)" : "(m.due_at, m.id) > (\(cursor.key), \(cursor.id))")
      }
      let order: Query = filter.order == .newest ? "m.id DESC" : "m.due_at, m.id"
      var rows: [Matter] = []
      let parts = Self.parts(filter, for: person, now: now)
      for part in parts {
        // The limit stands in the text: to the planner of PostgreSQL one that comes as a value could be any.
        rows += try db.all(
          "SELECT \(MatterStore.columns) WHERE \(([part] + conditions).conjunction) ORDER BY \(order) LIMIT \(raw: String(limit + 1))"
        ).map(MatterStore.matter)
      }
      if parts.count > 1 {
        switch filter.order {
        case .newest: rows.sort { $0.id > $1.id }
        case .due:
          let never = Moment(milliseconds: MatterStore.never)
          rows.sort { ($0.due ?? never, $0.id) < ($1.due ?? never, $1.id) }
        }
      }
      let matters = Array(rows.prefix(limit))
      let next = rows.count > limit ? matters.last.map { MatterCursor(key: $0.due?.milliseconds ?? MatterStore.never, id: $0.id.raw) } : nil
      return MatterPage(matters: matters, next: next)
    }
  }

  /// What a list shows, in parts that do not overlap and each of which an index gives in order; over several states at once, or over open
  /// and closed ones together, an engine would read all matters of a squad instead.
  static func parts(_ filter: MatterFilter, for person: Person, now: Moment) -> [Query] {
    let scopes = MatterStore.parts(visibleTo: person, narrowed: filter.compound != nil)
    var groups = alternatives(filter.group, person: person, now: now)
    if filter.item != nil {
      // The indexes by item tell open matters from closed ones, the hundred of today from the hundred thousand of ten years.
      groups = groups.flatMap { group -> [Query] in
        switch filter.group {
        case .all: ["m.open = 1", "m.open = 0"]
        case .closed: [group + " AND m.open = 0"]
        default: [group + " AND m.open = 1"]
        }
      }
    } else if filter.group == .all, filter.compound == nil, filter.squad != nil || Scope(of: person) != .city {
      groups = ["m.open = 1", "m.open = 0"]
    }
    return scopes.flatMap { scope in groups.map { scope + " AND " + $0 } }
  }

  /// Newest report first; a matter appears once.
  static func search(
    _ words: String, for person: Person, _ conditions: [Query], after cursor: MatterCursor?, limit: Int, _ db: any Reader
  ) throws -> MatterPage {
    let scope = MatterStore.visible(to: person)
    let marks = MatterMarks.marks(within: Scope(of: person))
    guard let match = TextSearch.match("report_search", words, marks: marks, in: db.dialect) else {
      return MatterPage(matters: [], next: nil)
    }
    var seen: Set<Int64> = []
    var found: [Int64] = []
    // A few reports more than a page has matters: some matters have several, and each hit beyond the page is looked up for nothing.
    let step = limit + limit / 4
    let newest = try cursor?.key ?? db.first("SELECT max(report_id) AS id FROM promise")?.optionalInt("id").map { $0 + 1 } ?? 0
    var next: MatterCursor?
    // Walks the hits from the newest on, over the small rows of the promises, and keeps those the person may see until the page is
    // full. CROSS JOIN keeps SQLite to that order; to PostgreSQL it says nothing.
    for window in match.windows(below: newest) {
      var below = window.upperBound
      while found.count < limit {
        let hits = try db.all(
          """
          SELECT h.id AS hit, m.id FROM (\(match.hits(in: window.lowerBound..<below))) h CROSS JOIN promise p CROSS JOIN matter m
          WHERE p.report_id = h.id AND m.id = p.matter_id AND \(scope) AND \(conditions.conjunction)
          ORDER BY h.id DESC LIMIT \(raw: String(step))
          """)
        for hit in hits where found.count < limit {
          below = try hit.int("hit")
          let id = try hit.int("id")
          if seen.insert(id).inserted { found.append(id) }
        }
        if hits.count < step { break }
      }
      if found.count == limit {
        next = MatterCursor(key: below, id: 0)
        break
      }
    }
    let rows = try db.all("SELECT \(MatterStore.columns) WHERE m.id IN (\(list: found))").map(MatterStore.matter)
    let byID = Dictionary(rows.map { ($0.id.raw, $0) }, uniquingKeysWith: { a, _ in a })
    return MatterPage(matters: found.compactMap { byID[$0] }, next: next)
  }

  static func condition(_ group: MatterFilter.Group, person: Person, now: Moment) -> Query {
    let alternatives = alternatives(group, person: person, now: now)
    guard let first = alternatives.first else { return "1 = 0" }
    return alternatives.count == 1 ? first : "(" + alternatives.dropFirst().reduce(first) { $0 + " OR " + $1 } + ")"
  }

  /// The conditions of a group, any of which is enough and no two of which hold at once. At least one.
  static func alternatives(_ group: MatterFilter.Group, person: Person, now: Moment) -> [Query] {
    switch group {
    case .open: ["m.open = 1"]
    case .todo:
      switch person.role {
      case .officer: ["m.open = 1 AND m.officer_id = \(person.id) AND m.state IN ('dispatched', 'accepted', 'found')"]
      case .squadLeader: ["m.state = 'dispatched'", "m.state = 'replied'"]
      case .dispatcher: ["m.state = 'registered'", "m.state = 'approved'"]
      default: ["m.open = 1 AND m.supervised = 1"]
      }
    case .dispatch: ["m.state = 'registered'"]
    case .review: ["m.state = 'replied'"]
    case .revisit: ["m.state = 'approved'"]
    case .today: ["m.open = 1 AND m.due_at >= \(now) AND m.due_at <= \(now.day.end)"]
    case .overdue: ["m.open = 1 AND m.due_at < \(now)"]
    case .hung: ["m.state = 'hung'"]
    case .transferred: ["m.state = 'transferred'"]
    case .closed: ["m.state = 'closed'"]
    case .all: ["1 = 1"]
    }
  }

  /// How many there are in each group, for the tabs; counted up to `cap`, shown as "500+" beyond.
  public func counts(_ groups: [MatterFilter.Group], for person: Person, cap: Int = 500) async throws -> [MatterFilter.Group: Int] {
    let now = house.now()
    return try await house.store.read { db in
      var out: [MatterFilter.Group: Int] = [:]
      for group in groups {
        var count: Int64 = 0
        for part in MatterStore.parts(visibleTo: person) {
          for condition in Self.alternatives(group, person: person, now: now) where count < cap {
            count += try db.number(
              "SELECT count(*) AS n FROM (SELECT m.id FROM matter m WHERE \(part) AND \(condition) LIMIT \(cap)) x")
          }
        }
        out[group] = min(cap, Int(count))
      }
      return out
    }
  }
  /// Matters that arrived after the newest one a page shows, for “新到 12 条”.
  public func arrived(since id: Int64, _ filter: MatterFilter, for person: Person) async throws -> Int {
    let now = house.now()
    return try await house.store.read { db in
      var count: Int64 = 0
      var wanted = MatterFilter()
      wanted.group = filter.group
      for part in Self.parts(wanted, for: person, now: now) where count < 100 {
        count += try db.number("SELECT count(*) AS n FROM (SELECT m.id FROM matter m WHERE \(part) AND m.id > \(id) LIMIT 100) x")
      }
      return min(100, Int(count))
    }
  }
}
