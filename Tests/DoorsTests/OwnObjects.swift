import Compounds
import Foundation
import Intake
import Kernel
import Lookups
import Matters
import Offices
import People
import Pictures
import Retention
import Storage
import TestHouse
import WebSupport

@testable import longtang

/// Real things that belong to `Side.own`, put in place of the parameters of a route.
struct OwnObjects: Sendable {
  /// What a parameter may be, by kind.
  var values: [String: [String]]

  static func make(_ scene: WholeHouse) async throws -> OwnObjects {
    let firm = try scene.somebody(.firmUser).person
    let committee = try scene.somebody(.committeeUser).person
    var values: [String: [String]] = [
      "compound": [scene.compounds[.own]?.no ?? ""], "item": ["kitchen-bathroom-conversion"], "asset": ["app.css"],
      "figure": ["on-time"], "vendor": ["leaflet.js"], "vendor-image": ["layers.png"],
    ]
    for state in [MatterState.approved, .found, .replied, .accepted, .dispatched, .registered, .hung, .transferred, .closed] {
      let received = try await scene.matter(in: state)
      values["matter", default: []].append(received.matterNo)
      values["report", default: []].append(received.report.no)
      values["report-id", default: []].append("\(received.report.id)")
      values["receipt", default: []].append(received.receipt ?? "")
    }
    for (kind, person, channel) in [("firm-report", firm, Report.Channel.firm), ("committee-report", committee, .committee)] {
      var new = NewReport(channel: channel, content: "业主在阳台违法搭建，劝阻无效。", saidAt: scene.clock.now)
      new.compound = scene.compounds[.own]?.id
      new.firm = person.firm
      new.files = kind == "firm-report" ? try await PhotoIntake(vault: scene.house.vault).keep([BadInputTests.picture(320, 240)]) : []
      new.committee = person.committee
      new.reporter = person.id.raw
      let received = try await scene.composition.matters.receive(new, by: person.actor)
      values[kind] = [received.report.no]
    }
    guard let squad = scene.squads[.own] else { throw Refusal(.missing, "test", "no squad") }
    try await Studios.save(
      StudioEdit(name: "社区工作室", address: "京华路 1 号", hours: "工作日 9:00–17:00"), of: squad.id, by: try scene.somebody(.squadLeader).person,
      in: scene.house)
    values["studio"] = try await scene.house.store.read { db in try StudioStore.list(of: squad.id, db).map(\.no) }
    var pictured = NewReport(channel: .code, content: "露台搭建阳光房。", saidAt: scene.clock.now)
    pictured.compound = scene.compounds[.own]?.id
    pictured.files = try await PhotoIntake(vault: scene.house.vault).keep([BadInputTests.picture(320, 240)])
    _ = try await scene.composition.matters.receive(pictured, by: .resident)
    values["file"] = pictured.files.flatMap { [$0.original.sha256, $0.publicCopy, $0.thumbnail] }.compactMap { $0 }
    let officer = try scene.somebody(.officer).person
    let notice: Int64 = scene.house.ids.next(Person.self, at: scene.clock.now).raw
    try await scene.house.store.write { db in
      try db.run(
        """
        INSERT INTO notice (id, account_id, at, kind, text, must_acknowledge) VALUES (\(notice), \(officer.id), \(scene.clock.now), 'test', '试', 1)
        """)
    }
    values["notice"] = [String(notice)]
    guard let squad = scene.squads[.own] else { throw Refusal(.missing, "test", "no squad") }
    let call = try await scene.house.store.write { db in
      try DutyCalls.ring(
        squad.id, about: Subject("office", squad.id), reason: "试呼", at: scene.clock.now, isWorkday: { _ in true }, ids: scene.house.ids, db)
    }
    values["duty-call"] = ["\(call)"]
    for (kind, value) in try await officeThings(scene, squad.id) { values[kind] = [value] }
    for (kind, all) in try await caseThings(scene, matter: values["matter"]?[1] ?? "") { values[kind] = all }
    let closed = values["report"]?.last ?? ""
    values["erasure-request"] = [
      "\(try await scene.composition.retention.ask(forReport: closed, reason: "本人到窗口提出，已核对身份", by: try scene.somebody(.securityAdmin).person))"
    ]
    for (kind, value) in try await patternThings(scene) { values[kind] = [value] }
    let leader = try scene.somebody(.squadLeader).person
    try await scene.composition.lookups.save("按小区", address: "subject=reports&rows=compound", isShared: true, by: leader)
    values["saved-lookup"] = try await scene.composition.lookups.saved(for: leader).map { "\($0.id)" }
    for (kind, value) in try await hotSpotThings(scene) { values[kind] = [value] }
    for (kind, all) in try await gradeThings(scene) { values[kind] = all }
    values["city-entry"] = try await cityThings(scene)
    for (kind, value) in try await rosterThings(scene) { values[kind] = [value] }
    for (kind, value) in try await overviewThings(scene) { values[kind] = [value] }
    return OwnObjects(values: values)
  }

  /// What the parameter of a route names, by the words before it.
  static let kinds: [(prefix: String, kind: String)] = [
    ("/api/v1/matters/", "matter"), ("/api/v1/reports/", "report"), ("/api/v1/items/", "item"), ("/matters/", "matter"),
    ("/compounds/import/", "register-import"), ("/compounds/", "compound"), ("/studios/", "studio"), ("/firm/reports/", "firm-report"),
    ("/committee/reports/", "committee-report"),
    ("/assets/", "asset"), ("/accounts/", "account"), ("/catalogue/", "item"), ("/imports/", "import"), ("/studios-admin/", "studio-id"),
    ("/account/deputy/", "deputy"), ("/account/sessions/", "session"), ("/duty/calls/", "duty-call"), ("/system/jobs/", "job"),
    ("/c/", "compound"), ("/law/", "item"), ("/progress/", "receipt"), ("/receipt/", "receipt"), ("/files/", "file"),
    ("/notices/", "notice"), ("/retention/requests/", "erasure-request"), ("/api/v1/cases/", "case"), ("/cases/", "case"),
    ("/certificates/", "account"), ("/devices/", "device"), ("/credit/", "credit"), ("/filing-duties/", "duty-matter"),
    ("/guides/of/", "item"), ("/guides/", "guide"), ("/patterns/", "pattern"), ("/plans/", "plan"), ("/figures/", "figure"),
    ("/joint-requests/", "joint"), ("/lookups/saved/", "saved-lookup"), ("/hotspots/lists/", "focus-list"), ("/effects/", "assessment"),
    ("/grades/", "compound"), ("/inspections/", "inspection"), ("/city-lists/", "city-entry"),
    ("/rosters/setup/officers/", "roster-officer"), ("/rosters/setup/compounds/", "compound"),
    ("/rosters/setup/duties/", "roster-duty"), ("/rosters/setup/leaves/", "roster-leave"), ("/rosters/", "roster"),
    ("/vendor/images/", "vendor-image"), ("/vendor/", "vendor"), ("/map/outlines/", "outline"),
    ("/bulletins/", "bulletin"),
  ]
  static func kind(of pattern: String) -> String? { kinds.first { pattern.hasPrefix($0.prefix) }?.kind }

  /// The addresses with things of our own; nil when nobody has said what the parameter names.
  func paths(of pattern: String) -> [String]? {
    if !pattern.contains("{") { return [pattern] }
    guard let kind = Self.kind(of: pattern), let all = values[kind] else { return nil }
    return all.indices.map { i in
      var first = true
      return pattern.split(separator: "/", omittingEmptySubsequences: false).map { piece in
        guard piece.hasPrefix("{") else { return String(piece) }
        defer { first = false }
        if first { return all[i] }
        return switch piece {
        case "{compound}": values["compound"]?.first ?? ""
        case "{report}": values["report-id"]?[min(i, 8)] ?? ""
        case "{event}": "identify-party"
        case "{officer}": values["roster-officer"]?.first ?? ""
        case "{shift}": values["roster-shift"]?.first ?? ""
        case "{fix}": values["roster-fix"]?.first ?? ""
        case "{id}" where pattern.hasPrefix("/api/v1/cases/{no}/papers/"): values["paper"]?.first ?? ""
        default: "1"
        }
      }.joined(separator: "/")
    }
  }
  func path(of pattern: String) -> String? { paths(of: pattern)?.first }

  /// Every page that somebody may open, with every thing of our own on it.
  func pages(_ book: RouteBook, for role: Role?) -> [String] {
    book.routes.filter { route in
      guard route.method == .get, !route.path.hasPrefix("/assets/"), !route.path.hasPrefix("/vendor/") else { return false }
      switch route.policy {
      case .public: return true
      case .token: return false
      case .signedIn(let permission):
        guard let role else { return false }
        return permission.map { role.permissions.contains($0) } ?? true
      }
    }.flatMap { paths(of: $0.path) ?? [] }
  }
}

extension WholeHouse {
  /// A matter of `Side.own`, brought to a state by real steps.
  func matter(in state: MatterState) async throws -> Received {
    let matters = composition.matters
    let officer = try somebody(.officer).person
    let leader = try somebody(.squadLeader).person
    let dispatcher = try somebody(.dispatcher).person
    let received = try await report("\(state.chinese)的事：楼上把阳台改成卫生间，水漏到我家。")
    let no = received.matterNo
    if state == .registered { return received }
    if state == .transferred {
      let department = try await house.store.read { db in
        try OfficeStore.all(db).first { $0.kind == .department && $0.district == dispatcher.district }
      }
      guard let department else { throw Refusal(.missing, "test", "no department") }
      try await matters.transfer(no, to: department.id, reason: "消防通道堵塞，属消防职责", version: nil, by: dispatcher)
      return received
    }
    guard let squad = squads[.own] else { throw Refusal(.missing, "test", "no squad") }
    try await matters.dispatch(no, to: squad.id, note: "", version: nil, by: dispatcher)
    if state == .dispatched { return received }
    try await matters.accept(no, officer: nil, version: nil, by: officer)
    if state == .accepted { return received }
    if state == .hung {
      try await matters.hang(no, reason: "等待房屋检测报告", version: nil, by: leader)
      return received
    }
    try await matters.contact(no, report: received.report.id, outcome: .reached, note: "", version: nil, by: officer)
    try await matters.visit(no, NewVisit(outcome: .seen, note: "阳台已铺瓷砖并接排水管"), version: nil, by: officer)
    try await matters.find(
      no, fact: .confirmed, factNote: "现场查见阳台改为卫生间", claim: .reasonable, claimNote: "违反住宅物业管理规定", version: nil, by: officer)
    if state == .found { return received }
    try await matters.measure(no, kind: .ordered, note: "责令十日内恢复原状", version: nil, by: officer)
    try await matters.reply(no, outcome: .solved, text: "已责令恢复原状，10 月 8 日前复查。", version: nil, by: officer)
    if state == .replied { return received }
    try await matters.approve(no, note: "", version: nil, by: leader)
    if state == .approved { return received }
    try await matters.revisit(no, report: received.report.id, satisfaction: .satisfied, solved: true, note: "", version: nil, by: leader)
    return received
  }
}
