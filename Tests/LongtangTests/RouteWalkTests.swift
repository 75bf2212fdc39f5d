import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Offices
import People
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

/// Walks every route of the whole program as everybody: who may not come in, does not.
@Suite struct RouteWalkTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

  struct Everybody: Sendable {
    let composition: Composition
    let people: [(role: Role, cookie: String, csrf: String)]
  }

  /// The whole program over a fresh store, with one person of every role signed in.
  static func make() async throws -> Everybody {
    let house = try await TestHouse.make(Array(Composition.migrations.dropFirst(House.migrations.count)), demonstration: true)
    let composition = try await Composition(house, data: root.appending(path: "Data"), assets: root.appending(path: "Assets"))
    composition.understander.set(NoUnderstander())
    try await OfficeSeeding.plant(try OfficesData(file: root.appending(path: "Data/offices/shanghai.json")), in: house)
    let now = house.now()
    let (bureau, district, squad) = try await house.store.write { db in
      try db.run("INSERT INTO firm (id, name, folded, created_at) VALUES (1, '测试物业', '测试物业', \(now))")
      let all = try OfficeStore.all(db)
      let district = try #require(all.first { $0.kind == .district })
      return (
        try #require(all.first { $0.kind == .bureau }).id, district.id,
        try #require(all.first { $0.kind == .squad && $0.district == district.id }).id
      )
    }
    var accounts: [NewAccount] = []
    for role in Role.allCases where role != .committeeUser {
      let office: Office.ID? =
        switch role {
        case .officer, .squadLeader, .dispatcher, .legalReviewer, .agencyHead: squad
        case .districtManager: district
        case .cityManager: bureau
        default: nil
        }
      accounts.append(
        NewAccount(login: role.rawValue.lowercased(), name: role.chinese, role: role, office: office, firm: role == .firmUser ? 1 : nil))
    }
    _ = try await Accounts.plantDemonstration(accounts, password: "route-walk-2026", in: house)
    var people: [(role: Role, cookie: String, csrf: String)] = []
    for account in accounts {
      let (token, signedIn) = try await SignIn.signIn(login: account.login, password: "route-walk-2026", address: "192.0.2.1", in: house)
      people.append((account.role, "longtang=\(token)", signedIn.csrf))
    }
    return Everybody(composition: composition, people: people)
  }

  static func address(of route: RouteBook.Route) -> String {
    route.path.split(separator: "/", omittingEmptySubsequences: false).map { $0.hasPrefix("{") ? "none" : String($0) }.joined(
      separator: "/")
  }
  static func method(of route: RouteBook.Route) -> HTTPRequest.Method { HTTPRequest.Method(route.method.rawValue) ?? .get }

  @Test func theBookIsInOrder() async throws {
    let book = try await Self.make().composition.book
    #expect(book.problems.isEmpty)
    #expect(book.routes.count > 20)
  }

  @Test func nobodyPassesWhoMayNot() async throws {
    let all = try await Self.make()
    let site = all.composition.site(publicURL: "http://longtang.test", limits: .off)
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let log = quiet
    let app = Application(responder: try all.composition.router(site, access: log).buildResponder(), logger: log)
    try await app.test(.router) { client in
      for route in all.composition.book.routes where route.path != "/sign-out" {
        let address = Self.address(of: route)
        switch route.policy {
        case .public: continue
        case .token:
          for headers: HTTPFields in [[:], [.cookie: all.people[0].cookie]] {
            let answer = try await client.executeRequest(uri: address, method: Self.method(of: route), headers: headers, body: nil)
            #expect(answer.status == .unauthorized, "\(route)")
          }
        case .signedIn(let permission):
          let stranger = try await client.executeRequest(uri: address, method: Self.method(of: route), headers: [:], body: nil)
          #expect(stranger.status == .seeOther && stranger.headers[.location]?.hasPrefix("/sign-in") == true, "\(route)")
          guard let permission else { continue }
          for person in all.people where !person.role.permissions.contains(permission) {
            let headers: HTTPFields = [.cookie: person.cookie, .contentType: "application/x-www-form-urlencoded"]
            let body = route.method == .get ? nil : ByteBuffer(string: "_csrf=\(person.csrf)")
            let answer = try await client.executeRequest(uri: address, method: Self.method(of: route), headers: headers, body: body)
            #expect(answer.status == .forbidden, "\(route) as \(person.role.chinese)")
          }
        }
      }
    }
  }

  /// Whatever is asked for by whomever, nothing falls over: an unforeseen error is a bug.
  @Test func nothingFallsOver() async throws {
    let all = try await Self.make()
    let site = all.composition.site(publicURL: "http://longtang.test", limits: .off)
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let log = quiet
    let app = Application(responder: try all.composition.router(site, access: log).buildResponder(), logger: log)
    try await app.test(.router) { client in
      for route in all.composition.book.routes where route.path != "/sign-out" {
        guard case .signedIn = route.policy else { continue }
        for person in all.people {
          let headers: HTTPFields = [.cookie: person.cookie, .contentType: "application/x-www-form-urlencoded"]
          let body = route.method == .get ? nil : ByteBuffer(string: "_csrf=\(person.csrf)")
          let answer = try await client.executeRequest(
            uri: Self.address(of: route), method: Self.method(of: route), headers: headers, body: body)
          #expect(answer.status.code < 500, "\(route) as \(person.role.chinese): \(answer.status)")
        }
      }
    }
  }

  @Test func everyPlaceOfTheNavigationIsARouteItsPersonMayOpen() async throws {
    let all = try await Self.make()
    let routes = all.composition.book.routes
    for person in all.people {
      let somebody = Person(
        id: Identifier(1), login: "x", name: "x", role: person.role, office: nil, officeName: "", district: nil)
      for place in all.composition.site(publicURL: "http://longtang.test").places(somebody) {
        guard let route = routes.first(where: { $0.method == .get && $0.path == place.href }) else {
          Issue.record("\(person.role.chinese): \(place.href) leads nowhere")
          continue
        }
        if case .signedIn(let permission?) = route.policy {
          #expect(person.role.permissions.contains(permission), "\(person.role.chinese): \(place.href)")
        }
      }
    }
  }
}
