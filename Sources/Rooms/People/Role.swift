/// What a person is in the office. Code asks for permissions, never for roles by name.
public enum Role: String, Sendable, CaseIterable, Codable {
  case officer, squadLeader, dispatcher, legalReviewer, agencyHead, districtManager, cityManager, firmUser, committeeUser, systemAdmin
  case securityAdmin, auditAdmin

  public var chinese: String {
    switch self {
    case .officer: "执法队员"
    case .squadLeader: "中队长"
    case .dispatcher: "派单员"
    case .legalReviewer: "法制审核员"
    case .agencyHead: "机关负责人"
    case .districtManager: "区局管理员"
    case .cityManager: "市局管理员"
    case .firmUser: "物业企业"
    case .committeeUser: "居委会 / 业委会"
    case .systemAdmin: "系统管理员"
    case .securityAdmin: "安全管理员"
    case .auditAdmin: "审计管理员"
    }
  }

  public var permissions: Set<Permission> {
    switch self {
    case .officer:
      [
        .seeMatters, .handleMatters, .seeCases, .workCases, .reportOnPatrol, .openSealed, .seeCompounds, .seeCatalogue,
        .correctUnderstanding,
      ]
    case .squadLeader:
      [
        .seeMatters, .handleMatters, .leadMatters, .seeCases, .workCases, .leadCases, .reportOnPatrol, .openSealed, .seeCompounds,
        .editCompounds, .seeCatalogue,
        .correctUnderstanding,
        .dispatchMatters, .manageDuty, .makePlans, .writeBulletins,
      ]
    case .dispatcher:
      [
        .seeMatters, .dispatchMatters, .importReports, .exportReports, .openSealed, .seeCompounds, .seeCatalogue, .correctUnderstanding,
        .keepCityLists,
      ]
    case .legalReviewer: [.seeCases, .workCases, .seeCatalogue]
    case .agencyHead: [.seeMatters, .seeCases, .workCases, .seeCompounds, .seeCatalogue]
    case .districtManager:
      [
        .seeMatters, .superviseMatters, .seeCases, .exportReports, .seeCompounds, .editCompounds, .seeCatalogue, .importCompounds,
        .manageDuty, .makePlans, .issueLists, .assessEffects, .overrideGrades, .keepCityLists, .writeBulletins,
        .agreeToErasure,
      ]
    case .cityManager:
      [
        .seeMatters, .superviseMatters, .seeCases, .exportReports, .seeCompounds, .seeCatalogue, .agreeToErasure, .issueLists,
        .assessEffects, .writeBulletins,
      ]
    case .firmUser: [.reportForFirm, .seeOwnReports, .seeCatalogue]
    case .committeeUser: [.reportForCommittee, .seeOwnReports, .seeCatalogue]
    case .systemAdmin: [.administerSystem, .importCompounds, .seeCatalogue]
    case .securityAdmin: [.administerAccounts, .eraseOnRequest, .agreeToErasure, .seeCatalogue]
    case .auditAdmin: [.audit, .seeCatalogue]
    }
  }
}

/// One thing somebody may do. Routes and commands name the permission they need.
public enum Permission: String, Sendable, CaseIterable, Codable {
  /// See the matters within one's scope.
  case seeMatters
  /// Accept, contact, visit, find, measure, reply.
  case handleMatters
  /// Approve, send back, assign, grant delay.
  case leadMatters
  case dispatchMatters
  /// Urge and supervise from above.
  case superviseMatters
  case correctUnderstanding
  /// See the cases within one's scope.
  case seeCases
  /// Take the steps of a case that its table gives to one's part in it.
  case workCases
  /// Officers' certificates, who handles a case, 诉转案 decisions.
  case leadCases
  case importReports, exportReports
  /// Open a sealed identity or the unmasked words, for a stated purpose.
  case openSealed
  case reportOnPatrol, reportForFirm, reportForCommittee
  /// See what became of one's own reports.
  case seeOwnReports
  case seeCompounds, editCompounds, importCompounds
  case seeCatalogue
  /// Deputies and the duty roster.
  case manageDuty
  /// Offices, jobs, configuration, the state of the machine: no matters, no accounts.
  case administerSystem
  /// Accounts, roles, lock-outs: no matters, no journal.
  case administerAccounts
  /// Ask that a report's personal data be erased, because its person does (个人信息保护法 47).
  case eraseOnRequest
  /// Be the second person without whom nothing is erased on request; see what is kept how long and what was erased.
  case agreeToErasure
  /// The journal, looks at sealed identity, sign-ins: changes nothing.
  case audit
  /// Decide what is done about what is complained of again and again.
  case makePlans
  /// Issue and import lists of compounds to be looked after.
  case issueLists
  /// Have it reckoned whether a campaign or a pilot helped.
  case assessEffects
  /// Give a compound another grade than the rules do, for a time.
  case overrideGrades
  /// Enter the city's lists, send appeals to the city, enter what it answers.
  case keepCityLists
  /// Draft, edit and issue the bulletins of one's office.
  case writeBulletins
}
