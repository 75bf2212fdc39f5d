import Testing
import Understanding

@Suite("Classes of messages")
struct TextClassifierTests {
  static let examples: [(text: String, label: String)] = [
    ("楼上夜里搭建阳光房，敲打到十一点", "搭建"), ("顶楼天台又在搭建彩钢棚", "搭建"), ("邻居违法搭建一间小屋，占了公共天井", "搭建"),
    ("一楼把院子搭建成厨房", "搭建"), ("六楼露台搭建玻璃房，漏水严重", "搭建"),
    ("小区门口垃圾堆了三天没人清运", "垃圾"), ("装修垃圾倒在绿化带里", "垃圾"), ("垃圾箱房气味很大，垃圾满地", "垃圾"),
    ("有人把建筑垃圾堆在楼道", "垃圾"), ("湿垃圾没有及时清运，招来老鼠", "垃圾"),
    ("夜宵摊占道经营，油烟呛人", "摊贩"), ("水果摊贩占道，推车进不来", "摊贩"), ("菜场外面摊贩太多，人行道走不了", "摊贩"),
    ("烧烤摊贩天天到后半夜", "摊贩"), ("流动摊贩堵住小区出入口", "摊贩"),
  ]
  let classifier = TextClassifier.train(examples)

  @Test(
    "learns what it was shown",
    arguments: [
      ("隔壁在屋顶搭建棚子", "搭建"), ("楼下垃圾没人清运", "垃圾"), ("路口摊贩占道", "摊贩"),
    ])
  func learns(text: String, label: String) {
    let guesses = classifier.classify(text)
    #expect(guesses.first?.label == label)
    #expect(guesses.count == 3)
    #expect(abs(guesses.reduce(0) { $0 + $1.score } - 1) < 0.001)
    #expect(guesses.map(\.score) == guesses.map(\.score).sorted(by: >))
    #expect(classifier.best(text)?.label == label)
  }

  @Test("is the same whenever trained on the same examples")
  func deterministic() {
    #expect(TextClassifier.train(Self.examples).bytes == classifier.bytes)
  }

  @Test("reads full-width and capitals as the plain form")
  func folds() {
    let plain = classifier.classify("3号b座搭建")
    #expect(classifier.classify("３号Ｂ座 搭建") == plain)
  }

  @Test("explains with words of the text")
  func explains() {
    let text = "老王在屋顶搭建棚子，请处理"
    let words = classifier.explain(text, "搭建")
    #expect(words.first?.contains("搭建") == true)
    #expect(words.allSatisfy { text.contains($0) })
    #expect(classifier.explain(text, "没有这一类").isEmpty)
    #expect(classifier.explain("", "搭建").isEmpty)
  }

  @Test("survives odd texts", arguments: ["", " ", "\0\0", "，。、", "😀🏚️😀", "\u{FEFF}𠮷", String(repeating: "垃圾", count: 50_000)])
  func odd(text: String) {
    let guesses = classifier.classify(text)
    #expect(guesses.count == 3)
    #expect(guesses.allSatisfy { $0.score.isFinite })
  }

  @Test("trained on nothing it says nothing; on one class it says that one")
  func few() throws {
    let none = TextClassifier.train([LabelledText]())
    #expect(none.classify("垃圾").isEmpty)
    #expect(none.best("垃圾") == nil)
    #expect(try TextClassifier(bytes: none.bytes).labels.isEmpty)
    let one = TextClassifier.train([LabelledText(text: "垃圾", label: "垃圾")])
    #expect(one.classify("别的").map(\.label) == ["垃圾"])
    #expect(one.explain("垃圾", "垃圾").isEmpty)
  }

  @Test("a correction replaces the label the text had before")
  func correction() {
    let text = "高空抛物砸坏雨棚"
    let wrong = Self.examples.map { LabelledText(text: $0.text, label: $0.label) } + [LabelledText(text: text, label: "垃圾")]
    let right = wrong + [LabelledText(text: text, label: "抛物", weight: 2)]
    #expect(TextClassifier.train(wrong).best(text)?.label == "垃圾")
    #expect(TextClassifier.train(right).best(text)?.label == "抛物")
  }

  @Test("more than eight classes")
  func many() {
    let signs = Array("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉")
    let examples = signs.map { (text: "这类事情\($0)\($0)\($0)", label: String($0)) }
    let classifier = TextClassifier.train(examples)
    for example in examples { #expect(classifier.best(example.text)?.label == example.label) }
  }

  @Test("keeps its answers through its stored form")
  func stored() throws {
    let copy = try TextClassifier(bytes: classifier.bytes)
    for (text, _) in Self.examples { #expect(copy.classify(text) == classifier.classify(text)) }
  }

  @Test("refuses bytes that are cut, changed or something else")
  func refusesDamage() {
    let bytes = classifier.bytes
    #expect(throws: ClassifierFormatError.unknownFormat) { try TextClassifier(bytes: []) }
    #expect(throws: ClassifierFormatError.unknownFormat) { try TextClassifier(bytes: Array("id,label,text".utf8)) }
    for length in stride(from: 4, to: bytes.count, by: 97) {
      #expect(throws: ClassifierFormatError.damaged) { try TextClassifier(bytes: Array(bytes.prefix(length))) }
    }
    var changed = bytes
    changed[bytes.count / 2] ^= 1
    #expect(throws: ClassifierFormatError.damaged) { try TextClassifier(bytes: changed) }
  }
}
