import Rosters
import WebSupport

/// 驻点与排班: who is stationed where, and who is where on each half-day.
public enum RosterRoutes {
  public static func register(_ book: inout RouteBook, rosters: Rosters) {
    RosterPages(rosters: rosters).routes(&book)
    RosterBookPages(rosters: rosters).routes(&book)
    RosterChangePages(rosters: rosters).routes(&book)
    RosterSetupPages(rosters: rosters).routes(&book)
  }
}
