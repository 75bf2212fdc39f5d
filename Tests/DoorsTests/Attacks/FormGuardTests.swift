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

/// Forms of other sites, in the disguises that a browser lets another site send.
@Suite struct FormGuardTests {
  /// What a page of another site can make a browser send without asking first, and what it cannot.
  static let disguises: [(type: String?, body: String)] = [
    ("text/plain", "_csrf=%@"), ("text/plain", #"{"_csrf":"%@"}"#), ("application/json", #"{"_csrf":"%@"}"#), (nil, "_csrf=%@"),
    ("application/x-www-form-urlencoded", "_csrf="), ("application/x-www-form-urlencoded", "_csrf=x&_csrf=%@"),
    ("multipart/form-data; boundary=XX", "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--XX--\r\n"),
    ("multipart/form-data", "_csrf=%@"),
  ]

  /// Even the right token counts only in a form of the page's own kind.
  @Test func noDisguiseOfAFormIsTaken() async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    let leader = try scene.somebody(.squadLeader)
    let marks = try await ScopeWalkTests.marks(scene)
    try await scene.walk { client in
      for route in scene.composition.book.routes where route.method != .get {
        if case .token = route.policy { continue }
        let path = OwnObjects.nameless(route.path)
        for somebody in [officer, leader] {
          for (type, body) in Self.disguises {
            var headers: HTTPFields = [.cookie: somebody.cookie]
            headers[.contentType] = type
            let answer = try await client.executeRequest(
              uri: path, method: .post, headers: headers, body: ByteBuffer(string: body.replacing("%@", with: somebody.csrf)))
            #expect(answer.status.code >= 400 && answer.status.code < 500, "\(route) with \(type ?? "no type") \(body): \(answer.status)")
          }
        }
      }
    }
    #expect(try await ScopeWalkTests.marks(scene) == marks)
  }

  @Test func theTokenOfAnotherAnEndedOrAnOlderSessionIsNone() async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    let neighbour = try scene.somebody(.officer, .neighbour)
    let old = try await SignIn.check(officer.token, in: scene.house)
    let second = try await AttackKit.session(of: officer.person, scene)
    try await scene.walk { client in
      func leave(_ cookie: String, _ csrf: String) async throws -> TestResponse {
        try await client.executeRequest(
          uri: "/account/sessions/end-others", method: .post,
          headers: [.cookie: cookie, .contentType: "application/x-www-form-urlencoded"], body: ByteBuffer(string: "_csrf=\(csrf)"))
      }
      #expect(try await leave(officer.cookie, neighbour.csrf).status == .forbidden)
      // Of the same person in another browser.
      #expect(try await leave(officer.cookie, second.csrf).status == .forbidden)
      try await SignIn.signOut(try #require(old), in: scene.house)
      let gone = try await leave(officer.cookie, officer.csrf)
      #expect(gone.outcome == "s")
      #expect(try await leave(second.cookie, officer.csrf).status == .forbidden)
      #expect(try await leave(second.cookie, second.csrf).status == .seeOther)
    }
  }

  @Test func noHeaderTurnsALookIntoAnAct() async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    let marks = try await ScopeWalkTests.marks(scene)
    try await scene.walk { client in
      for name in ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"] {
        var headers: HTTPFields = [.cookie: officer.cookie, .contentType: "application/x-www-form-urlencoded"]
        headers[try #require(HTTPField.Name(name))] = "POST"
        let answer = try await client.executeRequest(
          uri: "/sign-out?_method=POST&_csrf=\(officer.csrf)", method: .get, headers: headers, body: nil)
        #expect(answer.status == .methodNotAllowed)
        // Nor the other way round: a form stays one.
        headers[try #require(HTTPField.Name(name))] = "GET"
        let form = try await client.executeRequest(uri: "/account/sessions/end-others", method: .post, headers: headers, body: nil)
        #expect(form.status == .forbidden)
      }
      #expect(try await client.ask(.get, "/account", as: officer).status == .ok)
    }
    #expect(try await ScopeWalkTests.marks(scene) == marks)
  }

  /// The mark that makes a second tap harmless opens no answer that was somebody else's.
  @Test func aMarkOfSomebodyElseTellsNothing() async throws {
    let scene = try await WholeHouse.make()
    let path = "/c/\(scene.compounds[.own]?.no ?? "")/report"
    try await scene.walk { client in
      let mine = try await client.publicForm(path)
      let first = try await client.upload(path, mine, [("content", "楼道堆物"), ("place", "12号"), ("_once", mine.once)], [])
      #expect(first.status == .seeOther)
      // The same mark with another browser's cookie and token: a report of its own, with a receipt of its own.
      let other = try await client.publicForm(path)
      let second = try await client.upload(path, other, [("content", "楼道堆物"), ("place", "12号"), ("_once", mine.once)], [])
      #expect(second.headers[.location] != first.headers[.location])
      // A new browser without the form's token gets neither.
      let bare = try await client.executeRequest(
        uri: path, method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
        body: ByteBuffer(string: "content=x&_once=\(mine.once)"))
      #expect(bare.status == .forbidden)
    }
  }
}

extension OwnObjects {
  /// The address of a route with a thing that does not exist.
  static func nameless(_ pattern: String) -> String {
    pattern.split(separator: "/", omittingEmptySubsequences: false).map { $0.hasPrefix("{") ? "none" : String($0) }.joined(separator: "/")
  }
}
