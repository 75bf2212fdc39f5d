import Cases
import Catalogue
import ClockBook
import Foundation
import HTTPTypes
import Kernel
import People
import Storage
import WebSupport
import WorkCalendar
import Workflow

/// The case by API: the same steps, fields and refusals as on its pages, because both are read from one table.
enum ApiCases {
  static let schemas: [(String, ApiSchema)] =
    [
      ("NewCase", NewCaseBody.schema), ("Case", CaseAnswer.schema), ("CaseFile", CaseFileAnswer.schema),
      ("CaseList", CaseListAnswer.schema),
      ("CaseAction", CaseActionAnswer.schema),
    ] + CaseEvent.allCases.map { (schemaName($0), .body($0.fields.map(field))) }

  static func schemaName(_ event: CaseEvent) -> String { "Case" + event.rawValue.prefix(1).uppercased() + event.rawValue.dropFirst() }
  /// "id-number" of a form is `idNumber` here.
  static func key(_ name: String) -> String {
    let parts = name.split(separator: "-")
    return parts.dropFirst().reduce(String(parts[0])) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }
  private static func field(_ field: CaseField) -> ApiSchema.Field {
    let label = field.hint.map { "\(field.label)；\($0)" } ?? field.label
    let schema: ApiSchema =
      switch field.kind {
      case .words, .line: .string(label)
      case .day: .formed(.format("date"), label)
      case .moment: .formed(.pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}$"), label + "，北京时间")
      case .yes: .boolean(label)
      case .choice(let choices):
        .choice(choices.map(\.value), label + "：" + choices.map { "\($0.value) \($0.label)" }.joined(separator: "，"))
      case .yuan: .number(label + "，元")
      case .count(let range): .count(range, label)
      case .squadOfficers, .handlers: .array(.string(label + "，登录名"))
      case .handler, .others: .string(label + "，登录名")
      case .department: .string(label + "，部门代码")
      case .parts: .array(.string(label + "，如 2026-10-31:1000.00"))
      case .picks: .array(.string(label + "，如 harm:2；取自裁量基准的因素和从 0 起的档次"))
      }
    let isList = [.squadOfficers, .handlers, .picks, .parts].contains(field.kind)
    return .init(key(field.name), schema, required: !field.isOptional && field.kind != .yes && !isList)
  }

  /// A body as the room reads it; people are named by their log-in.
  static func said(_ event: CaseEvent, _ body: [String: JSONValue], _ db: any Reader) throws -> CaseSaid {
    var values: [String: [String]] = [:]
    for field in event.fields {
      guard let value = body[key(field.name)], value != .null else { continue }
      let texts = try texts(value, field)
      switch field.kind {
      case .squadOfficers, .handlers, .handler, .others:
        values[field.name] = try texts.map { login in
          guard let person = try PersonStore.find(login: login, db) else {
            throw Refusal(.invalid, "api-no-person", "没有登录名为 \(login.prefix(40)) 的人员。", field: key(field.name))
          }
          return person.id.description
        }
      default: values[field.name] = texts
      }
    }
    return CaseSaid(values)
  }
  private static func texts(_ value: JSONValue, _ field: CaseField) throws(Refusal) -> [String] {
    switch (field.kind, value) {
    case (.yes, .bool(let on)): return on ? ["yes"] : []
    case (.yuan, .integer(let yuan)): return [String(yuan)]
    case (.yuan, .number(let yuan)) where yuan >= 0 && yuan < 1e9: return [String(format: "%.2f", yuan)]
    case (.count, .integer(let count)): return [String(count)]
    case (.squadOfficers, .array(let list)), (.handlers, .array(let list)), (.picks, .array(let list)),
      (.parts, .array(let list)):
      var out: [String] = []
      for one in list {
        guard case .string(let login) = one else { throw unreadable(field) }
        out.append(login)
      }
      return out
    case (.yes, _), (.yuan, _), (.count, _), (.squadOfficers, _), (.handlers, _), (.picks, _), (.parts, _): throw unreadable(field)
    case (_, .string(let text)): return [text.trimming()]
    default: throw unreadable(field)
    }
  }
  private static func unreadable(_ field: CaseField) -> Refusal {
    Refusal(.invalid, "json-unreadable", "字段 \(key(field.name)) 的内容无法识别。", field: key(field.name))
  }
}

struct NewCaseBody: Decodable, Sendable {
  var item: String
  var procedure: CaseProcedure
  var foundOn: String
  var place: String?
  var matter: String?
  var ended: String?
  var endangersLife: Bool?
  var isUnderConstruction: Bool?
  var note: String?
  static let schema = ApiSchema.body([
    .init("item", .string("执法事项")),
    .init("procedure", .choice(CaseProcedure.allCases.filter { $0 != .fastTrack }.map(\.rawValue))),
    .init("foundOn", .formed(.format("date"), "发现日期")), .init("place", .text(0...200, "违法行为发生地；由事项转来的可不填"), required: false),
    .init("matter", .string("来源事项的编号"), required: false), .init("ended", .formed(.format("date"), "违法行为终了日期；仍在继续的不填"), required: false),
    .init("endangersLife", .boolean("涉及生命健康安全且有危害后果"), required: false), .init("isUnderConstruction", .boolean("正在搭建"), required: false),
    .init("note", .string("线索情况"), required: false),
  ])
}

struct CaseAnswer: Encodable, Sendable {
  let no: String
  let version: Int
  let state: String
  let procedure: String
  let item: String
  let title: String
  let place: String
  let matter: String?
  let squad: String
  let party: String?
  let filingNo: String?
  let openedAt: String
  let due: String?
  let closedAt: String?
  init(_ record: CaseRecord) {
    no = record.no
    version = record.version
    state = record.state.rawValue
    procedure = record.file.procedure.rawValue
    item = record.file.item
    title = record.title
    place = record.placeText
    matter = record.matterNo
    squad = record.squadName
    party = record.partyName
    filingNo = record.filingNo
    openedAt = record.openedAt.iso8601
    due = record.due?.iso8601
    closedAt = record.closedAt?.iso8601
  }
  static let schema = ApiSchema.object([
    .init("no", .string()), .init("version", .integer("放入 If-Match")), .init("state", .choice(CaseState.allCases.map(\.rawValue))),
    .init("procedure", .choice(CaseProcedure.allCases.map(\.rawValue))), .init("item", .string()), .init("title", .string()),
    .init("place", .string()), .init("matter", .string("来源事项"), required: false), .init("squad", .string()),
    .init("party", .string("当事人"), required: false), .init("filingNo", .string("立案号"), required: false), .init("openedAt", .string()),
    .init("due", .string("最早的时限"), required: false), .init("closedAt", .string(), required: false),
  ])
}
struct CaseActionAnswer: Encodable, Sendable {
  let action: String
  /// Where it is taken, below `/cases/{no}/steps/`.
  let step: String
  /// The whole address below `/api/v1`; evidence is entered piece by piece.
  let path: String
  let missing: String?
  let message: String?
  let article: String?
  static let schema = ApiSchema.object([
    .init("action", .choice(CaseEvent.allCases.map(\.rawValue))), .init("step", .string("办理地址的最后一段")),
    .init("path", .string("办理的地址，在 /api/v1 之下；证据逐件登记")),
    .init("missing", .string("尚缺条件的错误码"), required: false), .init("message", .string(), required: false),
    .init("article", .string("依据的条文"), required: false),
  ])
}
struct CaseFileAnswer: Encodable, Sendable {
  let `case`: CaseAnswer
  /// Fen.
  let owed: Int
  let officers: [String]
  let actions: [CaseActionAnswer]
  let clocks: [ClockAnswer]
  let story: [EventAnswer]
  init(_ sheet: CaseSheet) {
    `case` = CaseAnswer(sheet.record)
    owed = sheet.owed
    officers = sheet.officers.map(\.name)
    let no = sheet.record.no
    actions = sheet.choices.map {
      CaseActionAnswer(
        action: $0.event.rawValue, step: $0.event.noun,
        path: "/cases/\(no)/" + ($0.event == .collect ? "exhibits" : "steps/\($0.event.noun)"), missing: $0.missing?.code,
        message: $0.missing?.message,
        article: $0.missing?.article)
    }
    clocks = sheet.clocks.map {
      ClockAnswer(kind: $0.kind, name: $0.name, basis: $0.basis, state: $0.state.rawValue, due: $0.due.iso8601, steps: $0.steps.map(\.text))
    }
    story = sheet.steps.map { EventAnswer(at: $0.at.iso8601, who: $0.who, what: $0.event.chinese, note: $0.note) }
  }
  static let schema = ApiSchema.object([
    .init("case", .ref("Case")), .init("owed", .integer("尚欠，分")), .init("officers", .array(.string("承办人员"))),
    .init("actions", .array(.ref("CaseAction"))), .init("clocks", .array(.ref("Clock"))), .init("story", .array(.ref("Event"))),
  ])
}
struct CaseListAnswer: Encodable, Sendable {
  let cases: [CaseAnswer]
  let next: String?
  static let schema = ApiSchema.object([.init("cases", .array(.ref("Case"))), .init("next", .string("下一页的 after"), required: false)])
}

extension RestRoutes {
  var caseEndpoints: [ApiEndpoint] {
    [
      ApiEndpoint(
        .get, "/cases", .seeCases, "案件", "本人范围内的案件，按键集翻页",
        query: [
          .init(name: "group", schema: .choice(CaseFilter.Group.allCases.map(\.rawValue))), .init(name: "item", schema: .string()),
          .init(name: "procedure", schema: .choice(CaseProcedure.allCases.map(\.rawValue))), .init(name: "after", schema: .string()),
          .init(name: "limit", schema: .count(1...200, "缺省 50")),
        ], answer: .ref("CaseList")
      ) { visit in
        var filter = CaseFilter()
        filter.group = try visit.query.choice("group") ?? .open
        filter.item = visit.query["item"]
        filter.procedure = try visit.query.choice("procedure")
        let after = try visit.query["after"].map { text throws(Refusal) in
          guard let id = CaseRecord.ID(text) else { throw Refusal(.invalid, "api-after", "after 须为上一页答复中的 next。", field: "after") }
          return id
        }
        let page = try await cases.list(
          filter, for: try visit.person, after: after, limit: try visit.query.int("limit", in: 1...200) ?? 50)
        return try Answer.json(CaseListAnswer(cases: page.cases.map(CaseAnswer.init), next: page.next?.description))
      },
      ApiEndpoint(.get, "/cases/{no}", .seeCases, "案件", "一件案件：可办的步骤、尚缺的条件和条文、时限和经过", answer: .ref("CaseFile")) { visit in
        let sheet = try await cases.sheet(try visit.path("no"), for: try visit.person)
        return try Answer.json(CaseFileAnswer(sheet)).with(.eTag, "\"\(sheet.record.version)\"")
      },
      ApiEndpoint(
        .post, "/cases", .workCases, "案件", "登记一条案件线索", body: "NewCase", status: 201, answer: .ref("Case"), idempotent: true
      ) { visit in
        let person = try visit.person
        var new = try newCase(try visit.decode())
        new.onceKey = visit.once.map { "api-case-\(person.id)-\($0)" }
        let record = try await cases.open(new, by: person)
        return try Answer.json(CaseAnswer(record), .created).with(.eTag, "\"\(record.version)\"")
      },
    ] + CaseEvent.allCases.map(caseStep)
  }

  private func newCase(_ body: NewCaseBody) throws -> NewCase {
    func day(_ text: String, _ field: String) throws(Refusal) -> Day {
      guard let day = Day(iso: text) else { throw Refusal(.invalid, "api-day", "\(field) 须为日期，如 2026-09-24。", field: field) }
      return day
    }
    guard body.procedure != .fastTrack else {
      throw Refusal(.invalid, "api-procedure", "快速办理由普通程序转入，登记时请选普通程序。", field: "procedure")
    }
    // A wrong word in a body is to be mended, not a page that is missing.
    guard catalogue.item(body.item) != nil else {
      throw Refusal(.invalid, "catalogue-no-such-item", "目录中没有这个执法事项，请重新选择。", field: "item")
    }
    var new = NewCase(item: body.item, procedure: body.procedure, foundOn: try day(body.foundOn, "foundOn"), place: body.place ?? "")
    new.matterNo = body.matter
    new.ended = try body.ended.map { text throws(Refusal) in try day(text, "ended") }
    new.endangersLife = body.endangersLife ?? false
    new.isUnderConstruction = body.isUnderConstruction ?? false
    new.note = body.note
    return new
  }

  private func caseStep(_ event: CaseEvent) -> ApiEndpoint {
    ApiEndpoint(
      .post, "/cases/{no}/steps/\(event.noun)", .workCases, "案件办理",
      event == .collect ? "收集证据：逐件登记（POST …/exhibits）时自动记录，这里只计入还没有计入的，件数不用填" : event.chinese,
      body: .json(ApiCases.schemaName(event)), answer: .ref("Case"),
      versioned: true, idempotent: true
    ) { visit in
      let body: [String: JSONValue] = visit.body.isEmpty ? [:] : try visit.decode()
      let said = try await cases.house.store.read { db in try ApiCases.said(event, body, db) }
      let record = try await cases.step(
        event, said, on: try visit.path("no"), version: try Self.version(visit), by: try visit.person)
      return try Answer.json(CaseAnswer(record)).with(.eTag, "\"\(record.version)\"")
    }
  }
}
