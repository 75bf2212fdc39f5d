import Patterns
import WebSupport

/// What is complained of again and again, and the plans against it.
public enum PatternRoutes {
  public static func register(_ book: inout RouteBook, patterns: Patterns) {
    PatternPages(patterns: patterns).routes(&book)
    PlanPages(patterns: patterns).routes(&book)
  }
}
