import Kernel
import People
import WebSupport

/// The first page, and two short ones that say how things are.
struct StartPages: Sendable {
  /// Where somebody who is signed in begins.
  let home: @Sendable (Person) -> String

  func routes(_ book: inout RouteBook) {
    book.get("/", allow: .public) { visit in start(visit) }
    book.get("/privacy", allow: .public) { visit in privacy(visit) }
    book.get("/help", allow: .public) { visit in help(visit) }
  }

  private func start(_ visit: Visit) -> any Answering {
    if let person = visit.anybody { return Answer.redirect(home(person)) }
    var page = visit.residentPage("城管进社区")
    page.main = """
      \(UI.heading("小区里的事，告诉执法队", sub: "违法搭建、违规装修、群租、占绿毁绿等。不用注册，不用登录。"))
      \(Way.list("您要办什么", [
        Way("反映问题", "一分钟，可以拍照", "/report", .camera), Way("查进度", "凭查询码看办到哪一步", "/progress", .clock),
        Way("提建议", "人民建议，采纳与否都答复", "/suggest", .chat), Way("咨询", "拿不准能不能做，先问一问", "/ask", .info),
        Way("社区工作室", "地址、时间、电话", "/studios", .pin), Way("看法律说明", "哪些行为不允许，会怎样处理", "/law", .law),
      ]))
      <p>小区大堂贴有城管码的，扫码可以直接到本小区的页面。</p>
      <p>\(UI.link("工作人员登录", "/sign-in")) · \(UI.link("使用说明", "/help"))</p>
      """
    return page
  }

  private func privacy(_ visit: Visit) -> Page {
    var page = visit.residentPage("个人信息怎样使用")
    page.main = """
      \(UI.heading("个人信息怎样使用"))
      \(UI.section("要不要留姓名和电话", "<p>都可以不留。留了电话，执法队员会先联系您，办结后请您评价；不留，凭查询码查看进度和答复。</p>"))
      \(UI.section("谁能看到", """
      <ul class="plain-list"><li>您写的原话、姓名和电话加密保存，密钥与数据分开存放。</li><li>办理此事的执法人员须选择用途（先行联系、现场核查、答复、回访、督办核查）才能查看，每次查看都有记录，由审计人员检查。</li><li>其他工作人员看到的文字里，姓名、电话、室号已隐去。</li><li>不告诉被反映的人。物业企业看不到您写的话和照片。</li></ul>
      """))
      \(UI.section("照片", "<p>原图按原样保存，不作修改，只有办理此事的人能看。页面上显示和转给别人的是另存的副本，不含拍摄位置、时间和手机型号。</p>"))
      \(UI.section("要求删除", "<p>您可以要求删除自己的个人信息：到社区工作室或者执法队提出，核实是本人后办理。事情已经办结、法律不要求再保存的，由两名工作人员确认后删除：姓名、电话和原话的密钥随即销毁，备份里的也打不开；照片一并删除。办理经过保留，里面没有您的姓名和电话。</p>"))
      \(UI.section("查询码", "<p>系统只保存查询码的校验值。知道查询码的人都能看到这件事的进度，请不要公开。</p>"))
      \(UI.section("这个网站", "<p>不使用第三方统计，不跟踪。您没送出的内容只留在您自己的浏览器里，送出后清除。网站用一个一天有效的小标记防止表单被冒用，不用来识别您。</p>"))
      """
    return page
  }

  private func help(_ visit: Visit) -> Page {
    var page = visit.residentPage("使用说明")
    page.main = """
      \(UI.heading("使用说明"))
      \(UI.section("怎样反映问题", "<ol class=\"plain-list\"><li>扫小区的城管码，或者从首页“反映问题”选择小区。</li><li>写一句发生了什么，附一两张照片，送出。</li><li>记下查询码，凭码看进度、看答复、作评价。</li></ol>"))
      \(UI.section("多久有结果", "<p>收到后先核实地点和职责，再派给属地执法队。联系您和答复您的最晚日期，送出后的页面和进度页上都有。</p>"))
      \(UI.section("哪些事不归这里管", "<p>噪声扰民、消防、电梯、邻里纠纷等由其他部门负责。送到这里的会移送主管部门，收到答复后告诉您。紧急情况请拨打 110 或 119。</p>"))
      \(UI.section("工作人员", "<p>物业、居委会、业委会和执法人员凭账号登录，账号由本单位的安全管理员开设。\(UI.link("登录", "/sign-in"))</p>"))
      """
    return page
  }
}
