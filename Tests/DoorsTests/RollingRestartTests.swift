import Foundation
import Kernel
import People
import Storage
import TestHouse
import Testing

@testable import longtang

/// Two real servers on one database behind a proxy, replaced one after the other while eight clients ask as fast as they can.
@Suite(.serialized, .enabled(if: TestPostgres.isThere, "needs a server: LONGTANG_TEST_POSTGRES, as make test sets it"))
struct RollingRestartTests {
  @Test(.timeLimit(.minutes(3))) func notOneRequestFails() async throws {
    let house = try await LiveHouse.make()
    defer { house.remove() }
    let proxy = try SmallProxy()
    defer { proxy.close() }
    func start() async throws -> LiveServer {
      let server = try await LiveServer(
        store: house.folder, data: house.data, database: house.database, settings: ["LONGTANG_DRAIN_PAUSE": "4"])
      proxy.add(server.port)
      _ = try await comes { proxy.isReady(server.port) }
      return server
    }
    var servers = [try await start(), try await start()]
    #expect(servers.allSatisfy { proxy.isReady($0.port) })

    let officer = house.people.first { $0.person.role == .officer && $0.side == .own }
    let cookie = try #require(officer?.cookie)
    let isOver = Box(false)
    let (good, acknowledged, bad) = (Box(0), Box<[String: String]>([:]), Box<[String]>([]))
    let running = Task { [port = proxy.port] in
      await withTaskGroup(of: Void.self) { group in
        for client in 0..<8 {
          group.addTask {
            var n = 0
            while !isOver.value {
              n += 1
              if client < 3 {
                let key = "rolling-\(client)-\(n)"
                do {
                  let no = try await CrashTests.post(port, house.token, key, expecting: 201)
                  acknowledged.change { $0[key] = no }
                } catch { bad.change { $0.append("\(key): \(error)") } }
              } else {
                let reply = try? await SmallClient.ask(port, "GET", client < 6 ? "/matters" : "/sign-in", ["Cookie": cookie])
                if let reply, reply.status < 400 {
                  good.change { $0 += 1 }
                } else {
                  bad.change { $0.append("client \(client) request \(n): \(reply.map { String($0.status) } ?? "no answer")") }
                }
              }
            }
          }
        }
      }
    }
    let before = servers.map(\.port)
    for (index, old) in servers.enumerated() {
      try await Task.sleep(for: .milliseconds(500))
      kill(old.pid, SIGTERM)
      old.wait()
      #expect(old.status == 0)
      proxy.remove(old.port)
      servers[index] = try await start()
      #expect(proxy.isReady(servers[index].port))
    }
    // The new ones do all the work now.
    let seen = proxy.served
    let ports = servers.map(\.port)
    #expect(try await comes { ports.allSatisfy { (proxy.served[$0] ?? 0) > (seen[$0] ?? 0) } } != nil)
    isOver.change { $0 = true }
    await running.value
    for server in servers { server.stop() }

    #expect(bad.value.isEmpty, "\(bad.value.prefix(5))")
    #expect(good.value > 20 && acknowledged.value.count > 10)
    #expect(
      (before + ports).allSatisfy { (proxy.served[$0] ?? 0) > 0 }, "one of the servers was given nothing: \(proxy.served)")
    let numbers = try await house.look { db in try db.all("SELECT no FROM report").map { try $0.text("no") } }
    #expect(Set(numbers) == Set(acknowledged.value.values) && numbers.count == acknowledged.value.count)
    for (day, some) in Dictionary(grouping: numbers, by: { $0.prefix(9) }) {
      #expect(some.compactMap { Int($0.suffix(6)) }.sorted() == Array(1...some.count), "a gap or a double in the numbers of \(day)")
    }
    let left = try await house.look { db in try db.number("SELECT count(*) AS n FROM node WHERE left_at IS NULL AND kind = 'serve'") }
    #expect(left == 0, "a server did not take its leave")
    print(
      "rolling restart: \(good.value) pages, \(acknowledged.value.count) reports, none failed; connections \(proxy.served.values.sorted())")
  }
}
