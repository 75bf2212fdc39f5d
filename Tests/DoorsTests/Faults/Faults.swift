import Foundation
import Testing

/// Faults under load. Each test harms the running program or its database in one way, and `FaultVerdict` looks afterwards whether
/// what was promised has been kept (docs/promises.md).
///
/// They want the machine for themselves, so they run one after the other and only where they are asked for: `make faults`.
@Suite(.serialized, .enabled(if: faultRounds > 0, "only when asked for: make faults"))
struct Faults {
  static var rounds: Int { faultRounds }

  enum Engine: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case sqlite, postgres
    var testDescription: String { rawValue }
  }
  /// Those that this machine has.
  static let engines: [Engine] = Engine.allCases.filter { $0 == .sqlite || FaultOffice.hasPostgres }
  static let postgres: [Engine] = engines.filter { $0 == .postgres }
}

/// How often each fault is tried: `LONGTANG_FAULT_ROUNDS`. More rounds find what depends on luck.
let faultRounds = ProcessInfo.processInfo.environment["LONGTANG_FAULT_ROUNDS"].flatMap { Int($0) } ?? 0
