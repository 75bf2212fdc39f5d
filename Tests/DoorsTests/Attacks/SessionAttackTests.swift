import Foundation
import HTTPTypes
import HummingbirdTesting
import Intake
import Kernel
import NIOCore
import Offices
import People
import Storage
import Testing
import WebSupport

@testable import longtang

/// Sessions that somebody planted, copied or kept; codes that somebody guesses.
@Suite struct SessionAttackTests {
  private func signIn(_ client: any TestClientProtocol, _ login: String, _ password: String, planted: String? = nil) async throws
    -> TestResponse
  {
    let form = try await client.publicForm("/sign-in")
    let cookie = [planted.map { "longtang=\($0)" }, form.cookie].compactMap { $0 }.joined(separator: "; ")
    return try await client.executeRequest(
      uri: "/sign-in", method: .post, headers: [.cookie: cookie, .contentType: "application/x-www-form-urlencoded"],
      body: ByteBuffer(string: "_csrf=\(form.csrf)&account=\(login)&password=\(password)"))
  }
  private func session(_ answer: TestResponse) -> String? {
    answer.headers[values: .setCookie].first { $0.hasPrefix("longtang=") && !$0.hasPrefix("longtang=;") }
      .flatMap { $0.dropFirst(9).split(separator: ";").first.map(String.init) }
  }

  @Test func aPlantedSessionIsNotTakenOver() async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    let planted = Secrets.token()
    try await scene.walk { client in
      let first = try await signIn(client, officer.person.login, "route-walk-2026", planted: planted)
      let second = try await signIn(client, officer.person.login, "route-walk-2026")
      let tokens = [planted, try #require(session(first)), try #require(session(second))]
      #expect(Set(tokens).count == 3, "every sign-in has a token of its own")
      let stays = try await client.executeRequest(uri: "/account", method: .get, headers: [.cookie: "longtang=\(planted)"], body: nil)
      #expect(stays.outcome == "s")
      for line in first.headers[values: .setCookie] where line.hasPrefix("longtang=") {
        #expect(line.contains("HttpOnly") && line.contains("SameSite=Lax") && line.contains("Path=/") && !line.contains("Max-Age="))
      }
      // A session is never taken from the address or from a form.
      for path in ["/account?longtang=\(tokens[1])", "/account;longtang=\(tokens[1])"] {
        #expect(try await client.executeRequest(uri: path, method: .get, headers: [:], body: nil).status != .ok)
      }
    }
  }

  /// Every copy of a session, in whatever browser, is dead at once.
  @Test(arguments: ["sign-out", "post", "reset", "disable", "end-others"]) func copiesDie(_ how: String) async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    let security = try scene.somebody(.securityAdmin).person
    let other = try await AttackKit.session(of: officer.person, scene)
    let signedIn = try #require(try await SignIn.check(officer.token, in: scene.house))
    switch how {
    case "sign-out": try await SignIn.signOut(signedIn, in: scene.house)
    case "post":
      try await Accounts.setPost(officer.person.id, role: .squadLeader, office: scene.squads[.own]?.id, by: security, in: scene.house)
    case "reset": _ = try await Accounts.resetPassword(officer.person.id, by: security, in: scene.house)
    case "disable": try await Accounts.disable(officer.person.id, reason: "调离", by: security, in: scene.house)
    default: try await SignIn.endOthers(of: try #require(try await SignIn.check(other.token, in: scene.house)), in: scene.house)
    }
    try await scene.walk { client in
      for path in ["/account", "/today", "/matters"] {
        #expect(try await client.ask(.get, path, as: officer).outcome == "s", "\(path) after \(how)")
        let kept = try await client.executeRequest(uri: path, method: .get, headers: [.cookie: other.cookie], body: nil)
        // Leaving on one's own ends this browser's session only; the office's acts end all.
        #expect(kept.outcome == (["sign-out", "end-others"].contains(how) ? "o" : "s"), "\(path) after \(how)")
      }
    }
  }

  /// Somebody who only knows a name can keep its owner from signing in for a while, but not from working, and not for long.
  @Test func aStrangersGuessesDoNotStopWhoIsAtWork() async throws {
    let scene = try await WholeHouse.make()
    let officer = try scene.somebody(.officer)
    for _ in 0..<8 {
      _ = try? await SignIn.signIn(login: officer.person.login, password: "guess", address: "203.0.113.9", in: scene.house)
    }
    try await scene.walk { client in
      #expect(try await client.ask(.get, "/today", as: officer).status == .ok)
      let locked = try await signIn(client, officer.person.login, "route-walk-2026")
      #expect(locked.status == .tooManyRequests && locked.text.contains("联系安全管理员"))
      try await Accounts.unlock(officer.person.id, by: try scene.somebody(.securityAdmin).person, in: scene.house)
      #expect(try await signIn(client, officer.person.login, "route-walk-2026").status == .seeOther)
    }
  }

  /// Sixty bits, and nothing in the answer tells a wrong code from one that is nobody's.
  @Test func aReceiptCodeCannotBeGuessed() async throws {
    let codes = Set((0..<2000).map { _ in ReceiptCode.make() })
    #expect(codes.count == 2000)
    let plain = codes.map { Array($0.replacing("-", with: "")) }
    for place in 0..<12 { #expect(Set(plain.map { $0[place] }).count == 32, "place \(place) of the code has fewer than 32 values") }
    let scene = try await WholeHouse.make()
    _ = try await scene.report()
    try await scene.walk { client in
      var answers: Set<String> = []
      for code in ["7KQ4-M9XD-2PWV", ReceiptCode.make(), "AAAA", "UUUU-UUUU-UUUU", "0000-0000-0000"] {
        for path in ["/progress/\(code)", "/progress?code=\(code)"] {
          let answer = try await client.ask(.get, path)
          #expect(answer.status == .notFound || answer.status == .unprocessableContent, "\(path): \(answer.status)")
          // Whatever is the page's own, without what was typed and the marks that differ on every page.
          let text = answer.text.replacing(code, with: "").replacing(/value="[^"]*"/, with: "").replacing(/[0-9A-Z]{10}/, with: "")
          if path.hasPrefix("/progress?") { answers.insert(text) }
        }
      }
      #expect(answers.count == 1, "a code that cannot be one is answered like one that is nobody's")
    }
  }
}
