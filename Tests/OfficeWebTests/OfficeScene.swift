import Catalogue
import ClockBook
import Compounds
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
import StaffWeb
import Storage
import TestHouse
import WebSupport
import WorkCalendar

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

  static let password = "longtang-demo-2026"
  static let data = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Data")

  static func make(demonstration: Bool = true) async throws -> OfficeScene {
    let clock = TestClock()
    let house = try await TestHouse.make(
      [ClockBook.migration] + OfficesMigrations.all + CompoundsMigrations.all + PeopleMigrations.all + IntakeMigrations.all
        + MattersMigrations.all, clock: clock, demonstration: demonstration)
    let calendar = try WorkCalendar(reading: try Data(contentsOf: data.appending(path: "holidays/china.json")))
    let clocks = try ClockBook(
      calendar: calendar, table: try ClockTable(reading: try Data(contentsOf: data.appending(path: "clocks/clocks.json"))))
    let catalogue = try Catalogue(reading: try Data(contentsOf: data.appending(path: "catalogue/items.json")))
    let matters = Matters(house: house, clocks: clocks, catalogue: catalogue, understander: Silent())
    let now = clock.now
    let bureau = Office(
      id: house.ids.next(at: now), code: "310000", name: "上海市城管执法局", short: "市局", kind: .bureau, parent: nil, district: nil)
    let districtID: Office.ID = house.ids.next(at: now)
    let district = Office(
      id: districtID, code: "310118", name: "青浦区城管执法局", short: "青浦区局", kind: .district, parent: bureau.id, district: districtID)
    let squad = Office(
      id: house.ids.next(at: now), code: "310118107", name: "徐泾镇综合行政执法队", short: "徐泾中队", kind: .squad, parent: districtID,
      district: districtID)
    let (compound, firm) = try await house.store.write { db in
      try clocks.plantRules(at: now, db)
      for one in [bureau, district, squad] { try OfficeStore.insert(one, at: now, db) }
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
    if demonstration {
      _ = try await Accounts.plantDemonstration(accounts, password: password, in: house)
    }
    let people = try await house.store.read { db in
      Dictionary(
        try accounts.compactMap { try PersonStore.find(login: $0.login, db) }.map { ($0.login, $0) },
        uniquingKeysWith: { first, _ in first })
    }
    var book = RouteBook()
    try OfficePages(
      house: house, matters: matters, mappings: MappingFolder(folder: data.appending(path: "mappings")),
      machine: MachineFacts(
        version: "test", engine: "SQLite", configuration: [("listen.port", "8080")], calendar: calendar,
        sizes: { .init(store: 4096, free: nil) })
    ).routes(&book)
    let site = Site(house: house, publicURL: "http://longtang.test", limits: .off, places: StaffPlaces.places)
    return OfficeScene(
      house: house, clock: clock, matters: matters, people: people, squad: squad.id, compound: compound, book: book, site: site)
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
