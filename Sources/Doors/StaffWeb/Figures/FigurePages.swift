import Catalogue
import Figures
import HTTPTypes
import Intake
import Kernel
import Matters
import Offices
import People
import Sheets
import Storage
import WebSupport

/// 指标: the figures of one's own scope, each with formula, denominator and rows.
public struct FigurePages: Sendable {
  let figures: Figures
  let catalogue: Catalogue
  public init(figures: Figures, catalogue: Catalogue) {
    self.figures = figures
    self.catalogue = catalogue
  }

  public func routes(_ book: inout RouteBook) {
    let seeing = Policy.signedIn(.seeMatters)
    book.get("/figures", allow: seeing, mayLag: true) { visit in try await overview(visit) }
    book.get("/figures/rows", allow: seeing, mayLag: true) { visit in try await rows(visit) }
    book.get("/figures/table.xlsx", allow: seeing, mayLag: true) { visit in try await table(visit) }
    book.get("/figures/cards", allow: seeing, mayLag: true) { visit in try await cards(visit) }
    book.get("/figures/{id}", allow: seeing, mayLag: true) { visit in try await show(visit) }
    PopulationPages(figures: figures).routes(&book)
  }

  static func tabs(_ on: String, _ query: FigureQuery) -> HTML {
    UI.tabs(
      "指标",
      [
        .init("各项指标", query.address("/figures"), on: on == "overview"), .init("评分表（例）", query.address("/figures/cards"), on: on == "cards"),
        .init("人口", "/figures/population", on: on == "population"),
      ])
  }
  private func query(_ visit: Visit) throws -> FigureQuery { try FigureQuery(visit.query, today: visit.now.day) }
  private func item(_ slug: String) -> String { slug.isEmpty ? "未认定事项" : catalogue.item(slug)?.name ?? slug }
  private func channel(_ raw: String) -> String { Report.Channel(rawValue: raw)?.chinese ?? raw }

  /// The form that chooses the months; the place stays.
  private func chooser(_ query: FigureQuery, _ path: String) -> HTML {
    UI.form(
      path,
      """
      \(each: [("squad", query.scope.squad.map { "\($0)" }), ("district", query.scope.district.map { "\($0)" }), ("compound", query.scope.compound.map { "\($0)" })].filter { $0.1 != nil }, { "<input type=\"hidden\" name=\"\($0.0)\" value=\"\($0.1)\">" })
      \(UI.fieldRow([UI.field("从哪年哪月", name: "from", value: FigureQuery.text(query.scope.from)), UI.field("到哪年哪月", name: "through", value: FigureQuery.text(query.scope.through)), UI.button("计算", .secondary)]))
      """)
  }
  private func counted() async throws -> HTML {
    guard let at = try await figures.countedAt() else { return "<p class=\"hint\">还没有统计过，后台几分钟内完成第一次统计。</p>" }
    return "<p class=\"hint\">统计到 \(UI.time(at))，每 \(Figures.minutes) 分钟更新。\(figures.book.period)。口径版本 \(figures.book.version)。</p>"
  }

  // MARK: Everything at once

  private func overview(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let query = try query(visit)
    let scope = query.scope
    let now = try await figures.counts(scope, for: person)
    let before = try await figures.counts(scope.before, for: person)
    let year = try await figures.counts(scope.yearBefore, for: person)
    let population = try await figures.population(of: scope, for: person)
    let course = try await figures.course(scope, for: person)
    let offices = try await figures.offices(scope, for: person)
    var page = visit.page("指标", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    let rows = figures.book.figures.map { figure in
      FigureView.row(figure, now, before: before, year: year, population: population, query: query)
    }
    page.main = """
      \(UI.heading("指标", sub: "\(query.period)\(narrowed(offices, scope))", actions: [UI.linkButton("下载表格", query.address("/figures/table.xlsx"), icon: .download)]))
      \(Self.tabs("overview", query))
      \(chooser(query, "/figures"))
      \(UI.tiles([
        .init("有效投诉", UI.grouped(now[.complaints]), unit: "件", href: query.rows(.complaints), note: "上期 \(before[.complaints]) 件，去年同期 \(year[.complaints]) 件"),
        .init("到期未答复", UI.grouped(now[.overdue]), unit: "件", href: query.rows(.overdue), tone: now[.overdue] > 0 ? .danger : .neutral),
        .init("不满意", UI.grouped(now[.dissatisfied]), unit: "件", href: query.rows(.dissatisfied), tone: now[.dissatisfied] > 0 ? .soon : .neutral),
        .init("办结后又来的", UI.grouped(now[.again]), unit: "件", href: query.rows(.again)),
      ]))
      \(UI.section("各项指标", UI.table("各项指标", [.init("指标", .what), .init("本期", .figure), .init("分子 ÷ 分母", .meta), .init("上期", .figure), .init("去年同期", .figure)], rows)))
      \(UI.section("每月有效投诉", UI.bars(FigureView.trend(course), unit: "件", course.map { (label: FigureQuery.chinese($0.month), value: $0.counts[.complaints], href: nil) })))
      \(try await places(query, offices, person))
      <p class="hint">执法频次（已检查 ÷ 等级要求的次数）在\(UI.link("分级检查", "/inspections"))里。</p>
      \(try await counted())
      """
    return page
  }
  private func narrowed(_ offices: [FigurePart], _ scope: FigureScope) -> String {
    if let squad = scope.squad { return "·" + (offices.first { $0.key == "\(squad)" }?.name ?? "") }
    return ""
  }

  /// By office, item, channel and compound: by name or by number of complaints, never as a ranking of people.
  private func places(_ query: FigureQuery, _ offices: [FigurePart], _ person: Person) async throws -> HTML {
    var out = HTML()
    if offices.count > 1 {
      let byDistrict = Scope(of: person) == .city && query.scope.district == nil && query.scope.squad == nil
      out += UI.section(
        byDistrict ? "各区" : "各中队", side: "按机构编号排列，不排名次",
        UI.table(
          "各单位", [.init("单位", .what)] + FigureView.columns.map { .init($0.name, .figure) },
          offices.map { part in
            var narrower = query
            if byDistrict {
              narrower.scope.district = Int64(part.key).map { Office.ID($0) }
            } else {
              narrower.scope.squad = Int64(part.key).map { Office.ID($0) }
            }
            return UI.Row(
              part.key == "0" ? nil : narrower.address("/figures"), ["\(part.name)"] + FigureView.cells(part.counts, figures.book))
          }))
    }
    for (facet, title, name) in [(Facet.item, "按事项", item), (.channel, "按来源", channel)] where query.scope.compound == nil {
      let parts = try await figures.parts(facet, query.scope, for: person).sorted {
        ($1.counts[.complaints], $0.key) < ($0.counts[.complaints], $1.key)
      }
      let shown = parts.filter { $0.counts[.complaints] > 0 }
      guard !shown.isEmpty else { continue }
      let total = shown.reduce(0) { $0 + $1.counts[.complaints] }
      let first = shown[0]
      out += UI.section(
        title,
        UI.bars(
          "\(name(first.key))最多，占 \(first.counts[.complaints] * 100 / max(1, total))%", unit: "件",
          shown.prefix(10).map { (label: name($0.key), value: $0.counts[.complaints], href: query.rows(.complaints, facet, $0.key)) })
          + (shown.count > 10
            ? UI.details("全部 \(shown.count) 项", grid(shown, name, facet, query)) : UI.details("各项指标的表", grid(shown, name, facet, query))))
    }
    guard query.scope.compound == nil else { return out }
    let compounds = try await figures.topPlaces(20, query.scope, for: person)
    if !compounds.isEmpty {
      out += UI.section(
        "投诉多的小区", side: "件数多不等于管得差，户数多少要一起看",
        UI.table(
          "投诉多的小区", [.init("小区", .what)] + FigureView.columns.map { .init($0.name, .figure) },
          compounds.map { part in
            var narrower = query
            narrower.scope.compound = Int64(part.key)
            return UI.Row(narrower.address("/figures"), ["\(part.name)"] + FigureView.cells(part.counts, figures.book))
          }))
    }
    return out
  }
  private func grid(_ parts: [FigurePart], _ name: (String) -> String, _ facet: Facet, _ query: FigureQuery) -> HTML {
    UI.table(
      "各项", [.init("名称", .what)] + FigureView.columns.map { .init($0.name, .figure) },
      parts.map { UI.Row(query.rows(.complaints, facet, $0.key), ["\(name($0.key))"] + FigureView.cells($0.counts, figures.book)) },
      dense: true)
  }

  // MARK: One figure

  private func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let query = try query(visit)
    guard let figure = figures.book[try visit.path("id")] else { throw Refusal(.missing, "figures-missing", "没有这项指标。") }
    let course = try await figures.course(query.scope, for: person)
    let now = course.reduce(Counts()) { $0 + $1.counts }
    let population = try await figures.population(of: query.scope, for: person)
    let value = figure.value(now, population: population?.people)
    let offices = try await figures.offices(query.scope, for: person)
    var page = visit.page(figure.name, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("指标", query.address("/figures"))]
    let missing: HTML? =
      figure.denominator == .population && population == nil
      ? UI.notice(.soon, "没有人口，算不出来", "请系统管理员或区局管理员在“人口”里导入本单位的常住人口，写明来源和日期。") : nil
    page.main = """
      \(UI.heading("\(figure.name)：\(value.text ?? "没有可计算的件数")", sub: "\(query.period)"))
      \(missing)
      \(chooser(query, "/figures/\(figure.id)"))
      \(UI.columns(
        UI.section("每月", UI.table(figure.name, [.init("月份", .what), .init("数值", .figure), .init("分子", .figure), .init("分母", .figure)], course.map { month, counts in
          let value = figure.value(counts, population: population?.people)
          return UI.Row(nil, ["\(FigureQuery.chinese(month))", "\(value.text ?? "—")", "\(FigureView.hundredths(value.numerator))", "\(UI.grouped(value.denominator))"])
        })) + (offices.count > 1 ? UI.section("各单位", UI.table("各单位", [.init("单位", .what), .init("数值", .figure), .init("分子", .figure), .init("分母", .figure)], offices.map { part in
          let value = figure.value(part.counts, population: nil)
          return UI.Row(nil, ["\(part.name)", "\(value.text ?? "—")", "\(FigureView.hundredths(value.numerator))", "\(UI.grouped(value.denominator))"])
        })) : .empty),
        side: UI.section("怎么算的", UI.facts([
          ("公式", "\(figure.formula)"), ("分子", "\(HTML.join(figure.numerator.map { part in "\(UI.link("\(part.count.chinese) \(now[part.count]) 件", query.rows(part.count)))\(if: part.weight != 100, " × 0.\(part.weight.padded(2))")" as HTML }, "<br>"))"),
          ("分母", denominator(figure, now, population, query)), ("统计口径", "\(figures.book.period)"), ("说明", figure.note.map { "\($0)" }),
          ("依据", "\(figure.basis)（\(figure.confidence.chinese)）"), ("口径版本", "\(figures.book.version)"),
        ])), sideFirst: true))
      \(try await counted())
      """
    return page
  }
  private func denominator(_ figure: Figure, _ now: Counts, _ population: Population?, _ query: FigureQuery) -> HTML {
    switch figure.denominator {
    case .counts(let counts):
      HTML.join(counts.map { UI.link("\($0.chinese) \(now[$0]) 件", query.rows($0)) }, "<br>")
    case .population:
      population.map { "常住人口 \(UI.grouped($0.people)) 人<br><small>\($0.source)，截至 \($0.asOf.chineseLong)</small>" } ?? "没有导入人口"
    }
  }

  // MARK: Rows

  static let pageSize = 50
  private func rows(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let query = try query(visit)
    guard let count = Count(rawValue: visit.query["count"] ?? Count.complaints.rawValue) else {
      throw Refusal(.missing, "figures-missing", "没有这项统计。")
    }
    let facet = Facet(rawValue: visit.query.text("facet"))
    let key = visit.query.text("key")
    let after = visit.query["after"].flatMap { Int64($0) }
    let found = try await figures.rows(count, facet, key: key, query.scope, for: person, after: after, limit: Self.pageSize + 1)
    let shown = Array(found.prefix(Self.pageSize))
    let name: String? =
      switch facet {
      case .item: item(key)
      case .channel: channel(key)
      default: nil
      }
    var page = visit.page(count.chinese, active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("指标", query.address("/figures"))]
    let older = found.count > Self.pageSize ? shown.last.map { query.rows(count, facet, key) + "&after=\($0.report)" } : nil
    page.main = """
      \(UI.heading(count.chinese, sub: "\(query.period)\(name.map { "·" + $0 } ?? "")"))
      \(UI.table(count.chinese, [.init("诉件", .what), .init("来源", .meta), .init("结果", .meta), .init("时限", .status)], shown.map { FigureView.row($0, item) }, empty: UI.emptyState("没有这样的诉件", "换一个月份看看。", icon: .check)))
      \(UI.older(older, shown: shown.count))
      <p class="hint">这里列的是现在的情况；指标每 \(Figures.minutes) 分钟统计一次，刚办的事可能还没有计入。</p>
      """
    return page
  }

  // MARK: Cards, and the table to take along

  private func cards(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let query = try query(visit)
    let counts = try await figures.counts(query.scope, for: person)
    var page = visit.page("评分表（例）", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("指标", query.address("/figures"))]
    page.main = """
      \(UI.heading("评分表（例）", sub: "\(query.period)·各地用过的评分办法，仅供参考；采用哪一种、怎么用，由本单位定"))
      \(Self.tabs("cards", query))
      \(chooser(query, "/figures/cards"))
      \(each: figures.book.cards, { FigureView.card($0, counts, figures.book) })
      """
    return page
  }

  private func table(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    let query = try query(visit)
    let whole = FigurePart(key: "", name: "合计", counts: try await figures.counts(query.scope, for: person))
    let parts = [whole] + (try await figures.offices(query.scope, for: person))
    var header = ["单位", "期间"]
    header += Count.allCases.map(\.chinese)
    header += figures.book.figures.map { "\($0.name)（\($0.formula)）" }
    let cells = parts.map { part -> [String] in
      var row = [part.name, query.period]
      row += Count.allCases.map { String(part.counts[$0]) }
      row += figures.book.figures.map { $0.value(part.counts, population: nil).text ?? "" }
      return row
    }
    return ImportForms.xlsx(
      Table(header: header, cells: cells), title: "指标", name: "指标-\(query.period).xlsx", demo: visit.house.isDemonstration)
  }
}
