import CGD
import Foundation
import HTTPTypes
import HummingbirdTesting
import Intake
import Kernel
import Matters
import NIOCore
import People
import Sheets
import Storage
import Testing
import WebSupport

@testable import longtang

/// What comes in broken, hostile or too large, through the doors as people and programs use them.
@Suite struct BadInputTests {
  // MARK: Tables

  static let header = "工单编号,来电时间,来电人,联系电话,案件描述,发生地址,诉求类型"
  static let row = "BI1,2026-09-23 10:00,王女士,13800001111,楼上装修敲承重墙,盈港东路8900弄,投诉"

  /// A name, the bytes, and what the answer says; nil when the table is to be read.
  static let tables: [(name: String, bytes: Data, says: String?)] = {
    let text = "\(header)\n\(row)\n"
    let gb18030 = String.Encoding(rawValue: CFEncodings.gb18030)
    var broken = Data(text.utf8)
    broken.append(contentsOf: [0xFF, 0xFE, 0xC0, 0x80, 0x0A])
    let wide = "\(header)\nBI2,2026-09-23 10:00,,," + String(repeating: "长", count: 20_001) + ",,投诉\n"
    return [
      ("gb.csv", text.data(using: gb18030) ?? Data(), nil), ("utf16.csv", text.data(using: .utf16) ?? Data(), nil),
      ("bom.csv", Data([0xEF, 0xBB, 0xBF]) + Data(text.utf8), nil), ("mixed.csv", broken, nil),
      ("open-quote.csv", Data("\(header)\n\"BI3,2026-09-23 10:00,,,楼道堆物\n".utf8), ""), ("long-cell.csv", Data(wide.utf8), "控制在"),
      ("future.csv", Data("\(header)\nBI4,2099-01-01 10:00,,,楼道堆物,,投诉\n".utf8), "晚于现在"),
      ("twice.csv", Data("\(header)\n\(row)\n\(row)\n".utf8), nil), ("nothing.csv", Data(), "文件"),
      ("columns.csv", Data("甲,乙,丙\n1,2,3\n".utf8), "列"),
      ("program.xlsx", Data([0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 0, count: 900)), ""),
      ("zero.csv", Data("\(header)\nBI5,2026-09-23 10:00,\u{0},,楼道\u{0}堆物,盈港东路,投诉\n".utf8), ""), ("bomb.xlsx", Bomb.make(), "不予读取"),
      ("lying-bomb.xlsx", Bomb.make(claimed: 3 << 30), "工作簿解压后超过 768 MB，不予读取"),
      ("cut.xlsx", Data(Table(header: ["甲"], cells: [["乙"]]).xlsx(title: "表").prefix(300)), ""),
    ]
  }()
  enum CFEncodings { static let gb18030: UInt = 0x8000_0632 }

  @Test func aBombIsRefusedInASentenceAndNothingIsOffered() async throws {
    #expect((1000..<600_000).contains(Bomb.make().count))
    let scene = try await WholeHouse.make()
    let dispatcher = try scene.somebody(.dispatcher)
    try await scene.walk { client in
      for (name, bytes, says) in Self.tables where name.hasSuffix("bomb.xlsx") {
        let answer = try await client.upload("/imports/preview", as: dispatcher, [("mapping", "hotline")], [("file", name, bytes)])
        let sentence = try #require(says)
        #expect(answer.status == .unprocessableContent && answer.text.contains(sentence), "\(name): \(answer.status) \(answer.refused)")
        #expect(!answer.text.contains("导入这") && !answer.text.contains("name=\"sha\""), "\(name)")
      }
    }
    // Nothing was kept of it either.
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM upload") } == 0)
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM import") } == 0)
  }

  @Test func tablesOfEveryKindAreReadOrRefusedInASentence() async throws {
    let scene = try await WholeHouse.make()
    let dispatcher = try scene.somebody(.dispatcher)
    guard scene.composition.book.routes.contains(where: { $0.path == "/imports/preview" }) else { return }
    try await scene.walk { client in
      for table in Self.tables {
        let answer = try await client.upload(
          "/imports/preview", as: dispatcher, [("mapping", "hotline")], [("file", table.name, table.bytes)])
        #expect(answer.status.code < 500, "\(table.name): \(answer.status)")
        if table.says == "" {
          // No table at all is refused; a table with a bad row is shown, and nothing of it is offered for import.
          let refused = table.name.hasSuffix(".xlsx")
          #expect(answer.status.code == (refused ? 422 : 200) && !answer.text.contains("导入这"), "\(table.name): \(answer.status)")
        } else if let says = table.says {
          let said = answer.text.contains(says)
          #expect(said, "\(table.name) says “\(answer.refused)” and not “\(says)”")
        } else {
          #expect(answer.status == .ok && answer.text.contains("导入这"), "\(table.name): \(answer.status)")
        }
      }
    }
  }

  // MARK: Photos

  static func picture(_ width: Int32, _ height: Int32) -> Data {
    guard let image = gdImageCreateTrueColor(width, height) else { return Data() }
    defer { gdImageDestroy(image) }
    gdImageFilledRectangle(image, 0, 0, width / 2, height / 2, 0xFF0000)
    var size: Int32 = 0
    guard let bytes = gdImageJpegPtr(image, &size, 90) else { return Data() }
    defer { gdFree(bytes) }
    return Data(bytes: bytes, count: Int(size))
  }
  /// A JPEG whose metadata tell where it was taken: 31°13'12.34" N, 121°28'5" E.
  static var located: Data {
    var body = Data()
    func be16(_ n: Int) -> [UInt8] { [UInt8(n >> 8 & 0xFF), UInt8(n & 0xFF)] }
    func be32(_ n: Int) -> [UInt8] { be16(n >> 16) + be16(n & 0xFFFF) }
    func entry(_ tag: Int, _ type: Int, _ count: Int, _ value: [UInt8]) -> [UInt8] {
      if value.count <= 4 { return be16(tag) + be16(type) + be32(count) + value + [UInt8](repeating: 0, count: 4 - value.count) }
      let at = 100 + body.count
      body.append(contentsOf: value)
      return be16(tag) + be16(type) + be32(count) + be32(at)
    }
    let gps = [
      entry(1, 2, 2, [0x4E, 0]), entry(2, 5, 3, be32(31) + be32(1) + be32(13) + be32(1) + be32(1234) + be32(100)),
      entry(3, 2, 2, [0x45, 0]),
      entry(4, 5, 3, be32(121) + be32(1) + be32(28) + be32(1) + be32(500) + be32(100)),
    ]
    var tiff = Array("MM\0*".utf8)
    tiff += be32(8)
    tiff += be16(1)
    tiff += entry(0x8825, 4, 1, be32(26))
    tiff += be32(0)
    tiff += be16(gps.count)
    tiff += gps.flatMap { $0 }
    tiff += be32(0)
    tiff += [UInt8](repeating: 0, count: 100 - tiff.count)
    tiff += Array(body)
    let segment = Data(Array("Exif\0\0".utf8) + tiff)
    return Data([0xFF, 0xD8, 0xFF, 0xE1]) + Data(be16(segment.count + 2)) + segment + picture(320, 240).dropFirst(2)
  }
  /// A PNG of a few bytes that says it is 30,000 points wide and high.
  static var vast: Data {
    func be32(_ n: UInt32) -> Data { withUnsafeBytes(of: n.bigEndian) { Data($0) } }
    let head = Data("IHDR".utf8) + be32(30_000) + be32(30_000) + Data([8, 2, 0, 0, 0])
    return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + be32(13) + head + be32(crc(head)) + be32(0) + Data("IEND".utf8)
      + be32(0xAE42_6082)
  }
  static func crc(_ data: Data) -> UInt32 {
    var crc: UInt32 = 0xFFFF_FFFF
    for byte in data {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return ~crc
  }

  @Test func whatIsNoPhotoIsRefusedBesideItsField() async throws {
    let scene = try await WholeHouse.make()
    let path = "/c/\(scene.compounds[.own]?.no ?? "")/report"
    guard scene.composition.book.routes.contains(where: { $0.path == "/c/{code}/report" }) else { return }
    let bad: [(name: String, bytes: Data)] = [
      ("程序.jpg", Data([0x4D, 0x5A] + [UInt8](repeating: 0x90, count: 4000))), ("page.jpg", Data("<html><script>alert(1)</script>".utf8)),
      ("drawing.svg", Data("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".utf8)), ("vast.png", Self.vast),
      ("cut.jpg", Data(Self.picture(400, 300).prefix(500))), ("empty.jpg", Data([0xFF, 0xD8, 0xFF, 0xD9])),
    ]
    try await scene.walk { client in
      for photo in bad {
        let form = try await client.publicForm(path)
        let answer = try await client.upload(path, form, [("content", "楼道堆物"), ("place", "12号")], [("photos", photo.name, photo.bytes)])
        #expect(answer.status == .unprocessableContent, "\(photo.name): \(answer.status)")
        #expect(answer.text.contains("f-photos-error"), "\(photo.name) is not refused beside its field")
      }
      // Ten are one too many.
      let form = try await client.publicForm(path)
      let ten = (0..<10).map { ("photos", "\($0).jpg", Self.picture(80, 60)) }
      let answer = try await client.upload(path, form, [("content", "楼道堆物")], ten)
      #expect(answer.status == .unprocessableContent && answer.text.contains("9 张"))
    }
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM report") } == 0)
  }

  @Test func whereAPhotoWasTakenIsInNoCopyThatIsShown() async throws {
    let scene = try await WholeHouse.make()
    let path = "/c/\(scene.compounds[.own]?.no ?? "")/report"
    guard scene.composition.book.routes.contains(where: { $0.path == "/c/{code}/report" }) else { return }
    let photo = Self.located
    #expect(photo.firstRange(of: Data("Exif".utf8)) != nil)
    try await scene.walk { client in
      let form = try await client.publicForm(path)
      let answer = try await client.upload(path, form, [("content", "楼道堆物"), ("place", "12号")], [("photos", "定位.jpg", photo)])
      #expect(answer.status == .seeOther || answer.status == .created, "\(answer.status) \(answer.text.prefix(2000))")
    }
    let rows = try await scene.house.store.read { db in
      try db.all("SELECT sha256, public_sha256, thumbnail_sha256 FROM report_file").map {
        (try $0.text("sha256"), try $0.optionalText("public_sha256"), try $0.optionalText("thumbnail_sha256"))
      }
    }
    let row = try #require(rows.first)
    #expect(try scene.house.vault.bytes(row.0) == photo, "the original is kept as it came")
    for copy in [try #require(row.1), try #require(row.2)] {
      let bytes = try scene.house.vault.bytes(copy)
      #expect(bytes.firstRange(of: Data("Exif".utf8)) == nil && bytes.firstRange(of: Data([0, 0, 4, 0xD2, 0, 0, 0, 100])) == nil)
    }
  }

  // MARK: Forms

  @Test func theSameFormTwiceIsOneReport() async throws {
    let scene = try await WholeHouse.make()
    let path = "/c/\(scene.compounds[.own]?.no ?? "")/report"
    guard scene.composition.book.routes.contains(where: { $0.path == "/c/{code}/report" }) else { return }
    try await scene.walk { client in
      let form = try await client.publicForm(path)
      let fields = [("content", "楼道堆物"), ("place", "12号"), ("_once", form.once)]
      let first = try await client.upload(path, form, fields, [])
      let second = try await client.upload(path, form, fields, [])
      #expect(first.status == .seeOther && second.headers[.location] == first.headers[.location])
      // The mark of somebody else's form is not ours.
      let other = try await client.publicForm(path)
      let third = try await client.upload(path, other, [("content", "楼道堆物"), ("place", "12号"), ("_once", other.once)], [])
      #expect(third.headers[.location] != first.headers[.location])
    }
    #expect(try await scene.house.store.read { try $0.number("SELECT count(*) AS n FROM report") } == 2)
  }

  /// Content, and what the API answers.
  static let bodies: [(name: String, json: String, status: Int)] = [
    ("no JSON", "{", 422), ("empty", "", 422), ("array", "[]", 422), ("missing", #"{"place":"x"}"#, 422),
    ("blank", #"{"content":"  \n "}"#, 422),
    ("long", #"{"content":"\#(String(repeating: "长", count: 20_001))"}"#, 422),
    ("longest", #"{"content":"\#(String(repeating: "长", count: 20_000))"}"#, 201),
    ("future", #"{"content":"堆物","saidAt":"2999-01-01T00:00:00+08:00"}"#, 422), ("no date", #"{"content":"堆物","saidAt":"昨天"}"#, 422),
    ("no compound", #"{"content":"堆物","compound":"ZZZZZZZZ"}"#, 422), ("no item", #"{"content":"堆物","item":"no-such-item"}"#, 422),
    ("channel", #"{"content":"堆物","channel":"hotline"}"#, 422), ("position", #"{"content":"堆物","latitude":991,"longitude":121}"#, 422),
    ("number", #"{"content":"堆物","latitude":1e999,"longitude":121}"#, 422), ("phone", #"{"content":"堆物","phone":"12"}"#, 422),
    ("zero", #"{"content":"堆\u0000物"}"#, 201), ("statement", #"{"content":"'); DROP TABLE report;--"}"#, 201),
    ("surrogate", #"{"content":"\ud800"}"#, 422), ("deep", String(repeating: "[", count: 100_000), 422),
  ]

  @Test func theAPIRefusesWhatIsWrongByItsField() async throws {
    let scene = try await WholeHouse.make()
    let dispatcher = try scene.somebody(.dispatcher).person
    let (_, token) = try await ApiTokens.issue(for: dispatcher.id, name: "测试", days: 1, by: dispatcher, in: scene.house)
    try await scene.walk { client in
      for one in Self.bodies {
        let answer = try await client.executeRequest(
          uri: "/api/v1/reports", method: .post, headers: [.authorization: "Bearer \(token)", .contentType: "application/json"],
          body: ByteBuffer(string: one.json))
        #expect(answer.status.code == one.status, "\(one.name): \(answer.status) \(answer.text.prefix(300))")
        if one.status == 422 { #expect(answer.headers[.contentType]?.hasPrefix("application/problem+json") == true, "\(one.name)") }
      }
      // The source's own number twice is one report, whatever key it comes with.
      for (key, status) in [("source-one-a", 201), ("source-one-b", 409)] {
        let answer = try await client.executeRequest(
          uri: "/api/v1/reports", method: .post,
          headers: [
            .authorization: "Bearer \(token)", .contentType: "application/json", HTTPField.Name("Idempotency-Key") ?? .server: key,
          ],
          body: ByteBuffer(string: #"{"content":"堆物","sourceNo":"A-1"}"#))
        #expect(
          answer.status.code == status || (status == 409 && answer.status.code == 200),
          "\(key): \(answer.status) \(answer.text.prefix(200))")
      }
    }
  }

  @Test(arguments: [
    "/assets/../store.sqlite", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fPackage.swift", "/assets/%00", "/c/%00", "/c/..",
    "/c/%ff%fe",
    "/files/../../../../etc/passwd", "/files/%2e%2e%2f%2e%2e%2fkeys", "/progress/%3Cscript%3E", "/law/../../keys", "/matters/M1%2F..%2F..",
    "/receipt/" + String(repeating: "A", count: 5000), "//evil.example/", "/%5c%5cevil.example", "/sign-in?next=//evil.example",
    "/sign-in?next=https://evil.example", "/?" + String(repeating: "a=1&", count: 3000), "/%", "/%zz", "/c/'%20OR%201=1--",
  ]) func noPathLeadsOut(path: String) async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    try await scene.walk { client in
      for somebody in [nil, officer] {
        let answer = try await client.ask(.get, path, as: somebody)
        #expect(answer.status.code < 500, "\(path): \(answer.status)")
        #expect(
          !answer.text.contains("root:x:0") && !answer.text.contains("swift-tools-version") && !answer.text.contains("<script>"), "\(path)")
        #expect(
          answer.headers[.location]?.contains("evil") != true || answer.headers[.location]?.hasPrefix("/sign-in?next=") == true, "\(path)")
      }
    }
  }
}

extension TestResponse {
  /// The first sentence of what is wrong with a form.
  var refused: String { text.firstMatch(of: /需要修改<\/h2><ul><li>(.*?)<\/li>/).map { String($0.1) } ?? "" }
}

struct PublicForm: Sendable {
  let cookie: String
  let csrf: String
  let once: String
}

extension TestClientProtocol {
  /// The tokens of a form that anybody may open.
  func publicForm(_ path: String) async throws -> PublicForm {
    let page = try await ask(.get, path)
    let form = ShownForm.all(in: page.text).first
    func value(_ name: String) -> String { form?.fields.first { $0.name == name }?.values.first ?? "" }
    return PublicForm(cookie: page.formCookie, csrf: value(FormTokens.csrfField), once: value(FormTokens.onceField))
  }
  func upload(
    _ path: String, _ form: PublicForm, _ fields: [(String, String)], _ files: [(field: String, name: String, bytes: Data)]
  ) async throws -> TestResponse {
    try await upload(path, cookie: form.cookie, fields + [(FormTokens.csrfField, form.csrf)], files)
  }
  func upload(
    _ path: String, as somebody: WholeHouse.Somebody, _ fields: [(String, String)], _ files: [(field: String, name: String, bytes: Data)]
  ) async throws -> TestResponse {
    try await upload(path, cookie: somebody.cookie, fields + [(FormTokens.csrfField, somebody.csrf)], files)
  }
  private func upload(
    _ path: String, cookie: String, _ fields: [(String, String)], _ files: [(field: String, name: String, bytes: Data)]
  ) async throws -> TestResponse {
    let boundary = "boundary-of-the-upload"
    var body = ByteBuffer()
    for (name, value) in fields {
      body.writeString("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
    }
    for file in files {
      body.writeString(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(file.field)\"; filename=\"\(file.name)\"\r\nContent-Type: image/jpeg\r\n\r\n"
      )
      body.writeBytes(file.bytes)
      body.writeString("\r\n")
    }
    body.writeString("--\(boundary)--\r\n")
    return try await executeRequest(
      uri: path, method: .post, headers: [.cookie: cookie, .contentType: "multipart/form-data; boundary=\(boundary)"], body: body)
  }
}
