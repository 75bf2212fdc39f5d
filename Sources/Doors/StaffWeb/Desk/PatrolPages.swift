import Catalogue
import Compounds
import Foundation
import Intake
import Kernel
import Matters
import People
import Storage
import WebSupport

/// 巡查发现: what an officer sees on the way becomes a report like any other.
struct PatrolPages: Sendable {
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    book.get("/patrol/new", allow: .signedIn(.reportOnPatrol)) { visit in try await show(visit) }
    book.post("/patrol", allow: .signedIn(.reportOnPatrol)) { visit in try await take(visit) }
  }

  func show(_ visit: Visit) async throws -> Page {
    if let compound = visit.query["compound"].flatMap({ Compound.ID($0) }), let card = try await card(compound, try visit.person) {
      return try form(card, visit, errors: .none)
    }
    return try await pick(visit)
  }

  private func card(_ id: Compound.ID, _ person: Person) async throws -> CompoundCard? {
    let scope: Scope = person.district.map(Scope.district) ?? Scope(of: person)
    return try await matters.house.store.read { db in try CompoundStore.card(id, scope: scope, db) }
  }

  /// First where: the squad's own compounds, or a search.
  private func pick(_ visit: Visit) async throws -> Page {
    let person = try visit.person
    let text = visit.query["q"]
    let found: [CompoundCard]
    if let text {
      found = try await CompoundPicker.find(text, for: person, matters)
    } else {
      found = try await matters.house.store.read { db in try CompoundStore.list(scope: Scope(of: person), limit: CompoundPicker.most, db) }
    }
    var page = visit.page("登记巡查发现", active: "record")
    page.main = """
      \(UI.heading("在哪个小区", sub: "先选小区，再写发现了什么"))
      \(CompoundPicker.search("/patrol/new", value: text ?? "", found: text == nil ? nil : found.count))
      \(if: !found.isEmpty, UI.section(text == nil ? "本队小区" : "找到 \(found.count) 个", UI.table("小区", [.init("小区", .what), .init("执法队", .meta)], found.map {
        .init("/patrol/new?compound=\($0.compound.id)", [UI.lines("\($0.compound.name)", "\($0.compound.address)"), text == nil ? .empty : "\($0.squadName)"])
      })))
      """
    return page
  }

  private func form(_ card: CompoundCard, _ visit: Visit, errors: FormErrors) throws -> Page {
    let typed = visit.form
    let own = card.compound.squad == (try visit.person).office
    var page = visit.page("登记巡查发现：\(card.compound.name)", active: "record")
    page.crumbs = [.init("换一个小区", "/patrol/new")]
    page.problem = !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("登记巡查发现", sub: "\(card.compound.name)，\(card.compound.address)，\(card.squadName)"))
      \(UI.form("/patrol", tokens: try visit.formTokens(), draft: "patrol-\(card.compound.id)", upload: true, """
      <input type="hidden" name="compound" value="\(card.compound.id)">
      \(UI.textarea("发现了什么", name: "content", value: typed.text("content"), rows: 4, hint: "写清位置、规模、是否正在施工", error: errors["content"]))
      \(UI.field("具体位置", name: "place", value: typed.text("place"), hint: "如“12号101室天井”", error: errors["place"], optional: true))
      \(UI.photos("现场照片", hint: "保留原图，作为证据使用", error: errors["photos"], original: true))
      \(UI.select("执法事项", name: "item", options: matters.catalogue.items.map { .init($0.slug, $0.name) }, value: typed["item"], placeholder: "按内容自动识别", error: errors["item"], optional: true))
      \(UI.checkbox("情况紧急", name: "urgent", on: typed.flag("urgent"), hint: "正在施工，或者有人身危险"))
      \(if: own, UI.checkbox("由我接着办", name: "mine", on: typed.all.isEmpty || typed.flag("mine"), hint: "登记后直接接单，不用再派"))
      \(UI.locate())
      \(UI.toolbar([UI.button("登记", icon: .check)], sticky: true))
      """))
      """
    return page
  }

  func take(_ visit: Visit) async throws -> Answer {
    let person = try visit.person
    guard let compound = try visit.form.id("compound", Compound.self), let card = try await card(compound, person) else {
      throw Refusal(.invalid, "staff-no-compound", "没有这个小区，请重新选择。", field: "compound")
    }
    do {
      var new = NewReport(channel: .patrol, content: visit.form.text("content"), saidAt: visit.now)
      new.place = visit.form.text("place")
      new.compound = compound.raw
      new.reporter = person.id.raw
      new.receiver = person.office?.raw
      new.urgent = visit.form.flag("urgent")
      new.idempotencyKey = visit.once.map { "patrol-\(person.id)-\($0)" }
      if let item = visit.form["item"] { new.item = try matters.catalogue.known(item).slug }
      if let latitude = try visit.form.number("latitude", in: -90...90), let longitude = try visit.form.number("longitude", in: -180...180)
      {
        new.position = Coordinates(latitude: latitude, longitude: longitude)
      }
      try new.check(now: visit.now)
      new.files = try await PhotoIntake(vault: matters.house.vault).keep(visit.files("photos"))
      let received = try await matters.receive(new, by: person.actor)
      let no = received.matterNo
      var told = received.joined ? "已登记，并入已有事项 \(no)" : "已登记为 \(no)"
      if visit.form.flag("mine"), !received.joined, !received.repeated {
        do {
          try await matters.accept(no, officer: nil, version: nil, by: person)
          told += "，由您办理"
        } catch let refusal as Refusal { told += "。没有接单：\(refusal.message)" }
      }
      let seen = card.compound.squad == person.office
      return try visit.done(seen ? MatterWords.address(no) : "/today", saying: seen ? told : "已登记为 \(no)，将派给\(card.squadName)")
    } catch let refusals as Refusals {
      return visit.again(try form(card, visit, errors: FormErrors(refusals)))
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try form(card, visit, errors: FormErrors(refusal)))
    }
  }
}
