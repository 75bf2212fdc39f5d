import Foundation
import HTTPTypes
import HummingbirdTesting
import Kernel
import NIOCore
import People
import Testing
import WebSupport

@testable import longtang

/// Every route that names a thing, tried by nobody and by somebody of each role: with a thing of their own side, of the neighbour's and
/// of another district's. The outcome stands in a reviewed table.
@Suite struct ObjectTableTests {
  static let legend = """
    # What becomes of a request that names a thing of one squad, firm, committee or account: o done, r on to another page, s to sign-in,
    # u no token, f forbidden, m missing, x to be mended, c conflict (the request is told to be of an old version), - nobody of that role
    # on that side. Three groups: people of the thing's own side, of the neighbour squad, firm or committee, of another district.
    # In the order: nobody, \(Role.allCases.map(\.rawValue).joined(separator: ", ")).
    # Written by: LONGTANG_ACCEPT=1 swift test --filter DoorsTests
    """

  @Test func everyThingAnswersEverybodyAsReviewed() async throws {
    let scene = try await WholeHouse.make()
    var objects = try await OwnObjects.make(scene)
    // Stopping the account of somebody who still has to walk would end the walk.
    objects.values["account"] = ["\(try scene.somebody(.committeeUser, .far).person.id)"]
    let things = objects
    let report = objects.values["report"]?.first ?? ""
    let keys = try await Self.tokens(scene)
    // What ends a session comes last.
    let routes = scene.composition.book.routes.filter { $0.path.contains("{") }
    let order = routes.filter { !$0.path.contains("session") } + routes.filter { $0.path.contains("session") }
    let found = Box<[String: String]>([:])
    try await scene.walk { client in
      for route in order {
        guard let path = things.path(of: route.path) else {
          Issue.record("\(route): say in OwnObjects.kinds what its parameter names")
          continue
        }
        var groups: [String] = []
        for side in WholeHouse.Side.allCases {
          var letters = side == .own ? try await Self.ask(client, route, path, as: nil, nil, report) : ""
          for role in Role.allCases {
            guard let somebody = try? scene.somebody(role, side) else {
              letters += "-"
              continue
            }
            letters += try await Self.ask(client, route, path, as: somebody, keys[somebody.person.id], report)
          }
          groups.append(letters)
        }
        if groups.contains(where: { $0.contains("!") || $0.contains("?") }) { Issue.record("\(route): \(groups)") }
        let line = "\(route.method.rawValue) \(route.path)  \(groups.joined(separator: " "))"
        found.change { $0["\(route.path) \(route.method.rawValue)"] = line }
      }
    }
    let lines = found.value.sorted { $0.key < $1.key }.map(\.value)
    try Expected.compare(Self.legend.split(separator: "\n").map(String.init) + lines, with: "objects.expected.txt")
  }

  static func tokens(_ scene: WholeHouse) async throws -> [Person.ID: String] {
    var tokens: [Person.ID: String] = [:]
    for somebody in scene.people where !somebody.person.role.isAdministrator {
      tokens[somebody.person.id] = try await ApiTokens.issue(
        for: somebody.person.id, name: "测试", days: 1, by: somebody.person, in: scene.house
      ).token
    }
    return tokens
  }

  /// A form or a body that would be carried out, were it not of an old version of the matter.
  private static func ask(
    _ client: any TestClientProtocol, _ route: RouteBook.Route, _ path: String, as somebody: WholeHouse.Somebody?, _ token: String?,
    _ report: String
  ) async throws -> String {
    let method = HTTPRequest.Method(route.method.rawValue) ?? .get
    guard case .token = route.policy else {
      return try await client.ask(method, path, as: somebody, form: "version=1&purpose=firstContact&n=1").outcome
    }
    var headers: HTTPFields = [.contentType: Self.type(of: route), .ifMatch: "\"1\""]
    headers[.authorization] = token.map { "Bearer \($0)" }
    let body = route.method == .get ? nil : ByteBuffer(string: Self.body(of: route.path).replacing("none", with: report))
    return try await client.executeRequest(uri: path, method: method, headers: headers, body: body).outcome
  }

  /// What a route of the API takes.
  static func type(of route: RouteBook.Route) -> String { route.method == .put ? "application/octet-stream" : "application/json" }
  /// Complete bodies of the API's steps, by their last word.
  static func body(of path: String) -> String {
    let noun = path.split(separator: "/").last.map(String.init) ?? ""
    return switch noun {
    case "contacts": #"{"report":"none","outcome":"reached","note":"试"}"#
    case "visits": #"{"outcome":"seen","note":"现场查见"}"#
    case "findings": #"{"fact":"confirmed","factNote":"现场查见阳台已改","claim":"reasonable","claimNote":"影响楼下居住"}"#
    case "measures": #"{"kind":"ordered","note":"责令十日内恢复"}"#
    case "reply": #"{"outcome":"solved","text":"已责令恢复原状。"}"#
    case "revisits": #"{"report":"none","satisfaction":"satisfied","solved":true}"#
    case "dispatch": #"{"squad":"310118107","note":"试"}"#
    case "transfer": #"{"department":"310118-xf","reason":"消防职责"}"#
    case "objection", "return", "reopening", "supervision": #"{"reason":"试一试"}"#
    case "acceptance", "approval", "urge": #"{"note":"试"}"#
    case "exhibits": #"{"title":"排水管","proves":"已接排水管","content":"JVBERi0xLjcgeA=="}"#
    case "verification": #"{"outcome":"verified","note":"到现场核对位置一致，提供人已签名。"}"#
    case "uploads": #"{"name":"执法仪.mp4","size":12}"#
    case "papers": #"{"kind":"service-address"}"#
    case "correction": #"{"reason":"门牌写错"}"#
    case "{id}" where path.contains("/papers/"): #"{"texts":[]}"#
    default: "{}"
    }
  }
}
