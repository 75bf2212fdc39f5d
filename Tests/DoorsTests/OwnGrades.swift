import CityLists
import Grades
import Intake
import Kernel
import Matters
import Offices
import People
import Sheets
import Storage
import TestHouse
import WebSupport

@testable import longtang

extension OwnObjects {
  /// Compounds graded, two visits of `Side.own`: one to be made, one that was made.
  static func gradeThings(_ scene: WholeHouse) async throws -> [String: [String]] {
    let (grades, manager) = (scene.composition.grades, try scene.somebody(.districtManager).person)
    try await grades.night()
    try await grades.override(
      scene.compounds[.own]?.no ?? "", grade: "D", reason: "正在征收签约，先按严管安排检查。", until: scene.clock.now.day.adding(days: 60), by: manager)
    try await grades.plan()
    let leader = try scene.somebody(.squadLeader).person
    let all = try await grades.inspections(InspectionFilter(Month(scene.clock.now.day)), for: leader)
    guard let last = all.last else { throw Refusal(.missing, "test", "no inspection") }
    var told = InspectionReport(on: scene.clock.now.day, result: .told, note: "门厅堆物，已告知物业清理。")
    told.files = try await PhotoIntake(vault: scene.house.vault).keep([BadInputTests.picture(320, 240)])
    told.recheck = scene.clock.now.day.adding(days: 7)
    try await grades.carryOut(last.no, told, version: last.version, by: try scene.somebody(.officer).person)
    let here = try await grades.inspections(of: last.compound, for: leader)
    return ["inspection": here.sorted { $0.state == .planned && $1.state != .planned }.map(\.no)]
  }

  /// What the city says of `Side.own`: to answer, asked, sent to the city, without a report.
  static func cityThings(_ scene: WholeHouse) async throws -> [String] {
    let lists = scene.composition.cityLists
    let (officer, leader) = (try scene.somebody(.officer).person, try scene.somebody(.squadLeader).person)
    for i in 0..<3 {
      var new = NewReport(channel: .hotline, content: "第 \(i) 件：楼道堆物没有人管。", saidAt: scene.clock.now)
      new.compound = scene.compounds[.own]?.id
      new.sourceNo = "OWN-\(i)"
      let received = try await scene.composition.matters.receive(new, by: .system)
      guard let squad = scene.squads[.own] else { throw Refusal(.missing, "test", "no squad") }
      try await scene.composition.matters.dispatch(
        received.matterNo, to: squad.id, note: "", version: nil, by: try scene.somebody(.dispatcher).person)
    }
    try await lists.take(
      Table(
        header: ["工单编号", "通报类型", "原因"],
        cells: [["OWN-0", "不满意", "答复敷衍"], ["OWN-1", "未解决", ""], ["OWN-2", "未先行联系", ""], ["OWN-9", "未解决", ""]]),
      kind: nil, month: Month(scene.clock.now.day), by: try scene.somebody(.districtManager).person)
    let all = try await lists.entries(CityFilter(), for: try scene.somebody(.districtManager).person)
    func entry(_ no: String) throws -> CityEntry {
      guard let one = all.first(where: { $0.sourceNo == no }) else { throw Refusal(.missing, "test", "no entry \(no)") }
      return one
    }
    for no in ["OWN-1", "OWN-2"] {
      try await lists.appeal(
        try entry(no).id, reason: "当日已经联系并清理，市民认可。", evidence: "事项页有通话记录。", version: 1, by: officer)
    }
    try await lists.review(try entry("OWN-2").id, approve: true, note: "", version: 2, by: leader)
    return try ["OWN-0", "OWN-1", "OWN-2", "OWN-9"].map { "\(try entry($0).id)" }
  }
}
