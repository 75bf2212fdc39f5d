import Kernel
import Offices
import Storage

/// Who is acting: an account as the doors and commands see it.
public struct Person: Sendable, Hashable {
  public typealias ID = Identifier<Person>
  public let id: ID
  public let login: String
  public let name: String
  public let role: Role
  /// The squad, district or city office; nil for a firm's or committee's user.
  public let office: Office.ID?
  public let officeName: String
  /// The district of the office, when it has one.
  public let district: Office.ID?
  /// The firm of a firm's user (`firm.id`).
  public let firm: Int64?
  /// The committee of a committee's user (`committee.id`).
  public let committee: Int64?
  public init(
    id: ID, login: String, name: String, role: Role, office: Office.ID?, officeName: String, district: Office.ID?, firm: Int64? = nil,
    committee: Int64? = nil
  ) {
    self.id = id
    self.login = login
    self.name = name
    self.role = role
    self.office = office
    self.officeName = officeName
    self.district = district
    self.firm = firm
    self.committee = committee
  }
  public var actor: Actor { Actor(account: id.raw, name: officeName.isEmpty ? name : "\(name)（\(officeName)）") }
  public func may(_ permission: Permission) -> Bool { role.permissions.contains(permission) }
  /// Throws the refusal that every door turns into its no-permission page.
  public func require(_ permission: Permission) throws(Refusal) {
    if !may(permission) { throw Refusal(.forbidden, "people-not-permitted", "您的岗位（\(role.chinese)）不能办理此事，请联系本单位的安全管理员。") }
  }
}

/// How far a person sees. Turned into a condition on rows, so that a list never holds what is not theirs.
public enum Scope: Sendable, Hashable {
  case city
  case district(Office.ID)
  case squad(Office.ID)
  /// Reports of one's own firm, in one's own compounds.
  case firm(Int64)
  case committee(Int64)
  case nothing

  public init(of person: Person) {
    self =
      switch person.role {
      case .cityManager: .city
      case .districtManager: person.district.map(Scope.district) ?? .nothing
      // These sit with a district or with a squad.
      case .dispatcher, .legalReviewer, .agencyHead:
        if let office = person.office { office == person.district ? .district(office) : .squad(office) } else { .nothing }
      case .officer, .squadLeader: person.office.map(Scope.squad) ?? .nothing
      case .firmUser: person.firm.map(Scope.firm) ?? .nothing
      case .committeeUser: person.committee.map(Scope.committee) ?? .nothing
      case .systemAdmin, .securityAdmin, .auditAdmin: .nothing
      }
  }
}

extension Scope {
  /// Rows of what belongs to squads, on the columns `squad_id` and `district_id` of a table.
  public func rows(of table: String) -> Query {
    switch self {
    case .city: "1 = 1"
    case .district(let id): "\(raw: table).district_id = \(id)"
    case .squad(let id): "\(raw: table).squad_id = \(id)"
    case .firm, .committee, .nothing: "1 = 0"
    }
  }
}
