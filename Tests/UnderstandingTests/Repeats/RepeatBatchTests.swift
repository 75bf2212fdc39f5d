import Testing

@testable import Understanding

@Suite("Repeats, in batches")
struct RepeatBatchTests {
  static let start: Int64 = 1_760_000_000_000

  static func inputs(_ texts: [String]) -> [RepeatInput] {
    texts.enumerated().map { RepeatInput(id: Int64($0 + 1), text: $1, at: start + Int64($0) * 3_600_000) }
  }

  @Test("groups one problem in one place, whatever the words")
  func groups() {
    let texts = [
      "锦绣江南小区附近搅拌站噪音扰民\n锦绣江南小区旁边的混凝土搅拌站日夜作业，噪音大，灰尘多。",
      "春申路烧烤摊占道经营\n每天傍晚起有五六个烧烤摊摆在人行道上。",
      "锦绣江南旁边的搅拌站污染环境\n搅拌站粉尘飘进锦绣江南小区，窗户不敢开，夜里轰鸣。",
      "锦绣江南小区停车位被长期霸占\n有人用地锁占公共车位。",
      "万源城小区附近搅拌站噪音扰民\n万源城小区旁边的混凝土搅拌站日夜作业。",
    ]
    let c = RepeatBatch.clusters(Self.inputs(texts))
    #expect(c[0] == c[2])
    #expect(Set([c[0], c[1], c[3], c[4]]).count == 4)
  }

  @Test("a chain of near misses does not become one group")
  func chain() {
    // Each shares half of its words with the next, and none with the one after.
    let parts = ["电梯困人", "楼道堆物", "车库漏水", "路灯不亮", "垃圾清运", "水泵停水", "门禁损坏", "绿化枯死"]
    let texts = (0..<parts.count - 1).map { "锦绣江南小区\(parts[$0])和\(parts[$0 + 1])\n\(parts[$0])，\(parts[$0 + 1])，请处理。" }
    let c = RepeatBatch.clusters(Self.inputs(texts))
    #expect(c.first != c.last)
  }

  @Test("the order of the file does not matter")
  func order() {
    let inputs = Self.inputs(RepeatIndexTests.others + RepeatIndexTests.others.map { $0 + "请尽快处理。" })
    let backward = Array(inputs.reversed())
    let a = Dictionary(uniqueKeysWithValues: zip(inputs.map(\.id), RepeatBatch.clusters(inputs)))
    let b = Dictionary(uniqueKeysWithValues: zip(backward.map(\.id), RepeatBatch.clusters(backward)))
    #expect(a == b)
  }

  @Test("identical reports are one group, named by the earliest", arguments: [2, 70, 300])
  func identical(copies: Int) {
    let texts = Array(repeating: RepeatIndexTests.sunroom, count: copies)
    #expect(Set(RepeatBatch.clusters(Self.inputs(texts))) == [1])
  }

  @Test("nothing comes of nothing")
  func empty() {
    #expect(RepeatBatch.clusters([]).isEmpty)
    #expect(RepeatBatch.clusters(Self.inputs(["", "", "😡"])) == [1, 2, 3])
  }

  @Test("what the batch joins, the live index finds")
  func consistency() {
    let inputs = Self.inputs(RepeatIndexTests.others + RepeatIndexTests.others.map { $0 + "已经反映过，盼复。" })
    let clusters = RepeatBatch.clusters(inputs)
    let index = RepeatIndex()
    for (n, input) in inputs.enumerated() {
      let found = index.find(text: input.text, compound: nil, item: nil, at: input.at, least: 0.4).map(\.id)
      let joined = inputs.indices.filter { $0 < n && clusters[$0] == clusters[n] }.map { inputs[$0].id }
      #expect(Set(joined).isSubset(of: Set(found)))
      #expect(joined.count == (n < RepeatIndexTests.others.count ? 0 : 1))
      index.add(id: input.id, text: input.text, compound: nil, item: nil, at: input.at)
    }
  }

  @Test("the second stage takes in a report linked to many and bearing the topic's marks, not one that lacks either")
  func gathers() {
    let topic = (0..<6).map { "锦绣江南小区附近搅拌站噪音扰民\n锦绣江南小区旁的混凝土搅拌站夜里作业，第\($0 + 1)次反映。" }
    let marked = "业主难以入睡\n锦绣江南小区旁边的搅拌站轰鸣，灰尘也大。"
    let foreign = "业主难以入睡\n万源城小区旁边的酒吧唱歌到凌晨，音响很大。"
    let inputs = Self.inputs(topic + [marked, foreign])
    let (store, _) = RepeatBatch.link(inputs, Array(inputs.indices))
    let roots = [0, 0, 0, 0, 0, 0, 6, 7]
    func gathered(_ straggler: Int, links: Int, score: Float) -> Bool {
      let edges = (0..<links).map { RepeatGroups.Edge(a: Int32($0), b: Int32(straggler), score: score) }
      return RepeatGather.gathered(store, roots, edges)[straggler] == 0
    }
    #expect(gathered(6, links: 5, score: 0.62))
    #expect(!gathered(6, links: 5, score: 0.45))
    #expect(!gathered(6, links: 1, score: 0.62))
    #expect(!gathered(7, links: 5, score: 0.62))
    #expect(RepeatGather.gathered(store, roots, []) == roots)
  }

  @Test("an earlier straggler that is taken in gives the group its name")
  func gatheredName() {
    let topic = (0..<6).map { "锦绣江南小区附近搅拌站噪音扰民\n锦绣江南小区旁的混凝土搅拌站夜里作业，第\($0 + 1)次反映。" }
    let inputs = Self.inputs(["业主难以入睡\n锦绣江南小区旁边的搅拌站轰鸣，灰尘也大。"] + topic)
    let (store, _) = RepeatBatch.link(inputs, Array(inputs.indices))
    let edges = (1...5).map { RepeatGroups.Edge(a: 0, b: Int32($0), score: 0.62) }
    #expect(RepeatGather.gathered(store, [0, 1, 1, 1, 1, 1, 1], edges) == Array(repeating: 0, count: 7))
  }
}
