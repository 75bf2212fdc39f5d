import Kernel
import Storage

/// Rows written directly in large transactions, for cities too large to be played command by command.
enum PilotBulk {
  static func write(
    _ count: Int, of plan: PilotPlan, files: PilotFiles, until now: Moment, in house: House, through store: any Store, seed: UInt64
  ) async throws {
    guard count > 0 else { return }
  }
}
