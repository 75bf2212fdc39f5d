import Effects
import HotSpots
import Kernel
import People
import Sheets
import TestHouse

@testable import longtang

extension OwnObjects {
  /// A list of the district with the compound of `Side.own`, and a night behind it.
  static func hotSpotThings(_ scene: WholeHouse) async throws -> [String: String] {
    let hotspots = scene.composition.hotspots
    let manager = try scene.somebody(.districtManager).person
    try await hotspots.run()
    let today = scene.clock.now.day
    let reading = try await hotspots.read(Table(header: ["小区名称"], cells: [["元邑小城"], ["查无此区"]]), for: manager)
    let list = try await hotspots.take(
      NewFocusList(name: "市里的名单", from: today, through: today.adding(days: 90), reason: "市局下发的重点小区，逐个落实。"), from: reading,
      decisions: [:], leaveRest: true, by: manager)
    let assessment = try await scene.composition.effects.assess(
      NewAssessment(title: "集中整治", kind: .campaign, places: .pasted("元邑小城"), from: today.adding(days: -10), through: today), by: manager)
    return ["focus-list": list, "assessment": assessment]
  }
}
