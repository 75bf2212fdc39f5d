import Figures
import Foundation
import Kernel
import Overview
import People
import TestHouse

@testable import longtang

extension OwnObjects {
  /// A set of outlines and the draft of a bulletin of `Side.own`.
  static func overviewThings(_ scene: WholeHouse) async throws -> [String: String] {
    let overview = scene.composition.overview
    try await scene.composition.figures.count()
    let square = "[[[121.25,31.17],[121.30,31.17],[121.30,31.21],[121.25,31.17]]]"
    let file =
      "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"name\":\"徐泾镇\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":\(square)}}]}"
    let set = try await overview.importOutlines(
      Data(file.utf8), name: "街镇界", source: "区民政局，2025年12月", datum: .wgs84, by: try scene.somebody(.districtManager).person)
    let no = try await overview.draftBulletin(
      BulletinPeriod(.monthly, holding: scene.clock.now.day), card: nil, by: try scene.somebody(.squadLeader).person)
    return ["outline": "\(set)", "bulletin": no]
  }
}
