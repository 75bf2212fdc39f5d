import Foundation
import Kernel

/// The offices of a city as a file of `Data/offices` tells them, checked: codes are unique and every parent is there.
public struct OfficesData: Sendable {
  public struct Entry: Sendable, Hashable, Decodable {
    public let code: String
    public let name: String
    public let short: String
    public let kind: Office.Kind
    /// Code of the office above; nil for the top.
    public let parent: String?
    public let areaCode: String?
    enum CodingKeys: String, CodingKey {
      case code, name, short, kind, parent
      case areaCode = "area_code"
    }
    public init(code: String, name: String, short: String, kind: Office.Kind, parent: String?, areaCode: String?) {
      self.code = code
      self.name = name
      self.short = short
      self.kind = kind
      self.parent = parent
      self.areaCode = areaCode
    }
  }

  /// Every office after the one above it.
  public let offices: [Entry]

  public init(file: URL) throws {
    try self.init(json: Data(contentsOf: file))
  }
  public init(json: Data) throws {
    struct Shape: Decodable { let offices: [Entry] }
    try self.init(entries: JSONDecoder().decode(Shape.self, from: json).offices)
  }

  /// - Throws: `OfficesDataError` with all that is wrong.
  public init(entries: [Entry]) throws(OfficesDataError) {
    var problems: [String] = []
    var byCode: [String: Entry] = [:]
    for entry in entries {
      if byCode.updateValue(entry, forKey: entry.code) != nil { problems.append("\(entry.code)：代码重复") }
      if entry.code.isEmpty || entry.name.isEmpty || entry.short.isEmpty { problems.append("\(entry.code) \(entry.name)：代码、名称、简称都要有") }
      if let area = entry.areaCode, !(area.utf8.allSatisfy { (48...57).contains($0) } && [6, 9].contains(area.utf8.count)) {
        problems.append("\(entry.code)：区划代码 \(area) 应为 6 位或 9 位数字")
      }
    }
    for entry in entries {
      if let parent = entry.parent, byCode[parent] == nil { problems.append("\(entry.code)：上级 \(parent) 不在表中") }
      if entry.kind == .squad, Self.chain(of: entry, byCode).first(where: { $0.kind == .district }) == nil {
        problems.append("\(entry.code)：执法队没有所属的区局")
      }
    }
    var ordered: [Entry] = []
    var placed: Set<String> = []
    var waiting = entries
    while !waiting.isEmpty {
      let ready = waiting.filter { $0.parent.map { placed.contains($0) || byCode[$0] == nil } ?? true }
      if ready.isEmpty {
        problems.append("上下级关系成环：" + waiting.map(\.code).joined(separator: "、"))
        break
      }
      ordered += ready
      placed.formUnion(ready.map(\.code))
      waiting.removeAll { placed.contains($0.code) }
    }
    guard problems.isEmpty else { throw OfficesDataError(problems: problems) }
    offices = ordered
  }

  private static func chain(of entry: Entry, _ byCode: [String: Entry]) -> [Entry] {
    var out: [Entry] = []
    var above = entry.parent
    while let code = above, let next = byCode[code], out.count < 8 {
      out.append(next)
      above = next.parent
    }
    return out
  }
}

public struct OfficesDataError: Error, Hashable, Sendable, CustomStringConvertible {
  public let problems: [String]
  public var description: String { "机构表有误：" + problems.joined(separator: "；") }
}
