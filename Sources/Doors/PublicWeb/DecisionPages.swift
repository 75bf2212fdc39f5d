import Cases
import Kernel
import Storage
import WebSupport

/// 行政处罚决定公开: what was decided, persons without their name.
public struct DecisionPages: Sendable {
  let cases: Cases
  public init(cases: Cases) { self.cases = cases }

  public func routes(_ book: inout RouteBook) { book.get("/decisions", allow: .public) { visit in try await list(visit) } }

  func list(_ visit: Visit) async throws -> Page {
    let before = visit.query["before"].flatMap { Int64($0) }
    let (all, next) = try await cases.publishedDecisions(before: before, limit: 30)
    let sheets = all.map { one -> HTML in
      let kinds = [one.penalty.warns ? "警告" : nil, one.penalty.fine > 0 ? "罚款 \(UI.grouped(one.penalty.fine / 100)) 元" : nil]
      return """
        <div class="report"><p><b>\(one.item)</b></p>\(UI.facts([
          ("当事人", "\(one.party)"), ("处罚", "\(kinds.compactMap { $0 }.joined(separator: "，"))"), ("依据", "\(one.basis)"),
          ("决定机关", "\(one.organ)"), ("决定日期", "\(one.decidedOn.chineseLong)"), ("公开日期", "\(one.publishedOn.chineseLong)"),
        ]))</div>
        """
    }
    var page = visit.residentPage("处罚决定公开")
    page.main = """
      \(UI.heading("处罚决定公开", sub: "依《行政处罚法》第四十八条公开；决定被变更、撤销的，三日内撤回"))
      \(if: all.isEmpty, UI.emptyState("没有公开的处罚决定", "作出并送达的处罚决定依法公开后，会列在这里。", icon: .law))
      \(HTML.join(sheets, "\n<hr>\n"))
      \(next.map { UI.toolbar([UI.linkButton("更早的", "/decisions?before=\($0)")]) } ?? .empty)
      """
    return page
  }
}
