import HTTPTypes
import Kernel
import StaffWeb
import Storage
import WebSupport

/// For whoever watches the machine: whether the process lives, and whether it should be sent requests. Says nothing about the office.
struct WatchRoutes: Sendable {
  let house: House
  let understander: LateUnderstander
  let watch: DoorWatch
  /// Opens `/metrics`; without one it answers this machine alone.
  let token: String?
  /// Of the jobs that the program knows.
  let kinds: [String]
  let sizes: @Sendable () async throws -> MachineFacts.Sizes

  /// How long the store has to answer.
  static let patience = Duration.seconds(2)

  func routes(_ book: inout RouteBook) {
    // Nothing that can hang is asked: who restarts a process because its database is away has two things that are down.
    book.get("/health", allow: .public) { _ in Answer.text("ok\n") }
    book.get("/ready", allow: .public) { _ in
      let missing = await missing()
      if missing.isEmpty { return Answer.text("ready\n") }
      return Answer.text("not ready: \(missing.map(\.rawValue).joined(separator: ", "))\n", .serviceUnavailable)
    }
    book.get("/metrics", allow: .public) { visit in try await metrics(visit) }
  }

  /// - Returns: 404 for whoever may not know, as if there were nothing.
  private func metrics(_ visit: Visit) async throws -> Answer {
    guard token.map(visit.bears) ?? visit.isLocal else { throw Refusal(.missing, "door-missing", "没有这个页面，或者它不在您的办理范围内。") }
    let text = await Metrics(self, at: visit.now).text()
    return Answer.text(text).with(.contentType, "text/plain; version=0.0.4; charset=utf-8")
  }

  /// What keeps this process from taking requests.
  enum Missing: String, Sendable {
    case draining, store, migrations, understanding
    /// The office works elsewhere now.
    case moved
  }
  func missing() async -> [Missing] {
    var out: [Missing] = []
    if watch.isDraining { out.append(.draining) }
    do {
      let store = house.store
      let (applied, place) = try await Patience.ask(Self.patience) {
        try await store.read { db in (try Migrator.applied(db), try StoreMarks.movedTo(db)) }
      }
      if place != nil { out.append(.moved) }
      // Those of a newer program do not count: while servers are replaced one after the other, the old ones must go on.
      // Nor do steps that wait until the last older program has gone.
      if !Set(Composition.migrations.filter { $0.kind == .expand }.map(\.id)).isSubset(of: applied) { out.append(.migrations) }
    } catch StorageError.moved {
      out.append(.moved)
    } catch {
      out.append(.store)
    }
    if case .loading = understander.stage { out.append(.understanding) }
    return out
  }
}
