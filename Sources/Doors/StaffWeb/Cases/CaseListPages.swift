import Cases
import Catalogue
import Foundation
import Kernel
import People
import WebSupport

/// 案件: lists of cases.
struct CaseListPages: Sendable {
  let cases: Cases
  static let rows = 40

  func routes(_ book: inout RouteBook) {
    book.get("/cases", allow: .signedIn(.seeCases), mayLag: true) { visit in try await show(visit) }
  }

  /// The tabs of a role: what it has to do first.
  static func groups(for person: Person) -> [CaseFilter.Group] {
    switch person.role {
    case .officer: [.todo, .mine, .open, .overdue, .closed]
    case .squadLeader, .legalReviewer, .agencyHead: [.todo, .open, .overdue, .closed]
    default: [.open, .overdue, .closed]
    }
  }

  func show(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let groups = Self.groups(for: person)
    var filter = CaseFilter()
    filter.group = visit.query["group"].flatMap(CaseFilter.Group.init) ?? groups[0]
    filter.item = visit.query["item"]
    filter.procedure = visit.query["procedure"].flatMap(CaseProcedure.init)
    filter.compound = visit.query["compound"].flatMap { Int64($0) }
    filter.state = visit.query["state"].flatMap(CaseState.init)
    let after = visit.query["after"].flatMap { CaseRecord.ID($0) }
    let listed = try await cases.list(filter, for: person, after: after, limit: Self.rows)
    let clocks = try await cases.nextClocks(of: listed.cases)
    let counts = try await cases.counts(groups.filter { $0 != .closed }, for: person)
    func address(_ group: CaseFilter.Group, after: CaseRecord.ID? = nil) -> String {
      var pairs = [("group", group.rawValue)]
      if let item = filter.item { pairs.append(("item", item)) }
      if let procedure = filter.procedure { pairs.append(("procedure", procedure.rawValue)) }
      if let compound = filter.compound { pairs.append(("compound", "\(compound)")) }
      if let state = filter.state { pairs.append(("state", state.rawValue)) }
      if let after { pairs.append(("after", after.description)) }
      return "/cases?" + pairs.map { "\($0)=\(SafeURL.encode($1))" }.joined(separator: "&")
    }
    let tabs = groups.map { group in
      let many = (counts[group] ?? 0) >= 500
      return UI.Tab(
        group.chinese + (many ? " 500+" : ""), address(group), count: many ? nil : counts[group], on: group == filter.group)
    }
    var actions: [HTML] = []
    if [.officer, .squadLeader].contains(person.role) { actions.append(UI.linkButton("登记案件线索", "/cases/new", icon: .plus)) }
    if person.may(.handleMatters) || person.may(.superviseMatters) { actions.append(UI.linkButton("诉转案", "/filing-duties", icon: .flag)) }
    if person.may(.handleMatters) {
      actions.append(UI.linkButton("导入缴款", "/payments", icon: .upload))
      actions.append(UI.linkButton("失信记分", "/credit", icon: .flag))
    }
    if person.may(.leadCases) {
      let waiting = try await cases.jointRequestsWaiting(for: person)
      actions.append(UI.linkButton(waiting > 0 ? "联合办案（待答复 \(waiting)）" : "联合办案", JointPages.page, icon: .people))
      actions += [UI.linkButton("执法证", "/certificates", icon: .shield), UI.linkButton("监控设备", "/devices", icon: .camera)]
    }
    let empty = UI.emptyState("没有符合条件的案件", "换一个范围，或者放宽筛选条件。", actions: [UI.linkButton("查看全部案件", "/cases?group=all")], icon: .law)
    var page = visit.page("案件", active: "cases", wide: true)
    page.main = """
      \(UI.heading("案件", sub: counts[.open].map { "办理中 \($0 >= 500 ? "500 件以上" : "\($0) 件")" }, actions: actions))
      \(UI.tabs("案件范围", tabs))
      \(UI.filters("/cases", [
        .init("程序", name: "procedure", CaseProcedure.allCases.map { .init($0.rawValue, $0.chinese) }, value: filter.procedure?.rawValue ?? ""),
        .init("环节", name: "state", CaseState.allCases.map { .init($0.rawValue, $0.chinese) }, value: filter.state?.rawValue ?? ""),
        .init("案由", name: "item", cases.catalogue.items.map { .init($0.slug, $0.name) }, value: filter.item ?? ""),
      ], keep: [("group", filter.group.rawValue)] + (filter.compound.map { [("compound", "\($0)")] } ?? []), clearAt: "/cases?group=\(filter.group.rawValue)"))
      \(UI.table(filter.group.chinese, CaseWords.columns, listed.cases.map { CaseWords.row($0, clocks[$0.id], at: visit.now) }, empty: empty))
      \(UI.older(listed.next.map { address(filter.group, after: $0) }, count: Self.rows, shown: listed.cases.count))
      """
    return page
  }
}
