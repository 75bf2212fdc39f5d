import Cases
import Catalogue
import Kernel
import People
import Storage
import WebSupport

/// 执法事项目录: what is forbidden, by which article, with which fine, and how far each was checked.
struct CataloguePages: Sendable {
  let catalogue: Catalogue
  let shipped: WorkGuides
  let house: House

  func routes(_ book: inout RouteBook) {
    book.get("/catalogue", allow: .signedIn(.seeCatalogue)) { visit in try await list(visit) }
    book.get("/catalogue/{slug}", allow: .signedIn(.seeCatalogue)) { visit in try await show(visit, errors: .none) }
    book.post("/catalogue/{slug}/remarks", allow: .signedIn(.seeCatalogue), limits: .small) { visit in
      try await take(visit, saying: "已报告，核对后会在这里答复") { item, person in
        try await CatalogueNotes.remark(on: item, visit.form.text("text"), by: person, in: house)
      }
    }
    book.post("/catalogue/{slug}/remarks/{remark}/answer", allow: .signedIn(.superviseMatters), limits: .small) { visit in
      let id: CatalogueRemark.ID = try visit.pathID("remark")
      return try await take(visit, saying: "已答复") { _, person in
        try await CatalogueNotes.answer(id, visit.form.text("answer"), by: person, in: house)
      }
    }
    book.post("/catalogue/{slug}/campaigns", allow: .signedIn(.superviseMatters), limits: .small) { visit in
      try await take(visit, saying: "专项行动已更新") { item, person in
        try await CatalogueNotes.list(
          item, under: visit.form.text("campaign"), visit.form["list"] != "off", by: person, in: house)
      }
    }
  }

  private func take(_ visit: Visit, saying told: String, _ body: (Item, Person) async throws -> Void) async throws -> Answer {
    let item = try catalogue.known(try visit.path("slug"))
    do {
      try await body(item, try visit.person)
      return try visit.done("/catalogue/\(item.slug)", saying: told)
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try await show(visit, errors: FormErrors(refusal)))
    }
  }

  private func list(_ visit: Visit) async throws -> Page {
    let words = visit.query.text("q")
    let category = visit.query["category"]
    let campaign = visit.query["campaign"]
    let campaigns = try await house.store.read { db in try CatalogueNotes.campaigns(db) }
    let names = Set(campaigns.values.flatMap { $0 }).sorted()
    let items = catalogue.search(words).filter { item in
      (category == nil || item.category.slug == category) && (campaign.map { campaigns[item.slug]?.contains($0) == true } ?? true)
    }
    let filters =
      [UI.Filter("类别", name: "category", catalogue.categories.map { .init($0.slug, $0.name) }, value: category ?? "")]
      + (names.isEmpty ? [] : [UI.Filter("专项行动", name: "campaign", names.map { .init($0, $0) }, value: campaign ?? "")])
    let rows = items.map { item in
      UI.Row(
        "/catalogue/\(item.slug)",
        [
          UI.lines("\(item.name)", "\(item.category.name)"), Self.label(item.confidence), "\(item.violations.first?.text ?? "—")",
          "\(item.fines(on: visit.now.day).first?.text ?? item.penaltyKinds.joined(separator: "、"))",
        ])
    }
    var page = visit.page("执法事项目录", active: "more", wide: true)
    page.main = """
      \(UI.heading("执法事项目录", sub: "\(UI.number(items.count, "项"))，依据公开法规整理，不是官方清单"))
      \(UI.filters("/catalogue", find: words, findLabel: "事项、条文，例如：承重、物业管理规定56", filters, clearAt: "/catalogue"))
      \(UI.table("执法事项", [.init("事项", .what), .init("核对情况", .status), .init("违则", .meta), .init("罚则", .meta)], rows, empty: UI.emptyState("没有符合条件的事项", "换一个词，或者按条号找：物业管理规定 56。", actions: [UI.linkButton("清除条件", "/catalogue")], icon: .law)))
      \(if: words.isEmpty && category == nil, referrals)
      <p class="hint">\(catalogue.about)</p>
      """
    return page
  }
  private var referrals: HTML {
    guard !catalogue.referrals.isEmpty else { return .empty }
    return UI.section(
      "常有人反映、由其他部门处理",
      UI.table(
        "移送事项", [.init("事项", .what), .init("规定", .meta), .init("处罚", .meta)],
        catalogue.referrals.map { UI.Row(nil, ["\($0.name)", "\($0.prohibition)", "\($0.penalty)"]) }))
  }
  /// Where the text can be read, by the addresses somebody in an office can open; the data's own notes on their origin are not for them.
  private static func source(_ text: String) -> HTML {
    let links = text.split { $0.isWhitespace || $0 == ";" || $0 == "；" }.map(String.init).filter { $0.hasPrefix("https://") }
    return links.isEmpty
      ? "公开法规文本" : HTML.join(links.map { "<a\(attr("href", url: $0)) rel=\"noreferrer\">\(host($0))</a>" as HTML }, "<br>")
  }
  private static func host(_ address: String) -> String { String(address.dropFirst(8).prefix { $0 != "/" }) }
  static func label(_ confidence: SourceConfidence) -> HTML {
    switch confidence {
    case .quotedFromText: UI.tag(confidence.chinese, .good, icon: .check)
    case .quotedFromOlderText: UI.tag(confidence.chinese, .soon)
    case .secondary, .unverified: UI.tag(confidence.chinese, .soon, icon: .warning)
    }
  }

  private func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let item = try catalogue.known(try visit.path("slug"))
    let district = try visit.person.district
    let (remarks, campaigns, guides, own) = try await house.store.read { db in
      (
        try CatalogueNotes.remarks(on: item.slug, db), try CatalogueNotes.campaigns(db)[item.slug] ?? [],
        try Guides.all(item: item.slug, district: district, db), try shipped.used(for: item.slug, in: district, db)
      )
    }
    // Guides are the office's own; so is who reported what.
    let isOffice = try visit.person.may(.seeCases)
    let notes = CatalogueNotesView(
      item: item, campaigns: campaigns, remarks: isOffice ? remarks : [], person: try visit.person, tokens: try visit.formTokens(),
      typed: visit.form,
      errors: errors)
    let today = visit.now.day
    func cites(_ list: [Cite]) -> HTML {
      // What was read in the text itself needs no mark beside each: the page says so once.
      HTML.join(
        list.map { cite in
          "\(cite.text)\(if: cite.law.confidence != .quotedFromText, " <small>\(cite.law.confidence.chinese)</small>")" as HTML
        }, "<br>")
    }
    let fines = item.fines(on: today).map { fine in
      UI.Row(nil, ["\(fine.text)", "\(fine.party.chinese)", fine.discretionary ? "可以罚" : "应当罚"])
    }
    var page = visit.page(item.name, active: "more")
    page.crumbs = [.init("执法事项目录", "/catalogue")]
    page.problem = !errors.isEmpty
    var tags = [Self.label(item.confidence)]
    if item.publicSafety != nil { tags.append(UI.tag("涉公共安全", .danger)) }
    if item.mustFile != nil { tags.append(UI.tag("应立尽立", .soon)) }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(item.name, sub: "\(item.category.name)", tags: tags))
      \(UI.section("规定", UI.facts([
        ("违则", cites(item.violations)), ("罚则", cites(item.penalties)), ("处罚种类", "\(item.penaltyKinds.joined(separator: "、"))"),
        ("责令改正", "\(item.orderToCorrect.chinese)"), ("应立案理由", item.mustFile.map { "\($0)" }),
        ("公共安全", item.publicSafety.map { "\($0.basis) <small>\($0.confidence.chinese)</small>" }), ("重点关注", item.highAttention.map { "\($0)" }),
        ("处罚机关", "\(item.authority.statutory)<br><small>实际：\(item.authority.practice)；\(item.authority.basis)（\(item.authority.confidence.chinese)）</small>"),
        ("物业的义务", item.propertyDuty.map { "\($0)" }), ("强制执行", item.forceExecution.map { "\($0)" }),
        ("登记簿注记", item.registryAnnotation ? "可以" : nil), ("说明", item.notes.map { "\($0)" }),
      ])))
      \(if: !fines.isEmpty, UI.section("罚款（今天有效的）", "\(UI.table("罚款", [.init("幅度", .what), .init("对象", .meta), .init("裁量", .meta)], fines))\(item.fineNote.map { "<p class=\"hint\">\($0)</p>" as HTML })"))
      \(if: !item.evidence.isEmpty, UI.section("要收集的证据", "<ul class=\"plain-list\">\(each: item.evidence, { "<li>\($0)</li>" })</ul>"))
      \(UI.section("依据的文本", UI.table("依据", [.init("名称", .what), .init("核对情况", .status), .init("版本", .meta), .init("出处", .meta)], item.sources.map { law in
        UI.Row(nil, [UI.lines("\(law.name)", "\(law.level)，\(law.effective.chineseLong)施行"), Self.label(law.confidence), "\(law.version)", Self.source(law.source)])
      })))
      \(if: !guides.isEmpty && isOffice, UI.section("执法指引", UI.table("执法指引", GuidePages.columns, guides.map { GuidePages.row($0, catalogue) })))
      \(isOffice ? own.map { WorkGuideView(guide: $0).folded } ?? .empty : .empty)
      \(notes.html)
      """
    return page
  }
}
