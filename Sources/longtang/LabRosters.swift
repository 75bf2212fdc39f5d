import ArgumentParser
import Lab
import Staffing

/// Stationing and rosters from a file; touches no store.
struct LabRosters: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "staffing", abstract: "由文件制定进驻方式和四周排班，并给出目标与下界")
  @Option(help: "实例 JSON（docs/staffing.md）") var input: String
  @Option(help: "方案 JSON") var out: String?
  @Option(help: "最多几秒（不写：中队 9 秒，区局 110 秒）") var seconds: Double?
  @Option(help: "证明到与最优相差不超过这一比例就停") var gap = 0.01
  @Option(help: "假如少几名队员") var fewer: Int?
  @Option(help: "少的是这个中队的") var squad: String?
  @Option(help: "假如没有这些队员（编号，用逗号隔开）") var without: String?
  @Option(help: "假如这些小区常驻（编号，用逗号隔开）") var resident: String?
  @Option(help: "假如这些小区定期") var regular: String?
  @Option(help: "假如这些小区不定期") var occasional: String?

  func run() async throws {
    guard (0.1...86_400).contains(seconds ?? 1) else { throw ValidationError("--seconds 应在 0.1 至 86400 之间") }
    guard (0...1).contains(gap) else { throw ValidationError("--gap 应在 0 至 1 之间") }
    func list(_ text: String?) -> [String] { (text ?? "").split(separator: ",").map(String.init) }
    var changes: [StaffingChange] = []
    if let fewer { changes.append(.fewer(fewer, squad: squad)) }
    if without != nil { changes.append(.without(officers: list(without))) }
    for (ids, mode) in [(resident, StationingMode.resident), (regular, .regular), (occasional, .occasional)] {
      changes += list(ids).map { .mode(compound: $0, mode) }
    }
    let options = LabStaffing.Options(input: input, out: out, limits: StaffingLimits(gap: gap, seconds: seconds), changes: changes)
    if try LabStaffing.run(options) == false { throw ExitCode(1) }
  }
}
