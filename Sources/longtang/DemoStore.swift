import Foundation
import Kernel
import Pilot
import Storage

/// The folder of a demonstration: made whole, left as it is, or begun anew when its making was cut off.
enum DemoStore {
  struct Opened {
    let house: House
    /// An unfinished city was removed first.
    let restarted: Bool
    /// Held as long as the city is being made.
    let lock: Lock
    /// Nil while another program uses the store.
    let alone: StoreLock?
  }

  /// Two that plant in one folder would each take the other's half for wreckage.
  final class Lock {
    private let fd: Int32
    init(_ file: URL) throws {
      fd = Foundation.open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard fd >= 0 else { throw Refusal(.unavailable, "longtang-demo-lock", "无法写入 \(file.path)，请检查目录权限。") }
      guard flock(fd, LOCK_EX | LOCK_NB) == 0 else {
        close(fd)
        throw Refusal(.conflict, "longtang-demo-busy", "另一个 longtang demo 正在 \(file.deletingLastPathComponent().path) 建立演示库，请等它完成。")
      }
    }
    deinit { close(fd) }
  }

  static func open(_ config: Config) async throws -> Opened {
    try FileManager.default.createDirectory(
      at: config.store, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    let lock = try Lock(config.store.appending(path: "demo.lock"))
    // While the program serves, the city can still be listed: it is planted only in a store that nobody uses.
    let alone: StoreLock?
    do { alone = try StoreLock.take(config, for: "longtang demo") } catch let refusal as Refusal {
      let house = try await StoreFolder.look(config)
      guard try await house.store.read({ db in try House.mark("pilot", db) != nil }) else {
        try await house.store.close()
        throw refusal
      }
      return Opened(house: house, restarted: false, lock: lock, alone: nil)
    }
    var restarted = false
    var store = try await StoreFolder.open(config, as: .command)
    if try await store.store.read(isUnfinished) {
      // Everything in it was made up by the program itself, and the keys stay: nothing is lost by beginning anew.
      try await store.store.close()
      if case .postgres = config.database {
        throw Refusal(
          .conflict, "longtang-demo-unfinished",
          "\(StoreFolder.place(config)) 里有一座没有建完的演示城区，请删除这个数据库，重新建一个空的，再运行 longtang demo。")
      }
      for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm", "files"] {
        let file = config.store.appending(path: name)
        if FileManager.default.fileExists(atPath: file.path) { try FileManager.default.removeItem(at: file) }
      }
      restarted = true
      store = try await StoreFolder.open(config, as: .command)
    }
    // A store with nobody in it belongs to nobody yet.
    let empty = try await store.store.read { db in try db.number("SELECT count(*) AS n FROM account") } == 0
    return Opened(
      house: House(
        store: store.store, vault: store.vault, seals: store.seals, ids: store.ids, isDemonstration: empty || store.isDemonstration,
        now: store.now), restarted: restarted, lock: lock, alone: alone)
  }

  /// Marked as a demonstration from its first commit, as a city only by its last. A real office's store has neither mark.
  private static func isUnfinished(_ db: any Reader) throws -> Bool {
    try House.mark("demonstration", db) == "yes" && House.mark("pilot", db) == nil
  }
}
