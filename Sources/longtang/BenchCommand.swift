import ArgumentParser
import Foundation
import Kernel
import Matters
import Storage

/// Measures this program on this machine and prints the tables of docs/benchmarks.md, the engines side by side.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "性能测量：收件、导入、列表、检索、办理、备份、启动与内存，输出 Markdown 表")
  @OptionGroup var common: Common
  @Option(help: "依次测量的诉件数，逗号分隔；每个规模都新建一个库。")
  var sizes = "10000,100000,1000000"
  @Option(help: "测哪些引擎，逗号分隔：sqlite、postgres。不给时测 sqlite，给了 --postgres 则两者都测。")
  var engines: String?
  @Option(help: "可以新建数据库的 PostgreSQL 连接串（host=… dbname=… user=…）。")
  var postgres: String?
  @Option(help: "小区数。")
  var compounds = 13_000
  @Option(help: "每个列表测多少次。")
  var times = 200
  @Option(help: "收件测多少秒。")
  var seconds = 15.0
  @Option(help: "同时收件的客户端数。")
  var clients = 32
  @Option(help: "导入文件的行数，只在最小的规模上测；0 不测。")
  var rows = 50_000
  @Option(help: "库建在哪里；不给时建在临时目录。测完删除。")
  var folder: String?
  @Option(help: "只测一部分：numbers 只测列表、统计数、夜间研判和看数的页面；intake 只测导入和逐件收件。不给时全测。")
  var only: String?
  @Option(help: "诉件数不超过此数的库，测完后核对全部留痕。")
  var verify = 1_000_000

  func run() async throws {
    let config = try await common.load()
    let wanted = sizes.split(separator: ",").compactMap { Int($0) }.sorted()
    guard only == nil || only == "numbers" || only == "intake" else { throw ValidationError("--only 只能是 numbers 或 intake。") }
    let names = (engines ?? (postgres == nil ? "sqlite" : "sqlite,postgres")).split(separator: ",")
    let engines = try names.map { name -> BenchPlace.Engine in
      switch name {
      case "sqlite": return .sqlite
      case "postgres":
        guard let postgres else { throw ValidationError("测 PostgreSQL 要给出 --postgres 连接串。") }
        return .postgres(conninfo: postgres)
      default: throw ValidationError("没有“\(name)”这种引擎。")
      }
    }
    let base =
      folder.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory.appending(path: "longtang-bench-\(getpid())")
    var columns: [BenchColumn] = []
    for engine in engines {
      for size in wanted {
        let place = try BenchPlace(engine, folder: base.appending(path: "\(engine.name)-\(size)"), like: config)
        do {
          let round = BenchRound(place: place, size: size, options: self, isFirst: size == wanted.first)
          columns.append(try await round.run())
        } catch {
          try place.remove()
          throw error
        }
        try place.remove()
      }
    }
    if FileManager.default.fileExists(atPath: base.path) { try FileManager.default.removeItem(at: base) }
    print(BenchTables.text(columns, compounds: compounds))
  }

  /// Progress goes to standard error, so that the tables can be sent to a file.
  static func note(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  /// Of this process, user and system.
  static var processorSeconds: Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }
}
