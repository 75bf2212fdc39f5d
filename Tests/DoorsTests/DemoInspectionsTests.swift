import Grades
import Kernel
import Patterns
import People
import Storage
import TestHouse
import Testing

@testable import longtang

/// The pilot city's officers have been out: with results, as the grades ask, and some where nothing was planned.
@Suite struct DemoInspectionsTests {
  @Test func someAreCarriedOutAndSomeNobodyPlanned() async throws {
    let scene = try await WholeHouse.make()
    let grades = scene.composition.grades
    for _ in 0..<3 { _ = try await scene.report() }
    _ = try await scene.composition.patterns.run()
    try await DemoInspections.plant(grades)
    let rows = try await scene.house.store.read { db in try db.all("SELECT unplanned, state, result, done_day FROM inspection") }
    let done = try rows.filter { try $0.text("state") == "done" }
    let unplanned = try done.filter { try $0.bool("unplanned") }
    #expect(!unplanned.isEmpty)
    for row in done {
      let (result, day) = (try row.optionalText("result"), try row.day("done_day"))
      #expect(result != nil && day <= scene.clock.now.day)
    }
    // The night that comes after plans on from there.
    try await grades.night()
  }
}
