import Foundation
import Kernel
import Storage
import TestHouse
import Testing

@testable import People

/// The app on somebody's phone.
struct Authenticator {
  let key: Data
  /// - Parameter base32: as the page shows it for typing.
  init(base32: String) {
    var bytes = Data()
    var (buffer, bits) = (UInt32(0), 0)
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    for character in base32 {
      buffer = (buffer << 5 | UInt32(alphabet.firstIndex(of: character) ?? 0)) & 0xFFFFF
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(buffer >> UInt32(bits) & 0xFF))
      }
    }
    key = bytes
  }
  func code(at now: Moment, drift: Int64 = 0) -> String { Totp.code(key, step: Totp.step(at: now) + drift) }
}

@Suite struct SecondFactorTests {
  /// Somebody with a second factor taken on just now, the phone, and the recovery codes. The code of the enrolment is spent.
  private func enrolled(_ login: String, _ fixture: PeopleFixture) async throws -> (phone: Authenticator, codes: [String]) {
    let (_, signedIn) = try await fixture.signIn(login)
    try await SecondFactor.begin(for: signedIn.person, in: fixture.house)
    let offer = try #require(try await SecondFactor.offer(to: signedIn.person, in: fixture.house))
    let phone = Authenticator(base32: offer.key)
    let codes = try await SecondFactor.enrol(signedIn, code: phone.code(at: fixture.clock.now), in: fixture.house)
    fixture.clock.advance(minutes: 2)
    return (phone, codes)
  }
  private func pass(_ signedIn: SignedIn, _ code: String, _ fixture: PeopleFixture) async throws -> String {
    try await outcome { _ = try await SignIn.pass(signedIn, code: code, address: "10.1.2.3", in: fixture.house) }
  }

  @Test func thePasswordAloneIsHalfTheWayAndTheCodeGivesANewToken() async throws {
    let fixture = try await PeopleFixture.make()
    let (phone, _) = try await enrolled("wang", fixture)
    let (half, signedIn) = try await fixture.signIn("wang")
    #expect(signedIn.stage == .codeDue)
    #expect(try await SignIn.check(half, in: fixture.house) == signedIn)
    let (token, whole) = try await SignIn.pass(signedIn, code: phone.code(at: fixture.clock.now), address: "10.1.2.3", in: fixture.house)
    #expect(whole.stage == .whole && whole.confirmedAt == fixture.clock.now)
    #expect(try await SignIn.check(token, in: fixture.house) == whole)
    #expect(try await SignIn.check(half, in: fixture.house) == nil)
    #expect(try await fixture.actions("wang").suffix(1) == ["account-signed-in"])
  }

  @Test func theHalfSessionEndsSoon() async throws {
    let fixture = try await PeopleFixture.make()
    _ = try await enrolled("wang", fixture)
    let (half, _) = try await fixture.signIn("wang")
    fixture.clock.advance(minutes: SignIn.codeMinutes)
    #expect(try await SignIn.check(half, in: fixture.house) == nil)
  }

  @Test func aCodeOpensOnceAndAnOlderOneNever() async throws {
    let fixture = try await PeopleFixture.make()
    let (phone, _) = try await enrolled("wang", fixture)
    let now = fixture.clock.now
    #expect(try await pass(try await fixture.signIn("wang").signedIn, phone.code(at: now), fixture) == "done")
    let again = try await fixture.signIn("wang").signedIn
    #expect(try await pass(again, phone.code(at: now), fixture) == "people-wrong-code")
    #expect(try await pass(again, phone.code(at: now, drift: -1), fixture) == "people-wrong-code")
    #expect(try await pass(again, phone.code(at: now, drift: 1), fixture) == "done")
  }

  @Test func codesSentTogetherOpenOnce() async throws {
    let fixture = try await PeopleFixture.make()
    let (phone, _) = try await enrolled("wang", fixture)
    let code = phone.code(at: fixture.clock.now)
    var sessions: [SignedIn] = []
    for _ in 1...3 { sessions.append(try await fixture.signIn("wang").signedIn) }
    let all = sessions
    let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
      for one in all { group.addTask { try await pass(one, code, fixture) } }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == "done" }.count == 1)
  }

  @Test func wrongCodesLockAndThePasswordDoesNotBuyNewGuesses() async throws {
    let fixture = try await PeopleFixture.make()
    let (phone, _) = try await enrolled("wang", fixture)
    for round in 1...4 {
      let signedIn = try await fixture.signIn("wang").signedIn
      #expect(try await pass(signedIn, "000000", fixture) == "people-wrong-code", "round \(round)")
    }
    let signedIn = try await fixture.signIn("wang").signedIn
    #expect(try await pass(signedIn, "000000", fixture) == "people-locked")
    #expect(try await pass(signedIn, phone.code(at: fixture.clock.now), fixture) == "people-locked")
    #expect(try await fixture.attempt("wang") == "people-locked")
    fixture.clock.advance(minutes: 16)
    let later = try await fixture.signIn("wang").signedIn
    #expect(try await pass(later, phone.code(at: fixture.clock.now), fixture) == "done")
    // A right code clears the count.
    #expect(try await fixture.attempt("wang", "wrong-wrong-1") == "people-wrong-password")
  }

  @Test func aRecoveryCodeOpensOnceHoweverItIsTyped() async throws {
    let fixture = try await PeopleFixture.make()
    let (_, codes) = try await enrolled("wang", fixture)
    #expect(codes.count == 10 && Set(codes).count == 10)
    let typed = codes[3].lowercased().replacing("-", with: " ")
    #expect(try await pass(try await fixture.signIn("wang").signedIn, typed, fixture) == "done")
    #expect(try await pass(try await fixture.signIn("wang").signedIn, codes[3], fixture) == "people-wrong-code")
    // Another's codes open nothing of mine.
    let (_, others) = try await enrolled("li", fixture)
    #expect(try await pass(try await fixture.signIn("wang").signedIn, others[0], fixture) == "people-wrong-code")
    let wang = try fixture.person("wang")
    let left = try await fixture.house.store.read { db in try SecondFactor.status(of: wang.id, db).codesLeft }
    #expect(left == 9)
  }

  @Test func neitherTheKeyNorTheCodesAreStoredInPlain() async throws {
    let fixture = try await PeopleFixture.make()
    let (phone, codes) = try await enrolled("wang", fixture)
    let rows = try await fixture.house.store.read { db in
      try db.all("SELECT sealed FROM second_factor").map { try $0.text("sealed") }
        + db.all("SELECT code_tag FROM recovery_code").map { try $0.text("code_tag") }
    }
    for secret in codes + [phone.key.base64EncodedString(), Totp.base32(phone.key)] {
      #expect(!rows.contains { $0.contains(secret) || $0.contains(secret.replacing("-", with: "")) })
    }
  }

  @Test func takingOneOnEndsTheOtherSessionsAndAStaleOfferIsNothing() async throws {
    let fixture = try await PeopleFixture.make()
    let (other, _) = try await fixture.signIn("wang")
    _ = try await enrolled("wang", fixture)
    #expect(try await SignIn.check(other, in: fixture.house) == nil)
    let li = try await fixture.signIn("li").signedIn
    try await SecondFactor.begin(for: li.person, in: fixture.house)
    #expect(try await outcome { _ = try await SecondFactor.enrol(li, code: "000000", in: fixture.house) } == "people-factor-code")
    fixture.clock.advance(minutes: 61)
    #expect(try await SecondFactor.offer(to: li.person, in: fixture.house) == nil)
    #expect(try await outcome { _ = try await SecondFactor.enrol(li, code: "000000", in: fixture.house) } == "people-factor-stale")
  }

  @Test func aLostOneIsTakenAwayByAnotherAndThePersonIsTold() async throws {
    let fixture = try await PeopleFixture.make()
    _ = try await enrolled("wang", fixture)
    _ = try await enrolled("sec", fixture)
    let (wang, sec, sec2) = (try fixture.person("wang"), try fixture.person("sec"), try fixture.person("sec2"))
    #expect(try await outcome { try await SecondFactor.reset(sec.id, by: sec, in: fixture.house) } == "people-own-factor")
    #expect(
      try await outcome { try await SecondFactor.reset(wang.id, by: try fixture.person("audit"), in: fixture.house) }
        == "people-not-permitted")
    try await SecondFactor.reset(wang.id, by: sec, in: fixture.house)
    try await SecondFactor.reset(sec.id, by: sec2, in: fixture.house)
    #expect(try await fixture.signIn("wang").signedIn.stage == .whole)
    #expect(try await fixture.actions("wang").contains("account-factor-reset"))
    let told = try await fixture.house.store.read { db in try SecondFactor.status(of: wang.id, db) }
    #expect(told.resetAt == fixture.clock.now && told.enrolledAt == nil && told.codesLeft == 0)
    _ = try await enrolled("wang", fixture)
    #expect(try await fixture.house.store.read { db in try SecondFactor.status(of: wang.id, db).resetAt } == nil)
    #expect(try await SecondFactor.resetOnMachine(login: "WANG", in: fixture.house).id == wang.id)
    #expect(try await outcome { _ = try await SecondFactor.resetOnMachine(login: "wang", in: fixture.house) } == "people-factor-none")
  }

  @Test func whoMustHaveOneIsATable() {
    let must = Role.allCases.filter { SecondFactorRules.mustHave($0, demonstration: false, inDemonstration: false) }
    #expect(must == [.legalReviewer, .agencyHead, .districtManager, .cityManager, .systemAdmin, .securityAdmin, .auditAdmin])
    for role in Role.allCases {
      // Neither the mark of the account alone nor that of the store alone lets anybody off.
      #expect(SecondFactorRules.mustHave(role, demonstration: true, inDemonstration: false) == must.contains(role))
      #expect(SecondFactorRules.mustHave(role, demonstration: false, inDemonstration: true) == must.contains(role))
      #expect(!SecondFactorRules.mustHave(role, demonstration: true, inDemonstration: true))
    }
  }

  @Test func aRealOfficeLetsNobodyOff() async throws {
    let real = try await PeopleFixture.make(demonstration: false)
    let first = try await Accounts.plantFirst(
      [NewAccount(login: "first", name: "安全", role: .securityAdmin)], in: real.house)
    let once = try await real.signIn("first", first[0].password).signedIn
    #expect(once.stage == .passwordDue && once.needsFactor)
    try await SignIn.changePassword(once, old: first[0].password, new: "Wutong-Shu-2026", address: "10.1.2.3", in: real.house)
    // The mark of a demonstration on the row changes nothing in a real store.
    try await real.house.store.write { db in _ = try db.run("UPDATE account SET demonstration = 0") }
    let (token, signedIn) = try await real.signIn("first", "Wutong-Shu-2026")
    #expect(signedIn.stage == .enrolmentDue)
    try await real.house.store.write { db in _ = try db.run("UPDATE account SET demonstration = 1") }
    #expect(try await SignIn.check(token, in: real.house)?.stage == .enrolmentDue)
    try await SecondFactor.begin(for: signedIn.person, in: real.house)
    let offer = try #require(try await SecondFactor.offer(to: signedIn.person, in: real.house))
    _ = try await SecondFactor.enrol(signedIn, code: Authenticator(base32: offer.key).code(at: real.clock.now), in: real.house)
    let whole = try #require(try await SignIn.check(token, in: real.house))
    #expect(whole.stage == .whole)
    #expect(try await outcome { try await SecondFactor.remove(whole, in: real.house) } == "people-factor-needed")
  }

  @Test func theProofBeforeSealedDataGrowsOld() async throws {
    let fixture = try await PeopleFixture.make()
    let lengths = SessionLengths(stepUpMinutes: 15)
    func confirm(_ signedIn: SignedIn, _ secret: String) async throws -> String {
      try await outcome { try await SignIn.confirm(signedIn, by: secret, address: "10.1.2.3", in: fixture.house) }
    }
    let (token, plain) = try await fixture.signIn("li")
    #expect(plain.isConfirmed(at: fixture.clock.now, lengths))
    fixture.clock.advance(minutes: 15)
    let old = try #require(try await SignIn.check(token, in: fixture.house))
    #expect(!old.isConfirmed(at: fixture.clock.now, lengths))
    #expect(try await confirm(plain, "wrong-wrong-1") == "people-confirm-password")
    #expect(try await confirm(plain, PeopleFixture.password) == "done")
    let fresh = try #require(try await SignIn.check(token, in: fixture.house))
    #expect(fresh.isConfirmed(at: fixture.clock.now, lengths))

    let (phone, _) = try await enrolled("wang", fixture)
    let half = try await fixture.signIn("wang").signedIn
    let code = phone.code(at: fixture.clock.now)
    let whole = try await SignIn.pass(half, code: code, address: "10.1.2.3", in: fixture.house).signedIn
    // With a second factor the password proves nothing, nor does the code that opened the door.
    #expect(try await confirm(whole, PeopleFixture.password) == "people-wrong-code")
    #expect(try await confirm(whole, code) == "people-wrong-code")
    fixture.clock.advance(minutes: 1)
    #expect(try await confirm(whole, phone.code(at: fixture.clock.now)) == "done")
  }
}
