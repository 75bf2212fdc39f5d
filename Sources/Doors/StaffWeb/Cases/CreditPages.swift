import Cases
import Foundation
import HTTPTypes
import Kernel
import People
import Sheets
import Storage
import WebSupport

/// 失信记分 on its way to the housing bureau, and payments on theirs from the bank.
struct CreditPages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/credit", allow: .signedIn(.seeCases)) { visit in try await list(visit, errors: .none) }
    book.post("/credit/export", allow: .signedIn(.leadCases), limits: .small) { visit in
      let table = try await cases.exportCredit(by: try visit.person)
      return ImportForms.csv(table, name: "物业失信记分建议 \(visit.now.day.iso)", demo: cases.house.isDemonstration)
    }
    book.post("/credit/{id}/answer", allow: .signedIn(.workCases), limits: .small) { visit in try await answer(visit) }
    book.get("/payments", allow: .signedIn(.workCases)) { visit in try payments(visit, errors: .none) }
    book.post("/payments", allow: .signedIn(.workCases), limits: .sheet) { visit in try await takePayments(visit) }
  }

  func list(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let all = try await cases.credit(for: person)
    let tokens = try visit.formTokens()
    let unsent = all.count { $0.sentAt == nil }
    let rows = all.map { one -> UI.Row in
      let state: HTML =
        if let answer = one.answer {
          UI.lines("\(answer)", "\(one.answeredAt?.chinese ?? "")")
        } else if one.sentAt == nil { UI.tag("待报送", .soon) } else if person.may(.handleMatters) {
          UI.form(
            "/credit/\(one.id)/answer", tokens: tokens, "\(UI.field("房管部门答复", name: "answer"))\(UI.button("保存", .secondary))")
        } else { UI.tag("等待答复", .neutral) }
      return UI.Row(
        nil,
        [
          UI.lines("\(one.name)（\(one.subject.chinese)）", "\(one.behaviour)"), UI.tag("建议 \(one.points) 分", .soon),
          UI.lines(UI.link(one.caseNo, CaseWords.address(one.caseNo)), "\(one.article)"), state,
        ])
    }
    var page = visit.page("物业失信记分", active: "cases", wide: true)
    page.crumbs = [.init("案件", "/cases")]
    page.problem = !errors.isEmpty
    let export: HTML =
      person.may(.leadCases) && unsent > 0
      ? UI.form("/credit/export", tokens: tokens, UI.button("导出待报送的 \(unsent) 条（CSV）", icon: .download)) : .empty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("物业失信记分", sub: "\(cases.credit.source)；记分由区房屋管理部门作出"))
      \(export)
      \(UI.table("记分建议", [.init("对象、行为", .what), .init("分值", .status), .init("案件、条款", .meta), .init("答复", .meta)], rows, empty: UI.emptyState("没有记分建议", "对物业服务企业作出处罚决定后，在案件的“协同与信用”里建议。", icon: .flag)))
      """
    return page
  }
  func answer(_ visit: Visit) async throws -> Answer {
    let id: Identifier<CreditRecord> = try visit.pathID("id")
    do {
      try await cases.answer(credit: id.raw, visit.form.text("answer"), by: try visit.person)
      return try visit.done("/credit", saying: "答复已登记")
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try await list(visit, errors: FormErrors(refusal)))
    }
  }

  // MARK: Payments

  private func payments(_ visit: Visit, errors: FormErrors, outcome: PaymentImport? = nil) throws -> Page {
    var page = visit.page("导入缴款", active: "cases")
    page.crumbs = [.init("案件", "/cases")]
    page.problem = !errors.isEmpty
    let bad = outcome.map { outcome in outcome.rows.compactMap { row in row.problem.map { (row.line, "\(row.caseNo)：\($0)") } } } ?? []
    let told: HTML =
      outcome.map { outcome in
        UI.notice(bad.isEmpty ? .good : .soon, "登记缴款 \(outcome.recorded) 笔", bad.isEmpty ? nil : "有 \(bad.count) 行没有登记，原因见下。")
          + (bad.isEmpty ? .empty : UI.section("没有登记的行", ImportForms.badRows("没有登记的行", bad)))
      } ?? .empty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("导入缴款", sub: "代收机构的缴款清单；每笔按案件登记为“缴纳罚款”，票号登记过的不重复登记"))
      \(told)
      \(UI.form("/payments", tokens: try visit.formTokens(), upload: true, """
      \(UI.file("缴款清单", name: "file", accept: ".csv,.xlsx,.txt", hint: "Excel（.xlsx）或者 CSV，要有案件编号、缴款金额、票号三列", error: errors["file"]))
      \(UI.toolbar([UI.button("导入", icon: .upload), UI.linkButton("返回", "/cases")]))
      """))
      """
    return page
  }
  func takePayments(_ visit: Visit) async throws -> Answer {
    do {
      guard let file = visit.files("file").first, !file.bytes.isEmpty else {
        throw Refusal(.invalid, "staff-import-file", "请选择文件。", field: "file")
      }
      let outcome = try await cases.importPayments(try ImportForms.read(file.bytes, file.name), by: try visit.person)
      return .page(try payments(visit, errors: .none, outcome: outcome), .ok)
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try payments(visit, errors: FormErrors(refusal)))
    }
  }
}
