import Kernel
import Matters
import Offices
import People
import WebSupport

/// The inbox's address, read and written.
struct MatterListQuery: Sendable {
  var filter = MatterFilter()
  var after: MatterCursor?

  init(_ query: Fields) {
    // An address with something odd in it shows the list without that.
    filter.group = query["group"].flatMap(MatterFilter.Group.init) ?? .open
    filter.order = query["order"].flatMap(MatterFilter.Order.init) ?? .newest
    filter.item = query["item"]
    filter.compound = query["compound"].flatMap { Int64($0) }
    filter.squad = query["squad"].flatMap { Office.ID($0) }
    filter.officer = query["officer"].flatMap { Person.ID($0) }
    filter.urgentOnly = query.flag("urgent")
    filter.words = query["q"]
    after = query["after"].flatMap(MatterCursor.init)
  }

  /// The address of the same list with something changed; the page begins anew unless `after` is given.
  func address(
    _ path: String = "/matters", after: MatterCursor? = nil, more: [(String, String)] = [],
    _ change: (inout MatterFilter) -> Void = { _ in }
  )
    -> String
  {
    var filter = filter
    change(&filter)
    var pairs: [(String, String)] = []
    if filter.group != .open { pairs.append(("group", filter.group.rawValue)) }
    if filter.order != .newest { pairs.append(("order", filter.order.rawValue)) }
    if let item = filter.item { pairs.append(("item", item)) }
    if let compound = filter.compound { pairs.append(("compound", String(compound))) }
    if let squad = filter.squad { pairs.append(("squad", squad.description)) }
    if let officer = filter.officer { pairs.append(("officer", officer.description)) }
    if filter.urgentOnly { pairs.append(("urgent", "1")) }
    if let words = filter.words { pairs.append(("q", words)) }
    if let after { pairs.append(("after", after.text)) }
    pairs += more
    return pairs.isEmpty ? path : path + "?" + pairs.map { "\($0)=\(SafeURL.encode($1))" }.joined(separator: "&")
  }

  /// The tabs of a role: what it has to do first.
  static func groups(for person: Person) -> [MatterFilter.Group] {
    switch person.role {
    case .dispatcher: [.open, .todo, .dispatch, .revisit, .overdue, .transferred, .closed]
    case .squadLeader: [.open, .todo, .review, .overdue, .hung, .revisit, .closed]
    case .officer: [.open, .todo, .overdue, .hung, .closed]
    default: [.open, .todo, .overdue, .dispatch, .review, .closed]
    }
  }
}
