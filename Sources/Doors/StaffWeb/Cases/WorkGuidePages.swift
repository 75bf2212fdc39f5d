import Cases
import Catalogue
import Foundation
import HTTPTypes
import Kernel
import People
import Storage
import WebSupport

/// The guides that come with the program, and what an office does with them.
extension GuidePages {
  func find(shipped visit: Visit) throws -> WorkGuide {
    guard let guide = shipped[try visit.path("item")] else { throw Refusal(.missing, "guides-missing", "没有这份指引。") }
    return guide
  }

  func showShipped(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let guide = try find(shipped: visit)
    let person = try visit.person
    let off = try await house.store.read { db in try WorkGuides.off(in: person.district, db) }[guide.item.slug]
    var page = visit.page(guide.title, active: "more")
    page.crumbs = [.init("执法指引", "/guides")]
    page.problem = !errors.isEmpty
    let state = off.map { off in
      UI.notice(.soon, off.isCitys ? "市局已停用" : "本单位已停用", "\(off.who)，\(off.at.chinese)：\(off.reason)")
    }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(guide.title, sub: "\(WorkGuide.mark)", tags: [UI.tag(Guide.Kind.instruction.chinese, .neutral), off == nil ? .empty : UI.tag("已停用", .soon)]))
      \(state ?? .empty)
      \(UI.section("要点", WorkGuideView(guide: guide).html))
      \(person.may(.superviseMatters) ? try choice(guide, off, visit, errors) : .empty)
      """
    return page
  }

  private func choice(_ guide: WorkGuide, _ off: WorkGuides.Off?, _ visit: Visit, _ errors: FormErrors) throws -> HTML {
    let address = "/guides/of/\(guide.item.slug)"
    guard let off else {
      return UI.actionForm(
        "停用", icon: .cross, hint: "本单位的人不再看到这一份", open: errors["reason"] != nil,
        UI.form(
          address + "/off", tokens: try visit.formTokens(),
          """
          \(UI.field("停用的理由", name: "reason", value: visit.form.text("reason"), error: errors["reason"]))
          \(UI.button("停用", .secondary, icon: .cross))
          """)) + UI.act("用本单位的代替", "/guides/new?item=\(guide.item.slug)&kind=instruction&replaces=yes", icon: .plus, hint: "录入后这一份随即停用")
    }
    if off.isCitys, try visit.person.district != nil { return .empty }
    return UI.form(address + "/on", tokens: try visit.formTokens(), UI.button("恢复使用", .secondary, icon: .check))
  }

  func switchOff(_ visit: Visit) async throws -> Answer {
    let guide = try find(shipped: visit)
    do {
      try await shipped.switchOff(guide.item.slug, reason: visit.form.text("reason"), by: try visit.person, in: house)
      return try visit.done("/guides/of/\(guide.item.slug)", saying: "已停用")
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try await showShipped(visit, errors: FormErrors(refusal)))
    }
  }
}

/// What a guide says, beside its item, in its case and on its own page.
struct WorkGuideView {
  let guide: WorkGuide
  private func list(_ points: [String]) -> HTML { "<ul class=\"plain-list\">\(each: points, { "<li>\($0)</li>" })</ul>" }

  var html: HTML {
    var pairs: [(String, HTML?)] = [
      ("现场看什么", list(guide.look)), ("量什么、拍什么", list(guide.measure)),
      ("常见的辩解", "<ul class=\"plain-list\">\(each: guide.defences, { "<li>“\($0.said)”<br>\($0.answer)</li>" })</ul>"),
    ]
    if let firm = guide.firm {
      pairs.append(
        (
          "物业的责任",
          "\(firm.text)<br><small>\(UI.link(firm.item.name, "/catalogue/\(firm.item.slug)"))：\(guide.firmBasis.map(\.text).joined(separator: "、"))</small>"
        ))
    }
    pairs += [
      ("容易出错", list(guide.mistakes)),
      ("依据", "\(UI.link(guide.item.name, "/catalogue/\(guide.item.slug)"))：\(guide.basis.map(\.text).joined(separator: "、"))"),
    ]
    return UI.facts(pairs)
  }
  /// Folded, with whom it is from.
  var folded: HTML {
    UI.details("工作指引", "<p class=\"hint\">\(WorkGuide.mark)，\(UI.link("单独打开", "/guides/of/\(guide.item.slug)"))</p>" + html)
  }
}
