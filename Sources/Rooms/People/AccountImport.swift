import Foundation
import Kernel
import Offices
import Sheets
import Storage

/// A row of a list of people that is not taken, with the reason a person can act on.
public struct ListProblem: Sendable, Hashable {
  /// The line of the file, from 1.
  public let line: Int
  public let reason: String
  public init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}

/// The accounts of a whole office from its own list, instead of one form for each.
///
/// Only new accounts of officers and their managers: firms and committees name a firm or a compound, and the three administrators are
/// made one by one, with thought. An account that is there is never changed by a list.
public enum AccountImport {
  /// Each new account costs the work of hashing a password.
  public static let most = 300

  public enum Field: String, Sendable, CaseIterable {
    case login, name, role, office
    public var chinese: String {
      switch self {
      case .login: "登录名"
      case .name: "姓名"
      case .role: "岗位"
      case .office: "单位"
      }
    }
    var headings: [String] {
      switch self {
      case .login: ["登录名", "账号", "工号", "用户名", "login", "account"]
      case .name: ["姓名", "名字", "name"]
      case .role: ["岗位", "角色", "职务", "role"]
      case .office: ["单位", "机构", "所属单位", "执法队", "中队", "部门", "office"]
      }
    }
  }
  /// Columns that such lists have and that an account does not: named in the preview, so that nobody believes they were kept.
  static let unkept = ["电话", "手机", "联系电话", "手机号", "执法证号", "证件号", "phone", "certificate"]

  public struct Draft: Sendable, Hashable {
    public let line: Int
    public let new: NewAccount
    public let officeName: String
  }
  public struct Outcome: Sendable {
    public var drafts: [Draft] = []
    /// Log-ins that are there already, with the same name, role and office.
    public var unchanged = 0
    public var problems: [ListProblem] = []
    public var columns: [(field: Field, heading: String)] = []
    /// Headings of the file that are not kept.
    public var ignored: [String] = []
    /// Passwords of the accounts that were made, to be shown once.
    public var passwords: [(login: String, name: String, office: String, password: String)] = []
  }

  public static func preview(_ table: Table, by person: Person, in house: House) async throws -> Outcome {
    try await house.store.read { db in try read(table, by: person, db) }
  }

  /// Makes the accounts that the preview would make; each row by itself.
  public static func run(_ table: Table, by person: Person, in house: House) async throws -> Outcome {
    let now = house.now()
    var outcome = try await house.store.read { db in try read(table, by: person, db) }
    var ready: [(draft: Draft, password: String, hash: String)] = []
    for start in stride(from: 0, to: outcome.drafts.count, by: 2) {
      let drafts = Array(outcome.drafts[start..<min(start + 2, outcome.drafts.count)])
      // Two at a time is what the password workers do.
      ready += try await withThrowingTaskGroup(of: (draft: Draft, password: String, hash: String).self) { group in
        for draft in drafts {
          group.addTask {
            let password = Passwords.oneTime()
            return (draft, password, try await Passwords.hash(password))
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
    }
    let prepared = ready.sorted { $0.draft.line < $1.draft.line }
    let refused = try await house.store.write { db in
      try prepared.compactMap { one -> ListProblem? in
        do {
          try db.attempt {
            _ = try Accounts.insert(
              one.draft.new, hash: one.hash, mustChange: true, by: person.actor, within: person.district, at: now, house, db)
          }
          return nil
        } catch let refusal as Refusal {
          return ListProblem(line: one.draft.line, reason: refusal.message)
        }
      }
    }
    let lost = Set(refused.map(\.line))
    outcome.drafts.removeAll { lost.contains($0.line) }
    outcome.problems = (outcome.problems + refused).sorted { $0.line < $1.line }
    outcome.passwords = prepared.filter { !lost.contains($0.draft.line) }.map {
      ($0.draft.new.login, $0.draft.new.name, $0.draft.officeName, $0.password)
    }
    return outcome
  }

  static func read(_ table: Table, by person: Person, _ db: any Reader) throws -> Outcome {
    try person.require(.administerAccounts)
    var out = Outcome()
    var at: [Field: Int] = [:]
    for field in Field.allCases {
      guard let column = table.column(anyOf: field.headings) else {
        throw Refusal(
          .invalid, "people-import-column", "表中没有“\(field.chinese)”一列（可用表头：\(field.headings.prefix(4).joined(separator: "、"))）。",
          field: "file")
      }
      at[field] = column
      out.columns.append((field, table.header[column]))
    }
    out.ignored = unkept.compactMap { table.column($0) }.map { table.header[$0] }
    out.problems = table.troubles.map { ListProblem(line: $0.line, reason: $0.reason) }
    let offices = try OfficeFinder(within: person.district, db)
    var seen: [String: Int] = [:]
    for row in table.rows {
      func text(_ field: Field) -> String { at[field].map { row.cells[$0].trimmingCharacters(in: .whitespacesAndNewlines) } ?? "" }
      do {
        let login = Accounts.folded(text(.login))
        try AccountRules.checkLogin(login)
        try AccountRules.checkName(text(.name))
        let role = try role(text(.role))
        let office = try offices.find(text(.office))
        let new = NewAccount(login: login, name: text(.name), role: role, office: office.id)
        try AccountRules.checkPost(new, office: office)
        if let first = seen[login] { throw Refusal(.invalid, "people-import-twice", "登录名 \(login) 与第 \(first) 行重复") }
        seen[login] = row.line
        if let known = try PersonStore.find(login: login, db) {
          guard known.name == new.name, known.role == role, known.office == office.id else {
            throw Refusal(.conflict, "people-import-known", "登录名 \(login) 已有账号，资料与表中不同；调整请到账号页面办理")
          }
          out.unchanged += 1
        } else if out.drafts.count == most {
          throw Refusal(.limit, "people-import-many", "一次最多新建 \(most) 个账号，请把这一行放到下一份文件")
        } else {
          out.drafts.append(Draft(line: row.line, new: new, officeName: office.short))
        }
      } catch let refusal as Refusal {
        out.problems.append(ListProblem(line: row.line, reason: refusal.message))
      }
    }
    out.problems.sort { $0.line < $1.line }
    return out
  }

  static func role(_ text: String) throws(Refusal) -> Role {
    let known = Role.allCases.first { $0.chinese == text || $0.rawValue == text } ?? words[text]
    guard let role = known else {
      throw Refusal(
        .invalid, "people-import-role",
        "岗位“\(text.prefix(20))”不认识，可填：\(allowed.map(\.chinese).joined(separator: "、"))")
    }
    guard allowed.contains(role) else {
      throw Refusal(.invalid, "people-import-role", "\(role.chinese)账号不能成批新建，请在“新建账号”里逐个办理")
    }
    return role
  }
  static let allowed: [Role] = [.officer, .squadLeader, .dispatcher, .legalReviewer, .agencyHead, .districtManager, .cityManager]
  /// What a list may write in the column of roles.
  public static var roles: String { allowed.map(\.chinese).joined(separator: "、") }
  private static let words: [String: Role] = [
    "队员": .officer, "执法员": .officer, "队长": .squadLeader, "副中队长": .squadLeader, "派单": .dispatcher, "法制员": .legalReviewer,
    "法制审核": .legalReviewer, "区局管理": .districtManager,
  ]

  /// The bad rows as they came, each with its line and what is wrong.
  public static func errors(_ table: Table, _ problems: [ListProblem]) -> Table {
    let cells = Dictionary(table.rows.map { ($0.line, $0.cells) }, uniquingKeysWith: { first, _ in first })
    return Table(
      header: ["行号", "原因"] + table.header,
      cells: problems.map { problem in
        let row = cells[problem.line] ?? []
        return [String(problem.line), problem.reason] + table.header.indices.map { $0 < row.count ? row[$0] : "" }
      })
  }
}

/// Offices by the names people write in lists, within a district.
struct OfficeFinder {
  private let offices: [Office]
  private let tree: OfficeTree
  private let district: Office.ID?

  init(within district: Office.ID?, _ db: any Reader) throws {
    offices = try OfficeStore.all(district: district, db).filter { $0.kind != .department }
    tree = OfficeTree(offices)
    self.district = district
  }
  func find(_ name: String) throws(Refusal) -> Office {
    if name.isEmpty { throw Refusal(.invalid, "people-import-office", "没有写单位") }
    let exact = offices.filter { $0.name == name || $0.short == name || $0.code == name }
    if exact.count == 1 { return exact[0] }
    if exact.count > 1 { throw Refusal(.invalid, "people-import-office", "“\(name.prefix(30))”不止一个，请写全称或者机构代码") }
    let found = district.map { tree.squad(named: name, in: $0) } ?? tree.squad(named: name)
    guard let office = found ?? tree.district(named: name) else {
      throw Refusal(.invalid, "people-import-office", "没有找到单位“\(name.prefix(30))”，请写全称或者机构代码")
    }
    return office
  }
}
