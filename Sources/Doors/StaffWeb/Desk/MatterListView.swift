import Catalogue
import ClockBook
import Compounds
import Foundation
import Kernel
import Matters
import Offices
import People
import WebSupport

struct MatterListView {
  let query: MatterListQuery
  let person: Person
  let now: Moment
  let listed: MatterPage
  let clocks: [Matter.ID: ClockSheet]
  let groups: [MatterFilter.Group]
  let counts: [MatterFilter.Group: Int]
  let tokens: FormTokens
  let catalogue: Catalogue
  var squads: [SquadLoad] = []
  var hands: [Person] = []
  var compoundName: String?
  /// The squad's compounds where they are few enough to choose from.
  var compounds: [Compound] = []
  static let mostCompounds = 30

  var html: HTML {
    let filter = query.filter
    return """
      \(UI.heading("事项", sub: subtitle, actions: actions))
      \(UI.tabs("事项范围", groups.map { group in
        let many = (counts[group] ?? 0) >= 500
        return UI.Tab(group.chinese + (many ? " 500+" : ""), query.address { $0.group = group }, count: many ? nil : counts[group], on: group == filter.group)
      }))
      \(filters)
      \(chip)
      \(newer)
      \(table)
      \(UI.older(listed.next.map { query.address(after: $0) }, count: MatterListPages.rows, shown: listed.matters.count))
      """
  }

  private var subtitle: HTML? {
    let open = counts[.open].map { $0 >= 500 ? "办理中 500 件以上" : "办理中 \($0) 件" }
    let overdue = counts[.overdue].flatMap { $0 > 0 ? "已超期 \($0) 件" : nil }
    let text = [open, overdue, compoundName.map { "只看\($0)" }].compactMap { $0 }.joined(separator: "，")
    return text.isEmpty ? nil : "\(text)"
  }
  private var actions: [HTML] {
    if person.may(.dispatchMatters), !person.may(.handleMatters) { return [UI.linkButton("派单台", "/dispatch", .primary, icon: .send)] }
    if person.may(.reportOnPatrol) { return [UI.linkButton("登记巡查发现", "/patrol/new", icon: .walk)] }
    return []
  }

  private var filters: HTML {
    let filter = query.filter
    var all: [UI.Filter] = [
      .init("排序", name: "order", [.init("due", "先到期的在前")], value: filter.order == .due ? "due" : "", any: "新到的在前"),
      .init("事项", name: "item", catalogue.items.map { .init($0.slug, $0.name) }, value: filter.item ?? ""),
    ]
    if squads.count > 1 {
      all.append(
        .init("承办", name: "squad", squads.map { .init($0.office.id.description, $0.office.short) }, value: filter.squad?.description ?? ""))
    }
    if person.role == .officer {
      all.append(.init("办理人", name: "officer", [.init(person.id.description, "只看我的")], value: filter.officer?.description ?? ""))
    } else if !hands.isEmpty {
      all.append(.init("办理人", name: "officer", hands.map { .init($0.id.description, $0.name) }, value: filter.officer?.description ?? ""))
    }
    all.append(.init("紧急", name: "urgent", [.init("1", "只看紧急")], value: filter.urgentOnly ? "1" : ""))
    let chosen = filter.compound.map(String.init) ?? ""
    var places = compounds.map { UI.Choice(String($0.id.raw), $0.name) }
    if filter.compound != nil, !places.contains(where: { $0.value == chosen }) {
      places.insert(.init(chosen, compoundName ?? "已选小区"), at: 0)
    }
    if !places.isEmpty { all.append(.init("小区", name: "compound", places, value: chosen)) }
    let tab: [(name: String, value: String)] = filter.group == .open ? [] : [("group", filter.group.rawValue)]
    return UI.filters(
      "/matters", find: filter.words ?? "", all, keep: tab,
      clearAt: filter.group == .open ? "/matters" : "/matters?group=\(filter.group.rawValue)")
  }

  /// On a phone the menus are folded away: that only one compound is shown must be seen, and undone, without opening them.
  private var chip: HTML {
    guard query.filter.compound != nil else { return .empty }
    return """
      <p class="chips"><a class="chip"\(attr("href", url: query.address { $0.compound = nil }))><span>只看\(compoundName ?? "已选小区")</span>\(Icon.cross.html)<span class="hidden">，取消小区条件</span></a></p>
      """
  }

  private var newer: HTML {
    guard query.after == nil, query.filter.order == .newest, query.filter.words == nil, let top = listed.matters.first else {
      return .empty
    }
    return UI.newer(href: query.address(), pollAt: query.address("/matters/newer", more: [("since", top.id.description)]))
  }

  private var table: HTML {
    let bulk = person.may(.dispatchMatters) && listed.matters.contains { $0.state == .registered }
    let rows = listed.matters.map { MatterWords.row($0, clocks[$0.id], at: now, choose: bulk) }
    let empty = UI.emptyState(
      "没有符合条件的事项", query.filter.words == nil ? "换一个范围，或者放宽筛选条件。" : "换一个说法再找：小区名、路名、编号或者诉件里的词。",
      actions: [UI.linkButton("查看办理中的事项", "/matters")])
    let table = UI.table(query.filter.group.chinese, MatterWords.columns, rows, choose: bulk ? "matters" : nil, empty: empty)
    guard bulk else { return table }
    return UI.form("/dispatch", tokens: tokens, table + BulkView.bar(squads))
  }
}

enum BulkView {
  /// What to do with the chosen arrivals.
  static func bar(_ squads: [SquadLoad]) -> HTML {
    let choices = squads.map { UI.Choice($0.office.id.description, "\($0.office.short)（在办 \($0.open) 件）") }
    return UI.bulkBar([
      UI.select("派给", name: "squad", options: choices, placeholder: "各派属地执法队", optional: true), UI.button("派出选中的事项", icon: .send),
    ])
  }
}
