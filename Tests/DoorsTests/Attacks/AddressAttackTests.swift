import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import NIOCore
import People
import Storage
import Testing
import WebSupport

@testable import longtang

/// Addresses that look like others, hosts that are not ours, places to go on to that lead away.
@Suite struct AddressAttackTests {
  /// Other ways to write an address, by which a door in front or a careless router could be passed.
  static let disguises: [@Sendable (String) -> String] = [
    { "/" + $0 }, { $0 + "/" }, { $0 + "//" }, { "/." + $0 }, { "/assets/.." + $0 }, { "/assets/%2e%2e" + $0 },
    { "/assets/%252e%252e" + $0 },
    { $0 + ";x=1" }, { $0 + "%00" }, { $0 + "%20" }, { $0 + "." }, { $0 + "%2f" }, { $0 + "%5c" }, { $0 + "?" }, { $0 + "#a" },
    { $0.uppercased() },
    { $0.replacing("/", with: "\\") }, { $0.replacing("/", with: "%2f") },
    { path in path.prefix(1) + "%" + String(path.utf8.dropFirst().first ?? 0, radix: 16) + path.dropFirst(2) },
    { "http://longtang.test" + $0 }, { $0 + ".json" }, { $0 + "/../" },
  ]

  @Test func noDisguiseOfAnAddressOpensWhatIsClosed() async throws {
    let scene = try await WholeHouse.make()
    let firm = try scene.somebody(.firmUser)
    try await scene.walk { client in
      for route in scene.composition.book.routes where route.method == .get {
        guard case .signedIn(let permission?) = route.policy, !route.path.contains("{") else { continue }
        for disguise in Self.disguises {
          let path = disguise(route.path)
          let nobody = try await client.ask(.get, path)
          #expect(nobody.outcome != "o" && nobody.outcome != "!", "\(path) as nobody: \(nobody.status)")
          if Role.firmUser.permissions.contains(permission) { continue }
          let stranger = try await client.ask(.get, path, as: firm)
          #expect(stranger.outcome != "o" && stranger.outcome != "!", "\(path) as a firm: \(stranger.status)")
        }
      }
    }
  }

  @Test func everyAddressTellsWhatItTakes() async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    let methods = Dictionary(grouping: scene.composition.book.routes, by: \.path).mapValues { Set($0.map(\.method.rawValue)) }
    try await scene.walk { client in
      for (pattern, known) in methods {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY", "PROPFIND"] {
          if known.contains(method) || (method == "HEAD" && known.contains("GET")) { continue }
          let asked = try #require(HTTPRequest.Method(method))
          let answer = try await client.executeRequest(
            uri: OwnObjects.nameless(pattern), method: asked, headers: [.cookie: officer.cookie], body: nil)
          #expect(answer.status == .methodNotAllowed, "\(method) \(pattern): \(answer.status)")
          if answer.status == .methodNotAllowed {
            #expect(known.allSatisfy { answer.headers[.allow]?.contains($0) == true }, "\(method) \(pattern)")
          }
        }
      }
    }
  }

  @Test func aFalseHostIsInNoLinkAndNoCookie() async throws {
    let scene = try await WholeHouse.make()
    let leader = try scene.somebody(.squadLeader)
    let compound = scene.compounds[.own]?.no ?? ""
    try await scene.walk { client in
      for name in ["Host", "X-Forwarded-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"] {
        var headers: HTTPFields = [.cookie: leader.cookie]
        headers[try #require(HTTPField.Name(name))] =
          name == "Forwarded" ? "host=evil.example" : name.hasSuffix("URL") ? "/audit" : "evil.example"
        for path in [
          "/", "/sign-in", "/c/\(compound)", "/today", "/compounds/\(compound)/code-sheet", "/compounds/\(compound)/code.svg", "/nowhere",
        ] {
          let answer = try await client.executeRequest(uri: path, method: .get, headers: headers, body: nil)
          #expect(!answer.text.contains("evil.example"), "\(name) on \(path)")
          #expect(answer.status.code < 500 && answer.headers[.location]?.contains("evil") != true, "\(name) on \(path)")
          for cookie in answer.headers[values: .setCookie] { #expect(!cookie.contains("Domain="), "\(name) on \(path)") }
        }
      }
    }
  }

  /// Where to go after signing in: only within this site, whatever a browser makes of the address.
  @Test(arguments: [
    "//evil.example", "/\\evil.example", "\\/evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example",
    "//\u{7FD}@evil.example/", "/\u{301}/evil.example", "//\u{20DD}evil.example", " //evil.example", "/%09/evil.example", "///evil.example",
    "/a\r\nSet-Cookie: x=1", "data:text/html,x", "/\u{FF0F}evil.example", "//longtang.test@evil.example",
  ]) func goingOnStaysHere(next: String) async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    try await scene.walk { client in
      let signedIn = try await client.ask(.get, "/sign-in?next=\(ShownForm.encoded(next))", as: officer)
      let form = try await client.publicForm("/sign-in")
      let posted = try await client.executeRequest(
        uri: "/sign-in", method: .post, headers: [.cookie: form.cookie, .contentType: "application/x-www-form-urlencoded"],
        body: ByteBuffer(
          string: "_csrf=\(form.csrf)&account=\(officer.person.login)&password=route-walk-2026&next=\(ShownForm.encoded(next))"))
      for answer in [signedIn, posted] {
        #expect(answer.status == .seeOther)
        let location = try #require(answer.headers[.location])
        let base = try #require(URL(string: "https://longtang.test/sign-in"))
        #expect(URL(string: location, relativeTo: base)?.host() == "longtang.test", "\(next) leads to \(location)")
        #expect(
          !location.hasPrefix("//") && location.utf8.first == 47 && location.utf8.dropFirst().first != 47, "\(next) leads to \(location)")
      }
    }
  }

  @Test(arguments: ["bytes=0-1", "bytes=-1", "bytes=0-0,0-0,0-0,0-0,0-0", "bytes=9999999999999999999-", "items=0-1", "bytes=5-1"])
  func aRangeIsNoLever(range: String) async throws {
    let scene = try await WholeHouse.make()
    try await scene.walk { client in
      let whole = try await client.ask(.get, "/assets/app.css")
      let part = try await client.ask(.get, "/assets/app.css", headers: [.range: range])
      #expect([200, 206, 416].contains(Int(part.status.code)) && part.body.readableBytes <= whole.body.readableBytes)
    }
  }
}
