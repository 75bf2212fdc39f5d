import Kernel

extension Gallery {
  static func parts(_ frame: Page) -> HTML {
    var page = frame
    page.title = "部件"
    page.active = "more"
    page.main = """
      \(UI.heading("部件", sub: "每个部件一例"))
      \(UI.section("按钮", UI.toolbar([UI.button("派给徐泾中队", icon: .send), UI.button("退回", .secondary), UI.button("撤销立案", .danger), UI.button("取消", .plain), UI.linkButton("下载清单", "/x.csv", icon: .download)]) + "<p>\(UI.phone("021-5976 0000")) \(UI.copy("QP2609-01877", label: "复制编号"))</p>"))
      \(UI.section("状态", UI.toolbar([UI.tag("待派", .neutral), UI.tag("调查中", .action), UI.tag("办结", .good), UI.tag("即将到期", .soon), UI.tag("超期", .danger), UI.tag("已归档", .quiet)])))
      \(UI.section("时限", UI.toolbar([
        UI.clock("办理时限", .running(left: "4 个工作日"), due: "9月25日 24:00 前", spent: 20),
        UI.clock("先行联系", .soon(left: "2 小时 10 分"), due: "今天 11:20 前", spent: 81, dueAt: moment(21, 11, 20)),
        UI.clock("办理时限", .overdue(by: "1 个工作日"), due: "9月18日 24:00 前", spent: 100),
        UI.clock("办理时限", .paused(why: "等房管所书面认定"), due: "9月17日起", spent: 55),
        UI.clock("办理时限", .stopped(result: "按期办结", late: false), due: "9月16日 10:02"),
        UI.clock("办理时限", .stopped(result: "超期 1 个工作日办结", late: true)),
      ])))
      \(UI.section("时间、密封与凭证", UI.facts([("收到", UI.time(moment(21, 9, 5), relative: true)), ("到期", UI.day(moment(24, 0, 0).day)), ("诉求人", UI.masked("王**", openAt: "/seal/1", what: "姓名")), ("电话", UI.masked("138****2217")), ("数", UI.number(12_340, "件"))]) + UI.receipt("KH7M3Q9T")))
      \(UI.section("消息", HTML.join([
        UI.notice(.action, "9月25日中秋节放假，时限顺延到下一个工作日"), UI.notice(.good, "已派给徐泾中队", "陆晓燕，今天 09:12。\(UI.link("撤回", "/undo"))"),
        UI.notice(.soon, "还有 2 项材料没有上传"), UI.notice(.danger, "没有送出", "网络断开，内容已存在本机。"),
      ], "\n")))
      \(UI.section("折叠", UI.details("计算过程", open: true, UI.facts([("起算", "9月15日（收到次日）"), ("长度", "5 个工作日"), ("扣除", "9月19日、20日 周末")]))))
      \(UI.section("经过", UI.timeline([
        .init(at: moment(21, 9, 12), who: "沈志明", office: "徐泾城管中队", "现场检查", words: "玻璃房已搭框架，长 4.2 米、宽 2.8 米。\n当事人当场停工。", photos: [photo(1, "玻璃房框架"), photo(2, "天井全貌")], papers: [.init("现场检查笔录", "/papers/1", note: "当事人已签名")], icon: .walk),
        .init(at: moment(21, 8, 12), who: nil, "物业上报后 24 小时内送达，时限符合"), .init(at: moment(20, 19, 4), who: "周海峰", office: "虹景物业", "劝阻无效，上报", icon: .flag, tone: .soon),
      ])))
      \(UI.section("进度", UI.steps([.init("已收到", .done, when: "9月21日 09:05"), .init("上门检查", .now, when: "9月22日前"), .init("办结并答复您", .next)])))
      \(UI.section("图表", UI.bars("违法搭建占四成", unit: "件", [(label: "违法搭建", value: 13, href: "/r"), (label: "占绿毁绿", value: 7, href: nil)])))
      \(UI.pages(4, of: 12, href: { "/catalogue?page=\($0)" }))
      \(UI.older(nil, shown: 17))
      <ul class="tiles">\(each: Icon.allCases, { "<li>\($0.html) <small>\($0.rawValue)</small></li>" })</ul>
      """
    return page.render()
  }

  static func forms(_ frame: Page) -> HTML {
    var page = frame
    page.title = "登记"
    page.active = "record"
    let errors = FormErrors([(field: "place", message: "请选择小区，或者写清地址"), (field: "amount", message: "面积应是大于 0 的数字")])
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("登记诉件", sub: "居民当面或者电话说的，按原话记"))
      \(UI.form("/reports", tokens: tokens, draft: "record", upload: true, """
      \(UI.radios("怎么来的", name: "channel", [.init("visit", "当面"), .init("phone", "电话"), .init("media", "媒体曝光", hint: "附链接或者截图"), .init("other", "部门移送", hint: "附移送函", disabled: true)], value: "visit"))
      \(UI.suggest("小区", name: "place", from: ["康虹花园", "宜达新居"], error: errors["place"]))
      \(UI.textarea("原话", name: "words", value: "12号底楼又在搭玻璃房 <昨天> 开始的", hint: "怎么说就怎么写，不要概括"))
      \(UI.field("面积", name: "amount", value: "约12", .number, error: errors["amount"], optional: true, unit: "平方米"))
      \(UI.date("发生日期", name: "day", value: moment(20, 0, 0).day))
      \(UI.select("街镇", name: "town", options: [.init("xj", "徐泾镇"), .init("zx", "赵巷镇")]))
      \(UI.checkboxes("标记", name: "flags", [.init("urgent", "紧急", hint: "有人身危险，或者正在施工"), .init("group", "多人反映"), .init("reply", "要求回复")], values: ["urgent"]))
      \(UI.locate())
      \(UI.photos())
      \(UI.file("附件", name: "paper", accept: ".pdf", hint: "移送函、图纸，PDF", optional: true))
      \(UI.checkbox("诉求人同意留下联系方式", name: "consent", hint: "不同意的不要填写姓名和电话"))
      \(UI.toolbar([UI.button("登记并派给徐泾中队"), UI.button("只登记", .secondary)], sticky: true))
      """))
      """
    return page.render()
  }

  static func states(_ frame: Page) -> HTML {
    var page = frame
    page.title = "页面状态"
    page.main = """
      \(UI.heading("页面状态"))
      \(UI.section("空", UI.emptyState("今天没有到期的事项", "可以去看看 \(UI.link("康虹花园", "/compounds/1"))：近 30 天诉件上升最快。", actions: [UI.linkButton("查看全部在办", "/matters")], icon: .today)))
      \(UI.section("表中没有记录", UI.table("事项", [.init("什么", .what)], [])))
      \(UI.section("没有找到", UI.refusal(Refusal(.missing, "matters-missing", "没有编号为 QP2609-09999 的事项，或者它不归徐泾中队管。"), back: "/matters", backLabel: "返回事项")))
      \(UI.section("出错", UI.problem("没有保存成功", why: "<p>存储暂时写不进去，您填写的内容还在本机。几分钟后再送一次；仍然不行，请把编号告诉系统管理员。</p>", next: [UI.linkButton("重试", "/x", .primary)], reference: "E-7F21-0914")))
      """
    return page.render()
  }

  static func conflictPage(_ frame: Page) -> HTML {
    var page = frame
    page.title = "情况已经变化"
    page.problem = true
    page.main = UI.conflict(
      what: "您打开这一页之后，顾磊已经把这件事项办结，您的检查记录没有保存。",
      changes: [.init(at: moment(21, 10, 42), who: "顾磊", office: "徐泾城管中队", "办结：当事人已自行拆除", icon: .check, tone: .good)],
      yours: "10:50 到现场，玻璃房框架已拆，地面清理完毕。", continueAt: "/matters/1")
    return page.render()
  }

  static func confirmPage(_ frame: Page) -> HTML {
    var page = frame
    page.title = "确认不予立案"
    page.main = UI.confirm(
      "确定不予立案吗", what: "<p>这件事项属于应转案件的重复投诉。不予立案后，理由会进入督察名单，诉求人会收到答复；如要改变，只能由法制审核员重新启动。</p>",
      facts: [("事项", "QP2609-01877 阳台改卫生间"), ("理由", "现场检查时已恢复原状，未造成损害")], action: "/matters/1/no-case", tokens: tokens,
      button: "不予立案并答复诉求人", danger: true, hidden: [(name: "reason", value: "restored")], back: "/matters/1")
    return page.render()
  }

  static func noPermission(_ frame: Page) -> HTML {
    var page = frame
    page.title = "没有权限"
    page.problem = true
    page.main = UI.refusal(
      Refusal(.forbidden, "people-purpose", "查看诉求人电话须先写明用途。您不是这件事项的主办或者协办，请联系主办沈志明。", article: "《个人信息保护法》第六条"),
      back: "/matters/1", backLabel: "返回事项")
    return page.render()
  }

  static func codeSheet(_ assets: AssetVersions) -> HTML {
    // Stands for the real code: it looks like one and says nothing.
    var squares = HTML()
    var seed: UInt32 = 7
    for y in 0..<29 {
      for x in 0..<29 {
        seed = seed &* 1_664_525 &+ 1_013_904_223
        let corner = (x < 8 && y < 8) || (x > 20 && y < 8) || (x < 8 && y > 20)
        if !corner && seed >> 31 == 1 { squares += "<path d=\"M\(x) \(y)h1v1h-1z\"/>" }
      }
    }
    let eyes: HTML = HTML.join(
      [(0, 0), (22, 0), (0, 22)].map { x, y in
        "<path fill-rule=\"evenodd\" d=\"M\(x) \(y)h7v7h-7zM\(x + 1) \(y + 1)v5h5v-5zM\(x + 2) \(y + 2)h3v3h-3z\"/>"
      }, "")
    let page = Page(
      .print, title: "康虹花园城管码", demo: true, assets: assets,
      main: UI.codeSheet(
        compound: "康虹花园", address: "徐泾镇沪青平公路 1358 弄", squad: "青浦区徐泾镇综合行政执法队", phone: "021-5976 0000",
        url: "https://example.org/c/kanghong", qr: "<svg viewBox=\"0 0 29 29\" shape-rendering=\"crispEdges\">\(squares)\(eyes)</svg>"))
    return page.render()
  }

  static func bulletin(_ assets: AssetVersions) -> HTML {
    Page(
      .print, title: "通报", demo: true, assets: assets,
      main: UI.paperSheet(
        office: "青浦区城市管理行政执法局", title: "住宅小区专项执法行动周报", number: "第 24 期（2026年9月14日至20日）",
        """
        \(UI.bars("徐泾镇诉件最多，超期集中在房屋使用安全", unit: "件", [(label: "徐泾镇", value: 61, href: nil), (label: "夏阳街道", value: 48, href: nil), (label: "赵巷镇", value: 33, href: nil), (label: "香花桥街道", value: 27, href: nil)]))
        \(UI.table("各街镇办理情况", [.init("街镇", .what), .init("受理", .figure), .init("办结", .figure), .init("超期", .figure), .init("转案件", .figure)], [
          .init(nil, ["徐泾镇", "61", "54", "2", "5"]), .init(nil, ["夏阳街道", "48", "46", "0", "3"]), .init(nil, ["赵巷镇", "33", "31", "1", "2"]), .init(nil, ["香花桥街道", "27", "27", "0", "1"]),
        ], showCaption: true))
        """, foot: "<p class=\"hint\">受理按诉件计，办结按事项计，规则版本 2026-07。</p>")
    ).render()
  }
}
