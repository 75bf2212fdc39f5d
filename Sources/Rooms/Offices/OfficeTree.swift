import Kernel

/// All offices at one moment, found by the names people write in their lists: "徐汇", "徐汇区", "湖南路街道", "徐泾".
public struct OfficeTree: Sendable {
  public let offices: [Office]
  private let byID: [Office.ID: Office]
  private let districts: [String: Office]
  /// By district and folded name of the area; nil where two squads share it.
  private let squads: [Office.ID: [String: Office?]]
  private let byArea: [String: Office]

  public init(_ offices: [Office]) {
    self.offices = offices
    byID = Dictionary(offices.map { ($0.id, $0) }) { first, _ in first }
    var districts: [String: Office] = [:]
    var squads: [Office.ID: [String: Office?]] = [:]
    var byArea: [String: Office] = [:]
    for office in offices {
      if office.kind == .district {
        for name in [Self.areaName(of: office), office.short, office.code] + [office.area].compactMap(\.self) {
          districts[Self.stem(name, Self.districtEndings)] = office
          districts[name] = office
        }
      } else if office.kind.takesMatters, let district = office.district {
        let name = Self.areaName(of: office)
        for key in Set([name, Self.stem(name, Self.streetEndings), office.short, office.code, office.name]) {
          if let taken = squads[district]?[key], taken?.id != office.id {
            squads[district]?[key] = .some(nil)
          } else {
            squads[district, default: [:]][key] = .some(office)
          }
        }
        if office.kind == .squad, let area = office.area { byArea[area] = office }
      }
    }
    // A full name beats another squad's stem.
    for office in offices where office.kind == .squad {
      if let district = office.district { squads[district]?[Self.areaName(of: office)] = .some(office) }
    }
    self.districts = districts
    self.squads = squads
    self.byArea = byArea
  }

  public subscript(_ id: Office.ID) -> Office? { byID[id] }

  /// "徐汇", "徐汇区", "310104".
  public func district(named name: String) -> Office? {
    let name = Self.trimmed(name)
    return districts[name] ?? districts[Self.stem(name, Self.districtEndings)]
  }
  /// "湖南路街道", "湖南路", "徐泾镇", within a district.
  public func squad(named name: String, in district: Office.ID) -> Office? {
    let name = Self.trimmed(name)
    guard let named = squads[district] else { return nil }
    if let found = named[name] { return found }
    return named[Self.stem(name, Self.streetEndings)] ?? nil
  }
  /// The squad of a sub-district or town, wherever its name is not used twice.
  public func squad(named name: String) -> Office? {
    let found = squads.keys.compactMap { squad(named: name, in: $0) }
    return found.count == 1 ? found[0] : nil
  }
  /// By official area code, nine digits.
  public func squad(area code: String) -> Office? { byArea[code] }

  static let districtEndings = ["新区", "区"]
  static let streetEndings = ["街道办事处", "街道", "镇", "乡"]
  static let officeEndings = [
    "城市管理行政执法局", "城市管理行政执法大队", "城市管理综合行政执法局", "综合行政执法大队", "综合行政执法队", "城市管理行政执法中队", "城管执法局", "城管中队",
  ]

  /// "徐泾镇" of 徐泾镇综合行政执法队, "青浦区" of 上海市青浦区城市管理行政执法局.
  public static func areaName(of office: Office) -> String {
    var name = office.name
    if name.hasPrefix("上海市"), name.count > 3 { name.removeFirst(3) }
    return stem(name, officeEndings)
  }
  /// The name without the first of the endings it has, unless nothing of two characters would remain.
  static func stem(_ name: String, _ endings: [String]) -> String {
    for ending in endings where name.hasSuffix(ending) && name.count >= ending.count + 2 { return String(name.dropLast(ending.count)) }
    return name
  }
  static func trimmed(_ name: String) -> String {
    let name = name.filter { !$0.isWhitespace }
    return name.hasPrefix("上海市") && name.count > 3 ? String(name.dropFirst(3)) : name
  }
}
