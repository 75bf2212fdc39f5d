import Compounds
import Grades
import Kernel
import Matters
import Offices
import Overview
import People
import Rosters
import Storage
import WebSupport

/// The register: finding a compound, and its file.
struct CompoundPages: Sendable {
  let house: House
  let matters: Matters
  let overview: Overview
  /// nil where the house has no such rooms.
  let analysis: AnalysisRooms?

  func routes(_ book: inout RouteBook) {
    book.get("/compounds", allow: .signedIn(.seeCompounds), mayLag: true) { visit in try await list(visit) }
    book.get("/compounds/{no}", allow: .signedIn(.seeCompounds), mayLag: true) { visit in try await show(visit) }
  }

  static let pageSize = 50

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    var filter = CompoundFilter(text: visit.query["q"], state: visit.query["state"] == "closed" ? .closed : .active)
    filter.squad = try visit.query.id("squad")
    filter.district = try visit.query.id("district")
    filter.firm = try visit.query.id("firm")
    let after: Compound.ID? = try visit.query.id("after")
    let asked = filter
    let scope = Scope(of: person)
    let (cards, total, places, firm) = try await house.store.read { db in
      (
        try CompoundStore.list(asked, scope: scope, after: after, limit: Self.pageSize + 1, db),
        // The whole city is not counted for a heading.
        scope == .city && asked.district == nil && asked.squad == nil && asked.firm == nil
          ? nil : try CompoundStore.count(asked, scope: scope, db),
        try Self.offices(scope, district: asked.district, db),
        try asked.firm.flatMap { try FirmStore.find($0, db) }
      )
    }
    let shown = Array(cards.prefix(Self.pageSize))
    let open = try await matters.openCounts(shown.map(\.compound.id), for: person)
    var page = visit.page("小区", active: "compounds", wide: true)
    var actions: [HTML] = []
    if person.may(.editCompounds) { actions.append(UI.linkButton("新增小区", "/compounds/new", .primary, icon: .plus)) }
    actions.append(UI.linkButton("打印城管码", "/code-sheets", icon: .qr))
    if person.may(.importCompounds) { actions.append(UI.linkButton("导入名册", "/compounds/import", icon: .upload)) }
    let query = [
      ("q", visit.query["q"]), ("district", visit.query["district"]), ("squad", visit.query["squad"]), ("firm", visit.query["firm"]),
      ("state", visit.query["state"]),
    ]
    let next =
      cards.count > shown.count ? shown.last.map { Address.of("/compounds", query + [("after", $0.compound.id.description)]) } : nil
    page.main = """
      \(UI.heading("小区", sub: heading(firm, total), actions: actions))
      \(UI.filters("/compounds", find: visit.query.text("q"), findLabel: "小区名称、别名、地址、编号", filters(places, visit), clearAt: "/compounds"))
      \(UI.table("小区", Self.columns, shown.map { row($0, open: open[$0.compound.id] ?? 0, scope) }, empty: empty(filtered: query.contains { $0.1 != nil }, person)))
      \(UI.older(next, count: Self.pageSize, shown: shown.count))
      """
    return page
  }

  private func heading(_ firm: Firm?, _ total: Int?) -> HTML? {
    guard let total else { return "全市" }
    return firm.map { "\($0.name)管理的 \(UI.number(total, "个"))" } ?? "共 \(UI.number(total, "个"))"
  }
  private static let columns: [UI.Column] = [
    .init("小区、地址", .what), .init("执法队", .meta), .init("物业", .meta), .init("户数", .figure), .init("建成", .figure), .init("在办", .figure),
  ]
  private func row(_ card: CompoundCard, open: Int, _ scope: Scope) -> UI.Row {
    let compound = card.compound
    return UI.Row(
      "/compounds/\(compound.no)",
      [
        UI.lines("\(compound.name)", "\(compound.address)"),
        scope == .city ? "\(card.districtName) \(card.squadName)" : "\(card.squadName)",
        "\(card.firmName ?? "未登记")", compound.households.map { "\(UI.grouped($0))" } ?? "—", compound.builtYear.map { "\($0)" } ?? "—",
        "\(open)",
      ])
  }
  private func empty(filtered: Bool, _ person: Person) -> HTML {
    if filtered {
      return UI.emptyState("没有符合条件的小区", "换一个叫法再找：曾用名、路名加弄号、小区编号都可以。", actions: [UI.linkButton("清除条件", "/compounds")], icon: .search)
    }
    return UI.emptyState(
      "还没有登记小区", person.may(.importCompounds) ? "把已有的小区名册导入，或者一个一个新增。" : "请区局导入小区名册。",
      actions: person.may(.importCompounds) ? [UI.linkButton("导入名册", "/compounds/import", .primary)] : [], icon: .compound)
  }

  struct Places: Sendable {
    var districts: [Office] = []
    var squads: [Office] = []
  }
  /// Offices a person may filter by.
  static func offices(_ scope: Scope, district: Office.ID?, _ db: any Reader) throws -> Places {
    switch scope {
    case .city:
      return Places(districts: try OfficeStore.districts(db), squads: try district.map { try OfficeStore.squads(of: $0, db) } ?? [])
    case .district(let id): return Places(squads: try OfficeStore.squads(of: id, db))
    case .squad, .firm, .committee, .nothing: return Places()
    }
  }
  private func filters(_ places: Places, _ visit: Visit) -> [UI.Filter] {
    var filters: [UI.Filter] = []
    func choices(_ offices: [Office]) -> [UI.Choice] { offices.map { .init($0.id.description, $0.short) } }
    if !places.districts.isEmpty {
      filters.append(.init("区", name: "district", choices(places.districts), value: visit.query.text("district")))
    }
    if !places.squads.isEmpty { filters.append(.init("执法队", name: "squad", choices(places.squads), value: visit.query.text("squad"))) }
    filters.append(.init("状态", name: "state", [.init("closed", "已停用")], value: visit.query.text("state")))
    return filters
  }

  // MARK: The file

  private func show(_ visit: Visit) async throws -> any Answering {
    let person = try visit.person
    let compound = try await Self.find(try visit.path("no"), for: person, house)
    let today = visit.now.day
    let year = try visit.query.int("year", in: 2000...today.year) ?? today.year
    let scope = Scope(of: person)
    let facts = try await house.store.read { db in
      guard let card = try CompoundStore.card(compound.id, scope: scope, db) else { throw Self.missing }
      let officer = try CompoundStore.officer(of: compound.id, on: today, db)
      return CompoundFacts(
        card: card, aliases: try CompoundStore.aliases(of: compound.id, db), addresses: try CompoundStore.addresses(of: compound.id, db),
        buildings: try CompoundStore.buildings(of: compound.id, db), firm: try compound.firm.flatMap { try FirmStore.find($0, db) },
        committees: try CommitteeStore.list(of: compound.id, db),
        studios: try StudioStore.list(of: compound.squad, db).filter { $0.state == .open },
        officer: try officer.flatMap { try PersonStore.find($0, db) },
        acting: try officer.flatMap { try PersonStore.find(try Deputies.acting(for: $0, on: today, db), db) })
    }
    let record = try await matters.record(of: compound.id, year: year, for: person)
    let ratings = person.may(.seeMatters) ? try await matters.serviceRatings(for: person, compound: compound.id.raw, limit: 5) : nil
    let twelve = CompoundYearView(
      year: try await overview.year(of: compound.id, for: person), compound: compound.id.raw, today: today, item: { overview.item($0) })
    var file = CompoundFilePage(
      facts: facts, record: record, ratings: ratings, twelve: twelve.html, catalogue: matters.catalogue, person: person, now: visit.now)
    if let grades = analysis?.grades, person.may(.seeMatters), let grade = try await grades.ifGraded(compound.no, for: person) {
      file.grade = try await CompoundGradeView(
        grade: grade, history: grades.history(of: grade, limit: 12).grades,
        inspections: grades.inspections(of: grade.compound, for: person, limit: 4),
        rules: grades.rules)
    }
    file.inspects = analysis != nil && compound.state == .active
    file.stationing = try await analysis?.rosters.stationing(of: compound.id, for: person)
    var page = visit.page(compound.name, active: "compounds", wide: true)
    page.charts = true
    return file.page(page)
  }

  static let missing = Refusal(.missing, "compounds-none", "没有这个小区，或者它不在您的辖区内。")
  /// The compound of a public number, when this person may see it.
  static func find(_ no: String, for person: Person, _ house: House) async throws -> Compound {
    let scope = Scope(of: person)
    return try await house.store.read { db in
      guard let found = try CompoundStore.find(no: no, db), let card = try CompoundStore.card(found.id, scope: scope, db) else {
        throw missing
      }
      return card.compound
    }
  }
}

/// What the register knows of one compound.
struct CompoundFacts: Sendable {
  let card: CompoundCard
  let aliases: [String]
  let addresses: [String]
  let buildings: [String]
  let firm: Firm?
  let committees: [Committee]
  let studios: [Studio]
  let officer: Person?
  /// The officer's deputy today, or the officer.
  let acting: Person?
}
