import Catalogue
import Compounds
import Kernel
import Matters
import Patterns
import People
import Sheets
import Storage

/// What became of the compounds of a list.
extension HotSpots {
  public struct Followed: Sendable {
    /// Twelve months before the issue, and all since.
    public let course: [(month: Month, reports: Int)]
    public let aftermath: Aftermath
    /// Since the issue.
    public let matters: Int
    public let open: Int
    public let cases: Int
    public let plans: [(no: String, state: Plan.State)]
  }
  /// Each compound of a list since it was issued.
  public func follow(_ list: FocusList, _ compounds: [Compound.ID]) async throws -> [Compound.ID: Followed] {
    let today = house.now().day
    let turn = Month(list.issuedAt.day)
    // Two years are enough to tell by.
    let last = min(Month(today), turn.adding(24))
    let first = turn.adding(-12)
    let items = list.subject.map { slug in catalogue.items.filter { $0.category.slug == slug }.map(\.slug) }
    return try await house.store.read { db in
      var counts: [Int64: [Int: Int]] = [:]
      let those: Query = items.map { "m.item IN (\(list: $0))" } ?? "m.item IS NOT NULL"
      for row in try db.all(
        """
        SELECT m.compound_id, r.said_at FROM matter m JOIN report r ON r.matter_id = m.id
        WHERE m.compound_id IN (\(list: compounds)) AND \(those) AND \(Patterns.counted) AND r.said_at >= \(first.first.start)
        """)
      {
        counts[try row.int("compound_id"), default: [:]][Month(try row.moment("said_at").day).count, default: 0] += 1
      }
      var matters: [Int64: (all: Int, open: Int)] = [:]
      for row in try db.all(
        """
        SELECT m.compound_id, count(*) AS n, sum(m.open) AS open FROM matter m
        WHERE m.compound_id IN (\(list: compounds)) AND \(those) AND m.first_at >= \(list.issuedAt) AND m.merged_into IS NULL GROUP BY m.compound_id
        """)
      {
        matters[try row.int("compound_id")] = (try row.count("n"), try row.count("open"))
      }
      var cases: [Int64: Int] = [:]
      for row in try db.all(
        "SELECT compound_id, count(*) AS n FROM case_file WHERE compound_id IN (\(list: compounds)) AND filed_at >= \(list.issuedAt) GROUP BY compound_id"
      ) {
        cases[try row.int("compound_id")] = try row.count("n")
      }
      var plans: [Int64: [(no: String, state: Plan.State)]] = [:]
      for row in try db.all(
        "SELECT compound_id, no, state FROM plan WHERE compound_id IN (\(list: compounds)) AND opened_at >= \(list.issuedAt) ORDER BY id")
      {
        plans[try row.int("compound_id"), default: []].append((try row.text("no"), try row.choice("state")))
      }
      return compounds.reduce(into: [:]) { out, id in
        let mine = counts[id.raw] ?? [:]
        let course = (first.count...last.count).map { (month: Month(count: $0), reports: mine[$0] ?? 0) }
        out[id] = Followed(
          course: course, aftermath: Aftermath(course, issued: list.issuedAt.day, today: today), matters: matters[id.raw]?.all ?? 0,
          open: matters[id.raw]?.open ?? 0, cases: cases[id.raw] ?? 0, plans: plans[id.raw] ?? [])
      }
    }
  }

  /// A list to take along, as far as the person sees it.
  public func table(_ no: String, for person: Person) async throws -> (list: FocusList, table: Table) {
    let (list, entries, _) = try await self.list(no, for: person)
    let isFollowed = list.withdrawal == nil
    let followed = isFollowed ? try await follow(list, entries.map(\.compound)) : [:]
    func text(_ value: Double?) -> String { value.map { HotFigures.text($0) } ?? "" }
    let cells = entries.map { one -> [String] in
      let since = followed[one.compound]
      return [
        "\(one.position)", one.compoundNo, one.compoundName, one.squadName, one.given, "\(one.reports)",
        one.households.map(String.init) ?? "",
        text(one.figures?.raw), text(one.figures?.shrunk), one.figures?.interval ?? "", text(one.areaRate), one.listed ? "是" : "否", one.why,
      ]
        + (isFollowed
          ? [
            since?.aftermath.sentence ?? "", "\(since?.matters ?? 0)", "\(since?.cases ?? 0)",
            since?.plans.map { "\($0.no) \($0.state.chinese)" }.joined(separator: "；") ?? "",
          ] : [list.withdrawal.map { "\($0.at.day.iso) 撤回：\($0.reason)" } ?? ""])
    }
    return (
      list,
      Table(
        header: [
          "序号", "小区编号", "小区名称", "中队", "来文名称", "近 \(method.weeks) 周件数", "户数", "每千户件数", "折算后每千户", "可信区间", "平均每千户", "本系统研判列入", "理由",
        ] + (isFollowed ? ["发布后", "发布后事项", "发布后立案", "发布后方案"] : ["名单已撤回"]), cells: cells)
    )
  }
}
