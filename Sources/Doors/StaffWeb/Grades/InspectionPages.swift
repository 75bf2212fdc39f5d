import Catalogue
import Grades
import HTTPTypes
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// 分级检查: the month's visits, and writing one down.
struct InspectionPages: Sendable {
  let grades: Grades
  private var rules: GradeRules { grades.rules }

  func routes(_ book: inout RouteBook) {
    let seeing = Policy.signedIn(.seeMatters)
    book.get("/inspections", allow: seeing, mayLag: true) { visit in try await list(visit) }
    book.get("/inspections/{no}", allow: seeing) { visit in try await show(visit, errors: .none) }
    book.post("/inspections/{no}/done", allow: .signedIn(.reportOnPatrol)) { visit in try await done(visit) }
    book.post("/inspections/{no}/matter", allow: .signedIn(.reportOnPatrol), limits: .small) { visit in try await register(visit) }
    book.get("/inspections/{no}/photos/{n}", allow: seeing) { visit in try await photo(visit) }
    book.post("/inspections/{no}/assign", allow: .signedIn(.makePlans), limits: .small) { visit in try await assign(visit) }
    book.post("/inspections/{no}/drop", allow: .signedIn(.makePlans), limits: .small) { visit in try await drop(visit) }
  }

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let today = visit.now.day
    let month = try FigureQuery.month(visit.query["month"], "month") ?? Month(today)
    var filter = InspectionFilter(month)
    let state = visit.query.text("state")
    filter.state = Inspection.State(rawValue: state)
    filter.squad = try visit.query.id("squad")
    filter.kind = Inspection.Kind(rawValue: visit.query.text("kind"))
    filter.mine = visit.query.text("mine") == "1"
    let found = try await grades.inspections(filter, for: person, limit: 300)
    let frequency = try await grades.frequency(month, for: person)
    let quiet = try await grades.counts(for: person).quiet
    let squads = try await GradePages.squads(for: person, grades.house)
    let (required, carried) = (frequency.reduce(0) { $0 + $1.required }, frequency.reduce(0) { $0 + $1.done })
    let (overdue, unplanned) = (frequency.reduce(0) { $0 + $1.overdue }, frequency.reduce(0) { $0 + $1.unplanned })
    var page = visit.page("分级检查", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("小区分级", "/grades")]
    var filters: [UI.Filter] = [
      .init("状态", name: "state", Inspection.State.allCases.map { .init($0.rawValue, $0.chinese) }, value: state),
      .init("种类", name: "kind", Inspection.Kind.allCases.map { .init($0.rawValue, $0.chinese) }, value: visit.query.text("kind")),
      .init("检查人", name: "mine", [.init("1", "只看我的")], value: visit.query.text("mine")),
    ]
    if !squads.isEmpty {
      filters.append(.init("执法队", name: "squad", squads.map { .init($0.id.description, $0.short) }, value: visit.query.text("squad")))
    }
    let here = "/inspections?month=\(GradeWords.month(month))"
    page.main = """
      \(UI.heading("分级检查：\(GradeWords.chinese(month))", sub: "按等级安排谁、什么时候去；数据没有显示问题的小区不上门", actions: person.may(.reportOnPatrol) ? [UI.linkButton("记录检查", "/inspections/new", .primary, icon: .walk)] : []))
      \(GradeWords.tabs("inspections"))
      \(UI.tiles([
        UI.Tile("应检查", UI.grouped(required), unit: "次", href: here, note: "按等级"),
        UI.Tile("已检查", UI.grouped(carried), unit: "次", href: here + "&state=done", note: rate(required, carried) + (unplanned > 0 ? "，另临时 \(unplanned) 次" : "")),
        UI.Tile("已逾期", UI.grouped(overdue), unit: "次", href: here + "&state=planned", tone: overdue > 0 ? .danger : .neutral),
        UI.Tile("无事不扰", UI.grouped(quiet), unit: "个", href: "/grades?show=quiet", note: "小区不上门"),
      ]))
      \(UI.tabs("月份", [-1, 0, 1].map { month.adding($0) }.filter { $0 <= Month(today).adding(1) }.map { .init(GradeWords.chinese($0), "/inspections?month=\(GradeWords.month($0))", on: $0 == month) }))
      \(UI.filters("/inspections", filters, keep: [(name: "month", value: GradeWords.month(month))], clearAt: here))
      \(UI.table("检查", GradeWords.columns, found.map { GradeWords.row($0, today: today, rules) }, empty: UI.emptyState("没有检查", quiet > 0 && filter.state == nil ? "\(quiet) 个小区\(rules.undisturbed)。" : "没有符合条件的检查。", icon: .check)))
      \(if: found.count == 300, "<p class=\"hint\">只列出前 300 次，请用条件缩小范围。</p>")
      \(if: quiet > 0, UI.notice(.good, "无事不扰 \(quiet) 个小区", "\(rules.undisturbed)。\(UI.link("看是哪些", "/grades?show=quiet"))"))
      \(frequencySection(frequency, month))
      """
    return page
  }
  private func rate(_ required: Int, _ done: Int) -> String {
    guard required > 0 else { return "没有要求的检查" }
    let hundredths = (done * 10_000 + required / 2) / required
    return "执法频次 \(hundredths / 100).\((hundredths % 100).padded(2))%"
  }
  private func frequencySection(_ all: [VisitFrequency], _ month: Month) -> HTML {
    guard !all.isEmpty else { return .empty }
    return UI.section(
      "执法频次",
      UI.table(
        "执法频次",
        [
          .init("执法队", .what), .init("执法频次", .figure), .init("已检查", .figure), .init("另有临时", .figure), .init("应检查", .figure),
          .init("逾期", .figure),
          .init("当月未检查", .figure),
        ],
        all.map { one in
          UI.Row(
            "/inspections?month=\(GradeWords.month(month))&squad=\(one.squad)",
            [
              "\(one.squadName)", "\(one.rate ?? "—")", "\(one.done)", "\(one.unplanned)", "\(one.required)", "\(one.overdue)",
              "\(one.missed)",
            ])
        }, dense: true)
        + "<p class=\"hint\">执法频次＝按等级安排的检查里已检查的 ÷ 应检查的，不含复查和不再检查的。临时检查另计，不进频次；同一时期里不再重复安排。只按执法队统计，不排名，不给个人定件数；口径为弄堂自定。</p>")
  }

  // MARK: One visit

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let one = try await grades.inspection(try visit.path("no"), for: person)
    let title = "\(one.compoundName) · \(one.kind.chinese)"
    var page = visit.page(title, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("分级检查", "/inspections?month=\(GradeWords.month(one.month))")]
    page.problem = !errors.isEmpty
    let facts = UI.facts([
      ("小区", UI.lines("\(UI.link(one.compoundName, "/compounds/\(SafeURL.encode(one.compoundNo))"))", "\(one.address)")),
      ("为什么去", "\(one.reason)"), ("等级", UI.link(one.grade.isEmpty ? "还没有分级" : "\(one.grade) 级，怎么得出的", GradeWords.address(one.compoundNo))),
      ("检查人", "\(one.officerName ?? "未指定责任队员")"), ("期限", one.kind == .unplanned && one.state == .done ? nil : "\(one.due.chineseLong)"),
      ("检查", one.doneOn.map { "\($0.chineseLong)，\(one.doneBy ?? "")" }), ("结果", one.result.map { "\($0.chinese)" }),
      (one.state == .done ? "看到什么" : "说明", one.note.map { "\($0)" }), ("事项", one.matterNo.map { UI.link($0, MatterWords.address($0)) }),
    ])
    let tokens = try visit.formTokens()
    let main = HTML.join(
      [
        form(one, person, tokens, visit, errors), UI.section("这次检查", facts), pictures(one, try await grades.photos(of: one), person),
        registering(one, person, tokens),
      ].compactMap { $0 }, "\n")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(title, sub: "\(one.no)·\(one.squadName)", tags: [GradeWords.tag(one, today: visit.now.day)]))
      \(UI.columns(main, side: try await change(one, person, visit, errors)))
      """
    return page
  }

  private func form(_ one: Inspection, _ person: Person, _ tokens: FormTokens, _ visit: Visit, _ errors: FormErrors) -> HTML? {
    guard one.state == .planned, person.may(.reportOnPatrol) else { return nil }
    return UI.section(
      "记录检查",
      UI.form(
        GradeWords.address(inspection: one.no, "done"), tokens: tokens, draft: "inspection-\(one.id)", upload: true,
        """
        <input type="hidden" name="version" value="\(one.version)">
        \(InspectionForm(catalogue: grades.matters.catalogue, typed: visit.form, today: visit.now.day, errors: errors).fields)
        \(UI.toolbar([UI.button("完成检查", icon: .check)], sticky: true))
        """))
  }

  private func pictures(_ one: Inspection, _ photos: [ReportFile], _ person: Person) -> HTML? {
    if photos.isEmpty { return nil }
    func address(_ index: Int, _ query: String = "") -> String { GradeWords.address(inspection: one.no, "photos/\(index + 1)") + query }
    let shown = photos.indices.filter { photos[$0].thumbnail != nil }.map {
      UI.Photo(thumb: address($0, "?small=1"), full: address($0), alt: "检查时的照片 \($0 + 1)")
    }
    let originals = photos.enumerated().map { index, photo in
      UI.link("第 \(index + 1) 张\(photo.mediaType == "image/heic" ? "（HEIC）" : "")", address(index, "?original=1"))
    }
    return UI.section(
      "现场照片 \(photos.count) 张",
      """
      \(UI.photoStrip(shown))
      \(if: person.office == one.squad, "<p class=\"hint\">原图：\(HTML.join(originals, "、"))</p>")
      """)
  }
  /// What was told and not put right goes on as a matter, as it stands here.
  private func registering(_ one: Inspection, _ person: Person, _ tokens: FormTokens) -> HTML? {
    guard one.state == .done, one.result == .told, one.matterNo == nil, person.may(.reportOnPatrol) else { return nil }
    return UI.section(
      "没有改正的",
      UI.form(
        GradeWords.address(inspection: one.no, "matter"), tokens: tokens,
        """
        <input type="hidden" name="version" value="\(one.version)">
        <p class="hint">这次检查的记录和照片直接成为事项，不用再填、再传；登记后由您接单。</p>
        \(UI.button("没有改正，登记为事项", .secondary, icon: .flag))
        """))
  }

  private func change(_ one: Inspection, _ person: Person, _ visit: Visit, _ errors: FormErrors) async throws -> HTML {
    guard one.state == .planned, person.may(.makePlans) else { return .empty }
    let tokens = try visit.formTokens()
    let typed = visit.form
    let officers = try await grades.officers(of: one.squad)
    let version: HTML = "<input type=\"hidden\" name=\"version\" value=\"\(one.version)\">"
    return UI.section(
      "安排",
      """
      \(UI.form(GradeWords.address(inspection: one.no, "assign"), tokens: tokens, """
      \(version)
      \(UI.select("谁去", name: "officer", options: officers.map { .init("\($0.id)", $0.name) }, value: typed["officer"] ?? one.officer.map { "\($0)" }, placeholder: "请选择", error: errors["officer"]))
      \(UI.date("期限", name: "due", value: (try? typed.day("due")) ?? one.due, error: errors["due"]))
      \(UI.button("安排", .secondary, icon: .person))
      """))
      \(UI.details("不再检查", open: errors["reason"] != nil, UI.form(GradeWords.address(inspection: one.no, "drop"), tokens: tokens, """
      \(version)
      \(UI.textarea("理由", name: "reason", value: typed.text("reason"), limit: 500, hint: "例如：专项行动中已全面检查", error: errors["reason"]))
      \(UI.button("不再检查", .secondary))
      """)))
      """)
  }

  private func version(_ form: Fields) throws(Refusal) -> Int {
    guard let version = Int(form.text("version")) else {
      throw Refusal(.conflict, "inspections-changed", "这次检查刚被别人改过，请刷新后再看。")
    }
    return version
  }
  private func done(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      let report = try await InspectionForm.read(visit)
      return try InspectionForm.done(visit, no, try await grades.carryOut(no, report, version: try version(form), by: try visit.person))
    }
  }
  private func register(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      let out = try await grades.register(no, version: try version(form), by: try visit.person)
      guard let matter = out.matterNo else { return try visit.done(GradeWords.address(inspection: no)) }
      return try visit.done(
        MatterWords.address(matter), saying: "已登记为 \(matter)，检查时的记录和照片都在里面\(out.notAccepted.map { "。没有接单：\($0)" } ?? "")")
    }
  }
  /// A photo of a visit: its copies for whoever sees the visit, the original for the squad that made it.
  private func photo(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let one = try await grades.inspection(try visit.path("no"), for: person)
    let photos = try await grades.photos(of: one)
    let missing = Refusal(.missing, "inspections-no-photo", "没有这张照片，或者它不在您的范围内。")
    guard let number = Int(try visit.path("n")), photos.indices.contains(number - 1) else { throw missing }
    let photo = photos[number - 1]
    let vault = grades.house.vault
    if visit.query.flag("original") {
      guard person.office == one.squad else { throw missing }
      let ending = photo.mediaType.split(separator: "/").last.map { $0 == "jpeg" ? "jpg" : String($0) } ?? "bin"
      let name = "\(one.no)-\(number).\(ending)"
      // Evidence is saved, not shown: what is shown are the copies made here.
      return Answer.file(try vault.bytes(photo.original.sha256), type: photo.mediaType, name: name)
        .with(.contentDisposition, "attachment; filename=\"\(name)\"")
    }
    let isSmall = visit.query.flag("small")
    guard let copy = isSmall ? photo.thumbnail : photo.publicCopy else { throw missing }
    let isPNG = !isSmall && photo.mediaType == "image/png"
    return Answer.file(
      try vault.bytes(copy), type: isPNG ? "image/png" : "image/jpeg", name: "\(one.no)-\(number).\(isPNG ? "png" : "jpg")", forever: true)
  }
  private func assign(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      let officer: Person.ID? = try form.id("officer")
      try await grades.assign(no, officer: officer, due: try form.day("due"), version: try version(form), by: try visit.person)
      return try visit.done(GradeWords.address(inspection: no), saying: "已安排")
    }
  }
  private func drop(_ visit: Visit) async throws -> Answer {
    let (no, form) = (try visit.path("no"), visit.form)
    return try await FormTry.run(visit, again: { try await show(visit, errors: $0) }) {
      try await grades.drop(no, reason: form.text("reason"), version: try version(form), by: try visit.person)
      return try visit.done(GradeWords.address(inspection: no), saying: "已记录不再检查")
    }
  }
}

/// Grades and the visits that follow from them.
public enum GradeRoutes {
  public static func register(_ book: inout RouteBook, grades: Grades) {
    GradePages(grades: grades).routes(&book)
    UnplannedPages(grades: grades).routes(&book)
    InspectionPages(grades: grades).routes(&book)
  }
}
