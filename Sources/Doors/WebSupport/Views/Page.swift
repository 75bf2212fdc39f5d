/// One whole document. Fill in what the page has, call `render()`, send the bytes.
///
///     Page(title: "事项", who: who, active: "matters", demo: site.demo, assets: site.assets, main: body).render()
public struct Page: Sendable {
  /// Who reads it decides the frame around it.
  public enum Frame: Sendable {
    /// Header with navigation, search and the person's menu; a tab bar on phones.
    case staff
    /// A quiet header, nothing to get lost in.
    case resident
    /// Sheets of A4 and nothing else.
    case print
  }
  /// The person signed in.
  public struct Who: Sendable {
    public let name: String
    public let office: String
    /// "执法队员", "派单员".
    public let role: String
    /// For the form that signs out.
    public let csrf: String
    public init(name: String, office: String, role: String = "", csrf: String = "") {
      self.name = name
      self.office = office
      self.role = role
      self.csrf = csrf
    }
  }
  /// A place in the main navigation.
  public struct Place: Sendable {
    public let key: String
    public let label: String
    public let href: String
    public let icon: Icon
    /// What waits there; nothing is shown for nil and 0.
    public let count: Int?
    /// Whether it has one of the places in the tab bar of a phone; keep it to five.
    public let tab: Bool
    public init(_ key: String, _ label: String, _ href: String, _ icon: Icon, count: Int? = nil, tab: Bool = true) {
      self.key = key
      self.label = label
      self.href = href
      self.icon = icon
      self.count = count
      self.tab = tab
    }
  }
  public struct Crumb: Sendable {
    public let label: String
    public let href: String
    public init(_ label: String, _ href: String) {
      self.label = label
      self.href = href
    }
  }

  public var frame: Frame
  /// Of the window: what and where, without the product's name.
  public var title: String
  public var who: Who?
  /// Whose page it is, when nobody is signed in: the squad of the compound, the district's bureau.
  public var office: String?
  public var places: [Place]
  /// The key of the place this page belongs to.
  public var active: String
  public var crumbs: [Crumb]
  /// Shown above the content, once: what has just been done, or what everyone must know.
  public var notices: [HTML]
  /// Demonstration data: a band on every page and sheet says so.
  public var demo: Bool
  /// Full width for tables; otherwise the text keeps a readable measure.
  public var wide: Bool
  /// A page that tells of a failure: drafts are kept when it follows a form.
  public var problem: Bool
  public var assets: AssetVersions
  /// Whether it has charts or a map: then it brings their style sheet and patterns.
  public var charts = false
  /// Addresses of further style sheets and scripts of this site, by the few pages that need them.
  public var sheets: [String] = []
  public var scripts: [String] = []
  public var main: HTML

  public init(
    _ frame: Frame = .staff, title: String, who: Who? = nil, office: String? = nil, places: [Place] = Page.officerPlaces,
    active: String = "",
    crumbs: [Crumb] = [], notices: [HTML] = [], demo: Bool = false, wide: Bool = false, problem: Bool = false,
    assets: AssetVersions = .init(), main: HTML
  ) {
    self.frame = frame
    self.title = title
    self.who = who
    self.office = office
    self.places = places
    self.active = active
    self.crumbs = crumbs
    self.notices = notices
    self.demo = demo
    self.wide = wide
    self.problem = problem
    self.assets = assets
    self.main = main
  }

  /// The places of a squad's officer; a door gives others for other roles.
  public static let officerPlaces: [Place] = [
    Place("today", "我的今天", "/today", .today),
    Place("matters", "事项", "/matters", .matter),
    Place("record", "登记", "/patrol/new", .plus),
    Place("compounds", "小区", "/compounds", .compound),
    Place("more", "更多", "/more", .more),
  ]
  public static let product = "弄堂"

  public func render() -> HTML {
    switch frame {
    case .staff: document(staffBody)
    case .resident: document(residentBody)
    case .print: document(printBody)
    }
  }

  private var demoBand: HTML {
    demo ? "<p class=\"demo-band\" role=\"note\"><b>演示数据</b><span>本页的人和事均为虚构</span></p>" : .empty
  }

  private func document(_ body: HTML) -> HTML {
    let name =
      switch frame {
      case .staff: "staff"
      case .resident: "resident"
      case .print: "print"
      }
    return """
      <!doctype html>
      <html lang="zh-CN"><head><meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
      <title>\(title) - \(Page.product)\(if: demo, "（演示数据）")</title>
      <meta name="color-scheme" content="light dark"><meta name="format-detection" content="telephone=no">
      <meta name="robots" content="noindex"><meta name="referrer" content="same-origin">
      <link rel="icon" href="\(assets.address("favicon.svg"))" type="image/svg+xml">
      \(each: sheets, { "<link rel=\"stylesheet\"\(attr("href", url: $0))>\n" })<link rel="stylesheet" href="\(assets.address("app.css"))">
      \(if: charts, "<link rel=\"stylesheet\" href=\"\(assets.address("charts.css"))\">\n")\(each: scripts, { "<script\(attr("src", url: $0)) defer></script>\n" })\
      <script src="\(assets.address("app.js"))" defer></script>
      </head><body class="\(name)\(if: demo, " demo")"\(attr("data-problem", if: problem))\(attr("data-user", who?.name))>
      \(if: charts, Chart.patterns)\(body)
      </body></html>

      """
  }

  private var content: HTML {
    """
    <main id="main" tabindex="-1"\(if: wide, " class=\"wide\"")>\(UI.breadcrumb(crumbs))\(notices)
    \(main)
    </main>
    """
  }

  private var staffBody: HTML {
    """
    <a class="skip" href="#main">跳到正文</a>
    \(demoBand)<header class="top"><div class="bar">
    <a class="brand" href="/">\(Icon.gate.html)<b>\(Page.product)</b>\(officeName)</a>
    \(navigation)\(search)\(personMenu)</div></header>
    \(content)
    \(tabBar)
    """
  }
  private var officeName: HTML? {
    (who?.office ?? office).map { "<span class=\"office\">\($0)</span>" }
  }
  private func current(_ place: Place) -> HTML { place.key == active ? " aria-current=\"page\"" : .empty }
  private func badge(_ place: Place) -> HTML? {
    guard let count = place.count, count > 0 else { return nil }
    return "<span class=\"badge\">\(count > 999 ? "999+" : String(count))<span class=\"hidden\"> 件待办</span></span>"
  }
  private var navigation: HTML? {
    guard who != nil else { return nil }
    return """
      <nav class="places" aria-label="主导航"><ul>\(each: places, { "<li><a\(attr("href", url: $0.href))\(current($0))>\($0.label)\(badge($0))</a></li>" })</ul></nav>
      """
  }
  private var search: HTML? {
    // Only who works on matters has something to look for.
    guard who != nil, places.contains(where: { $0.key == "matters" }) else { return nil }
    return """
      <form class="find" role="search" action="/search" method="get"><label class="hidden" for="find">查找诉件、事项、小区</label>
      <input id="find" type="search" name="q" placeholder="编号、小区、地址" enterkeyhint="search" autocomplete="off"><button type="submit">\(Icon.search.html)<span class="hidden">查找</span></button></form>
      <a class="find-small" href="/search">\(Icon.search.html)<span class="hidden">查找</span></a>
      """
  }
  private var personMenu: HTML? {
    guard let who else { return nil }
    return """
      <details class="menu"><summary>\(Icon.person.html)<span class="name">\(who.name)</span></summary><div class="sheet">
      <p><b>\(who.name)</b><br><small>\(who.office)\(if: !who.role.isEmpty, "·\(who.role)")</small></p>
      <a href="/account">我的账户</a><a href="/account/deputy">代办与值班</a><a href="/help">使用说明</a>
      <form method="post" action="/sign-out"><input type="hidden" name="_csrf" value="\(who.csrf)"><button type="submit" class="plain">\(Icon.exit.html)退出登录</button></form>
      </div></details>
      """
  }
  private var tabBar: HTML? {
    guard who != nil else { return nil }
    return """
      <nav class="tabbar" aria-label="底部导航"><ul>\(each: places.filter(\.tab), { "<li><a\(attr("href", url: $0.href))\(current($0))>\($0.icon.html)<span>\($0.label)</span>\(badge($0))</a></li>" })</ul></nav>
      """
  }

  private var residentBody: HTML {
    """
    <a class="skip" href="#main">跳到正文</a>
    \(demoBand)<header class="quiet"><div class="bar"><span class="brand">\(Icon.gate.html)<b>\(Page.product)</b>\(officeName)</span></div></header>
    \(content)
    <footer class="foot"><p>紧急情况请直接拨打 <a href="tel:110">110</a> 或 <a href="tel:119">119</a>；其他城市管理问题也可拨打 <a href="tel:12345">12345</a>。</p>
    <p><a href="/privacy">个人信息怎样使用</a></p></footer>
    """
  }

  private var printBody: HTML {
    """
    \(demoBand)<p class="screen-only print-hint"><span>A4 打印稿。用浏览器的“打印”输出，也可以另存为 PDF。</span></p>
    <main id="main">\(main)</main>
    """
  }
}

/// The content hashes of the files under `/assets/`, so that a browser may keep each for a year and still never shows an old one.
public struct AssetVersions: Sendable {
  private let versions: [String: String]
  /// - Parameter versions: file name → the first digits of its hash. Files not named get no query.
  public init(_ versions: [String: String] = [:]) { self.versions = versions }
  public func address(_ file: String) -> String {
    versions[file].map { "/assets/\(file)?v=\($0)" } ?? "/assets/\(file)"
  }
  /// FNV-1a, 64 bits as 16 hex digits: tells files apart; proves nothing about who wrote them.
  public static func version(of bytes: some Sequence<UInt8>) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
