import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import People
import Testing
import WebSupport

@testable import longtang

/// Every route of the whole program, tried by nobody and by somebody of each role: the outcome stands in a reviewed table.
@Suite struct RouteTableTests {
  @Test func theBookHasNoProblems() async throws {
    let book = try await WholeHouse.make().composition.book
    #expect(book.problems.isEmpty)
  }

  /// o done · r on to another page · s to sign-in · u no token · f forbidden · m missing · x to be mended · c conflict · ! broken
  static let legend = """
    # What becomes of a request without any fields: o done, r on to another page, s to sign-in, u no token, f forbidden, m missing,
    # x to be mended, c conflict. Routes for programs are asked with the account's token. In the order: nobody, \(Role.allCases.map(\.rawValue).joined(separator: ", ")).
    # Written by: LONGTANG_ACCEPT=1 swift test --filter DoorsTests
    """

  @Test func everyRouteAnswersEverybodyAsReviewed() async throws {
    let scene = try await WholeHouse.make()
    let routes = scene.composition.book.routes
    // Leaving ends the session that the others need.
    let order = routes.filter { $0.path != "/sign-out" } + routes.filter { $0.path == "/sign-out" }
    let people = try [nil] + Role.allCases.map { try scene.somebody($0) }
    var tokens: [Role: String] = [:]
    for somebody in people.compactMap({ $0 }) where !somebody.person.role.isAdministrator {
      tokens[somebody.person.role] = try await ApiTokens.issue(
        for: somebody.person.id, name: "测试", days: 1, by: somebody.person, in: scene.house
      ).token
    }
    let keys = tokens
    let found = Box<[String: String]>([:])
    try await scene.walk { client in
      for route in order {
        let path = route.path.split(separator: "/", omittingEmptySubsequences: false)
          .map { $0.hasPrefix("{") || $0 == "**" ? "none" : String($0) }.joined(separator: "/")
        var letters = ""
        for somebody in people {
          let method = HTTPRequest.Method(route.method.rawValue) ?? .get
          var answer = try await client.ask(method, path, as: somebody)
          Self.check(route, somebody?.person.role, answer)
          // A cookie opens nothing of the API; what the account's token does there is in the table.
          if case .token = route.policy, let token = somebody.flatMap({ keys[$0.person.role] }) {
            answer = try await client.ask(
              method, path, headers: [.authorization: "Bearer \(token)", .contentType: ObjectTableTests.type(of: route)])
            if case .token(let permission?) = route.policy, somebody?.person.role.permissions.contains(permission) == false {
              #expect(answer.outcome == "f", "\(route) as \(somebody?.person.role.rawValue ?? "")")
            }
          }
          letters += answer.outcome
          if answer.outcome == "!" { Issue.record("\(route) as \(somebody?.person.role.rawValue ?? "nobody"): \(answer.status)") }
        }
        found.change {
          $0["\(route.path) \(route.method.rawValue)"] =
            "\(route.method.rawValue) \(route.path)  \(route.policy)\(route.confirmed ? " confirmed" : "")  \(letters)"
        }
      }
    }
    let lines = found.value.sorted { $0.key < $1.key }.map(\.value)
    try Expected.compare(Self.legend.split(separator: "\n").map(String.init) + lines, with: "routes.expected.txt")
  }

  /// What holds whatever the table says.
  static func check(_ route: RouteBook.Route, _ role: Role?, _ answer: TestResponse) {
    let comment = Comment(rawValue: "\(route) as \(role?.rawValue ?? "nobody"): \(answer.status)")
    switch route.policy {
    case .public: break
    case .token: #expect(answer.outcome == "u", comment)
    case .signedIn(let permission):
      guard let role else {
        #expect(answer.outcome == "s", comment)
        return
      }
      if let permission, !role.permissions.contains(permission) { #expect(answer.outcome == "f", comment) }
    }
  }

  @Test func otherMethodsAreToldSo() async throws {
    let scene = try await WholeHouse.make()
    try await scene.walk { client in
      let answer = try await client.executeRequest(uri: "/sign-in", method: .delete, headers: [:], body: nil)
      #expect(answer.status == .methodNotAllowed && answer.headers[.allow] == "GET, HEAD, POST")
      let nowhere = try await client.executeRequest(uri: "/no-such-page", method: .get, headers: [:], body: nil)
      #expect(nowhere.status == .notFound)
    }
  }

  /// A form that is not from our pages does nothing, whoever is signed in.
  @Test func noRouteTakesAFormWithoutItsToken() async throws {
    let scene = try await WholeHouse.make()
    try await scene.walk { client in
      for route in scene.composition.book.routes where route.method != .get {
        if case .token = route.policy { continue }
        let path = route.path.split(separator: "/", omittingEmptySubsequences: false)
          .map { $0.hasPrefix("{") ? "none" : String($0) }.joined(separator: "/")
        for role in Role.allCases {
          let headers: HTTPFields = [.cookie: try scene.somebody(role).cookie, .contentType: "application/x-www-form-urlencoded"]
          let answer = try await client.executeRequest(
            uri: path, method: HTTPRequest.Method(route.method.rawValue) ?? .post, headers: headers, body: nil)
          #expect(answer.status == .forbidden, "\(route) as \(role.rawValue): \(answer.status)")
        }
      }
    }
  }
}
