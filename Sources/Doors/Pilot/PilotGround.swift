import ClockBook
import Compounds
import Foundation
import Kernel
import Offices
import People
import Storage
import WorkCalendar

/// A compound as the simulation needs it.
struct PilotCompound: Sendable {
  let id: Int64
  let no: String
  let name: String
  let alias: String?
  let address: String
  let street: String
  let district: String
  let buildings: Int
  var households = 0
  let squad: Int
  let firm: Int64
  let committee: Int64
  let owners: Int64
  /// How many reports it draws, in proportion.
  var weight: Double
  let position: Coordinates
}
/// A squad and the people in it.
struct PilotSquad: Sendable {
  let office: Office
  let district: Office
  var leaders: [Person] = []
  var officers: [Person] = []
  var dispatcher: Person?
  var manager: Person?
}
/// The ground the year is played on.
struct PilotPlan: Sendable {
  var compounds: [PilotCompound] = []
  var squads: [PilotSquad] = []
  var departments: [String: Office.ID] = [:]
  var firmUsers: [Int64: Person] = [:]
  var committeeUsers: [Int64: Person] = [:]
  var city: Person?
  var logins: [Pilot.City.Login] = []
}

enum PilotGround {
  /// 青浦区城管执法局 2024 年专项行动通知附件所列的七个小区 (public document), with the squads of their sub-districts.
  static let seven: [(name: String, alias: String?, area: String, address: String, buildings: Int)] = [
    ("新青浦花苑", nil, "310118001", "体育场路", 36), ("宜达新居", nil, "310118001", "盈港东路8000弄", 42),
    ("民惠佳苑一期", "民惠佳苑", "310118003", "久远路1669弄", 58), ("徐泾北城招商悦庭", "招商悦庭", "310118106", "尚茂路229弄", 24),
    ("康虹花园", nil, "310118106", "沪青平公路1358弄", 30), ("新华联雅苑", nil, "310118105", "佳杰路88弄", 28),
    ("茂政滨水雅苑", "滨水雅苑", "310118105", "业煌路99弄", 18),
  ]
  /// Near the middle of each district, degrees; positions in the demonstration are scattered around it.
  static let middles: [String: (Double, Double)] = [
    "310101": (31.23, 121.48), "310104": (31.18, 121.44), "310105": (31.21, 121.40), "310106": (31.25, 121.45), "310107": (31.26, 121.39),
    "310109": (31.27, 121.49), "310110": (31.29, 121.52), "310112": (31.11, 121.38), "310113": (31.40, 121.45), "310114": (31.37, 121.26),
    "310115": (31.20, 121.58), "310116": (30.78, 121.32), "310117": (31.03, 121.22), "310118": (31.15, 121.14), "310120": (30.91, 121.46),
    "310151": (31.62, 121.45),
  ]

  static func plant(_ size: Pilot.Size, files: PilotFiles, in house: House, now: Moment, _ random: inout PilotRandom) async throws
    -> PilotPlan
  {
    let start = house.now()
    try await house.store.write { db in
      try House.setMark("demonstration", "yes", db)
      _ = try OfficeSeeding.plant(files.offices, at: start, ids: house.ids, db)
      try files.clocks.plantRules(at: start, db)
    }
    let offices = try await house.store.read { db in try OfficeStore.all(db) }
    var plan = PilotPlan()
    let byID = Dictionary(offices.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    for office in offices where office.kind == .department { plan.departments[office.code] = office.id }
    let areas = Dictionary(
      files.offices.offices.compactMap { entry in entry.areaCode.map { ($0, entry) } }, uniquingKeysWith: { a, _ in a })
    // Qingpu alone as long as there are few; otherwise the whole city.
    let wide = size.compounds > 60
    for office in offices where office.kind == .squad {
      guard let id = office.district, let district = byID[id], wide || district.code == "310118" else { continue }
      plan.squads.append(PilotSquad(office: office, district: district))
    }
    var drafts = Self.drafts(size, plan, areas, &random)
    drafts.sort { $0.order < $1.order }
    plan.compounds = try await enter(drafts, plan, in: house, &random)
    try await PilotPeople.enter(&plan, offices: offices, in: house, now: now, &random)
    return plan
  }

  struct Draft: Sendable {
    let order: Int
    let name: String
    let alias: String?
    let address: String
    let squad: Int
    let buildings: Int
    let weight: Double
  }
  private static func drafts(
    _ size: Pilot.Size, _ plan: PilotPlan, _ areas: [String: OfficesData.Entry], _ random: inout PilotRandom
  ) -> [Draft] {
    var drafts: [Draft] = []
    var taken: Set<String> = []
    for (order, one) in seven.enumerated() {
      guard let squad = plan.squads.firstIndex(where: { $0.office.code == one.area }) else { continue }
      taken.insert(one.name)
      drafts.append(
        Draft(
          order: order, name: one.name, alias: one.alias, address: one.address, squad: squad, buildings: one.buildings, weight: 6))
    }
    while drafts.count < size.compounds {
      let squad = random.below(plan.squads.count)
      let name = PilotNames.compound(&random)
      let address = PilotNames.address(&random)
      // A name may stand in two districts, as in life, but not twice in one.
      guard taken.insert(plan.squads[squad].district.code + name).inserted, taken.insert(address).inserted else { continue }
      drafts.append(
        Draft(
          order: drafts.count, name: name, alias: nil, address: address, squad: squad, buildings: random.within(4...48),
          weight: 0.4 + 2.4 * random.unit() * random.unit()))
    }
    return drafts
  }

  private static func enter(_ drafts: [Draft], _ plan: PilotPlan, in house: House, _ random: inout PilotRandom) async throws
    -> [PilotCompound]
  {
    var out: [PilotCompound] = []
    var firms: [Int: [Int64]] = [:]
    var names: Set<String> = []
    let now = house.now()
    for begin in stride(from: 0, to: drafts.count, by: 500) {
      var made: [(PilotCompound, Draft, [Int64])] = []
      var newFirms: [(Int64, String, String)] = []
      for draft in drafts[begin..<min(begin + 500, drafts.count)] {
        // A firm serves some five compounds of one district's squads.
        var known = firms[draft.squad] ?? []
        if known.count < 2 || random.chance(0.15) {
          let id: Int64 = house.ids.next(Firm.self, at: now).raw
          var name = PilotNames.firm(&random)
          while !names.insert(name).inserted {
            name = PilotNames.firm(&random).replacing("（演示）", with: "第\(random.within(1...99))分公司（演示）")
          }
          newFirms.append((id, name, PilotNames.phone(&random)))
          known.append(id)
          firms[draft.squad] = known
        }
        let squad = plan.squads[draft.squad]
        let middle = middles[squad.district.code] ?? (31.2, 121.4)
        let position = Coordinates(
          latitude: middle.0 + (random.unit() - 0.5) * 0.08, longitude: middle.1 + (random.unit() - 0.5) * 0.1)
        guard let position else { continue }
        let street = squad.office.name.replacing("综合行政执法队", with: "")
        let district = squad.district.short.replacing("区局", with: "区").replacing("新区区", with: "新区")
        let compound = PilotCompound(
          id: house.ids.next(Compound.self, at: now).raw, no: number(&random), name: draft.name, alias: draft.alias, address: draft.address,
          street: street, district: district, buildings: draft.buildings, squad: draft.squad, firm: random.one(of: known) ?? 0,
          committee: house.ids.next(Committee.self, at: now).raw, owners: house.ids.next(Committee.self, at: now).raw,
          weight: draft.weight, position: position)
        made.append((compound, draft, (0..<draft.buildings).map { _ in house.ids.next(Compound.self, at: now).raw }))
      }
      var dice = PilotRandom(seed: random.next())
      let facts = made.map { _ in
        (
          households: dice.within(180...2600), year: dice.within(1986...2021), manager: PilotNames.person(&dice),
          phone: PilotNames.phone(&dice)
        )
      }
      for (index, fact) in facts.enumerated() { made[index].0.households = fact.households }
      let rows = made
      let firmRows = newFirms
      try await house.store.write { db in
        for (id, name, phone) in firmRows {
          try db.run(
            "INSERT INTO firm (id, name, folded, credit_code, phone, created_at) VALUES (\(id), \(name), \(Firm.folded(name)), NULL, \(phone), \(now))"
          )
        }
        for (row, fact) in zip(rows, facts) {
          try insert(
            row.0, plan.squads[row.0.squad], buildings: row.2, fact.households, fact.year, fact.manager, fact.phone, house, now, db)
        }
      }
      out += made.map(\.0)
    }
    return out
  }

  private static func insert(
    _ c: PilotCompound, _ squad: PilotSquad, buildings: [Int64], _ households: Int, _ year: Int, _ manager: String, _ phone: String,
    _ house: House, _ now: Moment, _ db: any Writer
  ) throws {
    let search = [c.name, c.address, c.alias ?? "", c.no].filter { !$0.isEmpty }.joined(separator: " ").lowercased()
    try db.run(
      """
      INSERT INTO compound (id, no, name, squad_id, district_id, address, latitude, longitude, households, buildings, built_year, firm_id,
        manager_name, manager_phone, state, search, created_at, updated_at)
      VALUES (\(c.id), \(c.no), \(c.name), \(squad.office.id), \(squad.district.id), \(c.address), \(c.position.latitude),
        \(c.position.longitude), \(households), \(c.buildings), \(year), \(c.firm), \(manager), \(phone), 'active', \(search), \(now), \(now))
      """)
    if let alias = c.alias {
      let id: Int64 = house.ids.next(Compound.self, at: now).raw
      try db.run(
        "INSERT INTO compound_alias (id, compound_id, alias, source, created_at) VALUES (\(id), \(c.id), \(alias), '登记', \(now))")
    }
    for (index, id) in buildings.enumerated() {
      try db.run("INSERT INTO building (id, compound_id, name) VALUES (\(id), \(c.id), \("\(index + 1)号"))")
    }
    try db.run(
      "INSERT INTO committee (id, kind, name, phone, created_at) VALUES (\(c.committee), 'residents', \(c.name + "居民委员会（演示）"), NULL, \(now))"
    )
    try db.run(
      "INSERT INTO committee (id, kind, name, phone, created_at) VALUES (\(c.owners), 'owners', \(c.name + "业主委员会（演示）"), NULL, \(now))")
    for committee in [c.committee, c.owners] {
      try db.run("INSERT INTO committee_compound (committee_id, compound_id) VALUES (\(committee), \(c.id))")
    }
    try Journal.append("compound-added", on: Subject("compound", c.id), by: .system, at: now, ids: house.ids, db)
  }

  /// Eight characters of Crockford's base 32.
  static func number(_ random: inout PilotRandom) -> String {
    let letters = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
    return String((0..<8).map { _ in letters[random.below(32)] })
  }
}
