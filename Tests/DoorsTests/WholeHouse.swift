import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import Kernel
import Logging
import Matters
import NIOCore
import Offices
import People
import Storage
import TestHouse
import WebSupport

@testable import longtang

/// The whole program over a fresh store: the city's real offices, two compounds in the care of two squads and two firms, and somebody
/// of every role at work on each side. `Side.own` is the side that the objects of the scene belong to.
struct WholeHouse: Sendable {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
  static let data = root.appending(path: "Data")

  let house: House
  let clock: TestClock
  let composition: Composition
  let people: [Somebody]
  /// The compounds of the two sides: id and public number.
  let compounds: [Side: (id: Int64, no: String)]
  let squads: [Side: Office]

  /// Whose objects one has to do with.
  enum Side: String, Sendable, CaseIterable {
    case own
    /// Another squad of the same district, another firm, another committee.
    case neighbour
    /// Another district.
    case far
  }
  struct Somebody: Sendable {
    let person: Person
    let side: Side
    let token: String
    let csrf: String
    var cookie: String { "longtang=\(token)" }
  }
  func somebody(_ role: Role, _ side: Side = .own) throws -> Somebody {
    guard let one = people.first(where: { $0.person.role == role && $0.side == side }) else {
      throw Refusal(.missing, "test", "no \(role.rawValue) on the side \(side.rawValue)")
    }
    return one
  }

  static func make(clock: TestClock = TestClock(), wrap: (House) -> House = { $0 }) async throws -> WholeHouse {
    let house = wrap(
      try await TestHouse.make(Array(Composition.migrations.dropFirst(House.migrations.count)), clock: clock, demonstration: true))
    let composition = try await Composition(house, data: data, assets: root.appending(path: "Assets"))
    composition.understander.set(PlainUnderstander())
    let now = clock.now
    let ground = try await plant(in: house, at: now)
    let people = try await sign(ground.people, in: house, at: now)
    return WholeHouse(
      house: house, clock: clock, composition: composition, people: people, compounds: ground.compounds, squads: ground.squads)
  }

  struct Ground: Sendable {
    var people: [(side: Side, account: NewAccount)] = []
    var compounds: [Side: (id: Int64, no: String)] = [:]
    var squads: [Side: Office] = [:]
  }

  /// Offices, firms, committees and compounds: what people and reports are about.
  static func plant(in house: House, at now: Moment) async throws -> Ground {
    try await OfficeSeeding.plant(try OfficesData(file: data.appending(path: "offices/shanghai.json")), in: house)
    let offices = try await house.store.read { db in try OfficeStore.all(db) }
    let districts = offices.filter { $0.kind == .district }.sorted { $0.code < $1.code }
    guard let bureau = offices.first(where: { $0.kind == .bureau }), let home = districts.last(where: { $0.code == "310118" }),
      let away = districts.first
    else { throw Refusal(.missing, "test", "the offices are not those of the city") }
    let near = offices.filter { $0.kind == .squad && $0.district == home.id }.sorted { $0.code < $1.code }
    guard near.count > 1, let distant = offices.filter({ $0.kind == .squad && $0.district == away.id }).min(by: { $0.code < $1.code })
    else {
      throw Refusal(.missing, "test", "the districts have no squads")
    }
    // The list of the city's offices names no departments: each district agrees on its own.
    try await house.store.write { db in
      for (district, name) in [(home, "消防救援支队"), (away, "公安分局")] {
        let department = Office(
          id: house.ids.next(at: now), code: district.code + "-xf", name: district.short + name, short: name, kind: .department,
          parent: district.id, district: district.id)
        try OfficeStore.insert(department, at: now, db)
      }
    }
    var ground = Ground()
    ground.squads = [.own: near[0], .neighbour: near[1], .far: distant]
    for (i, side) in Side.allCases.enumerated() {
      guard let squad = ground.squads[side], let district = squad.district else { continue }
      let id: Int64 = house.ids.next(Office.self, at: now).raw
      let no = ["7KQ4M9XD", "8KQ4M9XE", "9KQ4M9XF"][i]
      let name = ["元邑小城", "梧桐新苑", "浦江雅居"][i]
      try await house.store.write { db in
        try db.run("INSERT INTO firm (id, name, folded, created_at) VALUES (\(i + 1), \("物业\(i + 1)"), \("物业\(i + 1)"), \(now))")
        try db.run("INSERT INTO committee (id, kind, name, created_at) VALUES (\(i + 1), 'residents', \("居委会\(i + 1)"), \(now))")
        try db.run(
          """
          INSERT INTO compound (id, no, name, squad_id, district_id, address, firm_id, state, search, created_at, updated_at)
          VALUES (\(id), \(no), \(name), \(squad.id), \(district), \("盈港东路\(8900 + i)弄"), \(i + 1), 'active', \(name), \(now), \(now))
          """)
        try db.run("INSERT INTO committee_compound (committee_id, compound_id) VALUES (\(i + 1), \(id))")
      }
      ground.compounds[side] = (id, no)
      func account(_ role: Role, office: Office.ID? = nil, firm: Int64? = nil, committee: Int64? = nil) {
        let login = "\(role.rawValue.lowercased()).\(side.rawValue)"
        ground.people.append(
          (side, NewAccount(login: login, name: role.chinese, role: role, office: office, firm: firm, committee: committee)))
      }
      account(.officer, office: squad.id)
      account(.squadLeader, office: squad.id)
      account(.legalReviewer, office: squad.id)
      account(.agencyHead, office: squad.id)
      account(.firmUser, firm: Int64(i + 1))
      account(.committeeUser, committee: Int64(i + 1))
      if side != .neighbour {
        account(.dispatcher, office: district)
        account(.districtManager, office: district)
      } else {
        // A squad's own dispatcher sees no other squad's matters.
        account(.dispatcher, office: squad.id)
      }
      if side == .own {
        account(.cityManager, office: bureau.id)
        account(.systemAdmin)
        account(.securityAdmin)
        account(.auditAdmin)
      }
    }
    return ground
  }

  /// Everybody signed in, without the work of a password each.
  static func sign(_ people: [(side: Side, account: NewAccount)], in house: House, at now: Moment) async throws -> [Somebody] {
    let ids = try await Accounts.plantDemonstration(people.map(\.account), password: "route-walk-2026", in: house)
    return try await house.store.write { db in
      try people.map { side, account in
        guard let id = ids[account.login], let person = try PersonStore.find(id, db) else {
          throw Refusal(.missing, "test", "no account \(account.login)")
        }
        let token = Secrets.token()
        let csrf = Secrets.token()
        let session: SessionID = house.ids.next(at: now)
        try db.run(
          """
          INSERT INTO session (id, token_hash, account_id, csrf, created_at, seen_at, expires_at, agent, confirmed_at)
          VALUES (\(session), \(Secrets.hash(of: token)), \(id), \(csrf), \(now), \(now), \(now.adding(hours: 8)), 'test', \(now))
          """)
        return Somebody(person: person, side: side, token: token, csrf: csrf)
      }
    }
  }

  /// A report by the code of a side's compound.
  func report(_ content: String = "楼上把阳台改成卫生间，水漏到我家。", _ side: Side = .own, phone: String? = "13800001234") async throws -> Received {
    var new = NewReport(channel: .code, content: content, saidAt: clock.now)
    new.compound = compounds[side]?.id
    new.item = "kitchen-bathroom-conversion"
    new.callerPhone = phone
    new.callerName = phone == nil ? nil : "王芳"
    return try await composition.matters.receive(new, by: .resident)
  }

  /// The router, reached without a socket.
  func walk(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let log = quiet
    let site = composition.site(publicURL: "http://longtang.test", limits: .off)
    let app = Application(responder: try composition.router(site, access: log).buildResponder(), logger: log)
    try await app.test(.router) { try await body($0) }
  }
}

/// Takes what the channel says and guesses nothing.
struct PlainUnderstander: Understander {
  func read(_ report: NewReport) -> (reading: Reading, room: String?) {
    (Reading(compound: report.compound, placeScore: report.compound == nil ? 0 : 1, item: report.item), nil)
  }
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] { [] }
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {}
  func settled(_ reports: [Int64], open: Bool) {}
  func learn(words: String, place: String, from before: Reading, to after: Reading) {}
}

extension TestClientProtocol {
  func ask(
    _ method: HTTPRequest.Method, _ path: String, as somebody: WholeHouse.Somebody? = nil, form: String? = nil, headers: HTTPFields = [:]
  ) async throws -> TestResponse {
    var headers = headers
    if let somebody { headers[.cookie] = somebody.cookie }
    var body: ByteBuffer?
    if method != .get {
      if headers[.contentType] == nil { headers[.contentType] = "application/x-www-form-urlencoded" }
      body = ByteBuffer(string: "_csrf=\(somebody?.csrf ?? "")" + (form.map { "&" + $0 } ?? ""))
    }
    return try await executeRequest(uri: path, method: method, headers: headers, body: body)
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }
  /// One letter for what became of a request, as the reviewed tables have it.
  var outcome: String {
    switch status.code {
    case 500...: return "!"
    case 200..<300: return "o"
    case 304: return "o"
    case 300..<400:
      let to = headers[.location] ?? ""
      return to == "/sign-in" || to.hasPrefix("/sign-in?") ? "s" : "r"
    case 401: return "u"
    case 403: return "f"
    case 404: return "m"
    case 409: return "c"
    case 422: return "x"
    default: return "?"
    }
  }
}
