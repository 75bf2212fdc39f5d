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

  @Test("replacing a compound forgets its former name; a name learnt meanwhile is for the caller to keep")
  func replaced() {
    let locator = CompoundLocator(Town.entries)
    locator.replace(CompoundEntry(id: 10, name: "听松里", addresses: ["河滨大道500弄2支弄"], district: "东江"))
    #expect(locator.locate("听松里3号楼").first?.id == 10)
    #expect(locator.locate("瑞景福邸3号楼").allSatisfy { $0.id != 10 })
    #expect(locator.locate("河滨大道500弄2支弄5号").first?.sure == true)
  }

  @Test(
    "a name is found behind its district, lane or part of town",
    arguments: ["东江区河滨丽舍22号楼下", "河滨丽舍22号楼楼下", "东江河滨丽舍22号楼", "河滨大道500弄3支弄河滨丽舍", "东江区绿水镇河滨丽舍小区22号楼下堆物"])
  func behindPlaces(_ text: String) {
    let guess = Town.locator.locate(text).first
    #expect(guess?.id == 11 && guess?.sure == true)
    #expect(guess?.reasons.contains { $0.contains("前后还有文字") } == false)
  }

  @Test("a district is known however the register writes it", arguments: ["东江", "东江区", "东江新区", "东江区局"])
  func districtWords(_ written: String) {
    let locator = CompoundLocator([
      CompoundEntry(id: 1, name: "海棠公寓", district: written), CompoundEntry(id: 2, name: "海棠公寓", district: "西塘区局"),
    ])
    let guess = locator.locate("东江区海棠公寓402室").first
    #expect(guess?.id == 1 && guess?.sure == true)
    #expect(guess?.reasons == ["小区名称一致：‘海棠公寓’", "所属区一致：东江"])
  }
}

/// A register large enough to show how compounds are named.
@Suite("Slips of the pen and compounds we do not know")
struct PlaceHabitTests {
  static let locator: CompoundLocator = {
    let heads = ["金", "锦", "华", "和", "安", "新", "明", "永", "东", "长", "丰", "海"]
    let middles = ["海", "华", "江", "阳", "泰", "康", "兴", "宁"]
    var entries: [CompoundEntry] = []
    for head in heads {
      for middle in middles where head != middle {
        for ending in ["花园", "小区", "大楼"] where (head, middle) != ("锦", "阳") {
          entries.append(CompoundEntry(id: Int64(entries.count + 1), name: head + middle + ending))
        }
      }
    }
    for (n, name) in ["栖霞云墅(一期)", "栖霞云墅(二期)", "鹭岛听涛(西区)", "鹭岛听涛(公寓)", "枕流雅筑(东区)", "松鹤康庭", "松鹤康庭(北区)"].enumerated() {
      entries.append(CompoundEntry(id: Int64(9001 + n), name: name))
    }
    return CompoundLocator(entries)
  }()
  private func likely(_ text: String) -> Int64? {
    guard let first = Self.locator.locate(text).first, first.likely else { return nil }
    return first.id
  }

  @Test("an odd character is a slip, a name like any other is another compound")
  func oddOrUsual() {
    #expect(Self.locator.locate("松鹤糠庭3号").first?.sure == true)
    // 金阳花园 is known and sounds the same.
    #expect(likely("锦阳花园3号") == nil)
  }

  @Test("of parts of one development one is likely, none sure, all are offered")
  func parts() {
    let guesses = Self.locator.locate("栖霞云暑3号")
    #expect(Set(guesses.map(\.id)) == [9001, 9002])
    #expect(guesses.first?.likely == true && guesses.first?.sure == false)
    #expect(guesses.dropFirst().allSatisfy { !$0.likely })
    #expect(likely("松鹤糠庭") == 9006)
  }

  @Test("a part alone in the register is not taken for its missing neighbours when the name is off, too")
  func lonePart() {
    #expect(likely("枕留雅筑3号") == nil)
    #expect(likely("枕流雅筑3号") == 9005)
  }

  @Test("a phase that one registered part contradicts is likely, a side is not")
  func contradiction() {
    let locator = CompoundLocator([CompoundEntry(id: 1, name: "听雨轩苑(一期)"), CompoundEntry(id: 2, name: "观潮阁苑(东区)")])
    let phase = locator.locate("听雨轩苑二期").first
    #expect(phase?.likely == true && phase?.sure == false)
    #expect(phase?.reasons.last == "文中写‘二期’，登记为‘听雨轩苑(一期)’")
    #expect(locator.locate("观潮阁苑西区").first?.likely == false)
  }

  @Test("the door puts the better part first")
  func door() {
    let locator = CompoundLocator([
      CompoundEntry(id: 1, name: "栖霞云墅(别墅)"), CompoundEntry(id: 2, name: "栖霞云墅(公寓)"),
      CompoundEntry(id: 3, name: "芦汀小筑(南区)", addresses: ["芦汀路1弄1-20号"]), CompoundEntry(id: 4, name: "芦汀小筑(北区)"),
    ])
    #expect(locator.locate("栖霞云墅25号1006室").first?.id == 2)
    #expect(locator.locate("芦汀小筑35号").first?.id == 4)
    #expect(locator.locate("芦汀小筑15号").first?.id == 3)
    #expect(locator.locate("芦汀小筑15号").first?.sure == false)
  }

  @Test("a name in the middle of words is one where no name goes on like that")
  func joint() {
    let guess = Self.locator.locate("云岭金海花园松鹤康庭12号").first { $0.id == 9006 }
    #expect(guess?.reasons.contains("小区名称一致：‘松鹤康庭’") == true)
  }
}
