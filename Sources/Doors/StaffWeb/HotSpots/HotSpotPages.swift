import Catalogue
import HTTPTypes
import HotSpots
import Kernel
import Offices
import People
import Storage
import WebSupport

/// 热点: where complaints gather more than households and season explain, and which compounds stand out.
struct HotSpotPages: Sendable {
  let hotspots: HotSpots

  func routes(_ book: inout RouteBook) {
    let seeing = Policy.signedIn(.seeMatters)
    book.get("/hotspots", allow: seeing, mayLag: true) { visit in try await show(visit) }
    book.get("/hotspots/method", allow: seeing) { visit in try method(visit) }
  }

  static func view(_ visit: Visit) throws -> HotSpotView {
    HotSpotView(district: try visit.query.id("district"), subject: visit.query.text("subject"))
  }
  static func query(_ view: HotSpotView) -> [(String, String?)] {
    [("district", view.district.map { "\($0)" }), ("subject", view.subject)]
  }

  private func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let view = try hotspots.view(try Self.view(visit), for: person)
    let area = try await hotspots.area(view, for: person)
    var page = visit.page("热点", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    var main: HTML = """
      \(UI.heading("热点", sub: "按户数、季节和周围小区比，哪里的诉件明显偏多。每晚研判一次", actions: person.may(.issueLists) && area != nil ? [UI.linkButton("发布重点小区名单", Address.of("/hotspots/issue", Self.query(view)), .primary, icon: .flag)] : []))
      \(HotSpotPageWords.tabs("hotspots"))
      \(try await chooser(view, visit, person))
      """
    guard let area else {
      page.main = main + UI.emptyState("还没有研判结果", "后台每晚研判一次，明天早上再来看。", icon: .clock)
      return page
    }
    let clusters = try await hotspots.clusters(area, for: person)
    let listed = try await hotspots.rates(area, .listed, for: person)
    let all = try await hotspots.rates(area, .all, for: person)
    main += """
      <p class="hint">\(area.from.chineseLong)至\(area.through.chineseLong)，\(UI.grouped(area.reports)) 件，\(UI.grouped(area.places)) 个小区参加聚集区分析；\(view.district == nil ? "全市" : "全区")每千户平均 \(HotFigures.text(area.rate)) 件。研判于 \(UI.time(area.at))，方法版本 \(area.version)。\(area.season)。</p>
      \(try await troubles(area, person))
      \(UI.section("聚集区", clustersHTML(clusters, area)))
      \(UI.section("建议列入重点小区", side: listed.isEmpty ? nil : "按折算后的每千户件数排，不是考核名次", rates(listed, "建议列入重点小区", tagged: false, empty: UI.emptyState("没有小区明显偏多", "各小区的差别不超出偶然，或者件数太少。", icon: .check))))
      \(UI.details(all.count == 100 ? "每千户件数最高的 100 个小区" : "全部小区", rates(all, "每个小区的每千户件数", tagged: true, empty: UI.emptyState("没有小区", "您的范围内没有登记的小区。", icon: .compound))))
      """
    page.main = main
    return page
  }

  /// The city looks at one district at a time, or at itself; districts also by class of item.
  private func chooser(_ view: HotSpotView, _ visit: Visit, _ person: Person) async throws -> HTML {
    var filters: [UI.Filter] = []
    if Scope(of: person) == .city {
      let districts = try await visit.house.store.read { db in try OfficeStore.all(db).filter { $0.kind == .district } }
      filters.append(
        .init(
          "范围", name: "district", districts.sorted { $0.code < $1.code }.map { .init("\($0.id)", $0.short) },
          value: view.district.map { "\($0)" } ?? "", any: "全市"))
    }
    if view.district != nil {
      filters.append(
        .init("事项", name: "subject", hotspots.catalogue.categories.map { .init($0.slug, $0.name) }, value: view.subject, any: "全部事项"))
    }
    return filters.isEmpty ? .empty : UI.filters("/hotspots", filters, clearAt: "/hotspots")
  }

  private func troubles(_ area: HotArea, _ person: Person) async throws -> HTML? {
    let counts = try await hotspots.troubles(area, for: person)
    if counts.isEmpty { return nil }
    let some = try await hotspots.rates(area, .troubled, for: person, limit: 30)
    let total = counts.values.reduce(0, +)
    let lines = HotTrouble.allCases.compactMap { trouble in
      counts[trouble].map { "\(trouble.chinese)的 \($0) 个：\(trouble.consequence)。" as HTML }
    }
    let rows = some.map { one in
      UI.Row(
        "/compounds/\(one.compoundNo)", ["\(one.compoundName)", "\(one.trouble?.chinese ?? "")", "\(one.squadName)", "\(one.reports)"])
    }
    return UI.notice(
      .soon, "有 \(total) 个小区资料不全，看不全",
      """
      \(HTML.join(lines, "<br>"))
      \(UI.details(total > some.count ? "列出其中 \(some.count) 个" : "是哪些小区", UI.table("资料不全的小区", [.init("小区", .what), .init("缺什么", .status), .init("中队", .meta), .init("件数", .figure)], rows, dense: true)))
      """)
  }

  private func clustersHTML(_ clusters: [HotCluster], _ area: HotArea) -> HTML {
    if let problem = area.problem { return UI.notice(.neutral, "没有做聚集区分析", "\(problem)") }
    if clusters.isEmpty {
      return UI.emptyState("没有聚集区", "相邻小区合起来看，没有哪一片最近明显偏多。", icon: .check)
    }
    return HTML.join(
      clusters.map { one in
        let rows = one.seen.map { member in
          UI.Row(
            "/compounds/\(member.no)",
            ["\(member.name)", "\(member.squadName)", "\(member.observed)", "\(HotFigures.text(member.expected))"])
        }
        let hidden = one.places - one.seen.count
        let notice = UI.notice(
          one.isCertain ? .danger : .neutral, one.sentence,
          hidden > 0
            ? "其中 \(hidden) 个小区不在您的范围内，没有列出。"
            : one.places == 1 ? one.seen.first.map { "\($0.squadName)·\(UI.link("小区档案", "/compounds/\($0.no)"))" } : nil)
        if one.places == 1 { return notice }
        let table = UI.table(
          "聚集区的小区", [.init("小区", .what), .init("中队", .meta), .init("实际件数", .figure), .init("按户数和季节约", .figure)], rows, dense: true)
        return notice + UI.details("\(one.seen.count) 个小区", table)
      }, "\n")
  }

  /// The highest first; why each stands there is its second line.
  private func rates(_ rates: [HotRate], _ caption: String, tagged: Bool, empty: HTML) -> HTML {
    UI.table(
      caption,
      [
        .init("小区", .what), .init("中队、户数", .meta), .init("折算后每千户", .figure), .init("实际每千户", .figure), .init("件数", .figure),
      ],
      rates.map { one in
        UI.Row(
          "/compounds/\(one.compoundNo)",
          [
            UI.lines("\(one.compoundName)\(if: tagged && one.listed, " " + HotSpotPageWords.tag(one))", "\(one.why)"),
            UI.lines("\(one.squadName)", one.households.map { "\(UI.grouped($0)) 户" } ?? "没有户数"), HotSpotPageWords.shrunk(one.figures),
            HotSpotPageWords.raw(one.figures), "\(one.reports)",
          ])
      }, empty: empty)
  }

  private func method(_ visit: Visit) throws -> Page {
    let m = hotspots.method
    var page = visit.page("研判方法", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("热点", "/hotspots")]
    page.main = """
      \(UI.heading("研判方法", sub: "版本 \(m.version)·\(m.confidence.chinese)"))
      \(HotSpotPageWords.tabs("method"))
      \(UI.notice(.neutral, "这些数字从哪来", "\(m.about)"))
      \(UI.section("看什么", UI.facts([
        ("计入的诉件", "公众的投诉，已认定小区和事项；不属于本部门的、认定不合理的不计入，与“反复投诉”相同。同一事项一周里的几件诉件算一件，一处的人一起打来的电话不会成为热点"), ("时段", "到昨天为止的 \(m.weeks) 周"),
        ("预期件数", "按户数和季节分摊。季节用前几年（最多 \(m.seasonYears) 年、满 \(m.seasonReports) 件）各月的件数；不够的用这一年自己的走势"),
      ])))
      \(UI.section("聚集区", UI.facts([
        ("做法", "以每个小区为圆心，半径 \(m.radius) 公里以内，逐圈、逐周看哪一片到现在为止明显多于预期（时空扫描统计）"),
        ("是不是巧合", "把同样多的诉件按预期随机放 \(m.replications) 次，看偶然能聚成多强"), ("显示", "巧合的可能在 \(m.watch)% 以下的"),
        ("建议列入", "巧合的可能在 \(m.certain)% 以下，小区自己也多于预期的"),
      ])))
      \(UI.section("每千户件数", UI.facts([
        ("折算", "户数少的小区，两三件就能使每千户件数很高。折算时向平均靠拢，知道得越少靠得越拢"), ("可信区间", "真实水平有 95% 的把握在其中"),
        ("建议列入", "满 \(m.reports) 件，高于平均的把握满 \(m.above)%，折算后满平均的 \(m.times / 100).\((m.times % 100).padded(2)) 倍"),
      ])))
      <p class="hint">看不出的：不是圆形的片区；一个人打很多电话也会显得多（“反复投诉”里分得清）；各小区都多的时候没有哪个突出。</p>
      """
    return page
  }
}
