import Kernel
import Offices

/// A residential compound 小区: where every report and matter of this program takes place.
public struct Compound: Sendable, Hashable {
  public typealias ID = Identifier<Compound>
  public let id: ID
  /// Public number, 8 characters of Crockford's base 32: stands in the address of the code residents scan, so it is random and never reused.
  public let no: String
  public var name: String
  public var squad: Office.ID
  public var district: Office.ID
  public var address: String
  public var position: Coordinates?
  /// 1 … 30,000; nil when unknown.
  public var households: Int?
  /// 1 … 1,000; nil when unknown.
  public var buildings: Int?
  public var builtYear: Int?
  public var firm: Firm.ID?
  public var managerName: String?
  public var managerPhone: String?
  public var state: State
  public let updatedAt: Moment
  public enum State: String, Sendable, CaseIterable, Codable {
    /// In the register and handled.
    case active
    /// Torn down, merged or entered by mistake: kept for its history, offered to nobody.
    case closed
    public var chinese: String {
      switch self {
      case .active: "在管"
      case .closed: "停用"
      }
    }
  }
  public init(
    id: ID, no: String, name: String, squad: Office.ID, district: Office.ID, address: String, position: Coordinates? = nil,
    households: Int? = nil,
    buildings: Int? = nil, builtYear: Int? = nil, firm: Firm.ID? = nil, managerName: String? = nil, managerPhone: String? = nil,
    state: State = .active, updatedAt: Moment
  ) {
    self.id = id
    self.no = no
    self.name = name
    self.squad = squad
    self.district = district
    self.address = address
    self.position = position
    self.households = households
    self.buildings = buildings
    self.builtYear = builtYear
    self.firm = firm
    self.managerName = managerName
    self.managerPhone = managerPhone
    self.state = state
    self.updatedAt = updatedAt
  }
}

/// A property management firm 物业服务企业.
public struct Firm: Sendable, Hashable {
  public typealias ID = Identifier<Firm>
  public let id: ID
  public let name: String
  /// 统一社会信用代码, 18 characters.
  public let creditCode: String?
  public let phone: String?
  public init(id: ID, name: String, creditCode: String? = nil, phone: String? = nil) {
    self.id = id
    self.name = name
    self.creditCode = creditCode
    self.phone = phone
  }
  /// By which one firm written in two ways is recognised: no spaces, full stops or brackets' width.
  public static func folded(_ name: String) -> String {
    var out = ""
    for scalar in name.lowercased().unicodeScalars {
      switch scalar {
      case "。", ".", " ", "　", "\t", ",", "，", "、", ";", "；": continue
      case "(": out.unicodeScalars.append("（")
      case ")": out.unicodeScalars.append("）")
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}

/// 居委会 or 业委会: may speak for several compounds.
public struct Committee: Sendable, Hashable {
  public typealias ID = Identifier<Committee>
  public let id: ID
  public let kind: Kind
  public let name: String
  public let phone: String?
  public enum Kind: String, Sendable, CaseIterable, Codable {
    case residents, owners
    public var chinese: String {
      switch self {
      case .residents: "居委会"
      case .owners: "业委会"
      }
    }
  }
  public init(id: ID, kind: Kind, name: String, phone: String? = nil) {
    self.id = id
    self.kind = kind
    self.name = name
    self.phone = phone
  }
}

/// 城管社区工作室: the squad's place in the neighbourhood.
public struct Studio: Sendable, Hashable {
  public typealias ID = Identifier<Studio>
  public let id: ID
  public let squad: Office.ID
  /// Public number for the studio's own code, 8 characters as a compound's.
  public let no: String
  public let name: String
  public let address: String
  /// "工作日 9:00–11:30，13:30–17:00"
  public let hours: String
  public let phone: String?
  public let position: Coordinates?
  public let state: State
  public enum State: String, Sendable, CaseIterable, Codable {
    case open, closed
    public var chinese: String {
      switch self {
      case .open: "开放"
      case .closed: "停用"
      }
    }
  }
  public init(
    id: ID, squad: Office.ID, no: String, name: String, address: String, hours: String, phone: String? = nil, position: Coordinates? = nil,
    state: State = .open
  ) {
    self.id = id
    self.squad = squad
    self.no = no
    self.name = name
    self.address = address
    self.hours = hours
    self.phone = phone
    self.position = position
    self.state = state
  }
}
