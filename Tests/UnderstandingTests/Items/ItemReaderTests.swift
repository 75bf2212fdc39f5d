import Testing
import Understanding

@Suite("Item reader")
struct ItemReaderTests {
  @Test("complaints as residents, firms and committees write them are read as they are meant")
  func complaints() throws {
    var count = 0
    var right = 0
    var topThree = 0
    var missed: [String] = []
    for (reader, samples) in try ItemSamples.folds() {
      for sample in samples {
        let guesses = reader.read(sample.text).guesses
        count += 1
        if let best = guesses.first, sample.accepted.contains(best.slug) {
          right += 1
        } else {
          missed.append("\(sample.slug): \(sample.text.prefix(30)) -> \(guesses.first?.slug ?? "–")")
        }
        if !sample.accepted.isDisjoint(with: guesses.prefix(3).map(\.slug)) { topThree += 1 }
      }
    }
    #expect(count >= 500)
    #expect(Double(right) >= 0.96 * Double(count), "\(missed.joined(separator: "\n"))")
    #expect(Double(topThree) >= 0.98 * Double(count))
  }

  @Test("every item of the catalogue is found in at least two of the complaints written for it")
  func everyItem() throws {
    let slugs = try ItemSamples.rules.get().slugs
    #expect(slugs.count == 69)
    var found: [String: Int] = [:]
    for (reader, samples) in try ItemSamples.folds() {
      for sample in samples where reader.read(sample.text).best?.slug == sample.slug { found[sample.slug, default: 0] += 1 }
    }
    #expect(slugs.filter { (found[$0] ?? 0) < 2 } == [])
  }

  @Test("without sample complaints the rules alone still read most complaints")
  func rulesAlone() throws {
    let reader = ItemReader(rules: try ItemSamples.rules.get())
    let samples = try ItemSamples.complaints()
    let right = samples.filter { reader.read($0.text).best.map(\.slug).map($0.accepted.contains) ?? false }.count
    #expect(Double(right) >= 0.93 * Double(samples.count))
  }

  @Test("a conclusion names the words and the place it rests on")
  func reasons() throws {
    let reading = try ItemSamples.reader().read("反映楼顶问题\n我们这栋的顶楼业主在露台搭建阳光房。")
    let best = try #require(reading.best)
    #expect(best.slug == "illegal-construction")
    #expect(best.score > 0.5 && best.score <= 1)
    let reasons = best.reasons.joined()
    #expect(reasons.contains("“阳光房”") && reasons.contains("地点“"))
    #expect(!reading.outOfScope)
  }

  @Test("fire lanes, dogs and fees are out of scope and say whom they are for")
  func referrals() throws {
    let reader = try ItemSamples.reader()
    for (text, department) in [
      ("消防通道被私家车堵死，消防车根本进不来", "消防救援"), ("邻居家的狗不拴绳，昨天咬了我妈妈一口", "公安"), ("物业费从1.8涨到2.6，不合理", "房管"),
      ("楼下工地夜间施工打桩，吵得睡不着", "生态环境"),
    ] {
      let reading = reader.read(text)
      #expect(reading.outOfScope, "\(text)")
      #expect(reading.referral?.department == department, "\(text)")
    }
  }

  @Test("what is being built now is told apart from what stands")
  func ongoing() throws {
    let reader = try ItemSamples.reader()
    #expect(reader.read("隔壁101正在搭违章建筑，工人还在砌墙，请马上派人来制止").best?.slug == "illegal-construction-ongoing")
    #expect(reader.read("隔壁101三年前搭的违章建筑一直没拆").best?.slug == "illegal-construction")
  }

  @Test("typing errors, full-width signs and an empty message do no harm")
  func dirt() throws {
    let reader = try ItemSamples.reader()
    #expect(reader.read("楼上把承重强敲了").best?.slug == "load-bearing-damage")
    #expect(reader.read("４号楼门厅停满电平车，还在充电").best?.slug == "ebike-common-area")
    for text in ["", " ", "\n\n", "？？？", "🐶🐶"] { #expect(reader.read(text).best?.slug == ItemReader.other) }
    let long = String(repeating: "违建。", count: 5000)
    #expect(reader.read(long).guesses.count <= ItemReader.guessLimit)
  }

  @Test("scores are shares of one, best first, and other is among the first three unless three items are likelier by far")
  func scores() throws {
    let reader = try ItemSamples.reader()
    for sample in try ItemSamples.complaints() {
      let guesses = reader.read(sample.text).guesses
      #expect(guesses.map(\.score).reduce(0, +) <= 1.0001)
      #expect(guesses.allSatisfy { (0...1).contains($0.score) })
      #expect(zip(guesses, guesses.dropFirst(2)).allSatisfy { $0.score + 1e-9 >= $1.score || $1.slug == ItemReader.other })
      let other = try #require(guesses.firstIndex { $0.slug == ItemReader.other })
      #expect(other < 3 || other == 3 && guesses[2].score >= 10 * guesses[3].score)
    }
  }

  @Test("a message that names one item plainly offers what is easily mixed up with it, last and with that as the reason")
  func neighbours() throws {
    let guesses = try ItemSamples.reader().read("楼道里停满电瓶车，插着充电").guesses
    #expect(guesses.first?.slug == "ebike-common-area")
    #expect(guesses.filter { $0.slug != ItemReader.other }.count >= 3)
    #expect(guesses.last?.reasons.joined().contains("相混") == true)
    #expect(try ItemSamples.reader().read("请问加装电梯要多少户同意").guesses.allSatisfy { !$0.reasons.joined().contains("相混") })
  }

  @Test("a fee, a scandal or a shop downstairs is not an item because its complaint also names one in passing")
  func inPassing() throws {
    let reader = try ItemSamples.reader()
    #expect(reader.read("物业拒绝退还装修押金\n押金两千元一直不退。装修时工人把保温层铲了一块，他们说要扣钱。").outOfScope)
    #expect(reader.read("小区东侧垃圾站距离太近\n垃圾站离我们楼只有一墙之隔，下雨天有臭味，请另行选址。").outOfScope)
    #expect(reader.read("3号楼2单元开麻将馆到凌晨\n望领导协调解决，由衷感谢。").best?.slug == "residential-to-commercial")
    #expect(reader.read("康乐新村违建一直没拆\n顶楼业主私自加盖一层。").best?.slug == "illegal-construction")
  }
}

@Suite("Item corrections")
struct ItemCorrectionTests {
  private let text = "楼下阿姨每晚在河边放孔明灯，火星飘到晾晒的被子上"

  @Test("a correction is followed for messages like it, with that as the reason, and leaves others alone")
  func learns() throws {
    var reader = try ItemSamples.reader()
    #expect(reader.read(text).outOfScope)
    reader.learn(text, "littering")
    let best = try #require(reader.read("楼下阿姨昨晚又在河边放孔明灯，火星飘到我家被子上").best)
    #expect(best.slug == "littering")
    #expect(best.reasons.contains { $0.contains("已更正") })
    #expect(reader.read("楼道里停电瓶车充电").best?.slug == "ebike-common-area")
  }

  @Test("corrections are kept as a list, and a later one replaces an earlier one of the same text")
  func serialises() throws {
    var reader = try ItemSamples.reader()
    reader.learn(text, "littering")
    reader.learn(text, "waste-dumping")
    #expect(reader.corrections == [ItemCorrection(text: text, slug: "waste-dumping")])
    let again = try ItemSamples.reader(corrections: reader.corrections)
    #expect(again.read(text).best?.slug == "waste-dumping")
  }
}

@Suite("Item rules")
struct ItemRulesTests {
  @Test(
    "a broken rule file is refused with its line",
    arguments: [
      ("概念 甲 树\n概念 甲 草", 2), ("事项 a 甲\n 5 没有这个概念", 2), ("事项 a 甲\n 五 「树」", 2), ("事项 a 甲\n 5 「树」 ~", 2), ("胡说", 1), ("概念 甲 {树|草", 1),
      ("概念 甲 树\n\n事项 a 甲\n 5 甲 ? 甲", 4), ("事项 a 甲\n 5 「树」\n近似 a b", 3), ("近似 a", 1),
    ])
  func refused(source: String, line: Int) throws {
    let error = #expect(throws: ItemRulesError.self) { try ItemRules(source) }
    #expect(error?.line == line)
  }

  @Test("near, same sentence, anywhere, without, masks and title do what the file's head says")
  func relations() throws {
    let rules = try ItemRules(
      """
      底分 1
      掩蔽 树脂
      概念 砍 {砍|锯}掉
      事项 near 近
       5 「树」 ~ 砍
      事项 apart 同句
       4 「花」 ~~ 砍 - 「塑料」
      事项 title 题
       6 题 「藤」 + 「墙」
      """)
    let reader = ItemReader(rules: rules)
    func slug(_ text: String) -> String? { reader.read(text).best?.slug }
    #expect(slug("树被锯掉") == "near")
    #expect(slug("树。锯掉") == "other")
    #expect(slug("树脂锯掉") == "other")
    #expect(slug("花开在很远很远很远很远很远很远的地方，被人砍掉") == "apart")
    #expect(slug("塑料花被砍掉") == "other")
    #expect(slug("老藤\n这里有一面旧墙，很旧") == "title")
    #expect(slug("这里有一面旧墙，很旧，有藤") == "other")
  }
}
