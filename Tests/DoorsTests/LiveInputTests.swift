import Foundation
import Kernel
import People
import Testing

@testable import longtang

/// What only a real socket can bring: bodies without end, headers without end, half a request.
@Suite(.serialized) struct LiveInputTests {
  @Test(.timeLimit(.minutes(2))) func tooMuchIsRefusedWithoutBeingKept() async throws {
    let house = try await LiveHouse.make()
    defer { house.remove() }
    let server = try await LiveServer(store: house.folder, data: house.data, database: house.database)
    defer { server.stop() }
    let dispatcher = try #require(house.people.first { $0.person.role == .dispatcher })
    let before = server.memory
    let megabyte = Data(repeating: 0x61, count: 1 << 20)
    let boundary = "boundary"
    let start = "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n"
    func head(_ more: String) -> String {
      "POST /imports/preview HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nConnection: close\r\nCookie: \(dispatcher.cookie)\r\n"
        + "Content-Type: multipart/form-data; boundary=\(boundary)\r\n\(more)\r\n\r\n"
    }
    // 100 MB of one line, said beforehand: refused before it is read.
    let said = try await SmallClient.send(
      server.port, head: head("Content-Length: \(100 << 20)") + start, piece: megabyte, times: 100)
    #expect(said?.status == 413, "\(said?.head ?? "")")
    #expect(said?.text.contains("一次提交的内容请控制在 40 MB 以内") == true)
    // The same without saying how long it will be.
    let chunk = Data("100000\r\n".utf8) + megabyte + Data("\r\n".utf8)
    let unsaid = try await SmallClient.send(
      server.port, head: head("Transfer-Encoding: chunked") + "\(String(start.utf8.count, radix: 16))\r\n\(start)\r\n", piece: chunk,
      times: 100)
    #expect(unsaid?.status == 413, "\(unsaid?.head ?? "")")
    #expect(unsaid?.text.contains("一次提交的内容请控制在 40 MB 以内") == true)
    // A megabyte is the most that a form without files may have.
    let form = try await SmallClient.ask(
      server.port, "POST", "/sign-in", ["Content-Type": "application/x-www-form-urlencoded"], body: Data(repeating: 0x61, count: 2 << 20))
    #expect(form?.status == 413)
    let grown = server.memory - before
    print("live input: \(said?.status ?? 0) \(unsaid?.status ?? 0) \(form?.status ?? 0), memory \(before) MB, at most \(grown) MB more")
    // The peak since the start, after two hundred megabytes were sent at it: not even one of the two was kept.
    #expect(grown < 100, "memory grew by \(grown) MB")

    // Headers without end, bytes that are no request, half a request: the program goes on serving.
    let long = try await SmallClient.ask(server.port, "GET", "/health", ["X-Long": String(repeating: "a", count: 100_000)])
    #expect(long == nil || (400..<500).contains(long?.status ?? 0), "\(long?.status ?? 0)")
    let many = Dictionary(uniqueKeysWithValues: (0..<300).map { ("X-Many-\($0)", "a") })
    let crowded = try await SmallClient.ask(server.port, "GET", "/health", many)
    #expect(crowded == nil || (400..<500).contains(crowded?.status ?? 0), "\(crowded?.status ?? 0)")
    for nonsense in [
      "\u{16}\u{03}\u{01}\u{02}\r\n\r\n", "GET\r\n\r\n", "GET /health HTTP/9.9\r\nHost: x\r\nConnection: close\r\n\r\n",
      "POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: -5\r\n\r\n",
    ] {
      let answer = try await SmallClient.send(server.port, Data(nonsense.utf8), patience: 2)
      #expect(answer == nil || answer?.status != 500, "\(nonsense)")
    }
    // Two lengths could be read in two ways by a proxy and by us.
    let smuggled = try await SmallClient.send(
      server.port,
      Data(
        "POST /sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n"
          .utf8), patience: 2)
    #expect(smuggled?.status != 200, "\(smuggled?.head ?? "")")
    #expect(try await SmallClient.ask(server.port, "GET", "/health")?.status == 200)
  }
}
