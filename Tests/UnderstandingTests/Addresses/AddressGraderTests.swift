import Foundation
import Testing

@testable import Understanding

@Suite("Grading addresses")
struct AddressGraderTests {
  /// Made-up streets: the place itself, the compound only, a neighbour building, another street.
  static let examples: [GradedAddresses] = (0..<80).map { index in
    let roads = ["梅花路", "兰花街", "菊花大道", "翠竹路"]
    let names = ["春晓花园", "东湖雅苑", "南山公寓", "西溪家园", "北苑小区"]
    let road = roads[index % 4]
    let other = roads[(index + 1) % 4]
    let name = names[index % 5]
    let number = 10 + index * 3
    let building = 1 + index % 9
    return GradedAddresses(
      query: "安乐市安乐区\(road)\(number)号\(name)\(building)号楼2单元",
      candidates: [
        ("\(road)\(number)号\(name)\(building)幢", .full), ("\(road)\(number)号\(name)", .part),
        ("\(road)\(number)号\(name)\(building + 1)号楼", .part), ("\(other)\(number + 7)号\(names[(index + 2) % 5])", .none),
      ])
  }
  static let settings = BoostedTrees.Settings(rounds: 40, rate: 0.2)
  static let grader = AddressGrader.train(examples, settings: settings)

  @Test("learns the place, its surroundings and another place")
  func learns() {
    let grades = Self.grader.grade(
      "安乐市安乐区梅花路77号南山公寓5号楼2单元", ["梅花路77号南山公寓5幢", "梅花路77号南山公寓", "梅花路77号南山公寓6号楼", "兰花街84号东湖雅苑"])
    #expect(grades.map(\.label) == [.full, .part, .part, .none])
    #expect(grades.allSatisfy { (0...1).contains($0.score) })
  }

  @Test("says what agrees and what does not")
  func reasons() {
    let grades = Self.grader.grade("梅花路77号南山公寓5号楼", ["梅花路77号南山公寓", "梅花路79号南山公寓6栋"])
    #expect(grades[0].reasons.contains("路名一致：梅花路"))
    #expect(grades[0].reasons.contains("门牌号一致：77"))
    #expect(grades[0].reasons.contains("候选未写楼栋（5）"))
    #expect(grades[1].reasons.contains("门牌号不同：77／79"))
    #expect(grades[1].reasons.contains("楼栋不同：5／6"))
  }

  @Test("is the same whenever trained on the same examples")
  func deterministic() {
    let same = AddressGrader.train(Self.examples, settings: Self.settings) == Self.grader
    #expect(same)
  }

  @Test("keeps its answers through its stored form, and refuses another's")
  func stored() throws {
    let data = try JSONEncoder().encode(Self.grader)
    let copy = try JSONDecoder().decode(AddressGrader.self, from: data)
    let candidates = ["梅花路77号南山公寓", "兰花街3号"]
    #expect(copy.grade("梅花路77号南山公寓5号楼", candidates) == Self.grader.grade("梅花路77号南山公寓5号楼", candidates))
    let text = String(decoding: data, as: UTF8.self)
    let other = text.replacingOccurrences(of: "\"columns\":\(AddressTable.width)", with: "\"columns\":3")
    #expect(other != text)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(AddressGrader.self, from: Data(other.utf8)) }
  }

  @Test("grades nothing as nothing, and odd texts without falling", arguments: ["", "号", "😀", "((", String(repeating: "路", count: 500)])
  func odd(text: String) {
    #expect(Self.grader.grade(text, []).isEmpty)
    #expect(Self.grader.grade(text, [text, "梅花路1号", ""]).count == 3)
    #expect(Self.grader.grade("梅花路1号", [text]).count == 1)
  }

  @Test("trained on nothing it claims no match")
  func untrained() {
    let none = AddressGrader.train([])
    #expect(none.grade("梅花路1号", ["梅花路1号"]).map(\.label) == [.none])
    let empty = AddressGrader.train([GradedAddresses(query: "梅花路1号", candidates: [])])
    #expect(empty.grade("梅花路1号", ["梅花路1号"]).map(\.label) == [.none])
  }
}

@Suite("Boosted trees")
struct BoostedTreesTests {
  @Test("learn a rule no single column tells")
  func exclusiveOr() {
    var table: [[Float]] = []
    var labels: [Int] = []
    for index in 0..<400 {
      // Uneven shares, so that the first split gains at all.
      let one = index % 3 % 2
      let two = index / 3 % 2
      table.append([Float(one), Float(two), Float(index % 7)])
      labels.append(one == two ? 0 : 1)
    }
    let settings = BoostedTrees.Settings(rounds: 60, rate: 0.3, columns: 1)
    let trees = BoostedTrees.train(table, labels: labels, classes: 2, settings: settings)
    #expect(trees.isSound)
    for (row, label) in zip(table, labels) { #expect(trees.chances(row)[label] > 0.8) }
  }

  @Test("give the shares of the classes where columns tell nothing")
  func constant() {
    let labels = (0..<90).map { $0 % 3 == 0 ? 1 : 0 }
    let trees = BoostedTrees.train([[Float]](repeating: [1], count: 90), labels: labels, classes: 2)
    #expect(abs(trees.chances([1])[1] - 1.0 / 3) < 0.05)
  }

  @Test("a damaged tree is seen")
  func damaged() {
    var tree = FlatTree(feature: [0, -1, -1], threshold: [0, 0, 0], left: [1, 0, 0], right: [2, 0, 0], value: [0, 1, 2])
    #expect(tree.isSound(columns: 1))
    tree.left[0] = 0
    #expect(!tree.isSound(columns: 1))
    tree.left[0] = 9
    #expect(!tree.isSound(columns: 1))
  }
}
