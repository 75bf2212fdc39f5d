import Foundation
import Intake
import Kernel
import People
import Sheets
import Storage

/// One file taken in, as its page shows it.
public struct ImportRun: Sendable {
  public typealias ID = Identifier<ImportRun>
  public let id: ID
  public let fileName: String
  public let mapping: String
  public let state: State
  public let lines: Int
  public let done: Int
  public let added: Int
  public let changed: Int
  public let same: Int
  public let failed: Int
  public let at: Moment
  public let finishedAt: Moment?
  public let trouble: String?
  public enum State: String, Sendable {
    case waiting, running, finished, failed
    public var chinese: String {
      switch self {
      case .waiting: "排队中"
      case .running: "导入中"
      case .finished: "已完成"
      case .failed: "未能导入"
      }
    }
  }
}

extension Matters {
  /// The office's imports, newest first.
  /// - Parameter before: the last one of the page before.
  public func importRuns(for person: Person, before: ImportRun.ID? = nil, limit: Int = 30) async throws -> [ImportRun] {
    try person.require(.importReports)
    let earlier: Query = before.map { " AND id < \($0)" } ?? ""
    return try await house.store.read { db in
      try db.all("SELECT * FROM import WHERE kind = 'reports' AND office_id = \(person.office)\(earlier) ORDER BY id DESC LIMIT \(limit)")
        .map(Self.run)
    }
  }
  public func importRun(_ id: ImportRun.ID, for person: Person) async throws -> (run: ImportRun, errors: [(line: Int, reason: String)]) {
    try person.require(.importReports)
    return try await house.store.read { db in try Self.found(id, "kind = 'reports' AND office_id = \(person.office)", db) }
  }
  static func found(_ id: ImportRun.ID, _ own: Query, _ db: any Reader) throws -> (run: ImportRun, errors: [(line: Int, reason: String)]) {
    guard let row = try db.first("SELECT * FROM import WHERE id = \(id) AND \(own)") else {
      throw Refusal(.missing, "matters-no-import", "没有这次导入的记录。")
    }
    let errors = try db.all("SELECT line, reason FROM import_error WHERE import_id = \(id) ORDER BY line LIMIT 200").map {
      (line: try $0.count("line"), reason: try $0.text("reason"))
    }
    return (try run(row), errors)
  }
  /// The error file: each bad row as it came, with its line and reason in front.
  public func importErrors(_ id: ImportRun.ID, for person: Person) async throws -> Table {
    let (run, _) = try await importRun(id, for: person)
    let now = house.now()
    let house = house
    // The rows hold what the file said of callers: whoever takes them away is written down like any other look.
    try await house.store.write { db in
      try Journal.append("import-errors-opened", on: Subject("import", id), by: person.actor, at: now, ids: house.ids, db)
    }
    return try await errorTable(of: run)
  }
  func errorTable(of run: ImportRun) async throws -> Table {
    let house = house
    return try await house.store.read { db in
      if try db.exists("SELECT id FROM import_error WHERE import_id = \(run.id) AND cells = \(SealRing.erased) LIMIT 1") {
        throw Refusal(.missing, "matters-import-erased", "这次未导入的行已过保存期限，按规定删除。需要时请向来源单位重新取得。")
      }
      let rows = try db.all("SELECT * FROM import_error WHERE import_id = \(run.id) ORDER BY line").map { row -> [String] in
        let box = try house.seals.open(try row.text("cells"), for: Subject("import_error", try row.int("id")))
        return [String(try row.int("line")), try row.text("reason")] + (try JSONDecoder().decode([String].self, from: Data(box.utf8)))
      }
      let width = rows.map(\.count).max() ?? 2
      return Table(header: ["行号", "原因"] + (0..<max(0, width - 2)).map { "原第 \($0 + 1) 列" }, cells: rows)
    }
  }
  static func run(_ row: ResultRow) throws -> ImportRun {
    ImportRun(
      id: try row.id("id"), fileName: try row.text("file_name"), mapping: try row.text("mapping"), state: try row.choice("state"),
      lines: try row.count("lines"),
      done: try row.count("done"), added: try row.count("added"), changed: try row.count("changed"), same: try row.count("same"),
      failed: try row.count("failed"), at: try row.moment("at"), finishedAt: try row.optionalMoment("finished_at"),
      trouble: try row.optionalText("trouble"))
  }
}
