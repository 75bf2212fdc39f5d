import Compounds
import HTTPTypes
import Kernel
import Offices
import People
import Storage
import WebSupport

/// Correcting a compound's file, and entering a new one.
struct CompoundEditPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.editCompounds)
    book.get("/compounds/new", allow: policy) { visit in try await newPage(visit, errors: .none) }
    book.post("/compounds/new", allow: policy, limits: .small) { visit in try await add(visit) }
    book.get("/compounds/{no}/edit", allow: policy) { visit in try await editPage(visit, errors: .none) }
    book.post("/compounds/{no}/edit", allow: policy, limits: .small) { visit in try await save(visit) }
    book.post("/compounds/{no}/officer", allow: policy, limits: .small) { visit in try await assign(visit) }
    book.post("/compounds/{no}/aliases", allow: policy, limits: .small) { visit in try await alias(visit) }
    book.post("/compounds/{no}/aliases/remove", allow: policy, limits: .small) { visit in try await removeAlias(visit) }
    book.post("/compounds/{no}/buildings", allow: policy, limits: .small) { visit in try await buildings(visit) }
  }

  /// What the form offers to choose from.
  private struct Choices: Sendable {
    let squads: [Office]
    let firms: [String]
  }
  private func choices(_ person: Person) async throws -> Choices {
    try await house.store.read { db in
      let squads: [Office] =
        switch Scope(of: person) {
        case .district(let id): try OfficeStore.squads(of: id, db)
        case .squad(let id): try OfficeStore.find(id, db).map { [$0] } ?? []
        default: []
        }
      return Choices(squads: squads, firms: try FirmStore.list(limit: 300, db).map(\.name))
    }
  }

  // MARK: The form

  /// The form's values: of the compound, or as they were typed.
  private struct Values {
    var text: [String: String] = [:]
    init(_ form: Fields) {
      for name in Self.names { text[name] = form.text(name) }
    }
    init(_ c: Compound, firm: String?) {
      text = [
        "name": c.name, "squad": c.squad.description, "address": c.address,
        "position": c.position.map { "\($0.longitude)，\($0.latitude)" } ?? "", "households": c.households.map(String.init) ?? "",
        "buildings": c.buildings.map(String.init) ?? "", "built_year": c.builtYear.map(String.init) ?? "", "firm": firm ?? "",
        "manager_name": c.managerName ?? "", "manager_phone": c.managerPhone ?? "", "state": c.state.rawValue,
      ]
    }
    static let names = [
      "name", "squad", "address", "position", "households", "buildings", "built_year", "firm", "manager_name", "manager_phone", "state",
    ]
    subscript(name: String) -> String { text[name] ?? "" }
  }

  private func fields(_ values: Values, _ choices: Choices, _ errors: FormErrors, known: Bool) -> HTML {
    let squad: HTML =
      choices.squads.count == 1
      ? "<input type=\"hidden\" name=\"squad\" value=\"\(choices.squads[0].id.description)\">"
      : UI.select(
        "管辖执法队", name: "squad", options: choices.squads.map { .init($0.id.description, $0.short) }, value: values["squad"],
        error: errors["squad"])
    return """
      \(UI.field("小区名称", name: "name", value: values["name"], hint: "门牌或者物业合同上的正式名称；俗称、曾用名登记为别名", error: errors["name"]))
      \(squad)
      \(UI.field("地址", name: "address", value: values["address"], hint: "路名加弄号，例如：盈港东路 8900 弄", error: errors["address"], optional: true))
      \(UI.fieldRow([
        UI.field("户数", name: "households", value: values["households"], .number, error: errors["households"], optional: true, unit: "户"),
        UI.field("楼栋数", name: "buildings", value: values["buildings"], .number, error: errors["buildings"], optional: true, unit: "幢"),
        UI.field("建成年份", name: "built_year", value: values["built_year"], .number, error: errors["built_year"], optional: true, unit: "年"),
      ]))
      \(UI.suggest("物业企业", name: "firm", value: values["firm"], from: choices.firms, hint: "已登记的从列表里选；新的企业写全称", error: errors["firm"], optional: true))
      \(UI.field("项目经理", name: "manager_name", value: values["manager_name"], error: errors["manager_name"], optional: true, sensitive: true, autocomplete: "off"))
      \(UI.field("项目经理电话", name: "manager_phone", value: values["manager_phone"], .phone, error: errors["manager_phone"], optional: true, sensitive: true, autocomplete: "off"))
      \(UI.field("位置", name: "position", value: values["position"], hint: "经度，纬度（WGS-84），例如：121.1213，31.1507", error: errors["position"], optional: true))
      \(if: known, UI.radios("状态", name: "state", [.init("active", "在管"), .init("closed", "停用", hint: "拆除、合并或者登错；保留历史，不再接收诉件")], value: values["state"]))
      """
  }

  /// Reads the form; figures that cannot be read are refused beside their fields, all at once.
  private func edit(_ visit: Visit) throws -> CompoundEdit {
    let form = visit.form
    var wrong: [Refusal] = []
    func read<T>(_ body: () throws(Refusal) -> T?) -> T? {
      do throws(Refusal) { return try body() } catch {
        wrong.append(error)
        return nil
      }
    }
    if form["name"] == nil { wrong.append(Refusal(.invalid, "compounds-name", "请填写小区名称。", field: "name")) }
    let squad: Office.ID? = read { () throws(Refusal) in try form.id("squad") }
    if form["squad"] == nil { wrong.append(Refusal(.invalid, "compounds-squad", "请选择管辖的执法队。", field: "squad")) }
    let households = read { () throws(Refusal) in try form.int("households") }
    let buildings = read { () throws(Refusal) in try form.int("buildings") }
    let built = read { () throws(Refusal) in try form.int("built_year") }
    let state: Compound.State? = read { () throws(Refusal) in try form.choice("state") }
    let position = read { () throws(Refusal) in try Self.position(form["position"]) }
    guard wrong.isEmpty, let squad else { throw Refusals(wrong) }
    return CompoundEdit(
      name: form.text("name"), squad: squad, address: form.text("address"), position: position, households: households,
      buildings: buildings, builtYear: built, firm: nil, managerName: form["manager_name"], managerPhone: form["manager_phone"],
      state: state ?? .active)
  }
  static func position(_ text: String?) throws(Refusal) -> Coordinates? {
    guard let text else { return nil }
    let numbers = text.split { $0 == "," || $0 == "，" || $0 == " " }.map { Double($0) }
    guard numbers.count == 2, let longitude = numbers[0], let latitude = numbers[1] else {
      throw Refusal(.invalid, "compounds-position", "请按“经度，纬度”填写，例如 121.1213，31.1507。", field: "position")
    }
    return Coordinates(latitude: latitude, longitude: longitude)
  }
  /// The edit with its firm, which the form takes by name.
  private func whole(_ visit: Visit) async throws -> CompoundEdit {
    var edit = try edit(visit)
    if let name = visit.form["firm"] { edit.firm = try await CompoundRegister.firm(named: name, by: try visit.person, in: house) }
    return edit
  }

  // MARK: New

  private func newPage(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let choices = try await choices(try visit.person)
    var page = visit.page("新增小区", active: "compounds")
    page.crumbs = [.init("小区", "/compounds")]
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("新增小区", sub: "先查一下是不是已经用别的名字登记过"))
      \(UI.form("/compounds/new", tokens: try visit.formTokens(), draft: "compound-new", "\(fields(Values(visit.form), choices, errors, known: false))\(UI.toolbar([UI.button("登记这个小区"), UI.linkButton("返回", "/compounds")], sticky: true))"))
      """
    return page
  }
  private func add(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try await newPage(visit, errors: $0) }) {
      let id = try await CompoundRegister.add(try await whole(visit), by: try visit.person, in: house)
      let no = try await house.store.read { db in try CompoundStore.find(id, db)?.no }
      return try visit.done("/compounds/\(no ?? "")", saying: "已登记\(visit.form.text("name"))")
    }
  }

  // MARK: Editing

  private func editPage(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let compound = try await CompoundPages.find(try visit.path("no"), for: person, house)
    let choices = try await choices(person)
    let today = visit.now.day
    let (firm, aliases, buildings, officers, officer) = try await house.store.read { db in
      (
        try compound.firm.flatMap { try FirmStore.find($0, db)?.name }, try CompoundStore.aliases(of: compound.id, db),
        try CompoundStore.buildings(of: compound.id, db),
        try PersonStore.active(in: compound.squad, roles: [.officer, .squadLeader], db),
        try CompoundStore.officer(of: compound.id, on: today, db)
      )
    }
    let typed = visit.form["name"] != nil
    let values = typed ? Values(visit.form) : Values(compound, firm: firm)
    let seen = visit.form["seen"] ?? String(compound.updatedAt.milliseconds)
    let here = "/compounds/\(compound.no)"
    var page = visit.page("更正\(compound.name)", active: "compounds")
    page.crumbs = [.init("小区", "/compounds"), .init(compound.name, here)]
    let tokens = try visit.formTokens()
    let aliasForm = UI.form(
      here + "/aliases", tokens: tokens,
      "\(UI.field("新的别名", name: "alias", value: visit.form.text("alias"), hint: "居民和热线怎么叫就怎么写；识别诉件地点时用得上", error: errors["alias"]))\(UI.toolbar([UI.button("添加别名", .secondary, icon: .plus)]))"
    )
    let aliasRows = aliases.map { alias in
      UI.Row(
        nil,
        [
          "\(alias)",
          UI.form(
            here + "/aliases/remove", tokens: tokens,
            "<input type=\"hidden\" name=\"alias\" value=\"\(alias)\">\(UI.button("删除“\(alias)”", .plain))"),
        ])
    }
    let officerForm = UI.form(
      here + "/officer", tokens: tokens,
      "\(UI.select("责任队员", name: "officer", options: officers.map { .init($0.id.description, "\($0.name)（\($0.role.chinese)）") }, value: visit.form["officer"] ?? officer?.description, placeholder: "不指定", error: errors["officer"]))\(UI.date("自哪天起", name: "from", value: today, error: errors["from"]))\(UI.toolbar([UI.button("指定责任队员", .secondary)]))"
    )
    let buildingForm = UI.form(
      here + "/buildings", tokens: tokens,
      "\(UI.textarea("补充楼栋", name: "names", value: visit.form.text("names"), hint: "一行一个，或者用顿号隔开：1号、2号、3号", error: errors["names"]))\(UI.toolbar([UI.button("添加楼栋", .secondary, icon: .plus)]))"
    )
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("更正\(compound.name)", sub: "改动会记入日志，项目经理的姓名和电话只记改过、不记内容"))
      \(UI.form(here + "/edit", tokens: tokens, draft: "compound-\(compound.no)", "<input type=\"hidden\" name=\"seen\" value=\"\(seen)\">\(fields(values, choices, errors, known: true))\(UI.toolbar([UI.button("保存更正"), UI.linkButton("不改了，返回", here)]))"))
      \(UI.section("责任队员", id: "officer", officerForm))
      \(UI.section("别名", id: "aliases", "\(if: !aliases.isEmpty, UI.table("别名", [.init("别名", .what), .init("", .meta)], aliasRows))\(aliasForm)"))
      \(UI.section("楼栋", id: "buildings", "<p>\(buildings.isEmpty ? "还没有登记。" : buildings.joined(separator: "、"))</p>\(buildingForm)"))
      """
    return page
  }

  private func save(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let compound = try await CompoundPages.find(try visit.path("no"), for: person, house)
    let seen = visit.form["seen"].flatMap { Int64($0) }.map { Moment(milliseconds: $0) } ?? compound.updatedAt
    do {
      return try await FormTry.run(visit, again: { try await editPage(visit, errors: $0) }) {
        if compound.updatedAt != seen { throw Moved() }
        try await CompoundRegister.update(compound.id, try await whole(visit), seen: seen, by: person, in: house)
        return try visit.done("/compounds/\(compound.no)", saying: "资料已更正")
      }
    } catch is Moved {
      return try await conflict(visit, compound, since: seen)
    }
  }
  private struct Moved: Error {}

  /// Who was faster, what they changed, and what was typed here, so that nothing is typed twice.
  private func conflict(_ visit: Visit, _ compound: Compound, since seen: Moment) async throws -> Answer {
    let entries = try await house.store.read { db in try Journal.entries(of: Subject("compound", compound.id), db) }
    var page = visit.page("资料已经变化", active: "compounds")
    page.problem = true
    let squad: Office.ID? = try visit.form.id("squad")
    let squadName = try await house.store.read { db in try squad.flatMap { try OfficeStore.find($0, db)?.short } }
    let yours = CompoundFieldWords.all.compactMap { name, label -> (String, HTML)? in
      guard let text = visit.form[name] else { return nil }
      switch name {
      case "squad": return squadName.map { (label, HTML(text: $0)) }
      case "state": return (label, text == "closed" ? "停用" : "在管")
      default: return (label, HTML(text: text))
      }
    }
    page.main = UI.conflict(
      what: "您打开表单之后，\(compound.name)的资料被别人改过，您的更正没有保存。",
      changes: entries.filter { $0.at > seen && $0.action.hasPrefix("compound-") }.suffix(5).map {
        .init(
          at: $0.at, who: $0.actor.name, "\(JournalWords.action($0.action))", words: CompoundFieldWords.changed($0).map { HTML(text: $0) },
          icon: .pencil)
      }, yours: UI.facts(yours.map { ($0.0, Optional($0.1)) }), continueAt: "/compounds/\(compound.no)/edit", continueLabel: "按最新资料再改")
    return .page(page, .conflict)
  }

  // MARK: Around it

  private func assign(_ visit: Visit) async throws -> Answer {
    let compound = try await CompoundPages.find(try visit.path("no"), for: try visit.person, house)
    return try await FormTry.run(visit, again: { try await editPage(visit, errors: $0) }) {
      let day = try visit.form.day("from") ?? visit.now.day
      let officer: Person.ID? = try visit.form.id("officer")
      try await CompoundRegister.assign(officer, to: compound.id, from: day, by: try visit.person, in: house)
      return try visit.done("/compounds/\(compound.no)", saying: officer == nil ? "已取消责任队员" : "责任队员已指定，自\(day.chinese)起")
    }
  }
  private func alias(_ visit: Visit) async throws -> Answer {
    let compound = try await CompoundPages.find(try visit.path("no"), for: try visit.person, house)
    return try await FormTry.run(visit, again: { try await editPage(visit, errors: $0) }) {
      try await CompoundRegister.addAlias(visit.form.text("alias"), source: "人工", to: compound.id, by: try visit.person, in: house)
      return try visit.done("/compounds/\(compound.no)/edit#aliases", saying: "已添加别名“\(visit.form.text("alias"))”")
    }
  }
  private func removeAlias(_ visit: Visit) async throws -> Answer {
    let compound = try await CompoundPages.find(try visit.path("no"), for: try visit.person, house)
    try await CompoundRegister.removeAlias(visit.form.text("alias"), from: compound.id, by: try visit.person, in: house)
    return try visit.done("/compounds/\(compound.no)/edit#aliases", saying: "已删除别名“\(visit.form.text("alias"))”")
  }
  private func buildings(_ visit: Visit) async throws -> Answer {
    let compound = try await CompoundPages.find(try visit.path("no"), for: try visit.person, house)
    return try await FormTry.run(visit, again: { try await editPage(visit, errors: $0) }) {
      let names = visit.form.text("names").split { $0.isNewline || "、，,;；".contains($0) }.map { $0.filter { !$0.isWhitespace } }
      guard !names.isEmpty, names.count <= 200, names.allSatisfy({ (1...30).contains($0.count) }) else {
        throw Refusal(.invalid, "compounds-buildings-form", "请填写楼栋，每个最多 30 个字，一次最多 200 幢。", field: "names")
      }
      try await CompoundRegister.addBuildings(names, to: compound.id, by: try visit.person, in: house)
      return try visit.done("/compounds/\(compound.no)/edit#buildings", saying: "已添加楼栋")
    }
  }
}

/// The fields of a compound in words, for the conflict page.
enum CompoundFieldWords {
  static let all: [(name: String, label: String)] = [
    ("name", "小区名称"), ("address", "地址"), ("households", "户数"), ("buildings", "楼栋数"), ("built_year", "建成年份"), ("firm", "物业企业"),
    ("manager_name", "项目经理"), ("manager_phone", "项目经理电话"), ("position", "位置"), ("state", "状态"), ("squad", "管辖执法队"),
  ]
  /// "户数：1,860 → 1,862；项目经理电话"
  static func changed(_ entry: JournalEntry) -> String? {
    guard entry.action == "compound-changed", let facts = try? entry.facts([String: [String]].self) else { return nil }
    let words = facts.sorted { $0.key < $1.key }.compactMap { name, values -> String? in
      if name == "latitude" { return nil }
      let label = name == "longitude" ? "位置" : all.first { $0.name == name }?.label ?? name
      guard values.count == 2, !["squad", "firm", "longitude", "state"].contains(name) else { return label }
      return "\(label)：\(values[0].isEmpty ? "空" : values[0]) → \(values[1].isEmpty ? "空" : values[1])"
    }
    return words.isEmpty ? nil : words.joined(separator: "；")
  }
}
