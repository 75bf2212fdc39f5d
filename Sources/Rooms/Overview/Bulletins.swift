import Figures
import Foundation
import Kernel
import Matters
import Offices
import Patterns
import People
import Storage

extension Overview {
  static let bulletinColumns: Query =
    """
    b.*, o.short AS office_name, a.name AS made_name, i.name AS issued_name FROM bulletin b JOIN office o ON o.id = b.office_id
    JOIN account a ON a.id = b.made_by LEFT JOIN account i ON i.id = b.issued_by
    """
  /// One's own office's; what was issued above, and in one's district below.
  static func visible(_ person: Person) -> Query {
    guard person.may(.seeMatters), let office = person.office else { return "1 = 0" }
    let own: Query = person.may(.writeBulletins) ? "b.office_id = \(office)" : "b.office_id = \(office) AND b.state = 'issued'"
    switch Scope(of: person) {
    case .city: return "(\(own) OR b.state = 'issued')"
    case .district(let id): return "(\(own) OR b.state = 'issued' AND (o.district_id = \(id) OR o.district_id IS NULL))"
    case .squad:
      return "(\(own) OR b.state = 'issued' AND (b.office_id = \(person.district ?? office) OR o.district_id IS NULL))"
    case .firm, .committee, .nothing: return "1 = 0"
    }
  }
  static func bulletin(_ row: ResultRow) throws -> Bulletin {
    Bulletin(
      id: try row.id("id"), no: try row.text("no"), kind: try row.choice("kind"), office: try row.id("office_id"),
      officeName: try row.text("office_name"), from: try row.day("from_day"), through: try row.day("through_day"),
      title: try row.text("title"),
      state: try row.choice("state"), version: try row.count("version"), madeBy: try row.text("made_name"),
      madeAt: try row.moment("made_at"),
      issuedBy: try row.optionalText("issued_name"), issuedAt: try row.optionalMoment("issued_at"), sha256: try row.optionalText("sha256"))
  }

  /// The newest first.
  public func bulletins(for person: Person, limit: Int = 100) async throws -> [Bulletin] {
    try person.require(.seeMatters)
    return try await house.store.read { db in
      try db.all(
        "SELECT \(Self.bulletinColumns) WHERE b.state <> 'dropped' AND \(Self.visible(person)) ORDER BY b.id DESC LIMIT \(raw: String(limit))"
      ).map(Self.bulletin)
    }
  }
  /// - Throws: `Refusal` `overview-bulletin-missing` also for one that is not this person's to see.
  public func bulletin(_ no: String, for person: Person) async throws -> (bulletin: Bulletin, content: BulletinContent) {
    try await house.store.read { db in try find(no, for: person, db) }
  }
  private func find(_ no: String, for person: Person, _ db: any Reader) throws -> (bulletin: Bulletin, content: BulletinContent) {
    guard let row = try db.first("SELECT \(Self.bulletinColumns) WHERE b.no = \(no) AND \(Self.visible(person))") else {
      throw Refusal(.missing, "overview-bulletin-missing", "没有这份通报，或者它不在您的范围内。")
    }
    return (try Self.bulletin(row), try row.json("content"))
  }

  // MARK: Drafting

  /// Drafts a bulletin of one's scope from the figures.
  /// - Parameter card: a score card that each office's points are reckoned by.
  /// - Throws: `Refusal` `overview-bulletin-period`, `overview-bulletin-office`.
  @discardableResult
  public func draftBulletin(_ period: BulletinPeriod, card: String?, by person: Person) async throws -> String {
    try person.require(.writeBulletins)
    guard let office = person.office else { throw Refusal(.forbidden, "overview-bulletin-office", "您的账号不属于任何机构，不能起草通报。") }
    let now = house.now()
    guard period.from <= now.day, Month(period.from) > Month(now.day).adding(-119) else {
      throw Refusal(.invalid, "overview-bulletin-period", "这一期还没有开始，或者在十年以前。", field: "day")
    }
    let content = try await draft(period, card: card.flatMap { id in figures.book.cards.first { $0.id == id } }, for: person)
    let title =
      "\(content.place)城管社区工作\(period.kind == .annual ? "\(period.from.year)年度考核" : "")通报\(period.kind == .annual ? "" : "（\(period.chinese)）")"
    return try await house.store.write { db in
      // There is one draft of a time: who asks again goes on with it.
      if let known = try db.first(
        "SELECT no FROM bulletin WHERE office_id = \(office) AND state = 'draft' AND kind = \(period.kind) AND from_day = \(period.from)")
      {
        return try known.text("no")
      }
      let day = now.day.iso.replacing("-", with: "")
      let no = "T\(day)-\(Int(try Counter.next("bulletin-\(day)", db)).padded(6))"
      let id: Bulletin.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO bulletin (id, no, kind, office_id, from_day, through_day, title, content, state, version, made_by, made_at)
        VALUES (\(id), \(no), \(period.kind), \(office), \(period.from), \(period.through), \(title), \(try Self.json(content)), 'draft', 1,
          \(person.id), \(now))
        """)
      try Journal.append(
        "bulletin-drafted", on: Subject("bulletin", id), by: person.actor, at: now,
        facts: ["no": no, "kind": period.kind.rawValue, "from": period.from.iso, "through": period.through.iso], ids: house.ids, db)
      return no
    }
  }
  static func json(_ content: BulletinContent) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(content), as: UTF8.self)
  }

  private func draft(_ period: BulletinPeriod, card: ScoreCard?, for person: Person) async throws -> BulletinContent {
    let place = Scope(of: person) == .city ? "全市" : person.officeName
    let facts = try await facts(period, place: place, for: person)
    let text = BulletinText(facts: facts, book: figures.book, item: { item($0) })
    let sections = text.sections
    let counted =
      period.kind == .weekly
      ? "按 \(house.now().chinese)的情况统计" : try await figures.countedAt().map { "统计到 \($0.chinese)" } ?? "还没有统计过"
    let isOpen = period.through >= house.now().day ? "；本期还没有结束，数字还会变" : ""
    return BulletinContent(
      period: period.chinese, place: place, basis: counted + isOpen + "。口径版本 \(figures.book.version)", sections: sections,
      drafted: sections,
      course: .init(
        title: "每月有效投诉", unit: "件", series: "当月", comparison: "去年同月", labels: facts.course.map(\.label), values: facts.course.map(\.value),
        others: facts.course.map(\.yearBefore)), sheets: text.sheets(card: card))
  }
  func facts(_ period: BulletinPeriod, place: String, for person: Person) async throws -> BulletinFacts {
    func counts(_ period: BulletinPeriod) async throws -> PeriodCounts {
      period.kind == .weekly
        ? try await figures.period(from: period.from, through: period.through, for: person)
        : try await figures.period(FigureScope(from: Month(period.from), through: Month(period.through)), for: person)
    }
    let (now, before, year) = (try await counts(period), try await counts(period.before), try await counts(period.yearBefore))
    let last = min(Month(period.through), Month(house.now().day))
    let months = try await figures.course(FigureScope(from: last.adding(-24), through: last), for: person).reduce(into: [Int: Int]()) {
      $0[$1.month.count] = $1.counts[.complaints]
    }
    let course = (last.count - 12...last.count).map { count in
      let month = Month(count: count)
      let label = month.number == 1 || count == last.count - 12 ? "\(month.year)年\(month.number)月" : "\(month.number)月"
      return (label: label, value: months[count] ?? 0, yearBefore: months[count - 12] ?? 0)
    }
    let plans = try await patterns.planCounts(for: person)
    let going = try await patterns.counts(for: person).values.reduce(0) { $0 + $1.all }
    let top = now.places.prefix(BulletinText.mostPlaces).map(\.compound)
    let (from, to) = (period.from.start, period.through.end)
    let (first, end) = (IdentifierSource.floor(of: from), IdentifierSource.floor(of: to))
    @Sendable func within(_ table: String) -> Query { Scope(of: person).rows(of: table) }
    return try await house.store.read { db in
      func number(_ query: Query) throws -> Int { Int(try db.number(query)) }
      let compounds = try db.all("SELECT id, name, households FROM compound WHERE id IN (\(list: top))").reduce(
        into: [Int64: BulletinFacts.Place]()
      ) {
        $0[try $1.int("id")] = BulletinFacts.Place(name: try $1.text("name"), households: try $1.optionalInt("households").map(Int.init))
      }
      return BulletinFacts(
        period: period, place: place, now: now, before: before, year: year, compounds: compounds, course: course,
        patternsFound: try number("SELECT count(*) AS n FROM pattern p WHERE p.id >= \(first) AND p.id < \(end) AND \(within("p"))"),
        patternsGoing: going,
        plansOpened: try number("SELECT count(*) AS n FROM plan l WHERE l.id >= \(first) AND l.id < \(end) AND \(within("l"))"),
        plansOpen: plans.open, plansOverdue: plans.overdue,
        casesOpened: try number("SELECT count(*) AS n FROM case_file f WHERE f.id >= \(first) AND f.id < \(end) AND \(within("f"))"),
        casesFiled: try number(
          "SELECT count(*) AS n FROM case_file f WHERE f.id >= \(first) AND f.id < \(end) AND f.filed_at IS NOT NULL AND \(within("f"))"),
        casesDecided: try number(
          "SELECT count(*) AS n FROM case_file f WHERE f.decided_at >= \(from) AND f.decided_at < \(to) AND \(within("f"))"))
    }
  }

  // MARK: Editing and issuing

  /// - Throws: `Refusal` `overview-bulletin-missing`, `overview-bulletin-issued`, `overview-bulletin-changed`; of what is missing all at once.
  public func editBulletin(_ no: String, title: String, texts: [String], version: Int?, issue: Bool, by person: Person) async throws {
    try person.require(.writeBulletins)
    let now = house.now()
    try await house.store.write { db in
      let (bulletin, known) = try draft(no, version: version, for: person, db)
      var content = known
      let title = title.trimming()
      var wrong: [Refusal] = []
      if !(4...80).contains(title.count) { wrong.append(Refusal(.invalid, "overview-bulletin-title", "标题 4 至 80 字。", field: "title")) }
      guard texts.count == content.sections.count else { throw Refusal(.invalid, "overview-bulletin-parts", "页面不完整，请刷新后再改。") }
      for (index, text) in texts.enumerated() {
        let clean = text.trimming()
        if !(2...4000).contains(clean.count) {
          wrong.append(
            Refusal(.invalid, "overview-bulletin-text", "“\(content.sections[index].title)”要有 2 至 4000 字。", field: "text\(index)"))
        }
        content.sections[index].text = clean
      }
      guard wrong.isEmpty else { throw Refusals(wrong) }
      let state: Bulletin.State = issue ? .issued : .draft
      try db.run(
        """
        UPDATE bulletin SET title = \(title), content = \(try Self.json(content)), state = \(state), version = version + 1,
          issued_by = \(issue ? person.id : nil), issued_at = \(issue ? now : nil) WHERE id = \(bulletin.id)
        """)
      try Journal.append(
        issue ? "bulletin-issued" : "bulletin-edited", on: Subject("bulletin", bulletin.id), by: person.actor, at: now,
        facts: ["no": no, "version": "\(bulletin.version + 1)"], ids: house.ids, db)
    }
  }
  /// - Throws: as `editBulletin`.
  public func dropBulletin(_ no: String, version: Int?, by person: Person) async throws {
    try person.require(.writeBulletins)
    let now = house.now()
    try await house.store.write { db in
      let (bulletin, _) = try draft(no, version: version, for: person, db)
      try db.run("UPDATE bulletin SET state = 'dropped', version = version + 1 WHERE id = \(bulletin.id)")
      try Journal.append(
        "bulletin-dropped", on: Subject("bulletin", bulletin.id), by: person.actor, at: now, facts: ["no": no], ids: house.ids, db)
    }
  }
  private func draft(_ no: String, version: Int?, for person: Person, _ db: any Reader) throws -> (Bulletin, BulletinContent) {
    let (bulletin, content) = try find(no, for: person, db)
    guard bulletin.office == person.office else {
      throw Refusal(.forbidden, "overview-bulletin-other", "这份通报是\(bulletin.officeName)的，只能由该单位修改。")
    }
    guard bulletin.state == .draft else { throw Refusal(.conflict, "overview-bulletin-issued", "这份通报已经印发，不能再改；需要更正时另发一份。") }
    guard bulletin.version == version else { throw Refusal(.conflict, "overview-bulletin-changed", "这份通报刚被别人改过，请刷新后再改。") }
    return (bulletin, content)
  }
}
