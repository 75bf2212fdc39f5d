import Cases
import Foundation
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse

@testable import longtang

extension OwnObjects {
  /// Cases of `Side.own` in several states, with what stands beside them.
  /// - Parameter matter: of our own, found true.
  static func caseThings(_ scene: WholeHouse, matter: String) async throws -> [String: [String]] {
    let cases = scene.composition.cases
    let (officer, leader) = (try scene.somebody(.officer).person, try scene.somebody(.squadLeader).person)
    let today = scene.clock.now.day
    for (person, number) in [(officer, "沪QP0001"), (leader, "沪QP0002")] {
      try await cases.note(certificate: number, until: today.adding(days: 300), of: person.id, by: leader)
    }
    var out: [String: [String]] = ["duty-matter": [matter]]
    for state in [CaseState.investigating, .lead, .filing] {
      var new = NewCase(item: "load-bearing-damage", procedure: .ordinary, foundOn: today, place: "元邑小城12号101室")
      new.compound = scene.compounds[.own]?.id
      let no = try await cases.open(new, by: officer).no
      out["case", default: []].append(no)
      if state == .lead { continue }
      try await cases.step(.askFiling, CaseSaid(["note": "现场查见拆墙。"]), on: no, version: nil, by: officer)
      if state == .filing { continue }
      try await cases.step(.approveFiling, CaseSaid([String: String]()), on: no, version: nil, by: leader)
      try await cases.step(
        .assign, CaseSaid(["officers": [officer.id.description, leader.id.description]]), on: no, version: nil, by: leader)
      let photo = try await cases.keepExhibit(BadInputTests.picture(320, 240))
      try await cases.add([NewExhibit(.photo, title: "拆墙现状", proves: "承重墙已拆", file: photo)], to: no, by: officer)
      out["paper"] = try await cases.papers(of: no, for: officer).prefix(1).map { "\($0.id)" }
      try await cases.report(.obstruction, note: "当事人持械阻拦进入。", unit: "派出所", on: no, by: officer)
    }
    let credit: Identifier<CreditRecord> = scene.house.ids.next(at: scene.clock.now)
    try await scene.house.store.write { db in
      try db.run(
        """
        INSERT INTO case_credit (id, case_id, subject, name, points, article, behaviour, at, account_id)
        SELECT \(credit), id, 'firm', '物业1', 6, '第五条', '未履职', \(scene.clock.now), opened_by FROM case_file ORDER BY id LIMIT 1
        """)
    }
    out["credit"] = [credit.description]
    let guide = NewGuide(
      kind: .example, title: "承重墙案件指导", item: "load-bearing-damage", text: "先鉴定，后责令改正。", source: "区局 2026 年第 3 号",
      file: ("范本.txt", Data("范本".utf8)))
    out["guide"] = [
      try await Guides.add(guide, catalogue: cases.catalogue, by: try scene.somebody(.cityManager).person, in: scene.house).description
    ]
    // A neighbour asks for our help.
    let neighbours = try await cases.open(
      NewCase(item: "load-bearing-damage", procedure: .ordinary, foundOn: today, place: "元邑小城13号"),
      by: try scene.somebody(.officer, .neighbour).person)
    out["joint"] = [
      try await cases.askToJoin(
        neighbours.no, office: scene.squads[.own]?.id, reason: "材料运到贵队辖区，请协助取证。", version: nil,
        by: try scene.somebody(.squadLeader, .neighbour).person
      ).description
    ]
    var device = DeviceEdit()
    (device.name, device.kind, device.place) = ("摄像机 1", "视频监控", "12号楼东侧")
    out["device"] = [try await cases.note(device: device, by: leader).description]
    return out
  }
}
