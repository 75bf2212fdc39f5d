import Kernel
import People
import Storage
import TestHouse
import Testing

@Suite struct AccountsTests {
  @Test func aNewOfficerChoosesTheirOwnPassword() async throws {
    let fixture = try await PeopleFixture.make()
    let new = NewAccount(login: "Xin.Ren", name: "新人", role: .officer, office: try fixture.office("徐泾中队"))
    let once = try await Accounts.create(new, by: try fixture.person("sec"), in: fixture.house)
    let (_, signedIn) = try await fixture.signIn("xin.ren", once.password)
    #expect(signedIn.mustChange && signedIn.person.name == "新人")
    try await SignIn.changePassword(signedIn, old: once.password, new: "Guihua-Xujing-1", address: "10.1.2.3", in: fixture.house)
    #expect(try await fixture.signIn("xin.ren", "Guihua-Xujing-1").signedIn.mustChange == false)
  }

  @Test func onlyTheSecurityAdministratorKeepsAccounts() async throws {
    let fixture = try await PeopleFixture.make()
    let wang = try fixture.person("wang").id
    let house = fixture.house
    for person in fixture.people.values where person.role != .securityAdmin {
      let new = NewAccount(login: "x-\(person.login)", name: "某", role: .auditAdmin)
      #expect(try await outcome { _ = try await Accounts.create(new, by: person, in: house) } == "people-not-permitted")
      #expect(try await outcome { try await Accounts.disable(wang, reason: "", by: person, in: house) } == "people-not-permitted")
      #expect(try await outcome { try await Accounts.unlock(wang, by: person, in: house) } == "people-not-permitted")
      #expect(try await outcome { _ = try await Accounts.resetPassword(wang, by: person, in: house) } == "people-not-permitted")
      #expect(try await outcome { try await Accounts.setPost(wang, role: .officer, by: person, in: house) } == "people-not-permitted")
    }
  }

  @Test(arguments: [
    ("sec", Role.auditAdmin, "people-own-role"), ("sec", .securityAdmin, "people-own-role"), ("sec2", .auditAdmin, "people-separation"),
    ("sys", .securityAdmin, "people-separation"), ("audit", .systemAdmin, "people-separation"), ("sys", .officer, "people-separation"),
    ("wang", .securityAdmin, "people-separation"), ("wang", .squadLeader, "done"), ("wang", .cityManager, "people-post"),
    ("wang", .firmUser, "people-post"), ("wang", .districtManager, "people-post"),
  ])
  func powersAreKeptApart(login: String, role: Role, code: String) async throws {
    let fixture = try await PeopleFixture.make()
    let target = try fixture.person(login).id
    let office = role.isAdministrator ? nil : try fixture.office("徐泾中队")
    let sec = try fixture.person("sec")
    #expect(try await outcome { try await Accounts.setPost(target, role: role, office: office, by: sec, in: fixture.house) } == code)
  }

  @Test func aChangedPostEndsTheSessions() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, signedIn) = try await fixture.signIn("wang")
    try await Accounts.setPost(
      signedIn.person.id, role: .officer, office: try fixture.office("赵巷中队"), by: try fixture.person("sec"), in: fixture.house)
    #expect(try await SignIn.check(token, in: fixture.house) == nil)
    #expect(try await fixture.signIn("wang").signedIn.person.officeName == "赵巷中队")
  }

  @Test func disabledMeansOutAtOnceAndAnsweredLikeAWrongPassword() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, signedIn) = try await fixture.signIn("wang")
    let api = try await ApiTokens.issue(for: signedIn.person.id, name: "试用", days: 30, by: signedIn.person, in: fixture.house)
    let sec = try fixture.person("sec")
    try await Accounts.disable(signedIn.person.id, reason: "调离", by: sec, in: fixture.house)
    #expect(try await SignIn.check(token, in: fixture.house) == nil)
    #expect(try await ApiTokens.check(api.token, in: fixture.house) == nil)
    #expect(try await fixture.attempt("wang") == "people-wrong-password")
    try await Accounts.enable(signedIn.person.id, by: sec, in: fixture.house)
    #expect(try await fixture.attempt("wang") == "admitted")
  }

  @Test func somebodyAlwaysKeepsTheAccounts() async throws {
    let fixture = try await PeopleFixture.make()
    let sec = try fixture.person("sec")
    let sec2 = try fixture.person("sec2")
    #expect(try await outcome { try await Accounts.disable(sec.id, reason: "", by: sec, in: fixture.house) } == "people-own-account")
    try await Accounts.disable(sec2.id, reason: "", by: sec, in: fixture.house)
    #expect(
      try await outcome { try await Accounts.disable(sec.id, reason: "", by: sec2, in: fixture.house) } == "people-last-security-admin")
  }

  @Test func aResetAndAnUnlockLetSomebodyInAgain() async throws {
    let fixture = try await PeopleFixture.make()
    let sec = try fixture.person("sec")
    let wang = try fixture.person("wang").id
    for _ in 1...5 { _ = try await fixture.attempt("wang", "wrong-wrong-1") }
    let locked = try await fixture.house.store.read { db in try AccountStore.find(wang, db) }
    #expect(locked?.isLocked(at: fixture.clock.now) == true && locked?.failedCount == 5)
    try await Accounts.unlock(wang, by: sec, in: fixture.house)
    #expect(try await fixture.attempt("wang") == "admitted")
    let once = try await Accounts.resetPassword(wang, by: sec, in: fixture.house)
    #expect(try await fixture.attempt("wang") == "people-wrong-password")
    #expect(try await fixture.signIn("wang", once.password).signedIn.mustChange)
  }

  @Test func aLogInIsUsedOnceAndHasAForm() async throws {
    let fixture = try await PeopleFixture.make()
    let sec = try fixture.person("sec")
    for (login, code) in [
      ("WANG", "people-login-taken"), ("王", "people-login-form"), ("a", "people-login-form"), ("-ab", "people-login-form"),
    ] {
      let new = NewAccount(login: login, name: "某", role: .auditAdmin)
      #expect(try await outcome { _ = try await Accounts.create(new, by: sec, in: fixture.house) } == code)
    }
  }

  @Test func demonstrationAndRealityDoNotMix() async throws {
    let real = try await PeopleFixture.make(demonstration: false)
    let new = NewAccount(login: "demo", name: "演示", role: .auditAdmin)
    #expect(
      try await outcome { _ = try await Accounts.plantDemonstration([new], password: PeopleFixture.password, in: real.house) }
        == "people-demonstration")
    let first = try await Accounts.plantFirst([NewAccount(login: "first", name: "安全", role: .securityAdmin)], in: real.house)
    #expect(try await real.signIn("first", first[0].password).signedIn.mustChange)
    #expect(try await outcome { _ = try await Accounts.plantFirst([new], in: real.house) } == "people-not-empty")
    let sec = try #require(try await real.house.store.read { db in try PersonStore.find(login: "first", db) })
    _ = try await Accounts.create(new, by: sec, in: real.house)
    let account = try await real.house.store.read { db in try AccountStore.find(login: "demo", db) }
    #expect(account?.demonstration == false)
  }

  @Test func theJournalOfAccountsHoldsNoNamesAndIsWhole() async throws {
    let fixture = try await PeopleFixture.make()
    _ = try await fixture.attempt("wang", "wrong-wrong-1")
    try await Accounts.disable(try fixture.person("wang").id, reason: "调离", by: try fixture.person("sec"), in: fixture.house)
    let id = try fixture.person("wang").id
    let (entries, verdict) = try await fixture.house.store.read { db in
      (try Journal.entries(of: Subject("account", id), db), try Journal.verify(db))
    }
    #expect(entries.map(\.action) == ["account-created", "account-sign-in-failed", "account-disabled"])
    #expect(!entries.contains { $0.detail.contains("wang") || $0.detail.contains("王") || $0.detail.contains("10.1") })
    #expect(verdict.faults.isEmpty)
  }

  @Test func accountsAreListedAndFound() async throws {
    let fixture = try await PeopleFixture.make()
    let xujing = try fixture.office("徐泾中队")
    let lists = try await fixture.house.store.read { db in
      [
        try AccountStore.list(AccountFilter(office: xujing), db),
        try AccountStore.list(AccountFilter(office: xujing), after: "li", limit: 1, db),
        try AccountStore.list(AccountFilter(text: "建国"), db), try AccountStore.list(AccountFilter(text: "%"), db),
      ].map { $0.map(\.person.login) }
    }
    #expect(lists == [["chen", "li", "wang", "zhou"], ["wang"], ["wang"], []])
    let leaders = try await fixture.house.store.read { db in try PersonStore.active(in: xujing, roles: [.squadLeader], db) }
    #expect(leaders.map(\.login) == ["chen"])
  }
}
