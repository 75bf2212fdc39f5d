import Matters
import WebSupport

/// The pages of property firms and of committees, and the officer's step that lets a firm know something.
public enum FirmRoutes {
  public static func register(_ book: inout RouteBook, matters: Matters) {
    FirmPages(matters: matters).routes(&book)
    FirmReportPages(matters: matters).routes(&book)
    ReleasePages(matters: matters).routes(&book)
    CommitteePages(matters: matters).routes(&book)
    CommitteeReportPages(matters: matters).routes(&book)
  }
}
