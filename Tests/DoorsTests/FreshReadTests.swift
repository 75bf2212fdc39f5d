import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import People
import Storage
import TestHouse
import Testing
import WebSupport

@testable import longtang

/// Heavy pages may be a few seconds behind, but not for who has just written.
@Suite struct FreshReadTests {
  /// Remembers whether any read of the request could have gone to a replica.
  final class LagEar: Store {
    let inner: any Store
    let lagged = Box(false)
    init(_ inner: any Store) { self.inner = inner }
    var dialect: Dialect { inner.dialect }
    func read<T: Sendable>(_ body: @Sendable @escaping (any Reader) throws -> T) async throws -> T {
      if Freshness.mayLag { lagged.change { $0 = true } }
      return try await inner.read(body)
    }
    @discardableResult func write<T: Sendable>(_ body: @Sendable @escaping (any Writer) throws -> T) async throws -> T {
      try await inner.write(body)
    }
    func notify(_ channel: String, _ payload: String) async throws { try await inner.notify(channel, payload) }
    func listen(_ channel: String) -> AsyncStream<String> { inner.listen(channel) }
    func close() async throws { try await inner.close() }
  }

  @Test(arguments: [nil, 7]) func whoHasWrittenReadsWhatTheyWrote(secondsAfterWrite: Int?) async throws {
    let ears = Box<[LagEar]>([])
    let whole = try await WholeHouse.make { house in
      let ear = LagEar(house.store)
      ears.change { $0.append(ear) }
      return House(
        store: ear, vault: house.vault, seals: house.seals, ids: house.ids, isDemonstration: house.isDemonstration, now: house.now)
    }
    let ear = try #require(ears.value.first)
    let leader = try whole.somebody(.squadLeader)
    var composition = whole.composition
    composition.secondsAfterWrite = secondsAfterWrite
    let site = composition.site(publicURL: "http://longtang.test", limits: .off)
    var quiet = Logger(label: "test")
    quiet.logLevel = .critical
    let app = Application(responder: try composition.router(site, access: quiet).buildResponder(), logger: quiet)
    try await app.test(.router) { client in
      func lags(_ path: String, cookie: String = "") async throws -> Bool {
        ear.lagged.change { $0 = false }
        let answer = try await client.ask(.get, path, headers: [.cookie: leader.cookie + cookie])
        #expect(answer.status == .ok, "\(path)")
        return ear.lagged.value
      }
      let isThere = secondsAfterWrite != nil
      for path in ["/matters", "/matters?q=%E6%BC%8F%E6%B0%B4", "/compounds"] { #expect(try await lags(path) == isThere, "\(path)") }
      // What somebody decides by is as it is.
      for path in ["/today", "/account"] { #expect(try await !lags(path), "\(path)") }
      // Any form keeps its sender away from the replica for as long as that may be behind, whatever became of it.
      let answer = try await client.ask(.post, "/account/password", as: leader)
      let cookies = answer.headers[values: .setCookie].filter { $0.hasPrefix("longtang-fresh=1;") }
      #expect(cookies.count == (isThere ? 1 : 0) && cookies.allSatisfy { $0.contains("Max-Age=7") && $0.contains("HttpOnly") })
      for path in ["/matters", "/compounds"] { #expect(try await !lags(path, cookie: "; longtang-fresh=1"), "\(path)") }
    }
  }
}
