import Cases
import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import People
import Storage
import TestHouse
import TestOffice
import Testing

/// Films and recordings are played from the vault, in the pieces that a player asks for.
@Suite struct PlayTests {
  /// The beginning of an MP4, then noise: whoever looks at the first bytes takes it for one.
  static func film(_ bytes: Int, _ brand: String = "isom") -> Data {
    (Data([0, 0, 0, 24]) + Data("ftyp\(brand)".utf8) + Data([0, 0, 2, 0]) + Data("isomiso2".utf8) + EvidenceScene.noise(bytes)).prefix(
      bytes)
  }
  static func add(_ bytes: Data, _ scene: EvidenceScene) async throws -> Exhibit {
    try await scene.add(NewExhibit(.video, title: "检查录像", proves: "检查过程", file: try await scene.cases.keepExhibit(bytes)))
  }
  static func looks(_ exhibit: Exhibit, _ scene: EvidenceScene) async throws -> [Int64?] {
    try await scene.cases.story(of: exhibit).filter { $0.action == "exhibit-looked-at" }.map(\.actor.account)
  }

  @Test func aPlayerGetsThePiecesItAsksForAndItIsOneLook() async throws {
    let scene = try await EvidenceScene.make()
    let film = Self.film((3 << 20) + 17)
    let exhibit = try await Self.add(film, scene)
    #expect(exhibit.kind == .video && exhibit.mediaType == "video/mp4")
    let (path, hash) = ("/cases/\(scene.no)/exhibits/1/original", EvidenceScene.hash(film))
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      func get(_ range: String?, _ more: HTTPFields = [:], _ method: HTTPRequest.Method = .get) async throws -> TestResponse {
        var headers = more
        headers[.cookie] = officer.cookie
        headers[.range] = range
        return try await client.executeRequest(uri: path, method: method, headers: headers, body: nil)
      }
      // A look at the head hands nothing out.
      let head = try await get("bytes=0-9", [:], .head)
      #expect(head.status == .ok && head.headers[.contentLength] == "\(film.count)" && head.headers[.eTag] == "\"\(hash)\"")
      #expect(try await Self.looks(exhibit, scene).isEmpty)
      for (range, bytes): (String, Range<Int>) in [
        ("bytes=0-", 0..<film.count), ("bytes=0-1", 0..<2), ("bytes=1048570-1048590", 1_048_570..<1_048_591),
        ("bytes=-100", film.count - 100..<film.count), ("bytes=\(film.count - 1)-\(film.count + 50)", film.count - 1..<film.count),
      ] {
        let answer = try await get(range, [.ifRange: "\"\(hash)\""])
        #expect(answer.status == .partialContent && answer.bytes == film[bytes], "\(range)")
        #expect(answer.headers[.contentRange] == "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(film.count)", "\(range)")
        #expect(answer.headers[.contentType] == "video/mp4" && answer.headers[.cacheControl] == "no-store")
      }
      #expect(try await Self.looks(exhibit, scene) == [try scene.officer.id.raw])
      for range in ["bytes=\(film.count)-", "bytes=-0"] {
        let answer = try await get(range)
        #expect(answer.status == .rangeNotSatisfiable && answer.headers[.contentRange] == "bytes */\(film.count)", "\(range)")
      }
      for (range, known) in [("bytes=a-b", nil), ("bytes=0-1,4-5", nil), ("bytes=0-9", "\"\(EvidenceScene.hash(Data()))\"")] {
        let answer = try await get(range, known.map { [.ifRange: $0] } ?? [:])
        #expect(answer.status == .ok && answer.bytes == film, "\(range)")
      }
      // Whoever gets all of it looks anew, each time; so does somebody else, and the same one half an hour later.
      #expect(try await Self.looks(exhibit, scene).count == 4)
      scene.office.clock.advance(minutes: 31)
      let later = try await Visitor.signIn("officer", scene, client)
      let anew = try await client.executeRequest(uri: path, method: .get, headers: [.cookie: later.cookie, .range: "bytes=0-9"], body: nil)
      #expect(anew.status == .partialContent)
      #expect(try await Self.looks(exhibit, scene).count == 5)
      let second = try await Visitor.signIn("second", scene, client)
      for _ in 0..<2 {
        let answer = try await client.executeRequest(
          uri: path, method: .get, headers: [.cookie: second.cookie, .range: "bytes=5-9"], body: nil)
        #expect(answer.bytes == film[5..<10])
      }
      let (six, who) = (try await Self.looks(exhibit, scene), try scene.second.id.raw)
      #expect(six.count == 6 && six.last == who)
      // Another squad's officer gets neither bytes nor a head.
      let stranger = try await Visitor.signIn("stranger", scene, client)
      for method in [HTTPRequest.Method.get, .head] {
        let answer = try await client.executeRequest(
          uri: path, method: method, headers: [.cookie: stranger.cookie, .range: "bytes=0-9"], body: nil)
        #expect(answer.status == .notFound && answer.headers[.eTag] == nil)
      }
    }
    #expect(try await scene.cases.checkEvidence(of: scene.no, by: try scene.officer).isWhole)
  }

  /// A proof is not taken for longer than the file lies there untouched.
  @Test func aFilmThatIsAlteredWhileItPlaysStops() async throws {
    let scene = try await EvidenceScene.make()
    let film = Self.film(2 << 20)
    _ = try await Self.add(film, scene)
    let path = "/cases/\(scene.no)/exhibits/1/original"
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      func get() async throws -> TestResponse {
        try await client.executeRequest(
          uri: path, method: .get, headers: [.cookie: officer.cookie, .range: "bytes=1048576-1048599"], body: nil)
      }
      #expect(try await get().bytes == film[1_048_576..<1_048_600])
      let file = try scene.path(EvidenceScene.hash(film))
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
      try scene.alter(EvidenceScene.hash(film))
      let stopped = try await get()
      #expect(stopped.status == .conflict && stopped.text.contains("原件与登记的哈希不符"))
      #expect(try await officer.get("/cases/\(scene.no)/exhibits/1").text.contains("与登记的不一致"))
      try FileManager.default.removeItem(at: file)
      #expect(try await get().status == .conflict)
    }
  }

  @Test func thePageHasAPlayerForWhatABrowserPlays() async throws {
    let scene = try await EvidenceScene.make()
    let files: [(Data, String)] = [
      (Self.film(2000), "<video controls preload=\"none\""), (Self.film(2001, "M4A "), "<audio controls preload=\"none\""),
      (Data("RIFF    WAVE".utf8) + EvidenceScene.noise(900), "<audio"), (Data("#!AMR\n".utf8) + EvidenceScene.noise(900), "一般放不了这种格式"),
    ]
    for (bytes, _) in files { _ = try await Self.add(bytes, scene) }
    try await scene.add(try await scene.photo())
    try await scene.walk { client in
      let officer = try await Visitor.signIn("officer", scene, client)
      for (index, (_, mark)) in files.enumerated() {
        let page = try await officer.get("/cases/\(scene.no)/exhibits/\(index + 1)")
        #expect(page.text.contains(mark), "\(index + 1)")
        if mark.hasPrefix("<") { #expect(page.text.contains("src=\"/cases/\(scene.no)/exhibits/\(index + 1)/original\"")) }
      }
      let photo = try await officer.get("/cases/\(scene.no)/exhibits/5").text
      #expect(!photo.contains("<video") && !photo.contains("<audio"))
      // Looking at the page is no look at the original.
      #expect(try await Self.looks(try await scene.exhibits()[0], scene).isEmpty)
    }
  }
}
