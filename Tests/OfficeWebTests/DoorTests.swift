import HTTPTypes
import HummingbirdTesting
import Kernel
import People
import StaffWeb
import Testing
import WebSupport

/// Who gets into which page: 200 for its roles, 403 for all others.
@Suite struct DoorTests {
  @Test func everyPageOpensForItsRolesAndForNobodyElse() async throws {
    let scene = try await OfficeScene.make()
    #expect(scene.book.problems.isEmpty)
    let pages = scene.book.routes.filter { $0.method == .get && !$0.path.contains("{") }
    #expect(pages.count > 20)
    try await scene.walk { client in
      for (login, person) in scene.people.sorted(by: { $0.key < $1.key }) {
        let visitor = try await scene.visitor(login, client)
        for page in pages {
          guard case .signedIn(let permission) = page.policy else { continue }
          let status = try await visitor.get(page.path).status
          let may = permission.map(person.may) ?? true
          // An import's page of a district's people without an office of their own does not exist in this scene.
          #expect(may ? status == .ok : status == .forbidden, "\(login) \(page.path): \(status)")
        }
      }
    }
  }

  @Test func theThreeAdministratorsSeeOnlyTheirOwn() async throws {
    let scene = try await OfficeScene.make()
    let own = [
      "system": ["/system", "/system/jobs", "/system/offices"], "security": ["/accounts", "/accounts/new"],
      "audit": ["/audit", "/audit/looks", "/audit/sign-ins", "/audit/journal"],
    ]
    try await scene.walk { client in
      for login in own.keys {
        let visitor = try await scene.visitor(login, client)
        for (other, paths) in own {
          for path in paths {
            #expect(try await visitor.get(path).status == (other == login ? .ok : .forbidden), "\(login) \(path)")
          }
        }
        for path in ["/compounds", "/imports", "/exports", "/duty"] { #expect(try await visitor.get(path).status == .forbidden) }
      }
    }
  }

  @Test func strangersAreSentToSignIn() async throws {
    let scene = try await OfficeScene.make()
    try await scene.walk { client in
      let answer = try await client.executeRequest(uri: "/compounds", method: .get, headers: [:], body: nil)
      #expect(answer.status == .seeOther)
      #expect(answer.headers[.location]?.hasPrefix("/sign-in") == true)
    }
  }
}
