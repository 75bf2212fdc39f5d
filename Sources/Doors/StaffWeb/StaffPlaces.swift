import People
import WebSupport

/// The main navigation: what each role has to do, most of it first.
public enum StaffPlaces {
  public static func places(for person: Person) -> [Page.Place] {
    var places: [Page.Place] = []
    if person.may(.seeMatters) { places.append(.init("today", "我的今天", "/today", .today)) }
    if person.may(.dispatchMatters), !person.may(.handleMatters) { places.append(.init("inbox", "派单台", "/dispatch", .send)) }
    if person.may(.seeMatters) { places.append(.init("matters", "事项", "/matters", .matter)) }
    if person.may(.seeCases) { places.append(.init("cases", "案件", "/cases", .law)) }
    if person.may(.reportOnPatrol) { places.append(.init("record", "登记", "/patrol/new", .plus)) }
    if person.may(.reportForFirm) {
      places.append(.init("firm", "我的上报", "/firm", .inbox))
      places.append(.init("firm-report", "上报", "/firm/report", .plus))
    }
    if person.may(.reportForCommittee) {
      places.append(.init("committee", "我的诉件", "/committee", .inbox))
      places.append(.init("committee-report", "反映", "/committee/report", .plus))
      places.append(.init("committee-topic", "线上工作室", "/committee/topic", .people))
    }
    if person.may(.seeCompounds) { places.append(.init("compounds", "小区", "/compounds", .compound)) }
    if person.may(.administerAccounts) { places.append(.init("accounts", "账号", "/accounts", .people)) }
    if person.may(.administerSystem) { places.append(.init("system", "系统", "/system", .machine)) }
    if person.may(.audit) { places.append(.init("audit", "审计", "/audit", .shield)) }
    places.append(.init("more", "更多", "/more", .more))
    return places
  }
  /// The first page after signing in.
  public static func start(of person: Person) -> String { places(for: person).first?.href ?? "/more" }
}
