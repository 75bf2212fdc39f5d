import Cases
import Foundation
import Kernel
import WebSupport

/// 分期缴纳 on the page of a case: each part with what was paid on it and, where it is late, how its surcharge is reckoned.
struct InstalmentTable {
  let stands: [InstalmentStand]
  let plan: InstalmentPlan?
  let payments: [CaseFile.Payment]
  let steps: [CaseStepSheet]

  static let columns: [UI.Column] = [.init("期次、金额", .what), .init("状态", .status), .init("已缴", .meta), .init("期限、加处罚款", .meta)]

  var html: HTML {
    guard let plan, !stands.isEmpty else { return .empty }
    // Payments and the steps that entered them come in the same order.
    let receipts = steps.filter { $0.event == .pay }.map { $0.said["receipt"] }
    let rows = stands.map { stand -> UI.Row in
      let paid = stand.shares.map { share -> HTML in
        let payment = payments[share.payment]
        let receipt = receipts.indices.contains(share.payment) ? receipts[share.payment] : nil
        return "\(payment.on.chineseLong) \(CaseWords.yuan(share.fen))\(receipt.map { "，票号 \($0)" as HTML })"
      }
      let state: HTML =
        if stand.paidOn != nil { UI.tag("已缴清", .good) } else if stand.surcharge != nil { UI.tag("逾期", .danger) } else {
          UI.tag(stand.paid > 0 ? "还差 \(CaseWords.yuan(stand.rest))" : "待缴", .soon)
        }
      let late: HTML = stand.surcharge.map { "<br><small>加处罚款：\($0.arithmetic)</small>" } ?? .empty
      return UI.Row(
        nil,
        [
          UI.lines("第 \(stand.number) 期", "\(CaseWords.yuan(stand.part.fen))"), state,
          paid.isEmpty ? "—" : HTML.join(paid, "<br>"), "\(stand.part.dueOn.chineseLong)\(late)",
        ], tone: stand.surcharge != nil && stand.paidOn == nil ? .danger : nil)
    }
    let added = stands.compactMap(\.surcharge).reduce(0) { $0 + $1.amount }
    let sum: HTML = added > 0 ? "<p class=\"hint\">加处罚款合计 \(CaseWords.yuan(added))，只就逾期的期次计算，合计不超过罚款数额。</p>" : .empty
    return UI.section(
      "分期缴纳", side: plan.grantedOn.map { "\($0.chineseLong)批准，共 \(plan.parts.count) 期" } ?? .empty,
      UI.table("分期缴纳", Self.columns, rows) + sum + "<p class=\"basis\">依据：行政处罚法第六十六条第二款、第七十二条第一款第一项</p>")
  }
}
