import Kernel
import Sheets
import Testing

@testable import HotSpots

/// Somebody else's list beside our register.
@Suite struct FocusReaderTests {
  static let reader = FocusReader([
    .init(FocusCandidate(no: "AAAAAAAA", name: "东方花苑", area: "青浦区徐泾镇"), names: ["东方花苑", "东方一期"]),
    .init(FocusCandidate(no: "BBBBBBBB", name: "西郊公寓", area: "青浦区徐泾镇"), names: ["西郊公寓"]),
    .init(FocusCandidate(no: "CCCCCCCC", name: "西郊公寓", area: "青浦区夏阳街道"), names: ["西郊公寓"]),
  ])
  static func match(_ cells: [String], header: [String] = ["小区名称", "区", "街镇"]) throws -> FocusReading.Match {
    let reading = try reader.read(Table(header: header, cells: [cells]))
    return try #require(reading.lines.first).match
  }

  @Test func namesAreComparedAsTheyStand() throws {
    guard case .one(let one) = try Self.match(["东方 花苑", "", ""]) else { return #expect(Bool(false)) }
    #expect(one.no == "AAAAAAAA")
    guard case .one(let alias) = try Self.match(["东方一期", "青浦区", ""]) else { return #expect(Bool(false)) }
    #expect(alias.no == "AAAAAAAA")
    guard case .one(let number) = try Self.match(["cccccccc", "随便"], header: ["小区编号", "小区名称"]) else { return #expect(Bool(false)) }
    #expect(number.no == "CCCCCCCC")
  }
  @Test func nothingIsGuessed() throws {
    guard case .none(let similar) = try Self.match(["东方花园", "", ""]) else { return #expect(Bool(false)) }
    #expect(similar.map(\.no) == ["AAAAAAAA"], "offered, not taken")
    guard case .several(let both) = try Self.match(["西郊公寓", "", ""]) else { return #expect(Bool(false)) }
    #expect(both.count == 2)
    guard case .one(let narrowed) = try Self.match(["西郊公寓", "青浦区", "夏阳街道"]) else { return #expect(Bool(false)) }
    #expect(narrowed.no == "CCCCCCCC")
    // Right name, wrong district: not taken either.
    guard case .several = try Self.match(["东方花苑", "浦东新区", ""]) else { return #expect(Bool(false)) }
    guard case .none(let nothing) = try Self.match(["完全不认识", "", ""]) else { return #expect(Bool(false)) }
    #expect(nothing.isEmpty)
  }
  @Test func badFilesAreRefusedWithWhatToDo() throws {
    func code(_ table: Table) -> String? {
      do {
        _ = try Self.reader.read(table)
        return nil
      } catch { return error.code }
    }
    #expect(code(Table(header: ["地址"], cells: [["x"]])) == "focus-columns")
    #expect(code(Table(header: ["小区名称"], cells: [])) == "focus-empty")
    #expect(code(Table(header: ["小区名称"], cells: [[" "]])) == "focus-empty")
    #expect(code(Table(header: ["小区名称"], cells: Array(repeating: ["东方花苑"], count: 5001))) == "focus-long")
    let twice = try Self.reader.read(Table(header: ["小区名称"], cells: [["东方花苑"], ["东方一期"]]))
    #expect(twice.lines.map(\.match).last == .again(line: 2))
  }
}
