import Catalogue
import ClockBook
import Kernel
import Matters
import Offices
import People
import Storage

extension Cases {
  // MARK: Looking

  private static func visible(_ person: Person, _ table: String) -> Query {
    guard person.may(.seeCases) else { return "1 = 0" }
    return Scope(of: person).rows(of: table)
  }

  /// Those that wait first, the oldest of them on top; then what was decided, state by state.
  public func filingDuties(_ state: FilingDuty.State?, for person: Person, limit: Int = 100) async throws -> [FilingDuty] {
    try await house.store.read { db in
      var all: [FilingDuty] = []
      // State by state, because an index gives each in its order.
      for one in state.map({ [$0] }) ?? FilingDuty.State.allCases where all.count < limit {
        all += try duties("d.state = \(one)", person, limit - all.count, db)
      }
      return all
    }
  }
  public func filingDuty(ofMatter no: String, for person: Person) async throws -> FilingDuty? {
    try await house.store.read { db in try duties("m.no = \(no)", person, 1, db).first }
  }
  private func duties(_ condition: Query, _ person: Person, _ limit: Int, _ db: any Reader) throws -> [FilingDuty] {
    try db.all(
      """
      SELECT d.*, m.no AS matter_no, m.title, f.no AS case_no, a.name AS who,
        (SELECT min(c.due_at) FROM clock c WHERE c.subject_kind = 'filing-duty' AND c.subject_id = d.matter_id AND c.state = 'running') AS due
      FROM filing_duty d JOIN matter m ON m.id = d.matter_id LEFT JOIN case_file f ON f.id = d.case_id LEFT JOIN account a ON a.id = d.decided_by
      WHERE \(Self.visible(person, "d")) AND \(condition) ORDER BY d.at LIMIT \(raw: String(limit))
      """
    ).map(Self.duty)
  }
  private static func duty(_ row: ResultRow) throws -> FilingDuty {
    FilingDuty(
      matterNo: try row.text("matter_no"), matterTitle: try row.text("title"),
      grounds: try row.text("grounds").split(separator: " ").compactMap { FilingDuty.Ground(rawValue: String($0)) },
      state: try row.choice("state"), at: try row.moment("at"), due: try row.optionalMoment("due"), caseNo: try row.optionalText("case_no"),
      reason: try row.optionalText("reason"), stockOwner: try row.optionalText("stock_owner"),
      stockEvidence: try row.optionalText("stock_evidence"), decidedBy: try row.optionalText("who"),
      decidedAt: try row.optionalMoment("decided_at"))
  }

  public func firmChecks(_ state: FirmCheck.State?, for person: Person, limit: Int = 100) async throws -> [FirmCheck] {
    try await house.store.read { db in
      var all: [FirmCheck] = []
      for one in state.map({ [$0] }) ?? FirmCheck.State.allCases where all.count < limit {
        all += try checks("d.state = \(one)", person, limit - all.count, db)
      }
      return all
    }
  }
  public func firmCheck(ofMatter no: String, for person: Person) async throws -> FirmCheck? {
    try await house.store.read { db in try checks("m.no = \(no)", person, 1, db).first }
  }
  private func checks(_ condition: Query, _ person: Person, _ limit: Int, _ db: any Reader) throws -> [FirmCheck] {
    try db.all(
      """
      SELECT d.*, m.no AS matter_no, m.title, m.item, f.no AS case_no, a.name AS who
      FROM firm_check d JOIN matter m ON m.id = d.matter_id LEFT JOIN case_file f ON f.id = d.case_id LEFT JOIN account a ON a.id = d.checked_by
      WHERE \(Self.visible(person, "d")) AND \(condition) ORDER BY d.at LIMIT \(raw: String(limit))
      """
    ).map { row in
      FirmCheck(
        matterNo: try row.text("matter_no"), matterTitle: try row.text("title"), state: try row.choice("state"),
        duty: try row.optionalText("item").flatMap { catalogue.item($0)?.propertyDuty }, note: try row.optionalText("note"),
        caseNo: try row.optionalText("case_no"), checkedBy: try row.optionalText("who"), checkedAt: try row.optionalMoment("checked_at"))
    }
  }

  /// 诉转案率 of the matters that came between two days, both included.
  public func filingRate(from: Day, through: Day, for person: Person) async throws -> FilingRate {
    try person.require(.seeCases)
    return try await house.store.read { db in
      let scope = Scope(of: person).rows(of: "m")
      // Identifiers grow with time, so the period is a piece of the primary key.
      let (first, last) = (IdentifierSource.floor(of: from.start), IdentifierSource.floor(of: through.end))
      let period: Query = "m.id >= \(first) AND m.id < \(last) AND m.merged_into IS NULL AND \(scope)"
      let verified: Query = """
        m.out_of_scope = 0 AND m.item IS NOT NULL AND EXISTS (SELECT 1 FROM finding x WHERE x.matter_id = m.id AND x.fact IN ('confirmed', 'partly'))
        """
      func count(_ condition: Query) throws -> Int {
        Int(try db.number("SELECT count(*) AS n FROM matter m WHERE \(period) AND \(condition)"))
      }
      return FilingRate(
        complaints: try count("1 = 1"), verified: try count(verified),
        filed: try count("EXISTS (SELECT 1 FROM case_file f WHERE f.matter_id = m.id AND f.filed_at IS NOT NULL)"))
    }
  }

  // MARK: Deciding

  /// Why a matter that must become a case does not.
  public enum Declining: Sendable {
    case reason(String)
    case stock(owner: String, evidence: String)
  }

  /// - Throws: `Refusal` `cases-duty-missing`, `cases-duty-decided`, `cases-must-file-reason`, `cases-stock-owner`, `cases-stock-evidence`.
  public func decline(dutyOf no: String, _ why: Declining, by person: Person) async throws {
    try person.require(.leadCases)
    let article = "长宁方案：应立尽立、应转尽转"
    switch why {
    case .reason(let reason):
      guard reason.trimming().count >= 10, reason.count <= 1000 else {
        throw Refusal(.invalid, "cases-must-file-reason", "应立尽立的事项不立案，请写明理由（不少于十个字）。", article: article, field: "reason")
      }
    case .stock(let owner, let evidence):
      guard (2...100).contains(owner.trimming().count) else {
        throw Refusal(.invalid, "cases-stock-owner", "历史存量须写明由谁负责整治。", article: article, field: "owner")
      }
      guard evidence.trimming().count >= 5, evidence.count <= 1000 else {
        throw Refusal(.invalid, "cases-stock-evidence", "历史存量须写明证据，如登记册编号、认定时间。", article: article, field: "evidence")
      }
    }
    let now = house.now()
    try await house.store.write { db in
      guard let matter = try MatterStore.find(no: no, for: person, db),
        let duty = try db.first("SELECT state FROM filing_duty WHERE matter_id = \(matter.id) AND squad_id = \(person.office)")
      else { throw Refusal(.missing, "cases-duty-missing", "没有这件待研判的事项，或者它不在您的范围内。") }
      guard try duty.text("state") == FilingDuty.State.open.rawValue else {
        throw Refusal(.conflict, "cases-duty-decided", "这件事项已经研判过，请刷新后再看。")
      }
      switch why {
      case .reason(let reason):
        try db.run(
          """
          UPDATE filing_duty SET state = 'declined', reason = \(reason.trimming()), decided_by = \(person.id), decided_at = \(now)
          WHERE matter_id = \(matter.id)
          """)
        try Journal.append(
          "matter-not-filed", on: Subject("matter", matter.id), by: person.actor, at: now, note: reason.trimming(), ids: house.ids, db)
      case .stock(let owner, let evidence):
        try db.run(
          """
          UPDATE filing_duty SET state = 'stock', stock_owner = \(owner.trimming()), stock_evidence = \(evidence.trimming()),
            decided_by = \(person.id), decided_at = \(now) WHERE matter_id = \(matter.id)
          """)
        try Journal.append(
          "matter-old-stock", on: Subject("matter", matter.id), by: person.actor, at: now, facts: ["owner": owner.trimming()],
          note: evidence.trimming(), ids: house.ids, db)
      }
      try clocks.finish(nil, of: Self.duty(matter.id), at: now, db)
    }
  }

  /// 一案双查: what the firm did. Where it did nothing, the case against it is opened like any other and named here.
  /// - Throws: `Refusal` `cases-check-missing`, `cases-check-note`, `cases-check-case`.
  public func check(firmOf no: String, _ state: FirmCheck.State, note: String, caseNo: String?, by person: Person) async throws {
    try person.require(.workCases)
    let clean = note.trimming()
    guard state != .open, (5...2000).contains(clean.count) else {
      throw Refusal(.invalid, "cases-check-note", "请写明物业何时发现、如何劝阻、何时报告，或者没有履职的事实。", field: "note")
    }
    let now = house.now()
    try await house.store.write { db in
      guard let matter = try MatterStore.find(no: no, for: person, db),
        let before = try db.first(
          "SELECT state, note, case_id FROM firm_check WHERE matter_id = \(matter.id) AND squad_id = \(person.office)")
      else { throw Refusal(.missing, "cases-check-missing", "没有这件物业履职核查，或者它不在您的范围内。") }
      var own: CaseRecord?
      if let caseNo {
        own = try CaseStore.find(no: caseNo.trimming().uppercased(), for: person, db)
        guard own != nil else { throw Refusal(.invalid, "cases-check-case", "没有编号为 \(caseNo.prefix(20)) 的案件。", field: "case") }
      }
      // Sent a second time it says nothing new.
      if try before.text("state") == state.rawValue, try before.optionalText("note") == clean,
        try before.optionalInt("case_id") == own?.id.raw
      {
        return
      }
      try db.run(
        """
        UPDATE firm_check SET state = \(state), note = \(clean), case_id = \(own?.id), checked_by = \(person.id), checked_at = \(now)
        WHERE matter_id = \(matter.id)
        """)
      try Journal.append(
        "matter-firm-checked", on: Subject("matter", matter.id), by: person.actor, at: now,
        facts: ["outcome": state.rawValue, "case": own?.no ?? ""], note: clean, ids: house.ids, db)
    }
  }
}
