import Crypto
import Foundation
import Kernel

/// One stored file: its name is its content.
public struct StoredFile: Hashable, Sendable, Codable {
  /// SHA-256, 64 hex digits.
  public let sha256: String
  /// Bytes.
  public let size: Int
  public init(sha256: String, size: Int) {
    self.sha256 = sha256
    self.size = size
  }
}

/// Original bytes, kept under their SHA-256 and never changed. What `keep` returns has been synced to disk.
public struct FileVault: Sendable {
  let root: URL
  public init(root: URL) throws {
    self.root = root
    try FileManager.default.createDirectory(at: root.appending(path: "incoming"), withIntermediateDirectories: true)
  }

  /// Whether both are one folder.
  public func isSame(as other: FileVault) -> Bool {
    root.resolvingSymlinksInPath().standardizedFileURL.path == other.root.resolvingSymlinksInPath().standardizedFileURL.path
  }

  public func keep(_ bytes: Data) throws -> StoredFile {
    let name = SHA256.hash(data: bytes).hex
    let file = StoredFile(sha256: name, size: bytes.count)
    let target = path(name)
    // Another may have put it there this moment, with its folder not yet synced; and what was altered since is written anew.
    if FileManager.default.contents(atPath: target.path) == bytes {
      try syncFolders(above: target)
      return file
    }
    let folder = target.deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Written under a temporary name and renamed: a crash leaves either the whole file or none.
    let temporary = root.appending(path: "incoming/\(UUID().uuidString)")
    let fd = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL, 0o440)
    guard fd >= 0 else { throw VaultError.io("create", errno) }
    do {
      defer { close(fd) }
      try bytes.withUnsafeBytes { buffer in
        var offset = 0
        while offset < buffer.count {
          let n = write(fd, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
          if n < 0 {
            if errno == EINTR { continue }
            throw VaultError.io("write", errno)
          }
          offset += n
        }
      }
      guard fsync(fd) == 0 else { throw VaultError.io("fsync", errno) }
    } catch {
      unlink(temporary.path)
      throw error
    }
    guard rename(temporary.path, target.path) == 0 else { throw VaultError.io("rename", errno) }
    try syncFolders(above: target)
    return file
  }

  /// Takes a file that nothing seems to refer to out of the way. It can still be read and put back: somebody may have kept the same
  /// bytes in this very moment and not yet written the row that says so.
  public func setAside(_ sha256: String) throws {
    guard Self.isName(sha256) else { throw VaultError.missing(sha256) }
    let away = aside(sha256)
    try FileManager.default.createDirectory(at: away.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard rename(path(sha256).path, away.path) == 0 || errno == ENOENT else { throw VaultError.io("set aside", errno) }
  }
  /// Puts back what was set aside, unless it was kept anew meanwhile.
  public func putBack(_ sha256: String) throws {
    guard Self.isName(sha256) else { throw VaultError.missing(sha256) }
    if FileManager.default.fileExists(atPath: path(sha256).path) { return try discard(sha256) }
    guard rename(aside(sha256).path, path(sha256).path) == 0 || errno == ENOENT else { throw VaultError.io("put back", errno) }
    try syncFolder(path(sha256).deletingLastPathComponent())
  }
  /// Removes what was set aside, for good.
  public func discard(_ sha256: String) throws {
    guard Self.isName(sha256) else { throw VaultError.missing(sha256) }
    guard unlink(aside(sha256).path) == 0 || errno == ENOENT else { throw VaultError.io("discard", errno) }
  }
  func aside(_ name: String) -> URL { root.appending(path: "aside/\(name)") }
  static func isName(_ text: String) -> Bool {
    text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  /// The bytes, checked against their name: a flipped bit is an error, never served.
  public func bytes(_ sha256: String) throws -> Data {
    guard Self.isName(sha256) else { throw VaultError.missing(sha256) }
    guard let data = FileManager.default.contents(atPath: path(sha256).path) ?? FileManager.default.contents(atPath: aside(sha256).path)
    else { throw VaultError.missing(sha256) }
    guard SHA256.hash(data: data).hex == sha256 else { throw VaultError.altered(sha256) }
    return data
  }

  func path(_ name: String) -> URL { root.appending(path: "\(name.prefix(2))/\(name.dropFirst(2).prefix(2))/\(name)") }

  /// The file's name is in its folder, the folder's in the one above, up to the root: each may be new.
  func syncFolders(above file: URL) throws {
    let folder = file.deletingLastPathComponent()
    for one in [folder, folder.deletingLastPathComponent(), root] { try syncFolder(one) }
  }
  private func syncFolder(_ folder: URL) throws {
    let fd = open(folder.path, O_RDONLY | O_DIRECTORY)
    guard fd >= 0 else { throw VaultError.io("open folder", errno) }
    defer { close(fd) }
    guard fsync(fd) == 0 else { throw VaultError.io("fsync folder", errno) }
  }
}

public enum VaultError: Error, Equatable, Sendable {
  case missing(String)
  /// The bytes no longer have the hash they were stored under.
  case altered(String)
  case io(String, Int32)
  /// Trouble of the machine: the same may succeed later.
  public var isPassing: Bool {
    if case .io = self { true } else { false }
  }
}

extension Sequence where Element == UInt8 {
  public var hex: String {
    let bytes = Array(self)
    return String(unsafeUninitializedCapacity: bytes.count * 2) { out in
      func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
      var end = 0
      for byte in bytes {
        out[end] = digit(byte >> 4)
        out[end + 1] = digit(byte & 15)
        end += 2
      }
      return end
    }
  }
}
