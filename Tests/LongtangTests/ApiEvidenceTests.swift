import Cases
import Crypto
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import NIOCore
import People
import Storage
import Testing

@testable import longtang

/// Evidence by `/api/v1`: entered, looked into, proven, handed out.
@Suite struct ApiEvidenceTests {
  /// A picture of one colour, as small as a file of it can be.
  static func png(_ width: Int, _ height: Int) -> Data {
    func number(_ value: Int) -> Data { Data([24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }) }
    func chunk(_ name: String, _ data: Data) -> Data {
      let body = Data(name.utf8) + data
      var crc: UInt32 = 0xFFFF_FFFF
      for byte in body {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1 }
      }
      return number(data.count) + body + number(Int(~crc))
    }
    let rows = Data((0..<height).flatMap { _ in [UInt8(0)] + [UInt8](repeating: 200, count: width) })
    var (a, b) = (1, 0)
    for byte in rows {
      a = (a + Int(byte)) % 65521
      b = (b + a) % 65521
    }
    let length = Data([UInt8(rows.count & 255), UInt8(rows.count >> 8), UInt8(~rows.count & 255), UInt8((~rows.count >> 8) & 255)])
    let packed = Data([0x78, 0x01, 0x01]) + length + rows + number(b << 16 | a)
    return Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) + chunk("IHDR", number(width) + number(height) + Data([8, 0, 0, 0, 0]))
      + chunk("IDAT", packed) + chunk("IEND", Data())
  }
  static func hash(_ bytes: Data) -> String { Data(SHA256.hash(data: bytes)).hex }

  /// A case that two officers handle.
  static func open(_ call: ApiTests.Caller, _ office: ApiTests.Office) async throws -> String {
    try await ApiCaseTests.certify(office)
    let no = try await ApiPaperTests.lead(call)
    #expect(try await call(.post, "/cases/\(no)/steps/assign", as: .squadLeader, ["officers": ["dui", "zhang"]]).status == 200)
    return no
  }
  static func code(_ answer: (status: Int, json: [String: Any])) -> String? { answer.json["code"] as? String }

  @Test func aMaskedCopyIsAnExhibitOfItsOwnAndAllGoesOutAsOneFile() async throws {
    try await ApiTests.run { call, office in
      let no = try await Self.open(call, office)
      let path = "/cases/\(no)/exhibits"
      let nothing = try await call.raw(.get, "/cases/\(no)/evidence.zip", as: .officer)
      #expect(nothing.status == .conflict)
      let bytes = Self.png(64, 48)
      let photo: [String: Any] = [
        "title": "门口", "proves": "门口堆物", "content": bytes.base64EncodedString(), "madeAt": "2026-09-24T09:30:00+08:00",
      ]
      #expect(try await call(.post, path, as: .officer, photo).status == 201)
      let area: [String: Any] = ["left": 10, "top": 10, "width": 30, "height": 30]
      let copy = try await call(.post, "\(path)/1/masked-copy", as: .officer, ["areas": [area]], key: "masked-one")
      #expect(copy.status == 201 && copy.json["maskedOf"] as? Int == 1 && copy.json["number"] as? Int == 2)
      #expect(copy.json["counts"] as? Bool == false && (copy.json["file"] as? [String: Any])?["sha256"] as? String != Self.hash(bytes))
      #expect(
        try await call(.post, "\(path)/1/masked-copy", as: .officer, ["areas": [area]], key: "masked-one").json["number"] as? Int == 2)
      let outside = try await call(
        .post, "\(path)/1/masked-copy", as: .officer, ["areas": [["left": 10, "top": 10, "width": 0, "height": 3]]])
      #expect(outside.status == 422 && Self.code(outside) == "cases-mask-area")
      #expect(Self.code(try await call(.post, "\(path)/2/masked-copy", as: .officer, ["areas": [area]])) == "cases-mask-kind")
      #expect(try await call(.post, "\(path)/9/masked-copy", as: .officer, ["areas": [area]]).status == 404)
      let zip = try await call.raw(.get, "/cases/\(no)/evidence.zip", as: .officer)
      let body = Data(zip.body.readableBytesView)
      #expect(zip.status == .ok && zip.headers[.contentType] == "application/zip" && body.prefix(2) == Data("PK".utf8))
      #expect(body.range(of: bytes) != nil, "the original stands in it as it came")
      let one = try await call(.get, "\(path)/1", as: .officer)
      let chain = try #require(one.json["chain"] as? [[String: Any]])
      #expect(
        chain.contains { $0["action"] as? String == "exhibit-masked" } && chain.contains { $0["action"] as? String == "exhibit-exported" })
    }
  }

  @Test func aPhotoIsEnteredOnceAndHandedOutAsItCame() async throws {
    try await ApiTests.run { call, office in
      let no = try await Self.open(call, office)
      let (path, bytes) = ("/cases/\(no)/exhibits", Self.png(16, 9))
      let photo: [String: Any] = [
        "title": " 外墙现状 ", "proves": "外墙已开门", "content": bytes.base64EncodedString(), "madeAt": "2026-09-24T09:30:00+08:00", "place": "南立面",
        "latitude": 31.17, "longitude": 121.27,
      ]
      let first = try await call(.post, path, as: .officer, photo, key: "exhibit-one")
      #expect(first.status == 201 && first.json["title"] as? String == "外墙现状" && first.json["maker"] as? String == "王建国")
      #expect((first.json["file"] as? [String: Any])?["sha256"] as? String == Self.hash(bytes))
      // The same key is the same request; the same file without it is told which exhibit it is.
      #expect(try await call(.post, path, as: .officer, photo, key: "exhibit-one").json["number"] as? Int == 1)
      let double = try await call(.post, path, as: .officer, photo)
      #expect(double.status == 409 && Self.code(double) == "cases-exhibit-double" && double.json["field"] as? String == "content")

      let file = try await call(.get, "/cases/\(no)", as: .officer)
      let story = try #require(file.json["story"] as? [[String: Any]])
      #expect(story.last?["note"] as? String == "证据 1：外墙现状")
      let actions = try #require(file.json["actions"] as? [[String: Any]])
      #expect(actions.contains { $0["action"] as? String == "collect" && $0["path"] as? String == path })

      let head = try await call.raw(.head, "\(path)/1/original", as: .officer)
      #expect(head.status == .ok && head.headers[.contentLength] == "\(bytes.count)" && head.headers[.eTag] == "\"\(Self.hash(bytes))\"")
      let whole = try await call.raw(.get, "\(path)/1/original", as: .officer)
      #expect(whole.status == .ok && Data(whole.body.readableBytesView) == bytes && whole.headers[.contentType] == "image/png")
      let part = try await call.raw(.get, "\(path)/1/original", as: .officer, [.range: "bytes=-4", .ifRange: "\"\(Self.hash(bytes))\""])
      #expect(part.status == .partialContent && Data(part.body.readableBytesView) == bytes.suffix(4))
      let beyond = try await call(.get, "\(path)/1/original", as: .officer, range: "bytes=\(bytes.count)-")
      #expect(beyond.status == 416 && Self.code(beyond) == "door-range")
      let one = try await call(.get, "\(path)/1", as: .officer)
      let chain = try #require(one.json["chain"] as? [[String: Any]])
      #expect(chain.map { $0["action"] as? String } == ["exhibit-added", "exhibit-looked-at"])

      let verdict = try await call(.post, "/cases/\(no)/evidence-check", as: .officer)
      #expect(verdict.status == 200 && verdict.json["whole"] as? Bool == true && verdict.json["exhibits"] as? Int == 1)
      #expect(try await call(.get, path, as: .officer).json["closed"] == nil)
    }
  }

  @Test func whatIsWrongIsToldByItsField() async throws {
    try await ApiTests.run { call, office in
      let no = try await Self.open(call, office)
      func add(_ change: [String: Any]) async throws -> (String?, String?) {
        let body: [String: Any] = ["title": "a", "proves": "b", "content": Data("%PDF-1.7 x".utf8).base64EncodedString()]
        let answer = try await call(
          .post, "/cases/\(no)/exhibits", as: .officer, body.merging(change) { $1 }.filter { !($0.value is NSNull) })
        return (Self.code(answer), answer.json["field"] as? String)
      }
      let measure = ["value": "2.35", "unit": "米", "instrument": "钢卷尺"]
      for (change, code, field): ([String: Any], String, String) in [
        (["title": " "], "cases-exhibit-title", "title"), (["proves": ""], "cases-exhibit-proves", "proves"),
        (["content": "!!"], "api-base64", "content"), (["content": ""], "cases-exhibit-empty", "content"),
        (["content": Data("MZ\u{90}\u{0}".utf8).base64EncodedString()], "cases-exhibit-type", "content"),
        (["content": NSNull()], "api-exhibit-one", "content"), (["measure": measure], "api-exhibit-one", "content"),
        (["content": NSNull(), "measure": measure], "cases-exhibit-made-at", "madeAt"),
        (["content": NSNull(), "measure": measure.merging(["value": "长"]) { $1 }], "cases-exhibit-value", "measure.value"),
        (["source": "resident"], "cases-exhibit-maker", "maker"), (["source": "device"], "cases-exhibit-device", "device"),
        (["madeAt": "昨天"], "api-made-at", "madeAt"), (["madeAt": "2031-01-01T00:00:00Z"], "cases-exhibit-future", "madeAt"),
        (["latitude": 31.1], "api-position", "latitude"), (["content": NSNull(), "upload": "1"], "cases-upload-missing", ""),
        (["kind": "photo"], "json-unknown-key", "kind"),
      ] {
        let told = try await add(change)
        #expect(told.0 == code && told.1 ?? "" == field, "\(change): \(told)")
      }
      #expect((try await call(.get, "/cases/\(no)/exhibits", as: .officer).json["exhibits"] as? [Any])?.isEmpty == true)
      // A dispatcher has nothing to do with cases; whoever's case it is not learns nothing; who only sees may not fetch the original.
      #expect(try await call(.get, "/cases/\(no)/exhibits", as: .dispatcher).status == 403)
      #expect(Self.code(try await call(.post, "/cases/C20200101-000001/exhibits", as: .officer, [:])) == "cases-missing")
      #expect(try await call(.get, "/cases/\(no)/exhibits", as: .districtManager).status == 200)
      #expect(try await call(.get, "/cases/\(no)/exhibits/1/original", as: .districtManager).status == 403)
      for n in ["0", "1", "x"] { #expect(try await call(.get, "/cases/\(no)/exhibits/\(n)", as: .officer).status == 404) }
    }
  }

  @Test func whatOthersGaveIsLookedInto() async throws {
    try await ApiTests.run { call, office in
      let no = try await Self.open(call, office)
      let given = try await call(
        .post, "/cases/\(no)/exhibits", as: .officer,
        ["title": "居委会照片", "proves": "开门的时间", "content": Self.png(8, 8).base64EncodedString(), "source": "committee", "maker": "孙主任"])
      #expect(given.status == 201 && given.json["state"] as? String == "pending" && given.json["counts"] as? Bool == false)
      // It does not count yet, and no step counts it.
      #expect(Self.code(try await call(.post, "/cases/\(no)/steps/collect", as: .officer, ["note": "居委会照片"])) == "cases-no-exhibit")
      let path = "/cases/\(no)/exhibits/1/verification"
      let short = try await call(.post, path, as: .officer, ["outcome": "verified", "note": "属实"])
      #expect(
        short.status == 422 && Self.code(short) == "cases-verify-note" && (short.json["article"] as? String)?.contains("第四十六条") == true)
      #expect(
        try await call(.post, path, as: .officer, ["outcome": "pending", "note": "到现场核对，位置一致"]).json["field"] as? String == "outcome")
      let settled = try await call(.post, path, as: .officer, ["outcome": "verified", "note": "到现场核对位置一致，提供人已签名。"])
      #expect(settled.status == 200 && settled.json["counts"] as? Bool == true && settled.json["verifiedBy"] as? String == "王建国")
      #expect(
        Self.code(try await call(.post, path, as: .officer, ["outcome": "rejected", "note": "到现场核对位置一致，提供人已签名。"]))
          == "cases-exhibit-settled")
      #expect(try await office.composition.cases.evidence(of: no, for: try await Self.person("dui", office)).record.file.exhibits == 1)
    }
  }

  @Test func aFilmComesInPartsAndIsPlayedByItsRanges() async throws {
    try await ApiTests.run { call, office in
      let no = try await Self.open(call, office)
      let film = Data([0, 0, 0, 24]) + Data("ftypisom".utf8) + Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      let begun = try await call(
        .post, "/cases/\(no)/uploads", as: .officer, ["name": "执法仪.mp4", "size": film.count, "sha256": Self.hash(film)])
      #expect(begun.status == 201 && begun.json["received"] as? Int == 0)
      let id = try #require(begun.json["id"] as? String)
      let path = "/cases/\(no)/uploads/\(id)"
      let octets: HTTPFields = [.contentType: "application/octet-stream"]
      #expect(try await call.raw(.put, path + "?offset=9", as: .officer, octets, bytes: film).status == .conflict)
      #expect(try await call.raw(.put, path, as: .officer, octets, bytes: film).status == .unprocessableContent)
      #expect(
        try await call.raw(.put, path + "?offset=0", as: .officer, [.contentType: "text/xml"], bytes: film).status == .unsupportedMediaType)
      #expect(try await call.raw(.put, path + "?offset=0", as: .officer, octets, bytes: film.prefix(200_000)).status == .ok)
      #expect(Self.code(try await call(.get, path, as: .squadLeader)) == "cases-upload-missing")
      #expect(
        Self.code(try await call(.post, "/cases/\(no)/exhibits", as: .officer, ["title": "录像", "proves": "过程", "upload": id]))
          == "cases-upload-unfinished")
      #expect(try await call(.get, path, as: .officer).json["received"] as? Int == 200_000)
      #expect(try await call.raw(.put, path + "?offset=200000", as: .officer, octets, bytes: film.suffix(from: 200_000)).status == .ok)
      let list = try await call(.get, "/cases/\(no)/uploads", as: .officer)
      #expect((list.json["uploads"] as? [[String: Any]])?.first?["whole"] as? Bool == true)
      let exhibit = try await call(.post, "/cases/\(no)/exhibits", as: .officer, ["title": "录像", "proves": "检查过程", "upload": id])
      #expect(exhibit.status == 201 && exhibit.json["kind"] as? String == "video")
      #expect(try await call(.get, path, as: .officer).status == 404)
      let part = try await call.raw(.get, "/cases/\(no)/exhibits/1/original", as: .officer, [.range: "bytes=299990-400000"])
      #expect(part.status == .partialContent && Data(part.body.readableBytesView) == film.suffix(from: 299_990))
      #expect(part.headers[.contentType] == "video/mp4")

      let other = try #require(try await call(.post, "/cases/\(no)/uploads", as: .officer, ["name": "b", "size": 5]).json["id"] as? String)
      #expect(try await call.raw(.delete, "/cases/\(no)/uploads/\(other)", as: .officer).status == .noContent)
      #expect(try await call.raw(.delete, "/cases/\(no)/uploads/\(other)", as: .officer).status == .notFound)
    }
  }

  static func person(_ login: String, _ office: ApiTests.Office) async throws -> Person {
    try #require(try await office.house.store.read { db in try PersonStore.find(login: login, db) })
  }
}
