import Catalogue
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import WebSupport

/// Forms that have a page of their own: one task, room to write.
extension StepForm {
  var visit: HTML {
    """
    \(pick("现场情况", "outcome", Self.choices(VisitOutcome.self, \.chinese), value: VisitOutcome.seen.rawValue, hint: "上门无人、拒绝进入也是一次核查，如实记录"))
    \(words("看到什么", "note", rows: 4, hint: "写位置、尺寸、材料和当事人的说法"))
    \(UI.photos("现场照片", hint: "保留原图，作为证据使用", error: desk.errors["photos"], original: true))
    \(menu("同行队员", "companion", [.init("", "一人到场")] + handChoices(without: desk.person.id), placeholder: nil, hint: "现场检查一般应有两名执法人员"))
    \(UI.locate())
    \(UI.toolbar([UI.button("记录这次核查", icon: .check)], sticky: true))
    """
  }
  var find: HTML {
    let last = desk.file.findings.last
    return """
      \(pick("事实认定", "fact", Self.choices(FactFinding.self, \.chinese), value: last?.fact.rawValue))
      \(words("事实说明", "fact-note", rows: 3, hint: "现场查明了什么，凭什么这样认定；不能只写“属实”", value: last?.factNote))
      \(pick("诉求认定", "claim", Self.choices(ClaimFinding.self, \.chinese), value: last?.claim.rawValue))
      \(words("诉求说明", "claim-note", rows: 3, hint: "来电人要求什么，哪些应当支持，依据哪一条", value: last?.claimNote))
      \(UI.toolbar([UI.button("作出认定", icon: .law)], sticky: true))
      """
  }
  var measure: HTML {
    """
    \(pick("措施", "kind", Self.choices(MeasureKind.self, \.chinese)))
    \(words("对谁、做了什么、要求何时完成", "note", rows: 3))
    \(UI.photos("照片", hint: "整改前后、送达文书等", error: desk.errors["photos"], original: true))
    \(UI.toolbar([UI.button("记录措施", icon: .check)], sticky: true))
    """
  }
  var reply: HTML {
    let several = desk.file.reports.count > 1
    let additions: HTML? =
      several
      ? UI.fieldset(
        "对各件诉件另外说明", hint: "内容相同的不用写",
        HTML.join(
          desk.file.reports.map { sheet in
            words("\(sheet.report.no)　\(sheet.report.callerHint ?? "未留联系方式")", "addition-\(sheet.report.id.raw)", rows: 2, optional: true)
          }, "\n")) : nil
    let sentBack = desk.file.reply?.state == "sentBack" ? desk.file.reply?.text : nil
    return """
      \(pick("处理结果", "outcome", Self.choices(Matter.Outcome.self, \.chinese), value: desk.file.measures.isEmpty ? Matter.Outcome.explained.rawValue : nil, hint: "“实际解决”须先有措施记录"))
      \(words(several ? "给全部 \(desk.file.reports.count) 位来电人的答复" : "给来电人的答复", "text", rows: 8, hint: sentBack == nil ? "已按现场核查、认定和措施拟出初稿，请核对后修改" : "上次退回的答复，请按意见修改", value: sentBack ?? draft))
      \(additions)
      \(UI.toolbar([UI.button("送中队长审核", icon: .send)], sticky: true))
      """
  }
  /// From what was written already, so that nobody types it twice.
  private var draft: String {
    var parts = ["您反映的\(matter.compoundName.map { "\($0)的" } ?? "")问题，我队已到现场核查。"]
    if let finding = desk.file.findings.last { parts.append("经核查：\(finding.factNote)") }
    for measure in desk.file.measures { parts.append("我队已采取措施：\(measure.note)") }
    if desk.file.measures.isEmpty, let finding = desk.file.findings.last { parts.append(finding.claimNote) }
    return parts.map { "。；！？".contains($0.last ?? " ") ? $0 : $0 + "。" }.joined(separator: "\n")
  }
  var transfer: HTML {
    let reading = desk.file.reports.first?.report.reading
    let suggested = reading?.referral.flatMap { wanted in
      desk.departments.first { $0.name.contains(wanted) || wanted.contains($0.short) }.map { String($0.id.raw) }
    }
    let reason = reading.flatMap { $0.outOfScope ? ($0.itemReasons.first.map { "经识别不属城管职责：\(Masking.mask($0))" }) : nil }
    return """
      \(menu("移送给", "department", desk.departments.map { .init(String($0.id.raw), $0.name) }, value: suggested, hint: suggested == nil ? nil : "按诉件内容建议，请核对"))
      \(words("理由和依据", "reason", hint: "移送后来电人会看到“已移送主管部门”", value: reason))
      \(UI.toolbar([UI.button("移送", icon: .exit)], sticky: true))
      """
  }
  var correct: HTML {
    let found = desk.compounds.map(CompoundPicker.label)
    let present: [UI.Choice] =
      matter.compound.map { [.init(String($0), matter.compoundName ?? "", hint: "现在认定的小区")] } ?? []
    let others = found.filter { $0.value != present.first?.value }
    let reading = desk.file.reports.first?.report.reading
    let items = desk.catalogue.items.map { UI.Choice($0.slug, "\($0.name)（\($0.category.name)）") }
    let likely = (reading?.otherItems ?? []).compactMap { desk.catalogue.item($0)?.name }
    return """
      \(pick("小区", "compound", others + present + [.init("none", "地点无法确定")], value: others.first?.value ?? present.first?.value ?? "none", hint: reading.map { "识别依据：\(Masking.mask($0.placeReasons.joined(separator: "；")))" }))
      \(UI.field("楼栋", name: name("building"), value: typed("building").isEmpty ? matter.building ?? "" : typed("building"), hint: "如“12号”，不写室号", error: error("building"), optional: true))
      \(menu("执法事项", "item", [.init("none", "待认定"), .init("outside", "不属本部门职责")] + items, value: matter.outOfScope ? "outside" : matter.item ?? "none", hint: likely.isEmpty ? nil : "也可能是：\(likely.joined(separator: "、"))"))
      \(UI.toolbar([UI.button("更正", icon: .pencil)], sticky: true))
      """
  }
  var merge: HTML {
    let offered = desk.file.same.filter { $0.state.takesReports }.map {
      UI.Choice($0.no, "\($0.no)　\($0.title)", hint: "\($0.state.chinese)，\(MatterWords.sure($0.score))；\($0.reasons)")
    }
    return """
      \(if: !offered.isEmpty, pick("并入哪一个事项", "target", offered + [.init("", "其他事项，在下面填编号")], value: offered.first?.value))
      \(UI.field("事项编号", name: name("number"), value: typed("number"), .code, hint: "如 M20260924-000012，须还在办理、尚未答复", error: offered.isEmpty ? error("target") : nil, optional: !offered.isEmpty))
      <p class="hint">并入后，本事项的 \(desk.file.reports.count) 件诉件随之转过去，各自的时限、联系、答复和回访不变。并入不能撤回，需要时可再拆出。</p>
      \(UI.toolbar([UI.button("并入", icon: .merge)], sticky: true))
      """
  }
}
