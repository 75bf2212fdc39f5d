extension DoorPlate {
  private static let buildingUnits = UnitSet("号幢栋座")
  private static let lou: UInt16 = 0x697C
  private static let hao: UInt16 = 0x53F7
  private static let shi: UInt16 = 0x5BA4
  private static let dash = UnitSet("-—－~")
  /// After 楼 these make a spot, not a building: 3号楼下.
  private static let spots = UnitSet("下上道顶里前后")
  private static let stops = UnitSet("。;!?")
  private static let unitWords = [Array("单元".utf16), Array("门".utf16)]

  /// Does a building's number stand here?
  static func begins(_ units: [UInt16], _ start: Int) -> Bool {
    guard let (_, end) = number(units, start), end < units.count else { return false }
    return buildingUnits.contains(units[end])
  }

  /// The building, unit and room that follow a place ending at `start`: at once ("39号楼1306", "20-705"), or
  /// named with their words a little later in the same sentence ("里面3号楼承重墙").
  static func read(_ text: PlaceText, from start: Int) -> DoorPlate {
    let units = text.units
    var i = start
    while i < units.count, units[i] == 0x20 || units[i] == 0x2C || units[i] == 0x7684 { i += 1 }
    if let plate = at(text, i, strict: false) { return plate }
    var j = i
    while j < min(i + 30, units.count), !stops.contains(units[j]) {
      if FoldedText.isDigit(units[j]) || FoldedText.isLetter(units[j]) {
        let dated = j > 0 && units[j - 1] == 0x6708
        if !dated, let plate = at(text, j, strict: true) { return plate }
        while j < units.count, FoldedText.isDigit(units[j]) || FoldedText.isLetter(units[j]) { j += 1 }
      } else {
        j += 1
      }
    }
    return DoorPlate()
  }

  private static func at(_ text: PlaceText, _ start: Int, strict: Bool) -> DoorPlate? {
    let units = text.units
    guard let (building, end) = number(units, start), end < units.count else { return nil }
    var plate = DoorPlate()
    var i = end
    if buildingUnits.contains(units[i]) {
      i += 1
      if i < units.count, units[i - 1] == hao, units[i] == lou, i + 1 >= units.count || !spots.contains(units[i + 1]) { i += 1 }
      plate.building = building
      plate.buildingWritten = text.written(start..<i)
    } else if units[i] == lou, FoldedText.isDigit(units[start]), i + 1 < units.count, FoldedText.isDigit(units[i + 1]) {
      // "12楼" alone is a floor; "12楼304" is a building of some old villages.
      i += 1
      plate.building = building
      plate.buildingWritten = text.written(start..<i)
    } else if dash.contains(units[i]), !strict || follows(units, i + 1, shi) {
      guard let (second, after) = number(units, i + 1) else { return nil }
      plate.building = building
      plate.buildingWritten = text.written(start..<i)
      if after < units.count, dash.contains(units[after]), let (third, last) = number(units, after + 1) {
        plate.unit = second
        plate.room = third
        _ = last
      } else {
        plate.room = second
      }
      return plate
    } else if units[i] == shi {
      plate.room = building
      return plate
    } else {
      return nil
    }
    for word in unitWords {
      if let (unit, after) = number(units, i), units[after...].starts(with: word) {
        plate.unit = unit
        i = after + word.count
        break
      }
    }
    if i < units.count, dash.contains(units[i]) { i += 1 }
    if let (room, after) = number(units, i), FoldedText.isDigit(units[i]) {
      let named = after < units.count && units[after] == shi
      if named || (after - i >= 3 && after - i <= 5 && !(after < units.count && buildingUnits.contains(units[after]))) { plate.room = room }
    }
    return plate
  }

  private static func follows(_ units: [UInt16], _ start: Int, _ unit: UInt16) -> Bool {
    guard let (_, end) = number(units, start) else { return false }
    return end < units.count && units[end] == unit
  }

  /// "16", "3a", "a3", "a", or a Chinese numeral, as Arabic digits.
  private static func number(_ units: [UInt16], _ start: Int) -> (String, Int)? {
    var i = start
    if i < units.count, FoldedText.isLetter(units[i]) { i += 1 }
    while i < units.count, FoldedText.isDigit(units[i]), i - start < 6 { i += 1 }
    if i > start, i < units.count, FoldedText.isDigit(units[i - 1]), FoldedText.isLetter(units[i]) { i += 1 }
    if i > start { return (String(units: units[start..<i]), i) }
    guard let (value, end) = Numerals.read(units, start) else { return nil }
    return (String(value), end)
  }
}
