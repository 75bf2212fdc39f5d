import Cases
import Foundation
import HTTPTypes
import Kernel
import People
import WebSupport

/// 文书: the list of a case's papers, the page of each, its PDF, and the whole file.
struct PaperPages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/cases/{no}/papers", allow: .signedIn(.seeCases)) { visit in try await list(visit, errors: .none) }
    book.post("/cases/{no}/papers", allow: .signedIn(.workCases), limits: .small) { visit in try await make(visit) }
    book.get("/cases/{no}/papers/{id}", allow: .signedIn(.seeCases)) { visit in try await show(visit, errors: .none) }
    book.post("/cases/{no}/papers/{id}", allow: .signedIn(.workCases), limits: .small) { visit in try await write(visit) }
    book.post("/cases/{no}/papers/{id}/correction", allow: .signedIn(.workCases), limits: .small) { visit in try await correct(visit) }
    book.get("/cases/{no}/papers/{id}/pdf", allow: .signedIn(.seeCases)) { visit in try await pdf(visit) }
    book.get("/cases/{no}/bound", allow: .signedIn(.seeCases)) { visit in try await bound(visit) }
  }

  private func crumbs(_ no: String) -> [Page.Crumb] { [.init("案件", "/cases"), .init(no, CaseWords.address(no))] }

  // MARK: The list

  func list(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let (no, person) = (try visit.path("no"), try visit.person)
    let papers = try await cases.papers(of: no, for: person)
    var page = visit.page("文书：\(no)", active: "cases")
    page.crumbs = crumbs(no)
    page.problem = !errors.isEmpty
    let issued = papers.contains { $0.state != .draft }
    let rows = papers.reversed().map { paper in
      UI.Row(
        PaperWords.address(no, paper.id),
        [
          UI.lines("\(paper.title)", paper.no.map { "\($0)" } ?? "没有文号"), PaperWords.tag(paper.state),
          paper.issuedAt.map { "\(paper.issuedBy ?? "")<br><small>\($0.chinese)签发</small>" as HTML }
            ?? "<small>\(paper.madeAt.chinese)起草</small>",
        ], tone: paper.state == .draft ? .soon : nil)
    }
    let add: HTML =
      person.may(.workCases)
      ? UI.section(
        "制作其他文书",
        UI.form(
          CaseWords.address(no, "papers"), tokens: try visit.formTokens(),
          """
          \(UI.select("文书", name: "kind", options: cases.makeable.map { .init($0.id, $0.paper.name) }, value: visit.form["kind"], hint: "办理步骤时自动起草的不必在这里制作", error: errors["kind"]))
          \(UI.button("起草", .secondary, icon: .paper))
          """)) : .empty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("文书", sub: UI.link(no, CaseWords.address(no)), actions: issued ? [UI.linkButton("打印案卷", CaseWords.address(no, "bound"), icon: .paper)] : []))
      \(UI.table("此案的文书", PaperWords.columns, rows, empty: UI.emptyState("还没有文书", "办理步骤时自动起草，也可以在下面制作。", icon: .paper)))
      \(add)
      """
    return page
  }

  func make(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    do {
      let id = try await cases.makePaper(visit.form["kind"] ?? "", for: no, by: try visit.person)
      return try visit.done(PaperWords.address(no, id), saying: "已起草，请补充后签发")
    } catch let refusal as Refusal where refusal.field != nil {
      return visit.again(try await list(visit, errors: FormErrors(refusal)), after: refusal)
    }
  }

  // MARK: One paper

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let (no, id) = (try visit.path("no"), try visit.pathID("id", PaperRecord.self))
    let sheet = try await cases.paper(id, of: no, for: try visit.person)
    var page = visit.page("\(sheet.paper.title)：\(sheet.record.title)", active: "cases")
    page.crumbs = crumbs(no) + [.init("文书", CaseWords.address(no, "papers"))]
    page.problem = !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(try PaperView(sheet: sheet, typed: visit.form, errors: errors).html(try visit.formTokens()))
      """
    return page
  }

  func write(_ visit: Visit) async throws -> Answer {
    let (no, id, person) = (try visit.path("no"), try visit.pathID("id", PaperRecord.self), try visit.person)
    do {
      guard let version = try visit.form.int("version") else {
        throw Refusal(.invalid, "cases-no-version", "页面缺少版本信息，请刷新文书页面后再办。")
      }
      let sheet = try await cases.paper(id, of: no, for: person)
      var texts: [String: String] = [:]
      for field in sheet.fields { texts[field.name] = visit.form[PaperWords.prefix + field.name] ?? "" }
      if visit.form["do"] == "issue" {
        let issued = try await cases.issue(id, of: no, texts: texts, version: version, by: person)
        return try visit.done(PaperWords.address(no, id), saying: "已签发：\(issued.no ?? issued.title)")
      }
      try await cases.edit(id, of: no, texts: texts, version: version, by: person)
      return try visit.done(PaperWords.address(no, id), saying: "草稿已保存")
    } catch let refusal as Refusal where [.invalid, .conflict].contains(refusal.kind) {
      return try await again(refusal, visit)
    }
  }

  func correct(_ visit: Visit) async throws -> Answer {
    let (no, id) = (try visit.path("no"), try visit.pathID("id", PaperRecord.self))
    do {
      let new = try await cases.correct(
        id, of: no, reason: visit.form.text("reason"), version: try visit.form.int("version"), by: try visit.person)
      return try visit.done(PaperWords.address(no, new), saying: "已起草更正文书，签发后取代原件")
    } catch let refusal as Refusal where [.invalid, .conflict].contains(refusal.kind) {
      return try await again(refusal, visit)
    }
  }

  private func again(_ refusal: Refusal, _ visit: Visit) async throws -> Answer {
    let told = refusal.article.map { "\(refusal.message)（\($0)）" } ?? refusal.message
    let field = refusal.field.map { $0 == "reason" ? $0 : PaperWords.prefix + $0 } ?? ""
    return visit.again(try await show(visit, errors: FormErrors([(field: field, message: told)])), after: refusal)
  }

  // MARK: PDF

  func pdf(_ visit: Visit) async throws -> Answer {
    let (bytes, name) = try await cases.pdf(of: try visit.pathID("id", PaperRecord.self), try visit.path("no"), for: try visit.person)
    return Answer.file(bytes, type: "application/pdf", name: name)
  }
  func bound(_ visit: Visit) async throws -> Answer {
    let (bytes, name) = try await cases.bound(try visit.path("no"), for: try visit.person)
    return Answer.file(bytes, type: "application/pdf", name: name)
  }
}

/// The words and marks of papers.
enum PaperWords {
  /// Names of a paper's own fields in its form, apart from the form's.
  static let prefix = "t-"
  static func address(_ no: String, _ id: PaperRecord.ID, _ rest: String = "") -> String {
    CaseWords.address(no, "papers/\(id)") + (rest.isEmpty ? "" : "/" + rest)
  }
  static func tag(_ state: PaperRecord.State) -> HTML {
    switch state {
    case .draft: UI.tag("草稿", .soon)
    case .issued: UI.tag("已签发", .good)
    case .replaced: UI.tag("已被更正", .neutral)
    }
  }
  static let columns: [UI.Column] = [.init("文书", .what), .init("状态", .status), .init("签发", .meta)]
}

/// The papers on the page of their case.
struct PaperSection {
  let papers: [PaperRecord]
  let no: String
  var html: HTML {
    let drafts = papers.count { $0.state == .draft }
    let list: HTML = """
      <ul>\(each: papers.reversed(), { "<li>\(UI.link($0.title, PaperWords.address(no, $0.id))) \(PaperWords.tag($0.state))\($0.no.map { "<br><small>\($0)</small>" as HTML })</li>" })</ul>
      """
    return UI.section(
      "文书", side: UI.link("全部文书", CaseWords.address(no, "papers")),
      papers.isEmpty
        ? "<p class=\"hint\">还没有文书。</p>"
        : (drafts > 0 ? "<p class=\"hint\">有 \(drafts) 份草稿待补充、签发。</p>" : .empty) + list)
  }
}
