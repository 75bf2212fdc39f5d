import Compounds
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// 反映问题、提建议、咨询: by a scanned code, or by choosing the compound.
struct ReportPages: Sendable {
  let matters: Matters
  /// A few more files than may be sent, so that the tenth is refused beside its field and not by the door.
  static let limits = BodyLimits(total: 64 << 20, file: 20 << 20, files: 20)

  func routes(_ book: inout RouteBook) {
    for kind in PublicKind.allCases {
      let word = kind.rawValue
      book.get("/c/{code}/\(word)", allow: .public) { visit in
        let place = try await CodePlace.find(try visit.path("code"), in: visit.house)
        return try formPage(visit, form(kind, place), .none)
      }
      book.post("/c/{code}/\(word)", allow: .public, limits: Self.limits) { visit in
        let place = try await CodePlace.find(try visit.path("code"), in: visit.house)
        return try await receive(visit, form(kind, place)) { new in
          new.channel = place.studio == nil ? .code : .studio
          new.compound = place.compound?.id.raw
          new.receiver = place.squad.id.raw
        }
      }
      book.get("/\(word)", allow: .public) { visit in try await choose(visit, kind) }
      book.post("/\(word)", allow: .public, limits: Self.limits) { visit in
        let district = try await Self.district(visit.form["district"], visit)
        guard let district else { throw Refusal(.missing, "public-no-district", "请先选择所在的区。") }
        return try await receive(visit, form(kind, district)) { new in new.receiver = district.id.raw }
      }
    }
    book.get("/receipt/{code}", allow: .public) { visit in try await ReceiptPage(matters: matters).show(visit) }
  }

  // MARK: The form

  private func form(_ kind: PublicKind, _ place: CodePlace) -> ReportForm {
    ReportForm(
      kind: kind, action: "/c/\(place.no)/\(kind.rawValue)", key: place.no, placeName: place.name, placeNote: place.address,
      receiver: place.squad.short, placeOpen: place.studio != nil, hidden: [])
  }
  private func form(_ kind: PublicKind, _ district: Office) -> ReportForm {
    ReportForm(
      kind: kind, action: "/\(kind.rawValue)", key: district.code, placeName: Self.area(of: district), placeNote: "",
      receiver: district.short,
      placeOpen: true, hidden: [("district", district.code)])
  }

  private func formPage(_ visit: Visit, _ form: ReportForm, _ errors: FormErrors) throws -> Page {
    var page = visit.residentPage(form.kind.title, office: form.receiver)
    if form.action.hasPrefix("/c/") { page.crumbs = [Page.Crumb(form.placeName, "/c/\(form.key)")] }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(form.kind.title, sub: "\(form.placeName)\(if: !form.placeNote.isEmpty, "·\(form.placeNote)")"))
      \(form.html(visit.form, tokens: try visit.formTokens(), errors: errors))
      \(UI.details("送出以后会怎样", "<p>\(form.kind.after)</p>"))
      """
    return page
  }

  private func receive(_ visit: Visit, _ form: ReportForm, _ complete: (inout NewReport) -> Void) async throws -> any Answering {
    var new = NewReport(channel: .code, content: visit.form.text("content"), saidAt: visit.now)
    new.nature =
      switch form.kind {
      case .report: .complaint
      case .suggest: .suggestion
      case .ask: .question
      }
    new.place = visit.form.text("place")
    new.callerPhone = visit.form["phone"]
    new.callerName = visit.form["name"]
    new.idempotencyKey = visit.once.map { "public:\($0)" }
    complete(&new)
    var wrong: [Refusal] = []
    do { try new.check(now: visit.now) } catch { wrong += error.all }
    if form.placeOpen, form.kind == .report, new.place.isEmpty {
      wrong.append(Refusal(.invalid, "public-place-missing", "请写明在哪里，否则执法队员找不到。", field: "place"))
    }
    do { new.files = try await PhotoIntake(vault: visit.house.vault).keep(visit.files("photos").map(\.bytes)) } catch let error as Refusals
    {
      wrong += error.all
    }
    if !wrong.isEmpty { return visit.again(try formPage(visit, form, FormErrors(Refusals(wrong)))) }
    // Not when the request began: photos take a while, and should the clock be set back meanwhile, that would lie in the future.
    new.saidAt = visit.house.now()
    let received = try await matters.receive(new, by: .resident)
    guard let receipt = received.receipt else { return already(visit, received) }
    return try visit.done("/receipt/\(receipt)")
  }

  /// The same form came a second time after its first answer was lost: only the code's hash was kept.
  private func already(_ visit: Visit, _ received: Received) -> Page {
    var page = visit.residentPage("已经收到过")
    page.main = UI.problem(
      "这份内容已经收到过", icon: .check,
      why: "<p>没有重复登记，诉件编号 \(received.report.no)。查询码在第一次送出后的页面上，系统不留底，无法再次显示。</p>", next: [UI.linkButton("返回首页", "/", .primary)])
    return page
  }

  // MARK: Choosing the compound

  /// "青浦区": residents live in a district, not in its bureau.
  static func area(of district: Office) -> String {
    district.short.hasSuffix("局") ? String(district.short.dropLast()) : district.short
  }

  static func district(_ code: String?, _ visit: Visit) async throws -> Office? {
    guard let code else { return nil }
    return try await visit.house.store.read { db in try OfficeStore.find(code: code, db).flatMap { $0.kind == .district ? $0 : nil } }
  }

  /// District, then a few letters of the compound, then its own page; each a plain GET.
  private func choose(_ visit: Visit, _ kind: PublicKind) async throws -> any Answering {
    let district = try await Self.district(visit.query["district"], visit)
    if let district, visit.query.flag("elsewhere") { return try formPage(visit, form(kind, district), .none) }
    let words = visit.query.text("q")
    let (districts, found) = try await visit.house.store.read { db in
      let found: [CompoundCard] =
        if let district, !words.isEmpty {
          try CompoundStore.list(CompoundFilter(text: words, district: district.id), scope: .city, limit: 21, db)
        } else { [] }
      return (try OfficeStore.districts(db), found)
    }
    let errors =
      visit.query.flag("find") && district == nil
      ? FormErrors(Refusal(.invalid, "public-no-district", "请选择所在的区。", field: "district")) : .none
    var page = visit.residentPage(kind.title)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading(kind.title, sub: "先找到小区。大堂里贴有城管码的，用手机扫一扫就不用找了。"))
      \(UI.form("/\(kind.rawValue)", """
      <input type="hidden" name="find" value="1">
      \(UI.select("在哪个区", name: "district", options: districts.map { UI.Choice($0.code, Self.area(of: $0)) }, value: district?.code, error: errors["district"]))
      \(UI.field("小区名称或地址", name: "q", value: words, .search, hint: "写一部分就行，例如“元邑”“盈港东路”。"))
      \(UI.toolbar([UI.button("查找小区")]))
      """))
      \(district.map { results(kind, $0, words, found) })
      """
    return page
  }

  private func results(_ kind: PublicKind, _ district: Office, _ words: String, _ found: [CompoundCard]) -> HTML {
    if words.isEmpty { return UI.notice(.soon, "请写小区名称或地址的一部分") }
    let elsewhere = "/\(kind.rawValue)?district=\(SafeURL.encode(district.code))&elsewhere=1"
    let links: [Way] = found.prefix(20).map { card in
      Way(card.compound.name, "\(card.compound.address)·\(card.squadName)", "/c/\(card.compound.no)/\(kind.rawValue)", .compound)
    }
    return """
      \(if: found.isEmpty, UI.notice(.neutral, "\(Self.area(of: district))没有找到“\(words)”", "<p>换个名字再找，或者不选小区，直接写地址。</p>"))
      \(if: !found.isEmpty, "<h2>选择小区</h2>\(Way.list("选择小区", links))")
      \(if: found.count > 20, "<p class=\"hint\">找到的小区较多，只列出 20 个，请写得更具体一些。</p>")
      <p>\(UI.link("没有我的小区，直接写地址", elsewhere))</p>
      """
  }
}
