import Catalogue
import Effects
import Foundation
import HTTPTypes
import HotSpots
import Kernel
import Offices
import People
import Storage
import WebSupport

/// 成效评估: whether a campaign, a pilot or a list made a difference, against compounds that are alike.
public struct EffectPages: Sendable {
  let effects: Effects
  public init(effects: Effects) { self.effects = effects }

  public func routes(_ book: inout RouteBook) {
    let (seeing, assessing) = (Policy.signedIn(.seeMatters), Policy.signedIn(.assessEffects))
    book.get("/effects", allow: seeing, mayLag: true) { visit in try await list(visit) }
    book.get("/effects/new", allow: assessing) { visit in try await form(visit, errors: .none) }
    book.post("/effects", allow: assessing) { visit in try await assess(visit) }
    book.get("/effects/{no}", allow: seeing) { visit in try await show(visit) }
    book.post("/effects/{no}/reckon", allow: assessing, limits: .small) { visit in try await reckon(visit) }
  }
  static func address(_ no: String, _ rest: String = "") -> String { "/effects/\(SafeURL.encode(no))" + (rest.isEmpty ? "" : "/" + rest) }
  static func tag(_ verdict: AssessmentResult.Verdict) -> HTML {
    switch verdict {
    case .fell: UI.tag(verdict.chinese, .good, icon: .check)
    case .rose: UI.tag(verdict.chinese, .danger, icon: .warning)
    case .noEvidence: UI.tag(verdict.chinese, .neutral)
    case .cannotSay: UI.tag(verdict.chinese, .quiet, icon: .clock)
    }
  }
  private func item(_ slug: String?) -> String { slug.map { effects.catalogue.item($0)?.name ?? $0 } ?? "全部事项" }

  private func list(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let found = try await effects.assessments(for: person)
    var page = visit.page("成效评估", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    page.main = """
      \(UI.heading("成效评估", sub: "专项行动、试点、重点小区名单有没有起作用：和没有整治的类似小区比前后变化", actions: person.may(.assessEffects) ? [UI.linkButton("新的评估", "/effects/new", .primary, icon: .plus)] : []))
      \(UI.table("成效评估", [.init("评估", .what), .init("结论", .status), .init("整治时间", .meta), .init("事项", .meta)], found.map { one, verdict in
        UI.Row(Self.address(one.no), [UI.lines("\(one.title)", "\(one.no) · \(one.kind.chinese) · \(one.officeName)"), verdict.map { Self.tag($0) } ?? .empty, "\(one.from.chineseLong)至\(one.through.chineseLong)", "\(item(one.item))"])
      }, empty: UI.emptyState("还没有评估", person.may(.assessEffects) ? "写明整治了哪些小区、从哪天到哪天，系统来比。" : "市局、区局的评估里有您范围内的小区时，会列在这里。", icon: .chart)))
      """
    return page
  }

  // MARK: Naming one

  private func form(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let typed = visit.form
    let lists = try await effects.hotspots.lists(for: person).filter { $0.withdrawal == nil }
    let scope = Scope(of: person)
    let squads = try await visit.house.store.read { db in
      try OfficeStore.all(db).filter { office in
        guard office.kind == .squad else { return false }
        if case .district(let id) = scope { return office.district == id }
        return true
      }.sorted { $0.code < $1.code }
    }
    let list = typed["list"] ?? visit.query["list"]
    let by = typed["by"] ?? (list == nil ? "names" : "list")
    var page = visit.page("新的评估", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("成效评估", "/effects")]
    page.problem = !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("新的评估", sub: "写明整治了哪些小区、从哪天到哪天；对照小区由系统按整治前的件数、走势和户数来配"))
      \(UI.form("/effects", tokens: try visit.formTokens(), """
      \(UI.field("名称", name: "title", value: typed.text("title"), hint: "例如：二季度群租集中整治", error: errors["title"]))
      \(UI.radios("评估的是什么", name: "kind", Assessment.Kind.allCases.map { .init($0.rawValue, $0.chinese) }, value: typed["kind"] ?? (list == nil ? "campaign" : "list"), error: errors["kind"], inline: true))
      \(UI.radios("整治的小区", name: "by", [.init("names", "写小区名称或编号"), .init("list", "一份名单"), .init("squad", "一个中队的全部小区")], value: by, inline: true))
      \(UI.textarea("小区名称或编号", name: "names", value: typed.text("names"), rows: 5, hint: "选“写小区名称或编号”的在这里写：每行一个，可以从表格里粘贴；同名的写编号", error: errors["names"], optional: true))
      \(if: !lists.isEmpty, UI.select("名单", name: "list", options: lists.map { .init($0.no, $0.name) }, value: list, hint: "选“一份名单”的在这里选", error: errors["list"], optional: true))
      \(if: lists.isEmpty && errors["list"] != nil, "<p class=\"error\">还没有名单，请写小区名称或者选中队。</p>")
      \(UI.select("中队", name: "squad", options: squads.map { .init("\($0.id)", $0.short) }, value: typed["squad"], hint: "选“一个中队的全部小区”的在这里选", error: errors["squad"], optional: true))
      \(UI.fieldRow([UI.date("第一天", name: "from", value: try? typed.day("from"), error: errors["from"]), UI.date("最后一天", name: "through", value: try? typed.day("through"), error: errors["through"])]))
      \(UI.select("事项", name: "item", options: effects.catalogue.items.map { .init($0.slug, $0.name) }, value: typed["item"], placeholder: "全部事项", error: errors["item"], optional: true))
      \(UI.button("开始评估", icon: .chart))
      """))
      <p class="hint">整治前至少要有 4 个整月的数据，整治的小区至少 5 个。数据不够的，结果会写明缺什么。</p>
      """
    return page
  }
  private func assess(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    return try await FormTry.run(visit, again: { try await self.form(visit, errors: $0) }) {
      let places: NewAssessment.Places
      switch form.text("by") {
      case "list": places = .list(form.text("list"))
      case "squad":
        guard let squad: Office.ID = try form.id("squad") else { throw Refusal(.invalid, "effects-nobody", "请选择中队。", field: "squad") }
        places = .squad(squad)
      default: places = .pasted(form.text("names"))
      }
      let no = try await effects.assess(
        NewAssessment(
          title: form.text("title"), kind: try form.choice("kind"), places: places, from: try form.day("from"),
          through: try form.day("through"), item: form["item"]), by: try visit.person)
      return try visit.done(Self.address(no), saying: "评估已完成，结果随数据一起保存")
    }
  }
  private func reckon(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    let isNew = try await effects.reckon(no, by: try visit.person)
    return try visit.done(Self.address(no), saying: isNew ? "已按今天的数据重新计算，以前的结果仍保留" : "和上次的结果一样，没有另存")
  }

  // MARK: One of them

  private func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let (one, kept, names) = try await effects.assessment(try visit.path("no"), for: person)
    let wanted = visit.query["result"].flatMap { Int64($0) }
    guard let shown = kept.first(where: { $0.id == wanted }) ?? kept.first else {
      throw Refusal(.missing, "effects-missing", "这项评估还没有结果。")
    }
    let result = shown.result
    var page = visit.page(one.title, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("成效评估", "/effects")]
    let tone: Tone =
      switch result.verdict {
      case .fell: .good
      case .rose: .danger
      case .noEvidence, .cannotSay: .neutral
      }
    let cautions = result.cautions(one.kind)
    page.main = """
      \(UI.heading(one.title, sub: "\(one.no)·\(one.kind.chinese)·\(one.officeName)", tags: [Self.tag(result.verdict)]))
      \(UI.notice(tone, result.sentence, result.figures.map { "\($0)" }))
      \(if: shown.id != kept.first?.id, UI.notice(.neutral, "这是 \(shown.at.text) 的结果，后来又算过", UI.link("看最近的结果", Self.address(one.no))))
      \(if: !cautions.isEmpty, UI.section("看的时候要知道", "<ul class=\"plain-list\">\(each: cautions, { "<li><p>\($0)</p></li>" })</ul>"))
      \(UI.columns(
        HTML.join([course(result), treated(result, names), controls(result, names)], "\n"),
        side: try side(one, shown, kept, visit, person), sideFirst: false))
      """
    return page
  }

  private func side(_ one: Assessment, _ shown: Effects.Kept, _ kept: [Effects.Kept], _ visit: Visit, _ person: Person) throws -> HTML {
    func interval(_ value: AssessmentResult.Interval?) -> HTML? {
      value.map {
        "\(String(format: "%+.2f", $0.value)) 件（\(String(format: "%+.2f", $0.low)) 至 \(String(format: "%+.2f", $0.high))，p=\(String(format: "%.3f", $0.p))）"
      }
    }
    let result = shown.result
    let list: HTML? = one.listNo.map { UI.link(one.listName ?? $0, HotSpotPageWords.address(list: $0)) }
    return """
      \(UI.section("评估", UI.facts([
        ("整治时间", "\(one.from.chineseLong)至\(one.through.chineseLong)"), ("事项", "\(item(one.item))"), ("名单", list),
        ("整治的小区", "\(result.treated.count) 个，其中配上对照的 \(result.treated.count { $0.weight > 0 }) 个"), ("对照小区", "\(result.controls.count) 个"),
        ("提出", "\(one.openedBy)，\(UI.time(one.openedAt))"), ("计算", "\(shown.who)，\(UI.time(shown.at))"), ("方法版本", "\(shown.version)"),
      ])))
      \(person.may(.assessEffects) ? UI.form(Self.address(one.no, "reckon"), tokens: try visit.formTokens(), UI.button("按今天的数据重新计算", .secondary, icon: .refresh)) : nil)
      \(UI.section("检验", UI.facts([
        ("变化", interval(result.change) ?? "算不出"), ("整治前两组走势之差", interval(result.trend) ?? "太短，没有做"), ("假日期", interval(result.fakeDate) ?? "太短，没有做"),
        ("假小区", result.fakePlaces.map { "\(String(format: "%.0f", $0 * 100))% 的差别不比这小" } ?? "对照太少，没有做"),
      ]) + UI.details("怎么算的", "<p>双重差分：整治小区整治前后的变化，减去对照小区同期的变化。件数按每千户每月计，户数多的小区分量重。每个整治小区配 3 个以内最相近的对照：整治前的水平（收缩后）、走势、户数都相近。误差按小区聚类，区间为 95%。整治开始的当月前后都不算（1 日开始的除外）。</p>")))
      \(if: kept.count > 1, UI.section("历次结果", UI.table("历次结果", [.init("时间", .what), .init("结论", .status)], kept.map { UI.Row("\(Self.address(one.no))?result=\($0.id)", ["\(UI.time($0.at))", Self.tag($0.result.verdict)]) }, dense: true)))
      """
  }

  private func course(_ result: AssessmentResult) -> HTML {
    if result.course.isEmpty { return UI.section("每月的件数", "<p>整治前后都还没有满一个月的数据。</p>") }
    func label(_ month: AssessmentResult.Month) -> String {
      let at = Month(count: month.month)
      return "\(at.year)年\(at.number)月" + (month.isAfter ? "（整治后）" : "")
    }
    func bars(_ title: String, _ value: (AssessmentResult.Month) -> Double?) -> HTML {
      UI.bars(title, unit: "件", result.course.map { (label: label($0), value: Int(((value($0) ?? 0) * 10).rounded()), href: nil) })
    }
    let rows = result.course.map { month in
      UI.Row(
        nil,
        [
          "\(label(month))", month.treated.map { "\(String(format: "%.2f", $0))" } ?? "—",
          month.control.map { "\(String(format: "%.2f", $0))" } ?? "—", "\(month.reports)",
        ])
    }
    let bothThere = result.course.contains { $0.treated != nil }
    return UI.section(
      "每月的件数",
      (bothThere
        ? bars("整治的小区，每万户每月", { $0.treated }) + bars("对照的小区，每万户每月", { $0.control })
        : UI.bars("整治的小区每月的件数", unit: "件", result.course.map { (label: label($0), value: $0.reports, href: nil) }))
        + UI.details(
          "数字表",
          UI.table(
            "每月的件数", [.init("月份", .what), .init("整治，每千户", .figure), .init("对照，每千户", .figure), .init("整治小区件数", .figure)], rows, dense: true))
    )
  }

  private func treated(_ result: AssessmentResult, _ names: [Int64: Effects.Name]) -> HTML {
    let unmatched = Set(result.unmatched)
    let unsized = result.unsized.compactMap { id in
      names[id].map { UI.Row("/compounds/\($0.no)", ["\($0.name)", "\($0.squadName)", UI.tag("没有户数", .quiet), "—", "—"]) }
    }
    let rows = result.treated.compactMap { place in
      names[place.compound].map { name in
        UI.Row(
          "/compounds/\(name.no)",
          [
            "\(name.name)", "\(name.squadName)", unmatched.contains(place.compound) ? UI.tag("没有类似的对照", .quiet) : .empty, "\(place.before)",
            "\(place.after)",
          ])
      }
    }
    return places("整治的小区", rows + unsized, all: result.treated.count + result.unsized.count)
  }
  private func controls(_ result: AssessmentResult, _ names: [Int64: Effects.Name]) -> HTML {
    let whole = max(1e-9, result.controls.reduce(0) { $0 + $1.weight })
    let rows = result.controls.compactMap { place in
      names[place.compound].map { name in
        UI.Row(
          "/compounds/\(name.no)",
          [
            "\(name.name)", "\(name.squadName)", "占 \(String(format: "%.0f", place.weight / whole * 100))%", "\(place.before)",
            "\(place.after)",
          ])
      }
    }
    return places("对照的小区", rows, all: result.controls.count)
  }
  private func places(_ title: String, _ rows: [UI.Row], all: Int) -> HTML {
    let hidden = all - rows.count
    return UI.section(
      "\(title) \(all) 个",
      UI.table(
        title,
        [.init("小区", .what), .init("中队", .meta), .init("", .status), .init("整治前件数", .figure), .init("整治后件数", .figure)],
        Array(rows.prefix(300)),
        dense: true, empty: UI.emptyState("没有", all > 0 ? "都不在您的范围内。" : "没有这样的小区。", icon: .compound))
        + (hidden > 0 && !rows.isEmpty ? "<p class=\"hint\">另有 \(hidden) 个不在您的范围内，没有列出。</p>" : .empty))
  }
}
