import Kernel
import Storage

/// Who must, and who may, prove themselves by a second factor (两步验证): the password, and a code of their own phone.
public enum SecondFactorRules {
  /// Roles that come in only with a second factor: whoever reviews or decides cases, oversees others' work or keeps the machine.
  public static let roles: Set<Role> = [
    .legalReviewer, .agencyHead, .districtManager, .cityManager, .systemAdmin, .securityAdmin, .auditAdmin,
  ]

  /// - Parameters:
  ///   - demonstration: the account's own mark.
  ///   - inDemonstration: the store's. Only both together exempt: a real office has neither, whatever an account claims.
  public static func mustHave(_ role: Role, demonstration: Bool, inDemonstration: Bool) -> Bool {
    roles.contains(role) && !(demonstration && inDemonstration)
  }
}

/// How far somebody has come in.
public enum SignInStage: Sendable, Hashable {
  /// The password was right, the code has not been asked yet.
  case codeDue
  /// A password of one's own must be chosen.
  case passwordDue
  /// The role needs a second factor and there is none yet.
  case enrolmentDue
  case whole
}
