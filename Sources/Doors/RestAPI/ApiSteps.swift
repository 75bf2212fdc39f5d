import Foundation
import HTTPTypes
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// The bodies of the loop's steps.
enum ApiSteps {
  struct Dispatch: Decodable, Sendable {
    /// The squad's code: the sub-district's official nine digits.
    var squad: String
    var note: String?
  }
  struct Reason: Decodable, Sendable { var reason: String }
  struct Note: Decodable, Sendable { var note: String? }
  struct Contact: Decodable, Sendable {
    var report: String
    var outcome: ContactOutcome
    var note: String?
  }
  struct Visit: Decodable, Sendable {
    var outcome: VisitOutcome
    var note: String
    var latitude: Double?
    var longitude: Double?
  }
  struct Finding: Decodable, Sendable {
    var fact: FactFinding
    var factNote: String
    var claim: ClaimFinding
    var claimNote: String
  }
  struct Measure: Decodable, Sendable {
    var kind: MeasureKind
    var note: String
  }
  struct Reply: Decodable, Sendable {
    var outcome: Matter.Outcome
    var text: String
    /// Report number to its own further words.
    var additions: [Addition]?
    struct Addition: Decodable, Sendable {
      var report: String
      var text: String
    }
  }
  struct Revisit: Decodable, Sendable {
    var report: String
    var satisfaction: Satisfaction
    var solved: Bool
    var note: String?
  }
  struct Transfer: Decodable, Sendable {
    var department: String
    var reason: String
  }

  private static func raw<C: CaseIterable & RawRepresentable>(_: C.Type) -> ApiSchema where C.RawValue == String {
    .choice(C.allCases.map(\.rawValue))
  }
  static let schemas: [(String, ApiSchema)] = [
    ("Dispatch", .body([.init("squad", .string("中队代码（街镇九位代码）")), .init("note", .string(), required: false)])),
    ("Reason", .body([.init("reason", .string())])), ("Note", .body([.init("note", .string(), required: false)])),
    (
      "Contact",
      .body([.init("report", .string("诉件编号")), .init("outcome", raw(ContactOutcome.self)), .init("note", .string(), required: false)])
    ),
    (
      "Visit",
      .body([
        .init("outcome", raw(VisitOutcome.self)), .init("note", .string()), .init("latitude", .number("WGS-84"), required: false),
        .init("longitude", .number("WGS-84"), required: false),
      ])
    ),
    (
      "Finding",
      .body([
        .init("fact", raw(FactFinding.self)), .init("factNote", .string("不能只重复认定结果")), .init("claim", raw(ClaimFinding.self)),
        .init("claimNote", .string()),
      ])
    ), ("Measure", .body([.init("kind", raw(MeasureKind.self)), .init("note", .string())])),
    (
      "Reply",
      .body([
        .init("outcome", raw(Matter.Outcome.self)), .init("text", .string("给每位来电人的答复")),
        .init("additions", .array(.object([.init("report", .string()), .init("text", .string())])), required: false),
      ])
    ),
    (
      "Revisit",
      .body([
        .init("report", .string()), .init("satisfaction", raw(Satisfaction.self)), .init("solved", .boolean()),
        .init("note", .string(), required: false),
      ])
    ), ("Transfer", .body([.init("department", .string("接收部门代码")), .init("reason", .string())])),
  ]
}

extension RestRoutes {
  /// A step takes the matter's number, the version that was seen, and its body; it answers with the matter as it is after.
  private func step<Body: Decodable & Sendable>(
    _ noun: String, _ permission: Permission, _ summary: String, _ schema: String, _: Body.Type,
    _ act: @escaping @Sendable (String, Body, Int?, Person) async throws -> Matter
  ) -> ApiEndpoint {
    ApiEndpoint(
      .post, "/matters/{no}/\(noun)", permission, "办理", summary, body: .json(schema), answer: .ref("Matter"), versioned: true,
      idempotent: true
    ) { visit in
      let body: Body = try visit.decode()
      let matter = try await act(try visit.path("no"), body, try Self.version(visit), try visit.person)
      return try Answer.json(MatterAnswer(matter)).with(.eTag, "\"\(matter.version)\"")
    }
  }

  static func version(_ visit: WebSupport.Visit) throws -> Int? {
    guard let text = visit.headers[.ifMatch] else { return nil }
    let bare = text.utf8.count > 2 && text.hasPrefix("\"") && text.hasSuffix("\"") ? String(text.dropFirst().dropLast()) : text
    guard (1...9).contains(bare.utf8.count), bare.utf8.allSatisfy({ (48...57).contains($0) }), let version = Int(bare) else {
      throw Refusal(.invalid, "api-if-match", "If-Match 应为事项的版本号。", field: "If-Match")
    }
    return version
  }

  private func office(_ code: String) async throws -> Office.ID {
    guard let office = try await matters.house.store.read({ db in try OfficeStore.find(code: code, db) }) else {
      throw Refusal(.invalid, "api-no-office", "没有代码为 \(code.prefix(20)) 的机构。")
    }
    return office.id
  }
  private func report(_ no: String) async throws -> Report.ID {
    guard let report = try await matters.house.store.read({ db in try ReportStore.find(no: no, db) }) else {
      throw Refusal(.missing, "api-no-report", "没有这件诉件，或者它不在您的范围内。")
    }
    return report.id
  }

  var stepEndpoints: [ApiEndpoint] {
    [
      step("dispatch", .dispatchMatters, "派单", "Dispatch", ApiSteps.Dispatch.self) { no, body, version, person in
        try await matters.dispatch(no, to: try await office(body.squad), note: body.note ?? "", version: version, by: person)
      },
      step("objection", .handleMatters, "退单", "Reason", ApiSteps.Reason.self) { no, body, version, person in
        try await matters.object(no, reason: body.reason, version: version, by: person)
      },
      step("acceptance", .handleMatters, "接单", "Note", ApiSteps.Note.self) { no, _, version, person in
        try await matters.accept(no, officer: nil, version: version, by: person)
      },
      step("contacts", .handleMatters, "记录先行联系", "Contact", ApiSteps.Contact.self) { no, body, version, person in
        try await matters.contact(
          no, report: try await report(body.report), outcome: body.outcome, note: body.note ?? "", version: version, by: person)
      },
      step("visits", .handleMatters, "记录现场核查", "Visit", ApiSteps.Visit.self) { no, body, version, person in
        let position = body.latitude.flatMap { la in body.longitude.flatMap { Coordinates(latitude: la, longitude: $0) } }
        return try await matters.visit(
          no, NewVisit(outcome: body.outcome, note: body.note, position: position), version: version, by: person)
      },
      step("findings", .handleMatters, "事实认定和诉求认定", "Finding", ApiSteps.Finding.self) { no, body, version, person in
        try await matters.find(
          no, fact: body.fact, factNote: body.factNote, claim: body.claim, claimNote: body.claimNote, version: version, by: person)
      },
      step("measures", .handleMatters, "记录措施", "Measure", ApiSteps.Measure.self) { no, body, version, person in
        try await matters.measure(no, kind: body.kind, note: body.note, version: version, by: person)
      },
      step("reply", .handleMatters, "答复送审", "Reply", ApiSteps.Reply.self) { no, body, version, person in
        var additions: [Report.ID: String] = [:]
        for one in body.additions ?? [] { additions[try await report(one.report)] = one.text }
        return try await matters.reply(no, outcome: body.outcome, text: body.text, additions: additions, version: version, by: person)
      },
      step("approval", .leadMatters, "审核通过", "Note", ApiSteps.Note.self) { no, body, version, person in
        try await matters.approve(no, note: body.note ?? "", version: version, by: person)
      },
      step("return", .leadMatters, "退回补充", "Reason", ApiSteps.Reason.self) { no, body, version, person in
        try await matters.sendBack(no, reason: body.reason, version: version, by: person)
      },
      step("revisits", .dispatchMatters, "记录回访", "Revisit", ApiSteps.Revisit.self) { no, body, version, person in
        try await matters.revisit(
          no, report: try await report(body.report), satisfaction: body.satisfaction, solved: body.solved, note: body.note ?? "",
          version: version, by: person)
      },
      step("reopening", .dispatchMatters, "重新办理", "Reason", ApiSteps.Reason.self) { no, body, version, person in
        try await matters.reopen(no, reason: body.reason, version: version, by: person)
      },
      step("urge", .seeMatters, "催办", "Note", ApiSteps.Note.self) { no, body, version, person in
        try await matters.urge(no, note: body.note ?? "", version: version, by: person)
      },
      step("supervision", .superviseMatters, "督办", "Reason", ApiSteps.Reason.self) { no, body, version, person in
        try await matters.supervise(no, note: body.reason, version: version, by: person)
      },
      step("transfer", .dispatchMatters, "移送其他部门", "Transfer", ApiSteps.Transfer.self) { no, body, version, person in
        try await matters.transfer(no, to: try await office(body.department), reason: body.reason, version: version, by: person)
      },
    ]
  }
}
