import Cases
import Matters
import WebSupport

/// The office's pages of the matter. Everything they need hangs on `Matters`: its house, clocks, catalogue and understander.
public enum StaffRoutes {
  public static func register(
    _ book: inout RouteBook, matters: Matters, cases: Cases, analysis: AnalysisRooms? = nil
  ) {
    TodayPages(matters: matters, cases: cases, analysis: analysis).routes(&book)
    MatterListPages(matters: matters).routes(&book)
    MatterPages(matters: matters, cases: cases, analysis: analysis).routes(&book)
    StepPages(matters: matters).routes(&book)
    DispatchPages(matters: matters).routes(&book)
    PatrolPages(matters: matters).routes(&book)
    FilePages(matters: matters).routes(&book)
  }
}
