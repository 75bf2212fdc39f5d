import CArgon2
import Foundation
import Kernel
import Storage
import Synchronization

/// Passwords as Argon2id hashes (RFC 9106) in their encoded form, which carries its own parameters and salt.
public enum Passwords {
  /// OWASP Password Storage Cheat Sheet, the second of its equal choices: 19 MiB, two passes, one lane.
  public struct Cost: Sendable, Hashable {
    /// KiB.
    public let memory: UInt32
    public let passes: UInt32
    public let lanes: UInt32
    public init(memory: UInt32, passes: UInt32, lanes: UInt32) {
      self.memory = memory
      self.passes = passes
      self.lanes = lanes
    }
    public static let standard = Cost(memory: 19_456, passes: 2, lanes: 1)
  }

  /// Hashes away from the cooperative pool: one takes some 20 ms and 19 MiB.
  public static func hash(_ password: String, cost: Cost = .standard) async throws -> String {
    try await PasswordWorkers.shared.run(limited: false) { try hashNow(password, cost: cost) }
  }
  /// - Parameter encoded: nil when there is no such account: the same work is done, and the answer is no.
  public static func matches(_ password: String, _ encoded: String?) async throws -> Bool {
    try await PasswordWorkers.shared.run {
      // Made at the first sign-in of all, whoever it is, so that not even that one tells a difference.
      let stranger = nobody
      let right = try verifyNow(password, encoded ?? stranger)
      return right && encoded != nil
    }
  }
  /// A hash made with smaller parameters than today's is replaced at the next sign-in.
  public static func isOutdated(_ encoded: String, cost: Cost = .standard) -> Bool {
    let fields = encoded.split(separator: "$")
    guard fields.count == 5, fields[0] == "argon2id", fields[1] == "v=19" else { return true }
    var values: [Substring: UInt32] = [:]
    for pair in fields[2].split(separator: ",") {
      let parts = pair.split(separator: "=")
      if parts.count == 2, let value = UInt32(parts[1]) { values[parts[0]] = value }
    }
    return (values["m"] ?? 0) < cost.memory || (values["t"] ?? 0) < cost.passes || (values["p"] ?? 0) < cost.lanes
  }

  /// The hash of a password nobody knows: what an unknown log-in is compared with.
  static let nobody: String = {
    do { return try hashNow(Secrets.token(), cost: .standard) } catch { return "" }
  }()

  static func hashNow(_ password: String, cost: Cost) throws -> String {
    let bytes = Array(password.precomposedStringWithCompatibilityMapping.utf8)
    let salt = Array(Secrets.bytes(16))
    let length = argon2_encodedlen(cost.passes, cost.memory, cost.lanes, 16, 32, Argon2_id)
    var encoded = [CChar](repeating: 0, count: length)
    let code = argon2id_hash_encoded(cost.passes, cost.memory, cost.lanes, bytes, bytes.count, salt, salt.count, 32, &encoded, length)
    guard code == ARGON2_OK.rawValue else { throw PasswordFailure(code: code) }
    return String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
  static func verifyNow(_ password: String, _ encoded: String) throws -> Bool {
    let bytes = Array(password.precomposedStringWithCompatibilityMapping.utf8)
    // The library compares in constant time.
    let code = argon2id_verify(encoded, bytes, bytes.count)
    switch code {
    case ARGON2_OK.rawValue: return true
    case ARGON2_VERIFY_MISMATCH.rawValue: return false
    default: throw PasswordFailure(code: code)
    }
  }

  // MARK: What may be a password

  public static let minimumLength = 10
  /// Longer ones only cost time.
  public static let maximumLength = 128

  /// - Throws: a `Refusal` of field `password` that says what is wrong.
  public static func check(_ password: String, login: String) throws(Refusal) {
    func no(_ code: String, _ message: String) -> Refusal { Refusal(.invalid, "people-password-" + code, message, field: "password") }
    let folded = password.lowercased()
    if password.count < minimumLength { throw no("short", "密码至少 \(minimumLength) 个字符。") }
    if password.count > maximumLength { throw no("long", "密码最多 \(maximumLength) 个字符。") }
    if folded.contains(login.lowercased()) { throw no("login", "密码不能包含登录名。") }
    let letters = Array(folded.unicodeScalars.map(\.value))
    let steps = zip(letters.dropFirst(), letters).map { Int($0) - Int($1) }
    if Set(letters).count < 4 || Set(steps).count < 3 || common.contains(where: { folded.hasPrefix($0) && folded.count < $0.count + 4 }) {
      throw no("common", "这个密码太常见，容易被猜到，请换一个。")
    }
  }
  static let common = [
    "password", "passw0rd", "p@ssw0rd", "p@ssword", "123456789", "1234567890", "0123456789", "987654321", "qwertyuiop", "qwerty1234",
    "1q2w3e4r5t", "1qaz2wsx3edc", "qazwsxedc", "asdfghjkl", "zxcvbnm", "abc123456", "a123456789", "woaini1314", "woaini520", "5201314",
    "iloveyou", "admin123", "administrator", "root123", "welcome123", "letmein", "changeme", "chengguan", "shanghai", "longtang", "zhifa",
    "11223344", "147258369", "110110110", "aa123456", "qq123456", "test1234", "88888888", "66666666", "abcd1234", "abcdefgh",
  ]

  /// A password for one sign-in: 16 characters that can be read out over the telephone.
  static func oneTime() -> String {
    let code = Secrets.code(length: 16)
    return stride(from: 0, to: 16, by: 4).map { String(code.dropFirst($0).prefix(4)) }.joined(separator: "-")
  }
}

/// The library refused the work, for want of memory or for a damaged hash. Holds its code, never the password.
struct PasswordFailure: Error, CustomStringConvertible {
  let code: Int32
  var description: String { "argon2: \(code)" }
}

/// Two at a time: more would only press the memory of a small machine, and a queue without end would let one sender stop everybody.
final class PasswordWorkers: Sendable {
  static let shared = PasswordWorkers()
  private let queue: OperationQueue
  private let waiting = Mutex(0)
  static let mostWaiting = 200

  init() {
    queue = OperationQueue()
    queue.name = "passwords"
    queue.maxConcurrentOperationCount = 2
  }
  /// - Parameter limited: false for whoever sets a password: they are signed in already, or sit at the machine. Only those who are nobody
  ///   yet could come without end.
  func run<T: Sendable>(limited: Bool = true, _ work: @Sendable @escaping () throws -> T) async throws -> T {
    guard limited else { return try await queued(work) }
    let admitted = waiting.withLock { n in
      guard n < Self.mostWaiting else { return false }
      n += 1
      return true
    }
    guard admitted else { throw Refusal(.unavailable, "people-busy", "登录的人太多，请稍后再试。") }
    defer { waiting.withLock { $0 -= 1 } }
    return try await queued(work)
  }
  private func queued<T: Sendable>(_ work: @Sendable @escaping () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
      queue.addOperation { continuation.resume(with: Result { try work() }) }
    }
  }
}
