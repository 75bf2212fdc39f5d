import Kernel
import People
import Storage
import TestHouse
import Testing

@Suite struct ApiTokensTests {
  @Test func aTokenActsAsItsAccountUntilItExpires() async throws {
    let fixture = try await PeopleFixture.make()
    let pai = try fixture.person("pai")
    let issued = try await ApiTokens.issue(for: pai.id, name: "12345 热线对接", days: 1, by: try fixture.person("sec"), in: fixture.house)
    #expect(try await ApiTokens.check(issued.token, in: fixture.house) == pai)
    #expect(try await ApiTokens.check(issued.token + "x", in: fixture.house) == nil)
    fixture.clock.advance(minutes: 24 * 60)
    #expect(try await ApiTokens.check(issued.token, in: fixture.house) == nil)
  }

  @Test func aRevokedTokenIsDead() async throws {
    let fixture = try await PeopleFixture.make()
    let pai = try fixture.person("pai")
    let issued = try await ApiTokens.issue(for: pai.id, name: "试用", days: 30, by: pai, in: fixture.house)
    #expect(
      try await outcome { try await ApiTokens.revoke(issued.id, by: try fixture.person("wang"), in: fixture.house) } == "people-no-token")
    try await ApiTokens.revoke(issued.id, by: pai, in: fixture.house)
    #expect(try await ApiTokens.check(issued.token, in: fixture.house) == nil)
    #expect(try await fixture.actions("pai") == ["account-created", "account-token-issued", "account-token-revoked"])
  }

  @Test func administratorsHaveNoneAndOthersGiveNone() async throws {
    let fixture = try await PeopleFixture.make()
    let (sec, wang, pai) = (try fixture.person("sec"), try fixture.person("wang"), try fixture.person("pai"))
    let house = fixture.house
    #expect(
      try await outcome { _ = try await ApiTokens.issue(for: sec.id, name: "x", days: 1, by: sec, in: house) }
        == "people-token-administrator")
    #expect(
      try await outcome { _ = try await ApiTokens.issue(for: pai.id, name: "x", days: 1, by: wang, in: house) } == "people-not-permitted")
    #expect(
      try await outcome { _ = try await ApiTokens.issue(for: pai.id, name: "x", days: 400, by: pai, in: house) } == "people-token-days")
  }
}
