import Foundation
import Kernel

/// How hot spots are looked for and from where on something is one: data, of one version.
public struct HotSpotMethod: Sendable, Hashable {
  public let about: String
  public let version: String
  public let confidence: SourceConfidence
  public let weeks: Int
  public let longest: Int
  /// Kilometres.
  public let radius: Int
  public let neighbours: Int
  /// Percent.
  public let share: Int
  public let cases: Int
  public let clusters: Int
  public let replications: Int
  public let extreme: Int
  /// Percent of chance up to which a cluster puts its compounds on the list.
  public let certain: Int
  /// Percent of chance up to which a cluster is shown.
  public let watch: Int
  public let reports: Int
  /// Percent of certainty.
  public let above: Int
  /// Percent of the area's rate.
  public let times: Int
  public let seasonYears: Int
  public let seasonReports: Int

  /// Reads `Data/hotspots/method.json`, or an office's own file of the same shape.
  /// - Throws: `DataFileError` with every problem.
  public init(reading data: Data, file: String = "hotspots/method.json") throws(DataFileError) {
    self = try DataFile.read(data, file: file) { root in
      root.object(
        "about", "version", "confidence", "weeks", "longest", "radius", "neighbours", "share", "cases", "clusters", "replications",
        "extreme", "certain", "watch", "reports", "above", "times", "seasonYears", "seasonReports")
      let method = HotSpotMethod(root)
      if method.longest > method.weeks { root["longest"].problem("is longer than the \(method.weeks) weeks looked at") }
      if method.certain > method.watch { root["certain"].problem("is above watch") }
      return method
    }
  }
  private init(_ root: DataNode) {
    about = root["about"].string()
    version = root["version"].string()
    confidence = root["confidence"].choice(.unverified)
    weeks = root["weeks"].int(in: 8...260)
    longest = root["longest"].int(in: 1...130)
    radius = root["radius"].int(in: 1...50)
    neighbours = root["neighbours"].int(in: 2...3000)
    share = root["share"].int(in: 1...50)
    cases = root["cases"].int(in: 2...1000)
    clusters = root["clusters"].int(in: 1...50)
    replications = root["replications"].int(in: 99...9999)
    extreme = root["extreme"].int(in: 1...9999)
    certain = root["certain"].int(in: 1...20)
    watch = root["watch"].int(in: 1...50)
    reports = root["reports"].int(in: 1...1000)
    above = root["above"].int(in: 50...99)
    times = root["times"].int(in: 100...1000)
    seasonYears = root["seasonYears"].int(in: 1...10)
    seasonReports = root["seasonReports"].int(in: 12...1_000_000)
  }
}
