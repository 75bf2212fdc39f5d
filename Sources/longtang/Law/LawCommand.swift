import ArgumentParser
import Cases
import Catalogue
import Foundation
import Kernel
import WorkCalendar

/// The law without a case: periods, fines, procedures, and what of it has not been confirmed.
struct LawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "law", abstract: "查法：期限推算、罚款幅度、程序表、待核对的条目",
    subcommands: [Deadline.self, FineRange.self, ProcedureTable.self, Check.self])

  struct Deadline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "推算期限：第一行是到期日，其后是推算过程", discussion: "起算日不计入；自然日、月、年的末日遇法定休假日顺延（--no-roll 不顺延）。")
    @OptionGroup var common: Common
    @Option(help: "起算事件发生的日期，如 2026-02-13") var start: String
    @Option(help: "长度") var length: Int
    @Option(help: "working 工作日、calendar 自然日、months 月、years 年、hours 小时（从该日 0 时起）") var unit: LawUnit
    @Flag(name: .customLong("no-roll"), help: "末日不顺延") var plain = false

    func run() async throws {
      let data = try await common.load().data
      guard let day = Day(iso: start) else { throw ValidationError("起算日期应写成 2026-02-13 的形式。") }
      guard (1...3660).contains(length) else { throw ValidationError("长度应为 1 到 3660。") }
      let calendar = try WorkCalendar(reading: try Data(contentsOf: data.appending(path: "holidays/china.json")))
      for line in Self.lines(from: day, length, unit, rolls: !plain, calendar) { print(line) }
    }
    /// The ISO date of the last day, then the arithmetic.
    static func lines(from day: Day, _ length: Int, _ unit: LawUnit, rolls: Bool, _ calendar: WorkCalendar) -> [String] {
      let spec = ClockSpec(
        kind: "asked", name: "期限", unit: unit.clock, length: unit == .years ? length * 12 : length, startEvent: "起算事件",
        startsNextDay: unit != .hours, warnBefore: ClockWarning(0, .minutes), roll: rolls && unit.rolls ? .restDays : .none, basis: "按所给期限",
        confidence: .unverified)
      let reckoned = Clock(spec, ClockState(start: day.start)).deadline(on: calendar, asOf: day.start)
      return [reckoned.due.adding(milliseconds: -1).day.iso] + reckoned.steps.map(\.text)
    }
  }

  struct FineRange: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "fine", abstract: "某一事项在某日的罚款幅度、依据和版本（JSON，金额单位为元）")
    @OptionGroup var common: Common
    @Option(help: "执法事项代码，如 load-bearing-damage") var item: String
    @Option(help: "individual 个人、unit 单位、agency 经纪机构、organizer 组织者") var party: LawParty
    @Option(help: "行为（终了）日期") var on: String
    @Option(help: "决定日期；给出时按从旧兼从轻比较两个日期的规定") var decided: String?

    func run() async throws {
      let data = try await common.load().data
      guard let day = Day(iso: on), let judged = decided.map({ Day(iso: $0) }) ?? day else {
        throw ValidationError("日期应写成 2026-02-13 的形式。")
      }
      guard judged >= day else { throw ValidationError("决定日期不能早于行为日期。") }
      let catalogue = try Catalogue(reading: try Data(contentsOf: data.appending(path: "catalogue/items.json")))
      let answer = LawFineAnswer(try catalogue.known(item), party: party.fine, acted: day, decided: judged)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(answer), as: UTF8.self))
    }
  }

  struct ProcedureTable: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "procedure", abstract: "程序表：谁在什么状态能做什么、依据、条件、文书",
      discussion: "名称：" + CaseProcedure.allCases.map { "\($0.rawValue) \($0.chinese)" }.joined(separator: "、"))
    @Argument(help: "程序名称") var name: CaseProcedure
    func run() { for line in ProcedureText.lines(name) { print(line) } }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "列出没有核对现行条文、没有施行日期、互相重叠的条目")
    @OptionGroup var common: Common

    func run() async throws {
      let data = try await common.load().data
      let findings = LawCheck(try Catalogue(reading: try Data(contentsOf: data.appending(path: "catalogue/items.json")))).findings
      let table = try ClockTable(reading: try Data(contentsOf: data.appending(path: "clocks/clocks.json")))
      let limits = try CaseLimits(reading: try Data(contentsOf: data.appending(path: "procedures/limits.json")))
      for kind in LawCheck.Kind.allCases {
        let some = findings.filter { $0.kind == kind }
        print("\(kind.chinese) \(some.count) 条")
        for finding in some { print("  \(finding.about)  \(finding.text)") }
      }
      let clocks = table.specs.filter { $0.confidence != .quotedFromText }
      print("未核对现行条文的期限 \(clocks.count) 条")
      for spec in clocks {
        print("  \(spec.kind)  \(spec.name) \(spec.lengthText)：\(spec.confidence.chinese)\(spec.local ? "，由本单位设定" : "")")
      }
      let open = limits.all.filter { $0.confidence != .quotedFromText }
      print("未核对现行条文的限额 \(open.count) 条")
      for limit in open { print("  \(limit.key)  \(limit.name)：\(limit.confidence.chinese)\(limit.local ? "，由本单位设定" : "")") }
    }
  }
}

enum LawUnit: String, ExpressibleByArgument, CaseIterable {
  case working, calendar, months, years, hours
  var clock: ClockUnit {
    switch self {
    case .working: .workingDays
    case .calendar: .naturalDays
    case .months, .years: .months
    case .hours: .hours
    }
  }
  var rolls: Bool { self == .calendar || self == .months || self == .years }
}

enum LawParty: String, ExpressibleByArgument, CaseIterable {
  case individual, unit, agency, organizer
  var fine: Fine.Party {
    switch self {
    case .individual: .individual
    case .unit: .unit
    case .agency: .agency
    case .organizer: .organizer
    }
  }
}

extension CaseProcedure: ExpressibleByArgument {}
