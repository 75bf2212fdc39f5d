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

/// Every form of every page is filled in sensibly, sent, and sent once more as it was: by an impatient finger to the same server, or by a
/// proxy to another one, which remembers nothing of the first. Nothing may be there twice.
@Suite struct TwiceWalkTests {
  /// Nobody stands for the resident.
  static let walkers: [Role?] = [nil] + Role.allCases.map { $0 }
  /// Written down about requests rather than because of them.
  static let left: Set<String> = ["session", "sign_in", "mark", "clock_rule", "node"]
  @Test(arguments: walkers) func nothingIsDoneTwice(role: Role?) async throws {
    let scene = try await WholeHouse.make()
    let objects = try await OwnObjects.make(scene)
    let visitor = try role.map { try scene.somebody($0) }
    let who = role?.rawValue ?? "nobody"
    let pages = objects.pages(scene.composition.book, for: role)
    let names = Composition.migrations.flatMap(\.statements).compactMap { $0.firstMatch(of: /^CREATE TABLE (\w+)/).map { String($0.1) } }
      .filter { !Self.left.contains($0) }
    @Sendable func rows() async throws -> [String: Int64] {
      try await scene.house.store.read { db in
        var out: [String: Int64] = [:]
        for name in names { out[name] = try db.number("SELECT count(*) AS n FROM \(raw: name)") }
        out["versions"] = try db.number("SELECT sum(version) AS n FROM matter")
        return out
      }
    }
    let done = Box(0)
    try await scene.walk { first in
      try await scene.walk { other in
        var seen: Set<String> = []
        for path in pages {
          let page = try await first.ask(.get, path, as: visitor)
          guard page.outcome == "o" else { continue }
          let cookie = visitor?.cookie ?? page.formCookie
          for form in ShownForm.all(in: page.text) where !FormWalkTests.left.contains(form.action) {
            let fields = form.fields.map(\.name).sorted().joined(separator: ",")
            guard seen.insert("\(form.action) \(fields)").inserted else { continue }
            let (type, body) = form.body { Self.value(of: $0) }
            func send(_ client: any TestClientProtocol) async throws -> TestResponse {
              try await client.executeRequest(
                uri: form.action, method: .post, headers: [.cookie: cookie, .contentType: type], body: .init(string: body))
            }
            let answer = try await send(first)
            guard answer.outcome == "r" || answer.outcome == "o", answer.headers[.location]?.hasPrefix("/sign-in") != true else { continue }
            done.change { $0 += 1 }
            let once = try await rows()
            for (which, client) in [("the same server", first), ("another server", other)] {
              let again = try await send(client)
              #expect(again.outcome != "!", "\(form.action) as \(who), sent again to \(which): \(again.status)")
              let twice = try await rows()
              let more = twice.filter { $0.value != once[$0.key] }.keys.sorted()
              #expect(more.isEmpty, "\(form.action) as \(who), sent again to \(which): more of \(more)")
            }
          }
        }
      }
    }
    #expect(done.value >= 5, "too few forms were taken for this to mean anything")
  }

  /// Something that would pass.
  static func value(of field: ShownForm.Field) -> String? {
    if field.name == FormTokens.csrfField { return field.values.first }
    if field.name == FormTokens.onceField { return Secrets.token() }
    let name = field.name
    switch field.kind {
    case .file: return nil
    case .hidden, .check: return field.values.first { !$0.isEmpty } ?? ""
    case .choice: return field.values.first { !$0.isEmpty } ?? ""
    case .date: return "2026-09-23"
    case .text:
      if let shown = field.values.first, !shown.isEmpty { return shown }
      if name.hasSuffix("days") || name.hasSuffix("number") { return "3" }
      if name.hasSuffix("phone") { return "13800001234" }
      if name.hasSuffix("login") { return "twice.\(Secrets.token().prefix(6).lowercased().filter(\.isLetter))" }
      return "情况属实，已经处理"
    }
  }
}
