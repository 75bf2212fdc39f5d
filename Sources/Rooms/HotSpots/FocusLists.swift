import Catalogue
import Compounds
import Foundation
import Kernel
import Offices
import Patterns
import People
import Sheets
import Storage

extension HotSpots {
  // MARK: Issuing

  /// Issues a list of our own finding: the compounds chosen of those that stand in the view's last night.
  /// - Returns: its number.
  /// - Throws: `Refusals` of what is missing; `focus-nothing`, `focus-before-night`, `focus-stranger`, `focus-same-name`.
  @discardableResult
  public func issue(_ new: NewFocusList, of chosen: [Compound.ID], in view: HotSpotView, by person: Person) async throws -> String {
    try person.require(.issueLists)
    let view = try self.view(view, for: person)
    var wrong = new.problems()
    let chosen = chosen.reduce(into: [Compound.ID]()) { if !$0.contains($1) { $0.append($1) } }
    if chosen.isEmpty { wrong.append(Refusal(.invalid, "focus-nothing", "请至少选一个小区。", field: "chosen")) }
    if !wrong.isEmpty { throw Refusals(wrong) }
    return try await house.store.write { db in
      guard let area = try area(view, db) else {
        throw Refusal(.conflict, "focus-before-night", "还没有研判结果，每晚研判一次，请明天再来。")
      }
      let rows = try db.all(
        """
        SELECT \(Self.columns) WHERE h.hot_area_id = \(area.id) AND h.compound_id IN (\(list: chosen)) AND \(Patterns.visible(person, "c"))
        ORDER BY h.position
        """
      ).map(Self.rate)
      guard rows.count == chosen.count else {
        throw Refusal(.invalid, "focus-stranger", "选中的小区有的不在这次研判结果里，请刷新后重新勾选。", field: "chosen")
      }
      return try keep(new, source: .ours, subject: view.subject, area: area, rows.map { ($0.compound, "", $0) }, left: [], by: person, db)
    }
  }

  /// What a file would become.
  /// - Throws: the refusals of `FocusReader.read`.
  public func read(_ table: Table, for person: Person) async throws -> FocusReading {
    try person.require(.issueLists)
    return try await reader(for: person).read(table)
  }
  /// The compounds within a scope by all their names.
  public func reader(for person: Person) async throws -> FocusReader {
    try await house.store.read { db in
      let offices = OfficeTree(try OfficeStore.all(db))
      var aliases: [Int64: [String]] = [:]
      for row in try db.all("SELECT compound_id, alias FROM compound_alias") {
        aliases[try row.int("compound_id"), default: []].append(try row.text("alias"))
      }
      return FocusReader(
        try db.all(
          "SELECT c.id, c.no, c.name, c.squad_id, c.district_id FROM compound c WHERE c.state = 'active' AND \(Patterns.visible(person, "c")) ORDER BY c.id"
        ).map { row in
          let areas = [try row.id("district_id", Office.self), try row.id("squad_id", Office.self)].map { id in
            offices[id].map(OfficeTree.areaName) ?? ""
          }
          let name = try row.text("name")
          return FocusReader.Known(
            FocusCandidate(no: try row.text("no"), name: name, area: areas.joined()), names: [name] + (aliases[try row.int("id")] ?? []))
        })
    }
  }

  /// What somebody has decided of a line that is no compound of ours by itself.
  public enum Decision: Sendable, Equatable {
    /// The compound's number.
    case means(String)
    case leaveOut
  }
  /// Issues an imported list. Every line has to be matched or left out by somebody's own decision.
  /// - Parameter leaveRest: lines without a decision are left out.
  /// - Throws: `Refusals` of what is missing; `focus-undecided`, `focus-unknown-no`, `focus-nothing`, `focus-same-name`.
  @discardableResult
  public func take(
    _ new: NewFocusList, from reading: FocusReading, decisions: [Int: Decision], leaveRest: Bool, by person: Person
  ) async throws -> String {
    try person.require(.issueLists)
    var wrong = new.problems()
    var wanted: [(no: String, given: String)] = []
    var left: [FocusLeft] = []
    var taken: [String: Int] = [:]
    for line in reading.lines {
      func add(_ no: String) {
        if let earlier = taken[no] {
          left.append(FocusLeft(line: line.line, given: line.given, why: "和第 \(earlier) 行是同一个小区"))
        } else {
          taken[no] = line.line
          wanted.append((no, line.given))
        }
      }
      switch (line.match, decisions[line.line]) {
      case (.one(let one), _): add(one.no)
      case (.again(let earlier), _): left.append(FocusLeft(line: line.line, given: line.given, why: "和第 \(earlier) 行是同一个小区"))
      case (_, .means(let no)?): add(no)
      case (let match, .leaveOut?): left.append(FocusLeft(line: line.line, given: line.given, why: Self.reason(match)))
      case (let match, nil):
        if leaveRest {
          left.append(FocusLeft(line: line.line, given: line.given, why: Self.reason(match)))
        } else {
          wrong.append(
            Refusal(.invalid, "focus-undecided", "第 \(line.line) 行“\(line.given)”还没有决定：选一个小区，或者不列入。", field: "pick-\(line.line)"))
        }
      }
    }
    if wanted.isEmpty, wrong.isEmpty { wrong.append(Refusal(.invalid, "focus-nothing", "没有一行是本单位范围内的小区，名单不能为空。", field: "file")) }
    if !wrong.isEmpty { throw Refusals(wrong) }
    let view = try self.view(HotSpotView(), for: person)
    let (kept, gone, lines) = (wanted, left, taken)
    return try await house.store.write { db in
      let area = try area(view, db)
      var known: [String: Compound.ID] = [:]
      for row in try db.all(
        "SELECT c.id, c.no FROM compound c WHERE c.no IN (\(list: kept.map(\.no))) AND c.state = 'active' AND \(Patterns.visible(person, "c"))"
      ) {
        known[try row.text("no")] = try row.id("id")
      }
      if let stranger = kept.first(where: { known[$0.no] == nil }) {
        throw Refusal(
          .invalid, "focus-unknown-no", "“\(stranger.given)”写的小区编号“\(stranger.no)”不是本单位范围内的小区，请核对。",
          field: lines[stranger.no].map { "pick-\($0)" })
      }
      var rates: [Compound.ID: HotRate] = [:]
      if let area {
        for row in try db.all(
          "SELECT \(Self.columns) WHERE h.hot_area_id = \(area.id) AND h.compound_id IN (\(list: Array(known.values)))")
        {
          let rate = try Self.rate(row)
          rates[rate.compound] = rate
        }
      }
      let entries = kept.compactMap { one in known[one.no].map { (compound: $0, given: one.given, rate: rates[$0]) } }
      return try keep(new, source: .imported, subject: "", area: area, entries, left: gone, by: person, db)
    }
  }
  private static func reason(_ match: FocusReading.Match) -> String {
    if case .several = match { return "有几个同名小区，没有选定" }
    return "本单位范围内没有这个名称的小区"
  }

  private func keep(
    _ new: NewFocusList, source: FocusList.Source, subject: String, area: HotArea?,
    _ entries: [(compound: Compound.ID, given: String, rate: HotRate?)], left: [FocusLeft], by person: Person, _ db: any Writer
  ) throws -> String {
    let now = house.now()
    guard let from = new.from, let through = new.through, let office = person.office else {
      throw Refusal(.forbidden, "people-not-permitted", "您的账号没有所属单位，不能发布名单，请联系安全管理员。")
    }
    if try db.exists("SELECT 1 AS one FROM focus_list WHERE office_id = \(office) AND name = \(new.name) AND withdrawn_at IS NULL") {
      throw Refusal(
        .conflict, "focus-same-name", "本单位已有名为“\(new.name)”的名单。名单发布后不再改动，要重新发布请另起名称，或者先撤回原来的。", field: "title")
    }
    let day = now.day.iso.replacing("-", with: "")
    let no = "H\(day)-\(Int(try Counter.next("focus-\(day)", db)).padded(4))"
    let id: FocusList.ID = house.ids.next(at: now)
    let district: Office.ID? = Scope(of: person) == .city ? nil : person.district
    try db.run(
      """
      INSERT INTO focus_list (id, no, name, source, office_id, district_id, subject, from_day, through_day, reason, as_of, version, entries,
        issued_by, issued_at)
      VALUES (\(id), \(no), \(new.name), \(source), \(office), \(district), \(subject), \(from), \(through), \(new.reason),
        \(area?.through ?? now.day), \(method.version), \(entries.count), \(person.id), \(now))
      """)
    for (position, entry) in entries.enumerated() {
      let row: Identifier<FocusEntry> = house.ids.next(at: now)
      let (rate, figures) = (entry.rate, entry.rate?.figures)
      try db.later(
        """
        INSERT INTO focus_entry (id, list_id, position, compound_id, given, reports, households, raw, shrunk, low, high, above, area_rate,
          listed, why)
        VALUES (\(row), \(id), \(position + 1), \(entry.compound), \(entry.given), \(rate?.reports ?? 0), \(rate?.households),
          \(figures?.raw), \(figures?.shrunk), \(figures?.low), \(figures?.high), \(figures?.above), \(area?.rate),
          \(rate?.listed ?? false),
          \(rate?.why ?? "发布时还没有研判结果。"))
        """)
    }
    for one in left {
      let row: Identifier<FocusLeft> = house.ids.next(at: now)
      try db.later("INSERT INTO focus_left (id, list_id, line, given, why) VALUES (\(row), \(id), \(one.line), \(one.given), \(one.why))")
    }
    try Journal.append(
      "list-\(source == .ours ? "issued" : "imported")", on: Subject("focus_list", id), by: person.actor, at: now,
      facts: ["no": no, "name": new.name, "entries": "\(entries.count)", "left": "\(left.count)", "version": method.version],
      note: new.reason, opening: true, ids: house.ids, db)
    return no
  }

  // MARK: Taking back

  /// Withdraws an issued list (撤回), for a reason: it stays to be read and is neither followed nor offered any more.
  /// - Throws: `Refusal` `focus-missing`; `focus-others` where another office has issued it; `focus-withdrawn`; `focus-withdraw-reason`.
  public func withdraw(_ no: String, reason: String, by person: Person) async throws {
    try person.require(.issueLists)
    let why = reason.trimming()
    guard (10...500).contains(why.utf16.count) else {
      throw Refusal(.invalid, "focus-withdraw-reason", "请写明为什么撤回，10 至 500 字。", field: "reason")
    }
    let now = house.now()
    try await house.store.write { db in
      let list = try find(no, for: person, db)
      guard list.office == person.office else {
        throw Refusal(.forbidden, "focus-others", "名单由\(list.officeName)发布，只有\(list.officeName)可以撤回。")
      }
      if let before = list.withdrawal {
        // Sent a second time it says nothing new.
        if before.reason == why { return }
        throw Refusal(.conflict, "focus-withdrawn", "这份名单已由\(before.who)于\(before.at.day.chineseLong)撤回。")
      }
      try db.run(
        "UPDATE focus_list SET withdrawn_at = \(now), withdrawn_by = \(person.id), withdrawn_why = \(why) WHERE id = \(list.id)")
      try Journal.append(
        "list-withdrawn", on: Subject("focus_list", list.id), by: person.actor, at: now, facts: ["no": list.no, "name": list.name],
        note: why,
        ids: house.ids, db)
    }
  }

  // MARK: Looking

  /// On `focus_list` as `f`: lists of one's office or above it that hold something of one's own.
  static func visibleList(_ person: Person) -> Query {
    let own: Query =
      "EXISTS (SELECT 1 FROM focus_entry e JOIN compound c ON c.id = e.compound_id WHERE e.list_id = f.id AND \(Patterns.visible(person, "c")))"
    return switch Scope(of: person) {
    case .city: "1 = 1"
    case .district(let id): "(f.district_id = \(id) OR \(own))"
    default: own
    }
  }
  static let listColumns: Query =
    """
    f.*, o.short AS office_name, a.name AS issuer, w.name AS withdrawer FROM focus_list f JOIN office o ON o.id = f.office_id
    JOIN account a ON a.id = f.issued_by LEFT JOIN account w ON w.id = f.withdrawn_by
    """
  static func list(_ row: ResultRow) throws -> FocusList {
    let subject = try row.text("subject")
    let withdrawal = try row.optionalMoment("withdrawn_at").map { at in
      FocusList.Withdrawal(at: at, who: try row.text("withdrawer"), reason: try row.text("withdrawn_why"))
    }
    return FocusList(
      id: try row.id("id"), no: try row.text("no"), name: try row.text("name"), source: try row.choice("source"),
      office: try row.id("office_id"), officeName: try row.text("office_name"), subject: subject.isEmpty ? nil : subject,
      from: try row.day("from_day"),
      through: try row.day("through_day"), reason: try row.text("reason"), asOf: try row.day("as_of"), version: try row.text("version"),
      entries: try row.count("entries"), issuedBy: try row.text("issuer"), issuedAt: try row.moment("issued_at"),
      withdrawal: withdrawal)
  }
  private func find(_ no: String, for person: Person, _ db: any Reader) throws -> FocusList {
    guard let row = try db.first("SELECT \(Self.listColumns) WHERE f.no = \(no) AND \(Self.visibleList(person))") else {
      throw Refusal(.missing, "focus-missing", "没有这份名单，或者它没有您范围内的小区。")
    }
    return try Self.list(row)
  }
  /// The newest first, withdrawn ones among them: those are to be read, not to be chosen from.
  public func lists(for person: Person, limit: Int = 100) async throws -> [FocusList] {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      try db.all("SELECT \(Self.listColumns) WHERE \(Self.visibleList(person)) ORDER BY f.id DESC LIMIT \(limit)").map(Self.list)
    }
  }
  /// A list with its entries within the scope, and for those who may issue lists what was left out.
  /// - Throws: `Refusal` `focus-missing` also for one that holds nothing of the person's own.
  public func list(_ no: String, for person: Person) async throws -> (list: FocusList, entries: [FocusEntry], left: [FocusLeft]) {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      let list = try find(no, for: person, db)
      let entries = try db.all(
        """
        SELECT e.*, c.no AS compound_no, c.name AS compound_name, s.short AS squad_name FROM focus_entry e
        JOIN compound c ON c.id = e.compound_id JOIN office s ON s.id = c.squad_id
        WHERE e.list_id = \(list.id) AND \(Patterns.visible(person, "c")) ORDER BY e.position
        """
      ).map { row in
        FocusEntry(
          position: try row.count("position"), compound: try row.id("compound_id"), compoundNo: try row.text("compound_no"),
          compoundName: try row.text("compound_name"), squadName: try row.text("squad_name"), given: try row.text("given"),
          reports: try row.count("reports"), households: try row.optionalInt("households").map(Int.init), figures: try HotFigures(row),
          areaRate: try row.optionalDouble("area_rate"), listed: try row.bool("listed"), why: try row.text("why"))
      }
      let left =
        person.may(.issueLists)
        ? try db.all("SELECT line, given, why FROM focus_left WHERE list_id = \(list.id) ORDER BY line").map {
          FocusLeft(line: try $0.count("line"), given: try $0.text("given"), why: try $0.text("why"))
        } : []
      return (list, entries, left)
    }
  }
  /// - Throws: `Refusal` `focus-missing`, `focus-same`.
  public func compare(_ first: String, _ second: String, for person: Person) async throws -> FocusComparison {
    if first == second { throw Refusal(.invalid, "focus-same", "请选两份不同的名单。", field: "second") }
    let (a, b) = (try await list(first, for: person), try await list(second, for: person))
    return FocusComparison(a.list, a.entries, b.list, b.entries)
  }
}
