import HTTPTypes
import Intake
import Kernel
import Matters
import Storage
import WebSupport

/// 查进度, and the resident's word on the answer.
///
/// The code stands in the address so that it can be kept as a link or a QR code. It leaks nowhere: pages are never cached or
/// indexed, link to no other site, and send no referrer to one (`same-origin`; with `no-referrer` browsers would send the
/// rating form with `Origin: null`, which the door turns away).
struct ProgressPages: Sendable {
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    book.get("/progress", allow: .public) { visit in try await enter(visit) }
    book.get("/progress/{code}", allow: .public) { visit in try await show(visit) }
    book.post("/progress/{code}/rate", allow: .public, limits: .small) { visit in try await rate(visit) }
    book.post("/progress/{code}/photos", allow: .public, limits: ReportPages.limits) { visit in try await addPhotos(visit) }
  }

  /// "7KQ4-M9XD-2PWT", whatever way it was typed.
  static func grouped(_ typed: String) -> String {
    let clean = typed.uppercased().filter { $0.isLetter || $0.isNumber }
    return stride(from: 0, to: clean.count, by: 4).map { String(clean.dropFirst($0).prefix(4)) }.joined(separator: "-")
  }
  /// Never found by a search engine.
  static func quiet(_ page: Page, _ visit: Visit) throws -> Answer {
    var answer = page.answer(to: visit)
    if let robots = HTTPField.Name("X-Robots-Tag") { answer.headers[robots] = "noindex, nofollow" }
    return answer
  }

  // MARK: Entering a code

  private func enter(_ visit: Visit) async throws -> any Answering {
    guard let typed = visit.query["code"] else { return entry(visit, "", .none) }
    do { _ = try await matters.progress(receipt: typed) } catch let refusal as Refusal where refusal.kind == .missing {
      return try unknown(visit, typed)
    }
    return Answer.redirect("/progress/\(Self.grouped(typed))")
  }

  private func entry(_ visit: Visit, _ typed: String, _ errors: FormErrors) -> Page {
    var page = visit.residentPage("查进度")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("查进度"))
      \(UI.form("/progress", """
      \(UI.field("查询码", name: "code", value: typed, .code, hint: "反映问题后给您的 12 位字母和数字，例如 7KQ4-M9XD-2PWT。大小写、空格都不要紧。", error: errors["code"]))
      \(UI.toolbar([UI.button("查看进度")]))
      """))
      \(UI.details("没有查询码", "<p>通过 12345 热线反映的，请凭工单号向 12345 查询。查询码丢失的，系统无法补查，请联系属地的\(UI.link("社区工作室", "/studios"))。</p>"))
      """
    return page
  }
  /// A wrong code and an unknown one are the same page, with nothing in it that tells them apart.
  func unknown(_ visit: Visit, _ typed: String) throws -> Answer {
    let errors = FormErrors([("code", "没有查到这个查询码，请核对后再输入。")])
    var answer = try Self.quiet(entry(visit, String(typed.prefix(40)), errors), visit)
    answer.status = .notFound
    return answer
  }

  // MARK: The parcel

  private func show(_ visit: Visit) async throws -> any Answering {
    let typed = try visit.path("code")
    let progress: Progress
    do { progress = try await matters.progress(receipt: typed) } catch let refusal as Refusal where refusal.kind == .missing {
      return try unknown(visit, typed)
    }
    return try Self.quiet(page(visit, Self.grouped(typed), progress, .none), visit)
  }

  private func page(_ visit: Visit, _ code: String, _ progress: Progress, _ errors: FormErrors) throws -> Page {
    var page = visit.residentPage("办理进度")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("办理进度", sub: "\(progress.compoundName.map { "\($0)·" as HTML })\(progress.reportNo)"))
      \(UI.notice(progress.closed ? .good : .action, progress.headline))
      \(progress.reply.map { reply($0, progress) })
      \(progress.mayRate ? try rating(visit, code, progress, errors) : nil)
      \(progress.mayRate ? nil : progress.satisfaction.map { UI.notice(.neutral, "已登记的评价：\($0.chinese)") })
      \(UI.section("办到哪一步", UI.steps(ProgressView.steps(progress))))
      \(progress.photosLeft > 0 ? try photos(visit, code, progress, errors) : nil)
      \(UI.section("您反映的内容", "<p class=\"words\">\(progress.words)</p><p class=\"hint\">姓名、电话、室号已隐去。\(if: progress.photos > 0, "照片 \(progress.photos) 张。")\(progress.receivedAt.chinese) 收到。</p>"))
      """
    return page
  }

  private func reply(_ text: String, _ progress: Progress) -> HTML {
    UI.section(
      "处理结果", side: progress.outcome.map { UI.tag($0.chinese, $0 == .solved ? .good : .neutral) }, "<p class=\"words\">\(text)</p>")
  }

  private func rating(_ visit: Visit, _ code: String, _ progress: Progress, _ errors: FormErrors) throws -> HTML {
    let form = visit.form
    return UI.section(
      "请您评价", id: "rate",
      (progress.satisfaction.map { "<p class=\"hint\">回访时登记为“\($0.chinese)”。您可以在这里自己评价，以您的为准。</p>" as HTML } ?? .empty)
        + UI.form(
          "/progress/\(code)/rate", tokens: try visit.formTokens(), draft: "rate-\(code.suffix(4))",
          """
          \(UI.radios("问题解决了吗", name: "solved", [.init("yes", "已解决"), .init("no", "没有解决")], value: form["solved"], error: errors["solved"], inline: true))
          \(UI.radios("您是否满意", name: "satisfaction", Satisfaction.allCases.map { UI.Choice($0.rawValue, $0.chinese) }, value: form["satisfaction"], error: errors["satisfaction"]))
          \(UI.textarea("想说的话", name: "note", value: form.text("note"), limit: 1000, hint: "不满意的，请写明哪里还没有处理好；没有解决又不满意的，会重新办理。", error: errors["note"], optional: true))
          \(UI.toolbar([UI.button("送出评价")]))
          """))
  }

  private func photos(_ visit: Visit, _ code: String, _ progress: Progress, _ errors: FormErrors) throws -> HTML {
    UI.section(
      "补充照片", id: "photos",
      UI.form(
        "/progress/\(code)/photos", tokens: try visit.formTokens(), upload: true,
        """
        \(UI.photos("照片", limit: progress.photosLeft, hint: "还可以补充 \(progress.photosLeft) 张，例如现在的样子。转给别人看的图片不含定位信息。", error: errors["photos"], optional: false))
        \(UI.toolbar([UI.button("送出照片", .secondary, icon: .camera)]))
        """))
  }

  private func addPhotos(_ visit: Visit) async throws -> any Answering {
    try await sent(visit) { typed, progress in
      let sent = visit.files("photos").map(\.bytes).filter { !$0.isEmpty }
      if sent.isEmpty { throw Refusal(.invalid, "public-photos-missing", "请先拍照或者选择照片。", field: "photos") }
      // Nothing is kept of what will not be taken.
      if !progress.closed, sent.count > progress.photosLeft {
        throw Refusal(
          progress.photosLeft > 0 ? .invalid : .conflict, "matters-photos-many",
          "每件最多 \(NewReport.mostFiles) 张照片，还可以补充 \(progress.photosLeft) 张。", field: "photos")
      }
      let files = progress.closed ? [] : try await PhotoIntake(vault: visit.house.vault).keep(sent)
      let new = try await matters.addPhotos(receipt: typed, files: files)
      return new == 0 ? "这些照片已经收到过" : "已收到 \(new) 张照片"
    }
  }

  private func rate(_ visit: Visit) async throws -> any Answering {
    try await sent(visit) { typed, _ in
      var wrong: [Refusal] = []
      let solved = visit.form["solved"]
      if solved != "yes" && solved != "no" { wrong.append(Refusal(.invalid, "public-solved-missing", "请选择问题是否解决。", field: "solved")) }
      let satisfaction = visit.form["satisfaction"].flatMap(Satisfaction.init)
      if satisfaction == nil { wrong.append(Refusal(.invalid, "public-rating-missing", "请选择是否满意。", field: "satisfaction")) }
      guard wrong.isEmpty, let satisfaction else { throw Refusals(wrong) }
      _ = try await matters.rate(receipt: typed, satisfaction: satisfaction, solved: solved == "yes", note: visit.form.text("note"))
      return "已收到您的评价"
    }
  }

  /// A form of the progress page: back to it with a word when it was taken, and with the fields marked when it was not.
  private func sent(_ visit: Visit, _ take: (_ typed: String, Progress) async throws -> String) async throws -> any Answering {
    let typed = try visit.path("code")
    let progress: Progress
    do { progress = try await matters.progress(receipt: typed) } catch let refusal as Refusal where refusal.kind == .missing {
      return try unknown(visit, typed)
    }
    let code = Self.grouped(typed)
    do {
      return try visit.done("/progress/\(code)", saying: try await take(typed, progress))
    } catch let wrong as Refusals {
      return visit.again(try page(visit, code, progress, FormErrors(wrong)))
    } catch let wrong as Refusal where wrong.kind == .invalid {
      return visit.again(try page(visit, code, progress, FormErrors(wrong)))
    }
  }
}
