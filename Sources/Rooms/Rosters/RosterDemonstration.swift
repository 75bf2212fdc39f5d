import Kernel
import People
import Staffing
import Storage

extension Rosters {
  /// Rosters of the demonstration city that hold this week: for the squads with most compounds, reckoned and issued on the spot.
  /// - Returns: how many.
  public func plantDemonstration(squads: Int = 4) async throws -> Int {
    guard house.isDemonstration else { return 0 }
    let leaders = try await house.store.read { db in
      try db.all(
        """
        SELECT a.office_id, min(a.id) AS leader, count(*) AS n FROM account a JOIN compound c ON c.squad_id = a.office_id
        WHERE a.role = 'squadLeader' AND a.state = 'active' AND c.state = 'active' GROUP BY a.office_id ORDER BY n DESC, a.office_id
        LIMIT \(squads)
        """
      ).compactMap { try PersonStore.find(try $0.id("leader", Person.self), db) }
    }
    var issued = 0
    for leader in leaders {
      guard let squad = leader.office else { continue }
      do {
        let setup = try await setup(squad, by: leader)
        if setup.facts.officers.count(where: \.included) > 2 {
          try await add(.init(name: "窗口值班", half: .am, days: .working, officers: 1), to: squad, by: leader)
        }
        if let busy = setup.facts.places.max(by: { ($0.cases, $1.no) < ($1.cases, $0.no) }), busy.cases > 0 {
          try await note(RosterCompoundNote(wanted: nil, forced: nil, needsTwo: true, skills: []), of: busy.no, by: leader)
        }
        let no = try await ask(squad, from: Self.mondays(from: house.now().day)[0], by: leader)
        try await work(try await plan(no, for: leader).id)
        let made = try await plan(no, for: leader)
        guard made.state == .draft else { continue }
        try await issue(no, version: made.version, by: leader)
        issued += 1
      } catch let refusal as Refusal where refusal.kind == .conflict {
        // A squad without people or compounds has no roster, in the demonstration too.
        continue
      }
    }
    return issued
  }
}
