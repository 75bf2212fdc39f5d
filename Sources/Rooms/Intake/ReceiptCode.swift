import Crypto
import Foundation
import Storage

/// The code by which a resident follows a report without logging in, like a parcel's number.
///
/// 60 random bits in Crockford's alphabet, grouped for reading aloud: "7KQ4-M9XD-2PWT". Only its hash is stored.
public enum ReceiptCode {
  public static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    var bits = generator.next()
    var out = ""
    for i in 0..<12 {
      if i > 0, i % 4 == 0 { out += "-" }
      out.append(TypedCode.alphabet[Int(bits & 31)])
      bits >>= 5
    }
    return out
  }

  /// Nil when it cannot be a code. Forgives small letters, spaces, and O, I, L for 0 and 1.
  public static func hash(_ typed: String) -> String? {
    guard let clean = TypedCode.clean(typed, length: 12) else { return nil }
    return Data(SHA256.hash(data: Data("receipt:\(clean)".utf8))).hex
  }
}
