import Kernel

extension Gallery {
  private static let squads: [UI.Choice] = [
    .init("xj", "徐泾中队"), .init("xy", "夏阳中队"), .init("zx", "赵巷中队"), .init("xhq", "香花桥中队"),
  ]

  /// 收件箱: what came in, newest first.
  static func inbox(_ frame: Page) -> HTML {
    var page = frame
    page.title = "收件箱"
    page.active = "inbox"
    page.wide = true
    let columns: [UI.Column] = [
      .init("什么、在哪", .what), .init("状态", .status), .init("来源、时间", .meta), .init("识别为", .desk), .init("建议派给", .meta),
      .init("先行联系", .clock),
    ]
    let form = UI.form(
      "/inbox/dispatch", tokens: tokens,
      UI.table("收件箱", columns, arrivals, choose: "report")
        + UI.bulkBar([UI.button("按建议派出"), UI.button("并为同一事项", .secondary, icon: .merge)]))
    page.main = """
      \(UI.heading("收件箱", sub: "今天收到 64 件，待派 38 件；最早一件已等 42 分钟"))
      \(UI.tabs("收件箱范围", [
        .init("待派", "/inbox", count: 38, on: true), .init("要人工定位", "/inbox?s=place", count: 4), .init("疑似重复", "/inbox?s=same", count: 11),
        .init("退回", "/inbox?s=returned", count: 2), .init("已派", "/inbox?s=sent"),
      ]))
      \(UI.filters("/inbox", find: "", [
        .init("来源", name: "channel", [.init("12345", "12345 热线"), .init("code", "城管码"), .init("firm", "物业上报")], value: "12345"),
        .init("街镇", name: "office", squads), .init("事项类别", name: "class", [.init("1", "破坏房屋使用安全"), .init("2", "违规租赁")]),
      ], clearAt: "/inbox"))
      \(UI.newer(count: 12, href: "/inbox", pollAt: "/inbox/newer?since=1"))
      \(form)
      \(UI.older("/inbox?before=887", shown: 50))
      """
    return page.render()
  }

  private static var arrivals: [UI.Row] {
    let items: [(String, String, UI.HTMLTag, String, String, String, String, UI.ClockState)] = [
      ("楼上敲墙，家里墙面开裂", "宜达新居 31 号 1003 室", .urgent, "12345 热线", "09:05", "损坏房屋承重结构", "夏阳中队", .soon(left: "2 小时 10 分")),
      ("群租，半夜吵闹", "茂政滨水雅苑 23 号 501 室", .same, "12345 热线", "08:58", "房屋违规租赁", "赵巷中队", .running(left: "1 个工作日")),
      ("绿化带停车压坏草坪", "民惠佳苑一期 南门东侧", .new, "城管码", "08:51", "占绿毁绿", "香花桥中队", .running(left: "1 个工作日")),
      ("底楼破墙开门开店", "新青浦花苑 体育场路 88 号", .new, "物业上报", "08:44", "破墙开店开门开窗", "夏阳中队", .running(left: "1 个工作日")),
      ("鸽棚气味大", "康虹花园 3 号楼顶", .place, "12345 热线", "08:40", "可能不属本部门：信鸽", "徐泾中队", .running(left: "1 个工作日")),
      ("天井搭玻璃房，正在施工", "康虹花园 12 号 101 室", .urgent, "物业上报", "08:12", "正在搭建的违法建设", "徐泾中队", .soon(left: "1 小时 30 分")),
      ("装修垃圾堆在消防通道", "新华联雅苑 9 号门口", .new, "居委会", "08:03", "装修垃圾未按规定投放", "赵巷中队", .running(left: "1 个工作日")),
    ]
    return items.enumerated().map { index, item in
      UI.Row(
        "/reports/\(9100 - index)",
        [
          UI.lines("\(item.0)", "\(item.1)"), item.2.html, UI.lines("\(item.3)", "今天 \(item.4)"), "\(item.5)", "\(item.6)",
          UI.clock(nil, item.7, compact: true),
        ], tone: item.2 == .urgent ? .soon : nil, choose: "\(9100 - index)")
    }
  }

  /// 派单: one report, what the program made of it and why, and where it goes.
  static func dispatch(_ frame: Page) -> HTML {
    var page = frame
    page.title = "派单"
    page.active = "inbox"
    page.crumbs = [.init("收件箱", "/inbox")]
    let words: HTML = """
      <blockquote>市民来电反映：茂政滨水雅苑23号501室，房东将三室两厅隔成六间出租，每天半夜有人进出吵闹，楼道里停满电瓶车，担心起火。已向物业反映两次无果，要求尽快处理并回复。</blockquote>
      \(UI.facts([
        ("编号", "20260921-104417"), ("来源", "12345 热线，9月21日 08:58"), ("诉求人", UI.masked("陈**", openAt: "/seal/1", what: "诉求人姓名")),
        ("标记", UI.tag("要求回复", .action, icon: .chat)),
      ]))
      """
    let same: HTML = """
      \(UI.radios("与已有事项", name: "same", [
        .init("QP2609-01860", "并入 QP2609-01860“三室改六间出租”", hint: "同一小区、同一房号，9月11日居委会转来，在办。相同依据：23号、501室、六间"),
        .init("new", "另立新事项", hint: "同一小区近 90 天另有群租事项 2 件"),
      ], value: "QP2609-01860"))
      """
    let send = UI.form(
      "/reports/9099/dispatch", tokens: tokens, draft: "dispatch-9099",
      """
      \(same)
      \(UI.suggest("小区", name: "compound", value: "茂政滨水雅苑", from: ["茂政滨水雅苑", "新华联雅苑"], hint: "依据原文“茂政滨水雅苑23号501室”"))
      \(UI.select("执法事项", name: "item", options: [.init("rent", "房屋违规租赁（群租）"), .init("fire", "楼道停放电动自行车")], value: "rent", hint: "依据“隔成六间出租”；另可能：楼道停放电动自行车"))
      \(UI.select("派给", name: "squad", options: squads, value: "zx", hint: "赵巷镇由赵巷中队管辖，当前在办 41 件"))
      \(UI.textarea("交代", name: "note", rows: 2, hint: "给中队看，诉求人看不到", optional: true))
      \(UI.toolbar([UI.button("并入并告知赵巷中队", icon: .send), UI.linkButton("退回热线，不属本部门", "/reports/9099/return")], sticky: true))
      """)
    page.main = """
      \(UI.heading("群租，半夜吵闹", sub: "茂政滨水雅苑 23 号 501 室", tags: [UI.tag("待派", .soon), UI.tag("疑似重复", .soon, icon: .merge)]))
      \(UI.columns(UI.section("怎么派", send), side: UI.section("原话", words) + UI.section("先行联系", UI.clock(nil, .running(left: "1 个工作日"), due: "9月22日 24:00 前", spent: 6)), sideFirst: true))
      """
    return page.render()
  }
}

extension UI {
  /// Only of the gallery: the states of an arrival.
  enum HTMLTag {
    case urgent, same, new, place
    var html: HTML {
      switch self {
      case .urgent: UI.tag("紧急", .danger)
      case .same: UI.tag("疑似重复", .soon, icon: .merge)
      case .new: UI.tag("新到", .action)
      case .place: UI.tag("要人工核对", .neutral, icon: .eye)
      }
    }
  }
}
