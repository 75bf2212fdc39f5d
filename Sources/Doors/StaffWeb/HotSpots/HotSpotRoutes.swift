import HotSpots
import WebSupport

/// Where complaints gather, and the lists of compounds made of it.
public enum HotSpotRoutes {
  public static func register(_ book: inout RouteBook, hotspots: HotSpots) {
    HotSpotPages(hotspots: hotspots).routes(&book)
    FocusPages(hotspots: hotspots).routes(&book)
    FocusImportPages(hotspots: hotspots).routes(&book)
  }
}
