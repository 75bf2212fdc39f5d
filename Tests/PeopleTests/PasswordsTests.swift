import Kernel
import Testing

@testable import People

@Suite struct PasswordsTests {
  @Test func aHashKnowsItsPasswordAndCarriesItsCost() async throws {
    let hash = try await Passwords.hash("correct horse battery")
    #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
    #expect(try await Passwords.matches("correct horse battery", hash))
    #expect(try await !Passwords.matches("correct horse batterz", hash))
    #expect(try await !Passwords.matches("anything at all", nil))
    #expect(try await Passwords.hash("correct horse battery") != hash)
  }

  @Test func aHashOfSmallerCostIsOutdated() async throws {
    let old = try await Passwords.hash("correct horse battery", cost: .init(memory: 8192, passes: 1, lanes: 1))
    #expect(Passwords.isOutdated(old))
    #expect(Passwords.isOutdated("not a hash"))
    #expect(!Passwords.isOutdated(try await Passwords.hash("correct horse battery")))
  }

  @Test func fullWidthAndHalfWidthAreOnePassword() async throws {
    let hash = try await Passwords.hash("青浦ＡＢＣ－2026x")
    #expect(try await Passwords.matches("青浦ABC-2026x", hash))
  }

  @Test(arguments: [
    ("short1!", "people-password-short"), ("wangjianguo-88", "people-password-login"), ("aaaaaaaaaaaa", "people-password-common"),
    ("abcdefghijkl", "people-password-common"), ("Password123", "people-password-common"), ("1234567890", "people-password-common"),
    (String(repeating: "ab1x", count: 40), "people-password-long"), ("Qingpu-Spring-8", nil), ("徐泾的桂花今年开得很晚呢", nil),
  ])
  func policy(password: String, code: String?) {
    var found: String?
    do { try Passwords.check(password, login: "wangjianguo") } catch { found = error.code }
    #expect(found == code)
  }

  @Test func lockOutGrows() {
    #expect((1...10).map { AccountRules.lockMinutes(afterFailures: $0) } == [nil, nil, nil, nil, 15, 30, 60, 120, 240, 240])
  }

  @Test(arguments: [
    ("10.1.2.3", "10.1.2.0/24"), ("2001:db8:1:2::5", "2001:db8:1::/48"), ("::1", "::/48"), ("?", "?"),
  ])
  func onlyTheNetworkOfAnAddressIsKept(address: String, prefix: String) {
    #expect(SignIn.prefix(of: address) == prefix)
  }
}
