import Kernel
import Offices

/// What an account may be, decided without looking anything up.
public enum AccountRules {
  /// Two to forty small letters, digits, dots, dashes or underscores, beginning with a letter or digit.
  public static func checkLogin(_ login: String) throws(Refusal) {
    let bytes = Array(login.utf8)
    let plain = bytes.allSatisfy { (48...57).contains($0) || (97...122).contains($0) || $0 == 45 || $0 == 46 || $0 == 95 }
    guard (2...40).contains(bytes.count), plain, let first = bytes.first, first >= 48, first != 95 else {
      throw Refusal(.invalid, "people-login-form", "登录名为 2 到 40 位小写字母、数字、点、横线或下划线，以字母或数字开头。", field: "login")
    }
  }
  public static func checkName(_ name: String) throws(Refusal) {
    guard (1...40).contains(name.count), !name.contains(where: \.isNewline) else {
      throw Refusal(.invalid, "people-name-form", "请填写姓名，最多 40 个字。", field: "name")
    }
  }

  /// Where each role sits.
  /// - Parameter office: the office the account names, when it names one.
  public static func checkPost(_ new: NewAccount, office: Office?) throws(Refusal) {
    func no(_ message: String, _ field: String) -> Refusal { Refusal(.invalid, "people-post", message, field: field) }
    switch new.role {
    case .officer, .squadLeader:
      guard let office, office.kind.takesMatters else { throw no("\(new.role.chinese)须属于一支执法队。", "office") }
    case .dispatcher:
      guard let office, office.kind.takesMatters || office.kind == .district else { throw no("派单员须属于区局或一支执法队。", "office") }
    case .legalReviewer, .agencyHead:
      guard let office, office.kind.takesMatters || office.kind == .district else { throw no("\(new.role.chinese)须属于区局或一支执法队。", "office") }
    case .districtManager:
      guard let office, office.kind == .district else { throw no("区局管理员须属于区局。", "office") }
    case .cityManager:
      guard let office, [.bureau, .division, .brigade].contains(office.kind) else { throw no("市局管理员须属于市局。", "office") }
    case .firmUser:
      guard new.firm != nil else { throw no("物业账号须指明物业企业。", "firm") }
    case .committeeUser:
      guard new.committee != nil else { throw no("居委会、业委会账号须指明所属居委会或业委会。", "committee") }
    case .systemAdmin, .securityAdmin, .auditAdmin: break
    }
    if new.role != .firmUser, new.firm != nil { throw no("只有物业账号可以指明物业企业。", "firm") }
    if new.role != .committeeUser, new.committee != nil { throw no("只有居委会、业委会账号可以指明居委会或业委会。", "committee") }
    if [.firmUser, .committeeUser].contains(new.role), new.office != nil { throw no("物业、居委会、业委会账号不属于执法机构。", "office") }
  }

  /// Separation of powers: nobody changes their own post, and whoever held one of the three administrators' offices never gets another.
  /// - Source: GB/T 22239-2019 8.1.5 (系统管理、审计管理、安全管理 are kept apart).
  public static func checkChange(from old: Role, to new: Role, of target: Person.ID, by actor: Person) throws(Refusal) {
    if target == actor.id { throw Refusal(.forbidden, "people-own-role", "不能变更自己的岗位，请由另一位安全管理员办理。", field: "role") }
    if old != new, old.isAdministrator, new.isAdministrator {
      throw Refusal(.conflict, "people-separation", "系统、安全、审计三类管理员不得由同一账号担任，请停用原账号后另建。", field: "role")
    }
    if old.isAdministrator != new.isAdministrator {
      throw Refusal(.conflict, "people-separation", "管理员账号与业务账号不得互换，请另建账号。", field: "role")
    }
  }

  /// How long a log-in stays locked after so many wrong passwords in a row: minutes, nil before the fifth.
  /// Doubles with each further one, four hours at most: longer would let a stranger keep an officer out for a day.
  public static func lockMinutes(afterFailures count: Int) -> Int? {
    count < failuresBeforeLock ? nil : min(240, 15 << min(count - failuresBeforeLock, 8))
  }
  public static let failuresBeforeLock = 5
}

extension Role {
  /// The three that keep the machine and see no matters.
  public var isAdministrator: Bool { [.systemAdmin, .securityAdmin, .auditAdmin].contains(self) }
}
