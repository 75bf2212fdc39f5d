import Foundation
import Intake
import Kernel
import Offices
import People
import Storage

/// A city to measure in: its ground, rows without number, and words that people would send.
public struct PilotYard: Sendable {
  let plan: PilotPlan
  let files: PilotFiles
  /// One of each who reads lists; all of the squad with the most compounds' district.
  public let officer: Person
  public let leader: Person
  public let dispatcher: Person
  public let manager: Person
  public let city: Person
  /// A compound that draws many reports.
  public let compound: (id: Int64, no: String, name: String)

  /// Plants offices, compounds and accounts, but no reports.
  /// - Throws: `Refusal` `pilot-no-yard` when the size has no complete squad.
  public static func plant(compounds: Int, data: URL, into house: House, seed: UInt64 = 7) async throws -> PilotYard {
    let files = try PilotFiles(data)
    let now = house.now()
    let clock = PilotClock(now.day.adding(days: -365).at(hour: 8))
    var random = PilotRandom(seed: seed)
    let plan = try await Pilot.batched(house, clock) { inside in
      try await PilotGround.plant(Pilot.Size(compounds: compounds, reports: 0), files: files, in: inside, now: now, &random)
    }
    guard let compound = plan.compounds.first, let squad = Optional(plan.squads[compound.squad]), let officer = squad.officers.first,
      let leader = squad.leaders.first, let dispatcher = squad.dispatcher, let manager = squad.manager, let city = plan.city
    else { throw Refusal(.invalid, "pilot-no-yard", "演示城市不完整，无法测量。") }
    return PilotYard(
      plan: plan, files: files, officer: officer, leader: leader, dispatcher: dispatcher, manager: manager, city: city,
      compound: (compound.id, compound.no, compound.name))
  }

  /// Fills the yard, once, as if the office had been at work for so long that it has that many reports: 2,740 came every day. Identifiers
  /// begin in 2020, so beyond six and a half years there are more in a day instead.
  ///
  /// Numbers, promises, clocks, chains and search entries are as the commands would have left them, and the days are sealed, so
  /// `longtang audit verify` passes.
  /// - Parameter told: what is being done, for whoever waits.
  public func fill(_ count: Int, into house: House, told: @Sendable (String) -> Void = { _ in }) async throws {
    let now = house.now()
    try await BulkLoad.withoutIndexes(of: PilotBulk.tables, in: house.store, building: { statement, _, _ in told(statement) }) {
      try await PilotBulk.write(
        count, of: plan, files: files, until: now, days: Self.days(of: count), in: house, seed: 1000, depth: .broad, node: 500)
    }
    told("seals")
    try await BulkLoad.atLength(house.store) { db in try Journal.seal(before: now.day, at: now, db) }
  }

  /// Fills a city that is even but for what is planted in it.
  /// - Parameter days: over how many days before today the complaints are spread.
  /// - Returns: what was planted.
  public func plant(_ counts: PilotPlants.Counts, among reports: Int, days: Int, seed: UInt64, into house: House) async throws
    -> PilotPlants
  {
    let now = house.now()
    var even = plan
    for index in even.compounds.indices { even.compounds[index].weight = Double(even.compounds[index].households) }
    let plants = PilotPlants(
      counts, plan: even, phrases: files.phrases, until: now, daily: Double(reports) / Double(days), seed: seed)
    let city = even
    try await BulkLoad.withoutIndexes(of: PilotBulk.tables, in: house.store) {
      try await PilotBulk.write(
        reports, of: city, files: files, until: now, days: days, in: house, seed: seed ^ 0x5EED, depth: .broad, node: 500, plants: plants)
    }
    return plants
  }

  /// How many days the office has been at work when it has so many reports.
  public static func days(of count: Int) -> Int { min(2370, max(3, count / 2740)) }

  /// What residents and clerks would send, with the place in words and the caller.
  public func words(_ count: Int, seed: UInt64) -> [(content: String, place: String, name: String, phone: String)] {
    var random = PilotRandom(seed: seed)
    let writer = PilotWriter(phrases: files.phrases)
    return (0..<count).map { _ in
      let compound = plan.compounds[random.below(plan.compounds.count)]
      let theme = files.phrases.themes[random.below(files.phrases.themes.count)]
      let spot = writer.spot(theme, buildings: compound.buildings, &random)
      let door = writer.fill(spot.pattern, spot, &random)
      return (
        writer.words(theme, spot, channel: files.phrases.hotline, place: "", &random),
        "\(compound.district)\(compound.street)\(compound.address)\(compound.name)\(door)", PilotNames.person(&random),
        PilotNames.phone(&random)
      )
    }
  }

  /// A hotline file of so many rows, comma-separated, UTF-8.
  public func hotlineFile(rows: Int, at now: Moment, seed: UInt64) -> Data {
    var text = "工单编号,来电时间,来电人,联系电话,诉求内容,事发地址,诉求类型\r\n"
    for (index, one) in words(rows, seed: seed).enumerated() {
      let said = now.adding(minutes: -(rows - index) / 20 - 1)
      text += "BX\(seed)\(index + 10_000_000),\(said.text),\(one.name),\(one.phone),\"\(one.content)\",\"\(one.place)\",投诉举报\r\n"
    }
    return Data(text.utf8)
  }
}
