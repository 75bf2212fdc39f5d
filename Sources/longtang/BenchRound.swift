import Figures
import Foundation
import Intake
import Kernel
import Lookups
import Matters
import People
import Pilot
import Storage

/// One engine at one size, from the empty store on.
struct BenchRound {
  let place: BenchPlace
  let size: Int
  let options: BenchCommand
  /// What does not depend on the size is measured once.
  let isFirst: Bool

  func run() async throws -> BenchColumn {
    var column = BenchColumn(engine: place.engine.name, size: size)
    func tell(_ name: String, _ value: String, _ aim: String = "") {
      column.figures.append((name, value, aim))
      BenchCommand.note("\(place.engine.name) \(size): \(name) \(value)")
    }
    let first = try await StoreFolder.open(place.config, as: .command)
    let house = House(
      store: first.store, vault: first.vault, seals: first.seals, ids: first.ids, isDemonstration: true, now: first.now)
    let yard = try await PilotYard.plant(compounds: options.compounds, data: place.config.data, into: house)
    var begun = ContinuousClock.now
    try await yard.fill(size, into: house) { BenchCommand.note("  … \($0.prefix(100))") }
    let filled = begun.duration(to: .now) / .seconds(1)
    let bytes = try await house.store.read { db in try StoreState.bytes(db) }
    tell("填充", "\(BenchTables.number(filled)) 秒，每秒 \(Int(Double(size) / filled)) 件")
    tell("占用磁盘", "\(bytes >> 20) MiB，每百万件 \(BenchTables.number(Double(bytes) / Double(size) * 1_000_000 / 1_073_741_824)) GiB")

    let composition = try await Composition(house, data: place.config.data, assets: place.config.assets)
    if options.only != "intake" {
      let (counting, worked) = (ContinuousClock.now, BenchCommand.processorSeconds)
      _ = try await composition.figures.count()
      let (counted, work) = (counting.duration(to: .now) / .seconds(1), BenchCommand.processorSeconds - worked)
      tell("第一次统计全部月份", "\(BenchTables.number(counted)) 秒（处理器 \(BenchTables.number(work)) 秒）")
      let (extracting, before) = (ContinuousClock.now, BenchCommand.processorSeconds)
      _ = try await composition.lookups.keep()
      let (extracted, read) = (extracting.duration(to: .now) / .seconds(1), BenchCommand.processorSeconds - before)
      tell("第一次摘录全部月份", "\(BenchTables.number(extracted)) 秒（处理器 \(BenchTables.number(read)) 秒）")
      column.lists = try await BenchLists(
        matters: composition.matters, yard: yard, size: size, now: house.now()
      ).run(
        times: options.times)
      for one in try await BenchNight(composition: composition).run() { tell(one.0, one.1, one.2) }
      let pages = try await BenchPages(round: self, yard: yard, composition: composition).run()
      column.lists += pages.pages
      for one in pages.figures { tell(one.0, one.1, one.2) }
      for one in pages.pages {
        BenchCommand.note("  \(one.name) \(BenchTables.number(one.middle)) / \(BenchTables.number(one.most)) ms，\(one.found) KB")
      }
    }
    if options.only == "numbers" {
      try await house.store.close()
      return column
    }
    // All of it, or its loading would be measured with what comes next.
    await composition.loadUnderstanding(place.config, options.common.logger("bench", place.config)).value
    if isFirst, options.rows > 0 {
      for one in try await BenchIntake(round: self).importing(yard, composition) { tell(one.0, one.1, one.2) }
    }
    for one in try await BenchIntake(round: self).bare(yard, composition) { tell(one.0, one.1, one.2) }
    if options.only == "intake" {
      try await house.store.close()
      return column
    }
    for one in try await BenchIntake(round: self).served(yard, house) { tell(one.0, one.1, one.2) }

    try tell("备份", backup(bytes), "100 MB/s")
    if size <= options.verify {
      begun = .now
      let verdict = try await house.store.read { db in try Journal.verify(db) }
      let spent = begun.duration(to: .now) / .seconds(1)
      tell(
        "核对留痕",
        verdict.faults.isEmpty
          ? "\(verdict.entries) 条完整，\(BenchTables.number(spent)) 秒" : "**\(verdict.faults.count) 处不符**：\(verdict.faults[0])")
    }
    for one in try await BenchCases(round: self, yard: yard, composition: composition).run() { tell(one.0, one.1, one.2) }
    try await house.store.close()
    return column
  }

  /// A copy with its proof, or why there is none.
  private func backup(_ bytes: Int64) throws -> String {
    let left = try FileManager.default.attributesOfFileSystem(forPath: place.config.store.path)[.systemFreeSize] as? Int64 ?? .max
    guard left > bytes / 10 * 11 else { return "没有测：磁盘只剩 \(left >> 30) GiB，放不下一份备份" }
    let seconds = try place.run(["backup", "--to", place.config.store.appending(path: "backup-copy").path])
    return seconds.map { "每秒 \(BenchTables.number(Double(bytes) / 1_000_000 / $0)) MB" } ?? "—"
  }
}
