import Foundation
import Kernel

/// The names of a result's columns, shared by its rows.
public final class ResultColumns: Sendable {
  public let names: [String]
  public init(_ names: [String]) { self.names = names }
  func index(of name: String) -> Int? { names.firstIndex(of: name) }
}

/// One row of a result. Reading a column that is not there, or of another type, throws `StorageError.decoding`.
public struct ResultRow: Sendable {
  let columns: ResultColumns
  let values: [SQLValue]
  public init(columns: ResultColumns, values: [SQLValue]) {
    self.columns = columns
    self.values = values
  }
  /// All values, in the order of the columns.
  public var cells: [SQLValue] { values }
  public func value(_ name: String) throws -> SQLValue {
    guard let i = columns.index(of: name) else { throw StorageError.decoding("no column \(name)") }
    return values[i]
  }
  public func int(_ name: String) throws -> Int64 {
    guard let v = try optionalInt(name) else { throw StorageError.decoding("\(name) is null") }
    return v
  }
  public func optionalInt(_ name: String) throws -> Int64? {
    switch try value(name) {
    case .int(let v): v
    case .null: nil
    default: throw StorageError.decoding("\(name) is not a whole number")
    }
  }
  public func count(_ name: String) throws -> Int { Int(try int(name)) }
  public func double(_ name: String) throws -> Double {
    guard let v = try optionalDouble(name) else { throw StorageError.decoding("\(name) is null") }
    return v
  }
  public func optionalDouble(_ name: String) throws -> Double? {
    switch try value(name) {
    case .double(let v): v
    case .int(let v): Double(v)
    case .null: nil
    default: throw StorageError.decoding("\(name) is not a number")
    }
  }
  public func text(_ name: String) throws -> String {
    guard let v = try optionalText(name) else { throw StorageError.decoding("\(name) is null") }
    return v
  }
  public func optionalText(_ name: String) throws -> String? {
    switch try value(name) {
    case .text(let v): v
    case .null: nil
    default: throw StorageError.decoding("\(name) is not text")
    }
  }
  public func bool(_ name: String) throws -> Bool { try int(name) != 0 }
  public func data(_ name: String) throws -> Data {
    guard case .blob(let v) = try value(name) else { throw StorageError.decoding("\(name) is not bytes") }
    return v
  }
  public func optionalData(_ name: String) throws -> Data? {
    switch try value(name) {
    case .blob(let v): v
    case .null: nil
    default: throw StorageError.decoding("\(name) is not bytes")
    }
  }
  public func moment(_ name: String) throws -> Moment { Moment(milliseconds: try int(name)) }
  public func optionalMoment(_ name: String) throws -> Moment? { try optionalInt(name).map(Moment.init(milliseconds:)) }
  public func day(_ name: String) throws -> Day {
    guard let day = Day(iso: try text(name)) else { throw StorageError.decoding("\(name) is not a day") }
    return day
  }
  public func id<R>(_ name: String, _: R.Type = R.self) throws -> Identifier<R> { Identifier(try int(name)) }
  public func optionalID<R>(_ name: String, _: R.Type = R.self) throws -> Identifier<R>? { try optionalInt(name).map { Identifier($0) } }
  /// A closed set stored as its raw text; a value outside the set is an error, never a default.
  public func choice<V: RawRepresentable>(_ name: String, _: V.Type = V.self) throws -> V where V.RawValue == String {
    let raw = try text(name)
    guard let v = V(rawValue: raw) else { throw StorageError.decoding("\(name): unknown \(V.self) \(raw)") }
    return v
  }
  public func optionalChoice<V: RawRepresentable>(_ name: String, _: V.Type = V.self) throws -> V? where V.RawValue == String {
    try optionalText(name) == nil ? nil : choice(name, V.self)
  }
  public func json<V: Decodable>(_ name: String, _: V.Type = V.self) throws -> V {
    try JSONDecoder().decode(V.self, from: Data(try text(name).utf8))
  }
}
