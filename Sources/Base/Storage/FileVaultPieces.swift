import Crypto
import Foundation
import Kernel

/// Films of a body camera do not fit into memory: read and proven piece by piece.
extension FileVault {
  /// Bytes read at once.
  public static let piece = 1 << 20

  /// Hands out a file's bytes in order; that they are what the name says is known at the end only, so whoever passes them on has called
  /// `check` before.
  /// - Throws: `VaultError.missing`, and `VaultError.altered` after the last piece.
  @discardableResult
  public func read(_ sha256: String, _ take: (Data) throws -> Void) throws -> StoredFile {
    let file = try reading(sha256)
    var hasher = SHA256()
    var size = 0
    while true {
      let bytes = try file.bytes(at: size)
      if bytes.isEmpty { break }
      hasher.update(data: bytes)
      size += bytes.count
      try take(bytes)
    }
    guard hasher.finalize().hex == sha256 else { throw VaultError.altered(sha256) }
    return StoredFile(sha256: sha256, size: size)
  }
  /// Proves that a file is what its name says.
  @discardableResult
  public func check(_ sha256: String) throws -> StoredFile { try read(sha256) { _ in } }

  /// Keeps a file that is handed over piece by piece.
  /// - Parameter fill: calls its argument with each piece, in order.
  public func keep(pieces fill: (_ take: (Data) throws -> Void) throws -> Void) throws -> StoredFile {
    let temporary = root.appending(path: "incoming/\(UUID().uuidString)")
    let fd = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o440)
    guard fd >= 0 else { throw VaultError.io("create", errno) }
    var hasher = SHA256()
    var size = 0
    do {
      defer { close(fd) }
      try fill { bytes in
        try bytes.withUnsafeBytes { buffer in
          var offset = 0
          while offset < buffer.count {
            let n = Foundation.write(fd, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
            if n < 0 {
              if errno == EINTR { continue }
              throw VaultError.io("write", errno)
            }
            offset += n
          }
        }
        hasher.update(data: bytes)
        size += bytes.count
      }
      guard fsync(fd) == 0 else { throw VaultError.io("fsync", errno) }
    } catch {
      unlink(temporary.path)
      throw error
    }
    let file = StoredFile(sha256: hasher.finalize().hex, size: size)
    let target = path(file.sha256)
    try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard rename(temporary.path, target.path) == 0 else {
      let number = errno
      unlink(temporary.path)
      throw VaultError.io("rename", number)
    }
    try syncFolders(above: target)
    return file
  }

  /// For whoever hands the pieces on at somebody else's pace.
  public func reading(_ sha256: String) throws -> VaultReading {
    guard Self.isName(sha256) else { throw VaultError.missing(sha256) }
    for place in [path(sha256), aside(sha256)] {
      let fd = open(place.path, O_RDONLY | O_CLOEXEC)
      if fd >= 0 { return VaultReading(fd) }
      guard errno == ENOENT else { throw VaultError.io("open", errno) }
    }
    throw VaultError.missing(sha256)
  }
}

/// A file of the vault, being read. Closed when nobody holds it any more.
public final class VaultReading: Sendable {
  private let fd: Int32
  init(_ fd: Int32) { self.fd = fd }
  deinit { close(fd) }

  /// As long as this stays the same, nobody has written to the file: the kernel sets the last of its times, and nobody else can.
  public struct Mark: Hashable, Sendable {
    let device: UInt
    let node: UInt
    let size: Int
    let changed: [Int]
  }
  public var mark: Mark {
    get throws {
      var facts = stat()
      guard fstat(fd, &facts) == 0 else { throw VaultError.io("stat", errno) }
      return Mark(
        device: UInt(facts.st_dev), node: UInt(facts.st_ino), size: Int(facts.st_size),
        changed: [facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec, facts.st_ctim.tv_sec, facts.st_ctim.tv_nsec])
    }
  }
  /// Proves that what is being read is what the name says.
  /// - Throws: `VaultError.altered`.
  public func check(_ sha256: String) throws {
    var hasher = SHA256()
    var offset = 0
    while true {
      let bytes = try bytes(at: offset)
      if bytes.isEmpty { break }
      hasher.update(data: bytes)
      offset += bytes.count
    }
    guard hasher.finalize().hex == sha256 else { throw VaultError.altered(sha256) }
  }
  /// - Returns: up to `most` bytes from `offset` on; none at the end.
  public func bytes(at offset: Int, most: Int = FileVault.piece) throws -> Data {
    var buffer = Data(count: most)
    var filled = 0
    while filled < most {
      let n = buffer.withUnsafeMutableBytes { pread(fd, $0.baseAddress?.advanced(by: filled), most - filled, off_t(offset + filled)) }
      if n < 0 {
        if errno == EINTR { continue }
        throw VaultError.io("read", errno)
      }
      if n == 0 { break }
      filled += n
    }
    return filled == most ? buffer : buffer.prefix(filled)
  }
}

/// What has come of a file that arrives in parts, beside the vault until it is whole. One at a time holds it, on any server.
public final class VaultPart: Sendable {
  private let fd: Int32
  let place: URL
  private init(_ fd: Int32, _ place: URL) {
    self.fd = fd
    self.place = place
  }
  /// Gives the hold back too.
  deinit { close(fd) }

  /// - Returns: nil while another request is at it.
  static func hold(_ place: URL) throws -> VaultPart? {
    let fd = open(place.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o640)
    guard fd >= 0 else { throw VaultError.io("open part", errno) }
    guard flock(fd, LOCK_EX | LOCK_NB) == 0 else {
      let number = errno
      close(fd)
      if number == EWOULDBLOCK { return nil }
      throw VaultError.io("lock part", number)
    }
    return VaultPart(fd, place)
  }

  /// Bytes there now; what was not yet acknowledged included.
  public var size: Int {
    get throws {
      var facts = stat()
      guard fstat(fd, &facts) == 0 else { throw VaultError.io("stat part", errno) }
      return Int(facts.st_size)
    }
  }
  /// Writes and syncs: what this returns from may be acknowledged.
  public func write(_ bytes: Data, at offset: Int) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let n = pwrite(fd, buffer.baseAddress?.advanced(by: done), buffer.count - done, off_t(offset + done))
        if n < 0 {
          if errno == EINTR { continue }
          throw VaultError.io("write part", errno)
        }
        done += n
      }
    }
    guard fsync(fd) == 0 else { throw VaultError.io("fsync part", errno) }
  }
  /// SHA-256 of all that is there, and its beginning, by which its type is told.
  func digest(_ peek: Int) throws -> (sha256: String, size: Int, beginning: Data) {
    var hasher = SHA256()
    var (size, beginning) = (0, Data())
    var buffer = [UInt8](repeating: 0, count: FileVault.piece)
    while true {
      let n = buffer.withUnsafeMutableBytes { pread(fd, $0.baseAddress, $0.count, off_t(size)) }
      if n < 0 {
        if errno == EINTR { continue }
        throw VaultError.io("read part", errno)
      }
      if n == 0 { break }
      if beginning.count < peek { beginning += buffer[..<min(n, peek - beginning.count)] }
      buffer.withUnsafeBytes { hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<n])) }
      size += n
    }
    return (hasher.finalize().hex, size, beginning)
  }
}

extension FileVault {
  private func part(_ name: String) throws -> URL {
    guard !name.isEmpty, name.utf8.allSatisfy({ (48...57).contains($0) }) else { throw VaultError.missing(name) }
    return root.appending(path: "parts/\(name)")
  }
  /// Opens what has come of a file, or begins it.
  /// - Parameter name: digits, as an identifier has them.
  /// - Returns: nil while another request holds it.
  public func holdPart(_ name: String) throws -> VaultPart? {
    let place = try part(name)
    try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
    return try VaultPart.hold(place)
  }
  /// Takes a whole part among the files. The part stays until `dropPart`, so that whoever fell over in between can do it again.
  /// - Parameter peek: bytes of the beginning that are handed back.
  public func keep(_ part: VaultPart, peek: Int = 1024) throws -> (file: StoredFile, beginning: Data) {
    let (name, size, beginning) = try part.digest(peek)
    let file = StoredFile(sha256: name, size: size)
    let target = path(name)
    if (try? check(name)) == nil {
      try FileManager.default.createDirectory(at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      // A name of its own, then the rename: what was altered under this name since is replaced, and never half.
      let second = root.appending(path: "incoming/\(UUID().uuidString)")
      guard link(part.place.path, second.path) == 0 else { throw VaultError.io("link", errno) }
      chmod(second.path, 0o440)
      guard rename(second.path, target.path) == 0 else {
        let number = errno
        unlink(second.path)
        throw VaultError.io("rename", number)
      }
    }
    try syncFolders(above: target)
    return (file, beginning)
  }
  public func dropPart(_ name: String) throws {
    guard unlink(try part(name).path) == 0 || errno == ENOENT else { throw VaultError.io("drop part", errno) }
  }
}
