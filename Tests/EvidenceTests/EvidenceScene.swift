import CGD
import Cases
import Catalogue
import Crypto
import Foundation
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import Matters
import People
import StaffWeb
import Storage
import TestHouse
import TestOffice
import Testing
import WebSupport

/// An office with a case under investigation that two officers handle.
struct EvidenceScene: Sendable {
  let office: TestOffice
  let cases: Cases
  let no: String
  var house: House { office.house }
  var officer: Person { get throws { try office.person("officer") } }
  var second: Person { get throws { try office.person("second") } }
  var leader: Person { get throws { try office.person("leader") } }

  static func make() async throws -> EvidenceScene {
    let office = try await TestOffice.make()
    let cases = office.cases
    let (officer, second, leader) = (try office.person("officer"), try office.person("second"), try office.person("leader"))
    let day = office.clock.now.day
    for (person, number) in [(officer, "沪310118001"), (second, "沪310118002")] {
      try await cases.note(certificate: number, until: day.adding(days: 900), of: person.id, by: leader)
    }
    let record = try await cases.open(
      NewCase(item: "kitchen-bathroom-conversion", procedure: .ordinary, foundOn: day, place: "元邑小城 12号101室"), by: officer)
    try await cases.step(
      .assign, CaseSaid(["officers": ["\(officer.id)", "\(second.id)"]]), on: record.no, version: nil, by: leader)
    return EvidenceScene(office: office, cases: cases, no: record.no)
  }

  func record() async throws -> CaseRecord { try await cases.sheet(no, for: try officer).record }
  func exhibits() async throws -> [Exhibit] { try await cases.evidence(of: no, for: try officer).exhibits }

  /// A photo of the officer's own.
  func photo(_ seed: Int = 0, source: ExhibitSource = .own, _ change: (inout NewExhibit) -> Void = { _ in }) async throws -> NewExhibit {
    let file = try await cases.keepExhibit(Self.picture(320, 240 + Int32(seed)))
    var new = NewExhibit(.photo, title: "卫生间现状", proves: "厨房已改为卫生间", file: file)
    new.source = source
    if source != .own { new.maker = "元邑居委会 孙主任" }
    new.madeAt = office.clock.now.adding(hours: -1)
    change(&new)
    return new
  }
  @discardableResult
  func add(_ new: NewExhibit) async throws -> Exhibit {
    try #require(try await cases.add([new], to: no, by: try officer).first)
  }

  /// Changes one byte of a file where it lies.
  func alter(_ sha256: String) throws {
    let path = try self.path(sha256)
    let file = try FileHandle(forUpdating: path)
    try file.seek(toOffset: 100)
    let byte = try #require(try file.read(upToCount: 1)?.first)
    try file.seek(toOffset: 100)
    try file.write(contentsOf: Data([byte ^ 0xFF]))
    try file.close()
  }
  func path(_ sha256: String) throws -> URL {
    let folder = try #require(vaultFolder)
    return folder.appending(path: "\(sha256.prefix(2))/\(sha256.dropFirst(2).prefix(2))/\(sha256)")
  }
  /// The vault keeps its folder to itself; a description of it does not.
  var vaultFolder: URL? { Mirror(reflecting: house.vault).children.first { $0.label == "root" }?.value as? URL }

  /// What is said of a refused command.
  func refusal(_ body: () async throws -> Void) async throws -> Refusal? {
    do {
      try await body()
      return nil
    } catch let refusal as Refusal { return refusal }
  }

  static func picture(_ width: Int32, _ height: Int32) -> Data {
    guard let image = gdImageCreateTrueColor(width, height) else { return Data() }
    defer { gdImageDestroy(image) }
    gdImageFilledRectangle(image, 0, 0, width - 1, height - 1, 0xFFFFFF)
    gdImageFilledRectangle(image, 0, 0, width / 2, height / 2, 0xFF0000)
    var size: Int32 = 0
    guard let bytes = gdImageJpegPtr(image, &size, 90) else { return Data() }
    defer { gdFree(bytes) }
    return Data(bytes: bytes, count: Int(size))
  }
  static func noise(_ bytes: Int) -> Data {
    var generator = SystemRandomNumberGenerator()
    var out = Data("\u{1A}E".utf8)
    while out.count < bytes { withUnsafeBytes(of: generator.next()) { out.append(contentsOf: $0) } }
    return out.prefix(bytes)
  }
  static func hash(_ bytes: Data) -> String { Data(SHA256.hash(data: bytes)).hex }

  /// - Parameter body: gets a client, and a way to sign somebody in.
  func walk(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
    var book = RouteBook()
    StaffRoutes.register(&book, matters: office.matters, cases: cases)
    CaseRoutes.register(&book, cases: cases, matters: office.matters)
    let site = Site(house: house, publicURL: "http://longtang.test", limits: .off, places: StaffPlaces.places)
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let app = Application(responder: try book.router(site, logger: quiet).buildResponder(), logger: quiet)
    try await app.test(.router) { client in try await body(client) }
  }
}
