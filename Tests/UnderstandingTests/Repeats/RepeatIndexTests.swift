import Testing

@testable import Understanding

@Suite("Repeats, live")
struct RepeatIndexTests {
  static let day: Int64 = 86_400_000
  static let start: Int64 = 1_760_000_000_000

  /// An office's ordinary day: different problems in different places.
  static let others = [
    "虹桥花苑3号楼电梯经常困人\n电梯一周坏了两次，物业一直没有修。",
    "春申路烧烤摊占道经营\n每天傍晚起有五六个烧烤摊摆在人行道上，油烟很大。",
    "金都新村垃圾房臭味\n垃圾房就在窗下，夏天臭得不能开窗。",
    "莲花路地铁站口共享单车乱停放\n单车堵住了盲道。",
    "田林十二村楼道堆物\n五楼邻居把旧家具堆在楼道里，影响消防疏散。",
    "上海康城业委会换届不公开\n候选人名单一直没有公示。",
    "梅陇镇高兴花园停水两天\n物业说是水泵坏了，没有通知。",
    "古美路流浪狗咬人\n小区里有三条流浪狗，昨天咬伤了孩子。",
  ]
  static let sunroom = "锦绣江南8号楼顶楼搭建阳光房\n8号楼顶楼业主在露台上违法搭建阳光房，正在施工，请尽快制止。"

  func filled() -> RepeatIndex {
    let index = RepeatIndex()
    for (n, text) in Self.others.enumerated() {
      index.add(id: Int64(n + 1), text: text, compound: Int64(900 + n), item: nil, at: Self.start + Int64(n))
    }
    return index
  }

  @Test("the same problem in other words is found in its compound, and why is said")
  func otherWords() throws {
    let index = filled()
    index.add(id: 100, text: Self.sunroom, compound: 7, item: "违法搭建", at: Self.start)
    let found = index.find(
      text: "楼顶违章搭建\n8号楼最上面一户又在露台上搭玻璃阳光房，请尽快处理。", compound: 7, item: "违法搭建", at: Self.start + 2 * Self.day)
    let first = try #require(found.first)
    #expect(first.id == 100)
    #expect(first.sure)
    #expect(first.reasons.contains("同一小区"))
    #expect(first.reasons.contains("同一楼栋"))
    #expect(first.reasons.contains { $0.contains("阳光房") })
  }

  @Test("the same words in another compound are another problem")
  func otherCompound() {
    let index = filled()
    index.add(id: 100, text: Self.sunroom, compound: 7, item: "违法搭建", at: Self.start)
    #expect(!index.find(text: Self.sunroom, compound: 8, item: "违法搭建", at: Self.start + Self.day).contains { $0.id == 100 })
    #expect(index.find(text: Self.sunroom, compound: 7, item: "违法搭建", at: Self.start + Self.day).first?.sure == true)
  }

  @Test("the same words for another building, line or item are never merged unasked")
  func neverUnasked() {
    let index = filled()
    index.add(id: 100, text: "3号楼底楼破墙开门\n3号楼102室业主装修时敲掉承重墙开门。", compound: 7, item: "拆改承重", at: Self.start)
    index.add(id: 101, text: "地铁12号线夜间施工噪音\n12号线站口夜里打桩，无法入睡。", compound: nil, item: nil, at: Self.start)
    let building = "6号楼底楼破墙开门\n6号楼101室业主装修时敲掉承重墙开门。"
    #expect(index.find(text: building, compound: 7, item: "拆改承重", at: Self.start + Self.day).allSatisfy { !$0.sure })
    let line = "地铁13号线夜间施工噪音\n13号线站口夜里打桩，无法入睡。"
    #expect(index.find(text: line, compound: nil, item: nil, at: Self.start + Self.day).allSatisfy { !$0.sure })
    let item = "3号楼底楼破墙开门\n3号楼102室业主装修时敲掉承重墙开门。"
    #expect(index.find(text: item, compound: 7, item: "无证经营", at: Self.start + Self.day).allSatisfy { !$0.sure })
  }

  @Test(
    "numbers of buildings as people write them",
    arguments: [
      ("3号楼漏水", "三号楼漏水", true), ("3号楼漏水", "3栋漏水", true), ("12号502室漏水", "十二号楼漏水", true), ("B座漏水", "ｂ座漏水", true),
      ("28#漏水", "28幢漏水", true), ("3号楼漏水", "18号楼漏水", false), ("3号楼漏水", "19号楼漏水", false), ("A座漏水", "B座漏水", false),
      ("二十三栋漏水", "23号楼漏水", true), ("3号楼和5号楼漏水", "5号楼漏水", true), ("3号楼和5号楼漏水", "6号楼漏水", false),
    ])
  func buildings(a: String, b: String, same: Bool) {
    var reader = RepeatReader()
    reader.read(a)
    let first = reader.buildings
    reader.read(b)
    #expect(first.meets(reader.buildings) == same)
    #expect(first.differs(reader.buildings) == !same)
  }

  @Test("greetings and who is writing do not count: untitled texts meet by place and problem")
  func untitled() {
    let index = filled()
    index.add(
      id: 100, text: "尊敬的领导您好，我是锦绣江南小区的业主，小区东侧新建的搅拌站整夜作业，噪音和粉尘严重，家里老人无法休息。", compound: nil, item: nil,
      at: Self.start)
    index.add(
      id: 101, text: "尊敬的领导您好，我是万源城小区的业主，小区里的电梯坏了两个月，家里老人无法下楼。", compound: nil, item: nil, at: Self.start)
    let found = index.find(
      text: "您好，打扰了。锦绣江南小区旁边的搅拌站灰尘很大，晚上轰鸣，请尽快处理。", compound: nil, item: nil, at: Self.start + Self.day)
    #expect(found.map(\.id) == [100])
  }

  @Test("one compound has more than one problem")
  func otherProblem() {
    let index = filled()
    index.add(id: 100, text: "锦绣江南地下车库漏水\n车库顶板漏水，地面全是积水。", compound: 7, item: nil, at: Self.start)
    let found = index.find(text: "锦绣江南有人养了两条大狗\n每天早晚遛狗不牵绳，吓到老人。", compound: 7, item: nil, at: Self.start + Self.day)
    #expect(!found.contains { $0.id == 100 })
  }

  @Test("urging what was not yet dealt with finds it")
  func urging() throws {
    let index = filled()
    index.add(id: 100, text: "5号楼底楼饭店油烟扰民\n底楼饭店没有排烟管道，油烟直接进居民家里。", compound: 7, item: nil, at: Self.start)
    let found = index.find(
      text: "上次投诉的5号楼饭店油烟还没处理\n已经半个月了没有人来。", compound: 7, item: nil, at: Self.start + 15 * Self.day)
    let first = try #require(found.first)
    #expect(first.id == 100)
    #expect(first.reasons.contains("来件自述曾反映过"))
  }

  @Test("places named in words are enough when no compound is known")
  func namedPlace() {
    let index = filled()
    index.add(
      id: 100, text: "锦绣江南小区旁混凝土搅拌站噪音粉尘\n锦绣江南小区东侧的搅拌站夜里作业，噪音和粉尘严重。", compound: nil, item: nil, at: Self.start)
    func find(_ text: String) -> [RepeatMatch] { index.find(text: text, compound: nil, item: nil, at: Self.start + Self.day) }
    #expect(find("锦绣江南附近的搅拌站太吵了\n搅拌站整夜轰鸣，灰尘飘进锦绣江南小区，窗户不敢开。").first?.id == 100)
    #expect(find("万源城小区旁混凝土搅拌站噪音粉尘\n万源城小区东侧的搅拌站夜里作业，噪音和粉尘严重。").allSatisfy { !$0.sure })
  }

  @Test(
    "texts that say nothing are never merged", arguments: ["", " \n ", "😡😡😡", "。。。", "您好，请尽快处理，谢谢", String(repeating: "啊", count: 500)])
  func nothing(text: String) {
    let index = filled()
    index.add(id: 100, text: text, compound: 3, item: nil, at: Self.start)
    #expect(index.find(text: text, compound: nil, item: nil, at: Self.start).allSatisfy { !$0.sure })
    #expect(index.find(text: text, compound: 3, item: nil, at: Self.start).allSatisfy { !$0.sure })
  }

  @Test("a very long text with emoji is found again")
  func long() {
    let index = filled()
    let text = "锦绣江南9号楼群租😡\n" + String(repeating: "9号楼601室隔成八间出租，每天半夜吵闹，楼道堆满电动车。", count: 4000)
    index.add(id: 100, text: text, compound: 7, item: nil, at: Self.start)
    #expect(index.find(text: text, compound: 7, item: nil, at: Self.start).first?.id == 100)
  }

  @Test("closed ones are linked, not merged; removed ones are gone; an id added again is replaced")
  func closing() {
    let index = filled()
    for id in [500, 300, 400] as [Int64] { index.add(id: id, text: Self.sunroom, compound: 7, item: nil, at: Self.start) }
    func found() -> [Int64: RepeatMatch] {
      let matches = index.find(text: Self.sunroom, compound: 7, item: nil, at: Self.start)
      return Dictionary(uniqueKeysWithValues: matches.map { ($0.id, $0) })
    }
    #expect(Set(found().keys) == [300, 400, 500])
    index.close(id: 400)
    #expect(found()[400]?.closed == true)
    #expect(found()[400]?.sure == false)
    #expect(found()[500]?.sure == true)
    index.reopen(id: 400)
    #expect(found()[400]?.sure == true)
    index.remove(id: 300)
    index.remove(id: 999_999)
    #expect(Set(found().keys) == [400, 500])
    index.add(id: 500, text: "锦绣江南停车难", compound: 7, item: nil, at: Self.start)
    #expect(Set(found().keys) == [400])
  }

  static let rising: [Int64] = Array(0..<200)
  static let falling: [Int64] = rising.reversed()
  /// Live reports come while the earlier ones are refilled, newest first.
  static let between: [Int64] = rising.map { $0 % 2 == 0 ? 100 + $0 / 2 : 99 - $0 / 2 }
  static let mixed: [Int64] = rising.map { ($0 * 37) % 200 }

  @Test("every id is found again however they were ordered", arguments: [rising, falling, between, mixed])
  func lookup(ids: [Int64]) {
    let index = RepeatIndex()
    func text(_ id: Int64) -> String { "桂林路\(id)弄违法搭建" }
    for id in ids { index.add(id: id, text: text(id), compound: id, item: nil, at: Self.start) }
    for id in ids { index.remove(id: id) }
    for id in ids { #expect(index.find(text: text(id), compound: id, item: nil, at: Self.start, least: 0).isEmpty) }
  }

  @Test("the same questions get the same answers")
  func determinism() {
    let a = filled(), b = filled()
    for text in Self.others {
      let x = a.find(text: text, compound: nil, item: nil, at: Self.start, least: 0)
      #expect(x == b.find(text: text, compound: nil, item: nil, at: Self.start, least: 0))
      #expect(!x.isEmpty)
    }
  }

  @Test("finding and adding in one is finding and then adding")
  func findAndAdd() {
    let (apart, together) = (RepeatIndex(), RepeatIndex())
    for round in 0..<3 {
      for (n, text) in (Self.others + [Self.sunroom, ""]).enumerated() {
        let (id, compound, at) = (Int64(round * 100 + n), Int64(900 + n), Self.start + Int64(round) * Self.day)
        let found = apart.find(text: text, compound: compound, item: nil, at: at)
        apart.add(id: id, text: text, compound: compound, item: nil, at: at)
        #expect(together.findAndAdd(id: id, text: text, compound: compound, item: nil, at: at) == found)
        #expect(round == 0 || text.isEmpty || !found.isEmpty)
      }
    }
  }
}
