import ArgumentParser
import Lab
import Statistics

/// Measures the understanding on labelled files, and reckons on tables of counts; touches no store.
struct LabCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab", abstract: "在带标注的文件上测量中文理解；在统计表上找热点、评整治、排班",
    subcommands: [
      Compound.self, Classify.self, Repeats.self, Address.self, Items.self, LabPapers.self, LabHotspotsCommand.self,
      LabDifferenceCommand.self, LabRosters.self,
    ])

  struct Compound: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "按文字找小区")
    @Option(help: "小区名录 CSV") var register: String
    @Option(help: "查询 CSV（query 列）") var queries: String
    @Option(help: "结果 CSV") var out: String
    func run() throws { try LabCompound.run(register: register, queries: queries, out: out) }
  }
  struct Classify: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "按已归类的诉件学习并归类")
    @Option(help: "已归类的 CSV") var train: String
    @Option(help: "待归类的 CSV") var input: String
    @Option(help: "结果 CSV") var out: String
    func run() throws { try LabClassify.run(train: train, input: input, out: out) }
  }
  struct Repeats: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "找同一问题的重复诉件")
    @Option(help: "诉件 CSV") var input: String
    @Option(help: "结果 CSV") var out: String
    @Option(help: "热点问题 CSV：每组里九十天内最多多少人反映，由多到少") var topics: String?
    func run() throws { try LabRepeats.run(input: input, out: out, topics: topics) }
  }
  struct Address: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "按已评的地址学习，评候选地址是否相符")
    @Option(help: "已评的 JSONL") var train: String
    @Option(help: "待评的 JSONL") var input: String
    @Option(help: "结果 CSV") var out: String
    func run() throws { try LabAddress.run(train: train, input: input, out: out) }
  }
  struct Items: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "按文字认执法事项")
    @Option(help: "诉件 CSV（id、text 列）") var input: String
    @Option(help: "结果 CSV") var out: String
    @Option(help: "规则文件") var rules = "Data/understanding/items.rules"
    func run() throws { try LabItems.run(input: input, out: out, rules: rules) }
  }
}
