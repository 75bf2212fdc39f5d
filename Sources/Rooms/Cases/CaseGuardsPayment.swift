import Kernel
import Workflow

/// Conditions of paying in parts, 行政处罚法第六十六条第二款: 确有经济困难，经当事人申请和行政机关批准.
extension CaseGuards {
  private static let article = "行政处罚法第六十六条第二款"
  private static func no(_ code: String, _ message: String) -> Refusal {
    Refusal(.invalid, "cases-plan-\(code)", message, article: article, field: "parts")
  }

  static let finePending = unless("罚款没有缴清", "fine-paid", "罚款已经缴清，不需要分期。", nil) {
    $0.file.paid < $0.file.decision?.penalty?.fine ?? 0
  }
  static let noPlan = unless("没有分期计划", "plan-there", "已有分期计划，等待批准或者正在执行。", article) { $0.file.instalments == nil }
  static let planAsked = unless("有等待批准的分期申请", "no-plan-asked", "没有等待批准的分期申请。", article) {
    $0.file.instalments.map { $0.grantedOn == nil } ?? false
  }
  /// A part that is late before anybody could pay it would be a trap.
  static let planAhead = CaseGuard("第一期的期限还没有过", article) { facts in
    guard let first = facts.file.instalments?.parts.first, first.dueOn < facts.today else { return nil }
    return Refusal(
      .conflict, "cases-plan-past", "第一期的缴款期限 \(first.dueOn.chineseLong) 已经过了，请退回，由当事人重新提出计划。", article: article)
  }
  static let planIsSound = CaseGuard("两期以上，金额合计等于罚款，期限由先到后", article) { facts in
    guard case .askInstalments(let parts) = facts.act, let fine = facts.file.decision?.penalty?.fine else { return nil }
    let most = facts.law.limits.value("instalments-most")
    guard (2...most).contains(parts.count) else { return no("count", "分期计划应有 2 至 \(most) 期，现在是 \(parts.count) 期。") }
    if let index = parts.firstIndex(where: { $0.fen <= 0 }) { return no("amount", "第 \(index + 1) 期的金额应大于零。") }
    let sum = parts.reduce(0) { $0 + $1.fen }
    guard sum == fine else { return no("sum", "各期合计\(PaperMoney.plain(sum))，与罚款\(PaperMoney.plain(fine))不符。") }
    if let index = parts.indices.dropFirst().first(where: { parts[$0].dueOn <= parts[$0 - 1].dueOn }) {
      return no("order", "第 \(index + 1) 期的缴款期限应晚于第 \(index) 期，请由先到后填写。")
    }
    guard let first = parts.first, let last = parts.last, first.dueOn >= facts.today else {
      return no("past", "第一期的缴款期限不能早于今天。")
    }
    if let ends = facts.paymentEnds, last.dueOn <= ends {
      return no("date", "最后一期应晚于原缴款期限 \(ends.chineseLong)，否则不需要分期。")
    }
    return nil
  }
  static let partOfPlan = CaseGuard("指明期次的，分期计划已批准、有这一期", article) { facts in
    guard case .pay(_, let part?) = facts.act else { return nil }
    func wrong(_ code: String, _ message: String) -> Refusal {
      Refusal(.invalid, "cases-\(code)", message, article: article, field: "part")
    }
    guard let plan = facts.file.plan else { return wrong("no-plan", "分期计划还没有批准，不能按期登记缴款；请不填期次。") }
    return plan.parts.indices.contains(part - 1) ? nil : wrong("no-part", "分期计划只有 \(plan.parts.count) 期，没有第 \(part) 期。")
  }
}
