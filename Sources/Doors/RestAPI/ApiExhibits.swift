import Cases
import Foundation
import HTTPTypes
import Kernel
import People
import Pictures
import Storage
import WebSupport

/// The evidence of a case by API: entered, looked into, proven and handed out by the same commands as on its pages.
enum ApiExhibits {
  static let schemas: [(String, ApiSchema)] = [
    ("Exhibit", ExhibitAnswer.schema), ("ExhibitFile", ExhibitFileAnswer.schema), ("ExhibitList", ExhibitListAnswer.schema),
    ("NewExhibit", NewExhibitBody.schema), ("NewMaskedCopy", MaskBody.schema), ("Verification", VerificationBody.schema),
    ("EvidenceVerdict", VerdictAnswer.schema),
    ("Upload", UploadSchemas.one), ("UploadList", UploadSchemas.list), ("NewUpload", NewUploadBody.schema),
    ("Device", DeviceAnswer.schema),
  ]
  /// Bytes of a file of 20 MB in Base64, and the words beside it.
  static let limits = BodyLimits(total: 28 << 20, file: 0, files: 0)
  static let mostBytes = 20 << 20

  /// A refusal of the room, beside the field as it is called here.
  static func told(_ refusal: Refusal) -> Refusal {
    let names = [
      "made-at": "madeAt", "files": "content", "value": "measure.value", "unit": "measure.unit", "instrument": "measure.instrument",
    ]
    guard let field = refusal.field, let name = names[field] else { return refusal }
    return Refusal(refusal.kind, refusal.code, refusal.message, article: refusal.article, field: name)
  }
}

struct NewExhibitBody: Decodable, Sendable {
  struct Measure: Decodable, Sendable {
    var value: String
    var unit: String
    var instrument: String
  }
  var title: String
  var proves: String
  var content: String?
  var upload: String?
  var measure: Measure?
  var source: ExhibitSource?
  var maker: String?
  var madeAt: String?
  var place: String?
  var latitude: Double?
  var longitude: Double?
  var device: String?
  static let schema = ApiSchema.body([
    .init("title", .text(1...NewExhibit.titleLength, "证据名称")), .init("proves", .text(1...NewExhibit.provesLength, "证明什么")),
    .init("content", .string("文件的 Base64（不换行），20 MB 以内；content、upload、measure 三者给一个"), required: false),
    .init("upload", .string("已传完的分段上传的 id"), required: false),
    .init(
      "measure",
      .object([
        .init("value", .string("测量数值，如 2.35")), .init("unit", .string("计量单位")), .init("instrument", .string("测量工具的名称和编号")),
      ]), required: false),
    .init(
      "source",
      .choice(
        ExhibitSource.allCases.map(\.rawValue),
        "缺省为 own；" + ExhibitSource.allCases.map { "\($0.rawValue) \($0.chinese)" }.joined(separator: "，") + "。不是 own 的查证属实后才能作为证据"),
      required: false),
    .init("maker", .text(0...60, "制作人、提供人；不是 own 的必填"), required: false),
    .init("madeAt", .formed(.format("date-time"), "形成时间；照片缺省用它自带的"), required: false),
    .init("place", .text(0...200, "形成地点"), required: false), .init("latitude", .number("WGS-84"), required: false),
    .init("longitude", .number("WGS-84"), required: false), .init("device", .string("监控设备的 id"), required: false),
  ])
}
struct VerificationBody: Decodable, Sendable {
  var outcome: ExhibitState
  var note: String
  static let schema = ApiSchema.body([
    .init("outcome", .choice([ExhibitState.verified.rawValue, ExhibitState.rejected.rawValue], "verified 查证属实，rejected 不采用")),
    .init("note", .text(10...1000, "怎样查证、结果如何")),
  ])
}

struct MaskBody: Decodable, Sendable {
  struct Area: Decodable, Sendable {
    var left: Double
    var top: Double
    var width: Double
    var height: Double
  }
  var areas: [Area]
  /// - Throws: `Refusal` `cases-mask-area`.
  func photoAreas() throws(Refusal) -> [PhotoArea] {
    var out: [PhotoArea] = []
    for (index, area) in areas.enumerated() {
      guard let one = PhotoArea(left: area.left / 100, top: area.top / 100, width: area.width / 100, height: area.height / 100) else {
        throw Refusal(.invalid, "cases-mask-area", "第 \(index + 1) 处应在照片之内，宽和高大于零。", field: "areas")
      }
      out.append(one)
    }
    return out
  }
  static let schema = ApiSchema.body([
    .init(
      "areas",
      .array(
        .object([
          .init("left", .number("左边，照片宽的百分比")), .init("top", .number("上边，照片高的百分比")), .init("width", .number("宽")),
          .init("height", .number("高")),
        ])))
  ])
}

struct ExhibitAnswer: Encodable, Sendable {
  struct File: Encodable, Sendable {
    let sha256: String
    let size: Int
    let mediaType: String
  }
  struct Measure: Encodable, Sendable {
    let value: String
    let unit: String
    let instrument: String
  }
  let number: Int
  let kind: String
  let title: String
  let proves: String
  let source: String
  let maker: String
  let madeAt: String?
  let place: String?
  let latitude: Double?
  let longitude: Double?
  let measure: Measure?
  let device: String?
  let file: File?
  let state: String
  let counts: Bool
  let verifiedBy: String?
  let verifiedAt: String?
  let verifiedNote: String?
  let maskedOf: Int?
  let addedBy: String
  let addedAt: String
  let checkedAt: String?
  let fault: String?
  init(_ e: Exhibit) {
    (number, kind, title, proves) = (e.number, e.kind.rawValue, e.title, e.proves)
    (source, maker, madeAt, place) = (e.source.rawValue, e.maker, e.madeAt?.iso8601, e.place)
    (latitude, longitude) = (e.coordinates?.latitude, e.coordinates?.longitude)
    measure = e.measure.map { Measure(value: $0.value, unit: $0.unit, instrument: $0.instrument) }
    device = e.deviceName
    file = e.file.map { File(sha256: $0.sha256, size: $0.size, mediaType: e.mediaType ?? "application/octet-stream") }
    (state, counts) = (e.state.rawValue, e.counts)
    (verifiedBy, verifiedAt, verifiedNote) = (e.verifiedBy, e.verifiedAt?.iso8601, e.verifiedNote)
    (maskedOf, addedBy, addedAt) = (e.maskedOf, e.addedBy, e.addedAt.iso8601)
    (checkedAt, fault) = (e.checkedAt?.iso8601, e.fault)
  }
  static let schema = ApiSchema.object([
    .init("number", .integer("本案的第几件")), .init("kind", .choice(ExhibitKind.allCases.map(\.rawValue))), .init("title", .string()),
    .init("proves", .string("证明什么")), .init("source", .choice(ExhibitSource.allCases.map(\.rawValue))), .init("maker", .string()),
    .init("madeAt", .string("形成时间"), required: false), .init("place", .string(), required: false),
    .init("latitude", .number(), required: false), .init("longitude", .number(), required: false),
    .init(
      "measure", .object([.init("value", .string()), .init("unit", .string()), .init("instrument", .string())]), required: false),
    .init("device", .string("设备名称"), required: false),
    .init(
      "file", .object([.init("sha256", .string()), .init("size", .integer("字节")), .init("mediaType", .string())]), required: false),
    .init("state", .choice(ExhibitState.allCases.map(\.rawValue))), .init("counts", .boolean("本案以它为据")),
    .init("verifiedBy", .string(), required: false), .init("verifiedAt", .string(), required: false),
    .init("verifiedNote", .string("怎样查证、结果如何"), required: false), .init("maskedOf", .integer("是哪一件遮盖后的公开用副本"), required: false),
    .init("addedBy", .string()), .init("addedAt", .string()), .init("checkedAt", .string("上次核验"), required: false),
    .init("fault", .string("上次核验发现的不一致"), required: false),
  ])
}
struct ExhibitFileAnswer: Encodable, Sendable {
  struct Entry: Encodable, Sendable {
    let sequence: Int64
    let at: String
    let who: String
    let action: String
    let note: String?
    let hash: String
  }
  let exhibit: ExhibitAnswer
  let chain: [Entry]
  init(_ e: Exhibit, _ story: [JournalEntry]) {
    exhibit = ExhibitAnswer(e)
    chain = story.map {
      Entry(sequence: $0.sequence, at: $0.at.iso8601, who: $0.actor.name, action: $0.action, note: $0.note, hash: $0.hash.hex)
    }
  }
  static let schema = ApiSchema.object([
    .init("exhibit", .ref("Exhibit")),
    .init(
      "chain",
      .array(
        .object([
          .init("sequence", .integer()), .init("at", .string()), .init("who", .string()), .init("action", .string("如 exhibit-added")),
          .init("note", .string(), required: false), .init("hash", .string("盖住它和之前各条的哈希")),
        ]))),
  ])
}
struct ExhibitListAnswer: Encodable, Sendable {
  struct Closed: Encodable, Sendable {
    let code: String
    let message: String
    let article: String?
  }
  let exhibits: [ExhibitAnswer]
  let closed: Closed?
  init(_ sheet: EvidenceSheet) {
    exhibits = sheet.exhibits.map(ExhibitAnswer.init)
    closed = sheet.closed.map { Closed(code: $0.code, message: $0.message, article: $0.article) }
  }
  static let schema = ApiSchema.object([
    .init("exhibits", .array(.ref("Exhibit"))),
    .init(
      "closed",
      .object([
        .init("code", .string("现在不能登记证据的原因")), .init("message", .string()), .init("article", .string("依据的条文"), required: false),
      ]), required: false),
  ])
}
struct VerdictAnswer: Encodable, Sendable {
  struct Fault: Encodable, Sendable {
    let number: Int?
    let words: String
  }
  /// Left to the worker: there is too much to read while somebody waits.
  let waiting: Bool
  let whole: Bool?
  let exhibits: Int?
  let files: Int?
  let bytes: Int?
  let entries: Int?
  let faults: [Fault]
  init(_ verdict: EvidenceVerdict?) {
    (waiting, whole) = (verdict == nil, verdict?.isWhole)
    (exhibits, files, bytes, entries) = (verdict?.exhibits, verdict?.files, verdict?.bytes, verdict?.entries)
    faults = verdict?.faults.map { Fault(number: $0.number, words: $0.words) } ?? []
  }
  static let schema = ApiSchema.object([
    .init("waiting", .boolean("材料较多，正在后台核验；结果见各件证据的 checkedAt、fault")), .init("whole", .boolean("没有改动"), required: false),
    .init("exhibits", .integer(), required: false), .init("files", .integer(), required: false),
    .init("bytes", .integer("读过的字节"), required: false), .init("entries", .integer("日志条数"), required: false),
    .init("faults", .array(.object([.init("number", .integer("证据的编号；案件自己的没有"), required: false), .init("words", .string())]))),
  ])
}
struct DeviceAnswer: Encodable, Sendable {
  let id: String
  let name: String
  let kind: String
  let place: String
  let inUse: Bool
  init(_ device: MonitoringDevice) {
    (id, name, kind, place, inUse) = ("\(device.id)", device.name, device.kind, device.place, device.isInUse)
  }
  static let schema = ApiSchema.object([
    .init("id", .string()), .init("name", .string()), .init("kind", .string()), .init("place", .string()), .init("inUse", .boolean()),
  ])
}

extension RestRoutes {
  private func number(_ visit: Visit) throws -> Int {
    guard let number = Int(try visit.path("n")), number > 0 else {
      throw Refusal(.missing, "cases-exhibit-missing", "没有这份证据，或者它不在您的办理范围内。")
    }
    return number
  }

  var exhibitEndpoints: [ApiEndpoint] {
    let tag = "案件证据"
    return [
      ApiEndpoint(.get, "/cases/{no}/exhibits", .seeCases, tag, "一件案件的证据，以及现在为什么不能登记", answer: .ref("ExhibitList")) { visit in
        try Answer.json(ExhibitListAnswer(try await cases.evidence(of: try visit.path("no"), for: try visit.person)))
      },
      ApiEndpoint(
        .post, "/cases/{no}/exhibits", .workCases, tag, "登记一件证据（照片、材料、测量，或者已传完的大文件）；执法人员取得的同时记录“收集证据”",
        body: .json("NewExhibit", ApiExhibits.limits), status: 201, answer: .ref("Exhibit"), idempotent: true
      ) { visit in
        let (no, person) = (try visit.path("no"), try visit.person)
        // Whose case it is not is told nothing of what a body should hold, and what cannot be entered is not kept.
        if let closed = try await cases.evidence(of: no, for: person).closed { throw closed }
        do {
          let new = try await exhibit(try visit.decode(), in: no, person)
          guard let added = try await cases.add([new], to: no, by: person).first else {
            throw Refusal(.unavailable, "door-error", "没有登记，请再试一次。")
          }
          return try Answer.json(ExhibitAnswer(added), .created)
        } catch let refusal as Refusal { throw ApiExhibits.told(refusal) }
      },
      ApiEndpoint(.get, "/cases/{no}/exhibits/{n}", .seeCases, tag, "一件证据和它的日志链", answer: .ref("ExhibitFile")) { visit in
        let exhibit = try await cases.exhibit(try number(visit), of: try visit.path("no"), for: try visit.person)
        return try Answer.json(ExhibitFileAnswer(exhibit, try await cases.story(of: exhibit)))
      },
      ApiEndpoint(
        .get, "/cases/{no}/exhibits/{n}/original", .workCases, tag, "证据的原件，字节与提交时完全相同；查看记入日志", answer: .file("*/*", inParts: true)
      ) { visit in
        let (no, number, person) = (try visit.path("no"), try number(visit), try visit.person)
        let exhibit = try await cases.exhibit(number, of: no, for: person)
        guard let file = exhibit.file else { throw Refusal(.missing, "cases-exhibit-missing", "这份证据没有文件。") }
        return try await Answer.ranged(
          to: visit, size: file.size, mark: file.sha256, type: exhibit.mediaType ?? "application/octet-stream",
          name: "\(no)-证据\(number).\(exhibit.fileEnding)"
        ) { isPart in
          let look = try await cases.look(at: number, of: no, isPart: isPart, by: person)
          return { bytes, take in try await look.write(bytes, take) }
        }
      },
      ApiEndpoint(
        .post, "/cases/{no}/exhibits/{n}/verification", .workCases, tag, "查证他人提供的材料、审核设备的记录", body: "Verification",
        answer: .ref("Exhibit"), idempotent: true
      ) { visit in
        let (no, number, person) = (try visit.path("no"), try number(visit), try visit.person)
        _ = try await cases.exhibit(number, of: no, for: person)
        let body: VerificationBody = try visit.decode()
        return try Answer.json(ExhibitAnswer(try await cases.verify(number, of: no, as: body.outcome, note: body.note, by: person)))
      },
      ApiEndpoint(
        .post, "/cases/{no}/exhibits/{n}/masked-copy", .workCases, tag, "遮住照片上的人脸、车牌、门牌，另成一份公开用的证据；原件不变",
        body: "NewMaskedCopy", status: 201, answer: .ref("Exhibit"), idempotent: true
      ) { visit in
        let (no, number, person) = (try visit.path("no"), try number(visit), try visit.person)
        _ = try await cases.exhibit(number, of: no, for: person)
        let body: MaskBody = try visit.decode()
        return try Answer.json(ExhibitAnswer(try await cases.mask(number, of: no, try body.photoAreas(), by: person)), .created)
      },
      ApiEndpoint(
        .get, "/cases/{no}/evidence.zip", .workCases, tag, "全部证据的原件、清单、哈希和日志链，附不用本系统的核验办法；导出记入日志", answer: .file("application/zip")
      ) { visit in
        let export = try await cases.exportEvidence(of: try visit.path("no"), by: try visit.person)
        return Answer.download(type: "application/zip", name: export.fileName, pieces: export.write)
      },
      ApiEndpoint(
        .post, "/cases/{no}/evidence-check", .seeCases, tag, "核验全部证据：原件的哈希、登记的内容和日志链；超过 256 MB 的由后台核验（202）", others: [202],
        answer: .ref("EvidenceVerdict"), idempotent: true
      ) { visit in
        let verdict = try await cases.askCheck(of: try visit.path("no"), by: try visit.person)
        return try Answer.json(VerdictAnswer(verdict), verdict == nil ? .accepted : .ok)
      },
      ApiEndpoint(.get, "/devices", .workCases, tag, "本队登记的监控设备", answer: .array(.ref("Device"))) { visit in
        try Answer.json(try await cases.devices(for: try visit.person).map(DeviceAnswer.init))
      },
    ]
  }

  private func exhibit(_ body: NewExhibitBody, in no: String, _ person: Person) async throws -> NewExhibit {
    var new = NewExhibit(.document, title: body.title.trimming(), proves: body.proves.trimming())
    new.source = body.source ?? .own
    new.maker = (body.maker ?? "").trimming()
    new.place = (body.place ?? "").trimming()
    if let text = body.madeAt {
      guard let date = Self.date(text) else {
        throw Refusal(.invalid, "api-made-at", "madeAt 须为带时区的 ISO 8601 时间，如 2026-09-24T10:00:00+08:00。", field: "madeAt")
      }
      new.madeAt = Moment(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
    }
    if body.latitude != nil || body.longitude != nil {
      guard let la = body.latitude, let lo = body.longitude, let position = Coordinates(latitude: la, longitude: lo) else {
        throw Refusal(.invalid, "api-position", "坐标须为 WGS-84 的经纬度，两项都要有。", field: "latitude")
      }
      new.coordinates = position
    }
    if let text = body.device {
      guard let id = MonitoringDevice.ID(text) else { throw Refusal(.invalid, "api-device", "device 须为设备列表中的 id。", field: "device") }
      new.device = id
    }
    switch (body.content, body.upload, body.measure) {
    case (let content?, nil, nil):
      guard let bytes = Data(base64Encoded: content) else {
        throw Refusal(.invalid, "api-base64", "content 须为文件的 Base64，不换行。", field: "content")
      }
      guard bytes.count <= ApiExhibits.mostBytes else {
        throw Refusal(.invalid, "api-exhibit-size", "超过 20 MB 的文件请先分段上传（POST …/uploads），再用 upload 登记。", field: "content")
      }
      // What else is wrong is told before anything is kept.
      try new.checkWords(at: cases.house.now())
      new.file = try await cases.keepExhibit(bytes)
    case (nil, let upload?, nil):
      guard let id = ExhibitUpload.ID(upload) else { throw Refusal(.invalid, "api-upload", "upload 须为分段上传的 id。", field: "upload") }
      new.file = try await cases.file(of: try await cases.upload(id, of: no, for: person))
      new.upload = id
    case (nil, nil, let measure?):
      new.kind = .measurement
      new.measure = ExhibitMeasure(
        value: measure.value.trimming(), unit: measure.unit.trimming(), instrument: measure.instrument.trimming())
    default:
      throw Refusal(.invalid, "api-exhibit-one", "content（文件）、upload（分段上传）、measure（测量）请给出一个，并且只给一个。", field: "content")
    }
    if let file = new.file { new.kind = file.kind }
    return new
  }
}
