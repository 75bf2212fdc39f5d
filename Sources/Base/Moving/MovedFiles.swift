import Foundation
import Kernel
import Storage
import Synchronization

/// The files of an office on their way: carried where the new store has a folder of its own, proven by their hash in any case.
final class MovedFiles: Sendable {
  private let source: FileVault
  private let target: FileVault
  private let columns: [FileColumn]
  private let tables: [StoreTable]
  /// Proven already, so that the last stretch looks only at what came since. Thirty-two bytes each.
  private let proven = Mutex<Set<Data>>([])

  init(from source: FileVault, to target: FileVault, columns: [FileColumn], tables: [StoreTable]) {
    self.source = source
    self.target = target
    self.columns = columns
    self.tables = tables
  }

  /// Beside the work of the day.
  func carry(from store: any Store, _ progress: @Sendable (MoveProgress) -> Void) async throws {
    var done: Int64 = 0
    var lost: [String] = []
    try await ReferredFiles.each(
      columns, in: tables, ask: { query in try await store.read { db in try db.all(query) } },
      { names in
        for name in names {
          if let fault = try fault(name) { lost.append(fault) }
        }
        done += Int64(names.count)
        progress(MoveProgress(stage: .files, done: done, total: done))
      })
    try refuse(lost)
  }
  /// Within the last stretch: what the old store refers to now.
  /// - Returns: how many files there are.
  func check(_ db: any Reader) throws -> Int {
    var count = 0
    var lost: [String] = []
    try ReferredFiles.each(
      columns, in: tables, askNow: db.all,
      { names in
        for name in names where !(proven.withLock { $0.contains(Self.key(name)) }) {
          if let fault = try fault(name) { lost.append(fault) }
        }
        count += names.count
      })
    try refuse(lost)
    return count
  }

  /// - Returns: what is wrong with the file, in words; nil when it lies whole in the new place.
  private func fault(_ name: String) throws -> String? {
    do { try carry(name) } catch VaultError.missing { return "\(name)（缺失）" } catch VaultError.altered { return "\(name)（内容已变）" }
    return nil
  }
  private func carry(_ name: String) throws {
    try source.check(name)
    if !source.isSame(as: target) {
      _ = try target.keep(pieces: { take in try source.read(name, take) })
      try target.check(name)
    }
    proven.withLock { _ = $0.insert(Self.key(name)) }
  }
  private func refuse(_ lost: [String]) throws {
    guard lost.isEmpty else {
      throw Refusal(
        .conflict, MoveRefusal.source,
        "库中引用的文件有 \(lost.count) 个缺失或损坏，没有迁移：\(lost.prefix(5).joined(separator: "、"))。请先从备份补回这些文件。")
    }
  }
  private static func key(_ name: String) -> Data {
    var out = Data(capacity: 32)
    var high: UInt8?
    for byte in name.utf8 {
      let digit = byte <= 57 ? byte &- 48 : byte &- 87
      if let first = high {
        out.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return out
  }
}
