import Cases
import Catalogue
import Kernel
import Matters
import Overview
import Storage
import WebSupport

/// The office's pages around the matter: compounds, imports and exports, the three administrators, duty, one's own account.
public struct OfficePages: Sendable {
  let house: House
  let matters: Matters
  let mappings: MappingFolder
  let machine: MachineFacts
  let guides: WorkGuides
  let overview: Overview
  /// nil where the house has no such rooms.
  let analysis: AnalysisRooms?

  public init(
    house: House, matters: Matters, mappings: MappingFolder, machine: MachineFacts, guides: WorkGuides, overview: Overview,
    analysis: AnalysisRooms? = nil
  ) {
    self.house = house
    self.matters = matters
    self.mappings = mappings
    self.machine = machine
    self.guides = guides
    self.overview = overview
    self.analysis = analysis
  }

  public func routes(_ book: inout RouteBook) {
    CompoundPages(house: house, matters: matters, overview: overview, analysis: analysis).routes(&book)
    CompoundEditPages(house: house).routes(&book)
    RegisterImportPages(matters: matters, mappings: mappings.registers).routes(&book)
    StudioAdminPages(house: house).routes(&book)
    ReportImportPages(matters: matters, mappings: mappings.reports).routes(&book)
    ExportPages(matters: matters, mappings: mappings.reports).routes(&book)
    SystemPages(house: house, matters: matters, machine: machine).routes(&book)
    AccountPages(house: house).routes(&book)
    AccountTokenPages(house: house).routes(&book)
    AccountImportPages(house: house).routes(&book)
    AuditPages(house: house).routes(&book)
    LookPages(house: house).routes(&book)
    JournalPages(house: house).routes(&book)
    DutyPages(house: house, calendar: machine.calendar).routes(&book)
    DutyImportPages(house: house, calendar: machine.calendar).routes(&book)
    DeputyPages(house: house).routes(&book)
    OwnAccountPages(house: house).routes(&book)
    FactorPages(house: house).routes(&book)
    CataloguePages(catalogue: matters.catalogue, shipped: guides, house: matters.house).routes(&book)
    MorePages().routes(&book)
  }
}

/// What a handler does with a form that is refused: shown again with the sentence beside its field.
enum FormTry {
  static func run(
    _ visit: Visit, again: (FormErrors) async throws -> Page, _ act: () async throws -> Answer
  ) async throws -> Answer {
    do {
      return try await act()
    } catch let wrong as Refusals {
      return visit.again(try await again(FormErrors(wrong)), after: wrong.all.first)
    } catch let wrong as Refusal where wrong.kind == .invalid || wrong.kind == .conflict || wrong.field != nil {
      return visit.again(try await again(FormErrors(wrong)), after: wrong)
    }
  }
}

/// An address with a query, without the parts that are empty.
enum Address {
  static func of(_ path: String, _ query: [(String, String?)]) -> String {
    let parts = query.compactMap { name, value in
      value.flatMap { $0.isEmpty ? nil : "\(name)=\(SafeURL.encode($0))" }
    }
    return parts.isEmpty ? path : path + "?" + parts.joined(separator: "&")
  }
}
