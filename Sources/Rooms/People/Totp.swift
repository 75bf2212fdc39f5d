import Crypto
import Foundation
import Kernel
import Storage

/// One-time codes as authenticator apps make them: RFC 6238 over HMAC-SHA-1, six digits, a new one every half minute. These are the
/// values every app knows without being told; SHA-1 is sound in an HMAC.
public enum Totp {
  /// Seconds that a code is shown.
  public static let period: Int64 = 30
  public static let digits = 6
  /// Bytes: as long as the hash (RFC 4226, 4, R6).
  static let keyLength = 20
  /// Steps that a phone's clock may be off, either way.
  static let drift: Int64 = 1

  public static func step(at now: Moment) -> Int64 { now.milliseconds / 1000 / period }

  public static func code(_ key: Data, step: Int64, digits: Int = Totp.digits) -> String {
    let counter = withUnsafeBytes(of: UInt64(bitPattern: step).bigEndian) { Data($0) }
    let mac = Array(HMAC<Insecure.SHA1>.authenticationCode(for: counter, using: SymmetricKey(data: key)))
    let at = Int(mac[19] & 0xF)
    let number = (UInt32(mac[at] & 0x7F) << 24) | (UInt32(mac[at + 1]) << 16) | (UInt32(mac[at + 2]) << 8) | UInt32(mac[at + 3])
    var modulus: UInt32 = 1
    for _ in 0..<digits { modulus *= 10 }
    return Int(number % modulus).padded(digits)
  }

  /// The step whose code this is, when it is one of now or of the neighbours; every one is compared, so that time tells nothing.
  static func step(of typed: String, _ key: Data, at now: Moment) -> Int64? {
    let middle = step(at: now)
    var found: Int64?
    for one in (middle - drift)...(middle + drift) where Secrets.same(code(key, step: one), typed) { found = one }
    return found
  }

  /// Six digits as typed: with spaces, or wide ones of a Chinese keyboard; nil when it is something else.
  static func digits(typed: String) -> String? {
    var out = ""
    for scalar in typed.unicodeScalars {
      switch scalar.value {
      case 0x30...0x39: out.unicodeScalars.append(scalar)
      case 0xFF10...0xFF19: out.append(String(scalar.value - 0xFF10))
      case 0x20, 0x3000, 0x2D: continue
      default: return nil
      }
    }
    return out.count == digits ? out : nil
  }

  /// The key for typing by hand: base 32 of RFC 4648, without padding.
  public static func base32(_ key: Data) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    var out = ""
    var buffer: UInt32 = 0
    var bits = 0
    for byte in key {
      buffer = (buffer << 8 | UInt32(byte)) & 0xFFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        out.append(alphabet[Int(buffer >> UInt32(bits)) & 31])
      }
    }
    if bits > 0 { out.append(alphabet[Int(buffer << UInt32(5 - bits)) & 31]) }
    return out
  }

  /// What the QR code of the enrolment says (Google Authenticator's Key URI format, which the others read too).
  public static func address(_ key: Data, login: String, issuer: String) -> String {
    func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text }
    return
      "otpauth://totp/\(encoded(issuer)):\(encoded(login))?secret=\(base32(key))&issuer=\(encoded(issuer))&algorithm=SHA1&digits=\(digits)&period=\(period)"
  }
}
