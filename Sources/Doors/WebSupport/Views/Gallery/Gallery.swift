import Kernel

/// Every component and some whole pages with invented content: what an author copies from, and what the tests walk.
public enum Gallery {
  /// Name and document of each page.
  public static func pages(assets: AssetVersions = .init()) -> [(name: String, html: HTML)] {
    let staff = Page(
      title: "", who: .init(name: "沈志明", office: "徐泾城管中队", role: "执法队员", csrf: "demo"), demo: true, assets: assets, main: .empty)
    var desk = staff
    desk.who = .init(name: "陆晓燕", office: "青浦区城管执法局", role: "派单员", csrf: "demo")
    desk.places = dispatcherPlaces
    let resident = Page(.resident, title: "", office: "徐泾城管中队", demo: true, assets: assets, main: .empty)
    var signIn = resident
    signIn.office = "青浦区城管执法局"
    return [
      ("today", today(staff)), ("matter", matter(staff)), ("inbox", inbox(desk)), ("dispatch", dispatch(desk)),
      ("compound", compound(staff)), ("report", report(resident, errors: .none)), ("report-errors", report(resident, errors: reportErrors)),
      ("received", received(resident)), ("progress", progress(resident)), ("sign-in", signInPage(signIn)), ("parts", parts(staff)),
      ("forms", forms(staff)), ("states", states(staff)), ("conflict", conflictPage(staff)), ("confirm", confirmPage(staff)),
      ("no-permission", noPermission(staff)), ("code-sheet", codeSheet(assets)), ("bulletin", bulletin(assets)),
      ("charts", charts(staff)),
    ]
  }

  static let tokens = FormTokens(csrf: "demo-csrf", once: "demo-once")
  static let dispatcherPlaces: [Page.Place] = [
    .init("inbox", "收件箱", "/inbox", .inbox, count: 38),
    .init("matters", "事项", "/matters", .matter),
    .init("record", "登记", "/reports/new", .plus),
    .init("compounds", "小区", "/compounds", .compound),
    .init("more", "更多", "/more", .more),
  ]
  /// 2026-09-21 is a Monday; the story of the pages plays around it.
  static func moment(_ day: Int, _ hour: Int, _ minute: Int, month: Int = 9) -> Moment {
    (Day(year: 2026, month: month, day: day) ?? Day(daysSinceEpoch: 20_717)).at(hour: hour, minute: minute)
  }
  static func photo(_ number: Int, _ alt: String) -> UI.Photo {
    .init(thumb: "/gallery/photo-\(number).jpg", full: "/gallery/photo-\(number).jpg", alt: alt)
  }
}
