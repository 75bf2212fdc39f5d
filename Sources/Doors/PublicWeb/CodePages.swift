import Compounds
import Kernel
import Matters
import Offices
import WebSupport

/// What the 城管码 in the lobby opens, and the rating of the studio's work.
struct CodePages: Sendable {
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    book.get("/c/{code}", allow: .public) { visit in show(visit, try await CodePlace.find(try visit.path("code"), in: visit.house)) }
    book.get("/c/{code}/rate-service", allow: .public) { visit in
      let place = try await CodePlace.find(try visit.path("code"), in: visit.house)
      return try rating(visit, place, .none)
    }
    book.post("/c/{code}/rate-service", allow: .public, limits: .small, spendsForm: true) { visit in try await rate(visit) }
  }

  func show(_ visit: Visit, _ place: CodePlace) -> Page {
    var page = visit.residentPage(place.name, office: place.squad.short)
    let at = "/c/\(place.no)"
    page.main = """
      \(UI.heading(place.name, sub: HTML(text: place.address)))
      \(Way.list("您要办什么", [
        Way("反映问题", "违法搭建、违规装修、群租、占绿等", at + "/report", .camera), Way("查进度", "凭查询码看办到哪一步", "/progress", .clock),
        Way("提建议", "对小区管理和执法的人民建议", at + "/suggest", .chat), Way("咨询", "拿不准能不能做，先问一问", at + "/ask", .info),
        Way("评价社区服务", "执法队员在社区的工作怎么样", at + "/rate-service", .star), Way("看法律说明", "哪些行为不允许，会怎样处理", "/law", .law),
      ]))
      \(charge(place))
      """
    return page
  }

  private func charge(_ place: CodePlace) -> HTML {
    let who: HTML = place.compound == nil ? "本工作室由\(place.squad.name)设立。" : "本小区的住宅小区综合执法由\(place.squad.name)负责。"
    guard let studio = place.studios.first else {
      return UI.section("谁在管", "<p>\(who)</p><p class=\"hint\">工作室信息尚未公布，紧急情况可拨打 12345。</p>")
    }
    return UI.section(
      "谁在管",
      """
      <p>\(who)</p><h3>\(studio.name)</h3>\(UI.studioFacts(studio))
      \(if: place.studios.count > 1, "<p>\(UI.link("本队其他 \(place.studios.count - 1) 个工作室", "/studios/\(studio.no)"))</p>")
      """)
  }

  // MARK: Rating

  private func rating(_ visit: Visit, _ place: CodePlace, _ errors: FormErrors) throws -> Page {
    var page = visit.residentPage("评价社区服务", office: place.squad.short)
    page.crumbs = [Page.Crumb(place.name, "/c/\(place.no)")]
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("评价社区服务", sub: "\(place.squad.short)在\(place.name)的工作"))
      \(UI.form("/c/\(place.no)/rate-service", tokens: try visit.formTokens(), draft: "rate-\(place.no)", """
      \(UI.radios("您是否满意", name: "satisfaction", Satisfaction.allCases.map { UI.Choice($0.rawValue, $0.chinese) }, value: visit.form["satisfaction"], error: errors["satisfaction"]))
      \(UI.textarea("想说的话", name: "words", value: visit.form.text("words"), limit: 500, hint: "不用留姓名和电话。要反映具体问题，请用“反映问题”，才会有人办理和答复。", error: errors["words"], optional: true))
      \(UI.toolbar([UI.button("送出评价")]))
      """))
      """
    return page
  }

  private func rate(_ visit: Visit) async throws -> any Answering {
    let place = try await CodePlace.find(try visit.path("code"), in: visit.house)
    do {
      guard let satisfaction = try visit.form.choice("satisfaction", Satisfaction.self) else {
        throw Refusal(.invalid, "public-rating-missing", "请选择是否满意。", field: "satisfaction")
      }
      try await matters.rateService(
        squad: place.squad.id, compound: place.compound?.id.raw, studio: place.studio?.id.raw, satisfaction: satisfaction,
        words: visit.form.text("words"))
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try rating(visit, place, FormErrors(refusal)))
    }
    return try visit.done("/c/\(place.no)", saying: "已收到您的评价")
  }
}
