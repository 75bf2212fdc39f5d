import Crypto
import Foundation
import Kernel
import Synchronization

/// Seals personal data with keys kept outside the store and its back-ups, one key a month.
///
/// A sealed text reads `v1:2026-11:<base64>`: AES-256-GCM under a key derived (HKDF-SHA256) from the month's key and the
/// record it belongs to, so that a sealed field copied to another record does not open. Destroying a month's key file
/// erases that month's identities everywhere, back-ups included.
public final class SealRing: Sendable {
  private let folder: URL
  private let cache = Mutex<[String: SymmetricKey]>([:])

  /// - Parameter folder: created with mode 0700; must not be part of the store's back-up.
  public init(folder: URL) throws {
    self.folder = folder
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  public func seal(_ text: String, for subject: Subject, at now: Moment) throws -> String {
    let month = String(now.day.iso.prefix(7))
    let box = try AES.GCM.seal(Data(text.utf8), using: try key(month, subject, create: true))
    guard let combined = box.combined else { throw SealError.damaged }
    return "v1:\(month):\(combined.base64EncodedString())"
  }

  public func open(_ sealed: String, for subject: Subject) throws -> String {
    let parts = sealed.split(separator: ":", maxSplits: 2).map(String.init)
    guard parts.count == 3, parts[0] == "v1", let data = Data(base64Encoded: parts[2]) else { throw SealError.damaged }
    let key = try key(parts[1], subject, create: false)
    do {
      return String(decoding: try AES.GCM.open(AES.GCM.SealedBox(combined: data), using: key), as: UTF8.self)
    } catch {
      throw SealError.damaged
    }
  }

  /// A keyed tag by which the same phone is recognised again without being known.
  public func tag(_ value: String) throws -> String {
    let key = try masterKey("tag", create: true)
    return Data(HMAC<SHA256>.authenticationCode(for: Data(value.utf8), using: key)).prefix(16).hex
  }

  private func key(_ month: String, _ subject: Subject, create: Bool) throws -> SymmetricKey {
    guard month.utf8.count == 7, month.utf8.allSatisfy({ (48...57).contains($0) || $0 == 45 }) else { throw SealError.damaged }
    let master = try masterKey(month, create: create)
    return HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("\(subject.kind)/\(subject.id)".utf8), outputByteCount: 32)
  }

  private func masterKey(_ name: String, create: Bool) throws -> SymmetricKey {
    try cache.withLock { cache in
      if let key = cache[name] { return key }
      let file = folder.appending(path: "\(name).key")
      if let data = FileManager.default.contents(atPath: file.path) {
        guard data.count == 32 else { throw SealError.damaged }
        let key = SymmetricKey(data: data)
        cache[name] = key
        return key
      }
      guard create else { throw SealError.destroyed(name) }
      let fresh = SymmetricKey(size: .bits256)
      try Self.writeOnce(fresh.withUnsafeBytes { Data($0) }, to: file)
      // Another process may have been first: what lies there now is the key of both.
      guard let data = FileManager.default.contents(atPath: file.path), data.count == 32 else { throw SealError.damaged }
      let key = SymmetricKey(data: data)
      cache[name] = key
      return key
    }
  }

  /// A key must be on disk before anything is sealed with it, whole before anybody can see it, and the first of several stays.
  private static func writeOnce(_ data: Data, to file: URL) throws {
    let draft = file.deletingLastPathComponent().appending(path: ".\(UUID().uuidString)")
    let fd = Foundation.open(draft.path, O_WRONLY | O_CREAT | O_EXCL, 0o400)
    guard fd >= 0 else { throw SealError.io(errno) }
    defer {
      close(fd)
      unlink(draft.path)
    }
    let written = data.withUnsafeBytes { write(fd, $0.baseAddress, $0.count) }
    guard written == data.count, fsync(fd) == 0 else { throw SealError.io(errno) }
    guard link(draft.path, file.path) == 0 || errno == EEXIST else { throw SealError.io(errno) }
    let folder = Foundation.open(file.deletingLastPathComponent().path, O_RDONLY)
    guard folder >= 0 else { throw SealError.io(errno) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw SealError.io(errno) }
  }
}

public enum SealError: Error, Equatable, Sendable {
  /// The key of that month was destroyed: the identity is erased.
  case destroyed(String)
  case damaged
  case io(Int32)
}
