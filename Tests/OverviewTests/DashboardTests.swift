import Cases
import Figures
import Grades
import Kernel
import Matters
import Overview
import People
import Storage
import TestHouse
import TestOffice
import Testing

/// What a dashboard says is what a count of everything says; nobody sees what is not theirs.
@Suite struct DashboardTests {
  @Test func everyNumberIsAFullRecount() async throws {
    let scene = try await OverviewScene.make()
    try await scene.year()
    try await scene.figures.count()
    let manager = try scene.person("manager")
    let month = scene.month
    for at in [month, month.adding(-1), month.adding(-5)] {
      let board = try await scene.overview.dashboard(at, for: manager)
      let scope = FigureScope(from: at, through: at)
      for count in Count.allCases {
        let rows = try await scene.figures.rows(count, nil, key: "", scope, for: manager, limit: 500).count
        #expect(board.sums.now[count] == rows, "\(count)")
      }
      #expect(board.sums.course.count == 13 && board.sums.course.last?.month == at)
      for one in board.sums.course {
        let rows = try await scene.figures.rows(
          .complaints, nil, key: "", FigureScope(from: one.month, through: one.month), for: manager, limit: 500)
        #expect(one.counts[.complaints] == rows.count)
      }
      #expect(board.sums.items.reduce(0) { $0 + $1.now[.complaints] } == board.sums.now[.complaints])
      #expect(board.sums.before == (try await scene.overview.dashboard(at.adding(-1), for: manager)).sums.now)
      for place in board.places {
        let rows = try await scene.figures.rows(.complaints, .compound, key: "\(place.id)", scope, for: manager, limit: 500)
        #expect(place.complaints == rows.count)
      }
    }
    let board = try await scene.overview.dashboard(month, for: manager)
    let now = scene.office.clock.now
    #expect(
      board.standing[.open] == (try await scene.number("SELECT count(*) AS n FROM matter WHERE open = 1")) && board.standing[.open] > 3)
    #expect(board.standing[.overdue] == (try await scene.number("SELECT count(*) AS n FROM matter WHERE open = 1 AND due_at < \(now)")))
    for (group, state) in [(MatterFilter.Group.dispatch, "registered"), (.review, "replied"), (.revisit, "approved")] {
      #expect(board.standing[group] == (try await scene.number("SELECT count(*) AS n FROM matter WHERE state = \(state)")))
    }
    // A number is what its list shows.
    for group in Standing.groups {
      var filter = MatterFilter()
      filter.group = group
      let listed = try await scene.office.matters.list(filter, for: manager, limit: 500).matters.count
      #expect(board.standing[group] == listed, "\(group)")
    }
    let cases = try #require(board.cases)
    #expect(cases.states.reduce(0) { $0 + $1.count } == (try await scene.number("SELECT count(*) AS n FROM case_file WHERE open = 1")))
  }

  @Test func whatIsRememberedEndsWithTheNextCount() async throws {
    let scene = try await OverviewScene.make()
    let manager = try scene.person("manager")
    try await scene.office.report("绿地里全是狗粪。", item: "pet-feces")
    #expect(try await scene.overview.dashboard(scene.month, for: manager).countedAt == nil)
    try await scene.figures.count()
    #expect(try await scene.overview.dashboard(scene.month, for: manager).sums.now[.complaints] == 1)
    scene.office.clock.advance(minutes: 6)
    try await scene.office.report("又是狗粪，没有人管。", phone: "13800009999", item: "pet-feces")
    try await scene.figures.count()
    #expect(try await scene.overview.dashboard(scene.month, for: manager).sums.now[.complaints] == 2)
  }

  @Test func nobodySeesWhatIsNotTheirs() async throws {
    let scene = try await OverviewScene.make()
    try await scene.year(8, everyDays: 3)
    try await scene.figures.count()
    let chief = try await scene.overview.dashboard(scene.month, for: try scene.person("chief"))
    #expect(chief.sums.now[.reports] == 0 && chief.standing[.open] == 0 && chief.places.isEmpty && chief.patterns.going == 0)
    #expect(
      try await refusal { _ = try await scene.overview.dashboard(scene.month, for: try scene.person("system")) }?.code
        == "people-not-permitted")
    // An officer's board is their own work: the colleague who did nothing has nothing on theirs.
    let own = try await scene.overview.ownBoard(for: try scene.person("officer"))
    let officer = try scene.person("officer")
    #expect(
      own.standing[.open] == (try await scene.number("SELECT count(*) AS n FROM matter WHERE open = 1 AND officer_id = \(officer.id)")))
    #expect(own.standing[.open] > 0)
    let second = try await scene.overview.ownBoard(for: try scene.person("second"))
    #expect(second.standing[.open] == 0 && second.course.allSatisfy { $0.came == 0 && $0.closed == 0 })
    for one in own.course.suffix(3) {
      #expect(try await scene.office.matters.ownMatters(of: officer, closed: false, in: one.month).count == one.came)
      #expect(try await scene.office.matters.ownMatters(of: officer, closed: true, in: one.month).count == one.closed)
    }
    #expect(own.course.reduce(0) { $0 + $1.came } > 0)
  }

  @Test func aMonthThatHasNotBegunIsRefused() async throws {
    let scene = try await OverviewScene.make()
    for month in [scene.month.adding(1), scene.month.adding(-200)] {
      #expect(
        try await refusal { _ = try await scene.overview.dashboard(month, for: try scene.person("manager")) }?.code == "overview-month")
    }
  }

  @Test func whatCameAndWhatWasDoneStandInTheWeeksOfTheYear() async throws {
    let scene = try await OverviewScene.make()
    try await scene.year()
    let (leader, officer) = (try scene.person("leader"), try scene.person("officer"))
    let today = scene.office.clock.now.day
    try await scene.overview.grades.recordUnplanned(
      in: "7KQ4M9XD", because: "居委会当面反映门厅堆物。",
      InspectionReport(on: today.adding(days: -8), result: .told, note: "3 号楼门厅堆物，已告知物业清理。"), key: nil, by: officer)
    let year = try await scene.overview.year(of: scene.office.compound, for: leader)
    #expect(year.weeks.reduce(0) { $0 + $1.complaints } == year.complaints && year.complaints > 5)
    #expect(
      year.weeks.allSatisfy { $0.from.weekday == 1 }
        && zip(year.weeks, year.weeks.dropFirst()).allSatisfy { $1.from.days(since: $0.from) == 7 })
    let (first, last) = (try #require(year.weeks.first), try #require(year.weeks.last))
    #expect(
      first.from <= year.from.first && first.from.adding(days: 7) > year.from.first && last.from <= today
        && last.from.adding(days: 7) > today)
    #expect(year.weeks.filter { $0.inspections > 0 }.map { (0...6).contains(today.adding(days: -8).days(since: $0.from)) } == [true])
    #expect(year.inspected == (done: 1, found: 1, unplanned: 1, missed: 0) && year.inspections.map(\.kind) == [.unplanned])
    #expect(year.weeks.allSatisfy { $0.cases == 0 && $0.plans == 0 })
    // Who sees no cases is told nothing of them, not that there are none.
    let dispatcher = try await scene.overview.year(of: scene.office.compound, for: try scene.person("dispatcher"))
    #expect(dispatcher.cases == nil && dispatcher.weeks.allSatisfy { $0.cases == nil })
    #expect(try await scene.overview.year(of: scene.office.compound, for: try scene.person("chief")).inspections.isEmpty)
  }

  @Test func theYearOfACompoundIsItsRows() async throws {
    let scene = try await OverviewScene.make()
    try await scene.year()
    let leader = try scene.person("leader")
    let year = try await scene.overview.year(of: scene.office.compound, for: leader)
    var scope = FigureScope(from: year.from, through: year.through)
    scope.compound = scene.office.compound.raw
    let rows = try await scene.figures.rows(.complaints, nil, key: "", scope, for: leader, limit: 500)
    #expect(year.complaints == rows.count && rows.count > 5)
    for line in year.items {
      #expect(line.months.reduce(0, +) == rows.filter { ($0.item ?? "") == line.item }.count)
    }
    #expect(try await scene.overview.year(of: scene.office.compound, for: try scene.person("chief")).complaints == 0)
  }
}
