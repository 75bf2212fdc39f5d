import CGD
import Foundation
import Kernel
import People
import TestHouse
import Testing

/// An office's busy minute: programs report by the API, residents by the form with a photo, officers take steps. Everybody remembers what
/// they were told, and whoever got no answer sends the same once more, as programs, browsers and people do.
final class FaultLoad: Sendable {
  /// How requests are sent.
  enum Manner: Sendable {
    case once
    /// Twice at the same time, to two servers when there are two: an impatient finger, a proxy that tries again.
    case twice
    /// First by somebody who is gone before the answer, or in the middle of the request; then again.
    case hangingUp
  }
  let office: FaultOffice
  private let ports: [Int]
  private let manner: Manner
  private let clients: [Client]
  private let over = Box(false)
  private let heard = Box(Heard())

  /// What the clients remember.
  struct Heard: Sendable {
    /// Idempotency key to what was told: the report's number or the receipt code.
    var reports: [String: String] = [:]
    /// What officers wrote and were told is saved, with the matter it belongs to.
    var steps: [String: String] = [:]
    /// Answers by status; 0 stands for none.
    var statuses: [Int: Int] = [:]
    var worst: String?
  }
  var acknowledged: Int { heard.value.reports.count + heard.value.steps.count }
  var memory: Heard { heard.value }
  func answers(_ statuses: ClosedRange<Int>) -> Int { heard.value.statuses.filter { statuses.contains($0.key) }.map(\.value).reduce(0, +) }
  /// How often the same was sent again because no good answer came.
  var failures: Int { answers(0...199) + answers(500...599) }

  /// - Parameters:
  ///   - ports: of the servers; each client begins at another one and tries the next when it got no answer.
  ///   - earlier: what these clients said and heard before, at servers that are no more.
  init(
    _ office: FaultOffice, ports: [Int], programs: Int = 5, residents: Int = 2, officers: Int = 3, manner: Manner = .once,
    going earlier: FaultLoad? = nil
  ) {
    self.office = office
    self.manner = manner
    self.ports = ports
    if let earlier {
      clients = earlier.clients
      heard.change { $0 = earlier.memory }
      return
    }
    clients =
      (0..<programs).map { Client(name: "p\($0)", kind: .program) } + (0..<residents).map { Client(name: "r\($0)", kind: .resident) }
      + (0..<min(officers, FaultOffice.squad)).map { Client(name: "o\($0)", kind: .officer(office.hands[$0])) }
  }

  /// Works while `harm` is being done, then ends. What has no answer by then is left for `settle`.
  func run(_ harm: @Sendable @escaping () async throws -> Void) async throws {
    over.change { $0 = false }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, client) in clients.enumerated() {
        group.addTask { [self] in
          while !over.value, !Task.isCancelled { await turn(client, index) }
        }
      }
      group.addTask { [self] in
        defer { over.change { $0 = true } }
        try await harm()
      }
      try await group.waitForAll()
    }
  }
  /// Until so many more have been acknowledged, or the time is up.
  func wait(forMore count: Int, atMost limit: Duration = .seconds(20)) async throws {
    let (before, deadline) = (acknowledged, ContinuousClock.now + limit)
    while acknowledged < before + count, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
  }
  /// Everybody whose last request had no good answer sends it until it has. A form that a server has begun and not ended is somebody
  /// else's to carry out after two minutes at the latest (`OnceBook.lease`).
  func settle(ports: [Int]? = nil, atMost limit: Duration = .seconds(130)) async {
    let deadline = ContinuousClock.now + limit
    await withTaskGroup(of: Void.self) { group in
      for (index, client) in clients.enumerated() {
        group.addTask { [self] in
          while client.open.value != nil, ContinuousClock.now < deadline, !Task.isCancelled { await turn(client, index, ports: ports) }
          guard let left = client.open.value else { return }
          Issue.record("\(left.key) had no good answer in the end: \(heard.value.worst ?? "none at all")")
        }
      }
    }
  }
  /// How many are waiting for a good answer.
  var unanswered: Int { clients.filter { $0.open.value != nil }.count }

  // MARK: One client

  private struct Client: Sendable {
    enum Kind: Sendable { case program, resident, officer(FaultOffice.Hand) }
    let name: String
    let kind: Kind
    let count = Box(0)
    let open = Box<Attempt?>(nil)
  }
  /// Something that is to be said once, however often it is sent.
  private struct Attempt: Sendable {
    /// As the store keeps it: the idempotency key of a report, the words of a step.
    var key: String
    let number: Int
    var form: FaultCaller.Filled?
    var tries = 0
  }

  private func turn(_ client: Client, _ index: Int, ports others: [Int]? = nil) async {
    if client.open.value == nil {
      let number = client.count.value + 1
      client.count.change { $0 = number }
      client.open.change { $0 = Attempt(key: "", number: number) }
    }
    guard var attempt = client.open.value else { return }
    attempt.tries += 1
    let ports = others ?? ports
    let port = ports[(index + attempt.tries) % ports.count]
    do {
      let isDone =
        switch client.kind {
        case .program: try await report(client, &attempt, port)
        case .resident: try await form(client, &attempt, port)
        case .officer(let hand): try await step(client, hand, &attempt, port)
        }
      client.open.change { $0 = isDone ? nil : attempt }
      if isDone { return }
    } catch { client.open.change { $0 = attempt } }
    // Nobody hammers a server that is in trouble.
    try? await Task.sleep(for: .milliseconds(30))
  }

  /// - Returns: the better answer of two.
  private func send(_ attempt: Attempt, _ port: Int, _ path: String, _ head: [String: String], _ body: Data) async throws
    -> SmallClient.Reply?
  {
    @Sendable func ask(_ port: Int) async throws -> SmallClient.Reply? {
      let reply = try await SmallClient.ask(port, "POST", path, head, body: body, patience: 40)
      heard.change { heard in
        heard.statuses[reply?.status ?? 0, default: 0] += 1
        guard let reply, reply.status >= 400 else { return }
        heard.worst = "\(attempt.key): \(reply.status) \(reply.text.suffix(1500).prefix(700))"
      }
      return reply
    }
    switch manner {
    case .once: return try await ask(port)
    case .twice:
      async let one = ask(port)
      async let other = ask(ports[((ports.firstIndex(of: port) ?? 0) + 1) % ports.count])
      let both = try await [one, other].compactMap { $0 }
      let told = Set(both.compactMap { $0.json["report"] as? String })
      if told.count > 1 { Issue.record("\(attempt.key) was told two numbers: \(told)") }
      return both.min { $0.status < $1.status }
    case .hangingUp:
      guard attempt.tries == 1 else { return try await ask(port) }
      try await SmallClient.hangUp(port, path, head, body: body, after: attempt.number % 2 == 0 ? body.count / 2 : body.count)
      heard.change { $0.statuses[0, default: 0] += 1 }
      return nil
    }
  }

  private func report(_ client: Client, _ attempt: inout Attempt, _ port: Int) async throws -> Bool {
    let sent = "\(office.engine.rawValue)-\(client.name)-\(attempt.number)"
    attempt.key = "api-\(office.dispatcher.person.id)-\(sent)"
    let body = try JSONSerialization.data(withJSONObject: ["content": "\(sent)：楼道堆放杂物，无人清理。", "place": "盈港东路8900弄"])
    let head = ["Authorization": "Bearer \(office.house.token)", "Idempotency-Key": sent, "Content-Type": "application/json"]
    let reply = try await send(attempt, port, "/api/v1/reports", head, body)
    guard let reply, (200...201).contains(reply.status), let no = reply.json["report"] as? String else { return false }
    return keep(attempt.key, no)
  }

  private func form(_ client: Client, _ attempt: inout Attempt, _ port: Int) async throws -> Bool {
    let caller = FaultCaller(somebody: nil)
    if attempt.form == nil {
      let path = "/c/\(office.house.compounds[.own]?.no ?? "")/report"
      let words = [("content", "天井里正在搭建阳光房，昨天开始打桩，\(client.name)-\(attempt.number)。"), ("place", "\(attempt.number)号")]
      guard let (form, once) = try await caller.fill(publicly: path, at: port, words, photos: [Self.photo(client.name, attempt.number)])
      else { return false }
      attempt.form = form
      attempt.key = "public:\(once)"
    }
    guard let form = attempt.form else { return false }
    let reply = try await send(attempt, port, form.path, form.head, form.body)
    guard let reply else { return false }
    if reply.status == 303, let at = reply.location, at.hasPrefix("/receipt/") {
      return keep(attempt.key, String(at.dropFirst("/receipt/".count)))
    }
    if reply.status == 200, let no = reply.text.firstMatch(of: /诉件编号 (S\d{8}-\d{6})/) { return keep(attempt.key, String(no.1)) }
    return false
  }
  private func keep(_ key: String, _ told: String) -> Bool {
    heard.change { $0.reports[key] = told }
    return true
  }

  /// Visits with a photo and measures in turn, each with words of its own.
  private func step(_ client: Client, _ hand: FaultOffice.Hand, _ attempt: inout Attempt, _ port: Int) async throws -> Bool {
    let caller = FaultCaller(somebody: hand.officer)
    attempt.key = "记录\(client.name)-\(attempt.number)"
    if attempt.form == nil {
      guard let page = try await caller.get(port, "/matters/\(hand.matter)"), page.status == 200,
        let version = page.text.firstMatch(of: /name="version" value="(\d+)"/)
      else { return false }
      // After a conflict: what came of the first try?
      if attempt.tries > 1, page.text.contains(attempt.key + "。") { return saved(attempt.key, hand) }
      let common = [("version", String(version.1))]
      let once = "\(client.name)-\(attempt.number)-\(attempt.tries)-\(UUID().uuidString)"
      attempt.form =
        attempt.number % 3 == 0
        ? caller.fill(
          "/matters/\(hand.matter)/visits", common + [("visits-outcome", "seen"), ("visits-note", attempt.key + "。")],
          photos: [Self.photo(client.name, attempt.number)], once: once)
        : caller.fill(
          "/matters/\(hand.matter)/measures", common + [("measures-kind", "ordered"), ("measures-note", attempt.key + "。")], once: once)
    }
    guard let form = attempt.form else { return false }
    let reply = try await send(attempt, port, form.path, form.head, form.body)
    if reply?.status == 303, reply?.location?.hasPrefix("/matters/") == true { return saved(attempt.key, hand) }
    if reply?.status == 409 { attempt.form = nil }
    return false
  }
  private func saved(_ key: String, _ hand: FaultOffice.Hand) -> Bool {
    heard.change { $0.steps[key + "。"] = hand.matter }
    return true
  }

  /// No two alike.
  static func photo(_ client: String, _ number: Int) -> Data {
    let turn = (client.utf8.last.map { Int32($0 & 7) } ?? 0) + (client.hasPrefix("o") ? 8 : 0)
    return BadInputTests.picture(40 + turn + 16 * Int32(number % 10), 40 + Int32(number / 10))
  }
}
