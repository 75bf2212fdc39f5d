import Foundation
import Testing

@testable import longtang

/// What was freed goes back to the system, also what lies below something that is still in use.
@Suite struct FreedMemoryTests {
  #if os(Linux)
    @Test func whatLiesBelowABlockInUseGoesBack() async throws {
      var blocks = (0..<65_536).map { _ in Self.block() }
      let last = Self.block()
      let held = try Self.resident()
      for block in blocks { block.deallocate() }
      blocks = []
      // Another test may have given back a moment ago; and half of the 256 MB is enough, for others take some meanwhile.
      var back = 0
      for _ in 0..<60 where back < 128 << 20 {
        FreedMemory.giveBack()
        back = try held - Self.resident()
        if back < 128 << 20 { try await Task.sleep(for: .milliseconds(200)) }
      }
      #expect(back >= 128 << 20)
      last.deallocate()
    }

    private static func block() -> UnsafeMutableRawPointer {
      let block = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
      memset(block, 1, 4096)
      return block
    }
    /// Bytes of this process in memory that belong to no file.
    private static func resident() throws -> Int {
      let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
      return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1])) << 10
    }
  #endif
}
