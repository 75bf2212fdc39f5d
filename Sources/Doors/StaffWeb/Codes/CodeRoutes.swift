import Compounds
import HTTPTypes
import Kernel
import Offices
import People
import Pictures
import Storage
import WebSupport

/// 城管码 for the notice boards: the picture alone for those who lay out their own, and sheets of A4 ready to print.
public enum CodeRoutes {
  /// Sheets on one page of the bulk print; more come on the next.
  static let sheets = 40

  public static func register(_ book: inout RouteBook) {
    for kind in ["compounds", "studios"] {
      book.get("/\(kind)/{no}/code.svg", allow: .signedIn(.seeCompounds)) { visit in
        let code = try await find(kind, visit)
        return Answer(headers: [.contentType: "image/svg+xml"], body: .bytes(Array(try drawn { try QRCode.svg(code.address(visit)) }.utf8)))
      }
      book.get("/\(kind)/{no}/code.png", allow: .signedIn(.seeCompounds)) { visit in
        let code = try await find(kind, visit)
        // 20 pixels a module: sharp at ten centimetres on 300 dpi.
        return Answer.file(try drawn { try QRCode.png(code.address(visit), scale: 20) }, type: "image/png", name: "城管码-\(code.name).png")
      }
      book.get("/\(kind)/{no}/code-sheet", allow: .signedIn(.seeCompounds)) { visit in
        let code = try await find(kind, visit)
        var page = visit.page("城管码·\(code.name)", .print)
        page.main = try code.sheet(visit)
        return page
      }
    }
    book.get("/code-sheets", allow: .signedIn(.seeCompounds)) { visit in try await bulk(visit) }
  }

  private static func find(_ kind: String, _ visit: Visit) async throws -> PlaceCode {
    let no = try visit.path("no")
    let scope = Scope(of: try visit.person)
    return try await visit.house.store.read { db in
      if kind == "studios" {
        guard let studio = try StudioStore.find(no: no, db), let squad = try OfficeStore.find(studio.squad, db), scope.holds(squad) else {
          throw Refusal(.missing, "codes-none", "没有这个社区工作室，或者它不在您的范围内。")
        }
        return PlaceCode(studio: studio, squad: squad)
      }
      guard let compound = try CompoundStore.find(no: no, db), try CompoundStore.card(compound.id, scope: scope, db) != nil,
        let squad = try OfficeStore.find(compound.squad, db)
      else { throw Refusal(.missing, "codes-none", "没有这个小区，或者它不在您的范围内。") }
      return PlaceCode(compound: compound, squad: squad, phone: try PlaceCode.phone(of: squad.id, db))
    }
  }

  /// All compounds of a squad, one sheet each: its studios first.
  private static func bulk(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let scope = Scope(of: person)
    let asked: Office.ID? = try visit.query.id("squad")
    let after: Compound.ID? = try visit.query.id("after")
    var ofSquad = false
    if case .squad = scope { ofSquad = true }
    if asked == nil, !ofSquad { return try await choose(visit, scope) }
    guard let squadID = asked ?? person.office else { throw Refusal(.missing, "codes-no-squad", "请先选择执法队。") }
    let (squad, codes, last) = try await visit.house.store.read { db in
      guard let squad = try OfficeStore.find(squadID, db), squad.kind.takesMatters, scope.holds(squad) else {
        throw Refusal(.missing, "codes-no-squad", "没有这个执法队，或者它不在您的范围内。请从小区列表选择执法队后再打印。")
      }
      let phone = try PlaceCode.phone(of: squad.id, db)
      let compounds = try CompoundStore.list(CompoundFilter(squad: squad.id), scope: scope, after: after, limit: sheets + 1, db).map(
        \.compound)
      let studios = after == nil ? try StudioStore.list(of: squad.id, db).filter { $0.state == .open } : []
      let shown = compounds.prefix(sheets)
      return (
        squad, studios.map { PlaceCode(studio: $0, squad: squad) } + shown.map { PlaceCode(compound: $0, squad: squad, phone: phone) },
        compounds.count > sheets ? shown.last?.id : nil
      )
    }
    var page = visit.page("城管码·\(squad.short)", .print)
    let pieces = try codes.map { try $0.sheet(visit) }
    page.main = """
      <p class="screen-only print-hint">\(squad.short)，本页 \(codes.count) 张，一张一页。\(last.map { "\(UI.link("下一批", "/code-sheets?squad=\(squad.id)&after=\($0)"))" as HTML })</p>
      \(pieces)\(if: codes.isEmpty, UI.emptyState("这个执法队还没有登记小区", "先登记或导入小区，再打印城管码。", actions: [UI.linkButton("小区", "/compounds")]))
      """
    return page
  }

  /// Who works above the squads says first whose sheets they want.
  private static func choose(_ visit: Visit, _ scope: Scope) async throws -> Page {
    let (squads, names) = try await visit.house.store.read { db in
      (
        try OfficeStore.all(db).filter { $0.kind.takesMatters && scope.holds($0) },
        Dictionary(try OfficeStore.districts(db).map { ($0.id, $0.short) }, uniquingKeysWith: { first, _ in first })
      )
    }
    var page = visit.page("打印城管码", active: "more")
    page.crumbs = [.init("更多", "/more")]
    let groups = Dictionary(grouping: squads) { $0.district.flatMap { names[$0] } ?? "市局直属" }
      .sorted { ($0.value.first?.code ?? "") < ($1.value.first?.code ?? "") }
    page.main = """
      \(UI.heading("打印城管码", sub: "选择执法队，一次打印它的工作室和全部小区，一张一页"))
      \(each: groups, { group in
        let links: HTML = "<ul class=\"links\">\(each: group.value, { "<li>\(UI.link($0.name, "/code-sheets?squad=\($0.id)"))</li>" })</ul>"
        return groups.count == 1 ? UI.section(group.key, side: UI.number(squads.count, "支"), links) : UI.details("\(group.key)，\(group.value.count) 支", links)
      })
      \(if: squads.isEmpty, UI.emptyState("没有可以选择的执法队", "机构由系统管理员登记。"))
      """
    return page
  }

  private static func drawn<Value>(_ draw: () throws -> Value) throws -> Value {
    do { return try draw() } catch let error as PictureError { throw Refusal(.unavailable, error.code, error.message + "。") }
  }
}

/// A compound or studio with what its sheet says.
struct PlaceCode: Sendable {
  let no: String
  let name: String
  let place: String
  let squad: String
  let phone: String

  init(compound: Compound, squad: Office, phone: String?) {
    no = compound.no
    name = compound.name
    place = compound.address
    self.squad = squad.name
    self.phone = phone ?? "12345"
  }
  init(studio: Studio, squad: Office) {
    no = studio.no
    name = studio.name
    place = studio.address
    self.squad = squad.name
    phone = studio.phone ?? "12345"
  }
  static func phone(of squad: Office.ID, _ db: any Reader) throws -> String? {
    try StudioStore.list(of: squad, db).lazy.filter { $0.state == .open }.compactMap(\.phone).first
  }

  func address(_ visit: Visit) -> String { visit.site.address("/c/\(no)") }
  func sheet(_ visit: Visit) throws -> HTML {
    let url = address(visit)
    return UI.codeSheet(compound: name, address: place, squad: squad, phone: phone, url: url, qr: .raw(try QRCode.svg(url)))
  }
}

extension Scope {
  /// Whether an office's places are this person's to see.
  func holds(_ office: Office) -> Bool {
    switch self {
    case .city: true
    case .district(let id): office.district == id
    case .squad(let id): office.id == id
    case .firm, .committee, .nothing: false
    }
  }
}
