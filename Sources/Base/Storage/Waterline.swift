import Foundation
import Kernel

/// How far the journal had come, noted in the folder of the files: a store that was brought back from an older back-up, or a database
/// server that lost its last hours, does not reach it. Numbers and receipts given out since would otherwise be given out again.
public struct Waterline: Codable, Sendable, Equatable {
  public static let older = "store-older-than-files"
  let entry: Int64
  let hash: String
  let at: Moment

  public static func file(in folder: URL) -> URL { folder.appending(path: "waterline.json") }

  /// Notes where the journal stands now.
  public static func note(in folder: URL, _ store: any Store) async throws {
    let newest = try await store.read { db in try db.first("SELECT id, hash, at FROM journal ORDER BY id DESC LIMIT 1") }
    guard let newest else { return }
    let line = Waterline(entry: try newest.int("id"), hash: try newest.data("hash").hex, at: try newest.moment("at"))
    if read(folder) == line { return }
    try JSONEncoder().encode(line).write(to: file(in: folder), options: .atomic)
  }
  /// - Throws: `Refusal` when the store does not have what was noted.
  public static func check(_ folder: URL, place: String, _ store: any Store) async throws {
    guard let line = read(folder) else { return }
    let (there, newest) = try await store.read { db in
      (
        try db.first("SELECT hash FROM journal WHERE id = \(line.entry)")?.data("hash").hex,
        try db.first("SELECT at FROM journal ORDER BY id DESC LIMIT 1")?.moment("at")
      )
    }
    guard there != line.hash else { return }
    throw Refusal(
      .conflict, older,
      "库比数据目录旧：\(folder.path) 记得日志到 \(line.at.text)，\(place) 的日志只到 \(newest?.text ?? "空")，多半是恢复了较旧的备份。"
        + "没有做任何改动。请恢复更新的备份；确认这之后受理的诉件已无法找回、就用这个库的，删除 \(file(in: folder).path) 后再启动。")
  }
  /// A note that cannot be read says nothing.
  private static func read(_ folder: URL) -> Waterline? {
    FileManager.default.contents(atPath: file(in: folder).path).flatMap { try? JSONDecoder().decode(Waterline.self, from: $0) }
  }
}
