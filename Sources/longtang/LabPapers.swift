import ArgumentParser
import Cases
import Foundation
import Kernel
import Typesetting

/// How fast papers are set: decisions of two pages, each with other words, a few at a time.
struct LabPapers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "papers", abstract: "测量文书排版：两页的处罚决定书每秒几份")
  @Option(help: "份数") var count = 200
  @Option(help: "排版进程数") var workers = 2
  @Option(help: "Data 目录") var data = "Data"
  @Option(help: "scripts/typesetter.sh 装好的目录") var typesetter: String?
  @Option(help: "把第一份写到这个文件") var out: String?

  func run() async throws {
    guard (1...100_000).contains(count), (1...64).contains(workers) else { throw ValidationError("--count 1 至 100000，--workers 1 至 64") }
    let folder = URL(fileURLWithPath: data)
    let papers = try CasePaper.read(try Data(contentsOf: folder.appending(path: "procedures/papers.json")))
    let book = try PaperBook(reading: try Data(contentsOf: folder.appending(path: "papers/papers.json")), papers: papers)
    let place = TypesetterPlace(
      folder: typesetter.map { URL(fileURLWithPath: $0) } ?? TypesetterPlace.folder(beside: folder),
      layouts: folder.appending(path: "papers"))
    let setter = Typesetter(place, size: workers)
    guard let day = Day(year: 2026, month: 11, day: 29) else { return }

    // The start of the workers is told apart: it happens once.
    let start = ContinuousClock.now
    let first = try await setter.pdf(try PaperSample.decision(9999, book: book, on: day), dated: day)
    print("第一份（含启动）\(Self.milliseconds(start.duration(to: .now))) 毫秒，\(first.count / 1024) KB")
    if let out { try first.write(to: URL(fileURLWithPath: out)) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for serial in 9000..<(9000 + workers) {
        group.addTask { _ = try await setter.pdf(try PaperSample.decision(serial, book: book, on: day), dated: day) }
      }
      try await group.waitForAll()
    }

    let began = ContinuousClock.now
    var times: [Duration] = []
    let (share, total) = (workers * 2, count)
    try await withThrowingTaskGroup(of: [Duration].self) { group in
      for lane in 0..<share {
        group.addTask {
          var own: [Duration] = []
          for serial in stride(from: lane + 1, through: total, by: share) {
            let begun = ContinuousClock.now
            _ = try await setter.pdf(try PaperSample.decision(serial, book: book, on: day), dated: day)
            own.append(begun.duration(to: .now))
          }
          return own
        }
      }
      for try await own in group { times += own }
    }
    let spent = began.duration(to: .now) / .seconds(1)
    times.sort()
    let rate = Double(count) / spent
    print(
      "\(count) 份，\(workers) 个进程：每秒 \(Int(rate)) 份；每份（含排队）p50 \(Self.milliseconds(times[times.count / 2])) 毫秒，p99 \(Self.milliseconds(times[min(times.count - 1, times.count * 99 / 100)])) 毫秒"
    )
  }
  private static func milliseconds(_ duration: Duration) -> Int { Int(duration / .milliseconds(1)) }
}
