import Kernel
import Storage

/// Ten codes to be printed and put away, for the day the phone is lost. Each opens once; what is stored is a keyed hash, so that a thief of
/// the store cannot even try.
public enum RecoveryCodes {
  public static let count = 10
  /// Characters of Crockford's base 32: 60 bits.
  static let length = 12

  static func made() -> [String] {
    (0..<count).map { _ in
      let code = Secrets.code(length: length)
      return stride(from: 0, to: length, by: 4).map { String(code.dropFirst($0).prefix(4)) }.joined(separator: "-")
    }
  }
  static func tag(_ typed: String, of account: Person.ID, _ house: House) throws -> String {
    try house.seals.tag("recovery:\(account):\(Secrets.code(typed: typed, length: length) ?? "")")
  }

  static func replace(_ tags: [String], of account: Person.ID, at now: Moment, _ house: House, _ db: any Writer) throws {
    try db.run("DELETE FROM recovery_code WHERE account_id = \(account)")
    for tag in tags {
      let id: Identifier<RecoveryCodesRow> = house.ids.next(at: now)
      try db.run("INSERT INTO recovery_code (id, account_id, code_tag) VALUES (\(id), \(account), \(tag))")
    }
  }
  /// - Returns: whether it was one of theirs that had not been used.
  static func use(_ typed: String, of account: Person.ID, at now: Moment, _ house: House, _ db: any Writer) throws -> Bool {
    guard let code = Secrets.code(typed: typed, length: length) else { return false }
    let tag = try tag(code, of: account, house)
    return try db.run("UPDATE recovery_code SET used_at = \(now) WHERE account_id = \(account) AND code_tag = \(tag) AND used_at IS NULL")
      == 1
  }
  static func left(of account: Person.ID, _ db: any Reader) throws -> Int {
    Int(try db.number("SELECT count(*) AS n FROM recovery_code WHERE account_id = \(account) AND used_at IS NULL"))
  }
}

private enum RecoveryCodesRow {}
