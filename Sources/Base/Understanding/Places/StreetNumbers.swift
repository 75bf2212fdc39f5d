/// Numbers of doors: one, or a run, all or only odd or even.
struct DoorRun: Hashable, Sendable {
  enum Side: UInt8, Sendable { case both, odd, even }
  var low: Int
  var high: Int
  var side = Side.both
  func contains(_ number: Int) -> Bool {
    guard number >= low, number <= high else { return false }
    switch side {
    case .both: return true
    case .odd: return number % 2 == 1
    case .even: return number % 2 == 0
    }
  }
}

/// What follows a road's name: "1285弄4-77号", "544弄52支弄", "2204号".
struct StreetNumber: Sendable {
  /// 弄, or 0.
  var lane = 0
  /// 支弄, or 0.
  var branch = 0
  /// 号 within the lane, or on the road where there is no lane.
  var doors: [DoorRun] = []
  /// Where the part that names the compound ends: after the lane, or after the door on the road.
  var placeEnd: Int
  var end: Int
}

extension StreetNumber {
  private static let nong: UInt16 = 0x5F04
  private static let hao: UInt16 = 0x53F7
  private static let zhi: UInt16 = 0x652F
  private static let joiners = UnitSet("-~—－至到")
  private static let commas = UnitSet("、,，")

  /// Reads what stands at `start`. Nil where no number with its unit follows.
  static func read(_ units: [UInt16], _ start: Int) -> StreetNumber? {
    guard let first = run(units, start), first.next < units.count else { return nil }
    if units[first.next] == nong {
      var found = StreetNumber(lane: first.run.low, placeEnd: first.next + 1, end: first.next + 1)
      if let second = run(units, found.end), second.next + 1 < units.count {
        if units[second.next] == zhi, units[second.next + 1] == nong {
          found.branch = second.run.low
          found.placeEnd = second.next + 2
          found.end = found.placeEnd
        }
      }
      if let door = run(units, found.end), door.next < units.count, units[door.next] == hao {
        found.doors = [door.run]
        found.end = door.next + 1
      }
      return found
    }
    if units[first.next] == hao {
      return StreetNumber(doors: [first.run], placeEnd: first.next + 1, end: first.next + 1)
    }
    return nil
  }

  /// "4-77", "4号-77", "12": the run and what follows it. Of a list "69、73" the first counts.
  private static func run(_ units: [UInt16], _ start: Int) -> (run: DoorRun, next: Int)? {
    guard start < units.count, FoldedText.isDigit(units[start]), let (low, end) = Numerals.read(units, start) else { return nil }
    var i = end
    var high = low
    while i + 1 < units.count, joiners.contains(units[i]) || commas.contains(units[i]), FoldedText.isDigit(units[i + 1]),
      let (value, after) = Numerals.read(units, i + 1)
    {
      if joiners.contains(units[i]), value > low { high = value }
      i = after
    }
    return (DoorRun(low: low, high: high), i)
  }
}

/// One address of the register, read.
struct RegisteredAddress: Hashable, Sendable {
  var road: [UInt16]
  var lane = 0
  var branch = 0
  var doors: [DoorRun] = []

  private static let separators = UnitSet(",，、;；/ ")
  private static let lanes = Array("弄".utf16)

  /// "龙三路70,84,98弄,杨镇路60,65弄" → five lanes; "九亭大街318弄11-28号,47-64号" → one lane with two runs of doors.
  static func read(_ text: String) -> [RegisteredAddress] {
    var units = text.utf16.map(FoldedText.fold)
    units.removeAll { $0 == 0x20 }
    let segments = units.split(whereSeparator: { separators.contains($0) }).map(Array.init)
    var found: [RegisteredAddress] = []
    var road: [UInt16] = []
    var lane = 0
    var branch = 0
    for (n, segment) in segments.enumerated() {
      var piece = segment
      let digits = piece.firstIndex(where: FoldedText.isDigit) ?? piece.count
      if digits > 0 {
        road = Array(piece[..<digits])
        lane = 0
        branch = 0
        piece.removeFirst(digits)
      }
      guard !road.isEmpty, !piece.isEmpty else { continue }
      var side = DoorRun.Side.both
      if let bracket = piece.firstIndex(of: 0x28) {
        let remark = piece[bracket...]
        if remark.contains(0x5355) { side = .odd } else if remark.contains(0x53CC) { side = .even }
        piece.removeSubrange(bracket...)
      }
      if piece.last.map(FoldedText.isDigit) == true {
        // A list states its unit once, at its end.
        let unit = segments[(n + 1)...].lazy.compactMap { $0.first(where: { $0 == 0x5F04 || $0 == 0x53F7 }) }.first
        piece.append(unit ?? 0x53F7)
      }
      guard let number = StreetNumber.read(piece, 0) else { continue }
      let doors = number.doors.map { DoorRun(low: $0.low, high: $0.high, side: side) }
      if number.lane > 0 {
        lane = number.lane
        branch = number.branch
        found.append(RegisteredAddress(road: road, lane: lane, branch: branch, doors: doors))
      } else if lane > 0, let last = found.indices.last, !found[last].doors.isEmpty, digits == 0 {
        found[last].doors += doors
      } else {
        lane = 0
        found.append(RegisteredAddress(road: road, doors: doors))
      }
    }
    return found
  }
}
