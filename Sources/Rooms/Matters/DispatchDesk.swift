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

/// One arrival on the dispatcher's desk: what it is, where, whether it is new, and whose it is.
public struct Arrival: Sendable {
  public let matter: Matter
  /// Masked words of the first report.
  public let words: String
  public let channel: Report.Channel
  public let receivedAt: Moment
  public let reading: Reading
  /// The likeliest open matter it may belong to.
  public let same: Same?
  /// An earlier, closed matter of the same kind in the same place.
  public let earlier: Same?
  /// Why the squad sent it back, when it did.
  public let returned: String?

  public struct Same: Sendable {
    public let no: String
    public let title: String
    public let state: MatterState
    public let squadName: String?
    /// 0…1
    public let score: Double
    public let reasons: String
  }
}

/// A squad with what it has on its hands.
public struct SquadLoad: Sendable {
  public let office: Office
  public let open: Int
}

extension Matters {
  /// What waits to be sent out, the earliest due first; by keyset like every list.
  public func arrivals(for person: Person, after cursor: MatterCursor? = nil, limit: Int = 40) async throws
    -> (rows: [Arrival], next: MatterCursor?, clocks: [Matter.ID: ClockSheet])
  {
    var filter = MatterFilter()
    filter.group = .dispatch
    filter.order = .due
    let page = try await list(filter, for: person, after: cursor, limit: limit)
    let now = house.now()
    return try await house.store.read { db in
      let ids = page.matters.map(\.id.raw)
      var first: [Int64: Report] = [:]
      for id in ids { first[id] = try ReportStore.reports(ofMatter: id, db).first }
      var same: [Int64: Arrival.Same] = [:]
      var earlier: [Int64: Arrival.Same] = [:]
      for row in try db.all(
        """
        SELECT s.matter_id, s.score, s.reasons, s.state AS kind, m.no, m.title, m.state, o.short AS squad
        FROM offered_same s JOIN matter m ON m.id = s.other_id LEFT JOIN office o ON o.id = m.squad_id
        WHERE s.matter_id IN (\(list: ids)) AND s.state IN ('offered', 'earlier') AND \(MatterStore.visible(to: person)) ORDER BY s.score
        """)
      {
        let one = Arrival.Same(
          no: try row.text("no"), title: try row.text("title"), state: try row.choice("state"), squadName: try row.optionalText("squad"),
          score: try row.double("score"), reasons: try row.text("reasons"))
        // The best comes last and stays.
        if try row.text("kind") == "offered", one.state.takesReports {
          same[try row.int("matter_id")] = one
        } else {
          earlier[try row.int("matter_id")] = one
        }
      }
      var returned: [Int64: String] = [:]
      for matter in page.matters where matter.returns > 0 {
        returned[matter.id.raw] = try Journal.entries(of: Subject("matter", matter.id), db).last { $0.action == "matter-object" }?.note
      }
      let rows = page.matters.compactMap { matter in
        first[matter.id.raw].map { report in
          Arrival(
            matter: matter, words: report.masked, channel: report.channel, receivedAt: report.receivedAt, reading: report.reading,
            same: same[matter.id.raw], earlier: earlier[matter.id.raw], returned: returned[matter.id.raw])
        }
      }
      return (rows, page.next, try nextClocks(of: page.matters, at: now, db))
    }
  }

  /// The squads a person may send matters to, with their open matters; of a squad's own people only their squad.
  public func squads(for person: Person) async throws -> [SquadLoad] {
    try await house.store.read { db in
      let offices: [Office]
      switch Scope(of: person) {
      case .city: offices = try OfficeStore.all(kinds: Office.Kind.allCases.filter(\.takesMatters), db)
      case .district(let id): offices = try OfficeStore.squads(of: id, db)
      case .squad(let id): offices = try OfficeStore.find(id, db).map { [$0] } ?? []
      default: offices = []
      }
      var open: [Int64: Int] = [:]
      for row in try db.all(
        "SELECT squad_id, count(*) AS n FROM matter WHERE squad_id IN (\(list: offices.map(\.id.raw))) AND open = 1 GROUP BY squad_id")
      {
        open[try row.int("squad_id")] = try row.count("n")
      }
      return offices.map { SquadLoad(office: $0, open: open[$0.id.raw] ?? 0) }
    }
  }

  /// The field people of a squad, with the open matters each has.
  public func hands(of squad: Office.ID) async throws -> [(person: Person, open: Int)] {
    try await house.store.read { db in
      let people = try PersonStore.active(in: squad, roles: [.officer, .squadLeader], db)
      var open: [Int64: Int] = [:]
      for row in try db.all(
        "SELECT officer_id, count(*) AS n FROM matter WHERE officer_id IN (\(list: people.map(\.id))) AND open = 1 GROUP BY officer_id")
      {
        open[try row.int("officer_id")] = try row.count("n")
      }
      return people.map { ($0, open[$0.id.raw] ?? 0) }
    }
  }
  /// Departments that take what is not ours: the district's own and the city's.
  public func departments(for person: Person) async throws -> [Office] {
    try await house.store.read { db in
      try OfficeStore.all(kinds: [.department], db).filter { $0.district == nil || $0.district == person.district }
    }
  }
}
