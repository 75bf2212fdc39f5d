import Catalogue
import Compounds
import Intake
import Kernel
import Matters
import People
import Rosters
import WebSupport

/// 一小区一档: what the register knows, what is going on, and what the year was like.
struct CompoundFilePage {
  let facts: CompoundFacts
  let record: CompoundRecord
  /// The newest words of residents on the squad's work here; nil for who does not handle matters.
  let ratings: [ServiceRating]?
  /// Twelve months at a glance.
  let twelve: HTML
  let catalogue: Catalogue
  let person: Person
  let now: Moment
  var grade: CompoundGradeView?
  /// The house plans and keeps inspections.
  var inspects = false
  /// How officers are present here by the issued roster; nil where there is none.
  var stationing: (plan: RosterPlan, place: RosterPlace, next: [Day])?

  private var compound: Compound { facts.card.compound }
  private var mattersHere: String { "/matters?compound=\(compound.id)" }
  private func itemName(_ slug: String?) -> String { slug.map { catalogue.item($0)?.name ?? $0 } ?? "未认定事项" }

  func page(_ frame: Page) -> Page {
    var page = frame
    page.crumbs = [.init("小区", "/compounds"), .init(facts.card.squadName, "/compounds?squad=\(compound.squad)")]
    var actions: [HTML] = []
    if person.may(.reportOnPatrol) { actions.append(UI.linkButton("登记巡查发现", "/patrol/new?compound=\(compound.id)", .primary, icon: .plus)) }
    if inspects, person.may(.reportOnPatrol) { actions.append(UI.linkButton("记录检查", UnplannedPages.address(compound.no), icon: .walk)) }
    if person.may(.seeMatters) { actions.append(UI.linkButton("本小区全部事项", mattersHere + "&group=all", icon: .matter)) }
    page.main = """
      \(UI.heading(compound.name, sub: sub, tags: tags, actions: actions))
      \(UI.tiles(tiles))
      \(twelve)
      \(UI.columns(HTML.join([openMatters, yearSection, repeats], "\n"), side: HTML.join([grade?.section(today: now.day) ?? .empty, register, people, presence, code, service, channels], "\n")))
      """
    return page
  }

  private var sub: HTML {
    "\(compound.address.isEmpty ? "未登记地址" : compound.address)·\(facts.card.squadName)"
  }
  private var tags: [HTML] {
    var tags: [HTML] = []
    if compound.state == .closed { tags.append(UI.tag("已停用", .quiet)) }
    if record.overdue > 0 { tags.append(UI.tag("有超期事项", .danger, icon: .warning)) }
    return tags
  }
  private var tiles: [UI.Tile] {
    var tiles: [UI.Tile] = [
      .init(
        "在办事项", UI.grouped(record.openCount), href: mattersHere,
        note: record.overdue > 0 ? "超期 \(record.overdue) 件" : "无超期", tone: record.overdue > 0 ? .danger : .neutral),
      .init(
        "近 90 天诉件", UI.grouped(record.recent), href: mattersHere + "&group=all", note: "前 90 天 \(record.before) 件",
        tone: record.recent > record.before + 2 ? .soon : .neutral),
      .init("\(record.year) 年办结", UI.grouped(record.closed), href: mattersHere + "&group=closed"),
    ]
    if let households = compound.households, households > 0 {
      // One decimal, rounded half up.
      let tenths = (record.recent * 10_000 + households / 2) / households
      tiles.append(
        .init(
          "近 90 天千户诉件", "\(tenths / 10).\(tenths % 10)", href: mattersHere + "&group=all",
          note: "\(record.recent) 件 ÷ \(UI.grouped(households)) 户"))
    }
    return tiles
  }

  // MARK: What is going on

  private var openMatters: HTML {
    let body: HTML =
      record.open.isEmpty
      ? UI.emptyState("没有在办事项", "新的诉件到达并派单后会出现在这里。", icon: .check)
      : UI.table("在办事项", [.init("什么、在哪", .what), .init("状态", .status), .init("主办", .meta), .init("时限", .clock)], record.open.map(openRow))
    let side: HTML? = record.openCount > record.open.count ? UI.link("全部 \(record.openCount) 件", mattersHere) : nil
    return UI.section("在办事项", side: side, body)
  }
  private func openRow(_ matter: Matter) -> UI.Row {
    let late = matter.due.map { $0 < now } ?? false
    let place = [matter.building, matter.placeText.isEmpty ? nil : matter.placeText].compactMap { $0 }.first ?? ""
    return UI.Row(
      "/matters/\(matter.no)",
      [
        UI.lines("\(itemName(matter.item))", "\(place)"), MatterWords.tag(matter.state),
        "\(matter.officerName ?? matter.squadName ?? "未派")", due(matter, late: late),
      ], tone: late ? .danger : nil)
  }
  private func due(_ matter: Matter, late: Bool) -> HTML {
    guard let due = matter.due else { return matter.state == .hung ? UI.tag("已挂账，时限暂停", .quiet, icon: .pause) : "—" }
    let end = ClockView.end(due)
    return late ? UI.tag("已超期，应于 \(end) 前", .danger, icon: .warning) : "\(end) 前"
  }

  private var repeats: HTML {
    guard !record.repeated.isEmpty else {
      return UI.section("反复反映", "<p class=\"hint\">\(record.year) 年没有多人反映或者办结后又重新办理的事项。</p>")
    }
    let rows = record.repeated.map { matter in
      UI.Row(
        "/matters/\(matter.no)",
        [
          UI.lines("\(itemName(matter.item))", "\(matter.building ?? matter.placeText)"),
          MatterWords.tag(matter.state),
          "\(matter.reports) 件诉件", matter.reopened > 0 ? "重新办理 \(matter.reopened) 次" : "最近 \(matter.lastAt.day.chinese)",
        ])
    }
    return UI.section(
      "反复反映", side: "\(UI.number(record.repeatedCount, "件")) \(UI.link("研判和方案", "/patterns?compound=\(compound.id)"))",
      UI.table("反复反映的事项", [.init("什么、在哪", .what), .init("状态", .status), .init("诉件", .meta), .init("情况", .meta)], rows))
  }

  // MARK: The year

  private var yearSection: HTML {
    let thisYear = now.day.year
    var side: HTML = "\(UI.link("\(record.year - 1) 年", "/compounds/\(compound.no)?year=\(record.year - 1)"))"
    if record.year < thisYear { side += " \(UI.link("\(record.year + 1) 年", "/compounds/\(compound.no)?year=\(record.year + 1)"))" }
    guard record.closed > 0 else {
      return UI.section("\(record.year) 年办结", id: "year", side: side, "<p class=\"hint\">这一年没有办结的事项。</p>")
    }
    let sums = record.closedByItem.map {
      (label: itemName($0.item), value: $0.months.reduce(0, +), href: $0.item.map { mattersHere + "&group=closed&item=\($0)" })
    }
    let months = record.closedByMonth
    let shownMonths = months.indices.filter { record.year < thisYear || $0 < now.day.month }
    let peak = shownMonths.max { (months[$0], -$0) < (months[$1], -$1) } ?? 0
    let body: HTML = """
      \(UI.bars(finding(sums.map { ($0.label, $0.value) }), unit: "件", Array(sums.prefix(8))))
      \(UI.bars("\(peak + 1) 月办结最多，\(months[peak]) 件", unit: "件", shownMonths.map { (label: "\($0 + 1) 月", value: months[$0], href: nil) }))
      \(UI.details("按事项和月份的表", grid))
      """
    return UI.section("\(record.year) 年办结", id: "year", side: side, body)
  }
  private func finding(_ items: [(String, Int)]) -> String {
    guard let first = items.first, record.closed > 0 else { return "按事项" }
    return "\(first.0)最多，占 \(first.1 * 100 / record.closed)%（\(first.1) / \(record.closed) 件）"
  }
  private var grid: HTML {
    let columns = [UI.Column("事项", .what)] + (1...12).map { UI.Column("\($0)月", .figure) } + [UI.Column("合计", .figure)]
    let rows = record.closedByItem.map { item, months in
      UI.Row(nil, ["\(itemName(item))"] + months.map { $0 == 0 ? "·" : "\($0)" } + ["\(months.reduce(0, +))"])
    }
    let total = UI.Row(nil, ["合计"] + record.closedByMonth.map { "\($0)" } + ["\(record.closed)"])
    return UI.table("\(record.year) 年办结事项，按事项和月份", columns, rows + [total], dense: true)
  }

  // MARK: The register

  private var register: HTML {
    let edit: HTML? = person.may(.editCompounds) ? UI.link("更正资料", "/compounds/\(compound.no)/edit") : nil
    let size = [
      compound.households.map { "\(UI.grouped($0)) 户" }, compound.buildings.map { "\($0) 幢" }, compound.builtYear.map { "\($0) 年建成" },
    ]
    .compactMap { $0 }.joined(separator: "，")
    return UI.section(
      "档案", side: edit,
      UI.facts([
        ("小区编号", "\(compound.no) \(UI.copy(compound.no, label: "复制"))"), ("规模", size.isEmpty ? "未登记" : "\(size)"),
        ("别名", facts.aliases.isEmpty ? nil : "\(facts.aliases.joined(separator: "、"))"),
        ("其他地址", facts.addresses.isEmpty ? nil : HTML.join(facts.addresses.map { HTML(text: $0) }, "<br>")),
        ("楼栋", facts.buildings.isEmpty ? nil : buildingList), ("位置", compound.position.map(position)),
        ("资料更新", UI.time(compound.updatedAt)),
      ]))
  }
  private var buildingList: HTML {
    facts.buildings.count <= 12
      ? HTML(text: facts.buildings.joined(separator: "、"))
      : UI.details("\(facts.buildings.count) 幢", HTML(text: facts.buildings.joined(separator: "、")))
  }
  private func position(_ at: Coordinates) -> HTML {
    // Five decimals are a metre.
    let round = { (value: Double) in String((value * 100_000).rounded() / 100_000) }
    return "\(round(at.longitude))，\(round(at.latitude)) <small>WGS-84</small>"
  }

  private var people: HTML {
    let manager = [compound.managerName.map { HTML(text: $0) }, compound.managerPhone.map { UI.phone($0) }].compactMap { $0 }
    let firm: HTML? = facts.firm.map {
      "\(UI.link($0.name, "/compounds?firm=\($0.id)"))\($0.phone.map { "<br>\(UI.phone($0))" as HTML })"
    }
    var officer: HTML = "\(facts.officer?.name ?? "未指定")"
    if let acting = facts.acting, let own = facts.officer, acting.id != own.id { officer += "<br><small>今日由\(acting.name)代理</small>" }
    var pairs: [(String, HTML?)] = [
      ("责任队员", officer), ("物业企业", firm ?? "未登记"), ("项目经理", manager.isEmpty ? "未登记" : HTML.join(manager, " ")),
    ]
    for committee in facts.committees {
      pairs.append((committee.kind.chinese, "\(committee.name)\(committee.phone.map { "<br>\(UI.phone($0))" as HTML })"))
    }
    for studio in facts.studios {
      pairs.append(
        (
          "社区工作室",
          "\(studio.name)<br><small>\(studio.address)<br>\(studio.hours)</small>\(studio.phone.map { "<br>\(UI.phone($0))" as HTML })"
        ))
    }
    return UI.section("联系人", UI.facts(pairs))
  }

  private var presence: HTML {
    guard let (plan, place, next) = stationing else { return .empty }
    let here = RosterWords.address(plan.no, "compounds/\(place.compoundNo)")
    return UI.section(
      "驻点", side: UI.link("排班", here),
      UI.facts([
        ("方式", "\(RosterWords.tag(place.mode)) \(place.modeName)"), ("联系人", "\(place.contactName)"),
        ("第二人", place.secondName.map { "\($0)" }),
        ("接下来到场", next.isEmpty ? "本期已没有" : "\(next.prefix(4).map(\.chinese).joined(separator: "、"))"),
        ("有效期", "\(plan.start.chinese)至\(plan.until.chinese)"),
      ]))
  }

  /// What hangs on the notice boards: the sheet ready to print, and the picture for those who lay out their own.
  private var code: HTML {
    let here = "/compounds/\(compound.no)"
    return UI.section(
      "城管码",
      """
      <p class="hint">居民扫码反映问题、查进度、看工作室。贴在门厅、公告栏和物业服务处。</p>
      \(UI.toolbar([UI.linkButton("打印 A4 张贴页", here + "/code-sheet", icon: .qr), UI.linkButton("PNG 图片", here + "/code.png", icon: .download), UI.linkButton("SVG 图片", here + "/code.svg", icon: .download)]))
      """)
  }

  private var service: HTML {
    guard let ratings else { return .empty }
    guard !ratings.isEmpty else { return UI.section("居民对社区服务的评价", "<p class=\"hint\">还没有居民通过城管码评价。</p>") }
    return UI.section(
      "居民对社区服务的评价",
      """
      <ul class="notes">\(each: ratings, { rating in
        "<li><span>\(rating.satisfaction.chinese)\(if: !rating.masked.isEmpty, "：\(rating.masked)")<br><small>\(rating.at.day.chineseLong)\(rating.studioName.map { "，\($0)" })</small></span></li>"
      })</ul>
      """)
  }

  private var channels: HTML {
    guard record.reports > 0 else { return UI.section("诉件来源", "<p class=\"hint\">\(record.year) 年没有收到诉件。</p>") }
    let first = record.reportsByChannel[0]
    return UI.section(
      "诉件来源",
      UI.bars(
        "\(record.year) 年 \(UI.grouped(record.reports)) 件，\(first.channel.chinese)占 \(first.count * 100 / record.reports)%", unit: "件",
        record.reportsByChannel.map { (label: $0.channel.chinese, value: $0.count, href: nil) }))
  }
}
