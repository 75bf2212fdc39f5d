extension UI {
  /// One A4 sheet; the browser breaks the page after it.
  public static func sheet(_ body: HTML) -> HTML { "<article class=\"a4\">\(body)</article>" }

  /// A compound's code for the notice board and the lobby.
  /// - Parameter qr: the SVG the program drew (`HTML.raw`), with a viewBox.
  public static func codeSheet(compound: String, address: String, squad: String, phone: String, url: String, qr: HTML)
    -> HTML
  {
    sheet(
      """
      <div class="code-sheet">
      <p class="org">\(squad)</p><h1>城管码</h1><p class="at"><b>\(compound)</b><br>\(address)</p>
      <div class="qr" role="img" aria-label="二维码，内容为 \(url)">\(qr)</div>
      <p class="how">微信、支付宝或手机相机扫一扫</p>
      <ul><li><b>报问题</b>违法搭建、违规装修、群租、占绿毁绿等，不用注册</li><li><b>查进度</b>凭查询码看办到哪一步</li><li><b>提建议、约咨询</b>社区工作室会答复您</li></ul>
      <p class="url" translate="no">\(url)</p><p class="tel">工作室电话 <b>\(phone)</b>　紧急情况请拨 110、119</p></div>
      """)
  }

  /// A paper with the office's head, for lists, bulletins and receipts that are printed.
  public static func paperSheet(office: String, title: String, number: String? = nil, _ body: HTML, foot: HTML? = nil)
    -> HTML
  {
    sheet(
      """
      <div class="paper-sheet"><p class="org">\(office)</p><h1>\(title)</h1>\(number.map { "<p class=\"number\">\($0)</p>" as HTML })
      \(body)\(foot.map { "<footer>\($0)</footer>" as HTML })</div>
      """)
  }
}
