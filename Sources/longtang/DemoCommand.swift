import ArgumentParser
import Figures
import Foundation
import Grades
import HotSpots
import Kernel
import Lookups
import Patterns
import Pilot
import Rosters
import Storage
import WorkCalendar

/// A pilot city to look around in. Says 演示数据 on every page; cannot be made where a real office is.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "建立演示库：真实的区划，编造的一年业务；已有演示库时只列出账号")
  @OptionGroup var common: Common
  @Option(help: "小区数，不少于 7；700 和 13000 时遍及各区。")
  var compounds = Pilot.Size.small.compounds
  @Option(help: "诉件数；较多时大部分成批写入，30 万件以上时两个月前办结的只留首尾经过。")
  var reports = Pilot.Size.small.reports
  @Option(help: "上一年的诉件数，供同比；不给时为诉件数的四分之一。")
  var earlier: Int?

  func run() async throws {
    let config = try await common.load()
    let opened = try await DemoStore.open(config)
    defer { withExtendedLifetime(opened) {} }
    let house = opened.house
    if opened.restarted { print("上次建立演示库时中断，未完成的内容已清除，现在重新建立。") }
    let start = ContinuousClock.now
    let meter = ProgressMeter()
    do {
      let size = Pilot.Size(compounds: compounds, reports: reports, earlier: earlier ?? reports / 4)
      if let city = try await Pilot.plant(size, data: config.data, into: house, progress: meter.show) {
        let composition = try await Composition(house, data: config.data, assets: config.assets)
        try await DemoLists.plant(composition.cityLists)
        try await DemoPopulation.plant(composition.figures)
        // The grades are made of what the night finds, and the inspections of the grades; nothing in these has to be read, place and item are given.
        composition.understander.giveUp()
        _ = try await composition.patterns.run()
        try await DemoInspections.plant(composition.grades)
        let (now, ids) = (house.now(), house.ids)
        // What is found at night is there on the first morning.
        try await house.store.write { db in
          try Patterns.enqueue(at: now, ids: ids, db)
          try HotSpots.enqueue(at: now, ids: ids, db)
          try Figures.enqueue(at: now, ids: ids, db)
          try Lookups.enqueue(at: now, ids: ids, db)
          try Grades.enqueue(at: now, ids: ids, db)
        }
        let calendar = try WorkCalendar(reading: try Data(contentsOf: config.data.appending(path: "holidays/china.json")))
        _ = try await Rosters(house: house, calendar: calendar).plantDemonstration()
        meter.end()
        print(city.summary)
        let seconds = Int(start.duration(to: .now) / .seconds(1))
        print("用时 \(seconds < 60 ? "" : "\(seconds / 60) 分 ")\(seconds % 60) 秒，演示库在 \(StoreFolder.place(config))。")
      } else {
        print(try await house.store.read { db in try House.mark("pilot-summary", db) } ?? "")
        print("演示库已在 \(StoreFolder.place(config))，没有改动；重建请先停止服务并删除它。")
      }
    } catch {
      meter.end()
      try await house.store.close()
      throw error
    }
    try await house.store.close()
  }
}
