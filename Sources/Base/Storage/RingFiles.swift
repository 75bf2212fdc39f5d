import Foundation

/// Which file lies at a path: another inode, size or time is another one.
struct FileStamp: Equatable {
  private let inode: UInt64
  private let size: Int64
  private let seconds: Int
  private let nanoseconds: Int
  init?(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) == 0 else { return nil }
    inode = UInt64(facts.st_ino)
    size = Int64(facts.st_size)
    seconds = facts.st_mtim.tv_sec
    nanoseconds = facts.st_mtim.tv_nsec
  }
}

/// The files of a key ring: made once, replaced whole, the old bytes overwritten.
enum RingFiles {
  /// A key must be on disk before anything is sealed with it. One that is there already stays: two processes may begin a month together.
  static func writeOnce(_ data: Data, to file: URL) throws {
    let temporary = file.deletingLastPathComponent().appending(path: ".new-\(UUID().uuidString)")
    try write(data, to: temporary)
    defer { unlink(temporary.path) }
    // Unlike a rename, a link never replaces.
    guard link(temporary.path, file.path) == 0 || errno == EEXIST else { throw SealError.io(errno) }
    try syncFolder(of: file)
  }

  /// Puts new bytes in the place of a file and overwrites the old ones as far as the disk lets us: what was punctured must not be read
  /// from what is left of the old file.
  static func replace(_ file: URL, by data: Data) throws {
    let temporary = file.deletingLastPathComponent().appending(path: ".new-\(UUID().uuidString)")
    try write(data, to: temporary)
    let old = open(file.path, O_WRONLY)
    defer { if old >= 0 { close(old) } }
    guard rename(temporary.path, file.path) == 0 else {
      let why = errno
      unlink(temporary.path)
      throw SealError.io(why)
    }
    try syncFolder(of: file)
    if old >= 0 { try overwrite(old) }
  }
  private static func overwrite(_ file: Int32) throws {
    var left = Int(lseek(file, 0, SEEK_END))
    lseek(file, 0, SEEK_SET)
    let zeros = [UInt8](repeating: 0, count: 65_536)
    while left > 0 {
      let n = Foundation.write(file, zeros, min(left, zeros.count))
      guard n > 0 else { throw SealError.io(errno) }
      left -= n
    }
    guard fsync(file) == 0 else { throw SealError.io(errno) }
  }

  /// - Returns: nil when there is none.
  /// - Throws: `damaged` when what is there is no tree, also after a second look: the first may have met a file being overwritten.
  static func tree(at file: URL) throws -> KeyTree? {
    for _ in 0..<3 {
      guard let data = FileManager.default.contents(atPath: file.path) else { return nil }
      if let tree = KeyTree(encoded: data) { return tree }
    }
    throw SealError.damaged
  }

  /// One process at a time changes what is there.
  static func locked(_ folder: URL, _ body: () throws -> Void) throws {
    let fd = open(folder.appending(path: "ring.lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw SealError.io(errno) }
    defer { close(fd) }
    while flock(fd, LOCK_EX) != 0 {
      guard errno == EINTR else { throw SealError.io(errno) }
    }
    try sweep(folder)
    try body()
  }

  /// What a process that died has left behind holds keys too.
  private static func sweep(_ folder: URL) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasPrefix(".new-") {
      var facts = stat()
      let path = folder.appending(path: name).path
      if stat(path, &facts) == 0, time(nil) - facts.st_ctim.tv_sec > 3600 { unlink(path) }
    }
  }

  private static func write(_ data: Data, to file: URL) throws {
    let fd = open(file.path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    guard fd >= 0 else { throw SealError.io(errno) }
    defer { close(fd) }
    let written = data.withUnsafeBytes { Foundation.write(fd, $0.baseAddress, $0.count) }
    guard written == data.count, fsync(fd) == 0 else {
      let why = errno
      unlink(file.path)
      throw SealError.io(why)
    }
  }
  private static func syncFolder(of file: URL) throws {
    let fd = open(file.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY)
    guard fd >= 0 else { throw SealError.io(errno) }
    defer { close(fd) }
    guard fsync(fd) == 0 else { throw SealError.io(errno) }
  }
}
