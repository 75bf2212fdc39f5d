import Intake
import Kernel
import Matters
import Pictures
import WebSupport

/// 已收到: the code in big type, what comes next and by when. The code itself opens it, so it can be reloaded and kept.
struct ReceiptPage: Sendable {
  let matters: Matters

  func show(_ visit: Visit) async throws -> Answer {
    let typed = try visit.path("code")
    let progress: Progress
    do { progress = try await matters.progress(receipt: typed) } catch let refusal as Refusal where refusal.kind == .missing {
      return try ProgressPages(matters: matters).unknown(visit, typed)
    }
    let code = ProgressPages.grouped(typed)
    let address = visit.site.address("/progress/\(code)")
    var page = visit.residentPage("已收到")
    page.main = """
      \(UI.heading("已收到", sub: "诉件编号 \(progress.reportNo)\(progress.compoundName.map { "·\($0)" as HTML })"))
      \(UI.receipt(code.filter { $0 != "-" }, hint: "凭查询码看办理进度，请截图或抄下来。系统只留校验值，丢了无法补查。"))
      \(UI.section("接下来", "<p>\(progress.headline)</p>\(UI.steps(ProgressView.steps(progress)))"))
      \(UI.section("把进度存到手机", """
      <div class="qr-small">\(HTML.raw(try QRCode.svg(address)))</div><p class="hint">扫码打开进度页，或者收藏这个链接：</p><p class="url" translate="no">\(UI.link(address, "/progress/\(code)"))</p>
      """))
      \(UI.toolbar([UI.linkButton("查看进度", "/progress/\(code)", .primary), UI.linkButton("返回首页", "/", .plain)]))
      """
    return try ProgressPages.quiet(page, visit)
  }
}
