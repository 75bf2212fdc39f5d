import Testing
import Understanding

/// Compounds made up for these tests.
enum Town {
  static let entries: [CompoundEntry] = [
    CompoundEntry(id: 1, name: "云杉花园", aliases: ["老机床厂宿舍"], addresses: ["青石路120弄1-36号"], district: "东江"),
    CompoundEntry(id: 2, name: "云杉花园(二期)", addresses: ["青石路128弄"], district: "东江"),
    CompoundEntry(id: 3, name: "白鹭新村", addresses: ["渡口路15弄,渡口路21弄4-30号(双)"], district: "东江"),
    CompoundEntry(id: 4, name: "白鹭三村", addresses: ["白鹭三村1-88号"], district: "西塘区"),
    CompoundEntry(id: 5, name: "白鹭四村", addresses: ["白鹭四村1-60号"], district: "西塘区"),
    CompoundEntry(id: 6, name: "枫桥逸庭(东区)", addresses: ["枫桥路300弄"], district: "西塘区"),
    CompoundEntry(id: 7, name: "枫桥逸庭(西区)", addresses: ["枫桥路301弄"], district: "西塘区"),
    CompoundEntry(id: 8, name: "海棠公寓", addresses: ["中丰路88号"], district: "东江"),
    CompoundEntry(id: 9, name: "海棠公寓", addresses: ["南丰路61弄"], district: "西塘区"),
    CompoundEntry(id: 10, name: "瑞景福邸", addresses: ["河滨大道500弄2支弄"], district: "东江"),
    CompoundEntry(id: 11, name: "河滨丽舍", addresses: ["河滨大道500弄3支弄"], district: "东江"),
    CompoundEntry(id: 12, name: "望江大厦", addresses: ["江边路7、9、11号"], district: "东江"),
    CompoundEntry(id: 13, name: "南丰路19弄小区", addresses: ["南丰路19弄1-12号"], district: "西塘区"),
  ]
  static let locator = CompoundLocator(entries)

  /// The compound the locator is sure of.
  static func sure(_ text: String) -> Int64? {
    guard let first = locator.locate(text).first, first.sure else { return nil }
    return first.id
  }
}

@Suite("Compounds by name")
struct PlaceNameTests {
  @Test("a name stands in any sentence")
  func nameInSentence() {
    #expect(Town.sure("我要反映白鹭三村小区内有人违法搭建") == 4)
    #expect(Town.sure("领导好，瑞景福邸这边夜间施工噪音很大") == 10)
    #expect(Town.sure("东江区望江大厦3号楼1102") == 12)
  }

  @Test("an alias stands for the compound, also one added later")
  func alias() {
    #expect(Town.sure("我住在老机床厂宿舍，楼道堆物") == 1)
    let locator = CompoundLocator(Town.entries)
    #expect(locator.locate("投诉船厂新里门口停车").isEmpty)
    #expect(locator.addAlias("船厂新里", to: 3))
    let found = locator.locate("投诉船厂新里门口停车").first
    #expect(found?.id == 3 && found?.sure == true)
    #expect(found?.reasons.contains("小区别名‘船厂新里’") == true)
    #expect(!locator.addAlias("船厂新里", to: 404))
  }

  @Test("a compound taken out is found no more")
  func removed() {
    let locator = CompoundLocator(Town.entries)
    locator.remove(10)
    #expect(locator.locate("瑞景福邸3号").first?.sure != true)
  }

  @Test("the generic ending may be left out", arguments: [("东江区望江3号楼", 12 as Int64), ("南丰路19弄", 13)])
  func ending(_ text: String, _ id: Int64) { #expect(Town.sure(text) == id) }

  @Test(
    "one slip of the pen",
    arguments: [
      ("瑞景富邸12号", 10 as Int64), ("瑞景邸福", 10), ("瑞福邸5号", 10), ("旺江大厦", 12), ("西塘区白露三村8号", 4), ("青浦镇河宾丽舍", 11),
      ("云彬花园", 1), ("南丰路19弄小去", 13),
    ])
  func slip(_ text: String, _ id: Int64) { #expect(Town.sure(text) == id) }

  @Test("the slip is said")
  func slipReason() {
    #expect(Town.locator.locate("瑞景富邸12号").first?.reasons.first == "名称相近：‘瑞景富邸’→‘瑞景福邸’")
  }

  @Test("digits and numerals of a village are one")
  func numerals() {
    #expect(Town.sure("白鹭3村12号") == 4)
    #expect(Town.sure("白鹭４村") == 5)
  }

  @Test(
    "asks rather than guesses",
    arguments: [
      "楼上住户望江而居，每天敲打", "枫桥逸庭南区", "云杉小区12号", "瑞景大福邸", "瑞景某邸", "白鹭十三村",
      "白鹭五村12号", "白鹭村", "枫桥逸庭3号", "海棠公寓402室", "新云杉花园城", "楼下夜宵摊太吵了，睡不着", "", "花园", "白鹭路200号",
    ])
  func asks(_ text: String) { #expect(Town.sure(text) == nil) }

  @Test("parts of one development are told apart")
  func parts() {
    #expect(Town.sure("枫桥逸庭东区3号") == 6)
    #expect(Town.sure("枫桥逸庭（西区）") == 7)
    #expect(Town.sure("云杉花园二期") == 2)
    #expect(Town.sure("云杉花园") == 1)
    #expect(Town.sure("枫桥逸庭南区") == nil)
  }

  @Test("equals are offered together, with the reason for asking")
  func equals() {
    let guesses = Town.locator.locate("枫桥逸庭3号")
    #expect(Set(guesses.map(\.id)) == [6, 7])
    #expect(guesses.allSatisfy { $0.reasons.contains("同名小区不止一处，文中未写明期数或分区") })
  }

  @Test("the district decides between namesakes, and a contrary one makes it ask")
  func district() {
    #expect(Town.sure("西塘区海棠公寓402室") == 9)
    #expect(Town.sure("东江区海棠公寓402室") == 8)
    #expect(Town.sure("西塘区望江大厦") == nil)
  }

  @Test("in a long text the writer's own compound counts, not one named by the way")
  func ownCompound() {
    let filler = String(repeating: "楼道里长期堆放杂物，存在安全隐患，希望尽快派人到现场查看。", count: 4)
    #expect(Town.sure("我住在瑞景福邸6号楼1203室。" + filler + "隔壁的望江大厦早就整改了。") == 10)
  }

  @Test("odd and huge inputs do no harm")
  func oddInputs() {
    let locator = CompoundLocator(Town.entries)
    locator.add(
      CompoundEntry(
        id: 90, name: String(repeating: "长名", count: 60), aliases: ["", "()", "（二期"],
        addresses: ["", "弄", "路,,3-号", "99999999999999999999弄"]))
    for text in ["（", "弄弄弄号号", "99999999999999999999999弄1号", "A", "二", "-", "瑞景福邸(", "瑞景福邸(二期", "\u{1F3E0}瑞景福邸3号"] {
      _ = locator.locate(text)
    }
    let clock = ContinuousClock()
    let spent = clock.measure { _ = locator.locate(String(repeating: "是瑞景富邸在", count: 50_000)) }
    #expect(spent < .seconds(3))
    #expect(locator.locate("\u{1F3E0}瑞景福邸3号").first?.id == 10)
    #expect(locator.locate("瑞景福邸3号", limit: 0).isEmpty)
  }

  @Test("an empty register finds nothing")
  func emptyRegister() { #expect(CompoundLocator().locate("瑞景福邸6号").isEmpty) }

  @Test("a place named once in a long complaint")
  func longText() {
    let before = String(repeating: "本人多次向有关部门反映情况，一直没有得到明确答复，非常失望。", count: 8)
    let after = String(repeating: "楼道里长期堆放杂物，存在安全隐患，希望尽快派人到现场查看并给予书面回复。", count: 8)
    let guess = Town.locator.locate(before + "我是瑞景福邸的业主，家住6号楼1203室，楼上住户半夜装修。" + after).first
    #expect(guess?.id == 10 && guess?.sure == true)
    #expect(guess?.building == "6" && guess?.room == "1203")
    #expect(Town.locator.locate(before + after).first?.sure != true)
  }
}
