import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Testing
import WebSupport

/// What a request asks for of a file, and what it gets.
@Suite struct ByteRangeTests {
  static let asked: [(String?, ByteRange)] = [
    (nil, .whole), ("bytes=0-", .part(0..<1000)), ("bytes=0-0", .part(0..<1)), ("bytes=10-19", .part(10..<20)),
    ("BYTES=10-19", .part(10..<20)),
    ("bytes=990-", .part(990..<1000)), ("bytes=990-5000", .part(990..<1000)), ("bytes=-1", .part(999..<1000)),
    ("bytes=-5000", .part(0..<1000)), ("bytes=0-99999999999999999999999", .part(0..<1000)), ("bytes= 5-6 ,", .part(5..<7)),
    // Behind the end, or nothing of it.
    ("bytes=1000-", .beyond), ("bytes=1000-1001", .beyond), ("bytes=99999999999999999999999-", .beyond), ("bytes=-0", .beyond),
    // What cannot be read is as if it had not been there.
    ("", .whole), ("bytes", .whole), ("bytes=", .whole), ("bytes=-", .whole), ("bytes=abc", .whole), ("bytes=5-2", .whole),
    ("bytes=1-2-3", .whole), ("bytes=+1-2", .whole), ("bytes=-+2", .whole), ("bytes=0x1-0x2", .whole), ("lines=0-5", .whole),
    ("0-5", .whole),
    ("bytes=１-２", .whole),
    // Several pieces: all of it.
    ("bytes=0-1,5-6", .whole),
  ]

  @Test func everyFormIsReadAsTheStandardSays() {
    for (header, range) in Self.asked { #expect(ByteRange.read(header, of: 1000) == range, "\(header ?? "nothing")") }
    for header in ["bytes=0-", "bytes=0-0", "bytes=-1"] { #expect(ByteRange.read(header, of: 0) == .beyond, "\(header)") }
  }

  @Test func aFileIsHandedOutWholeOrInPart() async throws {
    let film = Data((0..<5000).map { UInt8($0 % 251) })
    let opened = Opened()
    let door = try await Doorstep.make { book in
      for path in ["/film", "/api/v1/film"] {
        book.get(path, allow: .public) { visit in
          try await Answer.ranged(to: visit, size: film.count, mark: "abc", type: "video/mp4", name: "片.mp4") { isPart in
            await opened.note(isPart)
            return { bytes, take in
              for start in stride(from: bytes.lowerBound, to: bytes.upperBound, by: 100) {
                try await take(film[start..<min(start + 100, bytes.upperBound)])
              }
            }
          }
        }
      }
    }
    try await door.walk { client in
      func get(_ headers: HTTPFields, _ method: HTTPRequest.Method = .get, _ path: String = "/film") async throws -> TestResponse {
        try await client.executeRequest(uri: path, method: method, headers: headers, body: nil)
      }
      let whole = try await get([:])
      #expect(whole.status == .ok && Data(whole.body.readableBytesView) == film)
      #expect(whole.headers[.acceptRanges] == "bytes" && whole.headers[.eTag] == "\"abc\"" && whole.headers[.contentRange] == nil)
      #expect(whole.headers[.contentLength] == "5000" && whole.headers[.contentType] == "video/mp4")

      let part = try await get([.range: "bytes=4000-4149"])
      #expect(part.status == .partialContent && Data(part.body.readableBytesView) == film[4000..<4150])
      #expect(part.headers[.contentRange] == "bytes 4000-4149/5000" && part.headers[.contentLength] == "150")
      let last = try await get([.range: "bytes=-10"])
      #expect(last.status == .partialContent && Data(last.body.readableBytesView) == film.suffix(10))
      #expect(await opened.all == [false, true, true])

      // Another content than the one that is known: all of it, never a piece that does not fit.
      #expect(try await get([.range: "bytes=-10", .ifRange: "\"abc\""]).status == .partialContent)
      for other in ["\"abd\"", "W/\"abc\"", "abc", "Thu, 24 Sep 2026 02:00:00 GMT"] {
        let answer = try await get([.range: "bytes=-10", .ifRange: other])
        #expect(answer.status == .ok && answer.body.readableBytes == 5000, "\(other)")
      }

      // Nothing is opened for what hands out nothing.
      let before = await opened.all.count
      let beyond = try await get([.range: "bytes=5000-"])
      #expect(beyond.status == .rangeNotSatisfiable && beyond.headers[.contentRange] == "bytes */5000")
      let problem = try await get([.range: "bytes=5000-"], .get, "/api/v1/film")
      #expect(problem.headers[.contentType]?.hasPrefix("application/problem+json") == true && problem.text.contains("door-range"))
      for headers: HTTPFields in [[:], [.range: "bytes=0-9"], [.range: "bytes=5000-"]] {
        let head = try await get(headers, .head)
        #expect(head.status == .ok && head.headers[.contentLength] == "5000" && head.headers[.acceptRanges] == "bytes")
        #expect(head.headers[.eTag] == "\"abc\"" && head.body.readableBytes == 0)
      }
      #expect(await opened.all.count == before)
    }
  }

  actor Opened {
    private(set) var all: [Bool] = []
    func note(_ isPart: Bool) { all.append(isPart) }
  }
}
