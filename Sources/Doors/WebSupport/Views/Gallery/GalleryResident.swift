import Kernel

extension Gallery {
  static let reportErrors = FormErrors([
    (field: "what", message: "请写一句发生了什么，例如“楼上把阳台改成卫生间”"), (field: "phone", message: "手机号应为 11 位数字"),
  ])

  /// 报问题: one minute, no log-in.
  static func report(_ frame: Page, errors: FormErrors) -> HTML {
    var page = frame
    page.title = "报问题"
    page.problem = !errors.isEmpty
    let form = UI.form(
      "/c/kanghong/report", tokens: tokens, draft: "report-kanghong", upload: true,
      """
      \(UI.textarea("发生了什么", name: "what", limit: 1000, hint: "写清几号几室、什么时候开始的。", error: errors["what"]))
      \(UI.photos("照片", hint: "一两张就够。照片会自动缩小，里面的定位信息会去掉。"))
      \(UI.field("具体位置", name: "place", hint: "例如“12 号 101 室天井”", optional: true))
      \(UI.field("手机号", name: "phone", .phone, hint: "只用于执法队员联系您，不会告诉被反映的人，也不会告诉物业。", error: errors["phone"], optional: true, sensitive: true))
      \(UI.toolbar([UI.button("送给徐泾城管中队")], sticky: false))
      """)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("报问题", sub: "康虹花园·沪青平公路 1358 弄"))
      \(form)
      \(UI.details("送出以后会怎样", "<p>您会得到一个查询码。徐泾城管中队 1 个工作日内看到，留了手机号的会先联系您；办结后在查询页写明怎么处理的。</p>"))
      """
    return page.render()
  }

  static func received(_ frame: Page) -> HTML {
    var page = frame
    page.title = "已收到"
    page.main = """
      \(UI.heading("已收到您的反映"))
      \(UI.receipt("KH7M3Q9T", hint: "凭查询码看办理进度，请截图或抄下来。"))
      \(UI.steps([
        .init("已收到", .done, when: "9月21日 09:05"),
        .init("派给执法中队", .now, when: "今天 12:00 前", detail: "派单员正在核对小区和事项。"),
        .init("先行联系", .next, when: "9月22日前"), .init("上门检查", .next), .init("办结并答复您", .next, when: "9月28日前"),
      ]))
      \(UI.toolbar([UI.linkButton("查看进度", "/p/KH7M3Q9T", .primary), UI.linkButton("补充照片或说明", "/p/KH7M3Q9T/more")]))
      """
    return page.render()
  }

  /// 查进度: what happened to mine, in one look.
  static func progress(_ frame: Page) -> HTML {
    var page = frame
    page.title = "办理进度"
    page.main = """
      \(UI.heading("楼上把阳台改成卫生间，客厅渗水", sub: "徐泾北城招商悦庭·查询码 KH7M 3Q9T"))
      \(UI.notice(.action, "已约 9月21日 14:00 再次上门检查", "9月18日上门时没有人应门。如果您当时在家，请把渗水的地方指给队员看。"))
      \(UI.section("办到哪一步", UI.steps([
        .init("已收到", .done, when: "9月14日 16:42，12345 热线"),
        .init("已派给徐泾城管中队", .done, when: "9月15日 08:50"),
        .init("已先行联系您", .done, when: "9月15日 09:30", detail: "通话约 6 分钟，您希望本周上门。"),
        .init("上门检查", .now, when: "原定 9月18日前，已晚 1 个工作日", detail: "9月18日 15:20 第一次上门，未能进入 802 室，已张贴预约检查告知。\(UI.photoStrip([photo(2, "802 室门上张贴的告知")]))"),
        .init("处理", .next, detail: "属实的责令恢复原状，拒不改正的立案处罚。"),
        .init("办结并答复您", .next),
      ])))
      \(UI.section("联系", UI.facts([("承办", "徐泾城管中队，沈志明"), ("电话", UI.phone("021-5976 0000")), ("时间", "工作日 9:00–17:00")])))
      \(UI.toolbar([UI.linkButton("补充照片或说明", "/p/KH7M3Q9T/more"), UI.linkButton("对办理不满意", "/p/KH7M3Q9T/again", .plain)]))
      """
    return page.render()
  }

  static func signInPage(_ frame: Page) -> HTML {
    var page = frame
    page.title = "登录"
    page.main = """
      \(UI.heading("登录", sub: "青浦区住宅小区综合执法"))
      \(UI.form("/sign-in", tokens: tokens, """
      \(UI.field("账号", name: "account", .username, hint: "工号，或者中队给您的账号"))
      \(UI.field("密码", name: "password", .password, sensitive: true))
      \(UI.toolbar([UI.button("登录")]))
      """))
      \(UI.details("登录不了", "<p>连续输错 5 次，账号停用 15 分钟。忘记密码请找本单位的系统管理员，当面核对后重设；没有人会通过电话或者微信问您的密码。</p>"))
      """
    return page.render()
  }
}
