import Figures
import Kernel
import Offices
import People
import Storage
import TestHouse
import Testing

@testable import longtang

/// The pilot city's people: as many as its households have, and nobody can take them for a census.
@Suite struct DemoPopulationTests {
  @Test func everyPlaceOfTheCityHasPeopleAndSaysThatTheyAreMadeUp() async throws {
    let scene = try await WholeHouse.make()
    let figures = scene.composition.figures
    try await scene.house.store.write { db in _ = try db.run("UPDATE compound SET households = 1001") }
    try await DemoPopulation.plant(figures)
    try await DemoPopulation.plant(figures)
    let compounds = Int(
      try await scene.house.store.read { db in try db.number("SELECT count(*) AS n FROM compound WHERE state = 'active'") })
    let month = Month(scene.clock.now.day)
    func people(_ role: Role, at month: Month, _ change: (inout FigureScope) -> Void = { _ in }) async throws -> Population? {
      var scope = FigureScope(from: month, through: month)
      change(&scope)
      return try await figures.population(of: scope, for: try scene.somebody(role).person)
    }
    let own = try #require(try await people(.squadLeader, at: month) { $0.compound = scene.compounds[.own]?.id })
    #expect(own.people == 2603 && own.source.hasPrefix("演示数据："))
    let city = try #require(try await people(.cityManager, at: month))
    #expect(city.people == 2603 * compounds && city.source.hasPrefix("演示数据：") && city.source.contains("不是统计数字"))
    // Also for the months with which this one is compared, the earliest of thirteen in the year before.
    for role in [Role.squadLeader, .districtManager, .cityManager] {
      let (now, before) = (try await people(role, at: month), try await people(role, at: month.adding(-25)))
      #expect(now != nil && now?.people == before?.people && (now?.asOf ?? month.last) <= month.last, "\(role)")
    }
    #expect(try await figures.populations().allSatisfy { $0.population.source.hasPrefix("演示数据：") })
  }
}
