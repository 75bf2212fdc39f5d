import Compounds
import Foundation
import Kernel
import Offices
import People
import Sheets
import Storage
import TestHouse
import Testing

/// A list of 4,902 compounds as it was gathered, kept outside the project: skipped where it is not there.
@Suite struct CityRegisterTests {
  static let shared: URL = {
    if let path = ProcessInfo.processInfo.environment["LONGTANG_SHARED"] { return URL(filePath: path) }
    return CompoundsFixture.checkout.deletingLastPathComponent().appending(path: "shared")
  }()
  static let list = shared.appending(path: "data/shanghai/shanghai_residential_compounds.csv")

  @Test(.enabled(if: FileManager.default.fileExists(atPath: list.path), "the shared data is not there: set LONGTANG_SHARED"))
  func theCityIsImportedTwiceAndEveryRowIsAccountedFor() async throws {
    let offices = try OfficesData(file: CompoundsFixture.checkout.appending(path: "Data/offices/shanghai.json"))
    let fixture = try await CompoundsFixture.make(offices)
    let table = try Table.read(csv: Data(contentsOf: Self.list))
    let mapping = try CompoundImportTests.mapping("compounds-listing")
    let sys = try fixture.person("sys")
    let started = ContinuousClock.now
    let first = try await CompoundImport.run(table, mapping: mapping, by: sys, in: fixture.house)
    let took = ContinuousClock.now - started
    for problem in first.problems { print("第 \(problem.line) 行：\(problem.reason)") }
    print("imported \(first.added) of \(table.rows.count) in \(took), \(first.notes.count) settled by their street")
    #expect(first.added + first.problems.count == table.rows.count)
    #expect(table.rows.count == 4902 && first.problems.count <= 10)
    #expect(first.problems.contains { $0.reason.contains("户数 22,861,964 不合理") })
    #expect(first.problems.contains { $0.reason.contains("坐标不在上海") })
    let second = try await CompoundImport.run(table, mapping: mapping, by: sys, in: fixture.house)
    #expect(second.added == 0 && second.changed == 0 && second.unchanged == first.added)
    let verdict = try await fixture.house.store.read { db in try Journal.verify(db) }
    #expect(verdict.faults.isEmpty)
  }
}
