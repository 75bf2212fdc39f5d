import Figures
import HTTPTypes
import Kernel
import People
import WebSupport

/// 人口: what the figures per ten thousand people are divided by, with source and date.
struct PopulationPages: Sendable {
  let figures: Figures

  func routes(_ book: inout RouteBook) {
    book.get("/figures/population", allow: .signedIn(.seeMatters)) { visit in try await show(visit, errors: .none) }
    book.get("/population", allow: .signedIn(.importCompounds)) { visit in try await show(visit, errors: .none) }
    book.post("/population", allow: .signedIn(.importCompounds)) { visit in try await take(visit) }
  }

  private func show(_ visit: Visit, errors: FormErrors, bad: [(line: Int, reason: String)] = []) async throws -> Page {
    let person = try visit.person
    let kept = try await figures.populations()
    var page = visit.page("人口", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more")]
    page.problem = !errors.isEmpty
    let form: HTML? =
      person.may(.importCompounds)
      ? UI.section(
        "导入",
        UI.form(
          "/population", tokens: try visit.formTokens(), upload: true,
          """
          \(UI.file("人口表", name: "file", accept: ".csv,.xlsx", hint: "第一行：地区代码（或小区编号）、常住人口、截至日期、来源", error: errors["file"]))
          \(UI.button("导入", icon: .upload))
          """)) : nil
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("人口", sub: "投诉万人比的分母。每个数都写明来源和日期；没有的地方不计算，也不估计"))
      \(if: !bad.isEmpty, UI.notice(.soon, "有 \(bad.count) 行没有导入", "\(HTML.join(bad.prefix(20).map { "第 \($0.line) 行：\($0.reason)" as HTML }, "<br>"))"))
      \(form)
      \(UI.table("人口", [.init("地区", .what), .init("常住人口", .figure), .init("截至", .meta), .init("来源", .meta)], kept.map { one in
        UI.Row(nil, [UI.lines("\(one.name)", "\(one.population.area)"), "\(UI.grouped(one.population.people))", "\(one.population.asOf.chineseLong)", "\(one.population.source)"])
      }, empty: UI.emptyState("还没有人口", "导入统计部门公布的常住人口后，投诉万人比才能计算。", icon: .people)))
      """
    return page
  }

  private func take(_ visit: Visit) async throws -> Answer {
    do {
      guard let file = visit.files("file").first, !file.bytes.isEmpty else {
        throw Refusal(.invalid, "population-file", "请选择人口表（CSV 或者 XLSX）。", field: "file")
      }
      let read = try figures.readPopulation(try ImportForms.read(file.bytes, file.name))
      let unknown = try await figures.keep(read.good, by: try visit.person)
      let bad = read.bad + unknown.map { (line: 0, reason: "没有代码为“\($0)”的地区或小区") }
      if bad.isEmpty { return try visit.done("/population", saying: "已导入 \(read.good.count) 行") }
      return visit.again(try await show(visit, errors: .none, bad: bad))
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try await show(visit, errors: FormErrors(refusal)), after: refusal)
    }
  }
}
