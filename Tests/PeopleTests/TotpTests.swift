import Foundation
import Kernel
import Testing

@testable import People

@Suite struct TotpTests {
  static let key = Data("12345678901234567890".utf8)

  /// RFC 6238, appendix B, the rows of SHA-1.
  @Test(
    arguments: [
      (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
      (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ] as [(Int64, String)])
  func theVectorsOfTheStandard(seconds: Int64, code: String) {
    let step = Totp.step(at: Moment(milliseconds: seconds * 1000))
    #expect(Totp.code(Self.key, step: step, digits: 8) == code)
    #expect(Totp.code(Self.key, step: step) == code.suffix(6))
  }

  @Test func aPhoneMayBeHalfAMinuteOffAndNoMore() {
    let now = Moment(milliseconds: 1_790_215_200_000)
    let step = Totp.step(at: now)
    for drift in -3...3 as ClosedRange<Int64> {
      let found = Totp.step(of: Totp.code(Self.key, step: step + drift), Self.key, at: now)
      #expect(found == (abs(drift) <= 1 ? step + drift : nil))
    }
  }

  @Test func aCodeIsReadAsPeopleTypeIt() {
    #expect(Totp.digits(typed: "123 456") == "123456")
    #expect(Totp.digits(typed: "１２３４５６") == "123456")
    for wrong in ["12345", "1234567", "12345a", "", "٠١٢٣٤٥"] { #expect(Totp.digits(typed: wrong) == nil) }
  }

  @Test func theKeyIsWrittenAsAppsReadIt() {
    #expect(Totp.base32(Self.key) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    #expect(Totp.base32(Data("f".utf8)) == "MY" && Totp.base32(Data("fooba".utf8)) == "MZXW6YTB")
    let address = Totp.address(Self.key, login: "wang.1", issuer: "弄堂")
    #expect(
      address
        == "otpauth://totp/%E5%BC%84%E5%A0%82:wang%2E1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%BC%84%E5%A0%82&algorithm=SHA1&digits=6&period=30"
    )
  }
}
