import Foundation

/// All that is wrong with one file of `Data/`, so that whoever keeps it mends it in one go.
public struct DataFileError: Error, Hashable, Sendable, CustomStringConvertible {
  public let file: String
  /// Each begins with the place in the file: `items[3].fine: …`.
  public let problems: [String]
  public init(file: String, problems: [String]) {
    self.file = file
    self.problems = problems
  }
  public var description: String { "\(file): " + problems.joined(separator: "; ") }
}

/// Reads a file of law or public facts strictly: unknown keys are refused and every problem is listed, not only the first.
///
/// A required value that is missing or wrong is noted and stands in as an empty one, so that reading goes on to the next problem;
/// nothing read from a file with problems is ever returned.
public enum DataFile {
  /// - Throws: `DataFileError` when the text is not JSON, or when `body` noted any problem.
  public static func read<Value>(_ data: Data, file: String, _ body: (DataNode) -> Value) throws(DataFileError) -> Value {
    let json: JSONValue
    do { json = try JSONDecoder().decode(JSONValue.self, from: data) } catch {
      throw DataFileError(file: file, problems: ["not JSON: \(error)"])
    }
    let problems = DataProblems()
    let value = body(DataNode(json, "", problems))
    guard problems.list.isEmpty else { throw DataFileError(file: file, problems: problems.list) }
    return value
  }
}

final class DataProblems {
  var list: [String] = []
}

/// One value of a data file, with its place.
public struct DataNode {
  let value: JSONValue?
  /// Where this value stands in the file: `years[2].holidays`.
  public let path: String
  let problems: DataProblems
  init(_ value: JSONValue?, _ path: String, _ problems: DataProblems) {
    self.value = value == .null ? nil : value
    self.path = path
    self.problems = problems
  }

  /// Notes something wrong at this place.
  public func problem(_ text: String) { problems.list.append(path.isEmpty ? text : "\(path): \(text)") }
  public var isAbsent: Bool { value == nil }

  public subscript(_ key: String) -> DataNode {
    guard case .object(let fields) = value else { return DataNode(nil, path.isEmpty ? key : "\(path).\(key)", problems) }
    return DataNode(fields[key], path.isEmpty ? key : "\(path).\(key)", problems)
  }
  /// Refuses keys that nobody reads: a misspelt key would otherwise silently lose its meaning.
  @discardableResult public func object(_ known: String...) -> DataNode {
    guard case .object(let fields) = value else {
      problem("must be an object")
      return self
    }
    for key in fields.keys.sorted() where !known.contains(key) { problem("unknown key \"\(key)\"") }
    return self
  }
  /// The keys of an object, sorted; empty for anything else.
  public var keys: [String] {
    guard case .object(let fields) = value else { return [] }
    return fields.keys.sorted()
  }
  /// The elements of a required list.
  public func list() -> [DataNode] {
    guard case .array(let elements) = value else {
      problem("must be a list")
      return []
    }
    return elements.enumerated().map { DataNode($1, "\(path)[\($0)]", problems) }
  }
  /// The elements of a list that may be left out.
  public func optionalList() -> [DataNode] { isAbsent ? [] : list() }

  /// A required text, not empty.
  public func string() -> String {
    guard case .string(let text) = value, !text.isEmpty else {
      problem("must be a text, not empty")
      return ""
    }
    return text
  }
  public func optionalString() -> String? { isAbsent ? nil : string() }
  public func strings() -> [String] { list().map { $0.string() } }
  public func bool() -> Bool {
    guard case .bool(let flag) = value else {
      problem("must be true or false")
      return false
    }
    return flag
  }
  public func int(in range: ClosedRange<Int>) -> Int {
    guard case .integer(let number) = value, range.contains(number) else {
      problem("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
      return range.lowerBound
    }
    return number
  }
  public func optionalInt(in range: ClosedRange<Int>) -> Int? { isAbsent ? nil : int(in: range) }
  /// An ISO date such as "2026-09-24".
  public func day() -> Day {
    guard case .string(let text) = value, let day = Day(iso: text) else {
      problem("must be a date such as 2026-09-24")
      return Day(daysSinceEpoch: 0)
    }
    return day
  }
  public func optionalDay() -> Day? { isAbsent ? nil : day() }
  /// One of the words of an enumeration; `fallback` only stands in until the file is refused.
  public func choice<Choice>(_ fallback: Choice) -> Choice
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
      problem("must be one of " + Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", "))
      return fallback
    }
    return choice
  }
}

/// JSON whose shape is looked at before it is given a meaning.
public enum JSONValue: Hashable, Sendable, Decodable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  public init(from decoder: any Decoder) throws {
    let one = try decoder.singleValueContainer()
    if one.decodeNil() {
      self = .null
    } else if let text = try? one.decode(String.self) {
      self = .string(text)
    } else if let flag = try? one.decode(Bool.self) {
      self = .bool(flag)
    } else if let number = try? one.decode(Int.self) {
      self = .integer(number)
    } else if let number = try? one.decode(Double.self) {
      self = .number(number)
    } else if let elements = try? one.decode([JSONValue].self) {
      self = .array(elements)
    } else {
      self = .object(try one.decode([String: JSONValue].self))
    }
  }
}
