import ArgumentParser
import Lab
import Statistics

struct LabHotspotsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "hotspots", abstract: "找热点：诉件在何时何地多得不像巧合")
  @Option(help: "诉件数表（place、lon、lat、population、period、count 列，可有 expected）") var input: String
  @Option(help: "聚集区 CSV") var out: String
  @Option(help: "按 day、week 或 month 归并日期") var by: String?
  @Flag(help: "找任何时候的聚集，不只是延续到最后一个时段的") var ever = false
  @Option(help: "聚集最长几个时段，默认全部的一半") var longest: Int?
  @Option(help: "圆内预期数至多占全部的份额") var share = 0.5
  @Option(help: "圆的最大半径（公里）") var radius: Double?
  @Option(help: "圆内小区数上限") var neighbours = 1000
  @Option(help: "列出几个聚集区") var clusters = 10
  @Option(help: "模拟次数") var replications = 999
  @Option(help: "模拟中有这么多次不弱于第一个聚集区就提前停止") var extreme: Int?
  @Option(help: "随机数种子") var seed: UInt64 = 20_260_101
  @Option(help: "线程数") var threads = 2
  @Flag(help: "不检查坐标是否在上海") var anywhere = false

  func run() async throws {
    var options = LabHotspots.Options()
    options.by = by
    options.scan.time = ever ? .ever : .alive
    options.scan.longest = longest
    options.scan.share = share
    options.scan.radius = radius
    options.scan.neighbours = neighbours
    options.scan.clusters = clusters
    options.scan.replications = extreme.map { .until(extreme: $0, atMost: replications) } ?? .full(replications)
    options.scan.seed = seed
    options.scan.threads = threads
    if anywhere { options.scan.region = nil }
    try await LabHotspots.run(input: input, out: out, options: options)
  }
}

struct LabDifferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "did", abstract: "评整治：治理小区的诉件是否比对照小区少了")
  @Option(help: "面板表（place、households、treated、period、count 列）") var input: String
  @Option(help: "整治后的第一个时段，写法同表") var from: String
  @Option(help: "算到哪个时段为止，默认全部") var to: String?
  @Option(help: "结果 CSV") var out: String
  @Option(help: "各小区权数 CSV") var weights: String?
  @Option(help: "每个治理小区配几个对照，0 为不配对") var neighbours = 3
  @Option(help: "对照与治理小区至多相差几个标准差") var caliper = 0.5
  @Flag(help: "每个小区同样轻重，不按户数") var equal = false
  @Option(help: "安慰剂检验次数") var placebos = 199
  @Option(help: "随机数种子") var seed: UInt64 = 20_260_101

  func run() throws {
    try LabDifference.run(input: input, from: from, to: to, out: out, weights: weights) { options in
      options.matching = neighbours == 0 ? nil : .init(neighbours: neighbours, caliper: caliper)
      if equal { options.weighting = .places }
      options.placebos = placebos
      options.seed = seed
    }
  }
}
