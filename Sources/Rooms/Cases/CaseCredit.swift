import Catalogue
import Foundation
import Kernel
import Offices
import People
import Sheets
import Storage

/// 物业失信记分 as the rules have it: what a penalty leads to for the firm and its project manager.
public struct CreditRules: Sendable {
  public enum Subject: String, Sendable, CaseIterable {
    case firm, manager
    public var chinese: String { self == .firm ? "物业服务企业" : "项目经理" }
  }
  /// What brings the points.
  public enum When: String, Sendable, CaseIterable {
    /// A penalty under a law on safety.
    case safety
    /// Any other penalty.
    case penalty
    /// Established otherwise, and chosen by a person.
    case manual
  }
  public struct Rule: Sendable {
    public let subject: Subject
    public let when: When
    public let points: Int
    public let article: String
    public let behaviour: String
  }
  public let source: String
  public let confidence: SourceConfidence
  public let validFrom: Day
  public let validUntil: Day
  public let rules: [Rule]

  /// Reads `Data/credit/points.json`.
  /// - Throws: `DataFileError` with every problem.
  public init(reading data: Data, file: String = "credit/points.json") throws(DataFileError) {
    (source, confidence, validFrom, validUntil, rules) = try DataFile.read(data, file: file) { root in
      root.object("about", "source", "confidence", "validFrom", "validUntil", "rules")
      func day(_ key: String) -> Day {
        guard let day = Day(iso: root[key].string()) else {
          root[key].problem("must be a day")
          return Day(daysSinceEpoch: 0)
        }
        return day
      }
      let rules = root["rules"].list().map { node in
        node.object("subject", "when", "points", "article", "behaviour")
        return Rule(
          subject: node["subject"].choice(.firm), when: node["when"].choice(.manual), points: node["points"].int(in: 1...18),
          article: node["article"].string(), behaviour: node["behaviour"].string())
      }
      return (root["source"].string(), root["confidence"].choice(.unverified), day("validFrom"), day("validUntil"), rules)
    }
  }

  /// What a penalty of this item proposes; nothing outside the days of the rules, or for items that are not a firm's.
  public func proposed(for item: Item, on day: Day) -> [Rule] {
    guard validFrom <= day, day <= validUntil, item.category.slug == "property-firm-duty" else { return [] }
    return rules.filter { $0.when == (item.publicSafety == nil ? .penalty : .safety) }
  }
}

/// Points that were proposed to the housing bureau, and what it answered.
public struct CreditRecord: Sendable {
  public let id: Int64
  public let caseNo: String
  public let subject: CreditRules.Subject
  public let name: String
  public let points: Int
  public let article: String
  public let behaviour: String
  public let at: Moment
  public let sentAt: Moment?
  public let answer: String?
  public let answeredAt: Moment?
}

extension Cases {
  /// - Parameter unsent: only what has not been exported yet.
  public func credit(unsent: Bool = false, of no: String? = nil, for person: Person, limit: Int = 500) async throws -> [CreditRecord] {
    try await house.store.read { db in
      var conditions = [CaseStore.visible(to: person)]
      if unsent { conditions.append("k.sent_at IS NULL") }
      if let no { conditions.append("f.no = \(no)") }
      return try db.all(
        """
        SELECT k.*, f.no AS case_no FROM case_credit k JOIN case_file f ON f.id = k.case_id WHERE \(conditions.conjunction)
        ORDER BY k.id DESC LIMIT \(raw: String(limit))
        """
      ).map { row in
        CreditRecord(
          id: try row.int("id"), caseNo: try row.text("case_no"), subject: try row.choice("subject"), name: try row.text("name"),
          points: try row.count("points"), article: try row.text("article"), behaviour: try row.text("behaviour"), at: try row.moment("at"),
          sentAt: try row.optionalMoment("sent_at"), answer: try row.optionalText("answer"),
          answeredAt: try row.optionalMoment("answered_at"))
      }
    }
  }

  /// Proposes the points that the decision leads to, for the firm and its project manager.
  /// - Throws: `Refusal` `cases-missing`, `cases-credit-none`, `cases-credit-there`, `cases-credit-manager`.
  public func proposeCredit(of no: String, manager: String, by person: Person) async throws {
    try requireField(person)
    let manager = manager.trimming()
    let now = house.now()
    try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      try requireOwn(record, person)
      let item = try catalogue.known(record.file.item)
      let rules =
        record.file.decision?.kind == .penalty || record.file.decision?.kind == .onSpot ? credit.proposed(for: item, on: now.day) : []
      guard !rules.isEmpty, let firm = record.partyName else {
        throw Refusal(.conflict, "cases-credit-none", "只有对物业服务企业作出处罚决定的案件才建议记分。", article: credit.source)
      }
      guard try !db.exists("SELECT 1 AS one FROM case_credit WHERE case_id = \(record.id)") else {
        throw Refusal(.conflict, "cases-credit-there", "本案已建议记分。")
      }
      guard (2...40).contains(manager.count) else {
        throw Refusal(.invalid, "cases-credit-manager", "请填写项目经理姓名。", article: credit.source, field: "manager")
      }
      for rule in rules {
        let id: Identifier<CreditRecord> = house.ids.next(at: now)
        try db.run(
          """
          INSERT INTO case_credit (id, case_id, subject, name, points, article, behaviour, at, account_id, sent_at, answer, answered_at)
          VALUES (\(id), \(record.id), \(rule.subject), \(rule.subject == .firm ? firm : manager), \(rule.points), \(rule.article),
            \(rule.behaviour), \(now), \(person.id), NULL, NULL, NULL)
          """)
      }
      try Journal.append("case-credit", on: record.subject, by: person.actor, at: now, ids: house.ids, db)
    }
  }

  /// What the housing bureau gets: everything not sent yet, which counts as sent with this.
  public func exportCredit(by person: Person) async throws -> Table {
    try person.require(.leadCases)
    let now = house.now()
    return try await house.store.write { db in
      let rows = try db.all(
        """
        SELECT k.*, f.no AS case_no, f.title, f.decided_at FROM case_credit k JOIN case_file f ON f.id = k.case_id
        WHERE \(CaseStore.visible(to: person)) AND k.sent_at IS NULL ORDER BY k.id
        """)
      let cells = try rows.map { row in
        [
          try row.text("case_no"), try row.text("title"), try row.choice("subject", CreditRules.Subject.self).chinese, try row.text("name"),
          String(try row.count("points")), try row.text("behaviour"), "沪房规范〔2023〕3号\(try row.text("article"))",
          try row.optionalMoment("decided_at")?.day.iso ?? "",
        ]
      }
      try db.run("UPDATE case_credit SET sent_at = \(now) WHERE id IN (\(list: try rows.map { try $0.int("id") }))")
      for no in Set(try rows.map { try $0.int("case_id") }).sorted() {
        try Journal.append("case-credit-sent", on: Subject("case", CaseRecord.ID(no)), by: person.actor, at: now, ids: house.ids, db)
      }
      return Table(header: ["案件编号", "案由", "记分对象", "名称、姓名", "建议记分", "失信行为", "依据", "处罚决定日期"], cells: cells)
    }
  }
  /// - Throws: `Refusal` `cases-credit-answer`, `cases-credit-missing`.
  public func answer(credit id: Int64, _ answer: String, by person: Person) async throws {
    try requireField(person)
    let clean = answer.trimming()
    let now = house.now()
    try await house.store.write { db in
      guard
        let row = try db.first(
          "SELECT k.case_id, k.answer FROM case_credit k JOIN case_file f ON f.id = k.case_id WHERE k.id = \(id) AND \(CaseStore.visible(to: person))"
        )
      else { throw Refusal(.missing, "cases-credit-missing", "没有这条记分建议，或者它不在您的范围内。") }
      guard (2...500).contains(clean.count) else {
        throw Refusal(.invalid, "cases-credit-answer", "请写明房屋管理部门的答复：记了几分、哪天公示，或者为什么不记。", field: "answer")
      }
      if try row.optionalText("answer") == clean { return }
      try db.run("UPDATE case_credit SET answer = \(clean), answered_at = \(now) WHERE id = \(id)")
      try Journal.append(
        "case-credit-answered", on: Subject("case", CaseRecord.ID(try row.int("case_id"))), by: person.actor, at: now, note: clean,
        ids: house.ids, db)
    }
  }
}
