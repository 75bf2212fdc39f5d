import Cases
import Matters
import WebSupport

/// The office's pages of the case.
public enum CaseRoutes {
  public static func register(_ book: inout RouteBook, cases: Cases, matters: Matters) {
    CaseListPages(cases: cases).routes(&book)
    CaseOpenPages(cases: cases, matters: matters).routes(&book)
    CasePages(cases: cases).routes(&book)
    CaseStepPages(cases: cases, matters: matters).routes(&book)
    PaperPages(cases: cases).routes(&book)
    CertificatePages(cases: cases).routes(&book)
    ExhibitPages(cases: cases).routes(&book)
    ExhibitAddPages(cases: cases).routes(&book)
    ExhibitUploadPages(cases: cases).routes(&book)
    ExhibitMaskPages(cases: cases).routes(&book)
    DevicePages(cases: cases).routes(&book)
    CaseAsidePages(cases: cases).routes(&book)
    JointPages(cases: cases).routes(&book)
    CreditPages(cases: cases).routes(&book)
    GuidePages(catalogue: cases.catalogue, shipped: cases.workGuides, house: cases.house).routes(&book)
    FilingDutyPages(cases: cases, matters: matters).routes(&book)
  }
}
