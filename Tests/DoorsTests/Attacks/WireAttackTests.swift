import Foundation
import Kernel
import People
import Testing

@testable import longtang

/// What only a raw connection can do to the real program: two requests in one, half a request, many that never end.
@Suite(.serialized) struct WireAttackTests {
  /// Each is one connection's bytes. Were the hidden request carried out, two answers would come, the second of them 200.
  static let smuggled: [(name: String, bytes: String)] = {
    let hidden = "GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    func post(_ headers: String, _ body: String) -> String { "POST /sign-in HTTP/1.1\r\nHost: x\r\n\(headers)\r\n\r\n\(body)" }
    return [
      ("length and chunked", post("Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n\(hidden)")),
      ("chunked and length", post("Transfer-Encoding: chunked\r\nContent-Length: \(hidden.utf8.count)", "0\r\n\r\n\(hidden)")),
      ("two lengths", post("Content-Length: 0\r\nContent-Length: \(hidden.utf8.count)", hidden)),
      ("lengths in a list", post("Content-Length: 0, \(hidden.utf8.count)", hidden)),
      ("a length with a sign", post("Content-Length: +0", hidden)),
      ("an odd encoding", post("Transfer-Encoding: xchunked", "0\r\n\r\n\(hidden)")),
      ("a blank before the colon", post("Transfer-Encoding : chunked", "0\r\n\r\n\(hidden)")),
      ("a folded header", post("X: a\r\n Transfer-Encoding: chunked", "0\r\n\r\n\(hidden)")),
      ("a bad chunk", post("Transfer-Encoding: chunked", "zz\r\n\(hidden)")),
      ("a huge chunk", post("Transfer-Encoding: chunked", "ffffffffffffffffff\r\n\(hidden)")),
      ("a lone carriage return", "GET / HTTP/1.1\r\nHost: x\r\nX: a\rContent-Length: 40\r\n\r\n\(hidden)"),
    ]
  }()

  @Test(.timeLimit(.minutes(3))) func theProgramAnswersOthersWhateverOneSends() async throws {
    let house = try await LiveHouse.make()
    defer { house.remove() }
    let server = try await LiveServer(store: house.folder, data: house.data, database: house.database, openFiles: 128)
    defer { server.stop() }

    for one in Self.smuggled {
      let wire = try Wire(server.port)
      try wire.write(one.bytes)
      let text = try await wire.read(seconds: 2)
      // A pipelined request of its own may be answered where the framing is beyond doubt; where it is not, the connection ends.
      let statuses = text.matches(of: /HTTP\/1\.1 (\d{3})/).compactMap { Int($0.1) }
      #expect(!statuses.contains { $0 >= 500 }, "\(one.name): \(statuses)")
      if !["a lone carriage return"].contains(one.name) { #expect(!statuses.dropFirst().contains(200), "\(one.name): \(statuses)") }
    }

    // Addresses in the absolute form name another host: no door goes by that.
    for target in ["http://evil.example/account", "//evil.example/account", "https://longtang.test/audit", "*", "evil.example:443"] {
      let wire = try Wire(server.port)
      try wire.write("GET \(target) HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
      let text = try await wire.read(seconds: 5)
      #expect(
        !text.hasPrefix("HTTP/1.1 200") && !text.hasPrefix("HTTP/1.1 5") && !text.lowercased().contains("location: http"),
        "\(target): \(text.prefix(200))")
    }

    // Of two hosts a proxy may have gone by the other one.
    let wire = try Wire(server.port)
    try wire.write("GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n")
    let twoHosts = try await wire.read(seconds: 5)
    #expect(twoHosts.hasPrefix("HTTP/1.1 4"), "two hosts: \(twoHosts.prefix(100))")

    // Reached by a name that is not the public one, its own pages' forms are taken, and no other page's.
    let page = try #require(try await SmallClient.ask(server.port, "GET", "/sign-in", ["Host": "office.lan:8080"]))
    #expect(!page.text.contains("office.lan") && !page.head.contains("office.lan"), "a name the request made up is on the page")
    let cookie = try #require(page.head.firstMatch(of: /longtang-form=[^;]+/)).0
    let csrf = try #require(page.text.firstMatch(of: /name="_csrf" value="([^"]+)"/)).1
    for (origin, status) in [("http://office.lan:8080", 422), ("http://evil.example", 403), ("http://office.lan", 403), ("null", 403)] {
      let answer = try await SmallClient.ask(
        server.port, "POST", "/sign-in",
        ["Host": "office.lan:8080", "Origin": origin, "Cookie": String(cookie), "Content-Type": "application/x-www-form-urlencoded"],
        body: Data("_csrf=\(csrf)&account=nobody&password=nothing".utf8))
      #expect(answer?.status == status, "\(origin): \(answer?.status ?? 0)")
    }

    // Half a request and the other half never: asked and hung up, headers drop by drop, a body that stops.
    var open: [Wire] = []
    for i in 0..<200 {
      let wire = try Wire(server.port)
      switch i % 4 {
      case 0: try wire.write("GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ")
      case 1:
        try wire.write(
          "POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=1")
      case 2:
        try wire.write("GET / HTTP/1.1\r\nHost: x\r\n")
        wire.halfClose()
      default: try wire.write("G")
      }
      open.append(wire)
    }
    // Photos announced by the gigabyte, of which only the first line comes.
    for _ in 0..<16 {
      let wire = try Wire(server.port)
      try wire.write(
        "POST /report HTTP/1.1\r\nHost: x\r\nContent-Length: 67000000\r\nContent-Type: multipart/form-data; boundary=XX\r\n\r\n--XX\r\n")
      open.append(wire)
    }
    // Without its token a form is turned away at 403, after it was read: 503 would say that there is no room for it.
    let form = ["Content-Type": "application/x-www-form-urlencoded"]
    for path in ["/sign-in", "/report"] {
      #expect(try await SmallClient.ask(server.port, "POST", path, form, body: Data("a=1".utf8))?.status == 403, "\(path)")
    }
    for _ in 0..<5 {
      for wire in open.prefix(40) { try? wire.write("a") }
      for path in ["/health", "/", "/sign-in"] {
        let answer = try await SmallClient.ask(server.port, "GET", path)
        #expect(answer?.status == 200, "\(path) with \(open.count) connections that never end")
      }
    }
    // Who is signed in works on meanwhile.
    let dispatcher = try #require(house.people.first { $0.person.role == .dispatcher })
    #expect(try await SmallClient.ask(server.port, "GET", "/matters", ["Cookie": dispatcher.cookie])?.status == 200)
    for wire in open { wire.close() }
    #expect(try await SmallClient.ask(server.port, "GET", "/health")?.status == 200)
  }
}

/// A connection that is written to byte by byte.
final class Wire {
  private let fd: Int32
  private var isOpen = true

  init(_ port: Int) throws {
    fd = try SmallClient.socket(patience: 10)
    var address = SmallClient.loopback(UInt16(port))
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else { throw Refusal(.unavailable, "test", "no connection") }
  }
  deinit { close() }

  /// Whatever the other side still takes; a connection it has ended takes nothing.
  func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { send(fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
  }
  func halfClose() { shutdown(fd, Int32(SHUT_WR)) }
  func close() {
    guard isOpen else { return }
    isOpen = false
    Foundation.close(fd)
  }
  /// All that comes until the other side ends or nothing comes for so long.
  func read(seconds: Int) async throws -> String {
    let fd = fd
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while all.count < 1 << 20 {
          let n = recv(fd, &buffer, buffer.count, 0)
          if n <= 0 { break }
          all += buffer[0..<n]
        }
        continuation.resume(returning: String(decoding: all, as: UTF8.self))
      }
    }
  }
}
