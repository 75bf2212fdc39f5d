import Kernel
import Matters
import WebSupport

/// A report's progress as a parcel's, in words for the one who waits.
enum ProgressView {
  /// "9月24日前": the last day on which it is still in time.
  static func by(_ due: Moment) -> String { due.adding(milliseconds: -1).day.chinese + "前" }

  /// Before a step is done it says what will be done.
  private static let ahead = [
    "已派单": "派给执法队", "已联系": "先行联系您", "已到现场": "现场核查", "已答复": "答复您", "已办结": "办结",
  ]

  static func steps(_ progress: Progress) -> [UI.Step] {
    let last = progress.stages.lastIndex { $0.at != nil } ?? 0
    var out: [UI.Step] = []
    var current = !progress.closed
    for (index, stage) in progress.stages.enumerated() {
      // Nobody to call, or left out on the way: it is not shown as something to wait for.
      let unreachable = stage.name == "已联系" && stage.at == nil && progress.contactBy == nil
      if stage.at == nil && (index < last || unreachable) { continue }
      if let at = stage.at {
        out.append(UI.Step(stage.name, .done, when: at.chinese, detail: stage.text.map { HTML(text: $0) }))
        continue
      }
      let due = stage.name == "已联系" ? progress.contactBy : stage.name == "已答复" ? progress.answerBy : nil
      out.append(UI.Step(ahead[stage.name] ?? stage.name, current ? .now : .next, when: due.map(by), detail: nil))
      current = false
    }
    return out
  }
}
