import Kernel
import Offices
import Storage

/// One line of an office's duty roster.
public struct DutyEntry: Sendable, Hashable {
  public let day: Day
  public let shift: DutyShift
  public let account: Person.ID
  /// Who is called when the first does not answer.
  public let second: Person.ID?
  public init(day: Day, shift: DutyShift, account: Person.ID, second: Person.ID? = nil) {
    self.day = day
    self.shift = shift
    self.account = account
    self.second = second
  }
}

public enum DutyShift: String, Sendable, CaseIterable, Codable {
  /// Office hours of a working day.
  case day
  /// From the end of office hours to the beginning of the next day's.
  case night
  /// The same hours on a day that is not worked.
  case holiday
  public var chinese: String {
    switch self {
    case .day: "日班"
    case .night: "夜班"
    case .holiday: "节假日班"
    }
  }
}

/// Minutes since midnight between which the day shift lasts. A unit sets its own; what stands here is custom, not law.
public struct DutyHours: Sendable, Hashable {
  public let from: Int
  public let to: Int
  public init(from: Int, to: Int) {
    self.from = from
    self.to = to
  }
  public static let usual = DutyHours(from: 8 * 60 + 30, to: 17 * 60 + 30)

  /// The shift that lasts at a moment, and the day it is entered under: a night belongs to the day it begins on.
  public func shift(at moment: Moment, isWorkday: (Day) -> Bool) -> (day: Day, shift: DutyShift) {
    let day = moment.day
    if moment.minuteOfDay < from { return (day.adding(days: -1), .night) }
    if moment.minuteOfDay >= to { return (day, .night) }
    return (day, isWorkday(day) ? .day : .holiday)
  }
}

/// Who answers now.
public struct OnDuty: Sendable, Hashable {
  /// Where the roster was found: the office itself or one above it.
  public let office: Office.ID
  public let day: Day
  public let shift: DutyShift
  /// The deputy where there is one.
  public let account: Person.ID
  public let second: Person.ID?
}

public enum Duty {
  /// Puts lines into a roster, each in the place of the one that was there.
  public static func set(_ entries: [DutyEntry], of office: Office.ID, by person: Person, in house: House) async throws {
    try person.require(.manageDuty)
    let now = house.now()
    try await house.store.write { db in
      guard let place = try OfficeStore.find(office, db),
        place.id == person.office || (person.role == .districtManager && place.district == person.district)
      else { throw Refusal(.forbidden, "people-duty-not-yours", "只能排本单位的值班。") }
      for entry in entries {
        if entry.account == entry.second { throw Refusal(.invalid, "people-duty-second", "替补不能与值班人员是同一人。", field: "second") }
        for id in [entry.account] + [entry.second].compactMap(\.self) {
          guard let account = try AccountStore.find(id, db), account.state == .active, account.person.district == place.district,
            !account.person.role.isAdministrator
          else { throw Refusal(.invalid, "people-duty-who", "\(entry.day.chinese)\(entry.shift.chinese)：值班人员须是本区在岗人员。") }
        }
        let id: Identifier<DutyEntry> = house.ids.next(at: now)
        try db.run(
          """
          INSERT INTO duty (id, office_id, day, shift, account_id, second_id)
          VALUES (\(id), \(office), \(entry.day), \(entry.shift), \(entry.account), \(entry.second))
          ON CONFLICT (office_id, day, shift) DO UPDATE SET account_id = excluded.account_id, second_id = excluded.second_id
          """)
      }
      guard let first = entries.map(\.day).min(), let last = entries.map(\.day).max() else { return }
      try Journal.append(
        "office-roster-set", on: Subject("office", office), by: person.actor, at: now,
        facts: ["from": first.iso, "to": last.iso, "lines": String(entries.count)], ids: house.ids, db)
    }
  }

  public static func clear(_ day: Day, _ shift: DutyShift, of office: Office.ID, by person: Person, in house: House) async throws {
    try person.require(.manageDuty)
    let now = house.now()
    try await house.store.write { db in
      guard let place = try OfficeStore.find(office, db),
        place.id == person.office || (person.role == .districtManager && place.district == person.district)
      else { throw Refusal(.forbidden, "people-duty-not-yours", "只能排本单位的值班。") }
      guard try db.run("DELETE FROM duty WHERE office_id = \(office) AND day = \(day) AND shift = \(shift)") > 0 else { return }
      try Journal.append(
        "office-roster-cleared", on: Subject("office", office), by: person.actor, at: now,
        facts: ["day": day.iso, "shift": shift.rawValue],
        ids: house.ids, db)
    }
  }

  /// In the order of the calendar.
  public static func list(of office: Office.ID, from: Day, through: Day, _ db: any Reader) throws -> [DutyEntry] {
    try db.all("SELECT * FROM duty WHERE office_id = \(office) AND day >= \(from) AND day <= \(through)").map(entry)
      .sorted { ($0.day, order($0.shift)) < ($1.day, order($1.shift)) }
  }

  /// Who is on duty for an office; when its own roster has no line, the one of the office above. Nil when nobody is: the caller then
  /// turns to the squad's leaders, see `DutyCalls`.
  public static func onDuty(
    _ office: Office.ID, at moment: Moment, hours: DutyHours = .usual, isWorkday: (Day) -> Bool, _ db: any Reader
  ) throws -> OnDuty? {
    guard let own = try OfficeStore.find(office, db) else { return nil }
    let (day, shift) = hours.shift(at: moment, isWorkday: isWorkday)
    for place in [own] + (try OfficeStore.ancestors(of: own, db)) {
      guard let entry = try db.first("SELECT * FROM duty WHERE office_id = \(place.id) AND day = \(day) AND shift = \(shift)").map(entry)
      else {
        continue
      }
      let first = try Deputies.acting(for: entry.account, on: moment.day, db)
      let second = try entry.second.map { try Deputies.acting(for: $0, on: moment.day, db) }
      return OnDuty(office: place.id, day: day, shift: shift, account: first, second: second == first ? nil : second)
    }
    return nil
  }

  static func order(_ shift: DutyShift) -> Int { shift == .night ? 1 : 0 }
  static func entry(_ row: ResultRow) throws -> DutyEntry {
    DutyEntry(
      day: try row.day("day"), shift: try row.choice("shift"), account: try row.id("account_id"), second: try row.optionalID("second_id"))
  }
}
