import Cases
import Foundation
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse
import TestOffice
import Testing
import Workflow

/// 联合办案: who sees and does what before, during and after, on exact lists.
@Suite struct JointTests {
  private struct Scene {
    let office: CaseOffice
    let no: String
    var cases: Cases { office.cases }
    func person(_ login: String) throws -> Person { try office.person(login) }

    static func make() async throws -> Scene {
      let office = try await CaseOffice.make()
      let no = try await office.lead("load-bearing-damage").no
      try await office.take(.identifyParty, CaseOffice.party, on: no)
      try await office.take(.assign, many: ["officers": [office.id("officer"), office.id("second")]], on: no, by: "leader")
      try await office.take(.askFiling, ["note": "巡查发现。"], on: no)
      try await office.take(.approveFiling, on: no, by: "leader")
      return Scene(office: office, no: no)
    }
    func certify(until: String = "2028-12-31") async throws {
      try await cases.note(
        certificate: "沪QP9001", until: try Day.of(until), of: try person("stranger").id, by: try person("chief"))
    }
    @discardableResult
    func ask() async throws -> JointHandling.ID {
      try await cases.askToJoin(
        no, office: office.office.otherSquad.id, reason: "拆下的材料运到贵队辖区，请协助取证。", version: nil, by: try person("leader"))
    }
    func join() async throws -> JointHandling.ID {
      try await certify()
      let id = try await ask()
      try await cases.answer(
        joint: id, joins: true, officers: [try person("stranger").id.raw], note: "", by: try person("chief"))
      return id
    }
    /// Everybody who finds the case, in the order of the list.
    func seers() async throws -> [String] {
      var out: [String] = []
      for login in ["officer", "second", "leader", "reviewer", "head", "manager", "stranger", "chief", "dispatcher", "audit"] {
        do {
          _ = try await cases.sheet(no, for: try person(login))
          out.append(login)
        } catch let refusal as Refusal { #expect(refusal.code == "cases-missing") }
      }
      return out
    }
    func refusal(_ body: () async throws -> Void) async throws -> Refusal? {
      do {
        try await body()
        return nil
      } catch let refusal as Refusal { return refusal }
    }
  }
  private static let own = ["officer", "second", "leader", "reviewer", "head", "manager"]

  @Test func itIsSeenFromTheDayItIsJoinedToTheDayItEnds() async throws {
    let scene = try await Scene.make()
    #expect(try await scene.seers() == Self.own)
    let id = try await scene.ask()
    // Only asked, the squad sees the request and not the case.
    #expect(try await scene.seers() == Self.own)
    let requests = try await scene.cases.jointRequests(for: try scene.person("chief"))
    #expect(requests.map(\.caseNo) == [scene.no] && requests.map(\.state) == [.asked])
    #expect(try await scene.cases.jointRequestsWaiting(for: try scene.person("chief")) == 1)
    #expect(try await scene.cases.jointRequests(for: try scene.person("leader")).isEmpty)
    try await scene.certify()
    try await scene.cases.answer(
      joint: id, joins: true, officers: [try scene.person("stranger").id.raw], note: "派一人参加", by: try scene.person("chief"))
    #expect(try await scene.seers() == Self.own + ["stranger", "chief"])
    var mine = CaseFilter()
    mine.group = .mine
    #expect(try await scene.cases.list(mine, for: try scene.person("stranger")).cases.map(\.no) == [scene.no])
    // The organ stays one.
    let record = try await scene.office.sheet(scene.no).record
    #expect(record.organName == "徐泾中队" && record.squadName == "徐泾中队")
    try await scene.cases.end(joint: id, reason: "取证已经完成", by: try scene.person("leader"))
    #expect(try await scene.seers() == Self.own)
    #expect(try await scene.cases.list(mine, for: try scene.person("stranger")).cases.isEmpty)
    #expect(try await scene.office.sheet(scene.no).coOfficers.isEmpty)
    // It is in the journal, and what is in it cannot be changed unseen.
    let (actions, faults) = try await scene.office.house.store.read { db in
      (
        try Journal.entries(of: Subject("case", record.id), db).map(\.action).filter { $0.hasPrefix("case-joint") },
        try Journal.verify(db).faults
      )
    }
    #expect(actions == ["case-joint-asked", "case-joint-joined", "case-joint-ended"] && faults == [])
    let all = try await scene.cases.joint(of: scene.no, for: try scene.person("officer"))
    #expect(all.map(\.state) == [.ended] && all.first?.endReason == "取证已经完成" && all.first?.answer == "派一人参加")
    // Asked again, it is a new request.
    try await scene.ask()
  }

  /// The table's word for co-handlers, over all procedures and states.
  @Test func coHandlersHelpAndDecideNothing() {
    for procedure in CaseProcedure.allCases {
      let rows = CaseTables.table(procedure).steps.filter { $0.roles.contains(.coHandler) }
      #expect(
        Set(rows.map(\.event)).isSubset(of: [.inspect, .inquire, .collect, .reviewCorrection, .hearStatement, .serve, .servePaper]),
        "\(procedure)")
      // Each of them asks whether the squad has named them.
      #expect(rows.allSatisfy { row in row.guards.contains { ["本人是承办人员", "协办的，本人是协办人员"].contains($0.condition) } })
    }
    let ordinary = CaseTables.ordinary.steps.filter { $0.roles.contains(.coHandler) }.map(\.event.rawValue)
    #expect(Set(ordinary) == ["inspect", "inquire", "collect", "reviewCorrection", "hearStatement", "serve", "servePaper"])
  }

  @Test func whoIsNamedActsAndWhoIsNotLooksOn() async throws {
    let scene = try await Scene.make()
    _ = try await scene.join()
    func steps(_ login: String) async throws -> [String] {
      try await scene.office.sheet(scene.no, login).choices.map(\.event.rawValue)
    }
    #expect(try await steps("stranger") == ["inspect", "inquire", "collect", "reviewCorrection", "servePaper"])
    #expect(try await steps("chief") == [])
    // Two of two squads are two.
    let both = ["present": [try scene.office.id("officer"), try scene.office.id("stranger")]]
    try await scene.office.take(.inspect, ["place": "堆场", "note": "查见拆下的墙砖。"], many: both, on: scene.no, by: "stranger")
    #expect(try await scene.office.sheet(scene.no).steps.last?.role == .coHandler)
    try await scene.office.issue("site-record", of: scene.no, by: "stranger")
    // What a co-handler has no part in is refused, whatever is sent.
    for (event, said) in [
      (CaseEvent.conclude, ["note": "查清"]), (.orderCorrection, ["note": "恢复"]), (.identifyParty, CaseOffice.party),
      (.preserve, ["note": "工具"]), (.decide, ["fine": "50000", "note": "…"]), (.close, [:]),
      (.transfer, ["department": "310118-xf", "note": "…"]),
    ] {
      let refusal = try #require(try await scene.office.refusal(event, said, on: scene.no, by: "stranger"))
      #expect(["step-not-yours", "step-not-now"].contains(refusal.code), "\(event): \(refusal.code)")
    }
    let looker = try await scene.office.refusal(.inspect, ["place": "x", "note": "x"], many: both, on: scene.no, by: "chief")
    #expect(looker?.code == "step-not-yours")
    // Nor what belongs to the case beside its procedure.
    let (stranger, today) = (try scene.person("stranger"), scene.office.clock.now.day)
    let registry = try await scene.refusal {
      try await scene.cases.moveRegistry(of: scene.no, to: .asked, certificate: "沪房地0001", on: today, note: "", by: stranger)
    }
    #expect(registry?.code == "step-not-yours")
    let handing = try await scene.refusal {
      try await scene.cases.hand(scene.no, to: .district, reason: "跨街镇的案件", version: nil, by: try scene.person("chief"))
    }
    #expect(handing?.code == "cases-handing-whose")
    #expect(
      try await scene.refusal { try await scene.cases.proposeCredit(of: scene.no, manager: "李四", by: stranger) }?.code == "step-not-yours")
  }

  @Test func withoutACertificateOrHavingToKeepOutNobodyIsNamed() async throws {
    let scene = try await Scene.make()
    let id = try await scene.ask()
    let (stranger, leader) = (try scene.person("stranger").id.raw, try scene.person("chief"))
    func answer(_ officers: [Int64], joins: Bool = true, note: String = "", by person: Person) async throws -> Refusal? {
      try await scene.refusal { try await scene.cases.answer(joint: id, joins: joins, officers: officers, note: note, by: person) }
    }
    #expect(try await answer([], by: leader)?.field == "officers")
    let bare = try await answer([stranger], by: leader)
    #expect(bare?.code == "cases-joint-officers" && bare?.article == "行政处罚法第四十二条第一款")
    // It ran out yesterday.
    try await scene.certify(until: "2026-09-23")
    #expect(try await answer([stranger], by: leader)?.code == "cases-joint-officers")
    try await scene.certify()
    // People of another squad are nobody's to send.
    #expect(try await answer([try scene.person("officer").id.raw], by: leader)?.code == "cases-joint-officers")
    // The leader of the squad that asked answers for nobody; for others there is no such request.
    #expect(try await answer([stranger], by: try scene.person("leader"))?.code == "cases-joint-missing")
    #expect(try await answer([stranger], by: try scene.person("stranger"))?.kind == .forbidden)
    #expect(try await answer([], joins: false, by: leader)?.code == "cases-no-reason")
    // 回避 holds for whoever helps.
    try await scene.office.take(.recuse, ["officer": String(stranger), "reason": "当事人的近亲属"], on: scene.no, by: "leader")
    let recused = try await answer([stranger], by: leader)
    #expect(recused?.code == "cases-recused" && recused?.article == "行政处罚法第四十三条")
    #expect(try await answer([], joins: false, note: "人员应当回避，另请他队。", by: leader) == nil)
    #expect(try await answer([stranger], by: leader)?.code == "cases-joint-answered")
    #expect(try await scene.cases.joint(of: scene.no, for: try scene.person("officer")).map(\.state) == [.declined])
  }

  @Test func whoMustKeepOutLaterIsOutAtOnce() async throws {
    let scene = try await Scene.make()
    let id = try await scene.join()
    let stranger = try scene.person("stranger").id.raw
    try await scene.office.take(.recuse, ["officer": String(stranger), "reason": "当事人的近亲属"], on: scene.no, by: "leader")
    #expect(try await scene.office.sheet(scene.no, "stranger").choices.isEmpty)
    let again = try await scene.refusal {
      try await scene.cases.change(joint: id, officers: [stranger], by: try scene.person("chief"))
    }
    #expect(again?.code == "cases-recused")
  }

  @Test func askingHasItsOrder() async throws {
    let scene = try await Scene.make()
    let (other, leader) = (scene.office.office.otherSquad.id, try scene.person("leader"))
    func ask(_ office: Int64?, _ reason: String = "请协助取证", version: Int? = nil, by person: Person) async throws -> Refusal? {
      try await scene.refusal {
        try await scene.cases.askToJoin(scene.no, office: office.map { .init($0) }, reason: reason, version: version, by: person)
      }
    }
    #expect(try await ask(other.raw, "请", by: leader)?.field == "reason")
    #expect(try await ask(nil, by: leader)?.field == "office")
    #expect(try await ask(scene.office.office.squad.id.raw, by: leader)?.code == "cases-joint-office")
    #expect(try await ask(scene.office.office.fire.id.raw, by: leader)?.code == "cases-joint-office")
    #expect(try await ask(other.raw, by: try scene.person("officer"))?.code == "cases-joint-whose")
    #expect(try await ask(other.raw, by: try scene.person("chief"))?.code == "cases-missing")
    #expect(try await ask(other.raw, version: 1, by: leader)?.code == "cases-changed")
    #expect(try await ask(other.raw, by: leader) == nil)
    #expect(try await ask(other.raw, by: leader)?.code == "cases-joint-there")
    // The case's own page was looked at before: what is decided on it is told that it has changed.
    let seen = try await scene.office.sheet(scene.no).record.version
    try await scene.certify()
    let request = try #require(try await scene.cases.jointRequests(for: try scene.person("chief")).first)
    try await scene.cases.answer(
      joint: request.id, joins: true, officers: [try scene.person("stranger").id.raw], note: "", by: try scene.person("chief"))
    let stale = try await scene.office.refusal(.conclude, ["note": "查清"], on: scene.no, version: seen)
    #expect(stale?.code == "cases-changed")
    let told = try await scene.office.office.matters.notices(of: try scene.person("stranger"))
    #expect(told.map(\.caseNo) == [scene.no])
    // Ended by the squad that helps.
    try await scene.cases.end(joint: request.id, reason: "人员另有任务", by: try scene.person("chief"))
    #expect(
      try await scene.refusal { try await scene.cases.end(joint: request.id, reason: "再结束一次", by: leader) }?.code
        == "cases-joint-not-joined")
  }
}
