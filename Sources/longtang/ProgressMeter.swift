import Foundation
import Moving
import Pilot
import Synchronization

/// Says on standard error how far a long step is: one bar that changes on a terminal, now and then a line in a log.
final class ProgressMeter: Sendable {
  private struct State {
    var shown = ContinuousClock.now
    var stage: String?
    var hasLine = false
  }
  private let isTerminal = isatty(2) == 1
  private let state = Mutex(State())
  static let width = 24

  @Sendable func show(_ progress: MoveProgress) { show(progress.stage.chinese, progress.done, of: progress.total) }
  @Sendable func show(_ progress: PilotProgress) { show(progress.stage.chinese, Int64(progress.done), of: Int64(progress.total)) }

  private func show(_ stage: String, _ done: Int64, of total: Int64) {
    let text = state.withLock { state -> String? in
      let now = ContinuousClock.now
      let isNew = state.stage != stage
      guard isNew || state.shown.duration(to: now) >= (isTerminal ? .milliseconds(200) : .seconds(10)) else { return nil }
      state.shown = now
      state.stage = stage
      state.hasLine = isTerminal
      let bar = Self.bar(stage, done, of: total)
      return isTerminal ? "\r\u{1B}[K\(bar)" : "\(bar)\n"
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

  static func bar(_ stage: String, _ done: Int64, of total: Int64) -> String {
    let total = max(total, 1)
    let share = min(max(done, 0), total)
    let filled = Int(share * Int64(width) / total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\(stage) \(bar) \(share * 100 / total)%"
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

extension PilotProgress.Stage {
  var chinese: String {
    switch self {
    case .earlier: "成批写入上一年"
    case .rows: "成批写入今年"
    case .indexes: "建立索引"
    case .acts: "逐件办理"
    }
  }
}
