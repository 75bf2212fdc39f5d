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

@Suite struct FormWalkTests {
  /// Nobody stands for the resident.
  static let walkers: [Role?] = [nil] + Role.allCases.map { $0 }
  /// Leaving and new passwords end the walk; they have tests of their own.
  static let left: Set<String> = ["/sign-out", "/account/password"]

  @Test(arguments: walkers) func noFormFallsOverOrShowsMarkup(role: Role?) async throws {
    let scene = try await WholeHouse.make()
    let objects = try await OwnObjects.make(scene)
    let before = try await Untouched.look(scene, accounts: role != .securityAdmin)
    let visitor = try role.map { try scene.somebody($0) }
    let who = role?.rawValue ?? "nobody"
    let pages = objects.pages(scene.composition.book, for: role)
    let fields = Box(0)
    try await scene.walk { client in
      var seen: Set<String> = []
      for path in pages {
        let page = try await client.ask(.get, path, as: visitor)
        #expect(page.outcome != "!", "\(path) as \(who)")
        guard page.outcome == "o" else { continue }
        // A form belongs to the cookie it was shown with.
        let cookie = visitor?.cookie ?? page.formCookie
        for form in ShownForm.all(in: page.text) where !Self.left.contains(form.action) {
          let names = form.fields.map(\.name).sorted().joined(separator: ",")
          guard seen.insert("\(form.action) \(names)").inserted else { continue }
          fields.change { $0 += form.fields.count }
          for bad in BadWords.allCases {
            let (type, body) = form.body { Self.value(of: $0, bad) }
            let answer = try await client.executeRequest(
              uri: form.action, method: .post, headers: [.cookie: cookie, .contentType: type], body: .init(bytes: bad.bytes(of: body, type))
            )
            if bad == .overlong { #expect(answer.outcome == "x" || !body.contains(BadWords.overlongMark), "POST \(form.action) as \(who)") }
            #expect(answer.outcome != "!", "POST \(form.action) as \(who) with \(bad.rawValue): \(answer.status)")
            Self.clean(answer, "POST \(form.action) as \(who) with \(bad.rawValue)")
          }
        }
      }
      // Whatever was stored is now on pages: of the writer and of those who read it.
      for reader in [visitor] + [Role.officer, .squadLeader, .dispatcher, .auditAdmin].map({ try? scene.somebody($0) }) {
        for path in objects.pages(scene.composition.book, for: reader?.person.role) {
          let page = try await client.ask(.get, path, as: reader)
          #expect(page.outcome != "!", "\(path) after the walk of \(who)")
          Self.clean(page, "\(path) after the walk of \(who)")
        }
      }
    }
    let state = try await scene.house.store.read { db in
      (
        reports: try db.number("SELECT count(*) AS n FROM report"),
        auditors: try db.number("SELECT count(*) AS n FROM account WHERE role = 'auditAdmin'"),
        faults: try Journal.verify(db).faults
      )
    }
    #expect(state.reports >= 3 && state.auditors == 1)
    #expect(state.faults.isEmpty)
    #expect(
      try await Untouched.look(scene, accounts: role != .securityAdmin) == before, "words in a form changed what they were not written to")
  }

  static func value(of field: ShownForm.Field, _ bad: BadWords) -> String? {
    // The door's own tokens stay, or nothing behind it would be reached.
    if field.name == FormTokens.csrfField { return field.values.first }
    if field.name == FormTokens.onceField { return Secrets.token() }
    switch field.kind {
    case .file: return nil
    case .hidden, .check, .choice:
      // Once as offered and once broken, so that both the room and the reading of choices are tried.
      return [.markup, .long, .zero, .formula].contains(bad) ? field.values.first { !$0.isEmpty } ?? "" : bad.text
    case .date: return bad == .long ? "2999-12-31T23:59" : bad == .markup ? "2026-09-01" : bad.text
    case .text: return bad.text
    }
  }
  static func clean(_ answer: TestResponse, _ where: String) {
    #expect(!BadWords.splitsHead(answer.headers), "\(`where`): a header of its own")
    guard answer.headers[.contentType]?.hasPrefix("text/html") == true else { return }
    let text = answer.text
    for trace in BadWords.traces where text.contains(trace) { Issue.record("\(`where`): \(trace)") }
    #expect(!text.contains("SQLite"), "\(`where`): an error of the store is shown")
  }
}

extension TestResponse {
  /// The cookie that a form for somebody who is not signed in goes with.
  var formCookie: String {
    headers[values: .setCookie].first { $0.hasPrefix("longtang-form=") }?.split(separator: ";").first.map(String.init) ?? ""
  }
}
