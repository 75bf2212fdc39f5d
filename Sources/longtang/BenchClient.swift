import Foundation
import Synchronization

/// A plain HTTP/1.1 client on a blocking socket that is kept open: measures the server, not a client library.
final class BenchClient {
  private let fd: Int32
  private var buffer: [UInt8] = []

  /// - Throws: `BenchTrouble` when nobody listens on the port of loopback.
  init(port: Int) throws {
    fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var on: Int32 = 1
    setsockopt(fd, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    if connected != 0 {
      close(fd)
      throw BenchTrouble(what: "nobody listens on \(port)")
    }
  }
  deinit { close(fd) }

  /// - Returns: status and body.
  func send(_ method: String, _ path: String, headers: [String] = [], body: String = "") throws -> (status: Int, body: String) {
    let bytes = Array(body.utf8)
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(bytes.count)\r\n"
    for header in headers { head += header + "\r\n" }
    try writeAll(Array((head + "\r\n").utf8) + bytes)
    var end = 0
    while true {
      if let found = Self.blankLine(buffer, from: max(0, end - 3)) {
        end = found
        break
      }
      end = buffer.count
      try fill()
    }
    let lines = String(decoding: buffer[..<end], as: UTF8.self).split(separator: "\r\n")
    let status = lines.first.flatMap { $0.split(separator: " ").dropFirst().first.flatMap { Int($0) } } ?? 0
    let length =
      lines.first { $0.lowercased().hasPrefix("content-length:") }
      .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
    let total = end + 4 + length
    while buffer.count < total { try fill() }
    let text = String(decoding: buffer[(end + 4)..<total], as: UTF8.self)
    buffer.removeFirst(total)
    return (status, text)
  }

  private static func blankLine(_ bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= 4 else { return nil }
    for i in start...max(start, bytes.count - 4) where i + 3 < bytes.count && bytes[i] == 13 && bytes[i + 1] == 10 && bytes[i + 2] == 13 {
      return i
    }
    return nil
  }
  private func fill() throws {
    var piece = [UInt8](repeating: 0, count: 16_384)
    let n = recv(fd, &piece, piece.count, 0)
    guard n > 0 else { throw BenchTrouble(what: "the server closed the connection") }
    buffer += piece[..<n]
  }
  private func writeAll(_ bytes: [UInt8]) throws {
    var offset = 0
    while offset < bytes.count {
      let n = bytes.withUnsafeBytes {
        Foundation.send(fd, $0.baseAddress?.advanced(by: offset), bytes.count - offset, Int32(MSG_NOSIGNAL))
      }
      guard n > 0 else { throw BenchTrouble(what: "the server stopped reading") }
      offset += n
    }
  }
}

struct BenchTrouble: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}

/// Many clients at once, each with a thread and a connection of its own.
enum BenchCrowd {
  /// - Returns: milliseconds of each answer that was as expected, how many were not, and seconds in all.
  static func run(
    clients: Int, seconds: Double,
    _ one: @escaping @Sendable (_ client: Int, _ turn: Int, _ connect: () throws -> BenchClient) throws -> Bool,
    ports: [Int]
  ) -> (times: [Double], wrong: Int, seconds: Double) {
    let results = Mutex<(times: [Double], wrong: Int)>(([], 0))
    let group = DispatchGroup()
    let start = ContinuousClock.now
    for client in 0..<clients {
      group.enter()
      Thread.detachNewThread {
        defer { group.leave() }
        var times: [Double] = []
        var wrong = 0
        do {
          let connection = try BenchClient(port: ports[client % ports.count])
          var turn = 0
          while start.duration(to: .now) < .seconds(seconds) {
            let begun = ContinuousClock.now
            if try one(client, turn, { connection }) { times.append(begun.duration(to: .now) / .milliseconds(1)) } else { wrong += 1 }
            turn += 1
          }
        } catch { wrong += 1 }
        let (mine, bad) = (times, wrong)
        results.withLock {
          $0.times += mine
          $0.wrong += bad
        }
      }
    }
    group.wait()
    let taken = start.duration(to: .now) / .seconds(1)
    return results.withLock { ($0.times, $0.wrong, taken) }
  }
}

/// `longtang serve` as a child process on a port of loopback.
final class BenchServer {
  let process = Process()
  let port: Int
  /// Milliseconds from the start of the process to its first answer.
  let startMilliseconds: Double
  private let begun = ContinuousClock.now

  init(_ place: BenchPlace, port: Int) throws {
    self.port = port
    process.executableURL = BenchPlace.program
    process.arguments = ["serve"]
    var environment = place.environment
    environment["LONGTANG_LISTEN_PORT"] = String(port)
    environment["LONGTANG_LIMITS_RATE"] = "off"
    process.environment = environment
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    while true {
      if let client = try? BenchClient(port: port), try client.send("GET", "/health").status == 200 { break }
      guard process.isRunning, begun.duration(to: .now) < .seconds(120) else { throw BenchTrouble(what: "the server did not start") }
      usleep(5_000)
    }
    startMilliseconds = begun.duration(to: .now) / .milliseconds(1)
  }
  /// Resident memory of the child, mebibytes; nil where /proc is not there.
  var residentMegabytes: Double? {
    guard let status = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8) else { return nil }
    return status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
      .flatMap { $0.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } }.map { $0 / 1024 }
  }
  /// Waits until the child does nothing by itself any more: after its start it goes through the earlier reports.
  /// - Returns: seconds since the start, or nil when it could not be told.
  func settled(atMost seconds: Double = 900) async throws -> Double? {
    guard var before = processorSeconds else { return nil }
    while begun.duration(to: .now) < .seconds(seconds) {
      let since = begun.duration(to: .now) / .seconds(1)
      try await Task.sleep(for: .seconds(2))
      guard let after = processorSeconds else { return nil }
      if after - before < 0.04 { return since }
      before = after
    }
    return nil
  }
  /// Of the child, user and system; nil where /proc is not there.
  private var processorSeconds: Double? {
    guard let stat = try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8),
      let end = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[end...].split(separator: " ")
    guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return nil }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
  func stop() {
    process.terminate()
    process.waitUntilExit()
  }
}
