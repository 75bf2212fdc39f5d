import Cases
import Catalogue
import Foundation
import HTTPTypes
import Kernel
import People
import WebSupport

/// What happens beside a case's procedure: handing up and down, joint handling, the police, the firm's credit, the register of real estate.
struct CaseAsidePages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/cases/{no}/aside", allow: .signedIn(.seeCases)) { visit in try await show(visit, errors: .none) }
    book.post("/cases/{no}/handing", allow: .signedIn(.workCases), limits: .small) { visit in
      try await take(visit, saying: "已移交") { no, person in
        guard let level = try visit.form.choice("level", CaseDivision.Level.self) else {
          throw Refusal(.invalid, "cases-field", "请选择移交给谁。", field: "level")
        }
        try await cases.hand(
          no, to: level, reason: visit.form.text("reason"), version: try visit.form.int("version"), by: person)
      }
    }
    book.post("/cases/{no}/incidents", allow: .signedIn(.workCases), limits: .small) { visit in
      try await take(visit, saying: "已登记") { no, person in
        guard let kind = try visit.form.choice("kind", CaseIncident.Kind.self) else {
          throw Refusal(.invalid, "cases-field", "请选择事由。", field: "kind")
        }
        try await cases.report(kind, note: visit.form.text("note"), unit: visit.form.text("unit"), on: no, by: person)
      }
    }
    book.post("/cases/{no}/incidents/{incident}/answer", allow: .signedIn(.workCases), limits: .small) { visit in
      let id: Identifier<CaseIncident> = try visit.pathID("incident")
      return try await take(visit, saying: "处理结果已登记") { no, person in
        try await cases.answer(incident: id.raw, outcome: visit.form.text("outcome"), on: no, by: person)
      }
    }
    book.post("/cases/{no}/credit", allow: .signedIn(.workCases), limits: .small) { visit in
      try await take(visit, saying: "已建议记分") { no, person in
        try await cases.proposeCredit(of: no, manager: visit.form.text("manager"), by: person)
      }
    }
    book.post("/cases/{no}/registry", allow: .signedIn(.workCases), limits: .small) { visit in
      try await take(visit, saying: "注记情况已登记") { no, person in
        guard let state = try visit.form.choice("state", RegistryNote.State.self) else {
          throw Refusal(.invalid, "cases-field", "请选择办到哪一步。", field: "state")
        }
        let day = try visit.form.day("on") ?? visit.now.day
        try await cases.moveRegistry(
          of: no, to: state, certificate: visit.form.text("certificate"), on: day, note: visit.form.text("note"), by: person)
      }
    }
  }

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let no = try visit.path("no")
    let sheet = try await cases.sheet(no, for: person)
    let incidents = try await cases.incidents(of: no, for: person)
    let credit = try await cases.credit(of: no, for: person)
    let registry = try await cases.registryNote(of: no, for: person)
    let field = person.may(.workCases) && [.officer, .squadLeader].contains(person.role)
    let (joint, offices) = (try await cases.joint(of: no, for: person), try await cases.jointOffices(for: no, by: person))
    var page = visit.page("协同与信用：\(sheet.record.title)", active: "cases")
    page.crumbs = [.init("案件", "/cases"), .init(no, CaseWords.address(no))]
    page.problem = !errors.isEmpty
    let view = CaseAsideView(
      sheet: sheet, tokens: try visit.formTokens(), typed: visit.form, errors: errors, person: person, isField: field)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("协同与信用", sub: UI.link(sheet.record.title, CaseWords.address(no)), tags: CaseWords.tags(sheet.record)))
      \(view.handing)\(view.joint(joint, offices))\(view.police(incidents))\(view.credit(credit, rules: cases.credit, on: visit.now.day))\(view.registry(registry))
      """
    return page
  }

  private func take(_ visit: Visit, saying told: String, _ body: (String, Person) async throws -> Void) async throws -> Answer {
    let no = try visit.path("no")
    do {
      try await body(no, try visit.person)
      return try visit.done(CaseWords.address(no, "aside"), saying: told)
    } catch let refusal as Refusal where refusal.kind == .invalid || refusal.kind == .conflict {
      var answer = visit.again(try await show(visit, errors: FormErrors(refusal)))
      if refusal.kind == .conflict { answer.status = .conflict }
      return answer
    }
  }
}

struct CaseAsideView {
  let sheet: CaseSheet
  let tokens: FormTokens
  let typed: Fields
  let errors: FormErrors
  let person: Person
  let isField: Bool
  /// Of the squad whose case it is, not of one that helps.
  private var isOwn: Bool { isField && person.office == sheet.record.squad }
  private var no: String { sheet.record.no }

  var handing: HTML {
    let record = sheet.record
    let street = record.organ == record.squad
    let facts = UI.facts([("决定机关", "\(record.organName)"), ("承办单位", "\(record.squadName)")])
    let mine = person.role == .squadLeader || person.role == .agencyHead && person.office == record.organ
    guard mine, record.file.decision == nil, record.state.isOpen, record.district != nil else {
      return UI.section("区局与街镇分工", facts)
    }
    let form = UI.form(
      CaseWords.address(no, "handing"), tokens: tokens,
      """
      <input type="hidden" name="version" value="\(record.version)"><input type="hidden" name="level" value="\(street ? "district" : "street")">
      \(UI.textarea("理由", name: "reason", value: typed.text("reason"), hint: street ? "案情重大、跨街镇或者区局统一查处等" : "由街镇办理更合适的理由", error: errors["reason"]))
      \(UI.button(street ? "上报区局办理" : "交由街镇办理", .secondary, icon: .send))
      """)
    return UI.section("区局与街镇分工", facts + UI.details(street ? "上报区局" : "下放街镇", open: errors["reason"] != nil, form))
  }

  func police(_ all: [CaseIncident]) -> HTML {
    let list = all.map { one -> HTML in
      let answer: HTML =
        if let outcome = one.outcome {
          "<p><b>处理结果</b>：\(outcome)（\(one.answeredAt?.chinese ?? "")）</p>"
        } else if isField {
          UI.details(
            "登记处理结果",
            UI.form(
              CaseWords.address(no, "incidents/\(one.id)/answer"), tokens: tokens,
              "\(UI.field("处理结果", name: "outcome", error: errors["outcome"]))\(UI.button("保存", .secondary))"))
        } else { UI.tag("等待公安机关", .soon) }
      return """
        <div class="report"><p><b>\(one.kind.chinese)</b></p><p class="by">\(one.at.chinese)，\(one.who)\(one.unit.map { "，\($0)" })</p><p class="words">\(one.note)</p>\(answer)</div>
        """
    }
    let form = UI.form(
      CaseWords.address(no, "incidents"), tokens: tokens,
      """
      \(UI.radios("事由", name: "kind", CaseIncident.Kind.allCases.map { .init($0.rawValue, $0.chinese) }, value: typed["kind"], error: errors["kind"]))
      \(UI.field("报给哪个派出所", name: "unit", value: typed.text("unit"), error: errors["unit"]))
      \(UI.textarea("经过", name: "note", value: typed.text("note"), hint: "时间、地点、人员、行为；有录像的写明", error: errors["note"]))
      \(UI.button("登记", .secondary, icon: .shield))
      """)
    let body: HTML = list.isEmpty ? "<p class=\"hint\">没有记录。</p>" : HTML.join(list, "\n<hr>\n")
    return UI.section("公安保障与阻碍执法", isField ? body + UI.details("登记", open: errors["unit"] != nil || errors["note"] != nil, form) : body)
  }

  func credit(_ records: [CreditRecord], rules: CreditRules, on day: Day) -> HTML {
    let proposed = rules.proposed(for: sheet.item, on: day)
    guard !proposed.isEmpty || !records.isEmpty else { return .empty }
    let rows = records.map { one in
      UI.Row(
        nil,
        [
          UI.lines("\(one.name)（\(one.subject.chinese)）", "\(one.behaviour)"), UI.tag("建议 \(one.points) 分", .soon),
          UI.lines("\(one.answer ?? (one.sentAt == nil ? "待报送" : "已报送，等待答复"))", "\(one.article)"),
        ])
    }
    let table = rows.isEmpty ? .empty : UI.table("失信记分", [.init("对象、行为", .what), .init("分值", .status), .init("答复", .meta)], rows)
    let form = UI.form(
      CaseWords.address(no, "credit"), tokens: tokens,
      """
      <ul>\(each: proposed, { "<li>\($0.subject.chinese)：\($0.points) 分，\($0.behaviour)（\($0.article)）</li>" })</ul>
      \(UI.field("项目经理姓名", name: "manager", value: typed.text("manager"), error: errors["manager"]))
      \(UI.button("建议记分", .secondary, icon: .flag))
      """)
    return UI.section(
      "物业失信记分", side: UI.link("全部记分建议", "/credit"),
      table + (records.isEmpty && isOwn ? form : .empty) + "<p class=\"basis\">依据：\(rules.source)。记分由区房屋管理部门作出。</p>")
  }

  func registry(_ note: RegistryNote?) -> HTML {
    guard sheet.item.registryAnnotation else { return .empty }
    let facts = UI.facts([
      ("状态", note.map { UI.tag($0.state.chinese, $0.state == .noted ? .danger : $0.state == .lifted ? .good : .soon) } ?? "未申请"),
      ("不动产权证号", note?.certificateNo.map { "\($0)" }), ("申请", note.map { "\($0.askedAt.chinese)" }),
      ("注记", note?.notedOn.map { "\($0.chineseLong)" }), ("解除", note?.liftedOn.map { "\($0.chineseLong)" }),
      ("说明", note?.note.map { "\($0)" }),
    ])
    guard isOwn, note?.state != .lifted else { return UI.section("房屋注记", facts) }
    let next: (state: RegistryNote.State, label: String) =
      switch note?.state {
      case nil: (.asked, "申请注记")
      case .asked: (.noted, "登记已注记")
      default: (.lifted, "登记已解除")
      }
    let form = UI.form(
      CaseWords.address(no, "registry"), tokens: tokens,
      """
      <input type="hidden" name="state" value="\(next.state.rawValue)">
      \(if: next.state == .asked, UI.field("不动产权证号", name: "certificate", value: typed.text("certificate"), error: errors["certificate"]))
      \(UI.date("日期", name: "on", value: (try? typed.day("on")) ?? nil, hint: "不填为今天", error: errors["on"], optional: true))
      \(UI.field("说明", name: "note", value: typed.text("note"), optional: true))
      \(UI.button(next.label, .secondary, icon: .compound))
      """)
    return UI.section(
      "房屋注记", side: UI.link("注记的文书", CaseWords.address(no, "papers")),
      facts + UI.details(next.label, open: errors["certificate"] != nil, form) + "<p class=\"basis\">依据：\(RegistryNote.article)</p>"
    )
  }
}
