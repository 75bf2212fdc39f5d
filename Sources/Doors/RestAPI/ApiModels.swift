import ClockBook
import Intake
import Kernel
import Matters
import WorkCalendar

/// The shapes of the API's JSON, each beside its schema.
enum ApiModels {
  static let schemas: [(String, ApiSchema)] = [
    ("NewReport", NewReportBody.schema), ("Received", ReceivedAnswer.schema), ("Reading", ReadingAnswer.schema),
    ("Report", ReportAnswer.schema),
    ("Matter", MatterAnswer.schema), ("MatterFile", MatterFileAnswer.schema), ("MatterList", MatterListAnswer.schema),
    ("Action", ActionAnswer.schema),
    ("Clock", ClockAnswer.schema), ("Event", EventAnswer.schema), ("Item", ItemAnswer.schema), ("Compound", CompoundAnswer.schema),
    ("Problem", problem),
  ]
  static let problem = ApiSchema.object([
    .init("type", .string()), .init("title", .string()), .init("status", .integer()), .init("code", .string("稳定的错误码")),
    .init("detail", .string("可照做的说明")),
    .init("article", .string("依据的条文"), required: false), .init("field", .string("出错的字段"), required: false),
    .init(
      "errors",
      .array(.object([.init("code", .string()), .init("detail", .string()), .init("field", .string(), required: false)])), required: false),
    .init("requestId", .string()),
  ])
}

struct NewReportBody: Decodable, Sendable {
  var content: String
  var place: String?
  var compound: String?
  var item: String?
  var nature: Report.Nature?
  var channel: Report.Channel?
  var saidAt: String?
  var sourceNo: String?
  var urgent: Bool?
  var name: String?
  var phone: String?
  var latitude: Double?
  var longitude: Double?
  static let schema = ApiSchema.body([
    .init("content", .text(1...20_000, "原话，最多 20000 字")), .init("place", .text(0...300, "地点描述"), required: false),
    .init("compound", .string("小区编号（城管码）"), required: false),
    .init("item", .string("执法事项"), required: false), .init("nature", .choice(Report.Nature.allCases.map(\.rawValue)), required: false),
    .init("channel", .choice(["api", "department", "media", "petition", "studio"], "缺省为 api"), required: false),
    .init("saidAt", .formed(.format("date-time"), "ISO 8601，缺省为收到时间"), required: false),
    .init("sourceNo", .string("来源系统的编号，同一编号只登记一次"), required: false),
    .init("urgent", .boolean(), required: false), .init("name", .string("封存"), required: false),
    .init("phone", .string("封存"), required: false),
    .init("latitude", .number("WGS-84"), required: false), .init("longitude", .number("WGS-84"), required: false),
  ])
}

struct ReadingAnswer: Encodable, Sendable {
  let compound: String?
  let building: String?
  let placeScore: Double
  let placeReasons: [String]
  let item: String?
  let itemScore: Double
  let itemReasons: [String]
  let otherItems: [String]
  let outOfScope: Bool
  let referral: String?
  init(_ r: Reading) {
    compound = r.compoundName
    building = r.building
    placeScore = r.placeScore
    placeReasons = r.placeReasons
    item = r.item
    itemScore = r.itemScore
    itemReasons = r.itemReasons
    otherItems = r.otherItems
    outOfScope = r.outOfScope
    referral = r.referral
  }
  static let schema = ApiSchema.object([
    .init("compound", .string(), required: false), .init("building", .string(), required: false), .init("placeScore", .number("0 至 1")),
    .init("placeReasons", .array(.string())), .init("item", .string(), required: false), .init("itemScore", .number("0 至 1")),
    .init("itemReasons", .array(.string())), .init("otherItems", .array(.string())), .init("outOfScope", .boolean()),
    .init("referral", .string(), required: false),
  ])
}

struct ReceivedAnswer: Encodable, Sendable {
  let report: String
  let matter: String
  /// Only the first time: a repeated key cannot be told a code that is stored as its hash.
  let receipt: String?
  let joined: Bool
  let repeated: Bool
  let reading: ReadingAnswer
  init(_ r: Received) {
    report = r.report.no
    matter = r.matterNo
    receipt = r.receipt
    joined = r.joined
    repeated = r.repeated
    reading = ReadingAnswer(r.report.reading)
  }
  static let schema = ApiSchema.object([
    .init("report", .string("诉件编号")), .init("matter", .string("事项编号")), .init("receipt", .string("查询码，只返回一次"), required: false),
    .init("joined", .boolean("并入已有事项")), .init("repeated", .boolean("同一幂等键已登记过")), .init("reading", .ref("Reading")),
  ])
}

struct ReportAnswer: Encodable, Sendable {
  let no: String
  let channel: String
  let nature: String
  let receivedAt: String
  let sourceNo: String?
  let urgent: Bool
  /// Names, phones and rooms are masked here always; the API never opens a sealed identity.
  let words: String
  let contactedAt: String?
  let repliedAt: String?
  let reply: String?
  let outcome: String?
  let satisfaction: String?
  init(_ sheet: MatterFile.ReportSheet) {
    let r = sheet.report
    no = r.no
    channel = r.channel.rawValue
    nature = r.nature.rawValue
    receivedAt = r.receivedAt.iso8601
    sourceNo = r.sourceNo
    urgent = r.urgent
    words = r.masked
    contactedAt = sheet.promise?.contactedAt?.iso8601
    repliedAt = sheet.promise?.repliedAt?.iso8601
    reply = sheet.promise?.replyText
    outcome = sheet.promise?.outcome?.rawValue
    satisfaction = sheet.promise?.satisfaction?.rawValue
  }
  static let schema = ApiSchema.object([
    .init("no", .string()), .init("channel", .choice(Report.Channel.allCases.map(\.rawValue))),
    .init("nature", .choice(Report.Nature.allCases.map(\.rawValue))),
    .init("receivedAt", .string()), .init("sourceNo", .string(), required: false), .init("urgent", .boolean()),
    .init("words", .string("脱敏后的内容")),
    .init("contactedAt", .string(), required: false), .init("repliedAt", .string(), required: false),
    .init("reply", .string(), required: false),
    .init("outcome", .choice(Matter.Outcome.allCases.map(\.rawValue)), required: false),
    .init("satisfaction", .choice(Satisfaction.allCases.map(\.rawValue)), required: false),
  ])
}

struct MatterAnswer: Encodable, Sendable {
  let no: String
  let version: Int
  let state: String
  let title: String
  let compound: String?
  let building: String?
  let item: String?
  let squad: String?
  let officer: String?
  let reports: Int
  let urgent: Bool
  let supervised: Bool
  let firstAt: String
  let due: String?
  let closedAt: String?
  init(_ m: Matter) {
    no = m.no
    version = m.version
    state = m.state.rawValue
    title = m.title
    compound = m.compoundName
    building = m.building
    item = m.item
    squad = m.squadName
    officer = m.officerName
    reports = m.reports
    urgent = m.urgent
    supervised = m.supervised
    firstAt = m.firstAt.iso8601
    due = m.due?.iso8601
    closedAt = m.closedAt?.iso8601
  }
  static let schema = ApiSchema.object([
    .init("no", .string()), .init("version", .integer("放入 If-Match")), .init("state", .choice(MatterState.allCases.map(\.rawValue))),
    .init("title", .string()),
    .init("compound", .string(), required: false), .init("building", .string(), required: false), .init("item", .string(), required: false),
    .init("squad", .string(), required: false), .init("officer", .string(), required: false), .init("reports", .integer()),
    .init("urgent", .boolean()),
    .init("supervised", .boolean()), .init("firstAt", .string()), .init("due", .string("最早的时限"), required: false),
    .init("closedAt", .string(), required: false),
  ])
}

struct ActionAnswer: Encodable, Sendable {
  let action: String
  /// Why it cannot be done yet, with the same code the refusal would carry.
  let missing: String?
  let message: String?
  static let schema = ApiSchema.object([
    .init("action", .choice(MatterEvent.allCases.map(\.rawValue))), .init("missing", .string("尚缺条件的错误码"), required: false),
    .init("message", .string(), required: false),
  ])
}
struct ClockAnswer: Encodable, Sendable {
  let kind: String
  let name: String
  let basis: String
  let state: String
  let due: String
  let steps: [String]
  static let schema = ApiSchema.object([
    .init("kind", .string()), .init("name", .string()), .init("basis", .string()), .init("state", .string()), .init("due", .string()),
    .init("steps", .array(.string("期限推算的每一步"))),
  ])
}
struct EventAnswer: Encodable, Sendable {
  let at: String
  let who: String
  let what: String
  let note: String?
  static let schema = ApiSchema.object([
    .init("at", .string()), .init("who", .string()), .init("what", .string()), .init("note", .string(), required: false),
  ])
}
struct MatterFileAnswer: Encodable, Sendable {
  let matter: MatterAnswer
  let reports: [ReportAnswer]
  let actions: [ActionAnswer]
  let clocks: [ClockAnswer]
  let story: [EventAnswer]
  init(_ file: MatterFile) {
    matter = MatterAnswer(file.matter)
    reports = file.reports.map(ReportAnswer.init)
    actions = file.choices.map { ActionAnswer(action: $0.event.rawValue, missing: $0.missing?.code, message: $0.missing?.message) }
    clocks = (file.clocks + file.reports.flatMap(\.clocks)).map {
      ClockAnswer(kind: $0.kind, name: $0.name, basis: $0.basis, state: $0.state.rawValue, due: $0.due.iso8601, steps: $0.steps.map(\.text))
    }
    story = file.story.map { EventAnswer(at: $0.at.iso8601, who: $0.who, what: $0.what, note: $0.note) }
  }
  static let schema = ApiSchema.object([
    .init("matter", .ref("Matter")), .init("reports", .array(.ref("Report"))), .init("actions", .array(.ref("Action"))),
    .init("clocks", .array(.ref("Clock"))),
    .init("story", .array(.ref("Event"))),
  ])
}
struct MatterListAnswer: Encodable, Sendable {
  let matters: [MatterAnswer]
  let next: String?
  static let schema = ApiSchema.object([.init("matters", .array(.ref("Matter"))), .init("next", .string("下一页的 after"), required: false)])
}
struct ItemAnswer: Encodable, Sendable {
  let slug: String
  let name: String
  let category: String
  let violation: [String]
  let penalty: [String]
  let confidence: String
  static let schema = ApiSchema.object([
    .init("slug", .string()), .init("name", .string()), .init("category", .string()), .init("violation", .array(.string("违反条款"))),
    .init("penalty", .array(.string("处罚条款"))), .init("confidence", .string("来源可信程度")),
  ])
}
struct CompoundAnswer: Encodable, Sendable {
  let no: String
  let name: String
  let address: String
  static let schema = ApiSchema.object([.init("no", .string("城管码编号")), .init("name", .string()), .init("address", .string())])
}
