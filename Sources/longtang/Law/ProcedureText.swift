import Cases
import Workflow

/// A procedure as a table in Markdown: what `longtang law procedure` prints.
enum ProcedureText {
  static func lines(_ procedure: CaseProcedure) -> [String] {
    let table = CaseTables.table(procedure)
    let head = ["# \(table.name)", "", "| 步骤 | 从 | 到 | 谁 | 依据 | 条件 | 文书 |", "|---|---|---|---|---|---|---|"]
    return head
      + table.steps.map { row in
        let from = CaseState.allCases.filter(row.from.contains).map(\.chinese).joined(separator: "、")
        let roles = CaseRole.allCases.filter(row.roles.contains).map(\.chinese).joined(separator: "、")
        let conditions = row.guards.map { one in one.condition + (one.article.map { "（\($0)）" } ?? "") }.joined(separator: "；")
        return "| "
          + [
            "\(row.event.chinese) `\(row.event.rawValue)`", from, row.to?.chinese ?? "—", roles, row.basis ?? "—",
            conditions.isEmpty ? "—" : conditions, row.event.papers.isEmpty ? "—" : row.event.papers.joined(separator: " "),
          ].joined(separator: " | ") + " |"
      }
  }
}
