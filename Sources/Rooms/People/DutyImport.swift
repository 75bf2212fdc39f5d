import Foundation
import Kernel
import Offices
import Sheets
import Storage

/// A roster from somebody's table: a month of a district's squads at once.
public enum DutyImport {
  public static let most = 2_000

  public enum Field: String, Sendable, CaseIterable {
    case day, shift, account, second, office
    public var chinese: String {
      switch self {
      case .day: "日期"
      case .shift: "班次"
      case .account: "值班"
      case .second: "替补"
      case .office: "单位"
      }
    }
    var headings: [String] {
      switch self {
      case .day: ["日期", "值班日期", "day", "date"]
      case .shift: ["班次", "班", "shift"]
      case .account: ["值班", "值班人员", "值班员", "值班人", "姓名", "登录名"]
      case .second: ["替补", "备勤", "副班", "second"]
      case .office: ["单位", "机构", "执法队", "中队", "office"]
      }
    }
    /// A roster without these is of one's own office, without anybody in reserve.
    var optional: Bool { self == .second || self == .office }
  }

  public struct Draft: Sendable, Hashable {
    public let line: Int
    public let office: Office.ID
    public let officeName: String
    public let entry: DutyEntry
    public let name: String
    public let secondName: String?
    /// Takes the place of another line.
    public let replaces: Bool
  }
  public struct Outcome: Sendable {
    public var drafts: [Draft] = []
    public var unchanged = 0
    public var problems: [ListProblem] = []
    public var columns: [(field: Field, heading: String)] = []
    public var added: Int { drafts.filter { !$0.replaces }.count }
    public var changed: Int { drafts.filter(\.replaces).count }
  }

  /// - Parameter isWorkday: decides which shifts a day has.
  public static func preview(_ table: Table, by person: Person, in house: House, isWorkday: @escaping @Sendable (Day) -> Bool) async throws
    -> Outcome
  {
    let today = house.now().day
    return try await house.store.read { db in try read(table, by: person, today: today, isWorkday, db) }
  }
  /// Puts the lines into the rosters, those of an office together.
  public static func run(_ table: Table, by person: Person, in house: House, isWorkday: @escaping @Sendable (Day) -> Bool) async throws
    -> Outcome
  {
    let outcome = try await preview(table, by: person, in: house, isWorkday: isWorkday)
    for (office, drafts) in Dictionary(grouping: outcome.drafts, by: \.office).sorted(by: { $0.key < $1.key }) {
      try await Duty.set(drafts.map(\.entry), of: office, by: person, in: house)
    }
    return outcome
  }

  static func read(_ table: Table, by person: Person, today: Day, _ isWorkday: (Day) -> Bool, _ db: any Reader) throws -> Outcome {
    try person.require(.manageDuty)
    guard let own = try person.office.flatMap({ try OfficeStore.find($0, db) }), let district = own.district else {
      throw Refusal(.missing, "people-no-office", "您的账号不属于任何一支执法队，没有值班表。")
    }
    var out = Outcome()
    var at: [Field: Int] = [:]
    for field in Field.allCases {
      if let column = table.column(anyOf: field.headings) {
        at[field] = column
        out.columns.append((field, table.header[column]))
      } else if !field.optional {
        throw Refusal(
          .invalid, "people-import-column", "表中没有“\(field.chinese)”一列（可用表头：\(field.headings.prefix(4).joined(separator: "、"))）。",
          field: "file")
      }
    }
    out.problems = table.troubles.map { ListProblem(line: $0.line, reason: $0.reason) }
    let offices = try OfficeFinder(within: district, db)
    let people = try AccountStore.list(AccountFilter(state: .active, within: district), limit: 5_000, db).map(\.person).filter {
      $0.district == district && !$0.role.isAdministrator
    }
    let byName = Dictionary(grouping: people, by: \.name)
    let byLogin = Dictionary(people.map { ($0.login, $0) }, uniquingKeysWith: { first, _ in first })
    func somebody(_ text: String, of office: Office.ID) throws(Refusal) -> Person {
      if let person = byLogin[Accounts.folded(text)] { return person }
      let found = byName[text] ?? []
      // Two of one name: the one of this office is meant.
      let near = found.count > 1 ? found.filter { $0.office == office } : found
      guard let person = near.first else {
        throw Refusal(.invalid, "people-duty-who", found.isEmpty ? "本区没有在岗人员“\(text.prefix(20))”" : "“\(text.prefix(20))”有重名，请写登录名")
      }
      if near.count > 1 { throw Refusal(.invalid, "people-duty-who", "“\(text.prefix(20))”有重名，请写登录名") }
      return person
    }
    var seen: [String: Int] = [:]
    for row in table.rows {
      func text(_ field: Field) -> String { at[field].map { row.cells[$0].trimmingCharacters(in: .whitespacesAndNewlines) } ?? "" }
      do {
        guard let day = Self.day(text(.day)) else { throw Refusal(.invalid, "people-duty-day", "日期“\(text(.day).prefix(20))”读不出来") }
        if day < today { throw Refusal(.invalid, "people-duty-past", "\(day.chineseLong)已经过去，不能再排") }
        let shift = try shift(text(.shift), on: day, isWorkday)
        let office = text(.office).isEmpty ? own : try offices.find(text(.office))
        guard office.id == own.id || (person.role == .districtManager && office.district == district) else {
          throw Refusal(.forbidden, "people-duty-not-yours", "只能排本单位的值班")
        }
        let first = try somebody(text(.account), of: office.id)
        let second = text(.second).isEmpty ? nil : try somebody(text(.second), of: office.id)
        if first.id == second?.id { throw Refusal(.invalid, "people-duty-second", "替补不能与值班人员是同一人") }
        let key = "\(office.id) \(day.iso) \(shift.rawValue)"
        if let line = seen[key] { throw Refusal(.invalid, "people-duty-twice", "与第 \(line) 行是同一班") }
        seen[key] = row.line
        if out.drafts.count == most { throw Refusal(.limit, "people-import-many", "一次最多排 \(most) 班，请把这一行放到下一份文件") }
        let entry = DutyEntry(day: day, shift: shift, account: first.id, second: second?.id)
        let old = try db.first("SELECT * FROM duty WHERE office_id = \(office.id) AND day = \(day) AND shift = \(shift)").map(Duty.entry)
        if old == entry {
          out.unchanged += 1
        } else {
          out.drafts.append(
            Draft(
              line: row.line, office: office.id, officeName: office.short, entry: entry, name: first.name, secondName: second?.name,
              replaces: old != nil))
        }
      } catch let refusal as Refusal {
        out.problems.append(ListProblem(line: row.line, reason: refusal.message))
      }
    }
    out.problems.sort { $0.line < $1.line }
    return out
  }

  /// "2026-10-01", "2026/10/1", "2026年10月1日", "20261001", with or without a time behind it.
  static func day(_ text: String) -> Day? {
    ChineseDates.parse(text).flatMap { Day(iso: $0.iso.prefix(10)) }
  }

  /// 日班 on a day that is not worked is the holiday's; and the other way round it is said.
  static func shift(_ text: String, on day: Day, _ isWorkday: (Day) -> Bool) throws(Refusal) -> DutyShift {
    let works = isWorkday(day)
    switch text {
    case "夜班", "晚班", "夜", "night": return .night
    case "日班", "白班", "早班", "日", "白", "day": return works ? .day : .holiday
    case "节假日班", "节假日", "假日班", "holiday":
      if works { throw Refusal(.invalid, "people-duty-shift", "\(day.chineseLong)是工作日，没有节假日班") }
      return .holiday
    default: throw Refusal(.invalid, "people-duty-shift", "班次“\(text.prefix(20))”不认识，可填：日班、夜班、节假日班")
    }
  }
}
