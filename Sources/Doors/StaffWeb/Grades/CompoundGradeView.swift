import Grades
import Kernel
import WebSupport

/// The grade in the file of a compound: what it is, why, and what it was.
struct CompoundGradeView: Sendable {
  let grade: CompoundGrade
  let history: [CompoundGrade]
  let inspections: [Inspection]
  let rules: GradeRules

  func section(today: Day) -> HTML {
    let changes = history.filter { $0.before != $0.graded.grade }
    let next = inspections.first { $0.state == .planned }
    let last = inspections.first { $0.state == .done }
    return UI.section(
      "分级", side: UI.link("怎么得出的", GradeWords.address(grade.no)),
      UI.facts([
        ("等级", HTML.join(GradeWords.tags(grade, rules), " ")),
        ("为什么", "\(grade.override.map { "\($0.who)：\($0.reason)" } ?? grade.because)"),
        (
          "检查",
          next.map { UI.link("\($0.due.chinese)前，\($0.officerName ?? "未指定")", GradeWords.address(inspection: $0.no)) }
            ?? (grade.isQuiet ? "无事不扰：\(rules.undisturbed)" : "本月没有安排")
        ),
        (
          "最近一次检查",
          last.map { one in UI.link("\(one.doneOn?.chinese ?? "")，\(one.result?.chinese ?? "")", GradeWords.address(inspection: one.no)) }
        ),
        (
          "升降",
          changes.count < 2
            ? nil
            : HTML.join(
              changes.prefix(6).map { "\($0.from.chineseLong) \($0.before.map { $0 + "→" } ?? "")\($0.graded.grade)" as HTML }, "<br>")
        ),
      ]))
  }
}
