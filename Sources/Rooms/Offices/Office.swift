import Kernel
import Storage

/// A unit of government that does or steers the work: 市局、区局、街镇综合行政执法队 and the departments around them.
public struct Office: Sendable, Hashable {
  public typealias ID = Identifier<Office>
  public let id: ID
  /// Official code: 310000 the city, 6 digits a district, 9 digits a sub-district or town; ours for what has none.
  public let code: String
  /// "徐泾镇综合行政执法队"
  public let name: String
  /// "徐泾中队"
  public let short: String
  public let kind: Kind
  public let parent: ID?
  /// The district an office belongs to; its own id for a district, nil for the city's.
  public let district: ID?
  /// The administrative area it works in, as the official code; nil where it has none of its own.
  public let area: String?
  public enum Kind: String, Sendable, CaseIterable, Codable {
    /// 市局
    case bureau
    /// 市局处室
    case division
    /// 市局执法总队
    case brigade
    /// 区局
    case district
    /// 街镇综合行政执法队
    case squad
    /// 特定区域执法大队
    case special
    /// 其他部门: where a matter out of scope goes
    case department
    /// Units that take matters from a compound.
    public var takesMatters: Bool { self == .squad || self == .special || self == .brigade }
  }
  public init(id: ID, code: String, name: String, short: String, kind: Kind, parent: ID?, district: ID?, area: String? = nil) {
    self.id = id
    self.code = code
    self.name = name
    self.short = short
    self.kind = kind
    self.parent = parent
    self.district = district
    self.area = area
  }
}
