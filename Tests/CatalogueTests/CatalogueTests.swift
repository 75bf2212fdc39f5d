import Catalogue
import Foundation
import Kernel
import Testing

private func shipped(_ path: String = "catalogue/items.json") throws -> String {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  return try String(contentsOf: root.appending(path: "Data").appending(path: path), encoding: .utf8)
}
/// Read once for all cases.
private let catalogueRead = Result { try Catalogue(reading: Data(shipped().utf8)) }
private func catalogue() throws -> Catalogue { try catalogueRead.get() }

@Suite struct CatalogueTests {
  @Test func readsTheShippedFile() throws {
    let catalogue = try catalogue()
    #expect(catalogue.categories.map(\.name) == ["破坏房屋使用安全", "房屋违规租赁", "破坏小区环境秩序", "物业未履职尽责"])
    #expect(catalogue.items.count == catalogue.categories.map { catalogue.items(in: $0).count }.reduce(0, +))
    #expect(catalogue.referral("noise")?.to == ["dept-police", "dept-environment"])
    let offices = try shipped("offices/shanghai.json")
    for code in catalogue.referrals.flatMap(\.to) { #expect(offices.contains("\"code\": \"\(code)\""), "\(code)") }
    // Only what a plan says literally must be filed.
    #expect(catalogue.items.filter { $0.mustFile != nil }.allSatisfy { $0.publicSafety?.confidence == .quotedFromText })
  }

  @Test func saysWhatAnItemIs() throws {
    let item = try #require(catalogue().item("load-bearing-damage"))
    #expect(item.violations.first?.text == "《上海市住宅物业管理规定》第五十六条第二款第一项")
    #expect(item.penalties.map(\.text).contains("《建设工程质量管理条例》第六十九条第一款"))
    #expect(item.fines.map(\.range) == [5_000_000...10_000_000])
    #expect(item.fines.map(\.text) == ["处5万元以上10万元以下罚款"])
    #expect(item.orderToCorrect == .concurrent)
    #expect(throws: Refusal.self) { try catalogue().known("no-such-item") }
  }

  @Test(arguments: [
    ("waste-sorting-unit", "2026-08-14", ["处5000元以上5万元以下罚款"]), ("waste-sorting-unit", "2026-08-15", ["处5万元以上50万元以下罚款"]),
    ("facade-damage", "2026-11-21", ["可处1000元以上1万元以下罚款", "情节严重，可处1万元以上10万元以下罚款"]),
    ("green-temporary-use", "2026-11-21", ["处每平方米每日10元以上30元以下罚款"]), ("tree-felling", "2026-11-21", ["处绿化补偿标准5倍以上10倍以下罚款"]),
    ("ebike-evacuation-route", "2026-11-21", ["处500元以下罚款", "处5000元以上5万元以下罚款"]),
  ]) func writesFinesAsTheClauseDoes(slug: String, on: String, expected: [String]) throws {
    let item = try #require(catalogue().item(slug))
    #expect(item.fines(on: try #require(Day(iso: on))).map(\.text) == expected)
  }

  @Test func writesHighArticleNumbers() throws {
    #expect(try catalogue().item("waste-dumping")?.penalties.first?.text == "《中华人民共和国生态环境法典》第一千一百六十九条第一款")
  }

  @Test(arguments: [
    ("损坏房屋主体和承重结构", "load-bearing-damage"), ("承重", "load-bearing-damage"), ("飞线", "flying-wire-charging"),
    ("住宅物业管理规定８３条", "load-bearing-damage"), ("物业管理规定 第83条", "load-bearing-damage"), ("第八十三条", "load-bearing-damage"),
    ("电动自行车 电梯", "ebike-elevator"), ("PET-feces", "pet-feces"), ("物业未履职 垃圾", "pm-waste-containers"),
  ]) func finds(text: String, slug: String) throws {
    #expect(try catalogue().search(text).first?.slug == slug)
  }

  @Test func findsNothingAndAll() throws {
    let catalogue = try catalogue()
    #expect(catalogue.search("天线宝宝").isEmpty)
    #expect(catalogue.search("  ").count == catalogue.items.count)
    #expect(catalogue.search("群租").count == 3)
  }

  @Test(arguments: [
    (#""slug": "illegal-construction","#, #""slug": "load-bearing-damage","#, "\"load-bearing-damage\" is there twice"),
    (#""min": 50000, "max": 100000"#, #""min": 500000, "max": 100000"#, "min is above max"),
    (#""max": 100000"#, #""max": 100000000"#, "must be a whole number"),
    (#""law": "wygd", "article": 83"#, #""law": "wygg", "article": 83"#, "no law \"wygg\""),
    (#""law": "wygd", "article": 83"#, #""law": "wygd", "article": 0"#, "article: must be"),
    (#""law": "wygd", "article": 83"#, #""law": "wygd""#, "article: must be"), (#""notes""#, #""note""#, "unknown key \"note\""),
    (#""category": "house-safety""#, #""category": "house""#, "no category \"house\""),
    (#""variantOf": "illegal-construction""#, #""variantOf": "nothing""#, "no other item \"nothing\""),
    (#""mustFileSource""#, #""mustFileSources""#, "mustFileSource: must be a text"),
    (#""orderToCorrect": "concurrent""#, #""orderToCorrect": "later""#, "orderToCorrect: must be one of"),
    (#""penaltyKinds": ["罚款"]"#, #""penaltyKinds": []"#, "penaltyKinds: must not be empty"),
    (#""evidence": ["#, #""evidence": [3, "#, "evidence[0]: must be a text"),
  ]) func refuses(good: String, bad: String, problem: String) throws {
    let text = try shipped()
    let place = try #require(text.range(of: good))
    let error = try #require(throws: CatalogueError.self) {
      try Catalogue(reading: Data(text.replacingCharacters(in: place, with: bad).utf8))
    }
    #expect(error.problems.contains { $0.contains(problem) }, "\(error)")
  }

  @Test func listsAllProblemsAtOnce() throws {
    let text = try shipped().replacingOccurrences(of: "\"confidence\": \"secondary\"", with: "\"confidence\": \"certain\"")
    let error = try #require(throws: CatalogueError.self) { try Catalogue(reading: Data(text.utf8)) }
    #expect(error.problems.count > 5)
  }
}
