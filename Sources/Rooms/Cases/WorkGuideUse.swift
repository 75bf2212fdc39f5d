import Catalogue
import Foundation
import Kernel
import Offices
import People
import Storage

/// Which offices do without a guide that comes with the program. The city's word holds for all, a district's for itself.
extension WorkGuides {
  static let migration = Migration(
    "cases-007",
    [
      """
      CREATE TABLE work_guide_off (id integer primary key, item text NOT NULL, district_id bigint REFERENCES office (id),
        reason text NOT NULL, at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id))
      """,
      "CREATE UNIQUE INDEX work_guide_off_city ON work_guide_off (item) WHERE district_id IS NULL",
      "CREATE UNIQUE INDEX work_guide_off_item ON work_guide_off (item, district_id) WHERE district_id IS NOT NULL",
      "CREATE INDEX work_guide_off_district ON work_guide_off (district_id)",
      "CREATE INDEX work_guide_off_account ON work_guide_off (account_id)",
    ])

  /// Why a guide is not shown to somebody.
  public struct Off: Sendable {
    public let item: String
    public let reason: String
    public let who: String
    public let at: Moment
    /// The city's: a district cannot take it back.
    public let isCitys: Bool
    let id: Int64
  }

  /// - Parameter district: nil for who belongs to the city.
  public static func off(in district: Office.ID?, _ db: any Reader) throws -> [String: Off] {
    let mine: Query = district.map { "(o.district_id IS NULL OR o.district_id = \($0))" } ?? "o.district_id IS NULL"
    var out: [String: Off] = [:]
    // The city's last: it is the one that counts.
    for row in try db.all(
      """
      SELECT o.*, a.name AS who FROM work_guide_off o JOIN account a ON a.id = o.account_id WHERE \(mine)
      ORDER BY CASE WHEN o.district_id IS NULL THEN 1 ELSE 0 END, o.id
      """)
    {
      let item = try row.text("item")
      out[item] = Off(
        item: item, reason: try row.text("reason"), who: try row.text("who"), at: try row.moment("at"),
        isCitys: try row.optionalInt("district_id") == nil, id: try row.int("id"))
    }
    return out
  }
  /// The guide of an item as far as this office uses it.
  public func used(for item: String, in district: Office.ID?, _ db: any Reader) throws -> WorkGuide? {
    guard let guide = self[item] else { return nil }
    return try Self.off(in: district, db)[item] == nil ? guide : nil
  }

  /// - Throws: `Refusal` `guides-missing`, `guides-reason`.
  public func switchOff(_ item: String, reason: String, by person: Person, in house: House) async throws {
    try person.require(.superviseMatters)
    guard self[item] != nil else { throw Self.missing }
    let reason = reason.trimming()
    guard (2...200).contains(reason.count) else { throw Refusal(.invalid, "guides-reason", "请写明停用的理由，2 至 200 字。", field: "reason") }
    let now = house.now()
    try await house.store.write { db in try Self.switchOff(item, reason: reason, by: person, at: now, in: house, db) }
  }
  static func switchOff(_ item: String, reason: String, by person: Person, at now: Moment, in house: House, _ db: any Writer) throws {
    let known = try off(in: person.district, db)[item]
    // Off is off; what the city switched off need not be switched off again.
    if known != nil { return }
    let id: Identifier<WorkGuides> = house.ids.next(at: now)
    try db.run(
      """
      INSERT INTO work_guide_off (id, item, district_id, reason, at, account_id)
      VALUES (\(id), \(item), \(person.district), \(reason), \(now), \(person.id))
      """)
    try Journal.append(
      "work-guide-off", on: Subject("work-guide", id), by: person.actor, at: now, facts: ["item": item], note: reason, opening: true,
      ids: house.ids, db)
  }

  /// - Throws: `Refusal` `guides-missing`, `guides-city`.
  public func switchOn(_ item: String, by person: Person, in house: House) async throws {
    try person.require(.superviseMatters)
    guard self[item] != nil else { throw Self.missing }
    let now = house.now()
    try await house.store.write { db in
      guard let known = try Self.off(in: person.district, db)[item] else { return }
      guard known.isCitys == (person.district == nil) else {
        throw Refusal(.forbidden, "guides-city", "这份指引由市局停用，由市局恢复。")
      }
      try db.run("DELETE FROM work_guide_off WHERE id = \(known.id)")
      try Journal.append(
        "work-guide-on", on: Subject("work-guide", known.id), by: person.actor, at: now, facts: ["item": item], ids: house.ids, db)
    }
  }
  private static let missing = Refusal(.missing, "guides-missing", "没有这份指引。")
}
