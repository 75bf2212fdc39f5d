/// A calendar month, counted from year 0.
public struct Month: Hashable, Comparable, Sendable {
  public let count: Int
  public init(count: Int) { self.count = count }
  public init(_ day: Day) { count = day.year * 12 + day.month - 1 }
  public var year: Int { count / 12 }
  /// 1 … 12
  public var number: Int { count % 12 + 1 }
  public static func < (a: Month, b: Month) -> Bool { a.count < b.count }
  public func adding(_ months: Int) -> Month { Month(count: count + months) }
  public var first: Day { Day(year: year, month: number, day: 1) ?? Day(daysSinceEpoch: 0) }
  public var last: Day { adding(1).first.adding(days: -1) }
}
