import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import StorageSQLite
import TestHouse

@testable import longtang

/// An office to be harmed: a squad of eight with a matter each in hand, behind real servers that carry a `FaultLine`.
struct FaultOffice: Sendable {
  let engine: Faults.Engine
  let house: LiveHouse
  /// What goes wrong in the programs of this office.
  let line: FaultLine
  /// Those who work, each with a matter of their own.
  let hands: [Hand]
  /// The district's dispatcher, whose token reports.
  let dispatcher: WholeHouse.Somebody
  let auditor: WholeHouse.Somebody
  let leader: WholeHouse.Somebody

  struct Hand: Sendable {
    let officer: WholeHouse.Somebody
    let matter: String
  }
  static let squad = 8

  // MARK: The database server

  static let hasPostgres = OwnPostgres.isThere
  /// One for all tests of this suite; each has a database of its own in it.
  struct Server: Sendable {
    let postgres: OwnPostgres
    /// What goes wrong in the server itself.
    let line: FaultLine
  }
  private static let started = Result<Server, any Error> {
    let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-faults-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    LastOrders.remove(folder)
    let line = try FaultLine(in: folder)
    return Server(postgres: try OwnPostgres(environment: line.environment), line: line)
  }
  static func server() throws -> Server { try started.get() }

  // MARK: Making

  /// The office is planted once for each engine; every test gets a copy.
  private actor Mould {
    private var made: [Faults.Engine: (house: LiveHouse, squad: [WholeHouse.Somebody], matters: [String])] = [:]

    func get(_ engine: Faults.Engine) async throws -> (house: LiveHouse, squad: [WholeHouse.Somebody], matters: [String]) {
      if let made = made[engine] { return made }
      let seat: LiveHouse.Engine = engine == .sqlite ? .sqlite : .postgres(try FaultOffice.server().postgres.database())
      let planted = Box<(squad: [WholeHouse.Somebody], matters: [String])>(([], []))
      let house = try await LiveHouse.make(on: seat) { composition, dispatcher in
        let scene = try await FaultOffice.plant(composition, dispatcher)
        planted.change { $0 = scene }
      }
      LastOrders.remove(house.folder)
      let one = (house, planted.value.squad, planted.value.matters)
      made[engine] = one
      return one
    }
  }
  private static let mould = Mould()

  private static func plant(_ composition: Composition, _ dispatcher: WholeHouse.Somebody) async throws -> (
    squad: [WholeHouse.Somebody], matters: [String]
  ) {
    let (house, matters) = (composition.house, composition.matters)
    guard let first = try await house.store.read({ db in try PersonStore.find(login: "officer.own", db) }), let squad = first.office,
      let compound = try await house.store.read({ db in try db.first("SELECT id FROM compound WHERE squad_id = \(squad)")?.int("id") })
    else { throw Refusal(.missing, "test", "no squad") }
    let accounts = (1...Self.squad).map { n in
      (
        side: WholeHouse.Side.own,
        account: NewAccount(login: "hand.\(n)", name: "队员\(n)", role: .officer, office: squad, firm: nil, committee: nil)
      )
    }
    let people = try await WholeHouse.sign(accounts, in: house, at: house.now())
    var numbers: [String] = []
    for (n, person) in people.enumerated() {
      var new = NewReport(channel: .code, content: "\(n + 1)号楼：楼上把阳台改成卫生间，水漏到我家。", saidAt: house.now())
      new.compound = compound
      new.item = "kitchen-bathroom-conversion"
      let no = try await matters.receive(new, by: .resident).matterNo
      try await matters.dispatch(no, to: squad, note: "", version: nil, by: dispatcher.person)
      try await matters.accept(no, officer: nil, version: nil, by: person.person)
      numbers.append(no)
    }
    return (people, numbers)
  }

  /// - Parameter rows: of an import that begins as soon as somebody works.
  static func make(_ engine: Faults.Engine, rows: Int = 0) async throws -> FaultOffice {
    let (mould, squad, matters) = try await mould.get(engine)
    let files = FileManager.default
    let folder = files.temporaryDirectory.appending(path: "longtang-fault-\(UUID().uuidString)")
    try files.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    for name in try files.contentsOfDirectory(atPath: mould.folder.path) where name != "data" && !name.hasSuffix(".log") {
      try files.copyItem(at: mould.folder.appending(path: name), to: folder.appending(path: name))
    }
    let database = try mould.database.map { try server().postgres.database(like: $0.name) }
    let house = LiveHouse(
      folder: folder, data: mould.data, people: mould.people, compounds: mould.compounds, token: mould.token, database: database)
    func somebody(_ role: Role) throws -> WholeHouse.Somebody {
      guard let one = mould.people.first(where: { $0.person.role == role && $0.side == .own }) else {
        throw Refusal(.missing, "test", "no \(role.rawValue)")
      }
      return one
    }
    let office = FaultOffice(
      engine: engine, house: house, line: try FaultLine(in: folder),
      hands: zip(squad, matters).map { Hand(officer: $0, matter: $1) }, dispatcher: try somebody(.dispatcher),
      auditor: try somebody(.auditAdmin), leader: try somebody(.squadLeader))
    if rows > 0 { try await office.beginImport(rows) }
    return office
  }

  /// Every hundredth row is a bad one.
  func beginImport(_ rows: Int) async throws {
    let mapping = try ImportMapping(
      reading: try Data(contentsOf: WholeHouse.data.appending(path: "mappings/hotline.json")), file: "hotline")
    let text =
      "工单编号,来电时间,案件描述,发生地址,诉求类型\n"
      + (1...rows).map { "SH\($0),\($0 % 100 == 0 ? "没有日期" : "2026-09-23 10:00"),第\($0)件：楼道堆放杂物,盈港东路\($0)弄,投诉" }.joined(separator: "\n")
    let (inside, composition) = try await LiveHouse.open(house.folder, house.data, house.database)
    _ = try await composition.matters.beginImport(Data(text.utf8), name: "热线.csv", mapping: mapping, by: dispatcher.person)
    try await inside.store.close()
  }

  // MARK: Running

  /// - Returns: when it is ready to take requests.
  func start(_ duty: LiveServer.Duty = .serve) async throws -> LiveServer {
    let server = try await LiveServer(
      store: house.folder, data: house.data, database: house.database, duty: duty,
      settings: line.environment.merging(["LONGTANG_LOG_SLOW": "0", "LONGTANG_SESSION_IDLE": "240"]) { $1 })
    guard duty != .work else { return server }
    for _ in 0..<400 {
      if try await SmallClient.ask(server.port, "GET", "/ready")?.status == 200 { return server }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Refusal(.unavailable, "test", "the program did not get ready")
  }

  /// As many as share one store: with a database server two, one of them without a worker.
  func servers() async throws -> [LiveServer] {
    let first = try await start()
    return engine == .postgres ? [first, try await start(.serveWithoutWorker)] : [first]
  }

  /// As if the pauses were over that a fault has brought about: leases of who died, and second tries. Then waits until all jobs are done.
  func untilJobsAreDone(_ limit: Duration = .seconds(60)) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline, !Task.isCancelled {
      let left = try await house.change { db in
        let now = Wall.now()
        try db.run("UPDATE job SET run_at = \(now) WHERE state = 'waiting' AND attempts > 0")
        return try db.number("SELECT count(*) AS n FROM job WHERE state = 'running' OR (state = 'waiting' AND run_at <= \(now))")
      }
      if left == 0 { return }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
  /// Five minutes later, as far as jobs are concerned whose holder has died.
  func endLeases() async throws {
    try await house.change { db in _ = try db.run("UPDATE job SET lease_until = 0 WHERE state = 'running'") }
  }

  func remove() {
    house.remove()
    do { if let database = house.database { try Self.server().postgres.drop(database) } } catch { print("a database stays: \(error)") }
  }
}
