import Catalogue
import Kernel
import WebSupport

/// The catalogue for everybody: what is forbidden, by which article, and what can follow.
struct LawPages: Sendable {
  let catalogue: Catalogue

  func routes(_ book: inout RouteBook) {
    book.get("/law", allow: .public) { visit in list(visit) }
    book.get("/law/{slug}", allow: .public) { visit in show(visit, try catalogue.known(try visit.path("slug"))) }
  }

  private func list(_ visit: Visit) -> Page {
    let words = visit.query.text("q")
    let found = catalogue.search(words)
    var page = visit.residentPage("法律说明")
    page.main = """
      \(UI.heading("法律说明", sub: "住宅小区里哪些行为不允许，依据哪一条，会怎样处理"))
      \(UI.form("/law", """
      \(UI.field("查找", name: "q", value: words, .search, hint: "例如“承重墙”“群租”“阳台”“第五十六条”。"))
      \(UI.toolbar([UI.button("查找", .secondary, icon: .search)]))
      """))
      \(if: found.isEmpty, UI.emptyState("没有找到“\(words)”", "换个说法再找，或者直接咨询社区工作室。", actions: [UI.linkButton("看全部", "/law"), UI.linkButton("咨询", "/ask")]))
      \(each: catalogue.categories, { category in group(category, found.filter { $0.category == category }) })
      <p class="hint">\(catalogue.about)</p>
      """
    return page
  }
  private func group(_ category: Item.Category, _ items: [Item]) -> HTML {
    if items.isEmpty { return .empty }
    return UI.section(
      category.name,
      "<ul class=\"links\">\(each: items, { "<li>\(UI.link($0.name, "/law/\($0.slug)"))\(if: $0.confidence != .quotedFromText, " \(Self.label($0.confidence))")</li>" })</ul>"
    )
  }
  static func label(_ confidence: SourceConfidence) -> HTML {
    confidence == .quotedFromText ? UI.tag("条文已核对", .good) : UI.tag("条文待核", .soon)
  }

  private func show(_ visit: Visit, _ item: Item) -> Page {
    var page = visit.residentPage(item.name)
    page.crumbs = [Page.Crumb("法律说明", "/law")]
    let fines = item.fines(on: visit.now.day)
    page.main = """
      \(UI.heading(item.name, sub: HTML(text: item.category.name), tags: [Self.label(item.confidence)]))
      \(if: item.confidence != .quotedFromText, UI.notice(.soon, "条文待核", "<p>\(item.confidence.chinese)。以公布的法规原文为准。</p>"))
      \(UI.section("不允许的依据", cites(item.violations)))
      \(UI.section("会怎样处理", """
      <ul class="plain-list"><li>\(item.orderToCorrect.chinese)。</li>\(each: fines, { "<li>\(if: $0.party != .any, "\($0.party.chinese)：")\($0.text)。</li>" })\(each: item.penaltyKinds.filter { $0 != "罚款" }, { "<li>\($0)。</li>" })\(if: item.registryAnnotation, "<li>可以在不动产登记簿上注记。</li>")\(if: item.publicSafety != nil, "<li>可能危及公共安全，会优先处理。</li>")</ul>
      <p>依据：</p>\(cites(item.penalties))
      """))
      \(if: item.propertyDuty != nil, UI.section("物业应当做的", "<p>发现后劝阻、制止；无效的，24 小时内报告业主委员会和有关行政管理部门。依据《上海市住宅物业管理规定》第五十九条。</p>"))
      \(UI.details("条文出自哪里", """
      <ul class="plain-list">\(each: item.sources, { "<li>《\($0.name)》，\($0.version)</li>" })</ul><p class="hint">\(catalogue.about)</p>
      """))
      \(UI.toolbar([UI.linkButton("反映这样的问题", "/report", .primary), UI.linkButton("咨询", "/ask")]))
      """
    return page
  }
  private func cites(_ cites: [Cite]) -> HTML {
    if cites.isEmpty { return "<p class=\"hint\">条文待核。</p>" }
    return "<ul class=\"plain-list\">\(each: cites, { "<li>\($0.text)</li>" })</ul>"
  }
}
