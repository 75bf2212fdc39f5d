import Foundation

/// A row where the engine holds it, gone with the next one. For whoever goes through millions of rows; everybody else asks for
/// `ResultRow`s, whose cells have names.
public protocol PassingRow {
  /// - Parameter place: of the column in the statement, from 0.
  /// - Returns: nil for NULL.
  /// - Throws: `StorageError.decoding` for anything but a whole number.
  func int(_ place: Int) throws -> Int64?
  /// The UTF-8 of a text, or bytes, which end with `body`.
  /// - Returns: nil for NULL.
  /// - Throws: `StorageError.decoding` for a number.
  func withBytes<T>(_ place: Int, _ body: (UnsafeRawBufferPointer) throws -> T) throws -> T?
}

extension PassingRow {
  /// Of a column that is never NULL.
  public func whole(_ place: Int) throws -> Int64 {
    guard let number = try int(place) else { throw StorageError.decoding("column \(place) is null") }
    return number
  }
  /// Of a column that is never NULL.
  public func text(_ place: Int) throws -> String {
    guard let text = try withBytes(place, { String(decoding: $0, as: UTF8.self) }) else {
      throw StorageError.decoding("column \(place) is null")
    }
    return text
  }
}

extension ResultRow: PassingRow {
  public func int(_ place: Int) throws -> Int64? {
    switch values[place] {
    case .int(let number): number
    case .null: nil
    default: throw StorageError.decoding("\(columns.names[place]) is not a whole number")
    }
  }
  public func withBytes<T>(_ place: Int, _ body: (UnsafeRawBufferPointer) throws -> T) throws -> T? {
    switch values[place] {
    case .text(var text): try text.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
    case .blob(let data): try data.withUnsafeBytes(body)
    case .null: nil
    default: throw StorageError.decoding("\(columns.names[place]) is neither text nor bytes")
    }
  }
}
