import Foundation
import Kernel
import People
import Storage

/// An error that a reader reports in an entry, and what became of it. The entry itself is a file: it is mended there.
public struct CatalogueRemark: Sendable {
  public typealias ID = Identifier<CatalogueRemark>
  public let id: ID
  public let item: String
  public let at: Moment
  public let who: String
  public let text: String
  public let answer: String?
  public let answeredBy: String?
  public let answeredAt: Moment?
}

/// What an office notes beside the catalogue: errors that readers report, and which campaign's list an item belongs to.
public enum CatalogueNotes {
  public static let migration = Migration(
    "catalogue-001",
    [
      """
      CREATE TABLE catalogue_remark (id integer primary key, item text NOT NULL, at bigint NOT NULL,
        account_id bigint NOT NULL REFERENCES account (id), text text NOT NULL, answer text, answered_by bigint REFERENCES account (id),
        answered_at bigint)
      """,
      "CREATE INDEX catalogue_remark_item ON catalogue_remark (item, id)",
      "CREATE INDEX catalogue_remark_account ON catalogue_remark (account_id)",
      "CREATE INDEX catalogue_remark_answerer ON catalogue_remark (answered_by)",
      """
      CREATE TABLE catalogue_tag (item text NOT NULL, campaign text NOT NULL, account_id bigint NOT NULL REFERENCES account (id),
        at bigint NOT NULL, PRIMARY KEY (item, campaign))
      """,
      "CREATE INDEX catalogue_tag_account ON catalogue_tag (account_id)",
    ])

  /// - Parameter item: nil for those of all items that are not answered yet.
  public static func remarks(on item: String?, _ db: any Reader) throws -> [CatalogueRemark] {
    let condition: Query = item.map { "r.item = \($0)" } ?? "r.answer IS NULL"
    return try db.all(
      """
      SELECT r.*, a.name AS who, b.name AS answerer FROM catalogue_remark r JOIN account a ON a.id = r.account_id
        LEFT JOIN account b ON b.id = r.answered_by WHERE \(condition) ORDER BY r.id DESC LIMIT 50
      """
    ).map { row in
      CatalogueRemark(
        id: try row.id("id"), item: try row.text("item"), at: try row.moment("at"), who: try row.text("who"), text: try row.text("text"),
        answer: try row.optionalText("answer"), answeredBy: try row.optionalText("answerer"),
        answeredAt: try row.optionalMoment("answered_at"))
    }
  }
  /// - Throws: `Refusal` `catalogue-remark-text`.
  public static func remark(on item: Item, _ text: String, by person: Person, in house: House) async throws {
    try person.require(.seeCatalogue)
    let clean = text.trimming()
    guard (5...2000).contains(clean.count) else {
      throw Refusal(.invalid, "catalogue-remark-text", "请写明哪里不对、依据哪个文本，5 至 2000 字。", field: "text")
    }
    let now = house.now()
    try await house.store.write { db in
      // Sent a second time it is the same remark.
      if try db.exists(
        "SELECT 1 AS one FROM catalogue_remark WHERE item = \(item.slug) AND account_id = \(person.id) AND text = \(clean) AND answer IS NULL"
      ) {
        return
      }
      let id: CatalogueRemark.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO catalogue_remark (id, item, at, account_id, text, answer, answered_by, answered_at)
        VALUES (\(id), \(item.slug), \(now), \(person.id), \(clean), NULL, NULL, NULL)
        """)
      try Journal.append(
        "catalogue-remark", on: Subject("catalogue-remark", id), by: person.actor, at: now, facts: ["item": item.slug], note: clean,
        opening: true, ids: house.ids, db)
    }
  }
  /// - Throws: `Refusal` `catalogue-remark-answer`, `catalogue-remark-missing`.
  public static func answer(_ remark: CatalogueRemark.ID, _ text: String, by person: Person, in house: House) async throws {
    try person.require(.superviseMatters)
    let clean = text.trimming()
    guard (2...1000).contains(clean.count) else {
      throw Refusal(.invalid, "catalogue-remark-answer", "请写明核对的结果。", field: "answer")
    }
    let now = house.now()
    try await house.store.write { db in
      let changed = try db.run(
        """
        UPDATE catalogue_remark SET answer = \(clean), answered_by = \(person.id), answered_at = \(now) WHERE id = \(remark) AND answer IS NULL
        """)
      guard changed == 1 else { throw Refusal(.missing, "catalogue-remark-missing", "没有这条纠错，或者已有答复。") }
      try Journal.append(
        "catalogue-remark-answered", on: Subject("catalogue-remark", remark), by: person.actor, at: now, note: clean, ids: house.ids, db)
    }
  }

  /// Campaigns by item. A campaign's list is the office's own; none of ours is anybody's official one.
  public static func campaigns(_ db: any Reader) throws -> [String: [String]] {
    var out: [String: [String]] = [:]
    for row in try db.all("SELECT item, campaign FROM catalogue_tag ORDER BY item, campaign") {
      out[try row.text("item"), default: []].append(try row.text("campaign"))
    }
    return out
  }
  /// Puts an item on a campaign's list, or takes it off.
  /// - Throws: `Refusal` `catalogue-campaign`.
  public static func list(_ item: Item, under campaign: String, _ isOn: Bool, by person: Person, in house: House) async throws {
    try person.require(.superviseMatters)
    let clean = campaign.trimming()
    guard (2...40).contains(clean.count) else { throw Refusal(.invalid, "catalogue-campaign", "请填写专项行动的名称，2 至 40 字。", field: "campaign") }
    let now = house.now()
    try await house.store.write { db in
      let changed =
        isOn
        ? try db.run(
          """
          INSERT INTO catalogue_tag (item, campaign, account_id, at) VALUES (\(item.slug), \(clean), \(person.id), \(now))
          ON CONFLICT (item, campaign) DO NOTHING
          """) : try db.run("DELETE FROM catalogue_tag WHERE item = \(item.slug) AND campaign = \(clean)")
      if changed == 0 { return }
      try Journal.append(
        "catalogue-tag", on: Subject("account", person.id), by: person.actor, at: now,
        facts: ["item": item.slug, "campaign": clean, "on": isOn ? "yes" : "no"],
        ids: house.ids, db)
    }
  }
}
