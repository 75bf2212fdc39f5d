import Kernel
import Offices
import Storage

/// Somebody who does another's work from one day through another.
public struct Deputy: Sendable, Hashable {
  public typealias ID = Identifier<Deputy>
  public let id: ID
  public let account: Person.ID
  public let deputy: Person.ID
  public let from: Day
  /// The last day, inclusive.
  public let to: Day
  public let reason: String
  public let endedAt: Moment?
  public func covers(_ day: Day) -> Bool { endedAt == nil && from <= day && day <= to }
}

/// People are away, and their matters are not.
public enum Deputies {
  /// A longer absence is a change of post.
  public static let longestDays = 184

  /// Pure: whether such a deputy may be appointed.
  public static func check(
    account: Account, deputy: Account, from: Day, to: Day, today: Day, existing: [Deputy], by person: Person
  ) throws(Refusal) {
    let own = account.person.id == person.id
    let led =
      person.may(.manageDuty)
      && (account.person.office == person.office || (person.role == .districtManager && account.person.district == person.district))
    guard own || led, account.person.office != nil else {
      throw Refusal(.forbidden, "people-deputy-not-yours", "只能为自己或本队人员安排代理。")
    }
    guard account.person.id != deputy.person.id else {
      throw Refusal(.invalid, "people-deputy-self", "代理人不能是本人。", field: "deputy")
    }
    guard deputy.state == .active, deputy.person.office != nil, deputy.person.district == account.person.district else {
      throw Refusal(.invalid, "people-deputy-who", "代理人须是本区在岗人员。", field: "deputy")
    }
    guard !account.person.role.isAdministrator, !deputy.person.role.isAdministrator else {
      throw Refusal(.conflict, "people-separation", "系统、安全、审计管理员不代理他人，也不由他人代理。", field: "deputy")
    }
    guard from <= to, to >= today else { throw Refusal(.invalid, "people-deputy-days", "请核对起止日期，止日不能早于起日和今天。", field: "to") }
    guard to.days(since: from) < longestDays else {
      throw Refusal(.invalid, "people-deputy-long", "一次代理最长 \(longestDays) 天，更长请调整岗位。", field: "to")
    }
    if let clash = existing.first(where: { $0.endedAt == nil && $0.from <= to && from <= $0.to }) {
      throw Refusal(
        .conflict, "people-deputy-overlap", "\(clash.from.chinese)至\(clash.to.chinese)已安排代理，时间不能重叠。", field: "from")
    }
  }

  @discardableResult
  public static func appoint(
    _ deputy: Person.ID, for account: Person.ID, from: Day, to: Day, reason: String, by person: Person, in house: House
  ) async throws -> Deputy.ID {
    let now = house.now()
    return try await house.store.write { db in
      guard let absent = try AccountStore.find(account, db), let stand = try AccountStore.find(deputy, db) else {
        throw Refusal(.missing, "people-no-account", "没有这个账号。")
      }
      try check(
        account: absent, deputy: stand, from: from, to: to, today: now.day, existing: try list(of: account, db), by: person)
      let id: Deputy.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO deputy (id, account_id, deputy_id, from_day, to_day, reason, created_by, created_at)
        VALUES (\(id), \(account), \(deputy), \(from), \(to), \(String(reason.prefix(200))), \(person.id), \(now))
        """)
      try Accounts.journal(
        "account-deputy-appointed", account, by: person.actor, at: now,
        facts: ["deputy": String(deputy.raw), "from": from.iso, "to": to.iso],
        house, db)
      return id
    }
  }

  /// From now on; what the deputy did stays done.
  public static func end(_ id: Deputy.ID, by person: Person, in house: House) async throws {
    let now = house.now()
    try await house.store.write { db in
      guard let entry = try db.first("SELECT * FROM deputy WHERE id = \(id)").map(deputy),
        let absent = try PersonStore.find(entry.account, db)
      else { throw Refusal(.missing, "people-no-deputy", "没有这条代理安排。") }
      let led =
        person.may(.manageDuty)
        && (absent.office == person.office || (person.role == .districtManager && absent.district == person.district))
      guard absent.id == person.id || led else { throw Refusal(.forbidden, "people-deputy-not-yours", "只能调整自己或本队人员的代理。") }
      guard entry.endedAt == nil else { return }
      try db.run("UPDATE deputy SET ended_at = \(now) WHERE id = \(id)")
      try Accounts.journal(
        "account-deputy-ended", entry.account, by: person.actor, at: now, facts: ["deputy": String(entry.deputy.raw)], house, db)
    }
  }

  /// Who does the work of `account` on `day`: the deputy, or the person. A deputy's own deputy does not count: whoever was asked
  /// answers.
  public static func acting(for account: Person.ID, on day: Day, _ db: any Reader) throws -> Person.ID {
    try db.first(
      """
      SELECT d.deputy_id FROM deputy d JOIN account a ON a.id = d.deputy_id WHERE d.account_id = \(account) AND d.from_day <= \(day)
        AND d.to_day >= \(day) AND d.ended_at IS NULL AND a.state = 'active' ORDER BY d.id LIMIT 1
      """
    )?.id("deputy_id") ?? account
  }
  /// Whose work `deputy` does beside their own on `day`.
  public static func represented(by deputy: Person.ID, on day: Day, _ db: any Reader) throws -> [Person.ID] {
    try db.all(
      """
      SELECT account_id FROM deputy WHERE deputy_id = \(deputy) AND from_day <= \(day) AND to_day >= \(day) AND ended_at IS NULL
      ORDER BY account_id
      """
    ).map { try $0.id("account_id") }
  }
  /// Newest first.
  public static func list(of account: Person.ID, _ db: any Reader) throws -> [Deputy] {
    try db.all("SELECT * FROM deputy WHERE account_id = \(account) ORDER BY from_day DESC, id DESC LIMIT 100").map(deputy)
  }
  /// What still holds or is to come in an office.
  public static func list(in office: Office.ID, from day: Day, _ db: any Reader) throws -> [Deputy] {
    try db.all(
      """
      SELECT d.* FROM deputy d JOIN account a ON a.id = d.account_id WHERE a.office_id = \(office) AND d.to_day >= \(day)
        AND d.ended_at IS NULL ORDER BY d.from_day, d.id
      """
    ).map(deputy)
  }
  static func deputy(_ row: ResultRow) throws -> Deputy {
    Deputy(
      id: try row.id("id"), account: try row.id("account_id"), deputy: try row.id("deputy_id"), from: try row.day("from_day"),
      to: try row.day("to_day"), reason: try row.text("reason"), endedAt: try row.optionalMoment("ended_at"))
  }
}
