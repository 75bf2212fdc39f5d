import CityLists
import Kernel
import Matters
import People
import Sheets
import Storage

/// A list of the city for the pilot city: some of its closed hotline reports, and a number that nobody knows.
enum DemoLists {
  static func plant(_ lists: CityLists) async throws {
    let now = lists.house.now()
    let (rows, people) = try await lists.house.store.read { db in
      (
        try db.all(
          """
          SELECT r.source_no, m.district_id, m.squad_id FROM report r JOIN promise p ON p.report_id = r.id JOIN matter m ON m.id = p.matter_id
          WHERE r.channel = 'hotline' AND r.nature = 'complaint' AND m.state = 'closed' AND m.squad_id IS NOT NULL
            AND r.id >= \(IdentifierSource.floor(of: now.adding(hours: -24 * 60)))
          ORDER BY r.id DESC LIMIT 200
          """),
        try db.all("SELECT id, role, office_id FROM account WHERE role IN ('districtManager', 'officer') AND state = 'active' ORDER BY id")
      )
    }
    guard let district = try rows.first?.int("district_id"),
      let manager = try people.first(where: { try $0.text("role") == Role.districtManager.rawValue && $0.int("office_id") == district })
    else { return }
    let own = try rows.filter { try $0.int("district_id") == district }.prefix(6)
    let words = [
      ("不满意", "市民认为处理结果与诉求不符"), ("未解决", "市民反映问题仍然存在"), ("未先行联系", "市民称没有接到联系电话"), ("不满意", "市民对答复内容不认可"),
      ("未解决", "现场又有堆放"), ("未先行联系", "回访时市民表示不清楚"),
    ]
    let cells = try zip(own, words).map { [try $0.text("source_no"), $1.0, $1.1] } + [["SH20260101X99999", "未解决", "编号与本区工单对不上"]]
    func person(_ id: Int64) async throws -> Person? {
      try await lists.house.store.read { db in try PersonStore.find(Person.ID(id), db) }
    }
    guard let keeper = try await person(try manager.int("id")) else { return }
    try await lists.take(
      Table(header: ["工单编号", "通报类型", "原因"], cells: cells), kind: nil, month: Month(now.day).adding(-1), by: keeper)
    // One appeal waits for its leader.
    guard let last = own.last,
      let officer = try people.first(where: { try $0.text("role") == Role.officer.rawValue && $0.int("office_id") == last.int("squad_id") }
      ),
      let author = try await person(try officer.int("id")),
      let entry = try await lists.entries(CityFilter(), for: author).first(where: { $0.state == .open && $0.kind == .uncontacted })
    else { return }
    try await lists.appeal(
      entry.id, reason: "派单当日已经电话联系，市民接听并约定了上门时间。", evidence: "事项页的先行联系记录和通话时间。", version: entry.version, by: author)
  }
}
