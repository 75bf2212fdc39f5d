import Compounds
import Kernel
import Offices
import People
import Storage

/// Accounts for every role, responsible officers, studios, a duty roster and a deputy.
enum PilotPeople {
  /// Pinyin of Qingpu's squads, for log-ins that can be typed.
  static let pinyin = [
    "310118001": "xiayang", "310118002": "yingpu", "310118003": "xianghuaqiao", "310118102": "zhujiajiao", "310118103": "liantang",
    "310118104": "jinze", "310118105": "zhaoxiang", "310118106": "xujing", "310118107": "huaxin", "310118109": "chonggu",
    "310118110": "baihe",
  ]

  static func enter(_ plan: inout PilotPlan, offices: [Office], in house: House, now: Moment, _ random: inout PilotRandom) async throws {
    var new: [NewAccount] = []
    let bureau = offices.first { $0.kind == .bureau }
    func name() -> String { PilotNames.person(&random) }
    // Posts that came later draw from dice of their own, so that the city stays the one that its tests know.
    var later = PilotRandom(seed: 118)
    for (login, role) in [("xitong", Role.systemAdmin), ("anquan", .securityAdmin), ("shenji", .auditAdmin)] {
      new.append(NewAccount(login: login, name: name(), role: role))
    }
    new.append(NewAccount(login: "shiju", name: name(), role: .cityManager, office: bureau?.id))
    for district in offices where district.kind == .district && plan.squads.contains(where: { $0.district.id == district.id }) {
      let own = district.code == "310118"
      new.append(NewAccount(login: own ? "quju" : "quju.\(district.code)", name: name(), role: .districtManager, office: district.id))
      new.append(NewAccount(login: own ? "paidan" : "paidan.\(district.code)", name: name(), role: .dispatcher, office: district.id))
    }
    for squad in plan.squads {
      let word = pinyin[squad.office.code] ?? squad.office.code
      for i in 1...2 { new.append(NewAccount(login: "\(word).dui\(i)", name: name(), role: .squadLeader, office: squad.office.id)) }
      new.append(NewAccount(login: "\(word).fazhi", name: PilotNames.person(&later), role: .legalReviewer, office: squad.office.id))
      new.append(NewAccount(login: "\(word).jiguan", name: PilotNames.person(&later), role: .agencyHead, office: squad.office.id))
      for i in 1...4 { new.append(NewAccount(login: "\(word)\(i)", name: name(), role: .officer, office: squad.office.id)) }
    }
    for (i, compound) in plan.compounds.prefix(7).enumerated() {
      let end = i == 0 ? "" : String(i + 1)
      new.append(NewAccount(login: "wuye" + end, name: name(), role: .firmUser, firm: compound.firm))
      new.append(NewAccount(login: "juwei" + end, name: name(), role: .committeeUser, committee: compound.committee))
    }
    new.append(NewAccount(login: "yewei", name: name(), role: .committeeUser, committee: plan.compounds.first?.owners))
    let accounts = new
    let ids = try await Accounts.plantDemonstration(accounts, password: Pilot.password, in: house)
    let people = try await house.store.read { db in
      try accounts.compactMap { account in try ids[account.login].flatMap { try PersonStore.find($0, db) } }
    }
    for person in people {
      switch person.role {
      case .squadLeader:
        if let i = plan.squads.firstIndex(where: { $0.office.id == person.office }) { plan.squads[i].leaders.append(person) }
      case .officer: if let i = plan.squads.firstIndex(where: { $0.office.id == person.office }) { plan.squads[i].officers.append(person) }
      case .dispatcher:
        for i in plan.squads.indices where plan.squads[i].district.id == person.office { plan.squads[i].dispatcher = person }
      case .districtManager:
        for i in plan.squads.indices where plan.squads[i].district.id == person.office { plan.squads[i].manager = person }
      case .cityManager: plan.city = person
      case .firmUser: if let firm = person.firm { plan.firmUsers[firm] = person }
      case .committeeUser: if let committee = person.committee { plan.committeeUsers[committee] = person }
      default: break
      }
    }
    let seven = Set(plan.compounds.prefix(7).map { plan.squads[$0.squad].office.id })
    plan.logins = people.filter { person in person.office.map { seven.contains($0) || !person.role.isField } ?? true }
      .filter { !$0.login.contains(".3101") || $0.login.hasSuffix("310118") }
      .map { Pilot.City.Login(login: $0.login, name: $0.name, role: $0.role, unit: $0.officeName) }
    try await posts(plan, in: house, now: now, &random)
  }

  /// Who answers for which compound, where the studios are, who is on duty.
  private static func posts(_ plan: PilotPlan, in house: House, now: Moment, _ random: inout PilotRandom) async throws {
    let start = house.now()
    let qingpu = plan.squads.indices.filter { plan.squads[$0].district.code == "310118" }
    let studios = qingpu.map { index in (index, PilotGround.number(&random), random.within(1...200), PilotNames.phone(&random)) }
    try await house.store.write { db in
      for compound in plan.compounds {
        let officers = plan.squads[compound.squad].officers
        guard !officers.isEmpty else { continue }
        let officer = officers[PilotPlan.turn(compound, officers.count)]
        try db.run(
          "INSERT INTO compound_officer (compound_id, from_day, account_id) VALUES (\(compound.id), \(start.day), \(officer.id))")
      }
      for (index, no, door, phone) in studios {
        let squad = plan.squads[index]
        let area = squad.office.name.replacing("综合行政执法队", with: "")
        let id: Identifier<Studio> = house.ids.next(at: start)
        try db.run(
          """
          INSERT INTO studio (id, squad_id, no, name, address, hours, phone, latitude, longitude, state, created_at)
          VALUES (\(id), \(squad.office.id), \(no), \(area + "城管社区工作室（演示）"), \("\(area)便民路\(door)号"),
            '工作日 9:00–11:30，13:30–17:00', \(phone), NULL, NULL, 'open', \(start))
          """)
      }
    }
  }

  /// The roster of the weeks around now, and a deputy for somebody who is away today.
  static func roster(_ plan: PilotPlan, around now: Moment, isWorkday: @Sendable (Day) -> Bool, in house: House) async throws {
    for squad in plan.squads where squad.district.code == "310118" {
      guard let leader = squad.leaders.first, squad.officers.count > 1 else { continue }
      var lines: [DutyEntry] = []
      for offset in -7...14 {
        let day = now.day.adding(days: offset)
        let one = squad.officers[abs(day.daysSinceEpoch) % squad.officers.count]
        let two = squad.officers[abs(day.daysSinceEpoch + 1) % squad.officers.count]
        lines.append(DutyEntry(day: day, shift: isWorkday(day) ? .day : .holiday, account: one.id, second: two.id))
        lines.append(DutyEntry(day: day, shift: .night, account: two.id, second: leader.id))
      }
      try await Duty.set(lines, of: squad.office.id, by: leader, in: house)
    }
    if let squad = plan.compounds.first.map({ plan.squads[$0.squad] }), squad.officers.count > 3, let leader = squad.leaders.first {
      try await Deputies.appoint(
        squad.officers[2].id, for: squad.officers[3].id, from: now.day, to: now.day.adding(days: 6), reason: "年休假", by: leader, in: house)
    }
  }
}

extension PilotPlan {
  /// Which of a squad's officers answers for a compound.
  static func turn(_ compound: PilotCompound, _ officers: Int) -> Int {
    officers == 0 ? 0 : compound.name.unicodeScalars.reduce(0) { ($0 &* 31 &+ Int($1.value)) & 0xFFFF } % officers
  }
}

extension Role {
  /// Works in a squad.
  var isField: Bool { self == .officer || self == .squadLeader }
}
