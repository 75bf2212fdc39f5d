/// Addresses brought to one script before they are compared: widths and case folded, blanks dropped, the traditional characters
/// and numerals that forms and scanners leave in addresses written as simplified characters and digits.
enum AddressScript {
  static func plain(_ text: String) -> [UInt16] {
    var units: [UInt16] = []
    for unit in text.utf16 {
      let folded = FoldedText.fold(unit)
      if folded <= 0x20 || folded == middleDot || folded == stop { continue }
      units.append(simplified[folded] ?? folded)
    }
    return digits(units)
  }

  private static let middleDot: UInt16 = 0xB7
  private static let stop: UInt16 = 0x3002

  /// Runs of Chinese numerals as digits: "十二号楼" as "12号楼", "一零三室" as "103室". Names with numerals change on both sides alike.
  private static func digits(_ units: [UInt16]) -> [UInt16] {
    var out: [UInt16] = []
    var at = 0
    while at < units.count {
      guard numeral(units[at]) != nil || units[at] == ten else {
        out.append(units[at])
        at += 1
        continue
      }
      var end = at
      while end < units.count, numeral(units[end]) != nil || units[end] == ten { end += 1 }
      out += value(units[at..<end])
      at = end
    }
    return out
  }

  private static func value(_ run: ArraySlice<UInt16>) -> [UInt16] {
    guard let tens = run.firstIndex(of: ten), run.count <= 3, run[(tens + 1)...].allSatisfy({ $0 != ten }), tens - run.startIndex <= 1
    else {
      return run.flatMap { $0 == ten ? [0x31, 0x30] : [0x30 + (numeral($0) ?? 0)] }
    }
    let before = tens > run.startIndex ? numeral(run[run.startIndex]) ?? 1 : 1
    let after = tens + 1 < run.endIndex ? numeral(run[tens + 1]) ?? 0 : 0
    return [0x30 + before, 0x30 + after]
  }

  private static let ten: UInt16 = 0x5341
  private static func numeral(_ unit: UInt16) -> UInt16? { numerals[unit] }
  private static let numerals: [UInt16: UInt16] = {
    var map: [UInt16: UInt16] = [:]
    for (value, signs) in ["零〇", "一壹", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"].enumerated() {
      for unit in signs.utf16 where unit != 0x4E24 { map[unit] = UInt16(value) }
    }
    return map
  }()

  private static let simplified: [UInt16: UInt16] = {
    let traditional = "東號門單樓園區縣鎮莊灣廣場廠龍華國際業開發號濱橋頭廈蘇麗臺壢彎鄉圍嶺澤陽陰長貴寶慶豐興學醫藥電機車馬鳳鶴島興遠達進運連邊後亞雲聯衛農豔寧溫鹽鐵銀銅鋼陳楊劉吳趙鄭黃許葉蔣餘魯齊幢層舖鋪"
    let plain = "东号门单楼园区县镇庄湾广场厂龙华国际业开发号滨桥头厦苏丽台坜弯乡围岭泽阳阴长贵宝庆丰兴学医药电机车马凤鹤岛兴远达进运连边后亚云联卫农艳宁温盐铁银铜钢陈杨刘吴赵郑黄许叶蒋余鲁齐幢层铺铺"
    return Dictionary(zip(traditional.utf16, plain.utf16), uniquingKeysWith: { first, _ in first })
  }()
}
