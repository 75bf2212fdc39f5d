import Overview
import WebSupport

public enum OverviewRoutes {
  public static func register(_ book: inout RouteBook, overview: Overview, vendor: VendorFolder, tiles: MapTiles?) {
    DashboardPages(overview: overview).routes(&book)
    MapPages(overview: overview, vendor: vendor, tiles: tiles).routes(&book)
    BulletinPages(overview: overview).routes(&book)
    vendor.routes(&book)
  }
}
