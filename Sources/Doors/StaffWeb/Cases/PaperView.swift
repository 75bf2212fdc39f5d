import Cases
import Foundation
import Kernel
import WebSupport

/// The page of one paper: a form while it is a draft, its words when it is issued.
struct PaperView {
  let sheet: PaperSheet
  let typed: Fields
  let errors: FormErrors
  var paper: PaperRecord { sheet.paper }
  var no: String { sheet.record.no }

  func html(_ tokens: FormTokens) throws -> HTML {
    """
    \(UI.heading(paper.title, sub: "\(paper.no ?? "没有文号")，\(UI.link(sheet.record.title, CaseWords.address(no)))", tags: [PaperWords.tag(paper.state)], actions: [UI.linkButton(paper.state == .draft ? "预览 PDF" : "打开 PDF", PaperWords.address(no, paper.id, "pdf"), icon: .paper)]))
    \(relations)
    \(sheet.mayEdit ? form(tokens) : words)
    \(if: paper.state == .issued && sheet.mayIssue && sheet.replacedBy == nil, correction(tokens))
    """
  }

  private var relations: HTML {
    var out: HTML = .empty
    if let old = sheet.replaces {
      let name = old.no ?? old.title
      out += UI.notice(.action, "更正文书", "签发后取代 \(UI.link(name, PaperWords.address(no, old.id)))，原件保留。")
    }
    if let new = sheet.replacedBy {
      out += UI.notice(.soon, new.state == .draft ? "正在更正" : "已被更正", "更正文书：\(UI.link(new.no ?? new.title, PaperWords.address(no, new.id)))")
    }
    return out
  }

  private var basis: HTML {
    guard let basis = sheet.form.paper.basis else { return "<p class=\"basis\">没有条文依据，按通行做法制作，由本单位核定。</p>" }
    return "<p class=\"basis\">必备内容的依据：\(basis)</p>"
  }

  private func form(_ tokens: FormTokens) -> HTML {
    let issue: [HTML] = sheet.mayIssue ? [UI.button("签发", icon: .check, name: "do", value: "issue")] : []
    let save = UI.button("保存草稿", sheet.mayIssue ? .secondary : .primary, name: "do", value: "save")
    return UI.section(
      "内容",
      UI.form(
        PaperWords.address(no, paper.id), tokens: tokens, draft: "paper-\(paper.id)-\(paper.version)",
        """
        <input type="hidden" name="version" value="\(paper.version)">
        \(basis)
        \(each: sheet.fields, { field($0) })
        <p class="hint">签发后编号，内容不能再改。</p>
        \(UI.toolbar(issue + [save], sticky: true))
        """))
  }
  private func field(_ field: PaperBook.Field) -> HTML {
    let name = PaperWords.prefix + field.name
    let value = typed[name] ?? paper.texts[field.name] ?? ""
    let hint: HTML? = field.fulfils.isEmpty ? nil : "必备：\(field.fulfils.joined(separator: "；"))"
    let optional = field.isOptional || (field.fulfils.isEmpty && !field.sign.isEmpty)
    return UI.textarea(field.label, name: name, value: value, rows: field.rows, hint: hint, error: errors[name], optional: optional)
  }

  private var words: HTML {
    UI.section(
      "内容",
      UI.facts(
        sheet.fields.compactMap { field -> (String, HTML?)? in
          guard let text = paper.texts[field.name], !text.isEmpty else { return nil }
          let lines = text.split(separator: "\n").map { HTML(text: String($0)) }
          return (field.label, HTML.join(lines, "<br>"))
        } + [
          ("签发", paper.issuedAt.map { "\(paper.issuedBy ?? "")，\($0.text)" }),
          ("PDF 的 SHA-256", paper.sha256.map { "<small>\($0)</small>" }),
        ]))
  }

  private func correction(_ tokens: FormTokens) -> HTML {
    UI.actionForm(
      "更正", icon: .back, hint: "起草一份新的文书，签发后取代这一份", open: errors["reason"] != nil,
      UI.form(
        PaperWords.address(no, paper.id, "correction"), tokens: tokens,
        """
        <input type="hidden" name="version" value="\(paper.version)">
        \(UI.textarea("更正的理由", name: "reason", value: typed.text("reason"), rows: 2, error: errors["reason"]))
        \(UI.button("起草更正文书", .secondary, icon: .paper))
        """))
  }
}
