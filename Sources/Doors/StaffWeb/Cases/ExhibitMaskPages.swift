import Cases
import Foundation
import Kernel
import People
import Pictures
import WebSupport

/// 公开用副本: black over faces, plates and door numbers. Drawn with the finger where there is a script, typed as numbers where there is none.
struct ExhibitMaskPages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/cases/{no}/exhibits/{n}/mask", allow: .signedIn(.workCases)) { visit in try await show(visit, errors: .none) }
    book.post("/cases/{no}/exhibits/{n}/mask", allow: .signedIn(.workCases), limits: .small) { visit in try await mask(visit) }
  }

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let (no, number) = (try visit.path("no"), try ExhibitPages.number(visit))
    let exhibit = try await cases.exhibit(number, of: no, for: try visit.person)
    var page = visit.page("公开用副本：\(exhibit.title)", active: "cases", wide: true)
    page.crumbs = ExhibitPages.crumbs(no) + [.init(exhibit.name, ExhibitWords.address(no, "\(number)"))]
    page.problem = !errors.isEmpty
    guard exhibit.shown != nil, exhibit.maskedOf == nil else {
      page.main = UI.emptyState(
        "这份证据不能制作副本", "只有能显示的照片原件可以。HEIC 照片请先另存为 JPG 登记。",
        actions: [UI.linkButton("返回证据", ExhibitWords.address(no, "\(number)"), .primary)], icon: .lock)
      return page
    }
    let picture = ExhibitWords.address(no, "\(number)/picture")
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("制作公开用副本", sub: "在照片上拖动，框出人脸、车牌、门牌等；保存后另成一份证据，原件不变"))
      \(UI.form(ExhibitWords.address(no, "\(number)/mask"), tokens: try visit.formTokens(), """
        <div data-mask="f-areas"><img\(attr("src", url: picture)) alt="\(exhibit.title)" width="640"></div>
        \(UI.textarea("遮盖的位置", name: "areas", value: visit.form.text("areas"), rows: 3, hint: "每行一处：左 上 宽 高，各为照片宽、高的百分比，如“12.5 30 20 15”", error: errors["areas"]))
        \(UI.toolbar([UI.button("保存副本", icon: .check)]))
        """))
      """
    return page
  }

  func mask(_ visit: Visit) async throws -> Answer {
    let (no, number) = (try visit.path("no"), try ExhibitPages.number(visit))
    do {
      let copy = try await cases.mask(number, of: no, try Self.areas(visit.form.text("areas")), by: try visit.person)
      return try visit.done(ExhibitWords.address(no, "\(copy.number)"), saying: "已制作公开用副本（\(copy.name)），请看一遍有没有漏遮")
    } catch let refusal as Refusal where [.invalid, .conflict].contains(refusal.kind) {
      return visit.again(try await show(visit, errors: FormErrors(refusal)), after: refusal)
    }
  }

  /// "12.5 30 20 15" on each line, in percent.
  static func areas(_ text: String) throws(Refusal) -> [PhotoArea] {
    var out: [PhotoArea] = []
    for (index, line) in text.split(separator: "\n").enumerated() where !line.allSatisfy(\.isWhitespace) {
      let numbers = line.split(whereSeparator: { $0.isWhitespace || $0 == "," || $0 == "，" || $0 == "、" }).map { Double($0) }
      guard numbers.count == 4, let left = numbers[0], let top = numbers[1], let width = numbers[2], let height = numbers[3],
        let area = PhotoArea(left: left / 100, top: top / 100, width: width / 100, height: height / 100)
      else {
        throw Refusal(.invalid, "cases-mask-area", "第 \(index + 1) 行应是四个百分比：左 上 宽 高，宽和高大于零。", field: "areas")
      }
      out.append(area)
    }
    return out
  }
}
