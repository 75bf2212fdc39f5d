import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import Storage
import TestHouse
import Testing
import WorkCalendar

@testable import longtang

/// Whether the promises of docs/promises.md have been kept, looked up in the store and the files themselves.
struct FaultVerdict: Sendable {
  let office: FaultOffice
  let heard: FaultLoad.Heard
  /// Rows of an import that must be in by now.
  var rows = 0
  /// Statuses of server errors that this fault excuses.
  var excused: Set<Int> = [503]

  /// - Returns: a sentence for each promise that was broken.
  func broken() async throws -> [String] {
    var out = try await office.house.look { [self] db in try inStore(db) }
    out += try await files()
    let proof = try office.verify()
    if proof.status != 0 || !proof.text.contains("核验通过") { out.append("the journal is not whole: \(proof.text)") }
    for (status, count) in heard.statuses where status >= 500 && !excused.contains(status) {
      out.append("\(count) answers of \(status): \(heard.worst ?? "")")
    }
    return out
  }

  private func inStore(_ db: any Reader) throws -> [String] {
    try acknowledged(db) + steps(db) + numbers(db) + imported(db) + jobs(db) + journal(db) + clocks(db)
  }

  /// Each report that was acknowledged is there, once, as it was told.
  private func acknowledged(_ db: any Reader) throws -> [String] {
    var out: [String] = []
    for (key, told) in heard.reports {
      let found = try db.all("SELECT no, receipt_hash FROM report WHERE idempotency_key = \(key)")
      if found.count != 1 { out.append("\(key) was acknowledged as \(told) and is there \(found.count) times") }
      for row in found {
        if try row.text("no") != told, try row.optionalText("receipt_hash") != ReceiptCode.hash(told) {
          out.append("\(key) was told \(told) and is \(try row.text("no"))")
        }
      }
    }
    // Those of the load, those of the import and those that were planted; nothing that nobody has sent.
    let planted = Int64(FaultOffice.squad)
    let hotline = try db.number("SELECT count(*) AS n FROM report WHERE channel = 'hotline'")
    let all = try db.number("SELECT count(*) AS n FROM report")
    if all != planted + hotline + Int64(heard.reports.count) {
      out.append("\(all) reports, but \(planted) planted, \(hotline) imported and \(heard.reports.count) acknowledged")
    }
    let orphans = try db.number(
      """
      SELECT count(*) AS n FROM report r WHERE matter_id IS NULL OR NOT EXISTS (SELECT 1 FROM promise p WHERE p.report_id = r.id AND p.matter_id = r.matter_id)
      """)
    if orphans > 0 { out.append("\(orphans) reports without a matter or a promise") }
    return out
  }

  /// What an officer was told is saved is there, once, and nothing else.
  private func steps(_ db: any Reader) throws -> [String] {
    var notes: [String: Int] = [:]
    for table in ["measure", "visit"] {
      for row in try db.all("SELECT note FROM \(raw: table) WHERE note LIKE '记录%'") { notes[try row.text("note"), default: 0] += 1 }
    }
    var out = notes.filter { $0.value > 1 }.map { "“\($0.key)” was written \($0.value) times" }
    out += heard.steps.keys.filter { notes[$0] == nil }.map { "“\($0)” was acknowledged and is gone" }
    out += notes.keys.filter { heard.steps[$0] == nil }.map { "“\($0)” is there and nobody was told" }
    return out
  }

  /// No gap and no double, on any day.
  private func numbers(_ db: any Reader) throws -> [String] {
    var out: [String] = []
    for table in ["report", "matter"] {
      let all = try db.all("SELECT no FROM \(raw: table)").map { try $0.text("no") }
      for (day, some) in Dictionary(grouping: all, by: { $0.dropFirst().prefix(8) }) {
        let sorted = some.compactMap { Int($0.suffix(6)) }.sorted()
        if sorted != Array(1...some.count) {
          let missing = Set(1...(sorted.last ?? 1)).subtracting(sorted)
          out.append("numbers of \(table) on \(day): \(some.count), missing \(missing.sorted().prefix(5)), last \(sorted.last ?? 0)")
        }
      }
    }
    return out
  }

  /// Every row of a file is in once, or named as one that could not be read.
  private func imported(_ db: any Reader) throws -> [String] {
    guard rows > 0 else { return [] }
    guard let run = try db.first("SELECT * FROM import") else { return ["the import is gone"] }
    var out: [String] = []
    if try run.text("state") != "finished" { out.append("the import is \(try run.text("state")), \(try run.count("done")) of \(rows)") }
    let sum = try ["added", "changed", "same", "failed"].map { try run.count($0) }.reduce(0, +)
    if try sum != rows || run.count("done") != rows { out.append("\(sum) of \(rows) rows accounted for") }
    let there = try db.number("SELECT count(*) AS n FROM report WHERE channel = 'hotline'")
    let errors = try db.number("SELECT count(*) AS n FROM import_error")
    if there != rows - rows / 100 || errors != rows / 100 { out.append("\(there) rows are in and \(errors) are named as bad") }
    let ends = try db.number("SELECT count(*) AS n FROM journal WHERE action = 'import-finished'")
    if ends != 1 { out.append("the import ended \(ends) times") }
    return out
  }

  /// None lost, none done twice, none given up.
  private func jobs(_ db: any Reader) throws -> [String] {
    var out: [String] = []
    for row in try db.all("SELECT kind, state, last_error FROM job WHERE state IN ('dead', 'running')") {
      out.append("a job \(try row.text("kind")) is \(try row.text("state")): \(try row.optionalText("last_error") ?? "")")
    }
    let now = Wall.now()
    for row in try db.all("SELECT kind FROM job WHERE state = 'waiting' AND run_at < \(now.adding(minutes: -1))") {
      out.append("a job \(try row.text("kind")) is due and nobody does it")
    }
    // A call to the duty officer and the job that climbs the ladder are written together.
    let calls = try db.number("SELECT count(*) AS n FROM duty_call")
    let escalations = try db.all("SELECT payload FROM job WHERE kind = 'people-duty-escalate'").map { try $0.text("payload") }
    if escalations.count != Set(escalations).count || escalations.count < calls {
      out.append("\(calls) calls to the duty officer, \(escalations.count) jobs to climb from them, \(Set(escalations).count) unlike")
    }
    for row in try db.all("SELECT subject_id, count(*) AS n FROM duty_call GROUP BY subject_kind, subject_id HAVING count(*) > 1") {
      out.append("\(try row.count("n")) calls about one matter")
    }
    return out
  }

  /// No change without its entry.
  private func journal(_ db: any Reader) throws -> [String] {
    var out: [String] = []
    for row in try db.all(
      """
      SELECT m.no, m.version, (SELECT count(*) FROM journal j WHERE j.subject_kind = 'matter' AND j.subject_id = m.id) AS entries,
        (SELECT count(*) FROM journal j WHERE j.subject_kind = 'matter' AND j.subject_id = m.id AND j.action = 'matter-measure') AS measures,
        (SELECT count(*) FROM measure x WHERE x.matter_id = m.id) AS measured,
        (SELECT count(*) FROM journal j WHERE j.subject_kind = 'matter' AND j.subject_id = m.id AND j.action = 'matter-visit') AS visits,
        (SELECT count(*) FROM visit x WHERE x.matter_id = m.id) AS visited,
        (SELECT count(*) FROM journal j WHERE j.subject_kind = 'matter' AND j.subject_id = m.id AND j.action = 'matter-joined') AS joined,
        m.reports, (SELECT count(*) FROM promise p WHERE p.matter_id = m.id) AS promised
      FROM matter m
      """)
    {
      let no = try row.text("no")
      if try row.count("entries") < row.count("version") { out.append("\(no) was changed without an entry in the journal") }
      if try row.count("measures") != row.count("measured") || row.count("visits") != row.count("visited") {
        out.append("\(no): steps and entries of the journal differ")
      }
      if try row.count("promised") != row.count("reports") || row.count("joined") + 1 != row.count("reports") {
        let counts = try ["reports", "promised", "joined"].map { "\(try row.count($0)) \($0)" }.joined(separator: ", ")
        out.append("\(no): \(counts)")
      }
    }
    let bare = try db.number(
      """
      SELECT count(*) AS n FROM report r
      WHERE (SELECT count(*) FROM journal j WHERE j.subject_kind = 'report' AND j.subject_id = r.id AND j.action = 'report-received') <> 1
      """)
    if bare > 0 { out.append("\(bare) reports without exactly one entry of their arrival") }
    return out
  }

  /// Each report has its clock, begun when it came, and due when the law's arithmetic says.
  private func clocks(_ db: any Reader) throws -> [String] {
    var out: [String] = []
    let calendar = try WorkCalendar(reading: try Data(contentsOf: WholeHouse.data.appending(path: "holidays/china.json")))
    let book = try ClockBook(
      calendar: calendar, table: try ClockTable(reading: try Data(contentsOf: WholeHouse.data.appending(path: "clocks/clocks.json"))))
    let reports = try db.all("SELECT id, no, received_at FROM report")
    let clocks = Dictionary(grouping: try book.clocks(of: "report", ids: try reports.map { try $0.int("id") }, db), by: \.subject.id)
    for row in reports {
      let (own, received) = (clocks[try row.int("id")] ?? [], try row.moment("received_at"))
      let answers = own.filter { $0.kind.hasPrefix("reply-") }
      if answers.count != 1 { out.append("\(try row.text("no")) has \(answers.count) clocks for its answer") }
      for clock in own {
        let due = clock.clock.deadline(on: calendar, asOf: received).due
        if clock.clock.state.start != received { out.append("\(try row.text("no")): \(clock.kind) began at another time than it came") }
        if due != clock.due { out.append("\(try row.text("no")): \(clock.kind) is due wrongly") }
      }
    }
    return out
  }

  /// Every file a row speaks of is there, with the bytes it came with.
  private func files() async throws -> [String] {
    let columns = ["sha256", "public_sha256", "thumbnail_sha256"]
    let names = try await office.house.look { db in
      var names: Set<String> = []
      for table in ["report_file", "matter_file"] {
        for column in columns {
          for row in try db.all("SELECT \(raw: column) AS name FROM \(raw: table) WHERE \(raw: column) IS NOT NULL") {
            names.insert(try row.text("name"))
          }
        }
      }
      for row in try db.all("SELECT sha256 FROM import") { names.insert(try row.text("sha256")) }
      return names
    }
    let vault = try FileVault(root: office.house.folder.appending(path: "files"))
    return names.sorted().compactMap { name in
      do {
        _ = try vault.bytes(name)
        return nil
      } catch { return "a file that was acknowledged: \(error)" }
    }
  }
}

extension FaultOffice {
  /// The end of every test: the promises, one sentence for each that was broken.
  func expectPromises(
    _ load: FaultLoad, rows: Int = 0, excused: Set<Int> = [503], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let broken = try await FaultVerdict(office: self, heard: load.memory, rows: rows, excused: excused).broken()
    // What the servers said of it goes with the office's folder.
    let said = broken.isEmpty ? "" : (try? String(contentsOf: house.folder.appending(path: "serve.log"), encoding: .utf8)) ?? ""
    for line in said.split(separator: "\n").filter({ $0.contains("error") || $0.contains("critical") }).suffix(20) { print("  \(line)") }
    for sentence in broken.prefix(12) { Issue.record("\(engine.rawValue): \(sentence)", sourceLocation: sourceLocation) }
    let answers = load.memory.statuses.sorted { $0.key < $1.key }.map { "\($0.value)×\($0.key == 0 ? "no answer" : String($0.key))" }
    let (reports, steps) = (load.memory.reports.count, load.memory.steps.count)
    print("faults, \(engine.rawValue): \(reports) reports, \(steps) steps; \(answers.joined(separator: ", "))")
  }
}
