import Foundation
import Kernel
import Synchronization
import TestHouse
import Testing

/// The real program as a process of its own, on a free port of this machine.
final class LiveServer: Sendable {
  let port: Int
  private let process: Mutex<Process>
  var pid: Int32 { process.withLock { $0.processIdentifier } }

  /// Beside the tests' own program, where the build puts it.
  static var program: URL {
    get throws {
      let here = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      let beside = here.deletingLastPathComponent().appending(path: "longtang")
      guard FileManager.default.isExecutableFile(atPath: beside.path) else {
        throw Refusal(.missing, "test", "no program at \(beside.path): swift build --product longtang")
      }
      return beside
    }
  }
  static func environment(port: Int, data: URL, database: TestPostgres.Database?) -> [String: String] {
    var kept = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("LONGTANG_") }
    kept["LONGTANG_LISTEN_PORT"] = String(port)
    kept["LONGTANG_LIMITS_RATE"] = "off"
    kept["LONGTANG_LOG_LEVEL"] = "error"
    if let database { kept["LONGTANG_STORE_DATABASE"] = "postgres:\(database.target)" }
    kept["LONGTANG_FILES_DATA"] = data.path
    kept["LONGTANG_FILES_ASSETS"] = WholeHouse.root.appending(path: "Assets").path
    return kept
  }

  /// What of the program runs in it.
  enum Duty: Sendable {
    case serve, serveWithoutWorker, work
    var arguments: [String] {
      switch self {
      case .serve: ["serve"]
      case .serveWithoutWorker: ["serve", "--no-worker"]
      case .work: ["work"]
      }
    }
    var log: String { self == .work ? "work.log" : "serve.log" }
  }

  /// - Parameter openFiles: the limit that the process is started under; it may raise it.
  init(
    store: URL, data: URL = WholeHouse.data, database: TestPostgres.Database? = nil, duty: Duty = .serve, settings: [String: String] = [:],
    openFiles: Int? = nil
  ) async throws {
    port = duty == .work ? 0 : try Self.freePort()
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let limit = openFiles.map { "ulimit -S -n \($0); " } ?? ""
    process.arguments = ["-c", limit + #"exec "$0" "$@""#, try Self.program.path] + duty.arguments + ["--data", store.path]
    process.environment = Self.environment(port: port, data: data, database: database).merging(settings) { $1 }
    let log = store.appending(path: duty.log)
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    let handle = try FileHandle(forWritingTo: log)
    let before = Int(handle.seekToEndOfFile())
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    LastOrders.kill(process.processIdentifier)
    self.process = Mutex(process)
    func said() -> String { String(decoding: (try? Data(contentsOf: log).dropFirst(before)) ?? Data(), as: UTF8.self) }
    for _ in 0..<400 where process.isRunning {
      switch duty {
      case .work: if said().contains("后台作业已启动") { return }
      case .serve, .serveWithoutWorker: if try await SmallClient.ask(port, "GET", "/health")?.status == 200 { return }
      }
      try await Task.sleep(for: .milliseconds(50))
    }
    kill9()
    throw Refusal(.unavailable, "test", "the program did not start: \(said())")
  }
  /// Whoever leaves a test early, by an error or at its time limit, leaves no program behind.
  deinit {
    process.withLock { process in
      guard process.isRunning else { return }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      LastOrders.spare(process.processIdentifier)
    }
  }

  /// As a power cut would: nothing is finished, nothing is said.
  func kill9() { end(SIGKILL) }
  /// As an operator does. Who does not go within half a minute is killed, and the test fails.
  func stop() {
    if process.withLock({ $0.isRunning }) { kill(pid, SIGTERM) }
    for _ in 0..<600 where process.withLock({ $0.isRunning }) { usleep(50_000) }
    if process.withLock({ $0.isRunning }) { Issue.record("the program did not end when it was told to") }
    end(SIGKILL)
  }
  private func end(_ signal: Int32) {
    if process.withLock({ $0.isRunning }) { kill(pid, signal) }
    wait()
  }
  /// Until it has ended by itself.
  func wait() {
    process.withLock { $0.waitUntilExit() }
    LastOrders.spare(pid)
  }
  /// Alive and deaf, until it is told to go on.
  func pause() { kill(pid, SIGSTOP) }
  func resume() { kill(pid, SIGCONT) }
  var status: Int32 { process.withLock { $0.terminationStatus } }
  /// Resident memory in megabytes.
  var memory: Int {
    let status = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
    guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
    return (line.split(separator: " ").compactMap { Int($0) }.first ?? 0) / 1024
  }
  static func run(_ arguments: [String], data: URL = WholeHouse.data, database: TestPostgres.Database? = nil) throws -> (
    status: Int32, text: String
  ) {
    let process = Process()
    process.executableURL = try program
    process.arguments = arguments
    process.environment = environment(port: 0, data: data, database: database)
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  static func freePort() throws -> Int {
    let fd = try SmallClient.socket()
    defer { close(fd) }
    var address = SmallClient.loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(fd, $0, length) == 0 && getsockname(fd, $0, &length) == 0 }
    }
    guard bound else { throw Refusal(.unavailable, "test", "no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}

/// As little HTTP as a test needs: a connection for each request, on a thread of its own, so that sixteen really come at once.
enum SmallClient {
  struct Reply: Sendable {
    let status: Int
    let head: String
    let body: Data
    var text: String { String(decoding: body, as: UTF8.self) }
    var json: [String: Any] { ((try? JSONSerialization.jsonObject(with: body)) as? [String: Any]) ?? [:] }
  }

  /// Nil when the connection was refused or ended before the whole answer was there.
  static func ask(
    _ port: Int, _ method: String, _ path: String, _ headers: [String: String] = [:], body: Data = Data(), patience: Int = 30
  ) async throws -> Reply? {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: \(headers["Host"] ?? "127.0.0.1:\(port)")\r\nConnection: close\r\n"
    for (name, value) in headers where name != "Host" { head += "\(name): \(value)\r\n" }
    if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
    return try await send(port, Data((head + "\r\n").utf8) + body, patience: patience)
  }
  /// - Parameter patience: seconds to wait for an answer.
  static func send(_ port: Int, _ request: Data, patience: Int = 30) async throws -> Reply? {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try exchange(port, [request], patience: patience) }) }
    }
  }
  /// Sends a request piece by piece, so that a body need not be in memory.
  static func send(_ port: Int, head: String, piece: Data, times: Int) async throws -> Reply? {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Result { try exchange(port, [Data(head.utf8)] + Array(repeating: piece, count: times)) })
      }
    }
  }

  private static func exchange(_ port: Int, _ pieces: [Data], patience: Int = 30) throws -> Reply? {
    let fd = try socket(patience: patience)
    defer { close(fd) }
    var address = loopback(UInt16(port))
    let connected = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard connected == 0 else { return nil }
    sending: for piece in pieces {
      var offset = 0
      while offset < piece.count {
        // Like a browser: whoever refuses a body in the middle has already answered, and the rest need not be sent.
        var state = pollfd(fd: fd, events: Int16(POLLIN | POLLOUT), revents: 0)
        guard poll(&state, 1, Int32(patience) * 1000) > 0, state.revents & Int16(POLLIN | POLLERR | POLLHUP) == 0 else { break sending }
        let n = piece.withUnsafeBytes {
          Foundation.send(
            fd, $0.baseAddress?.advanced(by: offset), piece.count - offset, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
        }
        if n < 0 && errno == EAGAIN { continue }
        if n <= 0 { break sending }
        offset += n
      }
    }
    var all = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let n = recv(fd, &buffer, buffer.count, 0)
      if n <= 0 { break }
      all.append(contentsOf: buffer[0..<n])
      if let reply = parse(all, whole: false) { return reply }
    }
    return parse(all, whole: true)
  }

  /// - Parameter whole: the connection has ended, so that what there is is all there will be.
  private static func parse(_ all: Data, whole: Bool) -> Reply? {
    guard let end = all.range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: all[..<end.lowerBound], as: UTF8.self)
    let words = head.split(separator: " ", maxSplits: 2)
    guard words.count > 1, let status = Int(words[1]) else { return nil }
    var body = Data(all[end.upperBound...])
    let lines = head.lowercased().split(separator: "\r\n")
    if let length = lines.first(where: { $0.hasPrefix("content-length:") }).flatMap({ Int($0.dropFirst(15).drop(while: { $0 == " " })) }) {
      guard body.count >= length else { return nil }
    } else if lines.contains(where: { $0.hasPrefix("transfer-encoding:") }) {
      guard let put = unchunked(body) else { return nil }
      body = put
    } else if !whole {
      return nil
    }
    return Reply(status: status, head: head, body: body)
  }
  private static func unchunked(_ data: Data) -> Data? {
    var out = Data()
    var rest = data
    while let line = rest.range(of: Data("\r\n".utf8)) {
      guard let size = Int(String(decoding: rest[rest.startIndex..<line.lowerBound], as: UTF8.self), radix: 16) else { return nil }
      if size == 0 { return out }
      guard rest.endIndex - line.upperBound >= size + 2 else { return nil }
      out.append(rest[line.upperBound..<line.upperBound + size])
      rest = Data(rest[(line.upperBound + size + 2)...])
    }
    return nil
  }

  static func socket(patience seconds: Int = 30) throws -> Int32 {
    let fd = Foundation.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard fd >= 0 else { throw Refusal(.unavailable, "test", "no socket") }
    var patience = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    return fd
  }
  static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
