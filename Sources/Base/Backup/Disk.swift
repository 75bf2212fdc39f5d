import Foundation
import Kernel

/// Plain files with their errors in words, and synced before anybody relies on them.
enum Disk {
  static func sync(folder: URL) throws {
    let fd = open(folder.path, O_RDONLY | O_DIRECTORY)
    guard fd >= 0 else { throw BackupRefusal.system(errno, folder.path) }
    defer { close(fd) }
    guard fsync(fd) == 0 else { throw BackupRefusal.system(errno, folder.path) }
  }
  static func sync(file: URL) throws {
    let fd = open(file.path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { throw BackupRefusal.system(errno, file.path) }
    defer { close(fd) }
    guard fsync(fd) == 0 else { throw BackupRefusal.system(errno, file.path) }
  }
  static func rename(_ from: URL, to: URL) throws {
    guard Foundation.rename(from.path, to.path) == 0 else { throw BackupRefusal.system(errno, to.path) }
    try sync(folder: to.deletingLastPathComponent())
  }
  static func makeFolder(_ folder: URL) throws {
    try BackupRefusal.translated(folder.path) {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
  }
  /// Names in a folder; empty when there is none.
  static func names(in folder: URL) throws -> [String] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    return try BackupRefusal.translated(folder.path) { try FileManager.default.contentsOfDirectory(atPath: folder.path) }
  }
  /// Bytes that may still be written where `folder` lies.
  @Sendable static func free(at folder: URL) -> Int64? {
    var state = statvfs()
    guard statvfs(folder.path, &state) == 0 else { return nil }
    return Int64(clamping: UInt64(state.f_bavail) * UInt64(state.f_frsize))
  }
}

/// A new file, written from its beginning to its end.
final class OutFile {
  private let path: String
  private var fd: Int32

  /// - Throws: `Refusal`, also when there is such a file already.
  init(_ file: URL, mode: mode_t = 0o600) throws {
    path = file.path
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard fd >= 0 else { throw BackupRefusal.system(errno, path) }
  }
  deinit { if fd >= 0 { close(fd) } }

  func write(_ bytes: Data) throws {
    try bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let n = Foundation.write(fd, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        if n < 0 {
          if errno == EINTR { continue }
          throw BackupRefusal.system(errno, path)
        }
        offset += n
      }
    }
  }
  func finish() throws {
    guard fsync(fd) == 0 else { throw BackupRefusal.system(errno, path) }
    // So that whoever reads it again to prove it reads what the disk holds.
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)
    let code = close(fd)
    fd = -1
    guard code == 0 else { throw BackupRefusal.system(errno, path) }
  }
}

/// A file, read from its beginning to its end.
final class InFile {
  private let path: String
  private let fd: Int32

  init(_ file: URL) throws {
    path = file.path
    fd = open(path, O_RDONLY | O_CLOEXEC)
    guard fd >= 0 else { throw BackupRefusal.system(errno, path) }
  }
  deinit { close(fd) }

  /// - Returns: `count` bytes; fewer only at the end.
  func read(_ count: Int) throws -> Data {
    var out = Data(count: count)
    var filled = 0
    try out.withUnsafeMutableBytes { buffer in
      while filled < count {
        let n = Foundation.read(fd, buffer.baseAddress?.advanced(by: filled), count - filled)
        if n < 0 {
          if errno == EINTR { continue }
          throw BackupRefusal.system(errno, path)
        }
        if n == 0 { break }
        filled += n
      }
    }
    return out.prefix(filled)
  }
}
