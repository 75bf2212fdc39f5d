import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import Testing
import WebSupport

@Suite struct PorchTests {
  @Test(arguments: ["/", "/nowhere", "/breaks", "/mine", "/assets/app.css"])
  func everyAnswerHasSafeHeaders(path: String) async throws {
    try await Doorstep.make(assets: assetsFolder).walk { client in
      let answer = try await client.get(path)
      let policy = answer.headers[.contentSecurityPolicy] ?? ""
      for part in ["default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"] {
        #expect(policy.contains(part))
      }
      #expect(!policy.contains("unsafe"))
      #expect(answer.headers[.xContentTypeOptions] == "nosniff")
      #expect(answer.headers[referrerPolicy] == "same-origin")
      #expect(answer.headers[requestID]?.count == 10)
      #expect(answer.headers[.strictTransportSecurity] == nil)
    }
  }

  @Test func cookiesAreClosedToScriptsAndBoundToTheHostUnderTLS() async throws {
    try await Doorstep.make(publicURL: "https://longtang.test/").walk { client in
      let answer = try await client.get("/")
      let cookie = try #require(answer.setCookies.first)
      for part in ["__Host-longtang-form=", "; HttpOnly", "; SameSite=Lax", "; Path=/", "; Secure"] { #expect(cookie.contains(part)) }
      #expect(answer.headers[.strictTransportSecurity] != nil)
    }
    try await Doorstep.make().walk { client in
      let cookie = try #require(try await client.get("/").setCookies.first)
      #expect(cookie.hasPrefix("longtang-form="))
      #expect(!cookie.contains("Secure"))
      #expect(cookie.contains("HttpOnly"))
    }
  }

  @Test func anErrorTellsItsNumberAndNothingElse() async throws {
    try await Doorstep.make().walk { client in
      let page = try await client.get("/breaks")
      #expect(page.status == .internalServerError)
      let id = try #require(page.headers[requestID])
      #expect(page.text.contains(id))
      #expect(!page.text.contains("secret_table"))
      #expect(!page.text.contains("StorageError"))
      let json = try await client.get("/breaks", [.accept: "application/json"])
      #expect(json.status == .internalServerError)
      #expect(json.text.contains(id) == false && json.text.contains("requestId"))
      #expect(!json.text.contains("secret_table"))
    }
  }

  @Test(arguments: [
    ("invalid", 422), ("forbidden", 403), ("missing", 404), ("conflict", 409), ("limit", 429), ("unavailable", 503),
  ])
  func aRefusalBecomesItsStatusWithTheSentence(kind: String, status: Int) async throws {
    try await Doorstep.make().walk { client in
      let page = try await client.get("/refuses?kind=\(kind)")
      #expect(page.status.code == status)
      #expect(page.text.contains("今天不办。"))
      #expect(page.text.contains("第五条"))
      let json = try await client.get("/refuses?kind=\(kind)", [.accept: "application/json"])
      #expect(json.status.code == status)
      #expect(json.text.contains("\"code\":\"test-refused\""))
    }
  }

  @Test func unknownPathsAndMethodsAreSaidSo() async throws {
    try await Doorstep.make().walk { client in
      let lost = try await client.get("/nowhere/at/all")
      #expect(lost.status == .notFound)
      #expect(lost.text.contains("<!doctype html>"))
      let wrong = try await client.post("/mine", "a=1")
      #expect(wrong.status == .methodNotAllowed)
      #expect(wrong.headers[.allow] == "GET, HEAD")
      let head = try await client.executeRequest(uri: "/things/a", method: .head, headers: [:], body: nil)
      #expect(head.status == .ok)
      #expect(head.text.isEmpty)
    }
  }

  @Test(arguments: [
    "/assets/../Package.swift", "/assets/..%2fPackage.swift", "/assets/%2e%2e/Package.swift", "/assets/....//app.css", "/assets/%00",
    "/assets/..%5cPackage.swift", "/assets/%", "/things/%ff", "/things/%00",
  ])
  func tricksWithPathsLeadNowhere(path: String) async throws {
    try await Doorstep.make(assets: assetsFolder).walk { client in
      let answer = try await client.get(path)
      #expect(answer.status == .notFound)
      #expect(!answer.text.contains("swift-tools-version"))
    }
  }

  @Test func aFolderNamedLikeAFileIsServedAsOne() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-assets-\(UUID())")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder.appending(path: "app.css"), withIntermediateDirectories: true)
    for (name, text) in [("app.css/2-b.css", "b{}"), ("app.css/1-a.css", "a{}"), ("app.css/notes.txt", "no"), ("app.js", "1")] {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    try await Doorstep.make(assets: folder).walk { client in
      let sheet = try await client.get("/assets/app.css")
      #expect(sheet.text == "a{}b{}")
      let script = try await client.get("/assets/app.js")
      #expect(script.text == "1")
      let part = try await client.get("/assets/1-a.css")
      #expect(part.status == .notFound)
    }
  }

  @Test func assetsAreKeptForAYearWhenTheirHashIsNamed() async throws {
    let versions = try AssetFolder(assetsFolder).versions
    try await Doorstep.make(assets: assetsFolder).walk { client in
      let named = try await client.get(versions.address("app.css"))
      #expect(named.headers[.cacheControl] == "public, max-age=31536000, immutable")
      #expect(named.headers[.contentType] == "text/css; charset=utf-8")
      let tag = try #require(named.headers[.eTag])
      let plain = try await client.get("/assets/app.css")
      #expect(plain.headers[.cacheControl] == "public, no-cache")
      #expect(try await client.get("/assets/app.css", [.ifNoneMatch: tag]).status == .notModified)
    }
  }
}

let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .server
let requestID = HTTPField.Name("X-Request-Id") ?? .server
let assetsFolder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Assets").standardizedFileURL
