import Foundation
import Moving
import Synchronization

/// Says on standard error how far a long step is: one bar that changes on a terminal, now and then a line in a log.
final class ProgressMeter: Sendable {
  private struct State {
    var shown = ContinuousClock.now
    var stage: MoveProgress.Stage?
    var hasLine = false
  }
  private let isTerminal = isatty(2) == 1
  private let state = Mutex(State())
  static let width = 24

  @Sendable func show(_ progress: MoveProgress) {
    let text = state.withLock { state -> String? in
      let now = ContinuousClock.now
      let isNew = state.stage != progress.stage
      guard isNew || state.shown.duration(to: now) >= (isTerminal ? .milliseconds(200) : .seconds(10)) else { return nil }
      state.shown = now
      state.stage = progress.stage
      state.hasLine = isTerminal
      return isTerminal ? "\r\u{1B}[K\(Self.bar(progress))" : "\(Self.bar(progress))\n"
    }
    if let text { write(text) }
  }
  func end() {
    let hadLine = state.withLock { state in
      defer { state.hasLine = false }
      return state.hasLine
    }
    if hadLine { write("\r\u{1B}[K") }
  }

  static func bar(_ progress: MoveProgress) -> String {
    let total = max(progress.total, 1)
    let share = min(max(progress.done, 0), total)
    let filled = Int(share * Int64(width) / total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\(progress.stage.chinese) \(bar) \(share * 100 / total)%"
  }
  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}

extension MoveProgress.Stage {
  var chinese: String {
    switch self {
    case .store: "复制库"
    case .rows: "复制各表"
    case .indexes: "建立索引"
    case .mend: "停写，逐行比对"
    case .references: "核对引用"
    case .proof: "核验库和日志"
    case .files: "复制文件"
    case .check: "读回核对"
    }
  }
}
