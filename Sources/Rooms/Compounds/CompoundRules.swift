import Kernel
import Offices

/// What a compound's figures may be, for the form and for the import alike.
public enum CompoundRules {
  /// The largest compounds of the city have some 12,000 households; beyond this it is a slip of the keyboard.
  public static let households = 1...30_000
  public static let buildings = 1...1_000
  /// The oldest lane houses that are still lived in are of the 1850s.
  public static let firstYear = 1850
  /// The city with Chongming and its islands, in WGS-84 degrees, a little generous at the borders.
  public static let latitudes = 30.66...31.90
  public static let longitudes = 120.84...122.30

  public static func isInShanghai(_ position: Coordinates) -> Bool {
    latitudes.contains(position.latitude) && longitudes.contains(position.longitude)
  }

  /// All that is wrong with a compound's fields.
  public static func check(_ edit: CompoundEdit, thisYear: Int) -> [Refusal] {
    var out: [Refusal] = []
    func no(_ field: String, _ message: String) {
      out.append(Refusal(.invalid, "compounds-" + field.replacing("_", with: "-"), message, field: field))
    }
    if edit.name.isEmpty { no("name", "小区名称不能为空。") }
    if edit.name.count > 60 { no("name", "小区名称最多 60 个字。") }
    if edit.address.count > 200 { no("address", "地址最多 200 个字。") }
    if let n = edit.households, !households.contains(n) {
      no("households", "户数 \(n.grouped) 不合理，应为 1 至 \(households.upperBound.grouped)。")
    }
    if let n = edit.buildings, !buildings.contains(n) { no("buildings", "楼栋数 \(n.grouped) 不合理，应为 1 至 \(buildings.upperBound.grouped)。") }
    if let y = edit.builtYear, !(firstYear...(thisYear + 1)).contains(y) { no("built_year", "建成年份 \(y) 不合理。") }
    if let position = edit.position, !isInShanghai(position) { no("position", "坐标不在上海：\(position.longitude)，\(position.latitude)。") }
    if let phone = edit.managerPhone, !isPhone(phone) { no("manager_phone", "项目经理电话格式有误。") }
    return out
  }

  static func isPhone(_ text: String) -> Bool {
    let digits = text.filter(\.isNumber).count
    return (5...20).contains(digits) && text.allSatisfy { $0.isNumber || "+-() （）转,/、 ".contains($0) }
  }
  /// Letters small, width folded, no white space: how names and addresses are compared and searched.
  public static func folded(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for var scalar in text.unicodeScalars {
      if (0xFF01...0xFF5E).contains(scalar.value) { scalar = Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar }
      if scalar.properties.isWhitespace { continue }
      out.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
    }
    return String(out)
  }
}

/// The fields of a compound that people may change.
public struct CompoundEdit: Sendable, Hashable {
  public var name: String
  public var squad: Office.ID
  public var address: String
  public var position: Coordinates?
  public var households: Int?
  public var buildings: Int?
  public var builtYear: Int?
  public var firm: Firm.ID?
  public var managerName: String?
  public var managerPhone: String?
  public var state: Compound.State
  public init(_ compound: Compound) {
    self.init(
      name: compound.name, squad: compound.squad, address: compound.address, position: compound.position, households: compound.households,
      buildings: compound.buildings, builtYear: compound.builtYear, firm: compound.firm, managerName: compound.managerName,
      managerPhone: compound.managerPhone, state: compound.state)
  }
  public init(
    name: String, squad: Office.ID, address: String, position: Coordinates? = nil, households: Int? = nil, buildings: Int? = nil,
    builtYear: Int? = nil, firm: Firm.ID? = nil, managerName: String? = nil, managerPhone: String? = nil, state: Compound.State = .active
  ) {
    self.name = name
    self.squad = squad
    self.address = address
    self.position = position
    self.households = households
    self.buildings = buildings
    self.builtYear = builtYear
    self.firm = firm
    self.managerName = managerName
    self.managerPhone = managerPhone
    self.state = state
  }

  /// Names of the fields that differ, each with its old and new text; a manager's name and phone are named only, being personal.
  func changes(from old: CompoundEdit) -> [String: [String]] {
    var out: [String: [String]] = [:]
    func add(_ field: String, _ before: String?, _ after: String?) {
      if before != after { out[field] = [before ?? "", after ?? ""] }
    }
    add("name", old.name, name)
    add("squad", String(old.squad.raw), String(squad.raw))
    add("address", old.address, address)
    add("latitude", old.position.map { String($0.latitude) }, position.map { String($0.latitude) })
    add("longitude", old.position.map { String($0.longitude) }, position.map { String($0.longitude) })
    add("households", old.households.map(String.init), households.map(String.init))
    add("buildings", old.buildings.map(String.init), buildings.map(String.init))
    add("built_year", old.builtYear.map(String.init), builtYear.map(String.init))
    add("firm", old.firm.map { String($0.raw) }, firm.map { String($0.raw) })
    add("state", old.state.rawValue, state.rawValue)
    if old.managerName != managerName { out["manager_name"] = [] }
    if old.managerPhone != managerPhone { out["manager_phone"] = [] }
    return out
  }
}
