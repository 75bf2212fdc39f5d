import Foundation
import Testing

@testable import longtang

/// What was freed goes back to the system, also what lies below something that is still in use.
@Suite struct FreedMemoryTests {
  #if os(Linux)
    @Test func whatLiesBelowABlockInUseGoesBack() async throws {
      let blocks = (0..<65_536).map { _ in Self.block() }
      let last = Self.block()
      let pages = blocks.map { UInt(bitPattern: $0) & ~UInt(4095) }
      #expect(pages.allSatisfy(Self.isHeld))
      for block in blocks { block.deallocate() }
      // Another test may have given back a moment ago; and half is enough, for others are handed some of it meanwhile.
      var back = 0
      for _ in 0..<60 where back < pages.count / 2 {
        FreedMemory.giveBack()
        back = pages.count { !Self.isHeld($0) }
        if back < pages.count / 2 { try await Task.sleep(for: .milliseconds(200)) }
      }
      #expect(back >= pages.count / 2)
      last.deallocate()
    }

    private static func block() -> UnsafeMutableRawPointer {
      let block = UnsafeMutableRawPointer.allocate(byteCount: 4096, alignment: 16)
      memset(block, 1, 4096)
      return block
    }
    /// Whether a page takes up memory; asked of the system, so it need not be ours any more.
    private static func isHeld(_ page: UInt) -> Bool {
      var state: UInt8 = 0
      return mincore(UnsafeMutableRawPointer(bitPattern: page), 4096, &state) == 0 && state & 1 == 1
    }
  #endif
}
