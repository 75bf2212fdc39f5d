import Cases
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import NIOCore
import People
import Storage
import TestHouse
import TestOffice
import Testing
import WebSupport

/// Somebody at a browser.
struct Visitor: Sendable {
  let client: any TestClientProtocol
  let cookie: String
  let csrf: String

  static func signIn(_ login: String, _ scene: EvidenceScene, _ client: any TestClientProtocol) async throws -> Visitor {
    let session = try await scene.office.signIn(login)
    return Visitor(client: client, cookie: session.cookie, csrf: session.csrf)
  }
  func get(_ path: String) async throws -> TestResponse {
    try await client.executeRequest(uri: path, method: .get, headers: [.cookie: cookie], body: nil)
  }
  func post(_ path: String, _ fields: [(String, String)], files: [Data] = []) async throws -> TestResponse {
    var body = Data()
    for (name, value) in fields + [("_csrf", csrf)] {
      body += Data("--XX\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }
    for bytes in files {
      body += Data("--XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"p.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n".utf8)
      body += bytes + Data("\r\n".utf8)
    }
    body += Data("--XX--\r\n".utf8)
    return try await client.executeRequest(
      uri: path, method: .post, headers: [.cookie: cookie, .contentType: "multipart/form-data; boundary=XX"],
      body: ByteBuffer(bytes: Array(body)))
  }
  func send(_ path: String, _ method: HTTPRequest.Method, _ bytes: Data) async throws -> TestResponse {
    var headers: HTTPFields = [.cookie: cookie, .contentType: "application/octet-stream", .accept: "application/json"]
    if let name = HTTPField.Name("X-CSRF-Token") { headers[name] = csrf }
    return try await client.executeRequest(uri: path, method: method, headers: headers, body: ByteBuffer(bytes: Array(bytes)))
  }
}
extension TestResponse {
  var text: String { String(buffer: body) }
  var bytes: Data { Data(body.readableBytesView) }
}

@Suite struct ExhibitPagesTests {
  static let words = [("title", "卫生间"), ("proves", "厨房改成了卫生间")]

  @Test func photosComeInByTheFormAndAreShown() async throws {
    let scene = try await EvidenceScene.make()
    let (no, photos) = (scene.no, [EvidenceScene.picture(300, 200), EvidenceScene.picture(301, 200)])
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      #expect(try await officer.get("/cases/\(no)/exhibits").text.contains("还没有证据"))
      let sent = try await officer.post("/cases/\(no)/exhibits", [("way", "photos"), ("source", "own")] + Self.words, files: photos)
      #expect(sent.status == .seeOther, "\(sent.text)")
      let list = try await officer.get("/cases/\(no)/exhibits").text
      #expect(list.contains("卫生间（1）") && list.contains("卫生间（2）") && list.contains("picture?small=1"))
      let page = try await officer.get("/cases/\(no)/exhibits/1")
      #expect(page.status == .ok && page.text.contains(EvidenceScene.hash(photos[0])))
      #expect(try await officer.get("/cases/\(no)/exhibits/1/picture?small=1").status == .ok)
      let original = try await officer.get("/cases/\(no)/exhibits/1/original")
      #expect(original.bytes == photos[0] && original.headers[.contentDisposition]?.hasPrefix("attachment") == true)
      // Another squad sees nothing of it.
      let stranger = try await Visitor.signIn("stranger", scene, client)
      for path in ["", "/1", "/1/original", "/1/picture", "/new", "/1/mask"] {
        #expect(try await stranger.get("/cases/\(no)/exhibits\(path)").status == .notFound, "\(path)")
      }
    }
  }

  @Test func whatIsMissingIsToldBesideItsField() async throws {
    let scene = try await EvidenceScene.make()
    let no = scene.no
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      for (fields, message) in [
        ([("way", "photos")] + Self.words, "请选择文件"), ([("way", "measurement"), ("value", "3.2")] + Self.words, "请填写计量单位"),
        ([("way", "films")] + Self.words, "请选择已经传完的文件"), ([("way", "matter")] + Self.words, "请选择要用的照片"),
      ] {
        let answer = try await officer.post("/cases/\(no)/exhibits", fields)
        #expect(answer.status == .unprocessableContent && answer.text.contains(message), "\(message)")
      }
      let device = try await officer.post(
        "/cases/\(no)/exhibits", [("way", "photos"), ("source", "device"), ("made-at", "2026-09-24T08:00")] + Self.words,
        files: [EvidenceScene.picture(20, 20)])
      #expect(device.status == .unprocessableContent && device.text.contains("行政处罚法第四十一条"))
    }
    #expect(try await scene.exhibits().isEmpty)
  }

  @Test func whatOthersGaveIsLookedIntoOnItsPage() async throws {
    let scene = try await EvidenceScene.make()
    let no = scene.no
    try await scene.add(try await scene.photo(source: .firm))
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      let page = try await officer.get("/cases/\(no)/exhibits/1").text
      #expect(page.contains("查证属实，作为证据") && page.contains("沪城管执〔2024〕104号"))
      let short = try await officer.post("/cases/\(no)/exhibits/1/verify", [("outcome", "verified"), ("note", "好")])
      #expect(short.status == .unprocessableContent)
      let done = try await officer.post(
        "/cases/\(no)/exhibits/1/verify", [("outcome", "verified"), ("note", "到现场核对，位置一致，提供人已签名")])
      #expect(done.status == .seeOther)
      let again = try await officer.post(
        "/cases/\(no)/exhibits/1/verify", [("outcome", "rejected"), ("note", "到现场核对，位置一致，提供人已签名")])
      #expect(again.status == .conflict)
    }
    #expect(try await scene.record().file.exhibits == 1)
  }

  @Test func aFilmComesInPartsThroughTheDoorAndBecomesAnExhibit() async throws {
    let scene = try await EvidenceScene.make()
    let (no, film) = (scene.no, EvidenceScene.noise(9 << 20))
    struct State: Decodable {
      let id: String
      let received: Int
      let part: Int
      let whole: Bool
      let sha256: String?
    }
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      let begun = try await officer.send("/cases/\(no)/uploads", .post, Data("{\"name\": \"执法仪.mp4\", \"size\": \(film.count)}".utf8))
      #expect(begun.status == .created)
      var state = try JSONDecoder().decode(State.self, from: begun.bytes)
      let path = "/cases/\(no)/uploads/\(state.id)"
      #expect(try await officer.send(path + "?offset=5", .put, Data(count: 10)).status == .conflict)
      while !state.whole {
        let part = film.subdata(in: state.received..<min(film.count, state.received + state.part))
        let answer = try await officer.send(path + "?offset=\(state.received)", .put, part)
        #expect(answer.status == .ok, "\(answer.text)")
        guard answer.status == .ok else { return }
        state = try JSONDecoder().decode(State.self, from: try await officer.get(path).bytes)
      }
      #expect(state.sha256 == EvidenceScene.hash(film))
      let form = try await officer.get("/cases/\(no)/exhibits/new?way=films").text
      #expect(form.contains("执法仪.mp4") && form.contains("data-parts"))
      let sent = try await officer.post("/cases/\(no)/exhibits", [("way", "films"), ("upload", state.id)] + Self.words)
      #expect(sent.status == .seeOther, "\(sent.text)")
    }
    #expect(try await scene.exhibits().first?.file?.sha256 == EvidenceScene.hash(film))
  }

  @Test func anAlteredFileIsShownWhereADecisionIsTaken() async throws {
    let scene = try await EvidenceScene.make()
    let no = scene.no
    for seed in 0..<2 { try await scene.add(try await scene.photo(seed)) }
    try scene.alter(try #require(try await scene.exhibits()[1].file?.sha256))
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      let checked = try await officer.post("/cases/\(no)/exhibits/check", [])
      #expect(checked.status == .seeOther)
      for path in ["", "/exhibits", "/steps/ask-filing"] {
        let text = try await officer.get("/cases/\(no)\(path)").text
        #expect(text.contains("有证据与登记的不一致") && text.contains("证据 2") && text.contains("原件与登记的哈希不符"), "\(path)")
      }
      // Shown, not blocked.
      #expect(try await officer.get("/cases/\(no)/exhibits/1").status == .ok)
      let export = try await officer.post("/cases/\(no)/exhibits/export", [("_confirm", TestOffice.password)])
      #expect(export.status == .conflict)
    }
  }

  @Test func theExportAsksWhoItIs() async throws {
    let scene = try await EvidenceScene.make()
    let no = scene.no
    try await scene.add(try await scene.photo())
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      let zip = try await officer.post("/cases/\(no)/exhibits/export", [("_confirm", TestOffice.password)])
      #expect(zip.status == .ok && zip.bytes.prefix(2) == Data("PK".utf8))
    }
  }

  @Test func rectanglesAreTypedOrDrawn() async throws {
    let scene = try await EvidenceScene.make()
    let no = scene.no
    try await scene.add(try await scene.photo())
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      #expect(try await officer.get("/cases/\(no)/exhibits/1/mask").text.contains("data-mask=\"f-areas\""))
      for bad in ["", "1 2 3", "a b c d", "10 10 0 5", "120 5 5 5"] {
        #expect(try await officer.post("/cases/\(no)/exhibits/1/mask", [("areas", bad)]).status == .unprocessableContent, "\(bad)")
      }
      #expect(try await officer.post("/cases/\(no)/exhibits/1/mask", [("areas", "10 10 30 20\n50，50，10，10")]).status == .seeOther)
      #expect(try await officer.get("/cases/\(no)/exhibits/2").text.contains("公开用副本"))
    }
  }

  @Test func theLeaderRegistersDevices() async throws {
    let scene = try await EvidenceScene.make()
    try await scene.walk { client in
      let leader = try await Visitor.signIn("leader", scene, client)
      let fields = [("name", "摄像机 1"), ("kind", "视频监控"), ("place", "12号楼"), ("use", "1")]
      #expect(try await leader.post("/devices", fields).status == .seeOther)
      #expect(try await leader.get("/devices").text.contains("没有法制审核的记录"))
      let future = try await leader.post("/devices", fields + [("legal-on", "2030-01-01"), ("legal-what", "审核意见")])
      #expect(future.status == .unprocessableContent)
      let officer = try await Visitor.signIn("officer", scene, client)
      #expect(try await officer.get("/devices").status == .forbidden)
    }
  }

  /// What is measured on the release build is 30 ms; here it may take longer, but never one read for each exhibit.
  @Test func twoHundredOpenAtOnce() async throws {
    let scene = try await EvidenceScene.make()
    let no = scene.no
    var all: [NewExhibit] = []
    for seed in 0..<200 { all.append(try await scene.photo(seed)) }
    try await scene.cases.add(all, to: no, by: try scene.officer)
    #expect(try await scene.record().file.exhibits == 200)
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      var spent: [Duration] = []
      for _ in 0..<60 {
        let clock = ContinuousClock.now
        let page = try await officer.get("/cases/\(no)/exhibits")
        spent.append(clock.duration(to: .now))
        #expect(page.status == .ok && page.text.contains("证据 200"))
      }
      spent.sort()
      print("200 exhibits: median \(spent[30]), worst \(spent[59])")
      #expect(spent[30] < .seconds(1))
    }
  }
}
