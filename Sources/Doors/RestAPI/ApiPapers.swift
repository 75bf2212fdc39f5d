import Cases
import Foundation
import HTTPTypes
import Kernel
import People
import WebSupport

/// The papers of a case by API: drafted by its steps, edited, issued and corrected by the same commands as on their pages.
enum ApiPapers {
  static let schemas: [(String, ApiSchema)] = [
    ("Paper", PaperAnswer.schema), ("PaperFile", PaperFileAnswer.schema), ("PaperField", PaperFieldAnswer.schema),
    ("PaperList", PaperListAnswer.schema), ("NewPaper", NewPaperBody.schema), ("PaperTexts", texts(required: true)),
    ("PaperIssue", texts(required: false)),
  ]
  private static func texts(required: Bool) -> ApiSchema {
    let list = ApiSchema.array(
      .object([.init("name", .string("字段，如 facts")), .init("text", .text(0...Cases.longestPaperText, "全文，代替原来的；没有写的字段不变"))]))
    return .body([.init("texts", list, required: required)])
  }
}

struct NewPaperBody: Decodable, Sendable {
  var kind: String
  static let schema = ApiSchema.body([.init("kind", .string("文书种类，取自文书列表的 makeable"))])
}
struct PaperTextsBody: Decodable, Sendable {
  struct One: Decodable, Sendable {
    var name: String
    var text: String
  }
  var texts: [One]?

  /// - Throws: `Refusal` `api-paper-field` for a field that the paper does not ask for: its text would be lost without a word.
  func byName(_ sheet: PaperSheet) throws(Refusal) -> [String: String] {
    var out: [String: String] = [:]
    for one in texts ?? [] {
      guard sheet.fields.contains(where: { $0.name == one.name }) else {
        throw Refusal(
          .invalid, "api-paper-field", "《\(sheet.paper.title)》没有字段 \(one.name.prefix(60))，请核对拼写。", field: String(one.name.prefix(60)))
      }
      out[one.name] = one.text
    }
    return out
  }
}

struct PaperAnswer: Encodable, Sendable {
  let id: String
  let kind: String
  let title: String
  let no: String?
  let state: String
  let version: Int
  let madeAt: String
  let editedAt: String?
  let issuedAt: String?
  let issuedBy: String?
  let sha256: String?
  let replaces: String?
  init(_ paper: PaperRecord) {
    (id, kind, title, no) = ("\(paper.id)", paper.kind, paper.title, paper.no)
    (state, version, madeAt) = (paper.state.rawValue, paper.version, paper.madeAt.iso8601)
    (editedAt, issuedAt, issuedBy) = (paper.editedAt?.iso8601, paper.issuedAt?.iso8601, paper.issuedBy)
    (sha256, replaces) = (paper.sha256, paper.replaces.map { "\($0)" })
  }
  static let schema = ApiSchema.object([
    .init("id", .string()), .init("kind", .string("文书种类")), .init("title", .string()), .init("no", .string("文号"), required: false),
    .init("state", .choice(PaperRecord.State.allCases.map(\.rawValue), "draft 草稿，issued 已签发，replaced 已被更正")),
    .init("version", .integer("放入 If-Match")), .init("madeAt", .string("起草时间")),
    .init("editedAt", .string("有人修改草稿的时间"), required: false), .init("issuedAt", .string(), required: false),
    .init("issuedBy", .string(), required: false), .init("sha256", .string("PDF 的哈希，第一次取 PDF 之后有"), required: false),
    .init("replaces", .string("更正的是哪一份"), required: false),
  ])
}
struct PaperFieldAnswer: Encodable, Sendable {
  let name: String
  let label: String
  let text: String
  let optional: Bool
  let fulfils: [String]
  static let schema = ApiSchema.object([
    .init("name", .string()), .init("label", .string()), .init("text", .string()), .init("optional", .boolean("可以不填")),
    .init("fulfils", .array(.string("它满足的必备内容"))),
  ])
}
struct PaperFileAnswer: Encodable, Sendable {
  let paper: PaperAnswer
  let basis: String?
  let fields: [PaperFieldAnswer]
  let mayEdit: Bool
  let mayIssue: Bool
  let replacedBy: String?
  init(_ sheet: PaperSheet) {
    paper = PaperAnswer(sheet.paper)
    basis = sheet.form.paper.basis
    fields = sheet.fields.map {
      PaperFieldAnswer(
        name: $0.name, label: $0.label, text: sheet.paper.texts[$0.name] ?? "",
        optional: $0.isOptional || ($0.fulfils.isEmpty && !$0.sign.isEmpty), fulfils: $0.fulfils)
    }
    (mayEdit, mayIssue, replacedBy) = (sheet.mayEdit, sheet.mayIssue, sheet.replacedBy.map { "\($0.id)" })
  }
  static let schema = ApiSchema.object([
    .init("paper", .ref("Paper")), .init("basis", .string("必备内容的依据"), required: false), .init("fields", .array(.ref("PaperField"))),
    .init("mayEdit", .boolean()), .init("mayIssue", .boolean()), .init("replacedBy", .string("更正它的是哪一份"), required: false),
  ])
}
struct PaperListAnswer: Encodable, Sendable {
  struct Kind: Encodable, Sendable {
    let kind: String
    let name: String
  }
  let papers: [PaperAnswer]
  let makeable: [Kind]
  static let schema = ApiSchema.object([
    .init("papers", .array(.ref("Paper"))),
    .init("makeable", .array(.object([.init("kind", .string()), .init("name", .string("不由步骤起草、可以另行制作的文书"))]))),
  ])
}

extension RestRoutes {
  private func paperID(_ visit: Visit) throws -> PaperRecord.ID { try visit.pathID("id", PaperRecord.self) }
  private func answer(_ paper: PaperRecord, _ status: HTTPResponse.Status = .ok) throws -> Answer {
    try Answer.json(PaperAnswer(paper), status).with(.eTag, "\"\(paper.version)\"")
  }

  var paperEndpoints: [ApiEndpoint] {
    let tag = "案件文书"
    return [
      ApiEndpoint(.get, "/cases/{no}/papers", .seeCases, tag, "一件案件的文书，按起草的先后", answer: .ref("PaperList")) { visit in
        let papers = try await cases.papers(of: try visit.path("no"), for: try visit.person)
        return try Answer.json(
          PaperListAnswer(papers: papers.map(PaperAnswer.init), makeable: cases.makeable.map { .init(kind: $0.id, name: $0.paper.name) }))
      },
      ApiEndpoint(
        .post, "/cases/{no}/papers", .workCases, tag, "制作一份不由步骤起草的文书", body: "NewPaper", status: 201, answer: .ref("Paper"),
        idempotent: true
      ) { visit in
        let (no, person) = (try visit.path("no"), try visit.person)
        _ = try await cases.record(no, for: person)
        let body: NewPaperBody = try visit.decode()
        let id = try await cases.makePaper(body.kind, for: no, by: person)
        return try answer(try await cases.paper(id, of: no, for: person).paper, .created)
      },
      ApiEndpoint(.get, "/cases/{no}/papers/{id}", .seeCases, tag, "一份文书：内容、必备内容和依据", answer: .ref("PaperFile")) { visit in
        let sheet = try await cases.paper(try paperID(visit), of: try visit.path("no"), for: try visit.person)
        return try Answer.json(PaperFileAnswer(sheet)).with(.eTag, "\"\(sheet.paper.version)\"")
      },
      ApiEndpoint(
        .patch, "/cases/{no}/papers/{id}", .workCases, tag, "修改草稿的内容", body: "PaperTexts", answer: .ref("PaperFile"), versioned: true,
        idempotent: true
      ) { visit in
        let (id, no, person) = (try paperID(visit), try visit.path("no"), try visit.person)
        let sheet = try await cases.paper(id, of: no, for: person)
        let body: PaperTextsBody = try visit.decode()
        guard body.texts != nil else { throw Refusal(.invalid, "json-missing-key", "缺少字段 texts。", field: "texts") }
        try await cases.edit(id, of: no, texts: try body.byName(sheet), version: try Self.version(visit), by: person)
        let after = try await cases.paper(id, of: no, for: person)
        return try Answer.json(PaperFileAnswer(after)).with(.eTag, "\"\(after.paper.version)\"")
      },
      ApiEndpoint(
        .post, "/cases/{no}/papers/{id}/issue", .workCases, tag, "签发：检查必备内容、编号、固定内容；可以同时补充内容", body: "PaperIssue",
        answer: .ref("Paper"), versioned: true, idempotent: true
      ) { visit in
        let (id, no, person) = (try paperID(visit), try visit.path("no"), try visit.person)
        let sheet = try await cases.paper(id, of: no, for: person)
        let body = visit.body.isEmpty ? PaperTextsBody() : try visit.decode(PaperTextsBody.self)
        let issued = try await cases.issue(
          id, of: no, texts: body.texts == nil ? nil : try body.byName(sheet), version: try Self.version(visit), by: person)
        return try answer(issued)
      },
      ApiEndpoint(
        .post, "/cases/{no}/papers/{id}/correction", .workCases, tag, "更正已签发的文书：起草新的一份，签发后取代原件", body: "Reason", status: 201,
        answer: .ref("Paper"), versioned: true, idempotent: true
      ) { visit in
        let (id, no, person) = (try paperID(visit), try visit.path("no"), try visit.person)
        _ = try await cases.paper(id, of: no, for: person)
        let body: ApiSteps.Reason = try visit.decode()
        let new = try await cases.correct(id, of: no, reason: body.reason, version: try Self.version(visit), by: person)
        return try answer(try await cases.paper(new, of: no, for: person).paper, .created)
      },
      ApiEndpoint(.get, "/cases/{no}/papers/{id}/pdf", .seeCases, tag, "文书的 PDF；草稿带有“草稿”字样", answer: .file("application/pdf")) {
        visit in
        let (bytes, name) = try await cases.pdf(of: try paperID(visit), try visit.path("no"), for: try visit.person)
        return Answer.file(bytes, type: "application/pdf", name: name)
      },
      ApiEndpoint(.get, "/cases/{no}/bound", .seeCases, tag, "案卷：封面、目录和全部已签发的文书", answer: .file("application/pdf")) { visit in
        let (bytes, name) = try await cases.bound(try visit.path("no"), for: try visit.person)
        return Answer.file(bytes, type: "application/pdf", name: name)
      },
    ]
  }
}
