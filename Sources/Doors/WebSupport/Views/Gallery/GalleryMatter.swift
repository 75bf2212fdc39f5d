import Kernel

extension Gallery {
  /// 事项: the story at the left, the next step and the facts at the right.
  static func matter(_ frame: Page) -> HTML {
    var page = frame
    page.title = "阳台改卫生间，楼下渗水"
    page.active = "matters"
    page.crumbs = [.init("事项", "/matters"), .init("徐泾北城招商悦庭", "/compounds/1204")]
    page.main = """
      \(UI.heading(
        "阳台改卫生间，楼下渗水", sub: "QP2609-01877·徐泾北城招商悦庭 6 号 802 室·第 3 次投诉",
        tags: [UI.tag("调查中", .action), UI.tag("重复投诉", .soon, icon: .merge), UI.tag("应转案件", .danger, icon: .flag)]))
      \(UI.columns(story, side: nextSteps + facts, sideFirst: true))
      """
    return page.render()
  }

  private static var story: HTML {
    let photos = [photo(1, "客厅顶部水渍，约两平方米"), photo(2, "卫生间下水管接在阳台地漏")]
    return UI.section(
      "经过", side: UI.link("打印", "/matters/QP2609-01877/print"),
      UI.timeline([
        .init(at: moment(21, 8, 0), who: nil, "办理时限已超期 1 个工作日，已告知中队长吴建国"),
        .init(
          at: moment(18, 15, 20), who: "沈志明、顾磊", office: "徐泾城管中队", "上门检查，未能入户",
          words: "802 室无人应门。楼下 702 室住户 \(UI.masked("王**", openAt: "/seal/9912", what: "姓名")) 反映昨晚仍在滴水。已在门上张贴预约检查告知，约定 9月21日 14:00 再到。",
          photos: photos, papers: [.init("预约检查告知书", "/papers/2987", note: "张贴送达，9月18日")], icon: .walk),
        .init(at: moment(17, 10, 5), who: nil, "城管码诉件 XC2609-0455 并入：同一住户、同一问题"),
        .init(
          at: moment(15, 9, 30), who: "沈志明", office: "徐泾城管中队", "先行联系，已通话 6 分钟",
          words: "来电人说 802 室上月装修后开始渗水，物业劝过两次。希望本周上门，白天在家。", icon: .phone, tone: .good),
        .init(at: moment(15, 8, 50), who: "陆晓燕", office: "青浦区城管执法局", "派给徐泾城管中队", icon: .send, tone: .action),
        .init(
          at: moment(14, 16, 42), who: "12345 热线", office: "诉件 20260914-118823", "收到诉件",
          words: "市民反映招商悦庭6号802室把北阳台改成卫生间，楼下702客厅天花板渗水，要求城管部门处理。", icon: .inbox),
        .init(at: moment(14, 16, 42), who: nil, "识别为“将没有防水要求的房间或者阳台改为卫生间、厨房间”，依据“阳台改成卫生间”；\(UI.link("改正", "/matters/1/classify"))"),
      ]))
  }

  private static var nextSteps: HTML {
    let visit = UI.form(
      "/matters/QP2609-01877/visits", tokens: tokens, draft: "visit-01877", upload: true,
      """
      \(UI.radios("能否进入现场", name: "entry", [.init("in", "已进入"), .init("refused", "被拒绝"), .init("absent", "无人")], value: "in", inline: true))
      \(UI.textarea("看到什么", name: "found", rows: 4, hint: "写位置、尺寸、材料和当事人的说法"))
      \(UI.photos("现场照片", hint: "保留原图，作为证据使用", original: true))
      \(UI.button("记录这次检查", icon: .check))
      """)
    let overdue = UI.clock("办理时限", .overdue(by: "1 个工作日"), due: "9月18日 24:00 前", spent: 100)
    return UI.section(
      "现在要做",
      """
      \(overdue)
      \(UI.notice(.soon, "第三次投诉且不属历史存量", "按应转尽转的要求，应当立案；不立案的写明理由。"))
      \(UI.actionForm("记录现场检查", icon: .walk, hint: "今天 14:00 已预约", visit))
      \(UI.actionForm("立案", icon: .law, hint: "转为案件，进入普通程序", UI.form("/matters/1/case", tokens: tokens, UI.button("立案并生成立案审批表"))))
      \(UI.actionForm("申请延期", icon: .calendar, hint: "须说明原因，由中队长批准", UI.form("/matters/1/delay", tokens: tokens, UI.textarea("原因", name: "why") + UI.button("送中队长吴建国批准"))))
      \(UI.actionForm("请部门协助", icon: .people, hint: "10 日内书面答复", UI.form("/matters/1/help", tokens: tokens, UI.select("部门", name: "department", options: [.init("fg", "徐泾房管所"), .init("jw", "徐泾镇建管中心")]) + UI.button("发出协助函"))))
      """)
  }

  private static var facts: HTML {
    UI.section(
      "要点",
      UI.facts([
        ("小区", "\(UI.link("徐泾北城招商悦庭", "/compounds/1204"))<br><small>尚茂路 229 弄·招商局物业</small>"),
        ("执法事项", "将没有防水要求的房间或者阳台改为卫生间、厨房间<br><small>《住宅室内装饰装修管理办法》第三十八条</small>"),
        ("诉求人", UI.masked("王**", openAt: "/seal/9912", what: "诉求人姓名")),
        ("电话", UI.masked("138****2217", openAt: "/seal/9913", what: "诉求人电话")),
        ("主办", "沈志明 \(UI.phone("021-5976 0000"))"),
        ("协办", "顾磊"),
        ("诉件", UI.link("3 件（热线 2、城管码 1）", "/matters/QP2609-01877/reports")),
      ]))
  }
}
