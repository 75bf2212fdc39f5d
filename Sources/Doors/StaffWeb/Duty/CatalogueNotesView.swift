import Catalogue
import Kernel
import People
import WebSupport

/// Beside an entry of the catalogue: campaigns, earlier and later fines, and errors that readers have reported.
struct CatalogueNotesView {
  let item: Item
  let campaigns: [String]
  let remarks: [CatalogueRemark]
  let person: Person
  let tokens: FormTokens
  let typed: Fields
  let errors: FormErrors
  private var here: String { "/catalogue/\(item.slug)" }
  private var mayAnswer: Bool { person.may(.superviseMatters) }

  var html: HTML { versions + tags + reports }

  /// Every version of the fine, side by side, with the days on which it holds.
  private var versions: HTML {
    let dated = item.fines.filter { $0.validFrom != nil || $0.validUntil != nil }
    guard !dated.isEmpty else {
      return item.fines.isEmpty ? .empty : "<p class=\"hint\">没有来源载明这一幅度的施行和失效日期，适用前请核对行为时有效的文本。</p>"
    }
    return UI.section(
      "各时期的罚款幅度",
      UI.table(
        "各时期的罚款幅度", [.init("幅度", .what), .init("自", .meta), .init("至", .meta)],
        item.fines.map { fine in
          UI.Row(
            nil,
            [
              UI.lines("\(fine.text)", "\(fine.party.chinese)"), "\(fine.validFrom?.chineseLong ?? "未载明")",
              "\(fine.validUntil?.chineseLong ?? "现行")",
            ])
        }) + "<p class=\"hint\">违法行为依行为时的规定；新规定处罚较轻的，适用新规定（行政处罚法第三十七条）。</p>")
  }

  private var tags: HTML {
    let list: HTML = campaigns.isEmpty ? "<p class=\"hint\">没有列入专项行动。</p>" : "<p>\(campaigns.joined(separator: "、"))</p>"
    guard mayAnswer else { return campaigns.isEmpty ? .empty : UI.section("专项行动", list) }
    let form = UI.form(
      here + "/campaigns", tokens: tokens,
      "\(UI.field("专项行动名称", name: "campaign", value: typed.text("campaign"), error: errors["campaign"]))\(UI.button("列入", .secondary, icon: .flag))"
    )
    let off = campaigns.map { name in
      UI.form(
        here + "/campaigns", tokens: tokens,
        "<input type=\"hidden\" name=\"campaign\" value=\"\(name)\"><input type=\"hidden\" name=\"list\" value=\"off\">\(UI.button("移出“\(name)”", .plain, icon: .cross))"
      )
    }
    return UI.section("专项行动", list + HTML.join(off, "") + UI.details("列入", open: errors["campaign"] != nil, form))
  }

  private var reports: HTML {
    let list = remarks.map { remark -> HTML in
      let answer: HTML =
        if let text = remark.answer {
          "<p><b>答复</b>：\(text)<br><small>\(remark.answeredBy ?? "")，\(remark.answeredAt?.chinese ?? "")</small></p>"
        } else if mayAnswer {
          UI.details(
            "答复",
            UI.form(
              here + "/remarks/\(remark.id)/answer", tokens: tokens,
              "\(UI.field("核对结果", name: "answer", error: errors["answer"]))\(UI.button("答复", .secondary))"))
        } else { UI.tag("等待核对", .soon) }
      return
        "<div class=\"report\"><p class=\"by\">\(remark.at.chinese)，\(remark.who)</p><p class=\"words\">\(remark.text)</p>\(answer)</div>"
    }
    let form = UI.form(
      here + "/remarks", tokens: tokens,
      "\(UI.textarea("哪里不对", name: "text", value: typed.text("text"), hint: "写明条款、正确的内容和依据的文本", error: errors["text"]))\(UI.button("报告错误", .secondary, icon: .pencil))"
    )
    return UI.section("纠错", HTML.join(list, "\n<hr>\n") + UI.details("报告这一条目里的错误", open: errors["text"] != nil, form))
  }
}
