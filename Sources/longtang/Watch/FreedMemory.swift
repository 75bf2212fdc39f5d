import Foundation
import Synchronization

#if canImport(Glibc)
  import CMalloc
#endif

/// What the C library keeps of memory that this program has freed.
///
/// Left to itself it keeps eight heaps for each core, and of each gives back only what lies above the last block in use: a server that
/// had 150 MB in use held 274.
enum FreedMemory {
  /// Few heaps, and blocks of a megabyte and more directly from the system, which has them back at once. Before the first thread.
  static func keepLittle() {
    #if canImport(Glibc)
      // What is refused stays as the library chooses: that is no reason not to serve.
      _ = mallopt(M_ARENA_MAX, Int32(max(2, ProcessInfo.processInfo.activeProcessorCount)))
      _ = mallopt(M_MMAP_THRESHOLD, 1 << 20)
      _ = mallopt(M_TRIM_THRESHOLD, 8 << 20)
    #endif
  }

  private static let last = Mutex<ContinuousClock.Instant?>(nil)
  /// Whoever needs memory waits for a few milliseconds meanwhile.
  private static let pause = Duration.seconds(5)

  /// After something large. What is asked for again within a few seconds is left to the next time.
  static func giveBack() {
    #if canImport(Glibc)
      let isDue = last.withLock { last in
        if let last, last.duration(to: .now) < pause { return false }
        last = .now
        return true
      }
      if isDue { _ = malloc_trim(0) }
    #endif
  }
}
