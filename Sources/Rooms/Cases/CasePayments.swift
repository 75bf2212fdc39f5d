import Foundation
import Kernel
import Offices
import People
import Sheets
import Storage

/// What became of a file of payment receipts, row by row.
public struct PaymentImport: Sendable {
  public struct Row: Sendable {
    public let line: Int
    public let caseNo: String
    /// Nil when the payment was recorded.
    public let problem: String?
  }
  public let rows: [Row]
  public var recorded: Int { rows.count { $0.problem == nil } }
}

extension Cases {
  /// Payments of a bank's or treasury's list: 案件编号, 缴款金额, 票号, and 期次 where the fine is paid in parts and the bank knows which (without it
  /// a payment goes to the earliest part that is open). Each row is the step “缴纳罚款” of its case and stands or falls alone; a
  /// receipt that has been recorded is not recorded again.
  /// - Throws: `Refusal` `cases-payments-columns`.
  public func importPayments(_ table: Table, by person: Person) async throws -> PaymentImport {
    try requireField(person)
    guard let number = table.column(anyOf: ["案件编号", "编号"]), let amount = table.column(anyOf: ["缴款金额", "金额", "实缴金额"]),
      let receipt = table.column(anyOf: ["票号", "缴款书号", "票据号码"])
    else { throw Refusal(.invalid, "cases-payments-columns", "文件里要有“案件编号”“缴款金额”“票号”三列。", field: "file") }
    let part = table.column(anyOf: ["期次", "分期期次", "第几期"])
    var rows: [PaymentImport.Row] = []
    for row in table.rows.prefix(5000) {
      let (no, paid, slip) = (row.cells[number].trimming(), row.cells[amount].trimming(), row.cells[receipt].trimming())
      var problem: String?
      do {
        guard !slip.isEmpty else { throw Refusal(.invalid, "cases-payments-receipt", "没有票号。") }
        let known = try await house.store.read { db in
          try CaseStore.find(no: no, for: person, db).map { record in
            try CaseStore.steps(of: record.id, db).contains { $0.event == .pay && $0.said["receipt"] == slip }
          }
        }
        if known == true { throw Refusal(.conflict, "cases-payments-again", "票号 \(slip) 已登记过。") }
        var said = ["amount": paid.replacing(",", with: ""), "receipt": slip]
        // "第2期" as well as "2".
        if let part { said["part"] = row.cells[part].filter { !"第期 \t".contains($0) } }
        try await step(.pay, CaseSaid(said), on: no, version: nil, by: person)
      } catch let refusal as Refusal { problem = refusal.message }
      rows.append(.init(line: row.line, caseNo: no, problem: problem))
    }
    return PaymentImport(rows: rows)
  }
}
