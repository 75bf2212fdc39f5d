import Catalogue
import Compounds
import Foundation
import HotSpots
import Intake
import Kernel
import Matters
import Offices
import Patterns
import People
import Sheets
import Storage

/// Whether a campaign, a pilot or a list made a difference; see the README.
public struct Effects: Sendable {
  public let house: House
  public let catalogue: Catalogue
  public let hotspots: HotSpots
  public init(house: House, catalogue: Catalogue, hotspots: HotSpots) {
    self.house = house
    self.catalogue = catalogue
    self.hotspots = hotspots
  }
  /// As many compounds may be assessed at once.
  public static let most = 2000

  // MARK: Naming one

  /// Names an assessment and reckons it for the first time.
  /// - Returns: its number.
  /// - Throws: `Refusals` of what is missing: `effects-title`, `effects-kind`, `effects-dates`, `effects-item`, `effects-nobody`,
  ///   `effects-unknown`, `focus-missing`; `Refusal` `effects-same-title`.
  @discardableResult
  public func assess(_ new: NewAssessment, by person: Person) async throws -> String {
    try person.require(.assessEffects)
    let now = house.now()
    var wrong: [Refusal] = []
    if !(2...60).contains(new.title.count) { wrong.append(Refusal(.invalid, "effects-title", "名称为 2 至 60 个字。", field: "title")) }
    if new.kind == nil { wrong.append(Refusal(.invalid, "effects-kind", "请选择评估的是什么。", field: "kind")) }
    wrong += Self.dates(new.from, new.through, today: now.day)
    if let item = new.item, catalogue.item(item) == nil {
      wrong.append(Refusal(.invalid, "effects-item", "目录中没有这个执法事项，请重新选择。", field: "item"))
    }
    let (chosen, list, problems) = try await places(new.places, for: person)
    wrong += problems
    if !wrong.isEmpty { throw Refusals(wrong) }
    guard let kind = new.kind, let from = new.from, let through = new.through, let office = person.office else {
      throw Refusal(.forbidden, "people-not-permitted", "您的账号没有所属单位，不能评估，请联系安全管理员。")
    }
    let id: Assessment.ID = house.ids.next(at: now)
    let result = try await reckon(id, chosen, from: from, through: through, item: new.item)
    return try await house.store.write { db in
      if try db.exists("SELECT 1 AS one FROM assessment WHERE office_id = \(office) AND title = \(new.title)") {
        throw Refusal(.conflict, "effects-same-title", "本单位已有名为“\(new.title)”的评估，可以打开它重新计算，或者另起名称。", field: "title")
      }
      let day = now.day.iso.replacing("-", with: "")
      let no = "X\(day)-\(Int(try Counter.next("assessment-\(day)", db)).padded(4))"
      let district: Office.ID? = Scope(of: person) == .city ? nil : person.district
      try db.run(
        """
        INSERT INTO assessment (id, no, title, kind, office_id, district_id, list_id, item, from_day, through_day, opened_by, opened_at)
        VALUES (\(id), \(no), \(new.title), \(kind), \(office), \(district), \(list), \(new.item), \(from), \(through), \(person.id), \(now))
        """)
      for compound in chosen {
        let row: Identifier<Assessment> = house.ids.next(at: now)
        try db.later("INSERT INTO assessment_place (id, assessment_id, compound_id) VALUES (\(row), \(id), \(compound))")
      }
      try keep(result, of: id, by: person, at: now, db)
      try Journal.append(
        "assessment-opened", on: Subject("assessment", id), by: person.actor, at: now,
        facts: ["no": no, "title": new.title, "compounds": "\(chosen.count)", "verdict": result.verdict.rawValue], opening: true,
        ids: house.ids, db)
      return no
    }
  }
  private static func dates(_ from: Day?, _ through: Day?, today: Day) -> [Refusal] {
    guard let from else { return [Refusal(.invalid, "effects-dates", "请填写第一天。", field: "from")] }
    guard let through else { return [Refusal(.invalid, "effects-dates", "请填写最后一天；还在进行的，写计划的最后一天。", field: "through")] }
    if from > through { return [Refusal(.invalid, "effects-dates", "第一天在最后一天之后，请核对两个日期。", field: "from")] }
    if from > today { return [Refusal(.invalid, "effects-dates", "还没有开始，开始以后再来评估。", field: "from")] }
    if through.days(since: from) > 1096 { return [Refusal(.invalid, "effects-dates", "最长三年，请核对两个日期。", field: "through")] }
    return []
  }

  /// The compounds that are meant, or what is wrong with how they were named.
  private func places(_ named: NewAssessment.Places, for person: Person) async throws -> ([Compound.ID], FocusList.ID?, [Refusal]) {
    func nobody(_ field: String, _ message: String) -> ([Compound.ID], FocusList.ID?, [Refusal]) {
      ([], nil, [Refusal(.invalid, "effects-nobody", message, field: field)])
    }
    switch named {
    case .list(let no):
      if no.isEmpty { return nobody("list", "请选择一份名单。") }
      let list: FocusList
      let entries: [FocusEntry]
      do { (list, entries, _) = try await hotspots.list(no, for: person) } catch let refusal as Refusal where refusal.kind == .missing {
        return nobody("list", refusal.message)
      }
      if let gone = list.withdrawal { return nobody("list", "这份名单已于\(gone.at.day.chineseLong)撤回，请另选一份。") }
      return entries.isEmpty ? nobody("list", "这份名单没有您范围内的小区。") : (entries.map(\.compound), list.id, [])
    case .squad(let id):
      let found = try await house.store.read { db in
        try db.all(
          "SELECT c.id FROM compound c WHERE c.squad_id = \(id) AND c.state = 'active' AND \(Patterns.visible(person, "c")) ORDER BY c.id"
        )
        .map { try $0.id("id", Compound.self) }
      }
      return found.isEmpty ? nobody("squad", "这个中队没有您范围内的小区。") : (found, nil, [])
    case .pasted(let text):
      let names = text.split(whereSeparator: { "\n、，,；;\t".contains($0) }).map { String($0).trimming() }.filter { !$0.isEmpty }
      if names.isEmpty { return nobody("names", "请写明整治的小区，每行一个名称或者编号。") }
      if names.count > Self.most { return nobody("names", "一次最多 \(Self.most) 个小区。") }
      let reading = try await hotspots.reader(for: person).read(
        Table(header: ["小区编号", "小区名称"], cells: names.map { [$0, $0] }))
      let unknown = reading.undecided
      if !unknown.isEmpty {
        let several = unknown.filter { if case .several = $0.match { true } else { false } }
        var message = "有 \(unknown.count) 个小区对不上：" + unknown.prefix(10).map { "“\($0.given)”" }.joined(separator: "、")
        message += several.isEmpty ? "。请核对名称，或者改写小区编号。" : "。同名的小区请写小区编号。"
        return ([], nil, [Refusal(.invalid, "effects-unknown", message, field: "names")])
      }
      let numbers = reading.lines.compactMap { if case .one(let one) = $0.match { one.no } else { nil } }
      let ids = try await house.store.read { db in
        try db.all("SELECT id FROM compound WHERE no IN (\(list: numbers)) ORDER BY id").map { try $0.id("id", Compound.self) }
      }
      return (ids, nil, [])
    }
  }

  // MARK: Reckoning

  /// Reckons a known assessment from what is kept today. What was kept before stays; the same result is not kept twice.
  /// - Returns: whether anything is different from the last result.
  /// - Throws: `Refusal` `effects-missing`.
  @discardableResult
  public func reckon(_ no: String, by person: Person) async throws -> Bool {
    try person.require(.assessEffects)
    let now = house.now()
    let (one, chosen) = try await house.store.read { db in
      let one = try find(no, for: person, db)
      return (one, try treated(one.id, db))
    }
    let result = try await reckon(one.id, chosen, from: one.from, through: one.through, item: one.item)
    return try await house.store.write { db in
      let last = try db.first("SELECT result, version FROM assessment_result WHERE assessment_id = \(one.id) ORDER BY id DESC LIMIT 1")
      if let last, try last.json("result", AssessmentResult.self) == result, try last.text("version") == EffectReckoner.version {
        return false
      }
      try keep(result, of: one.id, by: person, at: now, db)
      try Journal.append(
        "assessment-reckoned", on: Subject("assessment", one.id), by: person.actor, at: now, facts: ["verdict": result.verdict.rawValue],
        ids: house.ids, db)
      return true
    }
  }
  private func treated(_ id: Assessment.ID, _ db: any Reader) throws -> [Compound.ID] {
    try db.all("SELECT compound_id FROM assessment_place WHERE assessment_id = \(id) ORDER BY compound_id").map { try $0.id("compound_id") }
  }

  private struct Known: Sendable {
    var places: [EffectReckoner.Place] = []
    var counts: [Int64: [Int: Int]] = [:]
    var oldest: Month?
    var busy = 0
  }
  private func reckon(_ id: Assessment.ID, _ chosen: [Compound.ID], from: Day, through: Day, item: String?) async throws -> AssessmentResult
  {
    let today = house.now().day
    let reckoner = EffectReckoner(from: from, through: through)
    let known = try await house.store.read { db in
      var known = Known()
      if let oldest = try db.first("SELECT min(id) AS id FROM report")?.optionalInt("id") {
        // The month in which the first report came was not kept wholly.
        known.oldest = Month(IdentifierSource.moment(of: oldest).day).adding(1)
      }
      // Controls are of the same districts: their seasons, campaigns and hotlines are the same.
      let treated = Set(chosen.map(\.raw))
      let busy = try busy(id, from: from, through: through, item: item, db)
      for row in try db.all(
        """
        SELECT c.id, c.households FROM compound c
        WHERE c.state = 'active' AND c.district_id IN (SELECT x.district_id FROM compound x WHERE x.id IN (\(list: chosen)))
          OR c.id IN (\(list: chosen)) ORDER BY c.id
        """)
      {
        let compound = try row.int("id")
        let households = try row.optionalInt("households").map(Int.init)
        if !treated.contains(compound) {
          if busy.contains(compound) {
            known.busy += 1
            continue
          }
          if households == nil { continue }
        }
        known.places.append(.init(compound: compound, treated: treated.contains(compound), households: households))
      }
      let months = reckoner.months(oldest: known.oldest, today: today)
      let all = months.before + months.after
      if let first = all.first, let last = all.last { known.counts = try counts(first, last, item, db) }
      return known
    }
    return try reckoner.reckon(
      known.places, counts: known.counts, months: reckoner.months(oldest: known.oldest, today: today), busy: known.busy)
  }
  private func counts(_ first: Month, _ last: Month, _ item: String?, _ db: any Reader) throws -> [Int64: [Int: Int]] {
    var branches: Query = ""
    for count in first.count...last.count {
      branches += " WHEN r.said_at < \(Month(count: count + 1).first.start) THEN \(raw: String(count))"
    }
    let those: Query = item.map { "m.item = \($0)" } ?? "m.item IS NOT NULL"
    var out: [Int64: [Int: Int]] = [:]
    for row in try db.all(
      """
      SELECT m.compound_id, CASE\(branches) END AS month, count(*) AS n FROM report r JOIN matter m ON m.id = r.matter_id
      WHERE r.id >= \(IdentifierSource.floor(of: first.first.start)) AND r.said_at >= \(first.first.start)
        AND r.said_at < \(last.adding(1).first.start) AND \(those) AND \(Patterns.counted) GROUP BY 1, 2
      """)
    {
      out[try row.int("compound_id"), default: [:]][try row.count("month")] = try row.count("n")
    }
    return out
  }
  /// Compounds in which something else was done at the same time about the same.
  private func busy(_ id: Assessment.ID, from: Day, through: Day, item: String?, _ db: any Reader) throws -> Set<Int64> {
    let same: Query = item.map { "(a.item IS NULL OR a.item = \($0))" } ?? "1 = 1"
    return Set(
      try db.all(
        """
        SELECT p.compound_id FROM assessment a JOIN assessment_place p ON p.assessment_id = a.id
        WHERE a.id <> \(id) AND a.through_day >= \(from) AND a.from_day <= \(through) AND \(same)
        """
      ).map { try $0.int("compound_id") })
  }

  private func keep(_ result: AssessmentResult, of id: Assessment.ID, by person: Person, at now: Moment, _ db: any Writer) throws {
    let row: Identifier<AssessmentResult> = house.ids.next(at: now)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(result), as: UTF8.self)
    try db.run(
      """
      INSERT INTO assessment_result (id, assessment_id, at, account_id, version, verdict, result)
      VALUES (\(row), \(id), \(now), \(person.id), \(EffectReckoner.version), \(result.verdict), \(text))
      """)
  }
}
