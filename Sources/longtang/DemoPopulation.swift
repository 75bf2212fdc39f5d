import Figures
import Kernel
import Offices
import People
import Storage

/// Populations for the pilot city, so that its complaints can be told for each ten thousand people. Made up of its made-up households, and each
/// says so; what lives in the real places nobody may read from it.
enum DemoPopulation {
  /// People in a household, in tenths.
  static let household = 26

  static func plant(_ figures: Figures) async throws {
    let now = figures.house.now()
    let (rows, offices, keeper) = try await figures.house.store.read { db in
      (
        try db.all("SELECT no, squad_id, district_id, households FROM compound WHERE state = 'active' AND households > 0 ORDER BY id"),
        try OfficeStore.all(db),
        try db.first("SELECT id FROM account WHERE role = \(Role.systemAdmin) AND state = 'active' ORDER BY id LIMIT 1")
      )
    }
    guard let keeper, let person = try await figures.house.store.read({ db in try PersonStore.find(try keeper.id("id"), db) }) else {
      return
    }
    var areas: [String: Int] = [:]
    let codes = Dictionary(offices.map { ($0.id.raw, $0.area ?? $0.code) }, uniquingKeysWith: { a, _ in a })
    var people: [(area: String, people: Int, source: String)] = []
    for row in rows {
      let count = (try row.count("households") * household + 5) / 10
      people.append((try row.text("no"), count, "演示数据：按演示户数每户 \(household / 10).\(household % 10) 人推算，不是统计数字"))
      for office in [try row.int("squad_id"), try row.int("district_id")] { codes[office].map { areas[$0, default: 0] += count } }
      areas["310000", default: 0] += count
    }
    people += areas.sorted { $0.key < $1.key }.map { ($0.key, $0.value, "演示数据：辖区内演示小区的人口之和，不是统计数字") }
    // Known before the first month that anything is compared with, and again at the end of last year.
    let days = [3, 1].compactMap { Day(year: now.day.year - $0, month: 12, day: 31) }
    try await figures.keep(
      days.flatMap { day in people.map { Population(area: $0.area, people: $0.people, asOf: day, source: $0.source) } }, by: person)
  }
}
