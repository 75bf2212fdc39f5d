import Crypto
import Foundation

/// The one place where rooms take randomness from: the system's generator, for tokens, salts and codes nobody can guess.
public enum Secrets {
  public static func bytes(_ count: Int) -> Data {
    var generator = SystemRandomNumberGenerator()
    return Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }
  /// 256 bits for a cookie or a bearer token: 43 characters of base64url.
  public static func token() -> String {
    bytes(32).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
  /// What is stored of a token: 64 hex digits of its SHA-256. A token of 256 bits needs no salt.
  public static func hash(of token: String) -> String { SHA256.hash(data: Data(token.utf8)).hex }

  /// Crockford's base 32: no I, L, O, U, so that it can be read aloud and typed from a sign.
  public static let crockford = TypedCode.alphabet
  /// `length` random characters of five bits each.
  public static func code(length: Int) -> String { String(bytes(length).map { crockford[Int($0 & 31)] }) }
  /// A code as stored, from one as typed; nil when it is none.
  public static func code(typed: some StringProtocol, length: Int) -> String? { TypedCode.clean(typed, length: length) }
  /// Compares without telling by its time where two texts differ.
  public static func same(_ a: String, _ b: String) -> Bool {
    let a = Array(a.utf8)
    let b = Array(b.utf8)
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
