import Foundation
import HTTPTypes
import Kernel
import Matters
import Offices
import People
import WebSupport

/// 派单台: two hundred arrivals, each one tap.
struct DispatchPages: Sendable {
  let matters: Matters
  static let rows = 30

  func routes(_ book: inout RouteBook) {
    book.get("/dispatch", allow: .signedIn(.dispatchMatters)) { visit in try await show(visit) }
    book.post("/dispatch", allow: .signedIn(.dispatchMatters), limits: .small) { visit in try await send(visit) }
  }

  func show(_ visit: Visit) async throws -> Page { try await page(visit, failed: []) }

  private func page(_ visit: Visit, failed: [(no: String, why: String)], sent: Int = 0) async throws -> Page {
    let person = try visit.person
    let after = visit.query["after"].flatMap(MatterCursor.init)
    let (rows, next, clocks) = try await matters.arrivals(for: person, after: after, limit: Self.rows)
    let counts = try await matters.counts([.dispatch], for: person)
    let newest = rows.map(\.matter.id.raw).max() ?? 0
    var page = visit.page("派单台", active: "inbox")
    page.wide = true
    page.main =
      DispatchView(
        rows: rows, next: next, clocks: clocks, squads: try await matters.squads(for: person),
        departments: try await matters.departments(for: person), waiting: counts[.dispatch] ?? rows.count, newest: newest, failed: failed,
        sent: sent, now: visit.now, tokens: try visit.formTokens(), catalogue: matters.catalogue
      ).html
    return page
  }

  /// One row's own button, or everything that was chosen. Each is a step of its own: what is refused stays on the desk with its reason.
  func send(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    if let merge = visit.form["merge"] { return try await join(merge, visit, person) }
    var orders: [Order] = []
    if let one = visit.form["one"] {
      orders = [try Order(one)]
    } else {
      let squad = try visit.form.id("squad", Office.self)
      orders = try visit.form.values("matters").map { try Order($0) }
      if let squad { orders = orders.map { Order(no: $0.no, version: $0.version, squad: squad) } }
    }
    guard !orders.isEmpty else { throw Refusal(.invalid, "staff-nothing-chosen", "请先勾选要派出的事项。", field: "matters") }
    if orders.count > 200 { throw Refusal(.limit, "staff-too-many", "一次最多派出 200 件，请分批进行。") }
    var failed: [(no: String, why: String)] = []
    var names: [String] = []
    for order in orders {
      do {
        var squad = order.squad
        if squad == nil { squad = try await matters.file(order.no, for: person).matter.squad }
        guard let squad else { throw Refusal(.invalid, "matters-no-squad", "地点还没有认定，没有属地执法队，请先更正地点或选定执法队。") }
        let after = try await matters.dispatch(order.no, to: squad, note: "", version: order.version, by: person)
        names.append(after.squadName ?? "执法队")
      } catch let refusal as Refusal {
        failed.append((order.no, refusal.message))
      }
    }
    if failed.isEmpty {
      let told = orders.count == 1 ? "\(orders[0].no) 已派给\(names[0])" : "已派出 \(names.count) 件：\(Self.tally(names))"
      return try visit.done("/dispatch", saying: told)
    }
    var answer = visit.again(try await page(visit, failed: failed, sent: names.count))
    answer.status = .conflict
    return answer
  }

  private func join(_ text: String, _ visit: Visit, _ person: Person) async throws -> Answer {
    let parts = text.split(separator: "|").map(String.init)
    guard parts.count == 3, let version = Int(parts[1]) else { throw Refusal(.invalid, "form-unreadable", "请刷新页面后再试。") }
    do {
      try await matters.merge(parts[0], into: parts[2], version: version, by: person)
      return try visit.done("/dispatch", saying: "\(parts[0]) 已并入 \(parts[2])")
    } catch let refusal as Refusal {
      var answer = visit.again(try await page(visit, failed: [(parts[0], refusal.message)]))
      answer.status = .conflict
      return answer
    }
  }

  static func tally(_ names: [String]) -> String {
    var counts: [(String, Int)] = []
    for name in names {
      if let at = counts.firstIndex(where: { $0.0 == name }) { counts[at].1 += 1 } else { counts.append((name, 1)) }
    }
    return counts.map { "\($0.0) \($0.1) 件" }.joined(separator: "、")
  }

  /// "M20260924-000001|3" or with the squad: "M20260924-000001|3|88".
  struct Order: Sendable {
    let no: String
    let version: Int
    let squad: Office.ID?
    init(no: String, version: Int, squad: Office.ID?) {
      self.no = no
      self.version = version
      self.squad = squad
    }
    init(_ text: String) throws(Refusal) {
      let parts = text.split(separator: "|").map(String.init)
      guard (2...3).contains(parts.count), let version = Int(parts[1]) else {
        throw Refusal(.invalid, "form-unreadable", "请刷新页面后再试。")
      }
      self.init(no: parts[0], version: version, squad: parts.count == 3 ? Office.ID(parts[2]) : nil)
    }
  }
}
