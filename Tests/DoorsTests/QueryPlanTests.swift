import Catalogue
import Compounds
import Figures
import Foundation
import HTTPTypes
import HummingbirdTesting
import Intake
import Kernel
import Lookups
import Matters
import Overview
import People
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

/// The statements that lists and pages really run, explained by the engine under test: none may read a table from end to end. PostgreSQL plans by how
/// full its tables are and would read the small ones of a test house whole, so it is asked what it would do if that were forbidden.
@Suite struct QueryPlanTests {
  /// Tables that stay small, or that a list walks in the order of an index and leaves when the page is full.
  static let small: Set<String> = [
    "office", "clock_rule", "mark", "counter", "migration", "journal_seal", "studio", "firm", "committee", "node",
    "catalogue_tag",
  ]

  struct Finding: CustomStringConvertible {
    let line: String
    let sql: String
    var description: String { "\(line)\n    \(sql.split(whereSeparator: \.isWhitespace).joined(separator: " "))" }
  }

  /// Plan lines that read too much.
  static func scans(_ query: Query, _ store: RecordingStore) async throws -> [Finding] {
    let sql = query.rendered { _ in "?" }.sql
    guard ["SELECT", "UPDATE", "DELETE", "WITH"].contains(where: { sql.drop(while: \.isWhitespace).hasPrefix($0) }) else { return [] }
    if store.dialect == .postgres {
      guard !sql.contains("pg_") else { return [] }
      return PostgresPlan.scans(try await store.postgresPlan(of: query), small: small).map { Finding(line: $0, sql: sql) }
    }
    let plan = try await store.plan(of: query)
    return plan.filter { line in
      guard line.hasPrefix("SCAN ") else { return false }
      let words = line.split(separator: " ").map(String.init)
      let name = words.count > 1 ? words[1] : ""
      // Part results and the full-text index are not tables.
      if name.hasPrefix("(") || name == "CONSTANT" || line.contains("VIRTUAL TABLE") || name.hasPrefix("pragma_") { return false }
      if Self.subqueries(sql).contains(name) { return false }
      let table = Self.table(name, in: sql)
      if small.contains(table) { return false }
      // In the order of an index or of the rows themselves, and only as far as the page needs.
      if sql.contains("LIMIT"), !plan.contains(where: { $0.contains("TEMP B-TREE FOR ORDER BY") }) {
        if line.contains("USING") || sql.contains("ORDER BY \(name).id DESC") || sql.contains("ORDER BY id DESC") { return false }
      }
      return true
    }.map { Finding(line: $0, sql: sql) }
  }
  /// What an alias stands for.
  static func table(_ alias: String, in sql: String) -> String {
    let words = sql.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == "(" || $0 == ")" }).map(String.init)
    for (table, name) in zip(words, words.dropFirst()) where name == alias && !["JOIN", "FROM", "AS"].contains(table) { return table }
    return alias
  }
  /// Names after a closing bracket: `(SELECT …) x`.
  static func subqueries(_ sql: String) -> Set<String> {
    Set(
      sql.matches(of: /\)\s+(?:AS\s+)?([a-z_]+)/).map { String($0.1) } + sql.matches(of: /([a-z_]+) AS MATERIALIZED/).map { String($0.1) })
  }

  @Test func listsOfMattersSearch() async throws {
    let scene = try await WholeHouse.make { $0.over(RecordingStore($0.store)) }
    let store = try #require(scene.house.store as? RecordingStore)
    for _ in 0..<3 { _ = try await scene.report() }
    _ = store.take()
    let matters = scene.composition.matters
    let cursor = MatterCursor(key: 1, id: 1)
    for role in [Role.officer, .squadLeader, .dispatcher, .districtManager, .cityManager] {
      let person = try scene.somebody(role).person
      for group in [MatterFilter.Group.open, .todo, .dispatch, .review, .revisit, .overdue, .hung, .transferred, .closed, .all] {
        for order in [MatterFilter.Order.newest, .due] {
          // Everything there is in the order of what is due is nobody's question: due dates are of open matters.
          if order == .due, [.closed, .all, .hung, .transferred].contains(group) { continue }
          var filter = MatterFilter()
          filter.group = group
          filter.order = order
          _ = try await matters.list(filter, for: person)
          _ = try await matters.list(filter, for: person, after: cursor)
          for query in store.take() {
            for finding in try await Self.scans(query, store) {
              Issue.record("\(role.rawValue) \(group.rawValue) \(order.rawValue): \(finding)")
            }
            // Sorting what was found would read all of it first, however few rows the page shows.
            let plan = try await store.plan(of: query)
            let word = store.dialect == .sqlite ? "USE TEMP B-TREE FOR ORDER BY" : "Sort"
            if [.open, .closed, .all].contains(group), role != .squadLeader, role != .officer {
              #expect(
                !plan.contains { $0.contains(word) },
                "\(role.rawValue) \(group.rawValue) \(order.rawValue): \(plan)")
            }
          }
        }
      }
      _ = try await matters.counts(MatterFilter.Group.allCases, for: person)
      _ = try await matters.notices(of: person)
      for query in store.take() {
        for finding in try await Self.scans(query, store) { Issue.record("counts and notices of \(role.rawValue): \(finding)") }
      }
    }
  }

  @Test func ownReportsAndCompoundsSearch() async throws {
    let scene = try await WholeHouse.make { $0.over(RecordingStore($0.store)) }
    let store = try #require(scene.house.store as? RecordingStore)
    _ = store.take()
    try await scene.house.store.read { db in
      _ = try ReportStore.own(firm: 1, limit: 20, db)
      _ = try ReportStore.own(committee: 1, before: 9, limit: 20, db)
      _ = try ReportStore.own(reporter: 1, limit: 20, db)
    }
    for role in [Role.officer, .districtManager, .cityManager, .firmUser, .committeeUser] {
      let scope = Scope(of: try scene.somebody(role).person)
      let last = scene.compounds[.own].map { Compound.ID($0.id) }
      try await scene.house.store.read { db in
        _ = try CompoundStore.list(scope: scope, db)
        _ = try CompoundStore.list(CompoundFilter(state: nil), scope: scope, after: last, db)
      }
    }
    for query in store.take() {
      for finding in try await Self.scans(query, store) { Issue.record("\(finding)") }
    }
  }

  /// Of a hundred thousand matters that lie far apart in the store nothing but their entries in an index is read.
  @Test(.disabled(if: TestPostgres.isThere, "explained by SQLite")) func countsAreReadOutOfAnIndex() async throws {
    let scene = try await WholeHouse.make { $0.over(RecordingStore($0.store)) }
    let store = try #require(scene.house.store as? RecordingStore)
    let city = try scene.somebody(.cityManager).person
    let officer = try scene.somebody(.officer).person
    let month = Month(scene.house.now().day)
    _ = store.take()
    _ = try await scene.house.store.read { db in try MatterStore.openCounts(nil, for: city, db) }
    let counting = try #require(store.take().last)
    #expect(try await store.plan(of: counting).contains { $0.contains("COVERING INDEX matter_compound_open") })
    // Of a squad not by going through everybody's.
    _ = try await scene.house.store.read { db in try MatterStore.openCounts(nil, for: officer, db) }
    for query in store.take() { #expect(try await !store.plan(of: query).contains { $0.contains("matter_compound_open") }) }
    _ = try await scene.composition.matters.ownCourse(of: officer, from: month.adding(-24), through: month)
    let own = store.take().filter { $0.rendered { _ in "?" }.sql.contains("FROM matter") }
    #expect(own.count == 2)
    for query in own { #expect(try await store.plan(of: query).contains { $0.contains("COVERING INDEX matter_officer") }) }
    let item = try #require(scene.composition.catalogue.items.first).slug
    _ = try await scene.composition.overview.map(MapQuery(from: month.adding(-11), through: month, item: item), for: city)
    let byPlace = try #require(store.take().first { $0.rendered { _ in "?" }.sql.contains("GROUP BY m.compound_id") })
    #expect(try await store.plan(of: byPlace).contains { $0.contains("COVERING INDEX matter_item") })
  }

  /// What may be read from end to end: rows a person asks for rarely, or that are few.
  static let reviewed: [String] = [
    "FROM sqlite_master",
    // By a partial index that holds only what is going on.
    "sum(CASE WHEN p.state = 'found' THEN 1 ELSE 0 END) AS waiting FROM pattern p",
    // The same: one row for each compound, and what of the city's lists nobody knows.
    "END) AS quiet\n", "count(*) AS n FROM city_entry e WHERE e.report_id IS NULL",
  ]

  /// The round of every five minutes reads what is new in the journal and the reports of its months, and no table from end to end.
  @Test(.disabled(if: TestPostgres.isThere, "explained by SQLite")) func figuresAreCountedWithoutReadingAWholeTable() async throws {
    let scene = try await WholeHouse.make { $0.over(RecordingStore($0.store)) }
    let store = try #require(scene.house.store as? RecordingStore)
    _ = try await scene.report()
    try await scene.composition.figures.count()
    try await scene.composition.lookups.keep()
    _ = try await scene.report("又来一件：楼上漏水。")
    _ = store.take()
    #expect(try await scene.composition.figures.count() > 0)
    #expect(try await scene.composition.lookups.keep() > 0)
    let queries = store.take()
    #expect(queries.contains { $0.rendered { _ in "?" }.sql.contains("FROM journal") })
    for query in queries {
      for finding in try await Self.scans(query, store) { Issue.record("\(finding)") }
      // Its months are told by what is newest, never by going through all that was ever written of matters.
      #expect(try await !store.plan(of: query).contains { $0.contains("journal_subject") })
    }
  }

  /// Every page of the program, opened by everybody who may: no statement behind it reads a big table from end to end. In the small tables
  /// of a test house PostgreSQL walks a primary key rather than an index that would narrow, so here it has nothing to say.
  @Test(.disabled(if: TestPostgres.isThere, "explained by SQLite")) func noPageReadsAWholeTable() async throws {
    let scene = try await WholeHouse.make { $0.over(RecordingStore($0.store)) }
    let store = try #require(scene.house.store as? RecordingStore)
    let objects = try await OwnObjects.make(scene)
    _ = store.take()
    let found = Box<[String]>([])
    try await scene.walk { client in
      var known: Set<String> = []
      for route in scene.composition.book.routes where route.method == .get {
        guard let path = objects.path(of: route.path) else { continue }
        for role in Role.allCases {
          if case .signedIn(let permission) = route.policy, let permission, !role.permissions.contains(permission) { continue }
          _ = try await client.ask(.get, path, as: try scene.somebody(role))
          for query in store.take() where known.insert(query.rendered { _ in "?" }.sql).inserted {
            for finding in try await Self.scans(query, store) where !Self.reviewed.contains(where: { finding.sql.contains($0) }) {
              found.change { if $0.count < 40 { $0.append("\(route.path) as \(role.rawValue): \(finding)") } }
            }
          }
        }
      }
    }
    var seen: Set<String> = []
    for one in found.value where seen.insert(String(one.split(separator: ":", maxSplits: 1).last ?? "")).inserted {
      Issue.record(Comment(rawValue: one))
    }
  }
}
