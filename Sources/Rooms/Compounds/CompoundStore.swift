import Kernel
import Offices
import People
import Storage

/// A compound with the names around it, for lists and pages.
public struct CompoundCard: Sendable, Hashable {
  public let compound: Compound
  /// "徐泾中队"
  public let squadName: String
  /// "青浦区局"
  public let districtName: String
  public let firmName: String?
}

public struct CompoundFilter: Sendable, Hashable {
  /// Words of name, alias or address; all must be there.
  public var text: String?
  public var district: Office.ID?
  public var squad: Office.ID?
  public var firm: Firm.ID?
  /// Nil for both.
  public var state: Compound.State?
  public init(
    text: String? = nil, district: Office.ID? = nil, squad: Office.ID? = nil, firm: Firm.ID? = nil, state: Compound.State? = .active
  ) {
    self.text = text
    self.district = district
    self.squad = squad
    self.firm = firm
    self.state = state
  }
}

/// What the reader of free text knows a compound by.
public struct CompoundPlace: Sendable, Hashable {
  public let id: Int64
  public let name: String
  public let aliases: [String]
  public let addresses: [String]
  /// "青浦区"
  public let district: String
  /// "徐泾镇"
  public let street: String
  public init(id: Int64, name: String, aliases: [String], addresses: [String], district: String, street: String) {
    self.id = id
    self.name = name
    self.aliases = aliases
    self.addresses = addresses
    self.district = district
    self.street = street
  }
}

public enum CompoundStore {
  static let columns: Query = """
    c.id, c.no, c.name, c.squad_id, c.district_id, c.address, c.latitude, c.longitude, c.households, c.buildings, c.built_year, c.firm_id,
    c.manager_name, c.manager_phone, c.state, c.updated_at
    """
  static func compound(_ row: ResultRow) throws -> Compound {
    let position: Coordinates? =
      if let latitude = try row.optionalDouble("latitude"), let longitude = try row.optionalDouble("longitude") {
        Coordinates(latitude: latitude, longitude: longitude)
      } else { nil }
    return Compound(
      id: try row.id("id"), no: try row.text("no"), name: try row.text("name"), squad: try row.id("squad_id"),
      district: try row.id("district_id"), address: try row.text("address"), position: position,
      households: try row.optionalInt("households").map(Int.init), buildings: try row.optionalInt("buildings").map(Int.init),
      builtYear: try row.optionalInt("built_year").map(Int.init), firm: try row.optionalID("firm_id"),
      managerName: try row.optionalText("manager_name"), managerPhone: try row.optionalText("manager_phone"),
      state: try row.choice("state"),
      updatedAt: try row.moment("updated_at"))
  }

  public static func find(_ id: Compound.ID, _ db: any Reader) throws -> Compound? {
    try db.first("SELECT \(columns) FROM compound c WHERE c.id = \(id)").map(compound)
  }
  /// By the number on the code residents scan, as typed: small letters, spaces and O, I, L for 0 and 1 are forgiven.
  public static func find(no: some StringProtocol, _ db: any Reader) throws -> Compound? {
    guard let no = Secrets.code(typed: no, length: 8) else { return nil }
    return try db.first("SELECT \(columns) FROM compound c WHERE c.no = \(no)").map(compound)
  }

  /// The rows a person may see.
  public static func condition(_ scope: Scope) -> Query {
    switch scope {
    case .city: "1 = 1"
    case .district(let id): "c.district_id = \(id)"
    case .squad(let id): "c.squad_id = \(id)"
    case .firm(let id): "c.firm_id = \(id)"
    case .committee(let id): "c.id IN (SELECT compound_id FROM committee_compound WHERE committee_id = \(id))"
    case .nothing: "1 = 0"
    }
  }
  static func condition(_ filter: CompoundFilter) -> Query {
    var conditions: [Query] = []
    if let state = filter.state { conditions.append("c.state = \(state)") }
    if let district = filter.district { conditions.append("c.district_id = \(district)") }
    if let squad = filter.squad { conditions.append("c.squad_id = \(squad)") }
    if let firm = filter.firm { conditions.append("c.firm_id = \(firm)") }
    for word in (filter.text ?? "").split(whereSeparator: \.isWhitespace).prefix(6) {
      let escaped = CompoundRules.folded(String(word)).replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
      conditions.append("c.search LIKE \("%" + escaped + "%") ESCAPE '\\'")
    }
    return conditions.conjunction
  }

  /// In the order of names; `after` is the last one already shown.
  public static func list(
    _ filter: CompoundFilter = CompoundFilter(), scope: Scope, after: Compound.ID? = nil, limit: Int = 50, _ db: any Reader
  ) throws -> [CompoundCard] {
    var conditions = [condition(scope), condition(filter)]
    if let after, let last = try find(after, db) { conditions.append("(c.name, c.id) > (\(last.name), \(last.id))") }
    return try db.all(
      """
      SELECT \(columns), s.short AS squad_name, d.short AS district_name, f.name AS firm_name FROM compound c
      JOIN office s ON s.id = c.squad_id JOIN office d ON d.id = c.district_id LEFT JOIN firm f ON f.id = c.firm_id
      WHERE \(conditions.conjunction) ORDER BY c.name, c.id LIMIT \(limit)
      """
    ).map(card)
  }
  public static func count(_ filter: CompoundFilter = CompoundFilter(), scope: Scope, _ db: any Reader) throws -> Int {
    Int(try db.number("SELECT count(*) AS n FROM compound c WHERE \(condition(scope)) AND \(condition(filter))"))
  }
  /// One compound within a scope; nil when there is none or it is not this person's to see.
  public static func card(_ id: Compound.ID, scope: Scope, _ db: any Reader) throws -> CompoundCard? {
    try db.first(
      """
      SELECT \(columns), s.short AS squad_name, d.short AS district_name, f.name AS firm_name FROM compound c
      JOIN office s ON s.id = c.squad_id JOIN office d ON d.id = c.district_id LEFT JOIN firm f ON f.id = c.firm_id
      WHERE c.id = \(id) AND \(condition(scope))
      """
    ).map(card)
  }
  static func card(_ row: ResultRow) throws -> CompoundCard {
    CompoundCard(
      compound: try compound(row), squadName: try row.text("squad_name"), districtName: try row.text("district_name"),
      firmName: try row.optionalText("firm_name"))
  }

  public static func aliases(of id: Compound.ID, _ db: any Reader) throws -> [String] {
    try db.all("SELECT alias FROM compound_alias WHERE compound_id = \(id) ORDER BY id").map { try $0.text("alias") }
  }
  /// Further addresses beside `Compound.address`.
  public static func addresses(of id: Compound.ID, _ db: any Reader) throws -> [String] {
    try db.all("SELECT text FROM compound_address WHERE compound_id = \(id) ORDER BY id").map { try $0.text("text") }
  }
  public static func buildings(of id: Compound.ID, _ db: any Reader) throws -> [String] {
    try db.all("SELECT name FROM building WHERE compound_id = \(id) ORDER BY id").map { try $0.text("name") }
  }
  /// The officer in charge on a day, without regard to deputies.
  public static func officer(of id: Compound.ID, on day: Day, _ db: any Reader) throws -> Person.ID? {
    try db.first(
      "SELECT account_id FROM compound_officer WHERE compound_id = \(id) AND from_day <= \(day) ORDER BY from_day DESC LIMIT 1"
    )?.optionalID("account_id")
  }
  /// The compounds somebody has charge of on a day.
  public static func compounds(of officer: Person.ID, on day: Day, _ db: any Reader) throws -> [Compound] {
    try db.all(
      """
      SELECT \(columns) FROM compound_officer o JOIN compound c ON c.id = o.compound_id
      WHERE o.account_id = \(officer) AND c.state = 'active' AND o.from_day = (
        SELECT max(x.from_day) FROM compound_officer x WHERE x.compound_id = o.compound_id AND x.from_day <= \(day))
      ORDER BY c.name, c.id
      """
    ).map(compound)
  }

  /// Every active compound by all its names, for the locator of free text.
  public static func places(_ db: any Reader) throws -> [CompoundPlace] {
    let offices = OfficeTree(try OfficeStore.all(db))
    var aliases: [Int64: [String]] = [:]
    for row in try db.all("SELECT compound_id, alias FROM compound_alias ORDER BY id") {
      aliases[try row.int("compound_id"), default: []].append(try row.text("alias"))
    }
    var addresses: [Int64: [String]] = [:]
    for row in try db.all("SELECT compound_id, text FROM compound_address ORDER BY id") {
      addresses[try row.int("compound_id"), default: []].append(try row.text("text"))
    }
    return try db.all("SELECT id, name, address, squad_id, district_id FROM compound WHERE state = 'active' ORDER BY id").map { row in
      let id = try row.int("id")
      let main = try row.text("address")
      return CompoundPlace(
        id: id, name: try row.text("name"), aliases: aliases[id] ?? [], addresses: (main.isEmpty ? [] : [main]) + (addresses[id] ?? []),
        district: offices[try row.id("district_id")].map(OfficeTree.areaName) ?? "",
        street: offices[try row.id("squad_id")].map(OfficeTree.areaName) ?? "")
    }
  }

  // MARK: Writing

  static func insert(_ compound: Compound, sourceKey: String? = nil, digest: String? = nil, at now: Moment, _ db: any Writer) throws {
    try db.run(
      """
      INSERT INTO compound (id, no, name, squad_id, district_id, address, latitude, longitude, households, buildings, built_year, firm_id,
        manager_name, manager_phone, state, search, source_key, source_digest, created_at, updated_at)
      VALUES (\(compound.id), \(compound.no), \(compound.name), \(compound.squad), \(compound.district), \(compound.address),
        \(compound.position?.latitude), \(compound.position?.longitude), \(compound.households), \(compound.buildings), \(compound.builtYear),
        \(compound.firm), \(compound.managerName), \(compound.managerPhone), \(compound.state), \(search(compound)), \(sourceKey), \(digest),
        \(now), \(now))
      """)
  }
  static func update(_ compound: Compound, at now: Moment, _ db: any Writer) throws {
    try db.run(
      """
      UPDATE compound SET name = \(compound.name), squad_id = \(compound.squad), district_id = \(compound.district),
        address = \(compound.address), latitude = \(compound.position?.latitude), longitude = \(compound.position?.longitude),
        households = \(compound.households), buildings = \(compound.buildings), built_year = \(compound.builtYear), firm_id = \(compound.firm),
        manager_name = \(compound.managerName), manager_phone = \(compound.managerPhone), state = \(compound.state), updated_at = \(now)
      WHERE id = \(compound.id)
      """)
    try refreshSearch(compound, db)
  }
  /// The text that lists search in: name, address, aliases, further addresses and the public number.
  static func refreshSearch(_ compound: Compound, _ db: any Writer) throws {
    let more = try aliases(of: compound.id, db) + addresses(of: compound.id, db)
    try db.run("UPDATE compound SET search = \(search(compound, more)) WHERE id = \(compound.id)")
  }
  static func search(_ compound: Compound, _ more: [String] = []) -> String {
    ([compound.name, compound.address] + more + [compound.no]).map(CompoundRules.folded).joined(separator: " ")
  }
  /// A number nobody has yet. Forty random bits: a clash is not to be expected, and is looked for all the same.
  static func freeNumber(_ table: StaticString, _ db: any Reader) throws -> String {
    for _ in 0..<8 {
      let no = Secrets.code(length: 8)
      if try !db.exists("SELECT no FROM \(raw: "\(table)") WHERE no = \(no)") { return no }
    }
    throw StorageError.other("no free number")
  }
}
