/// One search of one text.
struct PlaceSearch {
  let index: PlaceIndex
  let text: PlaceText

  /// A stretch of the text that names compounds.
  struct Mention {
    var start: Int
    var end: Int
    var key: Int32
    var slip: Slip?
    /// Of a slip: `Slip.logOdds`.
    var odds = 0.0
    /// 0...1: how cleanly it stands in the text.
    var standing: Double
    var marks: PartMarks
    var marksEnd: Int
  }
  /// A lane or door of the register in the text.
  struct AddressMention {
    var start: Int
    var number: StreetNumber
    var refs: [Int32]
    var standing: Double
    /// The road's name has a slip.
    var road: Int32?
  }
  /// How much a name may as well mean another compound, or one we do not know.
  enum Doubt: Int, Comparable {
    case none
    /// The best reading, for a person to look at.
    case some
    /// Only to be offered.
    case strong
    static func < (a: Doubt, b: Doubt) -> Bool { a.rawValue < b.rawValue }
  }
  struct Candidate {
    var slot: Int32
    var name = 0.0
    var address = 0.0
    var mention: Int?
    var addressMention: Int?
    var addressRef: Int32?
    var form: PlaceIndex.Form?
    var score = 0.0
    var doubt = Doubt.none
    /// In a long text: signs that the writer speaks of this compound, and not of another by the way.
    var focus = 0.0
    var rank: Double { score + focus }
  }

  func guesses(limit: Int) -> [PlaceGuess] {
    let districts = districtsSaid()
    var addresses = addressMentions(districts.ends)
    var mentions = nameMentions(districts.ends)
    let found = mentions.contains { $0.standing > 0.9 } || addresses.contains { $0.standing > 0.9 }
    if !found {
      mentions += nearMentions(districts.ends)
      addresses += nearAddresses(districts.ends)
    }
    return weigh(mentions, addresses, districts: districts.said, limit: limit)
  }

  /// Slips are looked for in so many units from the beginning.
  private static let nearReach = 2_000
  private static let compoundWord = Array("小区".utf16)

  // MARK: Districts

  /// Districts the text names with their 区 or 县, and where those words end.
  private func districtsSaid() -> (said: [Int32], ends: [Int]) {
    var said: [Int32] = []
    var ends: [Int] = []
    let units = text.units
    for i in units.indices where units[i] == 0x533A || units[i] == 0x53BF {
      var stop = i
      if stop > 2, units[stop - 1] == 0x65B0 { stop -= 1 }
      for length in 2...4 where stop >= length {
        guard let hit = index.districtTrie.longest(in: units, from: stop - length), hit.end == stop else { continue }
        said.append(hit.value)
        ends.append(i + 1)
        break
      }
    }
    return (said, ends)
  }

  // MARK: Names

  private func nameMentions(_ openings: [Int]) -> [Mention] {
    let units = text.units
    var found: [Mention] = []
    for start in units.indices {
      var node: Int32 = 0
      var i = start
      var opens: Bool?
      var best: Mention?
      while i < units.count, let next = index.names.child(node, units[i]) {
        node = next
        i += 1
        let key = index.names.value(node)
        guard key >= 0 else { continue }
        let open = opens ?? (Boundaries.opens(units, at: start) || openings.contains(start))
        opens = open
        guard let mention = mention(key, start, i, open, openings) else { continue }
        if best == nil || mention.standing >= 0.9 || mention.standing >= (best?.standing ?? 0) { best = mention }
      }
      if let best { found.append(best) }
    }
    guard found.count > 1 else { return found }
    // A mention inside a longer, equally clean one is part of that name.
    return found.enumerated().filter { n, one in
      !found.enumerated().contains { m, other in
        m != n && other.start < one.end && one.start < other.end
          && (other.standing > one.standing + 0.2
            || (other.standing >= one.standing - 0.05 && other.end - other.start > one.end - one.start))
      }
    }.map(\.element)
  }

  private func mention(_ key: Int32, _ start: Int, _ end: Int, _ opens: Bool, _ openings: [Int]) -> Mention? {
    let forms = index.keys[Int(key)].forms
    guard forms.contains(where: { index.slots[Int($0.slot)].alive }) else { return nil }
    let (marks, marksEnd) = PartMarks.following(text.units, end)
    let closing = Boundaries.closes(text.units, at: marksEnd)
    let stemOnly = forms.allSatisfy { $0.kind == .stem }
    if stemOnly || end - start < 3 {
      guard opens, closing == .clear else { return nil }
    }
    var standing = opens ? 1.0 : 0.62
    // "徐泾北城招商悦庭": no name goes from 城 to 招, so one ends and another begins here.
    if !opens, !stemOnly, end - start > 3, start > 1, closing == .clear,
      index.habit.parts(text.units[start - 1], text.units[start]) || follows(districtOf: forms, at: start)
    {
      standing = 0.92
    }
    // A short form of two characters is trusted where nothing else is said but district and door: 今天 in a sentence is not
    // 今天花园. "东兰小区" is hardly 东兰新村.
    if stemOnly, !standsAlone(start, marksEnd, openings),
      end - start < 3 || end - start < 4 && text.units[end...].starts(with: PlaceSearch.compoundWord)
    {
      standing *= 0.8
    }
    switch closing {
    case .clear: break
    case .open: standing *= 0.97
    case .goesOn: standing *= 0.62
    }
    return Mention(start: start, end: end, key: key, slip: nil, standing: standing, marks: marks, marksEnd: marksEnd)
  }

  /// "青浦招商悦庭": the compound's district stands before its name, without its 区.
  private func follows(districtOf forms: [PlaceIndex.Form], at start: Int) -> Bool {
    for length in 2...3 where start >= length {
      guard let hit = index.districtTrie.longest(in: text.units, from: start - length), hit.end == start else { continue }
      return Boundaries.opens(text.units, at: start - length)
        && forms.contains { index.slots[Int($0.slot)].alive && index.slots[Int($0.slot)].district == hit.value }
    }
    return false
  }

  /// Between a district's end or the beginning of the text, and a door or the end of the text.
  private func standsAlone(_ start: Int, _ end: Int, _ openings: [Int]) -> Bool {
    guard start == 0 || openings.contains(start) || text.units[start - 1] == 0x20 else { return false }
    return end == text.units.count || DoorPlate.begins(text.units, end)
  }

  /// Names with one slip, between places where a name can begin and end.
  private func nearMentions(_ openings: [Int]) -> [Mention] {
    let units = text.units
    let readings = Readings.shared
    let hashes = RunningHash(units)
    let sounds = RunningHash(units.map(readings.sound))
    var closings: [(end: Int, marks: PartMarks, marksEnd: Int)?] = .init(repeating: nil, count: units.count + 1)
    for end in 2...max(2, units.count) where end <= units.count {
      let (marks, marksEnd) = PartMarks.following(units, end)
      if marksEnd > end || Boundaries.closes(units, at: end) == .clear { closings[end] = (end, marks, marksEnd) }
    }
    var found: [Mention] = []
    for start in units.indices.prefix(PlaceSearch.nearReach) where FoldedText.isHan(units[start]) {
      guard Boundaries.opens(units, at: start) || openings.contains(start) else { continue }
      var end = start
      while end < min(start + 20, units.count),
        FoldedText.isHan(units[end]) || FoldedText.isDigit(units[end]) || FoldedText.isLetter(units[end])
      {
        end += 1
        guard end - start > 1, let closing = closings[end] else { continue }
        var seen: [Int32] = []
        func consider(_ key: Int32) {
          guard !seen.contains(key) else { return }
          seen.append(key)
          guard let slip = Slip.between(units, start, end, index.keys[Int(key)].units, readings) else { return }
          let odds = Slip.logOdds(slip, units[start..<end], for: index.keys[Int(key)].units, index.habit)
          found.append(
            Mention(start: start, end: end, key: key, slip: slip, odds: odds, standing: 1, marks: closing.marks, marksEnd: closing.marksEnd)
          )
        }
        index.near.forEach(hashes.stretch(start, end), consider)
        if end - start > 2 {
          for hole in start..<end { index.near.forEach(hashes.without(hole, start, end), consider) }
          index.sounds.forEach(sounds.stretch(start, end), consider)
        }
      }
    }
    guard found.count > 1 else { return found }
    // Of overlapping readings the smaller slip over the longer stretch stands.
    func worth(_ m: Mention) -> Double { Double(m.end - m.start) * 0.04 - (m.slip?.cost ?? 0) }
    return found.filter { one in
      !found.contains { other in other.start < one.end && one.start < other.end && worth(other) > worth(one) + 0.03 }
    }
  }

  // MARK: Addresses

  private func addressMentions(_ openings: [Int]) -> [AddressMention] {
    let units = text.units
    var found: [AddressMention] = []
    var covered = 0
    for start in units.indices where start >= covered {
      var node: Int32 = 0
      var i = start
      while i < units.count, let next = index.roads.child(node, units[i]) {
        node = next
        i += 1
        let road = index.roads.value(node)
        guard road >= 0, i < units.count, FoldedText.isDigit(units[i]), let number = StreetNumber.read(units, i) else { continue }
        let refs = matching(road, number)
        guard !refs.isEmpty else { continue }
        let opens = Boundaries.opens(units, at: start) || openings.contains(start)
        found.append(AddressMention(start: start, number: number, refs: refs, standing: opens ? 1 : 0.62, road: nil))
        covered = i
        break
      }
    }
    return found
  }

  /// Lanes of roads that sound like the one written: 建钟路 for 建中路.
  private func nearAddresses(_ openings: [Int]) -> [AddressMention] {
    let units = text.units
    var found: [AddressMention] = []
    for end in units.indices where end > 2 && FoldedText.isDigit(units[end]) && PlaceIndex.roadEnds.contains(units[end - 1]) {
      guard let number = StreetNumber.read(units, end), number.lane > 0 else { continue }
      for start in max(0, end - 6)...(end - 3) where Boundaries.opens(units, at: start) || openings.contains(start) {
        let sounds = RunningHash(units[start..<end].map(Readings.shared.sound))
        index.roadSounds.forEach(sounds.whole) { road in
          guard case .sound(1)? = Slip.between(units, start, end, index.roadNames[Int(road)], Readings.shared) else { return }
          let refs = matching(road, number)
          if !refs.isEmpty { found.append(AddressMention(start: start, number: number, refs: refs, standing: 0.87, road: road)) }
        }
      }
    }
    return found
  }

  private func matching(_ road: Int32, _ number: StreetNumber) -> [Int32] {
    var refs: [Int32] = []
    if number.lane > 0 {
      index.lanes.forEach(PlaceIndex.laneKey(road, number.lane)) { refs.append($0) }
      refs.removeAll { !index.slots[Int(index.addresses[Int($0)].slot)].alive }
      if refs.count > 1 {
        // The branch lane, then the doors, tell compounds of one lane from each other.
        narrow(&refs) { $0.branch == number.branch }
        if let door = number.doors.first?.low {
          narrow(&refs) { $0.doors.contains { $0.contains(door) } }
          narrow(&refs) { $0.doors.isEmpty || $0.doors.contains { $0.contains(door) } }
        }
      }
    } else if let door = number.doors.first {
      index.roadDoors.forEach(UInt64(road)) { ref in
        let address = index.addresses[Int(ref)]
        if index.slots[Int(address.slot)].alive, address.address.doors.contains(where: { $0.contains(door.low) }) { refs.append(ref) }
      }
    }
    return refs
  }

  private func narrow(_ refs: inout [Int32], _ keep: (RegisteredAddress) -> Bool) {
    let kept = refs.filter { keep(index.addresses[Int($0)].address) }
    if !kept.isEmpty { refs = kept }
  }
}
