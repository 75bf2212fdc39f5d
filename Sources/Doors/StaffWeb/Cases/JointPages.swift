import Cases
import Foundation
import HTTPTypes
import Kernel
import Offices
import People
import WebSupport

/// 联合办案: asked and ended beside a case, answered on a page of the squad that is asked.
struct JointPages: Sendable {
  let cases: Cases
  static let page = "/joint-requests"

  func routes(_ book: inout RouteBook) {
    book.post("/cases/{no}/joint", allow: .signedIn(.leadCases), limits: .small) { visit in
      try await beside(visit, saying: "已邀请，等待对方答复") { no, person in
        let office = try visit.form.int("office").map { Office.ID(Int64($0)) }
        try await cases.askToJoin(
          no, office: office, reason: visit.form.text("reason"), version: try visit.form.int("version"), by: person)
      }
    }
    book.get(Self.page, allow: .signedIn(.leadCases)) { visit in try await list(visit, errors: .none, of: nil) }
    book.post(Self.page + "/{id}/answer", allow: .signedIn(.leadCases), limits: .small) { visit in
      try await answer(visit) { id, person in
        let outcome = visit.form["outcome"]
        let joins: Bool? = outcome == "join" ? true : outcome == "decline" ? false : nil
        try await cases.answer(joint: id, joins: joins, officers: officers(visit), note: visit.form.text("note"), by: person)
        return joins == true ? "已加入联合办案" : "已答复"
      }
    }
    book.post(Self.page + "/{id}/officers", allow: .signedIn(.leadCases), limits: .small) { visit in
      try await answer(visit) { id, person in
        try await cases.change(joint: id, officers: officers(visit), by: person)
        return "参加办案的人员已更新"
      }
    }
    book.post(Self.page + "/{id}/end", allow: .signedIn(.leadCases), limits: .small) { visit in
      try await answer(visit) { id, person in
        try await cases.end(joint: id, reason: visit.form.text("reason"), by: person)
        return "联合办案已结束"
      }
    }
  }
  private func officers(_ visit: Visit) -> [Int64] { visit.form.values("officers").compactMap { Int64($0) } }

  private func beside(_ visit: Visit, saying told: String, _ body: (String, Person) async throws -> Void) async throws -> Answer {
    let no = try visit.path("no")
    do {
      try await body(no, try visit.person)
      return try visit.done(CaseWords.address(no, "aside"), saying: told)
    } catch let refusal as Refusal where [.invalid, .conflict].contains(refusal.kind) {
      return visit.again(try await CaseAsidePages(cases: cases).show(visit, errors: FormErrors(refusal)), after: refusal)
    }
  }
  private func answer(_ visit: Visit, _ body: (JointHandling.ID, Person) async throws -> String) async throws -> Answer {
    let id = try visit.pathID("id", JointHandling.self)
    do {
      let told = try await body(id, try visit.person)
      // Whoever ends it on the page of the case goes back there.
      let back = visit.form["case"].map { CaseWords.address($0, "aside") } ?? Self.page
      return try visit.done(back, saying: told)
    } catch let refusal as Refusal where [.invalid, .conflict].contains(refusal.kind) {
      return visit.again(try await list(visit, errors: FormErrors(refusal), of: id), after: refusal)
    }
  }

  func list(_ visit: Visit, errors: FormErrors, of id: JointHandling.ID?) async throws -> Page {
    let person = try visit.person
    let all = try await cases.jointRequests(for: person)
    let hands = try await cases.jointHands(for: person)
    let tokens = try visit.formTokens()
    var page = visit.page("联合办案", active: "cases")
    page.crumbs = [.init("案件", "/cases")]
    page.problem = !errors.isEmpty
    let parts = all.map { one in
      JointCard(joint: one, hands: hands, tokens: tokens, typed: visit.form, errors: id == one.id ? errors : .none).html
    }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("联合办案", sub: "其他执法队请本队参加的案件；参加人员须持有效执法证，没有应当回避的情形"))
      \(parts.isEmpty ? UI.emptyState("没有邀请", "其他执法队请本队联合办案时，在这里答复。", icon: .people) : HTML.join(parts, ""))
      """
    return page
  }
}

/// One request as the squad sees it that is asked.
private struct JointCard {
  let joint: JointHandling
  let hands: [CaseSheet.Hand]
  let tokens: FormTokens
  let typed: Fields
  let errors: FormErrors

  var html: HTML {
    let title: HTML = joint.state == .joined ? UI.link(joint.caseTitle, CaseWords.address(joint.caseNo)) : "\(joint.caseTitle)"
    let facts = UI.facts([
      ("案件", "\(title)<br><small>\(joint.caseNo)</small>"), ("邀请", "\(joint.squadName) \(joint.askedBy)，\(joint.askedAt.chinese)"),
      ("理由", "\(joint.reason)"),
    ])
    let isOpen = !errors.isEmpty
    let body: HTML =
      joint.state == .asked
      ? UI.actionForm(
        "答复", icon: .check, hint: "参加的，写明派谁", open: isOpen,
        form(
          "answer",
          """
          \(UI.radios("是否参加", name: "outcome", [.init("join", "参加"), .init("decline", "不参加")], value: value("outcome"), error: errors["outcome"], inline: true))
          \(people)
          \(UI.textarea("说明", name: "note", value: value("note") ?? "", rows: 2, hint: "不参加的写明理由", error: errors["note"], optional: true))
          \(UI.button("答复", icon: .check))
          """))
      : UI.actionForm(
        "更换人员", icon: .people, open: isOpen && errors["reason"] == nil, form("officers", "\(people)\(UI.button("保存", .secondary))"))
        + JointForms.end(joint, tokens: tokens, reason: isOpen ? typed.text("reason") : "", error: errors["reason"], back: nil)
    return UI.section(joint.state.chinese, facts + body)
  }
  private func value(_ name: String) -> String? { errors.isEmpty ? nil : typed[name] }
  private func form(_ noun: String, _ fields: HTML) -> HTML { UI.form("\(JointPages.page)/\(joint.id)/\(noun)", tokens: tokens, fields) }
  private var people: HTML {
    UI.checkboxes(
      "参加办案的人员", name: "officers",
      hands.map { .init(String($0.account), $0.name, hint: $0.certificate.isEmpty ? "没有有效的执法证" : "执法证 \($0.certificate)") },
      values: errors.isEmpty ? [] : Set(typed.values("officers")), error: errors["officers"])
  }
}

enum JointForms {
  static func end(_ joint: JointHandling, tokens: FormTokens, reason: String, error: String?, back no: String?) -> HTML {
    UI.actionForm(
      joint.state == .asked ? "撤回邀请" : "结束联合办案", icon: .cross, open: error != nil,
      UI.form(
        "\(JointPages.page)/\(joint.id)/end", tokens: tokens,
        """
        \(no.map { "<input type=\"hidden\" name=\"case\" value=\"\($0)\">" as HTML })
        \(UI.textarea("理由", name: "reason", value: reason, rows: 2, error: error))
        \(UI.button(joint.state == .asked ? "撤回" : "结束", .secondary))
        """))
  }
}

extension CaseAsideView {
  /// 联合办案, on the page of the squad whose case it is.
  func joint(_ all: [JointHandling], _ offices: [Office]) -> HTML {
    let leads = person.role == .squadLeader && person.office == sheet.record.squad
    let list = all.map { one -> HTML in
      let answered = one.answeredBy.map { "答复：\($0)，\(one.answeredAt?.chinese ?? "")\(one.answer.map { "，\($0)" } ?? "")" }
      let ended = one.endedBy.map { "结束：\($0)，\(one.endedAt?.chinese ?? "")，\(one.endReason ?? "")" }
      let more = HTML.join([answered, ended].compactMap { $0 }.map { "<p class=\"by\">\($0)</p>" as HTML }, "")
      let tone: Tone = one.state == .joined ? .good : one.state == .asked ? .soon : .neutral
      let end = leads && one.state.isLive ? JointForms.end(one, tokens: tokens, reason: "", error: nil, back: sheet.record.no) : .empty
      return """
        <div class="report"><p><b>\(one.officeName)</b> \(UI.tag(one.state.chinese, tone))</p><p class="by">\(one.askedBy)，\(one.askedAt.chinese)邀请</p><p class="words">\(one.reason)</p>\(more)\(end)</div>
        """
    }
    let body: HTML = list.isEmpty ? "<p class=\"hint\">没有其他执法队参加。</p>" : HTML.join(list, "\n<hr>\n")
    guard leads, sheet.record.state.isOpen, !offices.isEmpty else { return UI.section("联合办案", body) }
    let form = UI.form(
      CaseWords.address(sheet.record.no, "joint"), tokens: tokens,
      """
      <input type="hidden" name="version" value="\(sheet.record.version)">
      \(UI.select("请谁参加", name: "office", options: offices.map { .init(String($0.id.raw), $0.short) }, value: typed["office"], error: errors["office"]))
      \(UI.textarea("理由", name: "reason", value: typed["office"] == nil ? "" : typed.text("reason"), hint: "为什么需要，请对方办什么", error: typed["office"] == nil ? nil : errors["reason"]))
      \(UI.button("邀请", .secondary, icon: .people))
      """)
    return UI.section("联合办案", body + UI.details("邀请其他执法队", open: errors["office"] != nil, form))
  }
}
