import Kernel
import Storage

/// What a look at every kept file found.
public struct FileVerdict: Sendable, Equatable {
  public var files = 0
  /// Sentences that name the file and what it belongs to; empty when all are whole.
  public var faults: [String] = []
}

extension Matters {
  /// Reads every file that a row refers to and compares it with the hash it was registered under. Each row is named by its matter,
  /// report or import, never by what is in it.
  /// - Parameter progress: files read so far.
  public static func verifyFiles(in house: House, progress: @Sendable (Int) -> Void = { _ in }) async throws -> FileVerdict {
    var verdict = FileVerdict()
    for table in Set(fileColumns.map(\.table)).sorted() {
      let columns = fileColumns.filter { $0.table == table }.map(\.column)
      var last: Int64 = 0
      while true {
        let after = last
        let rows = try await house.store.read { db in try fileRows(table, columns, after: after, db) }
        guard let end = rows.last else { break }
        for row in rows {
          for (column, name) in row.names {
            verdict.files += 1
            if let fault = try fault(of: name, house.vault) { verdict.faults.append("\(row.owner)的\(word(column)) \(name)：\(fault)") }
          }
        }
        progress(verdict.files)
        last = end.id
      }
    }
    return verdict
  }

  private struct FileRow: Sendable {
    let id: Int64
    let owner: String
    let names: [(column: String, name: String)]
  }
  private static func fileRows(_ table: String, _ columns: [String], after last: Int64, _ db: any Reader) throws -> [FileRow] {
    let query: Query =
      switch table {
      case "matter_file": "SELECT f.*, m.no FROM matter_file f JOIN matter m ON m.id = f.matter_id"
      case "report_file": "SELECT f.*, r.no FROM report_file f JOIN report r ON r.id = f.report_id"
      default: "SELECT f.*, CAST(f.id AS text) AS no FROM \(raw: table) f"
      }
    return try db.all("\(query) WHERE f.id > \(last) ORDER BY f.id LIMIT 500").map { row in
      let kind = table == "matter_file" ? "事项" : table == "report_file" ? "诉件" : "导入"
      return FileRow(
        id: try row.int("id"), owner: "\(kind) \(try row.text("no")) ",
        names: try columns.compactMap { column in try row.optionalText(column).map { (column, $0) } })
    }
  }
  private static func word(_ column: String) -> String {
    switch column {
    case "public_sha256": "公开副本"
    case "thumbnail_sha256": "缩略图"
    default: "原始文件"
    }
  }
  private static func fault(of name: String, _ vault: FileVault) throws -> String? {
    do {
      _ = try vault.check(name)
      return nil
    } catch VaultError.altered {
      return "内容与登记的哈希不符"
    } catch VaultError.missing {
      return "文件不在了"
    }
  }
}
