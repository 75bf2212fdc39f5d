import Kernel
import People
import Storage
import TestHouse
import Testing

@Suite struct SignInTests {
  @Test func whoSignsInIsKnownByTheirOfficeAndDistrict() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, signedIn) = try await fixture.signIn(" WANG ")
    #expect(signedIn.person.officeName == "徐泾中队")
    #expect(signedIn.person.district == (try fixture.office("青浦区局")))
    #expect(signedIn.person.actor.name == "王建国（徐泾中队）")
    #expect(try await SignIn.check(token, in: fixture.house) == signedIn)
    #expect(try await SignIn.check(token + "x", in: fixture.house) == nil)
    #expect(try await fixture.signIn("wuye").signedIn.person.officeName == "永福物业")
  }

  @Test func theTokenIsStoredNowhere() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, _) = try await fixture.signIn("wang")
    let stored = try await fixture.house.store.read { db in try db.first("SELECT token_hash FROM session")?.text("token_hash") }
    #expect(stored == Secrets.hash(of: token) && stored != token)
  }

  @Test func unknownAndWrongAreAnsweredAndLockedAlike() async throws {
    let fixture = try await PeopleFixture.make()
    for login in ["wang", "nobody-here"] {
      for _ in 1...4 { #expect(try await fixture.attempt(login, "wrong-wrong-1") == "people-wrong-password") }
      #expect(try await fixture.attempt(login, "wrong-wrong-1") == "people-locked")
      #expect(try await fixture.attempt(login) == "people-locked")
    }
  }

  @Test func aLockEndsAndGrowsAndTheRightPasswordClearsIt() async throws {
    let fixture = try await PeopleFixture.make()
    for _ in 1...5 { _ = try await fixture.attempt("wang", "wrong-wrong-1") }
    fixture.clock.advance(minutes: 14)
    #expect(try await fixture.attempt("wang") == "people-locked")
    fixture.clock.advance(minutes: 1)
    #expect(try await fixture.attempt("wang", "wrong-wrong-1") == "people-locked")
    fixture.clock.advance(minutes: 29)
    #expect(try await fixture.attempt("wang") == "people-locked")
    fixture.clock.advance(minutes: 1)
    #expect(try await fixture.attempt("wang") == "admitted")
    #expect(try await fixture.attempt("wang", "wrong-wrong-1") == "people-wrong-password")
    #expect(
      try await fixture.actions("wang")
        == ["account-created"] + Array(repeating: "account-sign-in-failed", count: 4)
        + ["account-locked", "account-locked", "account-signed-in", "account-sign-in-failed"])
  }

  @Test func guessesSentAtOnceCannotSlipPastTheCount() async throws {
    let fixture = try await PeopleFixture.make()
    let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 1...12 { group.addTask { try await fixture.attempt("wang", "wrong-wrong-1") } }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == "people-wrong-password" }.count == 4)
  }

  @Test func anAddressThatFailsTooOftenIsTurnedAway() async throws {
    let fixture = try await PeopleFixture.make()
    for i in 1...SignIn.failuresPerAddress { _ = try await fixture.attempt("guess\(i)", "wrong-wrong-1", address: "192.0.2.9") }
    #expect(try await fixture.attempt("wang", address: "192.0.2.9") == "people-throttled")
    #expect(try await fixture.attempt("wang", address: "192.0.2.10") == "admitted")
    fixture.clock.advance(minutes: 16)
    #expect(try await fixture.attempt("wang", address: "192.0.2.9") == "admitted")
  }

  @Test func aSessionEndsAfterHalfAnHourWithoutARequest() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, _) = try await fixture.signIn("wang")
    for _ in 1...3 {
      fixture.clock.advance(minutes: 25)
      #expect(try await SignIn.check(token, in: fixture.house) != nil)
    }
    fixture.clock.advance(minutes: 30)
    #expect(try await SignIn.check(token, in: fixture.house) == nil)
  }

  @Test func aSessionEndsAfterTwelveHoursWhateverIsDone() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, _) = try await fixture.signIn("wang")
    var minutes = 0
    while try await SignIn.check(token, in: fixture.house) != nil, minutes < 2000 {
      fixture.clock.advance(minutes: 20)
      minutes += 20
    }
    #expect(minutes == 12 * 60)
  }

  @Test func anOfficesOwnLengthsHoldAtOnce() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, signedIn) = try await fixture.signIn("wang")
    let short = SessionLengths(idleMinutes: 10, longestHours: 1)
    fixture.clock.advance(minutes: 9)
    #expect(try await SignIn.check(token, lengths: short, in: fixture.house) != nil)
    fixture.clock.advance(minutes: 10)
    #expect(try await SignIn.check(token, lengths: short, in: fixture.house) == nil)
    #expect(try await SignIn.check(token, in: fixture.house) != nil)
    // Begun under twelve hours, over after one.
    for _ in 1...5 {
      fixture.clock.advance(minutes: 9)
      _ = try await SignIn.check(token, in: fixture.house)
    }
    #expect(try await SignIn.check(token, lengths: short, in: fixture.house) == nil)
    let now = fixture.clock.now
    let shown = try await fixture.house.store.read { db in
      (
        try SignInLog.sessions(of: signedIn.person.id, lengths: short, at: now, db).count,
        try SignInLog.sessions(of: signedIn.person.id, at: now, db).count
      )
    }
    #expect(shown == (0, 1))
  }

  @Test func signingOutEndsTheSession() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, signedIn) = try await fixture.signIn("wang")
    try await SignIn.signOut(signedIn, in: fixture.house)
    #expect(try await SignIn.check(token, in: fixture.house) == nil)
    #expect(try await fixture.actions("wang").last == "account-signed-out")
  }

  @Test func oneEndsOnesOwnOtherSessionsOnly() async throws {
    let fixture = try await PeopleFixture.make()
    let (token, wang) = try await fixture.signIn("wang")
    let (_, li) = try await fixture.signIn("li")
    try await SignIn.end(wang.session, of: li, in: fixture.house)
    #expect(try await SignIn.check(token, in: fixture.house) != nil)
    let (_, again) = try await fixture.signIn("wang")
    let now = fixture.clock.now
    let open = try await fixture.house.store.read { db in try SignInLog.sessions(of: wang.person.id, at: now, db) }
    #expect(Set(open.map(\.id)) == [wang.session, again.session])
    try await SignIn.end(wang.session, of: again, in: fixture.house)
    #expect(try await SignIn.check(token, in: fixture.house) == nil)
    #expect(again.accepts(csrf: again.csrf) && !again.accepts(csrf: wang.csrf) && !again.accepts(csrf: nil))
  }

  @Test func aNewPasswordEndsTheOtherSessions() async throws {
    let fixture = try await PeopleFixture.make()
    let other = try await fixture.signIn("wang")
    let (token, signedIn) = try await fixture.signIn("wang")
    func change(_ old: String, _ new: String) async throws -> String {
      try await outcome { try await SignIn.changePassword(signedIn, old: old, new: new, address: "10.1.2.3", in: fixture.house) }
    }
    #expect(try await change("wrong-wrong-1", "Autumn-Leaves-9") == "people-old-password")
    #expect(try await change(PeopleFixture.password, PeopleFixture.password) == "people-password-same")
    #expect(try await change(PeopleFixture.password, "short") == "people-password-short")
    #expect(try await change(PeopleFixture.password, "Autumn-Leaves-9") == "done")
    #expect(try await SignIn.check(token, in: fixture.house) != nil)
    #expect(try await SignIn.check(other.token, in: fixture.house) == nil)
    #expect(try await fixture.attempt("wang") == "people-wrong-password")
    #expect(try await fixture.attempt("wang", "Autumn-Leaves-9") == "admitted")
  }

  @Test func aHashOfEarlierDaysIsRenewed() async throws {
    let fixture = try await PeopleFixture.make()
    let old = try await Passwords.hash(PeopleFixture.password, cost: .init(memory: 8192, passes: 1, lanes: 1))
    try await fixture.house.store.write { db in _ = try db.run("UPDATE account SET password_hash = \(old) WHERE login = 'wang'") }
    #expect(try await fixture.attempt("wang") == "admitted")
    let now = try await fixture.house.store.read { db in
      try db.first("SELECT password_hash FROM account WHERE login = 'wang'")?.text("password_hash")
    }
    #expect(now.map { Passwords.isOutdated($0) } == false)
    #expect(try await fixture.attempt("wang") == "admitted")
  }

  @Test func aRealStoreRefusesDemonstrationAccounts() async throws {
    let fixture = try await PeopleFixture.make()
    #expect(try await fixture.attempt("wang") == "admitted")
    // The demonstration's accounts carried over into a store that is none.
    try await fixture.house.store.write { db in _ = try db.run("DELETE FROM mark WHERE name = 'demonstration'") }
    #expect(try await fixture.attempt("wang") == "people-wrong-password")
    let outcomes = try await fixture.house.store.read { db in
      try SignInLog.list(by: try fixture.person("audit"), db).map(\.outcome)
    }
    #expect(outcomes == [.demonstration, .admitted])
  }

  @Test func theLogIsForTheAuditAdministratorAlone() async throws {
    let fixture = try await PeopleFixture.make()
    _ = try await fixture.attempt("nobody-here", "x")
    let house = fixture.house
    for person in fixture.people.values where person.role != .auditAdmin {
      #expect(
        try await outcome { _ = try await house.store.read { db in try SignInLog.list(by: person, db) } } == "people-not-permitted")
    }
    let audit = try fixture.person("audit")
    let records = try await house.store.read { db in try SignInLog.list(by: audit, db) }
    #expect(records.map(\.outcome) == [.wrong] && records[0].addressPrefix == "10.1.2.0/24" && records[0].account == nil)
  }

  @Test func sweepingKeepsWhatStillHolds() async throws {
    let fixture = try await PeopleFixture.make()
    _ = try await fixture.signIn("wang")
    fixture.clock.advance(minutes: 31)
    let (token, _) = try await fixture.signIn("li")
    let now = fixture.clock.now
    try await fixture.house.store.write { db in try SignIn.prune(at: now, db) }
    #expect(try await SignIn.check(token, in: fixture.house) != nil)
    #expect(try await fixture.house.store.read { db in try db.number("SELECT count(*) AS n FROM session") } == 1)
    #expect(try await fixture.house.store.read { db in try db.number("SELECT count(*) AS n FROM sign_in") } == 2)
  }
}
