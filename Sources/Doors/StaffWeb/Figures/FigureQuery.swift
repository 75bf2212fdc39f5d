import Figures
import Kernel
import Offices
import People
import WebSupport

/// Which months and whose reports a page of figures is about, as its address says.
struct FigureQuery {
  var scope: FigureScope

  /// Six months with this one, unless the address says otherwise.
  init(_ query: Fields, today: Day) throws(Refusal) {
    let now = Month(today)
    scope = FigureScope(
      from: try Self.month(query["from"], "from") ?? now.adding(-5), through: try Self.month(query["through"], "through") ?? now)
    scope.squad = try query.id("squad")
    scope.district = try query.id("district")
    scope.compound = query["compound"].flatMap { Int64($0) }
  }
  /// "2026-11"
  static func month(_ text: String?, _ field: String) throws(Refusal) -> Month? {
    guard let text, !text.isEmpty else { return nil }
    guard let day = Day(iso: text.prefix(7) + "-01") else {
      throw Refusal(.invalid, "figures-month", "月份要写成 2026-11。", field: field)
    }
    return Month(day)
  }
  static func text(_ month: Month) -> String { "\(month.year)-\(month.number.padded(2))" }
  static func chinese(_ month: Month) -> String { "\(month.year)年\(month.number)月" }

  var period: String {
    scope.months == 1 ? Self.chinese(scope.from) : "\(Self.chinese(scope.from))至\(Self.chinese(scope.through))"
  }
  func address(_ path: String, _ more: [(String, String?)] = []) -> String {
    Address.of(
      path,
      [
        ("from", Self.text(scope.from)), ("through", Self.text(scope.through)), ("squad", scope.squad.map { "\($0)" }),
        ("district", scope.district.map { "\($0)" }), ("compound", scope.compound.map { "\($0)" }),
      ] + more)
  }
  func rows(_ count: Count, _ facet: Facet? = nil, _ key: String = "") -> String {
    address("/figures/rows", [("count", count.rawValue), ("facet", facet?.rawValue), ("key", facet == nil ? nil : key)])
  }
}
