import Foundation
import Kernel

/// Keeps a second program off an embedded store. The kernel holds it, so it ends with the process, however that ends.
final class StoreLock: Sendable {
  static let inUse = "longtang-store-in-use"
  private let fd: Int32

  /// - Parameter who: for the sentence of whoever comes second: "longtang serve".
  /// - Throws: `Refusal` `longtang-store-in-use` that names the holder.
  init(_ folder: URL, for who: String) throws {
    let file = folder.appending(path: "store.lock")
    let fd = Foundation.open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard fd >= 0 else { throw Refusal(.unavailable, "longtang-store-lock", "无法写入 \(file.path)，请检查目录权限和磁盘空间。") }
    guard flock(fd, LOCK_EX | LOCK_NB) == 0 else {
      var buffer = [UInt8](repeating: 0, count: 200)
      let length = pread(fd, &buffer, buffer.count, 0)
      close(fd)
      let holder = length > 0 ? String(decoding: buffer[..<length], as: UTF8.self) : "另一个程序"
      throw Refusal(
        .conflict, Self.inUse,
        "\(folder.path) 的嵌入式库正由 \(holder)使用，没有做任何改动。嵌入式库同时只能由一个 serve 或 work 使用（serve 已包含后台作业）：请先停止它；要运行多个程序请改用 PostgreSQL，见 docs/postgresql.md。"
      )
    }
    self.fd = fd
    // Only words for people: whether the lock is held is known to the kernel alone.
    let words = Array("\(who)（进程 \(getpid())）".utf8)
    _ = ftruncate(fd, 0)
    _ = pwrite(fd, words, words.count, 0)
  }
  deinit { close(fd) }
}

/// What ends with a store that was opened: the lock of an embedded one.
extension StoreLock {
  /// - Returns: nil on a database server, which any number of programs may use.
  static func take(_ config: Config, for who: String) throws -> StoreLock? {
    guard case .sqlite = config.database else { return nil }
    try FileManager.default.createDirectory(
      at: config.store, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return try StoreLock(config.store, for: who)
  }
}
