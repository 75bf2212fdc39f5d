import ArgumentParser
import Compounds
import Effects
import Figures
import Foundation
import HotSpots
import Kernel
import Offices
import Patterns
import People
import Pilot
import Storage

/// Hides repeats, hot spots and campaigns in even cities and tells how many of them the detectors find, and what they find besides.
struct BenchPlantedCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-planted", abstract: "在编造的城市里藏进反复投诉、热点和两个专项行动，看找出多少、误报多少，输出 Markdown 表")
  @OptionGroup var common: Common
  @Option(help: "做几座城市，各用一个种子：1、2、3……")
  var seeds = 10
  @Option(help: "从哪个种子起。")
  var first = 1
  @Option(help: "小区数。")
  var compounds = 700
  @Option(help: "诉件数。")
  var reports = 120_000
  @Option(help: "诉件分布在今天以前多少天里。")
  var days = 730
  @Option(help: "热点的诉件是平时的几倍。")
  var times = 2.0
  @Option(help: "有效的行动减少了百分之几的投诉。")
  var ended = 40
  @Option(help: "库建在哪里；不给时建在临时目录。测完删除。")
  var folder: String?

  struct Found {
    var seed = 0
    var parts: [(name: String, found: Int, of: Int)] = []
    var falseClusters = 0
    var byChance = 0
    var worked = ""
    var idle = ""
    var seconds: [(name: String, value: Double)] = []
  }

  func run() async throws {
    let config = try await common.load()
    let base =
      folder.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory.appending(path: "longtang-planted-\(getpid())")
    var all: [Found] = []
    for seed in first..<(first + seeds) {
      let place = try BenchPlace(.sqlite, folder: base.appending(path: "\(seed)"), like: config)
      do {
        all.append(try await one(UInt64(seed), place))
      } catch {
        try place.remove()
        throw error
      }
      try place.remove()
    }
    print(text(all))
  }

  private func one(_ seed: UInt64, _ place: BenchPlace) async throws -> Found {
    let opened = try await StoreFolder.open(place.config, as: .command)
    let house = House(
      store: opened.store, vault: opened.vault, seals: opened.seals, ids: opened.ids, isDemonstration: true, now: opened.now)
    let yard = try await PilotYard.plant(compounds: compounds, data: place.config.data, into: house, seed: seed)
    var counts = PilotPlants.Counts()
    counts.times = times
    counts.ended = Double(ended) / 100
    let plants = try await yard.plant(counts, among: reports, days: days, seed: seed, into: house)
    let composition = try await Composition(house, data: place.config.data, assets: place.config.assets)
    var found = Found(seed: Int(seed))
    func timed(_ name: String, _ work: () async throws -> Void) async throws {
      let begun = ContinuousClock.now
      try await work()
      found.seconds.append((name, begun.duration(to: .now) / .seconds(1)))
    }
    try await timed("统计") { _ = try await composition.figures.count() }
    try await timed("反复投诉") { _ = try await composition.patterns.run() }
    try await timed("热点") { _ = try await composition.hotspots.run() }
    try await patterns(plants, composition, yard.city, &found)
    try await hotspots(plants, composition, yard.city, &found)
    try await timed("评估") { try await campaigns(plants, composition, yard.city, &found) }
    BenchCommand.note(
      "\(seed)：" + found.parts.map { "\($0.name) \($0.found)/\($0.of)" }.joined(separator: "，")
        + "，误报热点 \(found.falseClusters)，\(found.worked)，\(found.idle)，"
        + found.seconds.map { "\($0.name) \(BenchTables.number($0.value)) 秒" }.joined(separator: "，"))
    try await house.store.close()
    return found
  }

  private func patterns(_ plants: PilotPlants, _ composition: Composition, _ city: Person, _ found: inout Found) async throws {
    var kinds: [PatternKind: [Pattern]] = [:]
    for kind in PatternKind.allCases {
      kinds[kind] = try await composition.patterns.patterns(PatternFilter(kind: kind), for: city, limit: 100_000)
    }
    let same = plants.repeats.filter { $0.building != nil }
    let several = plants.repeats.filter { $0.building == nil }
    func place(_ repeated: PilotPlants.Repeat) -> String { "\(repeated.building ?? 0)号" }
    found.parts.append(
      (
        "同一问题",
        same.filter { one in
          kinds[.sameProblem, default: []].contains { $0.compoundNo == one.compound && $0.item == one.item && $0.place == place(one) }
        }.count, same.count
      ))
    found.parts.append(
      (
        "一类问题",
        several.filter { one in kinds[.oneKind, default: []].contains { $0.compoundNo == one.compound && $0.item == one.item } }.count,
        several.count
      ))
    found.parts.append(
      (
        "多个问题", plants.manyProblems.filter { no in kinds[.manyProblems, default: []].contains { $0.compoundNo == no } }.count,
        plants.manyProblems.count
      ))
    found.byChance = kinds.values.reduce(0) { sum, all in sum + all.filter { !plants.touched.contains($0.compoundNo) }.count }
  }

  private func hotspots(_ plants: PilotPlants, _ composition: Composition, _ city: Person, _ found: inout Found) async throws {
    let districts = try await composition.house.store.read { db in
      try db.all("SELECT id FROM office WHERE kind = 'district' ORDER BY id").map { try $0.id("id", Office.self) }
    }
    var clusters: [HotCluster] = []
    for district in [nil] + districts.map(Optional.some) {
      guard let area = try await composition.hotspots.area(HotSpotView(district: district), for: city) else { continue }
      clusters += try await composition.hotspots.clusters(area, for: city).filter(\.isCertain)
    }
    let hit = plants.hotSpots.filter { spot in
      clusters.contains { cluster in cluster.seen.contains { spot.compounds.contains($0.no) } }
    }
    found.parts.append(("热点", hit.count, plants.hotSpots.count))
    found.falseClusters = clusters.filter { cluster in !cluster.seen.contains { plants.touched.contains($0.no) } }.count
  }

  private func campaigns(_ plants: PilotPlants, _ composition: Composition, _ city: Person, _ found: inout Found) async throws {
    for campaign in plants.campaigns {
      let no = try await composition.effects.assess(
        NewAssessment(
          title: campaign.works ? "有效的行动" : "无效的行动", kind: .campaign, places: .pasted(campaign.compounds.joined(separator: "\n")),
          from: campaign.from, through: campaign.through), by: city)
      let (_, kept, _) = try await composition.effects.assessment(no, for: city)
      let verdict = kept.first?.result.verdict.chinese ?? "—"
      if campaign.works { found.worked = verdict } else { found.idle = verdict }
    }
  }

  private func text(_ all: [Found]) -> String {
    let names = all.first?.parts.map(\.name) ?? []
    let clocks = all.first?.seconds.map(\.name) ?? []
    func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let header = ["种子"] + names + ["误报热点", "没有藏而按规则成立的反复投诉", "有效的行动", "无效的行动"] + clocks.map { $0 + "（秒）" }
    var lines = [row(header), row(header.map { _ in "---" })]
    for one in all {
      lines.append(
        row(
          ["\(one.seed)"] + one.parts.map { "\($0.found)/\($0.of)" } + ["\(one.falseClusters)", "\(one.byChance)", one.worked, one.idle]
            + one.seconds.map { BenchTables.number($0.value) }))
    }
    let sums = names.indices.map { index in
      "\(all.reduce(0) { $0 + $1.parts[index].found })/\(all.reduce(0) { $0 + $1.parts[index].of })"
    }
    let right = (
      all.filter { $0.worked == AssessmentResult.Verdict.fell.chinese }.count,
      all.filter { $0.idle == AssessmentResult.Verdict.fell.chinese || $0.idle == AssessmentResult.Verdict.rose.chinese }.count
    )
    lines.append(
      row(
        ["合计"] + sums
          + [
            "\(all.reduce(0) { $0 + $1.falseClusters })", "\(all.reduce(0) { $0 + $1.byChance })", "看出 \(right.0)/\(all.count)",
            "误报 \(right.1)/\(all.count)",
          ] + clocks.indices.map { index in BenchTables.number(all.reduce(0) { $0 + $1.seconds[index].value } / Double(max(1, all.count))) }
      ))
    return lines.joined(separator: "\n")
  }
}
