import Compounds
import Grades
import Intake
import Kernel
import Matters
import Offices
import People
import Staffing
import Storage

/// Reads what a plan is made from. Nothing here is typed for the roster that stands somewhere else already.
enum RosterFactsStore {
  /// Days back for complaints and for satisfaction.
  static let complaintDays = 28
  static let satisfactionDays = 182

  static func read(_ squad: Office, from start: Day, today: Day, _ db: any Reader) throws -> RosterFacts {
    var facts = RosterFacts(squad: squad.id.raw, squadName: squad.short)
    let last = start.adding(days: RosterGathering.weeks * 7 - 1)
    if let row = try db.first("SELECT latitude, longitude, compound_share, fair_band FROM roster_squad WHERE squad_id = \(squad.id)") {
      facts.position = try position(row)
      facts.compoundShare = try row.count("compound_share")
      facts.fairBand = try row.count("fair_band")
    }
    facts.studio = try StudioStore.list(of: squad.id, db).filter { $0.state == .open }
      .compactMap { studio in studio.position.map { (studio.name, $0) } }.first
    facts.places = try places(of: squad.id, on: start, today: today, db)
    facts.officers = try officers("a.office_id = \(squad.id)", from: start, through: last, db)
    facts.helpers = try helpers(of: squad, from: start, through: last, db)
    let all = (facts.officers.filter(\.included) + facts.helpers).map(\.id)
    facts.elsewhere = try RosterStore.elsewhere(all, from: start, through: last, but: squad.id, db)
    facts.duties = try duties(of: squad.id, db)
    facts.lines = try Duty.list(of: squad.id, from: start, through: last, db).map { ($0.day, $0.shift, $0.account.raw) }
    return facts
  }

  private static func position(_ row: ResultRow) throws -> Coordinates? {
    guard let latitude = try row.optionalDouble("latitude"), let longitude = try row.optionalDouble("longitude") else { return nil }
    return Coordinates(latitude: latitude, longitude: longitude)
  }
  static func words(_ text: String) -> [String] { text.split(separator: "、").map(String.init) }

  // MARK: Compounds

  static func places(of squad: Office.ID, on day: Day, today: Day, _ db: any Reader) throws -> [RosterFacts.Place] {
    var places = try db.all(
      """
      SELECT c.id, c.no, c.name, c.latitude, c.longitude, c.households, x.wanted_mode, x.forced_mode, x.needs_two, x.skills
      FROM compound c LEFT JOIN roster_compound x ON x.compound_id = c.id WHERE c.squad_id = \(squad) AND c.state = 'active'
      ORDER BY c.name, c.id
      """
    ).map { row in
      var place = RosterFacts.Place(
        id: try row.int("id"), no: try row.text("no"), name: try row.text("name"), position: try position(row),
        households: try row.optionalInt("households").map(Int.init))
      place.wanted = try row.optionalChoice("wanted_mode")
      place.forced = try row.optionalChoice("forced_mode")
      place.needsTwo = try row.optionalInt("needs_two").map { $0 != 0 } ?? false
      place.skills = words(try row.optionalText("skills") ?? "")
      return place
    }
    let ids = places.map(\.id)
    let (recent, half) = (today.adding(days: 1 - complaintDays).start, today.adding(days: 1 - satisfactionDays).start)
    var asked: [Int64: ResultRow] = [:]
    for row in try db.all(
      """
      SELECT m.compound_id,
        sum(CASE WHEN r.said_at >= \(recent) AND r.nature = 'complaint'
          AND r.channel IN (\(list: Report.Channel.ofThePublic.map(\.rawValue).sorted())) THEN 1 ELSE 0 END) AS complaints,
        sum(CASE WHEN p.satisfaction IS NOT NULL THEN 1 ELSE 0 END) AS asked,
        sum(CASE WHEN p.satisfaction IN ('satisfied', 'basically') THEN 1 ELSE 0 END) AS satisfied
      FROM matter m JOIN promise p ON p.matter_id = m.id JOIN report r ON r.id = p.report_id
      WHERE m.compound_id IN (\(list: ids)) AND m.last_at >= \(half) AND r.said_at >= \(half) AND m.out_of_scope = 0
        AND m.unreasonable <> \(Matter.Unreasonable.agreed) GROUP BY m.compound_id
      """)
    { asked[try row.int("compound_id")] = row }
    let cases = try numbers(
      "SELECT compound_id AS id, count(*) AS n FROM case_file WHERE compound_id IN (\(list: ids)) AND open = 1 GROUP BY compound_id", db)
    let grades = try Grades.effective(of: ids, on: today, db)
    var known = try known(ids, on: day, db)
    for (compound, contact) in try RosterStore.contacts(of: ids, on: day, db) { known[compound, default: []].append(contact) }
    for i in places.indices {
      let id = places[i].id
      if let row = asked[id] {
        places[i].complaints = try row.count("complaints")
        places[i].asked = try row.count("asked")
        places[i].satisfied = try row.count("satisfied")
      }
      places[i].cases = cases[id] ?? 0
      places[i].grade = grades[id] ?? ""
      places[i].known = Array(Set(known[id] ?? [])).sorted()
    }
    return places
  }
  private static func numbers(_ query: Query, _ db: any Reader) throws -> [Int64: Int] {
    try db.all(query).reduce(into: [:]) { $0[try $1.int("id")] = try $1.count("n") }
  }
  /// The officers in charge on a day, by the register.
  private static func known(_ ids: [Int64], on day: Day, _ db: any Reader) throws -> [Int64: [Int64]] {
    try db.all(
      "SELECT compound_id, account_id FROM compound_officer WHERE compound_id IN (\(list: ids)) AND from_day <= \(day) ORDER BY from_day"
    ).reduce(into: [:]) { out, row in out[try row.int("compound_id")] = try row.optionalInt("account_id").map { [$0] } ?? [] }
  }

  // MARK: People

  /// Of other squads, who may help here and is on the roster at home.
  private static func helpers(of squad: Office, from start: Day, through last: Day, _ db: any Reader) throws -> [RosterFacts.Officer] {
    let rows = try db.all(
      """
      SELECT h.account_id, h.half_days, o.id AS home, o.short, s.latitude, s.longitude FROM roster_help h
      JOIN account a ON a.id = h.account_id JOIN office o ON o.id = a.office_id LEFT JOIN roster_squad s ON s.squad_id = o.id
      WHERE h.squad_id = \(squad.id) AND a.office_id <> \(squad.id) AND o.district_id = \(squad.district) ORDER BY h.account_id
      """)
    guard !rows.isEmpty else { return [] }
    let ids = try rows.map { try $0.int("account_id") }
    let people = try officers("a.id IN (\(list: ids))", from: start, through: last, db).filter(\.included)
    return try people.map { one in
      var one = one
      for row in rows where try row.int("account_id") == one.id {
        one.helpHalfDays = try row.count("half_days")
        var home = RosterFacts.Home(squad: try row.int("home"), name: try row.text("short"), position: try position(row))
        if home.position == nil {
          home.position = try StudioStore.list(of: try row.id("home"), db).filter { $0.state == .open }.compactMap(\.position).first
        }
        one.home = home
      }
      return one
    }
  }

  private static func officers(_ which: Query, from start: Day, through last: Day, _ db: any Reader) throws -> [RosterFacts.Officer] {
    var officers = try db.all(
      """
      SELECT a.id, a.name, a.role, x.included, x.weekly_hours, x.skills, k.valid_until FROM account a
      LEFT JOIN roster_officer x ON x.account_id = a.id LEFT JOIN certificate k ON k.account_id = a.id
      WHERE \(which) AND a.role IN ('officer', 'squadLeader') AND a.state = 'active' ORDER BY a.role, a.id
      """
    ).map { row in
      let role: Role = try row.choice("role")
      // Who leads is not counted among the visitors unless the squad says so.
      var officer = RosterFacts.Officer(
        id: try row.int("id"), name: try row.text("name"), role: role,
        included: try row.optionalInt("included").map { $0 != 0 } ?? (role == .officer))
      officer.weeklyHours = try row.optionalDouble("weekly_hours") ?? 40
      officer.skills = words(try row.optionalText("skills") ?? "")
      officer.certifiedUntil = try row.optionalText("valid_until").flatMap { Day(iso: $0) }
      return officer
    }
    var leave: [Int64: [Absence]] = [:]
    for row in try db.all(
      """
      SELECT account_id, from_day, to_day FROM deputy WHERE account_id IN (\(list: officers.map(\.id))) AND ended_at IS NULL
        AND from_day <= \(last) AND to_day >= \(start)
      UNION SELECT account_id, from_day, to_day FROM roster_leave WHERE account_id IN (\(list: officers.map(\.id))) AND ended_at IS NULL
        AND from_day <= \(last) AND to_day >= \(start) ORDER BY 1, 2, 3
      """)
    { leave[try row.int("account_id"), default: []].append(Absence(from: try row.day("from_day"), to: try row.day("to_day"))) }
    var helps: [Int64: [(squad: Int64, halfDays: Int)]] = [:]
    for row in try db.all(
      "SELECT account_id, squad_id, half_days FROM roster_help WHERE account_id IN (\(list: officers.map(\.id))) ORDER BY squad_id")
    { helps[try row.int("account_id"), default: []].append((try row.int("squad_id"), try row.count("half_days"))) }
    for i in officers.indices {
      officers[i].leave = leave[officers[i].id] ?? []
      officers[i].helps = helps[officers[i].id]?.map(\.squad) ?? []
      officers[i].helpHalfDays = helps[officers[i].id]?.first?.halfDays
    }
    return officers
  }

  // MARK: Duties

  static func duties(of squad: Office.ID, _ db: any Reader) throws -> [RosterFacts.DutyRule] {
    try db.all("SELECT * FROM roster_duty WHERE squad_id = \(squad) AND ended_at IS NULL ORDER BY id").map { row in
      RosterFacts.DutyRule(
        id: try row.int("id"), name: try row.text("name"), half: try row.choice("half"), days: try row.choice("days"),
        officers: try row.count("officers"), restHalfDays: try row.count("rest_half_days"),
        maxPerOfficer: try row.optionalInt("max_per_officer").map(Int.init), skill: try row.optionalText("skill"),
        shift: try row.optionalChoice("shift"))
    }
  }
}
