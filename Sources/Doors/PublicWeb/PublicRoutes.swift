import Kernel
import Matters
import People
import WebSupport

/// The pages of residents: no log-in, one task a page, plain words.
public enum PublicRoutes {
  /// - Parameter home: where somebody who is signed in begins, when they come to the front door.
  public static func register(_ book: inout RouteBook, matters: Matters, home: @escaping @Sendable (Person) -> String) {
    StartPages(home: home).routes(&book)
    CodePages(matters: matters).routes(&book)
    ReportPages(matters: matters).routes(&book)
    ProgressPages(matters: matters).routes(&book)
    LawPages(catalogue: matters.catalogue).routes(&book)
    StudioPages().routes(&book)
  }
}

extension Visit {
  /// A page of the quiet frame, also for somebody who happens to be signed in.
  func residentPage(_ title: String, office: String? = nil) -> Page {
    var page = page(title, .resident)
    page.office = office
    return page
  }
}

/// What a resident wants of us; the same form with other words.
enum PublicKind: String, CaseIterable, Sendable {
  case report, suggest, ask
}
