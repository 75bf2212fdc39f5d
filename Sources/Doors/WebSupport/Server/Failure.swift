import Foundation
import HTTPTypes
import Kernel

/// How refusals and errors are answered: by a page that says what to do, or by problem details (RFC 9457) for programs.
enum Failure {
  static let missing = Refusal(.missing, "door-missing", "没有这个页面，或者它不在您的办理范围内。")
  static let crossSite = Refusal(.forbidden, "door-cross-site", "这份表单不是从本系统的页面提交的，为安全起见没有受理。请打开原页面重新提交。")
  static let stale = Refusal(.forbidden, "door-stale-form", "页面打开的时间过长，请刷新后重新提交；已填写的内容保留在本机。")

  static func status(of refusal: Refusal) -> HTTPResponse.Status {
    switch refusal.kind {
    case .invalid: .unprocessableContent
    case .forbidden: .forbidden
    case .missing: .notFound
    case .conflict: .conflict
    case .limit: refusal.code.hasPrefix("form-") ? .contentTooLarge : .tooManyRequests
    case .unavailable: .serviceUnavailable
    }
  }

  struct Problem: Encodable {
    struct Detail: Encodable {
      let code: String
      let detail: String
      let field: String?
    }
    let type: String
    let title: String
    let status: Int
    let code: String
    let detail: String
    let article: String?
    let field: String?
    let errors: [Detail]?
    let requestId: String
  }

  /// - Parameter status: where HTTP has a more exact one than the refusal's kind; the problem's own `status` is the same.
  static func answer(_ refusal: Refusal, to visit: Visit, _ status: HTTPResponse.Status? = nil) throws -> Answer {
    let status = status ?? Self.status(of: refusal)
    if visit.wantsJSON { return try problem([refusal], status, visit) }
    var page = visit.page(refusal.code == stale.code ? "页面已经过期" : title(of: refusal.kind))
    page.problem = true
    let isGet = visit.method == .get || visit.method == .head
    // After a form the way back is the page with the form; a page that is missing or closed offers the start.
    let back = isGet ? "/" : visit.back
    page.main = UI.refusal(refusal, back: back, backLabel: isGet ? "返回首页" : "返回上一页", reference: visit.id)
    return .page(page, status)
  }

  static func answer(_ refusals: Refusals, to visit: Visit) throws -> Answer {
    guard refusals.all.count > 1, let first = refusals.all.first else {
      return try answer(refusals.all.first ?? Refusal(.invalid, "door-invalid", "内容需要修改。"), to: visit)
    }
    let status = status(of: first)
    if visit.wantsJSON { return try problem(refusals.all, status, visit) }
    var page = visit.page(title(of: first.kind))
    page.problem = true
    page.main = UI.problem(
      title(of: first.kind), why: "<ul>\(each: refusals.all, { "<li>\($0.message)</li>" })</ul>",
      next: [UI.linkButton("返回上一页", visit.back, .primary)], reference: visit.id)
    return .page(page, status)
  }

  private static func problem(_ refusals: [Refusal], _ status: HTTPResponse.Status, _ visit: Visit) throws -> Answer {
    let first = refusals[0]
    return try Answer.json(
      Problem(
        type: "\(visit.site.publicURL)/help/errors#\(first.code)", title: title(of: first.kind), status: status.code, code: first.code,
        detail: first.message, article: first.article, field: first.field,
        errors: refusals.count > 1 ? refusals.map { .init(code: $0.code, detail: $0.message, field: $0.field) } : nil,
        requestId: visit.id), status
    ).with(.contentType, "application/problem+json; charset=utf-8")
  }

  /// What is told of an error nobody foresaw: where to ask, never what it was.
  static func unforeseen(to visit: Visit) throws -> Answer {
    let refusal = Refusal(.unavailable, "door-error", "系统出错，没有完成这次操作，已记录在案。请稍后再试；再次出现时，请把下面的编号告诉系统管理员。")
    if visit.wantsJSON { return try problem([refusal], .internalServerError, visit) }
    var page = visit.page("系统出错")
    page.problem = true
    let isGet = visit.method == .get || visit.method == .head
    page.main = UI.problem(
      "系统出错", why: "<p>\(refusal.message)</p>",
      next: [UI.linkButton(isGet ? "返回首页" : "返回上一页", isGet ? "/" : visit.back, .primary)], reference: visit.id)
    return .page(page, .internalServerError)
  }

  static func title(of kind: Refusal.Kind) -> String {
    switch kind {
    case .invalid: "内容需要修改"
    case .forbidden: "没有权限"
    case .missing: "没有找到"
    case .conflict: "情况已经变化"
    case .limit: "超出了限度"
    case .unavailable: "暂时办不了"
    }
  }
}
