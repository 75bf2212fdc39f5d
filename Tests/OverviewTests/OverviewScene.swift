import Cases
import Catalogue
import CityLists
import Figures
import Foundation
import Grades
import Kernel
import Matters
import Offices
import Overview
import Patterns
import People
import Storage
import TestHouse
import TestOffice
import Typesetting

struct OverviewScene {
  let office: TestOffice
  let figures: Figures
  let overview: Overview
  static let place = TypesetterPlace(
    folder: TypesetterPlace.folder(beside: TestGround.data), layouts: TestGround.data.appending(path: "papers"))

  static func make() async throws -> OverviewScene {
    let office = try await TestOffice.make(
      more: PatternsMigrations.all + GradesMigrations.all + FiguresMigrations.all + CityListsMigrations.all + OverviewMigrations.all)
    func data(_ path: String) throws -> Data { try Data(contentsOf: TestGround.data.appending(path: path)) }
    let figures = Figures(house: office.house, book: try FigureBook(reading: try data("figures/figures.json")))
    let patterns = Patterns(
      house: office.house, catalogue: office.matters.catalogue, rules: try PatternRules(reading: try data("patterns/rules.json")))
    let grades = Grades(
      matters: office.matters,
      rules: try GradeRules(reading: try data("grades/rules.json"), items: Set(office.matters.catalogue.items.map(\.slug))))
    return OverviewScene(
      office: office, figures: figures,
      overview: Overview(
        figures: figures, patterns: patterns, matters: office.matters, cases: office.cases, grades: grades,
        typesetter: Typesetter(place, size: 1)))
  }
  var month: Month { Month(office.clock.now.day) }
  func person(_ login: String) throws -> Person { try office.person(login) }

  /// Reports of several kinds over some weeks, some of them answered.
  func year(_ reports: Int = 24, everyDays: Int = 16) async throws {
    let (matters, officer, leader, dispatcher) = (office.matters, try person("officer"), try person("leader"), try person("dispatcher"))
    let items = ["pet-feces", "pet-feces", "kitchen-bathroom-conversion", "illegal-posting"]
    for i in 0..<reports {
      office.clock.advance(minutes: 1440 * everyDays)
      let one = try await office.report(
        "第 \(i) 次反映，还没有人管。", phone: i % 3 == 0 ? nil : "1380000\(1000 + i % 9)", item: items[i % items.count])
      guard i % 3 != 2 else { continue }
      let no = one.matterNo
      guard try await office.matter(no).state == .registered else { continue }
      try await matters.dispatch(no, to: office.squad.id, note: "", version: nil, by: dispatcher)
      try await matters.accept(no, officer: nil, version: nil, by: officer)
      guard i % 3 == 0 else { continue }
      try await matters.visit(no, NewVisit(outcome: .seen, note: "到现场查看。"), version: nil, by: officer)
      try await matters.find(
        no, fact: .confirmed, factNote: "绿地里有多处狗粪，楼道贴有小广告。", claim: .reasonable, claimNote: "影响通行，有依据。", version: nil, by: officer)
      try await matters.measure(no, kind: .persuaded, note: "已劝导并清理。", version: nil, by: officer)
      try await matters.reply(no, outcome: i % 2 == 0 ? .solved : .explained, text: "已清理，会继续巡查。", version: nil, by: officer)
      try await matters.approve(no, note: "", version: nil, by: leader)
    }
  }
  func number(_ query: Query) async throws -> Int { try await office.house.store.read { db in Int(try db.number(query)) } }
}

/// The refusal of something, or nothing.
func refusal(_ body: () async throws -> Void) async throws -> Refusal? {
  do {
    try await body()
    return nil
  } catch let refusal as Refusal { return refusal } catch let wrong as Refusals { return wrong.all.first }
}
