import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// One posted form: read, and handed to the room. Says afterwards what has been done.
struct StepCommand: Sendable {
  let place: StepPlace
  let no: String
  let version: Int
  let visit: Visit
  let matters: Matters

  private func text(_ field: String) -> String { visit.form.text(place.name(field)) }
  /// What cannot be read is named by the room's field, like the room's own refusals.
  private func read<Value>(_ field: String, _ missing: String, _ get: (String) throws -> Value?) throws -> Value {
    do {
      if let value = try get(place.name(field)) { return value }
    } catch let refusal as Refusal {
      throw Refusal(refusal.kind, refusal.code, refusal.message, field: field)
    }
    throw Refusal(.invalid, "form-missing", missing, field: field)
  }
  private func choice<C: RawRepresentable>(_ field: String, _ missing: String, _: C.Type = C.self) throws -> C where C.RawValue == String {
    try read(field, missing) { try visit.form.choice($0, C.self) }
  }
  private func id<R>(_ field: String, _ missing: String, _: R.Type = R.self) throws -> Identifier<R> {
    try read(field, missing) { try visit.form.id($0, R.self) }
  }
  private func yes(_ field: String, _ missing: String) throws -> Bool {
    let text = text(field)
    if text.isEmpty { throw Refusal(.invalid, "form-missing", missing, field: field) }
    return text == "yes"
  }
  private var photos: [ReportFile] {
    get async throws { try await PhotoIntake(vault: matters.house.vault).keep(visit.files("photos")) }
  }

  /// - Returns: the matter as it is now, and what to say on the next page.
  func run(by person: Person) async throws -> (Matter, String) {
    switch place.event {
    case .dispatch:
      let after = try await matters.dispatch(
        no, to: try id("squad", "请选择承办的执法队。", Office.self), note: text("note"), version: version, by: person)
      return (after, "已派给\(after.squadName ?? "执法队")")
    case .object: return (try await matters.object(no, reason: text("reason"), version: version, by: person), "已退回派单员")
    case .accept:
      let officer = try visit.form.id(place.name("officer"), Person.self)
      let after = try await matters.accept(no, officer: officer, version: version, by: person)
      return (after, "已接单，由\(after.officerName ?? person.name)办理")
    case .assign:
      let after = try await matters.assign(no, officer: try id("officer", "请选择办理队员。"), version: version, by: person)
      return (after, "已指派\(after.officerName ?? "")办理")
    case .contact:
      let outcome: ContactOutcome = try choice("outcome", "请选择联系情况。")
      let after = try await matters.contact(
        no, report: try id("report", "请选择诉件。"), outcome: outcome, note: text("note"), version: version, by: person)
      return (after, "已记录先行联系：\(outcome.chinese)")
    case .visit: return (try await visit(by: person), "已记录现场核查")
    case .find:
      let after = try await matters.find(
        no, fact: try choice("fact", "请选择事实认定。"), factNote: text("fact-note"), claim: try choice("claim", "请选择诉求认定。"),
        claimNote: text("claim-note"), version: version, by: person)
      return (after, "已作出认定")
    case .measure:
      let kind: MeasureKind = try choice("kind", "请选择采取的措施。")
      if text("note").isEmpty { throw Refusal(.invalid, "matters-measure-note-missing", "请写明采取了什么措施、对谁、要求何时完成。", field: "note") }
      return (try await matters.measure(no, kind: kind, note: text("note"), files: try await photos, version: version, by: person), "已记录措施")
    case .reply: return (try await reply(by: person), "已送中队长审核")
    case .approve:
      let after = try await matters.approve(no, note: text("note"), version: version, by: person)
      return (after, after.state == .closed ? "已答复并办结" : "审核通过，已答复来电人")
    case .sendBack: return (try await matters.sendBack(no, reason: text("reason"), version: version, by: person), "已退回补充")
    case .revisit:
      let after = try await matters.revisit(
        no, report: try id("report", "请选择诉件。"), satisfaction: try choice("satisfaction", "请选择满意程度。"),
        solved: try yes("solved", "请选择是否解决。"), note: text("note"), version: version, by: person)
      return (after, after.state == .closed ? "回访完成，已办结" : "已记录回访")
    case .close: return (try await matters.close(no, note: text("note"), version: version, by: person), "已办结")
    case .reopen: return (try await matters.reopen(no, reason: text("reason"), version: version, by: person), "已重新办理")
    default: return try await steer(by: person)
    }
  }

  private func steer(by person: Person) async throws -> (Matter, String) {
    switch place.event {
    case .askDelay:
      let days = try read("days", "请填写延期的工作日数。") { try visit.form.int($0) }
      return (try await matters.askDelay(no, workingDays: days, reason: text("reason"), version: version, by: person), "已送中队长审批")
    case .decideDelay:
      let grant = try yes("grant", "请选择审批结论。")
      let after = try await matters.decideDelay(no, grant: grant, note: text("note"), version: version, by: person)
      return (after, grant ? "已批准延期" : "已决定不予延期")
    case .coHandle:
      let office = try id("office", "请选择协办的执法队。", Office.self)
      return (try await matters.coHandle(no, with: office, task: text("task"), version: version, by: person), "已请其协办")
    case .hang: return (try await matters.hang(no, reason: text("reason"), version: version, by: person), "已挂账，时限暂停")
    case .resume: return (try await matters.resume(no, note: text("note"), version: version, by: person), "已恢复办理")
    case .urge: return (try await matters.urge(no, note: text("note"), version: version, by: person), "已催办")
    case .supervise: return (try await matters.supervise(no, note: text("note"), version: version, by: person), "已督办")
    case .transfer:
      let department = try id("department", "请选择接收的部门。", Office.self)
      return (try await matters.transfer(no, to: department, reason: text("reason"), version: version, by: person), "已移送")
    case .answerTransfer:
      return (try await matters.answerTransfer(no, answer: text("answer"), version: version, by: person), "已登记并答复来电人")
    case .takeBack: return (try await matters.takeBack(no, reason: text("reason"), version: version, by: person), "已收回，等待派单")
    case .flagUnreasonable:
      return (try await matters.flagUnreasonable(no, reason: text("reason"), version: version, by: person), "已送中队长复核")
    case .reviewUnreasonable:
      let agree = try yes("agree", "请选择复核结论。")
      return (try await matters.reviewUnreasonable(no, agree: agree, note: text("note"), version: version, by: person), "已作出结论")
    case .correct: return (try await correct(by: person), "已更正")
    case .merge:
      let target = text("target").isEmpty ? text("number").uppercased() : text("target")
      _ = try await matters.merge(no, into: target, version: version, by: person)
      return (try await matters.file(target, for: person).matter, "已把 \(no) 并入本事项")
    case .split: return (try await matters.split(no, report: try id("report", "请选择诉件。"), version: version, by: person), "已拆出，另立事项")
    default: throw Refusal(.missing, "staff-no-step", "没有这一步。")
    }
  }

  private func visit(by person: Person) async throws -> Matter {
    let outcome: VisitOutcome = try choice("outcome", "请选择现场情况。")
    // Before the photos are decoded: who forgot the words should not wait for them.
    if text("note").isEmpty { throw Refusal(.invalid, "matters-visit-note-missing", "请写明现场情况，哪怕一句。", field: "note") }
    let companion = try visit.form.id(place.name("companion"), Person.self)
    let latitude = try visit.form.number("latitude", in: -90...90)
    let longitude = try visit.form.number("longitude", in: -180...180)
    let position = latitude.flatMap { la in longitude.flatMap { Coordinates(latitude: la, longitude: $0) } }
    let new = NewVisit(outcome: outcome, note: text("note"), companion: companion, position: position, files: try await photos)
    return try await matters.visit(no, new, version: version, by: person)
  }

  private func reply(by person: Person) async throws -> Matter {
    var additions: [Report.ID: String] = [:]
    let prefix = place.name("addition-")
    for (name, value) in visit.form.all where name.hasPrefix(prefix) && !value.isEmpty {
      if let report = Report.ID(name.dropFirst(prefix.count)) { additions[report] = value }
    }
    return try await matters.reply(
      no, outcome: try choice("outcome", "请选择处理结果。"), text: text("text"), additions: additions, version: version, by: person)
  }

  private func correct(by person: Person) async throws -> Matter {
    let compound: Int64? =
      try text("compound") == "none" ? nil : read("compound", "请选择小区，或者选“地点无法确定”。") { try visit.form.id($0, Report.self)?.raw }
    let item = text("item")
    if item.isEmpty { throw Refusal(.invalid, "form-missing", "请选择执法事项。", field: "item") }
    let building = text("building")
    return try await matters.correct(
      no,
      Correction(
        compound: compound, building: building.isEmpty ? nil : building, item: item == "none" || item == "outside" ? nil : item,
        outOfScope: item == "outside"), version: version, by: person)
  }
}
