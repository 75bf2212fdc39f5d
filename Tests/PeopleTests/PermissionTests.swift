import People
import Testing

/// The exact rights of every role. A change here is a change of office rules and is reviewed as one.
@Suite struct PermissionTests {
  static let table: [Role: Set<Permission>] = [
    .officer: [
      .seeMatters, .handleMatters, .seeCases, .workCases, .reportOnPatrol, .openSealed, .seeCompounds, .seeCatalogue, .correctUnderstanding,
    ],
    .squadLeader: [
      .seeMatters, .handleMatters, .leadMatters, .seeCases, .workCases, .leadCases, .dispatchMatters, .reportOnPatrol, .openSealed,
      .seeCompounds, .editCompounds,
      .seeCatalogue,
      .correctUnderstanding, .manageDuty, .makePlans, .writeBulletins,
    ],
    .dispatcher: [
      .seeMatters, .dispatchMatters, .importReports, .exportReports, .openSealed, .seeCompounds, .seeCatalogue, .correctUnderstanding,
      .keepCityLists,
    ],
    .legalReviewer: [.seeCases, .workCases, .seeCatalogue],
    .agencyHead: [.seeMatters, .seeCases, .workCases, .seeCompounds, .seeCatalogue],
    .districtManager: [
      .seeMatters, .seeCases, .superviseMatters, .exportReports, .seeCompounds, .editCompounds, .importCompounds, .seeCatalogue,
      .manageDuty, .makePlans, .issueLists, .assessEffects, .overrideGrades, .keepCityLists, .writeBulletins,
      .agreeToErasure,
    ],
    .cityManager: [
      .seeMatters, .seeCases, .superviseMatters, .exportReports, .seeCompounds, .seeCatalogue, .agreeToErasure, .issueLists, .assessEffects,
      .writeBulletins,
    ],
    .firmUser: [.reportForFirm, .seeOwnReports, .seeCatalogue],
    .committeeUser: [.reportForCommittee, .seeOwnReports, .seeCatalogue],
    .systemAdmin: [.administerSystem, .importCompounds, .seeCatalogue],
    .securityAdmin: [.administerAccounts, .eraseOnRequest, .agreeToErasure, .seeCatalogue],
    .auditAdmin: [.audit, .seeCatalogue],
  ]

  @Test(arguments: Role.allCases) func everyRoleHasExactlyItsRights(role: Role) {
    #expect(role.permissions == Self.table[role])
  }

  @Test func theThreeAdministratorsShareNothingAndSeeNoMatters() {
    let administrators = Role.allCases.filter(\.isAdministrator)
    #expect(administrators == [.systemAdmin, .securityAdmin, .auditAdmin])
    let powers: Set<Permission> = [.administerSystem, .administerAccounts, .audit]
    for role in Role.allCases {
      #expect(role.permissions.intersection(powers).count == (role.isAdministrator ? 1 : 0))
      if role.isAdministrator { #expect(role.permissions.isDisjoint(with: [.seeMatters, .handleMatters, .openSealed, .exportReports])) }
    }
  }

  @Test func everyRightIsSomebodys() {
    #expect(Role.allCases.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions) } == Set(Permission.allCases))
  }
}
