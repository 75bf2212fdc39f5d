import Cases
import Catalogue
import Foundation
import HTTPTypes
import Kernel
import People
import Storage
import WebSupport

/// 执法指引: guiding cases, template papers, work guides and standards, beside each item and all together.
struct GuidePages: Sendable {
  let catalogue: Catalogue
  let shipped: WorkGuides
  let house: House

  func routes(_ book: inout RouteBook) {
    book.get("/guides", allow: .signedIn(.seeCases)) { visit in try await list(visit) }
    book.get("/guides/new", allow: .signedIn(.superviseMatters)) { visit in try form(visit, errors: .none) }
    book.post("/guides", allow: .signedIn(.superviseMatters), limits: .sheet) { visit in try await add(visit) }
    book.get("/guides/{guide}", allow: .signedIn(.seeCases)) { visit in try await show(visit) }
    book.get("/guides/{guide}/file", allow: .signedIn(.seeCases)) { visit in try await file(visit) }
    book.post("/guides/{guide}/retire", allow: .signedIn(.superviseMatters), limits: .small) { visit in
      let id: Guide.ID = try visit.pathID("guide")
      try await Guides.retire(id, by: try visit.person, in: house)
      return try visit.done("/guides", saying: "已停用")
    }
    book.get("/guides/of/{item}", allow: .signedIn(.seeCases)) { visit in try await showShipped(visit, errors: .none) }
    book.post("/guides/of/{item}/off", allow: .signedIn(.superviseMatters), limits: .small) { visit in try await switchOff(visit) }
    book.post("/guides/of/{item}/on", allow: .signedIn(.superviseMatters), limits: .small) { visit in
      let guide = try find(shipped: visit)
      try await shipped.switchOn(guide.item.slug, by: try visit.person, in: house)
      return try visit.done("/guides/of/\(guide.item.slug)", saying: "已恢复使用")
    }
  }

  private func find(_ visit: Visit) async throws -> Guide {
    let id: Guide.ID = try visit.pathID("guide")
    let district = try visit.person.district
    guard let guide = try await house.store.read({ db in try Guides.find(id, district: district, db) }) else {
      throw Refusal(.missing, "guides-missing", "没有这份指引。")
    }
    return guide
  }

  static func row(_ guide: Guide, _ catalogue: Catalogue) -> UI.Row {
    UI.Row(
      "/guides/\(guide.id)",
      [
        UI.lines("\(guide.title)", "\(guide.source)"), UI.tag(guide.kind.chinese, .neutral),
        "\(guide.item.flatMap { catalogue.item($0)?.name } ?? "各事项通用")",
      ])
  }
  static let columns: [UI.Column] = [.init("标题、来源", .what), .init("类别", .status), .init("事项", .meta)]

  func list(_ visit: Visit) async throws -> Page {
    let kind = visit.query["kind"].flatMap(Guide.Kind.init)
    let item = visit.query["item"].flatMap { catalogue.item($0)?.slug }
    let district = try visit.person.district
    let (all, off) = try await house.store.read { db in
      (try Guides.all(item: item, kind: kind, district: district, db), try WorkGuides.off(in: district, db))
    }
    let ours = kind == nil || kind == .instruction ? shipped.all.filter { item == nil || $0.item.slug == item } : []
    let may = try visit.person.may(.superviseMatters)
    var page = visit.page("执法指引", active: "more", wide: true)
    page.main = """
      \(UI.heading("执法指引", sub: "指导案例、文书范本、工作指引、执法标准", actions: may ? [UI.linkButton("新增", "/guides/new", icon: .plus)] : []))
      \(UI.filters("/guides", [
        .init("类别", name: "kind", Guide.Kind.allCases.map { .init($0.rawValue, $0.chinese) }, value: kind?.rawValue ?? ""),
        .init("事项", name: "item", catalogue.items.map { .init($0.slug, $0.name) }, value: item ?? ""),
      ], clearAt: "/guides"))
      \(UI.table("执法指引", Self.columns, all.map { Self.row($0, catalogue) }, empty: UI.emptyState("还没有本单位的指引", "由区局、市局管理员录入；录入后在事项和案件页上都能看到。", icon: .paper)))
      \(if: !ours.isEmpty, UI.section("随系统提供的工作指引", "<p class=\"hint\">\(WorkGuide.mark)，仅供参考；本单位可以逐份停用，或者用自己的代替。</p>" + UI.table("随系统提供", Self.columns, ours.map { guide in
        UI.Row("/guides/of/\(guide.item.slug)", [
          UI.lines("\(guide.title)", "\(WorkGuide.mark)"), off[guide.item.slug] == nil ? UI.tag(Guide.Kind.instruction.chinese, .neutral) : UI.tag("已停用", .soon),
          "\(guide.item.name)",
        ])
      })))
      """
    return page
  }

  func show(_ visit: Visit) async throws -> Page {
    let guide = try await find(visit)
    var page = visit.page(guide.title, active: "more")
    page.crumbs = [.init("执法指引", "/guides")]
    let may = try visit.person.may(.superviseMatters)
    let retire: HTML =
      guide.retiredAt == nil && may
      ? UI.form("/guides/\(guide.id)/retire", tokens: try visit.formTokens(), UI.button("停用", .plain, icon: .cross)) : .empty
    page.main = """
      \(UI.heading(guide.title, sub: "\(guide.source)", tags: [UI.tag(guide.kind.chinese, .neutral), guide.retiredAt == nil ? .empty : UI.tag("已停用", .soon)]))
      \(UI.section("内容", UI.facts([
        ("事项", guide.item.flatMap { catalogue.item($0) }.map { UI.link($0.name, "/catalogue/\($0.slug)") } ?? "各事项通用"),
        ("录入", "\(guide.who)，\(guide.at.chinese)"), ("附件", guide.fileName.map { UI.link($0, "/guides/\(guide.id)/file") }),
      ]) + "<p class=\"words\">\(guide.text)</p>"))
      \(retire)
      """
    return page
  }

  func file(_ visit: Visit) async throws -> Answer {
    let guide = try await find(visit)
    guard let sha = guide.sha256, let name = guide.fileName else { throw Refusal(.missing, "guides-no-file", "这份指引没有附件。") }
    return Answer.file(try house.vault.bytes(sha), type: "application/octet-stream", name: name)
  }

  func form(_ visit: Visit, errors: FormErrors) throws -> Page {
    // Opened beside a guide it is to replace, its item is filled in.
    let typed = visit.form.all.isEmpty ? visit.query : visit.form
    var page = visit.page("新增执法指引", active: "more")
    page.crumbs = [.init("执法指引", "/guides")]
    page.problem = !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("新增执法指引"))
      \(UI.form("/guides", tokens: try visit.formTokens(), draft: "guide", upload: true, """
      \(UI.radios("类别", name: "kind", Guide.Kind.allCases.map { .init($0.rawValue, $0.chinese) }, value: typed["kind"], error: errors["kind"], inline: true))
      \(UI.field("标题", name: "title", value: typed.text("title"), error: errors["title"]))
      \(UI.field("来源", name: "source", value: typed.text("source"), hint: "制定机关、文号、日期", error: errors["source"]))
      \(UI.select("事项", name: "item", options: catalogue.items.map { .init($0.slug, $0.name) }, value: typed["item"], placeholder: "各事项通用", error: errors["item"], optional: true))
      \(UI.checkbox("代替弄堂自编的这一事项指引", name: "replaces", value: "yes", on: typed.flag("replaces"), hint: "选了事项才能代替；原来的随即停用，可以恢复"))
      \(UI.textarea("内容", name: "text", value: typed.text("text"), rows: 8, error: errors["text"]))
      \(UI.file("附件", name: "file", accept: ".pdf,.doc,.docx,.xlsx,.txt", error: errors["file"], optional: true))
      \(UI.toolbar([UI.button("保存", icon: .check)]))
      """))
      """
    return page
  }

  func add(_ visit: Visit) async throws -> Answer {
    let typed = visit.form
    do {
      guard let kind = try typed.choice("kind", Guide.Kind.self) else {
        throw Refusal(.invalid, "guides-kind", "请选择类别。", field: "kind")
      }
      var new = NewGuide(
        kind: kind, title: typed.text("title"), item: typed["item"], text: typed.text("text"), source: typed.text("source"))
      new.replacesWorkGuide = typed.flag("replaces")
      if let file = visit.files("file").first, !file.bytes.isEmpty { new.file = (file.name, file.bytes) }
      let id = try await Guides.add(new, catalogue: catalogue, by: try visit.person, in: house)
      return try visit.done("/guides/\(id)", saying: "已保存")
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try form(visit, errors: FormErrors(refusal)))
    }
  }
}
