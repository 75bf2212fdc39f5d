/// One problem that many people told of: what came out of grouping repeats, with how many they are and when.
public struct HotTopic: Sendable, Hashable {
  public let cluster: Int64
  /// Positions in what was given, the earliest first.
  public let members: [Int]
  public let people: Int
  /// The most different people within any `HotTopics.window`.
  public let heat: Int
  /// Milliseconds.
  public let first: Int64
  public let last: Int64
}

/// Which problems a register is full of (热点问题). Whoever writes fourteen times is one person: heat is people, not messages.
public enum HotTopics {
  /// Ninety days in milliseconds: longer than an office takes to answer, short enough that what was hot in spring is not hot in autumn.
  public static let window: Int64 = 90 * 86_400_000

  /// - Parameters:
  ///   - clusters: of each report the group it belongs to, as `RepeatBatch.clusters` says.
  ///   - people: of each report who wrote it; nil counts as somebody else each time.
  ///   - at: milliseconds.
  ///   - least: groups with fewer people in every window are no topic.
  /// - Returns: the hottest first; of equal ones that with more messages, then the earlier.
  public static func rank(clusters: [Int64], people: [String?], at: [Int64], least: Int = 3) -> [HotTopic] {
    precondition(clusters.count == people.count && clusters.count == at.count, "one of each for every report")
    let groups = Dictionary(grouping: clusters.indices, by: { clusters[$0] })
    let topics = groups.compactMap { cluster, group -> HotTopic? in
      guard group.count >= least else { return nil }
      let members = group.sorted { (at[$0], $0) < (at[$1], $1) }
      let names = members.map { people[$0] ?? "\u{0}\($0)" }
      var inside: [String: Int] = [:]
      var (begin, heat) = (0, 0)
      for (end, name) in names.enumerated() {
        inside[name, default: 0] += 1
        while at[members[end]] - at[members[begin]] > window {
          let gone = names[begin]
          inside[gone] = (inside[gone] ?? 1) - 1
          if inside[gone] == 0 { inside[gone] = nil }
          begin += 1
        }
        heat = max(heat, inside.count)
      }
      guard heat >= least, let first = members.first, let last = members.last else { return nil }
      return HotTopic(cluster: cluster, members: members, people: Set(names).count, heat: heat, first: at[first], last: at[last])
    }
    return topics.sorted { ($1.heat, $1.members.count, $0.first, $0.cluster) < ($0.heat, $0.members.count, $1.first, $1.cluster) }
  }
}
