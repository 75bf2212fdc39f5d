import Kernel

extension Gallery {
  /// 一小区一档.
  static func compound(_ frame: Page) -> HTML {
    var page = frame
    page.title = "康虹花园"
    page.active = "compounds"
    page.crumbs = [.init("小区", "/compounds"), .init("徐泾镇", "/compounds?office=xj")]
    page.main = """
      \(UI.heading("康虹花园", sub: "徐泾镇 沪青平公路 1358 弄·徐泾中队", tags: [UI.tag("投诉突出小区", .soon, icon: .flag), UI.tag("检查等级 C，每月一次", .neutral)], actions: [UI.linkButton("登记走访", "/visits/new?compound=1", .primary, icon: .walk), UI.linkButton("打印城管码", "/compounds/1/code", icon: .qr)]))
      \(UI.tabs("小区档案", [.init("概况", "/compounds/1", on: true), .init("事项", "/compounds/1/matters", count: 17), .init("装修", "/compounds/1/works", count: 5), .init("物业与居委会", "/compounds/1/people"), .init("走访", "/compounds/1/visits")]))
      \(UI.tiles([
        .init("在办事项", "6", href: "/compounds/1/matters?open=1", note: "超期 0"),
        .init("近 90 天诉件", "31", href: "/compounds/1/reports", note: "前 90 天 24 件", tone: .soon),
        .init("万人诉件", "58", href: "/compounds/1/rate", note: "全镇中位数 21；31 件 ÷ 5,340 人"),
        .init("按期办结", "94", unit: "%", href: "/compounds/1/ontime", note: "近 90 天 16 / 17", tone: .good),
      ]))
      \(UI.columns(compoundMain, side: compoundSide))
      """
    return page.render()
  }

  private static var compoundMain: HTML {
    """
    \(UI.section("诉件从哪些问题来", UI.bars("违法搭建占近 90 天诉件的四成", unit: "件", [
      (label: "违法搭建", value: 13, href: "/r?c=1"), (label: "占绿毁绿", value: 7, href: "/r?c=2"), (label: "违规装修", value: 6, href: "/r?c=3"), (label: "群租", value: 3, href: "/r?c=4"), (label: "其他", value: 2, href: "/r?c=5"),
    ], note: "2026年6月24日至9月21日，按诉件计，合并的也各算一件。")))
    \(UI.section("在办事项", side: UI.link("全部 6 件", "/compounds/1/matters"), UI.table("在办事项", [.init("什么、在哪", .what), .init("状态", .status), .init("主办", .meta), .init("时限", .clock)], [
      .init("/matters/1", [UI.lines("天井搭玻璃房，正在施工", "12 号 101 室"), UI.tag("待现场检查", .soon, icon: .walk), "沈志明", UI.clock(nil, .soon(left: "3 小时 20 分"), due: "今天 12:30 前", spent: 48, compact: true)], tone: .soon),
      .init("/matters/2", [UI.lines("绿地硬化停车", "5 号南侧"), UI.tag("责令改正", .action), "顾磊", UI.clock(nil, .running(left: "4 个工作日"), due: "9月29日 24:00 前", spent: 35, compact: true)]),
      .init("/matters/3", [UI.lines("顶楼加盖阳光房", "9 号 601 室"), UI.tag("历史存量", .neutral), "顾磊", UI.clock(nil, .paused(why: "等规划资源局认定"), spent: 70, compact: true)]),
    ])))
    """
  }

  private static var compoundSide: HTML {
    """
    \(UI.section("档案", side: UI.link("更正", "/compounds/1/edit"), UI.facts([
      ("户数", "1,862 户，5,340 人"), ("楼", "42 幢，2004 年建成"), ("物业", "虹景物业<br><small>项目经理 周海峰 \(UI.phone("021-5976 1111"))</small>"),
      ("居委会", "康虹居委会<br><small>\(UI.phone("021-5976 2222"))</small>"), ("业委会", "第三届，2027年5月到期"), ("工作室", "徐泾社区工作室，周一 15:30–17:00"),
    ])))
    \(UI.section("整治方案", side: UI.tag("第二阶段", .action), UI.facts([("目标", "诉件比上年同期下降两成"), ("现在", "上升 29%"), ("下一步", "9月25日 与居委会、物业联席会")])))
    """
  }
}
