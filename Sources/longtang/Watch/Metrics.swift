import Cases
import ClockBook
import Foundation
import Kernel
import StaffWeb
import Storage
import WebSupport

/// Everything `/metrics` tells. Labels are route patterns, methods, statuses and kinds of jobs: fixed lists, no identifiers, no people.
struct Metrics {
  private let routes: WatchRoutes
  private let now: Moment
  init(_ routes: WatchRoutes, at now: Moment) {
    self.routes = routes
    self.now = now
  }

  /// What has to be read from the store, in one snapshot.
  private struct Stored: Sendable {
    let queue: [Jobs.Line]
    let clocks: (count: Int, oldest: Moment?)
    let heartbeat: Moment?
    let check: JournalCheck.Result?
    let evidence: EvidenceStand
    let missing: Int
    let unknown: Int
    /// Contract steps that wait for older programs to go.
    let waiting: Int
    let living: [Node]
    let lost: Int
  }

  func text() async -> String {
    var out = MetricsText()
    process(&out)
    requests(&out)
    store(&out)
    // Without its store the program still tells how it fares itself.
    let (now, store) = (now, routes.house.store)
    let stored = try? await Patience.ask(WatchRoutes.patience) {
      try await store.read { db in
        let applied = try Migrator.applied(db)
        let known = Set(Composition.migrations.map(\.id))
        let contracts = Set(Composition.migrations.filter { $0.kind == .contract }.map(\.id))
        let missing = known.subtracting(applied)
        return Stored(
          queue: try Jobs.queue(at: now, db), clocks: try ClockBook.backlog(at: now, db), heartbeat: try Heartbeat.last(db),
          check: try JournalCheck.last(db), evidence: try Cases.evidenceStand(db), missing: missing.subtracting(contracts).count,
          unknown: applied.subtracting(known).count,
          waiting: missing.intersection(contracts).count, living: try Nodes.living(at: now, db),
          lost: try Nodes.lost(within: 1, at: now, db).count)
      }
    }
    out.one("store_up", .gauge, "Whether the store answered this request.", stored == nil ? 0 : 1)
    if let stored { work(stored, &out) }
    let sizes = routes.sizes
    if let sizes = try? await Patience.ask(WatchRoutes.patience, { try await sizes() }) {
      out.one("store_bytes", .gauge, "Size of the store with its indexes.", sizes.store)
      if let free = sizes.free { out.one("disk_free_bytes", .gauge, "What the disk of the data folder still takes.", free) }
    }
    return out.text
  }

  private func process(_ out: inout MetricsText) {
    out.head("info", .gauge, "Version and engine of this process.")
    out.line(
      "info", [("version", Longtang.version), ("engine", routes.house.store.dialect == .sqlite ? "sqlite" : "postgres")], "1")
    out.one("uptime_seconds", .gauge, "Since the start of this process.", Int(routes.watch.uptime / .seconds(1)))
    if let memory = ProcessFacts.residentBytes { out.one("memory_bytes", .gauge, "Resident memory of this process.", memory) }
    if let files = ProcessFacts.openFiles { out.one("open_files", .gauge, "Open files and connections of this process.", files) }
    out.one("draining", .gauge, "1 while the process is ending.", routes.watch.isDraining ? 1 : 0)
    out.head("understanding", .gauge, "1 for the stage in which the reading of reports is.")
    for stage in ["loading", "loaded", "missing"] {
      out.line("understanding", [("stage", stage)], "\(routes.understander.stage)" == stage ? "1" : "0")
    }
  }

  private func requests(_ out: inout MetricsText) {
    let lines = routes.watch.requests.lines()
    out.one("requests_under_way", .gauge, "Requests that are being answered.", routes.watch.underWay)
    out.head("requests_total", .counter, "Requests by route pattern, method and status.")
    for line in lines {
      for (status, count) in line.answers {
        out.line("requests_total", [("route", line.pattern), ("method", line.method), ("status", status)], "\(count)")
      }
    }
    out.head("request_seconds", .histogram, "Time to answer by route pattern and method, without the sending of the body.")
    for line in lines {
      out.histogram(
        "request_seconds", [("route", line.pattern), ("method", line.method)], bounds: RequestFigures.bounds.map(\.description),
        within: line.within.map(\.description), count: "\(line.count)", sum: "\(line.seconds)")
    }
  }

  private func store(_ out: inout MetricsText) {
    let figures = routes.house.store.figures
    out.one("store_writes_total", .counter, "Writes that were committed.", figures.writes)
    out.one("store_writes_waiting", .gauge, "Writes that wait for a commit.", figures.waiting)
    out.one("store_slow_statements_total", .counter, "Statements slower than log.slow.", figures.slow)
    out.head("store_commit_writes", .histogram, "Writes that shared a commit.")
    var sum = 0
    out.histogram(
      "store_commit_writes", bounds: CommitSizes.bounds.map(\.description),
      within: figures.sizes.counts.map {
        sum += $0
        return sum.description
      }, count: figures.commits.description, sum: figures.writes.description)
    if let one = figures.replica { replica(one, &out) }
    if let pool = figures.pool {
      out.head("store_pool_connections", .gauge, "Reading connections to PostgreSQL.")
      out.line("store_pool_connections", [("state", "busy")], "\(max(0, pool.open - pool.idle))")
      out.line("store_pool_connections", [("state", "idle")], "\(pool.idle)")
      out.one("store_pool_most", .gauge, "Reading connections there may be.", pool.most)
      out.one("store_pool_waiting", .gauge, "Reads that wait for a connection.", pool.waiting)
    }
  }

  private func replica(_ replica: StoreFigures.Replica, _ out: inout MetricsText) {
    out.one("store_replica_fresh", .gauge, "1 while the replica is near enough to be read from.", replica.isFresh ? 1 : 0)
    if let behind = replica.behind {
      out.one("store_replica_behind_seconds", .gauge, "How far the replica is behind at most.", Int(behind / .seconds(1)))
    }
    out.one("store_replica_reads_total", .counter, "Reads that the replica has answered.", replica.reads)
    out.one("store_replica_failed_total", .counter, "Reads that the primary had to take over from the replica.", replica.turnedBack)
  }

  private func work(_ stored: Stored, _ out: inout MetricsText) {
    let known = Set(routes.kinds)
    out.head("jobs", .gauge, "Jobs that are not done, by kind and state.")
    let byKind = Dictionary(grouping: stored.queue) { known.contains($0.kind) ? $0.kind : RequestFigures.other }
    let kinds = known.sorted() + (byKind[RequestFigures.other] == nil ? [] : [RequestFigures.other])
    for kind in kinds {
      for state in [Job.State.waiting, .running, .dead] {
        let count = byKind[kind, default: []].reduce(0) { $0 + ($1.counts[state] ?? 0) }
        out.line("jobs", [("kind", kind), ("state", state.rawValue)], "\(count)")
      }
    }
    out.head("jobs_oldest_due_seconds", .gauge, "For how long the oldest due job of a kind has waited.")
    for kind in kinds {
      out.line("jobs_oldest_due_seconds", [("kind", kind)], age(byKind[kind, default: []].compactMap(\.oldestDue).min()) ?? "0")
    }
    out.one("clocks_unrung", .gauge, "Running clocks that are overdue and have not rung, counted up to 10000.", stored.clocks.count)
    out.head("clocks_unrung_oldest_seconds", .gauge, "For how long the oldest of them has been overdue.")
    out.line("clocks_unrung_oldest_seconds", [], age(stored.clocks.oldest) ?? "0")
    if let beat = age(stored.heartbeat) {
      out.head("worker_heartbeat_seconds", .gauge, "Since the worker's last sign of life.")
      out.line("worker_heartbeat_seconds", [], beat)
    }
    if let check = stored.check, let since = age(check.at) {
      out.head("journal_check_seconds", .gauge, "Since the last proof of the journal.")
      out.line("journal_check_seconds", [], since)
      out.one("journal_check_faults", .gauge, "Faults that the last proof of the journal found.", check.faults)
    }
    out.one("evidence_faults", .gauge, "Exhibits that their last proof found altered or missing.", stored.evidence.faulty)
    if let night = stored.evidence.last, let since = age(night.ended) {
      out.head("evidence_proof_seconds", .gauge, "Since the last nightly proof of evidence.")
      out.line("evidence_proof_seconds", [], since)
      out.one("evidence_proof_exhibits", .gauge, "Exhibits that the last night proved.", night.exhibits)
      out.one("evidence_proof_bytes", .gauge, "Bytes that the last night read.", night.bytes)
    }
    out.head("migrations", .gauge, "Steps of the schema that this program misses in the store, or does not know.")
    out.line("migrations", [("state", "missing")], "\(stored.missing)")
    out.line("migrations", [("state", "unknown")], "\(stored.unknown)")
    out.line("migrations", [("state", "waiting")], "\(stored.waiting)")
    nodes(stored, &out)
  }
  private func nodes(_ stored: Stored, _ out: inout MetricsText) {
    out.head("nodes", .gauge, "Processes at work on the store, by kind.")
    for kind in Node.Kind.allCases {
      out.line("nodes", [("kind", kind.rawValue)], "\(stored.living.filter { $0.kind == kind }.count)")
    }
    out.one("nodes_lost", .gauge, "Servers and workers that fell silent within the last hour without taking their leave.", stored.lost)
    out.one(
      "nodes_leading", .gauge, "Processes that keep time: 1, or 0 while it passes from one to another.",
      stored.living.filter(\.isLeading).count)
    let me = stored.living.first { $0.number == routes.house.ids.node }
    out.one("leading", .gauge, "1 when this process keeps time.", me?.isLeading == true ? 1 : 0)
  }
  /// Whole seconds; nil for what never was.
  private func age(_ moment: Moment?) -> String? { moment.map { "\(max(0, now.milliseconds(since: $0) / 1000))" } }
}

/// What the kernel knows of this process.
enum ProcessFacts {
  static var residentBytes: Int64? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int64($0) }
    return pages.map { $0 * Int64(sysconf(Int32(_SC_PAGESIZE))) }
  }
  static var openFiles: Int? { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count }
}
