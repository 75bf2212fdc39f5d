import Crypto
import Foundation
import Kernel
import Storage

/// The key of sealed back-ups: 32 random bytes in a file of their own. Not one of the seal keys of ADR 0003, which no back-up holds.
public struct BackupKey: Sendable {
  private let master: SymmetricKey

  /// - Throws: `Refusal` when there is no such file, or it holds anything but 32 bytes.
  public init(file: URL) throws {
    let input: InFile
    do { input = try InFile(file) } catch {
      throw Refusal(.missing, BackupRefusal.key, "读不到备份密钥文件 \(file.path)。请给出制作备份时所用的密钥文件（--key-file）。")
    }
    let bytes = try input.read(64)
    guard bytes.count == 32 else {
      throw Refusal(.invalid, BackupRefusal.key, "\(file.path) 不是备份密钥：应为 32 字节。用 longtang backup-key 可新建一个。")
    }
    master = SymmetricKey(data: bytes)
  }
  /// Writes a new key that only its owner may read; never over a file that is there.
  public static func create(at file: URL) throws {
    guard !FileManager.default.fileExists(atPath: file.path) else {
      throw Refusal(.conflict, BackupRefusal.notEmpty, "\(file.path) 已存在，没有改动。覆盖密钥会使用它的备份再也打不开。")
    }
    let out = try OutFile(file, mode: 0o400)
    try out.write(SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) })
    try out.finish()
    try Disk.sync(folder: file.deletingLastPathComponent())
  }

  /// Tells keys apart without telling anything of them.
  var id: String { Data(tag("id", Data())).prefix(8).hex }
  /// Under which a file of the vault lies in a sealed back-up: its own name would show whoever has the same picture that it is there.
  func name(_ sha256: String) -> String { tag("name", Data(sha256.utf8)).hex }
  func seal(_ manifest: Data) -> String { tag("manifest", manifest).hex }
  func fileKey(salt: Data) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(inputKeyMaterial: master, salt: salt, info: Data("longtang backup file".utf8), outputByteCount: 32)
  }
  private func tag(_ purpose: String, _ bytes: Data) -> HMAC<SHA256>.MAC {
    let key = HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("longtang backup \(purpose)".utf8), outputByteCount: 32)
    return HMAC<SHA256>.authenticationCode(for: bytes, using: key)
  }
}
