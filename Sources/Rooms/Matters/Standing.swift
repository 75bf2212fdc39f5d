import Kernel
import People
import Storage

/// How things stand now, within a person's scope; an officer's are their own matters. Exact, and each number is what the list of its group
/// shows.
public struct Standing: Sendable, Hashable {
  public let counts: [MatterFilter.Group: Int]
  public subscript(group: MatterFilter.Group) -> Int { counts[group] ?? 0 }
  public static let groups: [MatterFilter.Group] = [.open, .overdue, .today, .dispatch, .review, .revisit, .hung, .transferred]
}

extension Matters {
  /// By indexes that hold what is counted: it takes as long as there are matters going on, however many there were.
  public func standing(for person: Person) async throws -> Standing {
    try person.require(.seeMatters)
    let now = house.now()
    let own: Query? = person.role == .officer ? "m.officer_id = \(person.id)" : nil
    return try await house.store.read { db in
      var counts: [MatterFilter.Group: Int] = [:]
      for group in Standing.groups {
        var sum: Int64 = 0
        for part in MatterStore.parts(visibleTo: person, narrowed: own != nil) {
          for condition in Self.alternatives(group, person: person, now: now) {
            sum += try db.number(
              "SELECT count(*) AS n FROM matter m WHERE \([own, part, condition].compactMap(\.self).conjunction)")
          }
        }
        counts[group] = Int(sum)
      }
      return Standing(counts: counts)
    }
  }

  /// Matters of an officer, by the month in which they came and by the month in which they were closed.
  public func ownCourse(of person: Person, from: Month, through: Month) async throws -> [(month: Month, came: Int, closed: Int)] {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      var (came, closed) = ([Int: Int](), [Int: Int]())
      let mine: Query = "m.officer_id = \(person.id) AND m.merged_into IS NULL"
      for row in try db.all(
        "SELECT m.first_at FROM matter m WHERE \(mine) AND m.first_at >= \(from.first.start) AND m.first_at < \(through.last.end)")
      {
        came[Month(try row.moment("first_at").day).count, default: 0] += 1
      }
      for row in try db.all(
        """
        SELECT m.closed_at FROM matter m WHERE \(mine) AND m.open = 0 AND m.closed_at >= \(from.first.start) AND m.closed_at < \(through.last.end)
        """)
      {
        closed[Month(try row.moment("closed_at").day).count, default: 0] += 1
      }
      return (from.count...through.count).map { (Month(count: $0), came[$0] ?? 0, closed[$0] ?? 0) }
    }
  }
  /// The matters behind a number of `ownCourse`, the newest first.
  public func ownMatters(of person: Person, closed: Bool, in month: Month, limit: Int = 500) async throws -> [Matter] {
    try person.require(.seeMatters)
    let when: Query = closed ? "m.open = 0 AND m.closed_at" : "m.first_at"
    return try await house.store.read { db in
      try db.all(
        """
        SELECT \(MatterStore.columns) WHERE m.officer_id = \(person.id) AND m.merged_into IS NULL AND \(when) >= \(month.first.start)
          AND \(closed ? "m.closed_at" : "m.first_at" as Query) < \(month.last.end) ORDER BY m.id DESC LIMIT \(limit)
        """
      ).map(MatterStore.matter)
    }
  }
}
