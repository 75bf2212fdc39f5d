import Cases
import Catalogue
import Compounds
import Foundation
import HTTPTypes
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// `/api/v1`: reports in, matters out, every step of the loop and of a case, its papers and its evidence. A token acts as the account it was issued to and sees what that account sees.
public struct RestRoutes: Sendable {
  let matters: Matters
  let cases: Cases
  let catalogue: Catalogue
  public init(matters: Matters, cases: Cases, catalogue: Catalogue) {
    self.matters = matters
    self.cases = cases
    self.catalogue = catalogue
  }

  public func routes(_ book: inout RouteBook) {
    for endpoint in endpoints { endpoint.register(&book) }
    let document = openAPI
    book.get("/api/v1/openapi.json", allow: .public) { _ in
      Answer(.ok, headers: [.contentType: "application/json; charset=utf-8"], body: .bytes(Array(document.utf8)))
    }
  }

  /// The OpenAPI 3.1 document, made from the same values that register the routes.
  public var openAPI: String { OpenAPIDocument(endpoints: endpoints, schemas: Self.schemas).text }

  static let schemas = ApiModels.schemas + ApiSteps.schemas + ApiCases.schemas + ApiPapers.schemas + ApiExhibits.schemas

  var endpoints: [ApiEndpoint] {
    reportEndpoints + matterEndpoints + stepEndpoints + caseEndpoints + paperEndpoints + exhibitEndpoints + uploadEndpoints
      + registerEndpoints
  }
}

extension RestRoutes {
  var reportEndpoints: [ApiEndpoint] {
    [
      ApiEndpoint(
        .post, "/reports", .importReports, "诉件", "登记一件诉件；已落盘后才返回", body: "NewReport", status: 201, others: [200], answer: .ref("Received"),
        idempotent: true
      ) { visit in
        let body: NewReportBody = try visit.decode()
        let received = try await matters.receive(try await report(body, visit), by: try visit.person.actor)
        return try Answer.json(ReceivedAnswer(received), received.repeated ? .ok : .created)
      },
      ApiEndpoint(.get, "/reports/{no}", .seeMatters, "诉件", "查询一件诉件的办理情况", answer: .ref("Report")) { visit in
        let no = try visit.path("no")
        let matterNo = try await matters.matterNo(ofReport: no, for: try visit.person)
        let file = try await matters.file(matterNo, for: try visit.person)
        guard let sheet = file.reports.first(where: { $0.report.no == no }) else {
          throw Refusal(.missing, "api-no-report", "没有这件诉件，或者它不在您的范围内。")
        }
        return try Answer.json(ReportAnswer(sheet))
      },
    ]
  }

  /// RFC 3339, with or without fractions of a second, of a year that a calendar has.
  static func date(_ text: String) -> Date? {
    let date =
      (try? Date(text, strategy: .iso8601)) ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    return date.flatMap { abs($0.timeIntervalSince1970) < 1e11 ? $0 : nil }
  }

  func report(_ body: NewReportBody, _ visit: Visit) async throws -> NewReport {
    var saidAt = visit.now
    if let text = body.saidAt {
      guard let date = Self.date(text) else {
        throw Refusal(.invalid, "api-said-at", "saidAt 须为带时区的 ISO 8601 时间，如 2026-09-24T10:00:00+08:00。", field: "saidAt")
      }
      saidAt = Moment(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
    }
    let channel = body.channel ?? .api
    guard [.api, .department, .media, .petition, .studio].contains(channel) else {
      throw Refusal(.invalid, "api-channel", "接口登记的渠道只能是 api、department、media、petition、studio。", field: "channel")
    }
    var new = NewReport(channel: channel, content: body.content, saidAt: saidAt)
    new.place = body.place ?? ""
    new.nature = body.nature ?? .complaint
    new.sourceNo = body.sourceNo
    new.urgent = body.urgent ?? false
    new.callerName = body.name
    new.callerPhone = body.phone
    new.reporter = try visit.person.id.raw
    new.receiver = try visit.person.office?.raw
    // One account's key never answers another's question.
    new.idempotencyKey = try visit.once.map { "api-\(try visit.person.id)-\($0)" }
    if let la = body.latitude, let lo = body.longitude {
      guard let position = Coordinates(latitude: la, longitude: lo) else {
        throw Refusal(.invalid, "api-position", "坐标须为 WGS-84 的经纬度。", field: "latitude")
      }
      new.position = position
    }
    if let slug = body.item {
      // A wrong word in a body is to be mended, not a page that is missing.
      guard catalogue.item(slug) != nil else {
        throw Refusal(.invalid, "catalogue-no-such-item", "目录中没有这个执法事项，请重新选择。", field: "item")
      }
      new.item = slug
    }
    if let no = body.compound {
      guard let compound = try await matters.house.store.read({ db in try CompoundStore.find(no: no, db) }) else {
        throw Refusal(.invalid, "api-no-compound", "没有编号为 \(no.prefix(20)) 的小区。", field: "compound")
      }
      new.compound = compound.id.raw
    }
    return new
  }

  var matterEndpoints: [ApiEndpoint] {
    [
      ApiEndpoint(
        .get, "/matters", .seeMatters, "事项", "本人范围内的事项，按键集翻页",
        query: [
          .init(name: "group", schema: .choice(MatterFilter.Group.allCases.map(\.rawValue))), .init(name: "q", schema: .string("全文检索")),
          .init(name: "item", schema: .string()), .init(name: "order", schema: .choice(["newest", "due"])),
          .init(name: "after", schema: .string()),
          .init(name: "limit", schema: .count(1...200, "缺省 50")),
        ], answer: .ref("MatterList")
      ) { visit in
        var filter = MatterFilter()
        filter.group = try visit.query.choice("group") ?? .open
        filter.order = try visit.query.choice("order") ?? .newest
        filter.item = visit.query["item"]
        filter.words = visit.query["q"]
        let limit = try visit.query.int("limit", in: 1...200) ?? 50
        let after = try visit.query["after"].map { text throws(Refusal) in
          guard let cursor = MatterCursor(text) else {
            throw Refusal(.invalid, "api-after", "after 须为上一页答复中的 next。", field: "after")
          }
          return cursor
        }
        let page = try await matters.list(filter, for: try visit.person, after: after, limit: limit)
        return try Answer.json(MatterListAnswer(matters: page.matters.map(MatterAnswer.init), next: page.next?.text))
      },
      ApiEndpoint(.get, "/matters/{no}", .seeMatters, "事项", "一个事项：诉件、时限、可办的步骤和经过", answer: .ref("MatterFile")) { visit in
        let file = try await matters.file(try visit.path("no"), for: try visit.person)
        return try Answer.json(MatterFileAnswer(file)).with(.eTag, "\"\(file.matter.version)\"")
      },
    ]
  }

  var registerEndpoints: [ApiEndpoint] {
    [
      ApiEndpoint(.get, "/items", nil, "目录", "执法事项目录", query: [.init(name: "q", schema: .string())], answer: .array(.ref("Item"))) {
        visit in
        let items = visit.query["q"].map(catalogue.search) ?? catalogue.items
        return try Answer.json(items.map(Self.item))
      },
      ApiEndpoint(.get, "/items/{slug}", nil, "目录", "一个执法事项", answer: .ref("Item")) { visit in
        guard let item = catalogue.item(try visit.path("slug")) else { throw Refusal(.missing, "api-no-item", "目录中没有这个执法事项。") }
        return try Answer.json(Self.item(item))
      },
      ApiEndpoint(
        .get, "/compounds", .seeCompounds, "小区", "按名称、别名、地址查小区", query: [.init(name: "q", schema: .string())],
        answer: .array(.ref("Compound"))
      ) { visit in
        let scope = Scope(of: try visit.person)
        let words = visit.query.text("q")
        let found = try await matters.house.store.read { db in
          try CompoundStore.list(CompoundFilter(text: words), scope: scope, limit: 50, db)
        }
        return try Answer.json(found.map { CompoundAnswer(no: $0.compound.no, name: $0.compound.name, address: $0.compound.address) })
      },
    ]
  }
  static func item(_ item: Item) -> ItemAnswer {
    ItemAnswer(
      slug: item.slug, name: item.name, category: item.category.name, violation: item.violations.map(\.text),
      penalty: item.penalties.map(\.text),
      confidence: item.confidence.rawValue)
  }
}
