import Kernel
import People
import Rosters
import Staffing
import WebSupport

/// What a plan's own page shows.
struct RosterPlanView {
  let book: RosterBook
  let person: Person
  let tokens: FormTokens
  let now: Moment
  let errors: FormErrors
  let typed: Fields
  private var plan: RosterPlan { book.plan }
  private var plans: Bool { person.may(.manageDuty) }

  // MARK: What it comes to

  var tiles: HTML {
    let met = RosterComparison.met(book)
    func count(_ mode: StationingMode) -> Int { book.places.count { $0.mode == mode } }
    let here = RosterWords.address(plan.no)
    return UI.tiles([
      .init("常驻", "\(count(.resident))", unit: "个小区", href: here), .init("定期", "\(count(.regular))", unit: "个小区", href: here),
      .init("不定期", "\(count(.occasional))", unit: "个小区", href: here),
      .init(
        "满足的需求", "\(met.percent)", unit: "%", href: here + "#versus",
        note: "\(RosterComparison.hours(met.hours)) 小时 ÷ \(RosterComparison.hours(book.places.reduce(0) { $0 + $1.demandHours })) 小时"),
    ])
  }

  var banners: HTML {
    var out = HTML()
    if plan.isWhatIf {
      out += UI.notice(
        .action, "假如\(plan.change)",
        "<p>只供比较，不能发布。\(plan.basedOn.map { UI.link("和原方案 \($0) 对照", RosterWords.address(plan.no, "compare")) })</p>")
    }
    if book.pending > 0 {
      out += UI.notice(.soon, "有 \(book.pending) 处人工改动还没有重算", "<p>下面仍是改动前的安排。重算后改动照办，再发布新的一稿。</p>")
    }
    if plan.state == .issued {
      out += UI.notice(
        .good, "已发布，\(plan.start.chinese)至\(plan.until.chinese)有效",
        "<p>\(plan.issuedBy ?? "")于\(plan.issuedAt.map { UI.time($0) })发布，内容不再改变。</p>")
    }
    if plan.state == .superseded { out += UI.notice(.neutral, "已被后来发布的方案取代") }
    return out
  }

  // MARK: Compounds

  var places: HTML {
    UI.section(
      "小区 \(book.places.count) 个",
      UI.table(
        "小区", [.init("小区、需求", .what), .init("方式", .status), .init("联系人", .meta), .init("到场", .meta)],
        book.places.map { place in
          UI.Row(
            RosterWords.address(plan.no, "compounds/\(place.compoundNo)"),
            [
              UI.lines("\(place.compoundName)", "\(RosterWords.need(place))"), RosterWords.tag(place.mode),
              "\(place.contactName)\(place.secondName.map { "、\($0)" } ?? "")",
              "\(place.modeName)，共 \(place.visits) 次",
            ])
        }) + "<p class=\"hint\">为什么这样定、为什么是这个人，在每个小区的页上。</p>")
  }

  // MARK: How good it is

  var versus: HTML {
    guard let score = plan.score, let objective = plan.objective, let bound = plan.bound else { return .empty }
    let gap = RosterWords.gap(plan) ?? ""
    var facts: [(String, HTML?)] = [
      ("好到什么程度", "<b>\(gap)</b>"),
      ("怎么知道的", "各项折成分数相加，越低越好：本方案 \(UI.grouped(objective)) 分；已经证明任何排法都不会低于 \(UI.grouped(bound)) 分。"),
    ]
    if let note = plan.proportionalNote, !note.isEmpty { facts.append(("和按需求比例分派相比", "\(note)")) }
    for remark in plan.remarks { facts.append(("注意", "\(remark)")) }
    if book.fixes.contains(where: { $0.kind == .shift && $0.isApplied }) {
      facts.append(("人工改派", "分数是算出来时的，不含其后直接改派的班次。"))
    }
    let simple = plan.proportional.map { other in zip(other.named, score.named).map { ($0.0, $0.1, $1.1) } }
    let table =
      simple.map { Self.parts("和按比例分派对照", ("按比例", "本方案"), $0) }
      ?? UI.table(
        "分项", [.init("分项", .what), .init("分", .figure)], score.named.map { UI.Row(nil, ["\($0.0)", "\(UI.grouped($0.1))"]) })
    return UI.section("这个方案怎么样", id: "versus", UI.facts(facts) + UI.details("分项对照", table))
  }
  static func parts(_ caption: String, _ columns: (String, String), _ parts: [(name: String, before: Int, after: Int)]) -> HTML {
    func cell(_ name: String, _ points: Int) -> HTML {
      RosterWords.natural(name, points).map { "\($0)<br><small>\(UI.grouped(points)) 分</small>" } ?? "\(UI.grouped(points)) 分"
    }
    let all = parts + [("合计", parts.reduce(0) { $0 + $1.before }, parts.reduce(0) { $0 + $1.after })]
    return UI.table(
      caption, [.init("分项", .what), .init(columns.0, .figure), .init(columns.1, .figure)],
      all.map { UI.Row(nil, ["\($0.name)", cell($0.name, $0.before), cell($0.name, $0.after)]) })
  }

  // MARK: What could not be had

  static func obstacles(_ plan: RosterPlan) -> HTML {
    switch plan.state {
    case .impossible:
      UI.notice(
        .danger, "这样排不出来",
        "<p>下面的要求不能同时满足。每一条照它后面说的办了，就能排出：</p><ul class=\"plain-list\">\(each: plan.obstacles, { "<li>\($0)</li>" })</ul><p>\(UI.link("去排班资料", "/rosters/setup?squad=\(plan.squad)"))</p>"
      )
    case .undecided: UI.notice(.soon, "时间到了还没有算出来", "<p>可以再算一次；仍然不行时，减少人工固定的班次，或放宽个别小区的方式。</p>")
    case .failed: UI.notice(.danger, "计算没有完成", "<ul class=\"plain-list\">\(each: plan.obstacles, { "<li>\($0)</li>" })</ul>")
    case .cancelled: UI.notice(.neutral, "已取消", "<p>没有留下结果。</p>")
    default: UI.notice(.neutral, plan.state.chinese)
    }
  }
  var nothing: HTML { Self.obstacles(plan) }
  var notes: HTML {
    guard !plan.notes.isEmpty else { return .empty }
    return UI.section("资料里缺少的和处理办法", "<ul class=\"plain-list\">\(each: plan.notes, { "<li>\($0)</li>" })</ul>")
  }

  // MARK: What can be done

  var side: [HTML] {
    var out: [HTML] = []
    if plans, plan.state != .superseded { out.append(actions) }
    if !book.fixes.isEmpty { out.append(fixes) }
    if plan.state.hasRows { out.append(notes) }
    return out
  }
  private func post(_ rest: String, _ body: HTML) -> HTML { UI.form(RosterWords.address(plan.no, rest), tokens: tokens, body) }
  private var version: HTML { "<input type=\"hidden\" name=\"version\" value=\"\(plan.version)\">" }

  private var actions: HTML {
    if plan.isWhatIf {
      return UI.section(
        "对照", plan.basedOn.map { UI.act("和原方案对照", RosterWords.address(plan.no, "compare"), icon: .half, hint: "原方案 \($0)") } ?? .empty)
    }
    var out = HTML()
    let over = plan.last < now.day
    if plan.state == .draft, !over, book.pending == 0 {
      out += UI.actionForm(
        "发布", icon: .send, hint: "定稿，通知队员，小区档案显示联系人",
        post("issue", "\(version)<p>发布后不能再改。此前发布、时间重叠的排班到新排班开始前一天为止。</p>\(UI.button("发布这个方案", icon: .send))"))
    }
    if !over {
      out += UI.actionForm(
        "重算", icon: .refresh, hint: book.fixes.isEmpty ? "按最新资料再算一稿" : "按最新资料再算一稿，\(book.fixes.count) 处人工改动照办", open: book.pending > 0,
        post("rerun", UI.button("重算一稿", book.pending > 0 ? .primary : .secondary, icon: .refresh)))
    }
    if plan.state.hasRows, plan.isTouched(by: book.fixes) {
      out += "<p class=\"hint\">算完后有人工改动，重算以后才能设“假如”。</p>"
    } else if plan.state.hasRows {
      out += UI.actionForm("假如少几个人", icon: .half, hint: "先少联系小区最少的", open: errors["fewer"] != nil, fewer)
      out += UI.actionForm("假如某人不在", icon: .half, hint: "四周都不在", open: errors["officer"] != nil, without)
      out += UI.actionForm("假如某个小区换方式", icon: .half, hint: "例如常驻", open: errors["compound"] != nil, mode)
      if plan.basedOn != nil { out += UI.act("和上一稿对照", RosterWords.address(plan.no, "compare"), icon: .half) }
    }
    return UI.section("办理", out)
  }
  private var fewer: HTML {
    post(
      "what-if",
      """
      <input type="hidden" name="kind" value="fewer">
      \(UI.field("少几人", name: "fewer", value: typed["fewer"] ?? "2", .number, error: errors["fewer"], unit: "人"))
      \(UI.button("算一算", .secondary, icon: .half))
      """)
  }
  private var without: HTML {
    post(
      "what-if",
      """
      <input type="hidden" name="kind" value="without">
      \(UI.select("谁不在", name: "officer", options: book.loads.map { .init("\($0.account)", $0.shown) }, value: typed["officer"], error: errors["officer"]))
      \(UI.button("算一算", .secondary, icon: .half))
      """)
  }
  private var mode: HTML {
    post(
      "what-if",
      """
      <input type="hidden" name="kind" value="mode">
      \(UI.select("小区", name: "compound", options: book.places.map { .init("\($0.compound)", "\($0.compoundName)（现为\($0.mode.chinese)）") }, value: typed["compound"], error: errors["compound"]))
      \(UI.radios("方式", name: "mode", StationingMode.allCases.reversed().map { .init($0.rawValue, $0.chinese) }, value: typed["mode"] ?? "resident", inline: true))
      \(UI.button("算一算", .secondary, icon: .half))
      """)
  }

  private var fixes: HTML {
    let frozen = !plans || plan.isWhatIf || !([.draft, .impossible, .undecided] as Set).contains(plan.state)
    return UI.section(
      "人工改动 \(book.fixes.count) 处",
      """
      <ul class="notes">\(each: book.fixes, { fix in
        "<li><span>\(fix.words)\(if: !fix.isApplied, " \(UI.tag("待重算", .soon))")<br><small>\(fix.by)，\(UI.time(fix.at))</small></span>\(if: !frozen, post("fixes/\(fix.id)/release", "\(version)\(UI.button("取消", .secondary))"))</li>"
      })</ul>
      \(if: !frozen, "<p class=\"hint\">重算时照办。取消后由计算决定，已有的班次到重算才变。</p>")
      """)
  }
}
