import Kernel

extension Gallery {
  /// 我的今天: what is due, where to go, what waits for a word.
  static func today(_ frame: Page) -> HTML {
    var page = frame
    page.title = "我的今天"
    page.active = "today"
    page.notices = [UI.notice(.good, "已记录到康虹花园 12 号的走访", "现场检查笔录已生成，请当事人核对后签名。\(UI.link("查看笔录", "/papers/3021"))")]
    page.main = """
      \(UI.heading("9月21日 周一", sub: "今天到期 2 件，已超期 1 件；要去 3 个小区", actions: [UI.linkButton("登记走访", "/visits/new", .primary, icon: .walk)]))
      \(UI.tiles([
        .init("已超期", "1", href: "/matters?due=overdue", note: "招商悦庭 阳台", tone: .danger),
        .init("今天到期", "2", href: "/matters?due=today", tone: .soon),
        .init("待先行联系", "3", href: "/matters?wait=contact", note: "最早 11:20 前"),
        .init("在办", "10", href: "/matters?mine=1", note: "上周同日 12 件"),
      ]))
      \(UI.columns(dueToday, side: route))
      """
    return page.render()
  }

  private static var dueToday: HTML {
    let columns: [UI.Column] = [
      .init("什么、在哪", .what), .init("状态", .status), .init("谁、何时", .meta), .init("时限", .clock),
    ]
    let rows: [UI.Row] = [
      .init(
        "/matters/QP2609-01877",
        [
          UI.lines("阳台改卫生间，楼下渗水", "徐泾北城招商悦庭 6 号 802 室"), UI.tag("调查中", .action),
          UI.lines("诉件 3 件", "9月14日 收到"), UI.clock(nil, .overdue(by: "1 个工作日"), due: "9月18日 24:00 前", spent: 100, compact: true),
        ], tone: .danger),
      .init(
        "/matters/QP2609-01931",
        [
          UI.lines("一楼天井正在搭建玻璃房", "康虹花园 12 号 101 室"), UI.tag("待现场检查", .soon, icon: .walk),
          UI.lines("物业上报", "今天 08:12"),
          UI.clock(nil, .soon(left: "3 小时 20 分"), due: "今天 12:30 前", spent: 48, dueAt: moment(21, 12, 30), compact: true),
        ], tone: .soon),
      .init(
        "/matters/QP2609-01902",
        [
          UI.lines("绿地种菜，树木被锯", "新华联雅苑 北侧围墙"), UI.tag("待回复", .action, icon: .chat),
          UI.lines("12345 热线", "9月16日"), UI.clock(nil, .soon(left: "14 小时 50 分"), due: "今天 24:00 前", spent: 92, compact: true),
        ], tone: .soon),
      .init(
        "/matters/QP2609-01860",
        [
          UI.lines("三室改六间出租", "茂政滨水雅苑 23 号 501 室"), UI.tag("已暂停", .neutral, icon: .pause),
          UI.lines("居委会转来", "9月11日"),
          UI.clock(nil, .paused(why: "等房管所书面认定"), due: "已停 2 个工作日", spent: 55, compact: true),
        ]),
      .init(
        "/matters/QP2609-01944",
        [
          UI.lines("装修敲除承重墙（疑似）", "宜达新居 31 号 1103 室"), UI.tag("待先行联系", .soon, icon: .phone),
          UI.lines("城管码", "今天 09:05"),
          UI.clock(nil, .running(left: "1 个工作日"), due: "9月22日 24:00 前", spent: 8, compact: true),
        ]),
    ]
    return UI.section("先办这几件", side: UI.link("全部 10 件", "/matters?mine=1"), UI.table("今天要办的事项", columns, rows))
  }

  private static var route: HTML {
    """
    \(UI.section("今天的路线", side: UI.link("地图", "/map/today"), UI.timeline([
      .init(at: moment(21, 9, 40), who: "康虹花园", office: "沪青平公路 1358 弄", "现场检查：玻璃房施工", icon: .walk, tone: .soon),
      .init(at: moment(21, 14, 0), who: "徐泾北城招商悦庭", office: "尚茂路 229 弄", "约见 802 室业主，第二次上门", icon: .walk),
      .init(at: moment(21, 15, 30), who: "徐泾社区工作室", "值班到 17:00", icon: .people),
    ])))
    \(UI.section("等别人", UI.facts([
      ("房管所", "茂政滨水雅苑 501 室隔断认定<br>\(UI.clock(nil, .running(left: "6 个自然日"), due: "9月27日前", compact: true))"),
      ("法制审核", "宜达新居占绿案，昨天 16:40 送审"),
    ])))
    """
  }
}
