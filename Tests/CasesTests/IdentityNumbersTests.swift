import Testing

@testable import Cases

@Suite struct IdentityNumbersTests {
  @Test(arguments: [
    ("王某310118199001011234，码9132012345678901234567", "王某310118**********34，码9132012345678901234567"),
    ("31011819900101123X在场，电话13800001234", "310118**********3X在场，电话13800001234"), ("旧证310118900101123。", "旧证310118*******23。"), ("", ""),
  ]) func numbersOfIdentityCardsAreHidden(text: String, masked: String) { #expect(IdentityNumbers.masked(text) == masked) }
}
