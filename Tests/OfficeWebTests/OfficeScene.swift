import Cases
import Catalogue
import CityLists
import ClockBook
import Compounds
import Figures
import Foundation
import Grades
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Intake
import Kernel
import Logging
import Matters
import NIOCore
import Offices
import Overview
import Patterns
import People
import StaffWeb
import Storage
import TestHouse
import TestOffice
import WebSupport

/// A district with one squad, one compound and one person of every role, and the office's pages over it.
struct OfficeScene: Sendable {
  let house: House
  let clock: TestClock
  let matters: Matters
  let people: [String: Person]
  let squad: Office.ID
  let compound: Compound
  let book: RouteBook
  let site: Site

  static let password = TestGround.password
  static let data = TestGround.data

  static func make(demonstration: Bool = true) async throws -> OfficeScene {
    let ground = try await TestGround.make(
      understander: Silent(), demonstration: demonstration,
      more: PatternsMigrations.all + GradesMigrations.all + FiguresMigrations.all + CityListsMigrations.all + OverviewMigrations.all)
    let (house, matters, squad, districtID) = (ground.house, ground.matters, ground.squad, ground.district.id)
    let now = ground.clock.now
    let (compound, firm) = try await house.store.write { db in
      let firm = try FirmStore.enter(name: "虹景物业有限公司", at: now, ids: house.ids, db)
      var edit = CompoundEdit(name: "元邑小城", squad: squad.id, address: "盈港东路8900弄", households: 1_862)
      edit.firm = firm.id
      let compound = try CompoundRegister.plant(edit, aliases: ["元邑"], at: now, in: house, db)
      try CommitteeStore.enter(.residents, name: "元邑居委会", for: compound, at: now, ids: house.ids, db)
      return (compound, firm)
    }
    let accounts: [NewAccount] = [
      .init(login: "officer", name: "王建国", role: .officer, office: squad.id),
      .init(login: "second", name: "李敏", role: .officer, office: squad.id),
      .init(login: "leader", name: "陈队", role: .squadLeader, office: squad.id),
      .init(login: "dispatcher", name: "赵派", role: .dispatcher, office: districtID),
      .init(login: "manager", name: "孙局", role: .districtManager, office: districtID),
      .init(login: "firm", name: "周经理", role: .firmUser, firm: firm.id.raw), .init(login: "system", name: "吴系统", role: .systemAdmin),
      .init(login: "security", name: "郑安全", role: .securityAdmin), .init(login: "audit", name: "周审计", role: .auditAdmin),
    ]
    let people = demonstration ? try await ground.plant(accounts) : [:]
    var book = RouteBook()
    try OfficePages(
      house: house, matters: matters, mappings: MappingFolder(folder: data.appending(path: "mappings")),
      machine: MachineFacts(
        version: "test", engine: "SQLite", configuration: [("listen.port", "8080")], calendar: matters.clocks.calendar,
        uptime: { .seconds(93_600) }, sizes: { .init(store: 4096, free: nil) }),
      guides: ground.cases.workGuides, overview: try Self.overview(ground)
    ).routes(&book)
    let site = Site(house: house, publicURL: "http://longtang.test", limits: .off, places: StaffPlaces.places)
    return OfficeScene(
      house: house, clock: ground.clock, matters: matters, people: people, squad: squad.id, compound: compound, book: book, site: site)
  }

  private static func overview(_ ground: TestGround) throws -> Overview {
    let patterns = Patterns(
      house: ground.house, catalogue: ground.matters.catalogue,
      rules: try PatternRules(reading: try Data(contentsOf: data.appending(path: "patterns/rules.json"))))
    let figures = Figures(
      house: ground.house, book: try FigureBook(reading: try Data(contentsOf: data.appending(path: "figures/figures.json"))))
    let rules = try GradeRules(
      reading: try Data(contentsOf: data.appending(path: "grades/rules.json")), items: Set(ground.matters.catalogue.items.map(\.slug)))
    return Overview(
      figures: figures, patterns: patterns, matters: ground.matters, cases: ground.cases,
      grades: Grades(matters: ground.matters, rules: rules),
      typesetter: nil)
  }

  func walk(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let app = Application(responder: try book.router(site, logger: quiet).buildResponder(), logger: quiet)
    try await app.test(.router) { try await body($0) }
  }
  /// A browser of somebody signed in.
  func visitor(_ login: String, _ client: any TestClientProtocol) async throws -> Visitor {
    let (token, signedIn) = try await SignIn.signIn(login: login, password: Self.password, address: "192.0.2.1", in: house)
    return Visitor(client: client, cookie: "longtang=\(token)", csrf: signedIn.csrf)
  }
  /// Runs what waits, as the worker would.
  func work() async throws {
    let handlers = matters.jobs + [JournalCheck.handler(in: house)]
    let now = clock.now
    for job in try await house.store.write({ db in try Jobs.claim(kinds: handlers.map(\.kind), limit: 10, at: now, db) }) {
      try await handlers.first { $0.kind == job.kind }?.run(job)
      try await house.store.write { db in try Jobs.finish(job.id, at: now, db) }
    }
  }
}

/// Says nothing about any report.
struct Silent: Understander {
  func read(_ report: NewReport) -> (reading: Reading, room: String?) { (Reading(compound: report.compound, item: report.item), nil) }
  func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] { [] }
  func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {}
  func settled(_ reports: [Int64], open: Bool) {}
  func learn(words: String, place: String, from before: Reading, to after: Reading) {}
}

struct Visitor: Sendable {
  let client: any TestClientProtocol
  let cookie: String
  let csrf: String

  func get(_ path: String) async throws -> TestResponse {
    try await client.executeRequest(uri: path, method: .get, headers: [.cookie: cookie, .accept: "text/html"], body: nil)
  }
  func post(_ path: String, _ fields: [(String, String)] = []) async throws -> TestResponse {
    let text = (fields + [("_csrf", csrf)]).map { "\(SafeURL.encode($0.0))=\(SafeURL.encode($0.1))" }.joined(separator: "&")
    return try await client.executeRequest(
      uri: path, method: .post, headers: [.cookie: cookie, .accept: "text/html", .contentType: "application/x-www-form-urlencoded"],
      body: ByteBuffer(string: text))
  }
  func upload(_ path: String, file: String, name: String, _ fields: [(String, String)]) async throws -> TestResponse {
    let edge = "edge-of-a-part"
    var body = ""
    for (field, value) in fields + [("_csrf", csrf)] {
      body += "--\(edge)\r\nContent-Disposition: form-data; name=\"\(field)\"\r\n\r\n\(value)\r\n"
    }
    body +=
      "--\(edge)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\nContent-Type: text/csv\r\n\r\n\(file)\r\n--\(edge)--\r\n"
    return try await client.executeRequest(
      uri: path, method: .post, headers: [.cookie: cookie, .accept: "text/html", .contentType: "multipart/form-data; boundary=\(edge)"],
      body: ByteBuffer(string: body))
  }
}

extension TestResponse {
  var text: String { String(buffer: body) }
  /// The value of a hidden field.
  func hidden(_ name: String) -> String {
    text.split(separator: "name=\"\(name)\" value=\"", maxSplits: 1).dropFirst().first?.split(separator: "\"").first.map(String.init) ?? ""
  }
}
