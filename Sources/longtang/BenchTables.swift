import Foundation
import Kernel

/// What was measured of one engine at one size.
struct BenchColumn: Sendable {
  let engine: String
  let size: Int
  var lists: [BenchLists.Answer] = []
  /// Everything else, in the order in which it was measured: name, what was measured, and what was wanted.
  var figures: [(name: String, value: String, aim: String)] = []
}

/// The tables of docs/benchmarks.md.
enum BenchTables {
  static func text(_ columns: [BenchColumn], compounds: Int) -> String {
    """
    机器：\(machine)
    数据：小区 \(compounds) 个；SQLite 为 WAL、synchronous=FULL，PostgreSQL 为 fsync=on、synchronous_commit=on，客户端、服务和数据库同在一台机器

    \(lists(columns))
    \(figures(columns))
    """
  }

  /// Rows of lists, columns of sizes, each engine with its growth.
  private static func lists(_ columns: [BenchColumn]) -> String {
    let engines = engines(columns)
    let heads = engines.flatMap { engine in engine.map { "\($0.engine) \(count($0.size))" } + ["增长"] }
    var lines = [
      "| 列表与检索（p50 / p99 ms，行数） | " + heads.joined(separator: " | ") + " | 目标 p99 |",
      "|---|" + String(repeating: "---|", count: heads.count + 1),
    ]
    for (index, answer) in (columns.first?.lists ?? []).enumerated() {
      var cells: [String] = []
      for engine in engines {
        let answers = engine.map { $0.lists[index] }
        cells += answers.map { one in
          let text = "\(number(one.middle)) / \(number(one.most))（\(one.found)\(one.unit.isEmpty ? "" : " " + one.unit)）"
          return one.aim.map({ one.most > $0 }) ?? false ? "**\(text)**" : text
        }
        cells.append(growth(answers))
      }
      lines.append("| \(answer.name) | \(cells.joined(separator: " | ")) | \(answer.aim.map(number) ?? "—") |")
    }
    return lines.joined(separator: "\n") + "\n"
  }
  /// Of the smallest size that found as many rows as the largest: a page of five is no measure for a page of fifty.
  private static func growth(_ answers: [BenchLists.Answer]) -> String {
    guard let last = answers.last, let first = answers.dropLast().first(where: { $0.found == last.found }) else { return "—" }
    return number(last.middle / max(first.middle, 0.001)) + "×"
  }

  private static func figures(_ columns: [BenchColumn]) -> String {
    var names: [(name: String, aim: String)] = []
    for column in columns {
      for one in column.figures where !names.contains(where: { $0.name == one.name }) { names.append((one.name, one.aim)) }
    }
    var lines = [
      "| | " + columns.map { "\($0.engine) \(count($0.size))" }.joined(separator: " | ") + " | 目标 |",
      "|---|" + String(repeating: "---|", count: columns.count + 1),
    ]
    for (name, aim) in names {
      let cells = columns.map { column in column.figures.first { $0.name == name }?.value ?? "—" }
      lines.append("| \(name) | \(cells.joined(separator: " | ")) | \(aim) |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func engines(_ columns: [BenchColumn]) -> [[BenchColumn]] {
    var out: [[BenchColumn]] = []
    for column in columns {
      if let last = out.indices.last, out[last].first?.engine == column.engine { out[last].append(column) } else { out.append([column]) }
    }
    return out
  }

  static func number(_ number: Double) -> String {
    number >= 100 ? String(Int(number.rounded())) : String(format: number >= 10 ? "%.1f" : "%.2f", number)
  }
  /// 1 万、100 万。
  static func count(_ size: Int) -> String { size % 10_000 == 0 ? "\(size / 10_000) 万件" : "\(size) 件" }

  private static var machine: String {
    let cores = ProcessInfo.processInfo.processorCount
    let memory = ProcessInfo.processInfo.physicalMemory >> 30
    let model = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n")
      .first { $0.hasPrefix("model name") }?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    return "\(model ?? "?")，\(cores) 核，内存 \(memory) GiB，\(ProcessInfo.processInfo.operatingSystemVersionString)"
  }
}
