import Cases
import CityLists
import Grades
import Matters
import Patterns
import Rosters
import WebSupport

/// The office's pages of the matter. Everything they need hangs on `Matters`: its house, clocks, catalogue and understander.
public enum StaffRoutes {
  public static func register(
    _ book: inout RouteBook, matters: Matters, cases: Cases, patterns: Patterns? = nil, grades: Grades? = nil, cityLists: CityLists? = nil,
    rosters: Rosters? = nil
  ) {
    TodayPages(matters: matters, cases: cases, patterns: patterns, grades: grades, cityLists: cityLists, rosters: rosters).routes(&book)
    MatterListPages(matters: matters).routes(&book)
    MatterPages(matters: matters, cases: cases, cityLists: cityLists).routes(&book)
    StepPages(matters: matters).routes(&book)
    DispatchPages(matters: matters).routes(&book)
    PatrolPages(matters: matters).routes(&book)
    FilePages(matters: matters).routes(&book)
  }
}
