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

/// Every route that names a thing, tried by people whose thing it is not: it does not exist for them.
@Suite struct ScopeWalkTests {
  /// Things that everybody who may open the route may see: the law, the assets, what a secret code opens.
  /// Accounts and jobs are the administrators': they belong to no squad. Guides are a district's; `GuideTests` keeps the others out.
  static let everybodys: Set<String> = ["item", "asset", "receipt", "studio-no", "account", "job", "guide", "figure"]
  /// What administrators have to do with, whosever it is.
  static let administrators: Set<String> = ["erasure-request", "outline"]
  /// Asking for another's does nothing and says nothing; that nothing was done is looked at afterwards.
  static let silent: Set<String> = ["notice"]

  @Test func aStrangersThingDoesNotExist() async throws {
    let scene = try await WholeHouse.make()
    let objects = try await OwnObjects.make(scene)
    // Administrators see no matters at all; the others here are of another squad, district, firm or committee.
    let strangers = scene.people.filter { $0.side != .own || $0.person.role.isAdministrator }
      .filter { !Self.seesOwn($0) }
    let before = try await Self.marks(scene)
    try await scene.walk { client in
      for route in scene.composition.book.routes where route.path.contains("{") {
        guard let kind = OwnObjects.kind(of: route.path), let path = objects.path(of: route.path) else {
          Issue.record("\(route): say in OwnObjects.kinds what its parameter names")
          continue
        }
        if Self.everybodys.contains(kind) || route.policy == .public { continue }
        if case .token = route.policy { continue }
        for stranger in strangers where !(Self.administrators.contains(kind) && stranger.person.role.isAdministrator) {
          // The neighbour has asked, and may take it back.
          if kind == "joint", stranger.side == .neighbour, path.hasSuffix("/end") { continue }
          let answer = try await client.ask(
            HTTPRequest.Method(route.method.rawValue) ?? .get, path, as: stranger, form: "version=1&purpose=firstContact")
          let who = "\(stranger.person.role.rawValue) of the side \(stranger.side.rawValue)"
          #expect(
            ["f", "m"].contains(answer.outcome) || (Self.silent.contains(kind) && answer.outcome == "r"),
            "\(route.method.rawValue) \(path) as \(who): \(answer.status)")
        }
      }
    }
    #expect(try await Self.marks(scene) == before, "a stranger changed something")
  }
  /// What a stranger's request would leave behind: entries of the journal and notices seen.
  static func marks(_ scene: WholeHouse) async throws -> [Int64] {
    try await scene.house.store.read { db in
      [
        try db.number("SELECT count(*) AS n FROM journal"), try db.number("SELECT count(*) AS n FROM notice WHERE seen_at IS NOT NULL"),
        try db.number("SELECT coalesce(sum(version), 0) AS n FROM matter"),
      ]
    }
  }

  /// A district manager of the same district oversees the neighbour squad and ours alike.
  static func seesOwn(_ somebody: WholeHouse.Somebody) -> Bool {
    if somebody.side == .own { return [.cityManager].contains(somebody.person.role) }
    return false
  }

  /// The programs of another account see no more than their account.
  @Test func aStrangersTokenOpensNothingOfOurs() async throws {
    let scene = try await WholeHouse.make()
    let objects = try await OwnObjects.make(scene)
    var tokens: [(who: String, token: String)] = []
    for stranger in scene.people where stranger.side != .own && !stranger.person.role.isAdministrator {
      let (_, token) = try await ApiTokens.issue(for: stranger.person.id, name: "测试", days: 1, by: stranger.person, in: scene.house)
      tokens.append(("\(stranger.person.role.rawValue) of the side \(stranger.side.rawValue)", token))
    }
    let all = tokens
    try await scene.walk { client in
      for route in scene.composition.book.routes where route.path.contains("{") {
        guard case .token = route.policy, let path = objects.path(of: route.path) else { continue }
        for (who, token) in all {
          let body = #"{"report":"\#(objects.values["report"]?.first ?? "")","reason":"试","note":"试","squad":"310118001"}"#
          let answer = try await client.executeRequest(
            uri: path, method: HTTPRequest.Method(route.method.rawValue) ?? .get,
            headers: [.authorization: "Bearer \(token)", .contentType: ObjectTableTests.type(of: route)],
            body: route.method == .get ? nil : .init(string: body))
          #expect(["f", "m", "x"].contains(answer.outcome), "\(route.method.rawValue) \(path) as \(who): \(answer.status)")
          #expect(answer.outcome != "x" || !answer.text.contains("已有变化"), "\(route.method.rawValue) \(path) as \(who) tells of the matter")
        }
      }
    }
  }
}
