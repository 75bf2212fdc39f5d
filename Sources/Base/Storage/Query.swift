import Foundation
import Kernel

/// A value as both engines know it.
public enum SQLValue: Hashable, Sendable {
  case null
  case int(Int64)
  case double(Double)
  case text(String)
  case blob(Data)
}

/// What may be written into a `Query` by interpolation.
public protocol SQLBindable {
  var sqlValue: SQLValue { get }
}
extension Int64: SQLBindable { public var sqlValue: SQLValue { .int(self) } }
extension Int: SQLBindable { public var sqlValue: SQLValue { .int(Int64(self)) } }
extension Double: SQLBindable { public var sqlValue: SQLValue { .double(self) } }
extension String: SQLBindable {
  /// PostgreSQL has no zero byte in text and SQLite's C interface ends there, so one becomes the replacement character.
  public var sqlValue: SQLValue {
    var text = self
    let clean = text.withUTF8 { bytes in bytes.baseAddress.map { memchr($0, 0, bytes.count) == nil } ?? true }
    return .text(clean ? text : replacing("\u{0}", with: "\u{FFFD}"))
  }
}
extension Data: SQLBindable { public var sqlValue: SQLValue { .blob(self) } }
/// Booleans are 0 and 1 in a bigint column: the two engines differ on anything else.
extension Bool: SQLBindable { public var sqlValue: SQLValue { .int(self ? 1 : 0) } }
extension Moment: SQLBindable { public var sqlValue: SQLValue { .int(milliseconds) } }
extension Day: SQLBindable { public var sqlValue: SQLValue { .text(iso) } }
extension Identifier: SQLBindable { public var sqlValue: SQLValue { .int(raw) } }
extension SQLValue: SQLBindable { public var sqlValue: SQLValue { self } }

/// SQL text with its bound values. Interpolating a value binds it; only `raw:` puts text into the statement.
///
///     try db.all("SELECT id FROM matter WHERE squad_id = \(squad) AND state IN (\(list: states))")
public struct Query: ExpressibleByStringInterpolation, Sendable {
  enum Part: Sendable {
    case text(String)
    case value(SQLValue)
  }
  var parts: [Part]
  public init(stringLiteral value: String) { parts = [.text(value)] }
  public init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

  public struct Interpolation: StringInterpolationProtocol {
    var parts: [Part] = []
    public init(literalCapacity: Int, interpolationCount: Int) { parts.reserveCapacity(interpolationCount * 2 + 1) }
    public mutating func appendLiteral(_ literal: String) { if !literal.isEmpty { parts.append(.text(literal)) } }
    public mutating func appendInterpolation(_ value: some SQLBindable) { parts.append(.value(value.sqlValue)) }
    public mutating func appendInterpolation<V: SQLBindable>(_ value: V?) { parts.append(.value(value?.sqlValue ?? .null)) }
    /// A closed set of states or slugs.
    public mutating func appendInterpolation<V: RawRepresentable>(_ value: V) where V.RawValue == String {
      parts.append(.value(.text(value.rawValue)))
    }
    public mutating func appendInterpolation<V: RawRepresentable>(_ value: V?) where V.RawValue == String {
      parts.append(.value(value.map { .text($0.rawValue) } ?? .null))
    }
    /// Values separated by commas, for `IN (…)`. An empty list becomes NULL, which matches nothing.
    public mutating func appendInterpolation(list values: [some SQLBindable]) {
      if values.isEmpty { return parts.append(.text("NULL")) }
      for (i, value) in values.enumerated() {
        if i > 0 { parts.append(.text(", ")) }
        parts.append(.value(value.sqlValue))
      }
    }
    public mutating func appendInterpolation(_ query: Query) { parts += query.parts }
    /// Text of this program, never of a user.
    public mutating func appendInterpolation(raw text: String) { parts.append(.text(text)) }
  }

  /// What is bound, in order.
  public var values: [SQLValue] { parts.compactMap { if case .value(let value) = $0 { value } else { nil } } }

  public static func + (a: Query, b: Query) -> Query {
    var sum = a
    sum.parts += b.parts
    return sum
  }
  public static func += (a: inout Query, b: Query) { a.parts += b.parts }

  /// The statement's text and its values in order; `placeholder` gets 1, 2, 3 …
  public func rendered(placeholder: (Int) -> String) -> (sql: String, values: [SQLValue]) {
    var sql = ""
    sql.reserveCapacity(1024)
    var values: [SQLValue] = []
    values.reserveCapacity(parts.count / 2 + 1)
    for part in parts {
      switch part {
      case .text(let text): sql += text
      case .value(let value):
        values.append(value)
        sql += placeholder(values.count)
      }
    }
    return (sql, values)
  }
}

extension [Query] {
  /// Conditions joined by AND; "1 = 1" when there are none.
  public var conjunction: Query {
    guard var sum = first else { return "1 = 1" }
    for query in dropFirst() { sum += " AND " + query }
    return sum
  }
}
