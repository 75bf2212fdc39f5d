import Foundation
import Kernel
import Sheets

/// Which columns of a list hold which of our fields: a file of `Data/mappings`.
public struct CompoundMapping: Sendable, Hashable, Codable {
  public enum Field: String, Sendable, CaseIterable, Codable {
    case ref, name, aliases, address, district, street
    case streetCode = "street_code"
    case households, buildings
    case builtYear = "built_year"
    case firm
    case firmCode = "firm_code"
    case managerName = "manager_name"
    case managerPhone = "manager_phone"
    case residentsCommittee = "residents_committee"
    case ownersCommittee = "owners_committee"
    public var chinese: String {
      switch self {
      case .ref: "小区编号"
      case .name: "小区名称"
      case .aliases: "别名"
      case .address: "地址"
      case .district: "区"
      case .street: "街镇"
      case .streetCode: "街镇代码"
      case .households: "户数"
      case .buildings: "楼栋数"
      case .builtYear: "建成年份"
      case .firm: "物业企业"
      case .firmCode: "物业企业信用代码"
      case .managerName: "项目经理"
      case .managerPhone: "项目经理电话"
      case .residentsCommittee: "居委会"
      case .ownersCommittee: "业委会"
      }
    }
  }
  public enum Datum: String, Sendable, CaseIterable, Codable { case wgs84, gcj02, bd09 }
  public struct Position: Sendable, Hashable, Codable {
    public let datum: Datum
    public let longitude: [String]
    public let latitude: [String]
    public init(datum: Datum, longitude: [String], latitude: [String]) {
      self.datum = datum
      self.longitude = longitude
      self.latitude = latitude
    }
  }
  public let title: String
  public let fields: [Field: [String]]
  public let positions: [Position]
  /// A street that exists once in the city is trusted more than the district beside it.
  public let streetDecides: Bool

  public init(title: String, fields: [Field: [String]], positions: [Position], streetDecides: Bool = false) {
    self.title = title
    self.fields = fields
    self.positions = positions
    self.streetDecides = streetDecides
  }
  public init(file: URL) throws {
    try self.init(json: Data(contentsOf: file), name: file.lastPathComponent)
  }
  /// - Throws: `DataFileError` with all that is wrong.
  public init(json: Data, name: String) throws(DataFileError) {
    self = try DataFile.read(json, file: name) { root in
      root.object("title", "fields", "positions", "street_decides")
      var fields: [Field: [String]] = [:]
      let node = root["fields"]
      for key in node.keys {
        if let field = Field(rawValue: key) { fields[field] = node[key].strings() } else { node.problem("unknown field \"\(key)\"") }
      }
      if fields[.name] == nil { node.problem("needs \"name\"") }
      if fields[.street] == nil, fields[.streetCode] == nil { node.problem("needs \"street\" or \"street_code\"") }
      return CompoundMapping(
        title: root["title"].string(), fields: fields,
        positions: root["positions"].optionalList().map { entry in
          entry.object("datum", "longitude", "latitude")
          return Position(
            datum: entry["datum"].choice(.wgs84), longitude: entry["longitude"].strings(), latitude: entry["latitude"].strings())
        }, streetDecides: root["street_decides"].isAbsent ? false : root["street_decides"].bool())
    }
  }

  /// The mapping's columns in one table.
  struct Columns {
    var fields: [Field: [Int]] = [:]
    var positions: [(datum: Datum, longitude: Int, latitude: Int)] = []
  }
  func columns(in table: Table) -> Columns {
    var out = Columns()
    for (field, names) in fields {
      let found = names.compactMap(table.column)
      if !found.isEmpty { out.fields[field] = found }
    }
    for position in positions {
      if let longitude = table.column(anyOf: position.longitude), let latitude = table.column(anyOf: position.latitude) {
        out.positions.append((position.datum, longitude, latitude))
      }
    }
    return out
  }
}
