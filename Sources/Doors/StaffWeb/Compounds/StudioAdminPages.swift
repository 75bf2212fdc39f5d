import Compounds
import Kernel
import Offices
import People
import Storage
import WebSupport

/// The squads' studios, for those who keep them. What residents read of them is another page.
struct StudioAdminPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.editCompounds)
    book.get("/studios-admin", allow: policy) { visit in try await list(visit) }
    book.get("/studios-admin/new", allow: policy) { visit in try await form(visit, nil, errors: .none) }
    book.post("/studios-admin/new", allow: policy, limits: .small) { visit in try await save(visit, nil) }
    book.get("/studios-admin/{id}", allow: policy) { visit in try await form(visit, try await find(visit), errors: .none) }
    book.post("/studios-admin/{id}", allow: policy, limits: .small) { visit in try await save(visit, try await find(visit)) }
  }

  private func squads(_ person: Person) async throws -> [Office] {
    try await house.store.read { db in
      switch Scope(of: person) {
      case .district(let id): try OfficeStore.squads(of: id, db)
      case .squad(let id): try OfficeStore.find(id, db).map { [$0] } ?? []
      default: []
      }
    }
  }
  private func find(_ visit: Visit) async throws -> Studio {
    let id: Studio.ID = try visit.pathID("id")
    let squads = Set(try await squads(try visit.person).map(\.id))
    guard let studio = try await house.store.read({ db in try StudioStore.find(id, db) }), squads.contains(studio.squad) else {
      throw Refusal(.missing, "compounds-no-studio", "没有这个工作室。")
    }
    return studio
  }

  private func list(_ visit: Visit) async throws -> Page {
    let squads = try await squads(try visit.person)
    let ids = squads.map(\.id)
    let studios = try await house.store.read { db in try ids.flatMap { try StudioStore.list(of: $0, db) } }
    let names = Dictionary(squads.map { ($0.id, $0.short) }, uniquingKeysWith: { first, _ in first })
    var page = visit.page("社区工作室", active: "compounds", wide: true)
    page.crumbs = [.init("小区", "/compounds")]
    page.main = """
      \(UI.heading("社区工作室", sub: "居民在小区公示和城管码页面看到这里的地址和时间", actions: [UI.linkButton("新设工作室", "/studios-admin/new", .primary, icon: .plus)]))
      \(UI.table("社区工作室", [.init("工作室、地址", .what), .init("状态", .status), .init("执法队", .meta), .init("开放时间", .meta), .init("电话", .meta)], studios.map { studio in
        UI.Row("/studios-admin/\(studio.id)", [UI.lines("\(studio.name)", "\(studio.address)"), UI.tag(studio.state.chinese, studio.state == .open ? .good : .quiet), "\(names[studio.squad] ?? "")", "\(studio.hours)", "\(studio.phone ?? "—")"])
      }, empty: UI.emptyState("还没有登记工作室", "登记后，辖区内小区的公示页会显示最近的工作室。", icon: .pin)))
      """
    return page
  }

  private func form(_ visit: Visit, _ studio: Studio?, errors: FormErrors) async throws -> Page {
    let squads = try await squads(try visit.person)
    let typed = visit.form["name"] != nil || !errors.isEmpty
    func value(_ name: String, _ known: String?) -> String { typed ? visit.form.text(name) : known ?? "" }
    var page = visit.page(studio?.name ?? "新设工作室", active: "compounds")
    page.crumbs = [.init("小区", "/compounds"), .init("社区工作室", "/studios-admin")]
    let squad: HTML =
      studio != nil || squads.count == 1
      ? .empty
      : UI.select(
        "所属执法队", name: "squad", options: squads.map { .init($0.id.description, $0.short) }, value: visit.form["squad"],
        error: errors["squad"])
    let position = studio?.position.map { "\($0.longitude)，\($0.latitude)" }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(studio?.name ?? "新设工作室"))
      \(UI.form(studio.map { "/studios-admin/\($0.id)" } ?? "/studios-admin/new", tokens: try visit.formTokens(), """
      \(squad)
      \(UI.field("名称", name: "name", value: value("name", studio?.name), hint: "例如：徐泾社区工作室", error: errors["name"]))
      \(UI.field("地址", name: "address", value: value("address", studio?.address), error: errors["address"]))
      \(UI.field("开放时间", name: "hours", value: value("hours", studio?.hours), hint: "例如：工作日 9:00–11:30，13:30–17:00", error: errors["hours"], optional: true))
      \(UI.field("电话", name: "phone", value: value("phone", studio?.phone), .phone, error: errors["phone"], optional: true))
      \(UI.field("位置", name: "position", value: value("position", position), hint: "经度，纬度（WGS-84）", error: errors["position"], optional: true))
      \(UI.radios("状态", name: "state", Studio.State.allCases.map { .init($0.rawValue, $0.chinese) }, value: value("state", studio?.state.rawValue ?? "open"), inline: true))
      \(UI.toolbar([UI.button(studio == nil ? "设立工作室" : "保存"), UI.linkButton("返回", "/studios-admin")]))
      """))
      """
    return page
  }

  private func save(_ visit: Visit, _ studio: Studio?) async throws -> Answer {
    try await FormTry.run(visit, again: { try await form(visit, studio, errors: $0) }) {
      let person = try visit.person
      let chosen: Office.ID? = try visit.form.id("squad")
      let own = try await squads(person)
      guard let squad = studio?.squad ?? chosen ?? (own.count == 1 ? own[0].id : nil) else {
        throw Refusal(.invalid, "compounds-squad", "请选择所属执法队。", field: "squad")
      }
      let edit = StudioEdit(
        name: visit.form.text("name"), address: visit.form.text("address"), hours: visit.form.text("hours"), phone: visit.form["phone"],
        position: try CompoundEditPages.position(visit.form["position"]), state: try visit.form.choice("state") ?? .open)
      try await Studios.save(edit, id: studio?.id, of: squad, by: person, in: house)
      return try visit.done("/studios-admin", saying: studio == nil ? "已设立\(edit.name)" : "已保存\(edit.name)")
    }
  }
}
