extension PlaceSearch {
  /// At least this, and this far ahead of the next, to be sure.
  private static let sureScore = 0.72
  private static let sureLead = 0.08
  /// At least this to be likely: a name written right, less a contradicting phase.
  private static let likelyScore = 0.66
  /// Beyond so many units a text may name places by the way.
  private static let longText = 60

  /// Brings what was found together, compound by compound.
  func weigh(_ mentions: [Mention], _ addresses: [AddressMention], districts: [Int32], limit: Int) -> [PlaceGuess] {
    var candidates: [Candidate] = []
    func at(_ slot: Int32) -> Int {
      if let known = candidates.firstIndex(where: { $0.slot == slot }) { return known }
      candidates.append(Candidate(slot: slot))
      return candidates.count - 1
    }
    for (n, mention) in mentions.enumerated() {
      for (form, value, doubt) in forms(of: mention) {
        let i = at(form.slot)
        guard value > candidates[i].name else { continue }
        candidates[i].name = value
        candidates[i].mention = n
        candidates[i].form = form
        candidates[i].doubt = doubt
      }
    }
    for (n, mention) in addresses.enumerated() {
      for ref in mention.refs {
        let address = index.addresses[Int(ref)]
        var value = address.address.lane > 0 ? 0.94 : 0.9
        if address.address.branch != mention.number.branch { value -= 0.06 }
        value *= mention.standing
        let i = at(address.slot)
        guard value > candidates[i].address else { continue }
        candidates[i].address = value
        candidates[i].addressMention = n
        candidates[i].addressRef = ref
      }
    }
    guard !candidates.isEmpty else { return [] }
    for i in candidates.indices {
      candidates[i].score = 1 - (1 - candidates[i].name) * (1 - candidates[i].address)
      let district = index.slots[Int(candidates[i].slot)].district
      if !districts.isEmpty, district >= 0 {
        if districts.contains(district) {
          candidates[i].score += (1 - candidates[i].score) * 0.3
        } else {
          candidates[i].score *= 0.66
        }
      }
    }
    if text.units.count > PlaceSearch.longText, candidates.count > 1 { focus(&candidates, mentions, addresses) }
    candidates.sort { $0.rank > $1.rank }
    var door = door(of: candidates[0], mentions, addresses)
    if settleByDoor(&candidates, door) { door = self.door(of: candidates[0], mentions, addresses) }
    preferByDoor(&candidates, door)
    let lead = candidates.count > 1 ? candidates[0].rank - candidates[1].rank : 1
    // Near certainty the distance to it counts, not the difference.
    let clear = candidates.count < 2 || (1 - candidates[0].score) * 3 <= 1 - candidates[1].score && candidates[0].score > 0.9
    let doubt = candidates[0].address > 0 ? .none : candidates[0].doubt
    let sure = doubt == .none && candidates[0].score >= PlaceSearch.sureScore && (clear || lead >= PlaceSearch.sureLead)
    let likely = sure || doubt < .strong && candidates[0].score >= PlaceSearch.likelyScore && isPick(candidates)
    return candidates.prefix(max(limit, 0)).enumerated().map { n, candidate in
      PlaceGuess(
        id: index.slots[Int(candidate.slot)].id, score: min(candidate.score, 1), sure: n == 0 && sure, likely: n == 0 && likely,
        reasons: reasons(
          candidate, mentions, addresses, districts,
          tied: !sure && candidates.count > 1 && candidates[0].rank - candidate.rank < PlaceSearch.sureLead),
        door: n == 0 ? door : self.door(of: candidate, mentions, addresses))
    }
  }

  private func focus(_ candidates: inout [Candidate], _ mentions: [Mention], _ addresses: [AddressMention]) {
    var first = Int.max
    var starts = [Int](repeating: Int.max, count: candidates.count)
    for i in candidates.indices {
      var places: [(start: Int, end: Int)] = []
      for mention in mentions where index.keys[Int(mention.key)].forms.contains(where: { $0.slot == candidates[i].slot }) {
        places.append((mention.start, mention.marksEnd))
      }
      for mention in addresses where mention.refs.contains(where: { index.addresses[Int($0)].slot == candidates[i].slot }) {
        places.append((mention.start, mention.number.placeEnd))
      }
      candidates[i].focus = 0.03 * Double(min(places.count - 1, 2))
      if places.contains(where: { Boundaries.isHome(text.units, at: $0.start) || DoorPlate.begins(text.units, $0.end) }) {
        candidates[i].focus += 0.065
      }
      starts[i] = places.map(\.start).min() ?? Int.max
      first = min(first, starts[i])
    }
    for i in candidates.indices where starts[i] == first { candidates[i].focus += 0.02 }
  }

  /// Whether nothing comes close to the first candidate but parts of its development, the part not being said, or one equal.
  private func isPick(_ candidates: [Candidate]) -> Bool {
    func development(_ candidate: Candidate) -> Int32 { index.slots[Int(candidate.slot)].development }
    let close = candidates.dropFirst().prefix { candidates[0].rank - $0.rank < PlaceSearch.sureLead }
    return close.count < 2 || close.allSatisfy { development($0) == development(candidates[0]) }
  }

  /// The compounds a mention names, with how well each is named.
  private func forms(of mention: Mention) -> [(form: PlaceIndex.Form, value: Double, doubt: Doubt)] {
    let key = index.keys[Int(mention.key)]
    var forms = key.forms.filter { index.slots[Int($0.slot)].alive }
    // A name that is wholly someone's is not taken for the short form of another's.
    if forms.contains(where: { $0.kind != .stem }) { forms.removeAll { $0.kind == .stem } }
    return forms.map { form in
      var value: Double
      var doubt = Doubt.none
      switch form.kind {
      case .name: value = 0.96
      case .alias: value = 0.95
      case .stem:
        value = form.firm ? 0.71 : 0.86
        // A stem that is a district's name says nothing more than the district.
        if form.firm || index.isDistrict(key.units) { doubt = .strong }
      }
      if let slip = mention.slip {
        value = 0.92 - slip.cost
        doubt = doubtOf(slip, mention, key, lone: forms.count == 1 && mention.marks.isEmpty && form.marks.hasSiblings)
      }
      value *= mention.standing
      if mention.standing < 0.85 { doubt = .strong }
      if mention.marks.isEmpty {
        if !form.marks.isEmpty {
          if form.kind == .stem {
            value -= 0.01
          } else if form.firm {
            value -= 0.26
            doubt = .strong
          } else {
            value -= forms.contains { $0.marks.isEmpty } ? 0.14 : 0.02
          }
        }
      } else if form.marks.contradicts(mention.marks) {
        value *= 0.7
        // Of a development with one part registered, that part is meant more often than one nobody registered.
        let lonePhase = forms.count == 1 && form.kind != .stem && !form.firm && mention.slip == nil && mention.marks.isPhaseOnly
        doubt = max(doubt, lonePhase ? .some : .strong)
      } else if form.marks.agreements(mention.marks) == 0 {
        // A phase more or less is often said of an undivided compound; a zone, a side, a letter is part of the name.
        if !mention.marks.isPhaseOnly { doubt = .strong }
        value -= !mention.marks.isPhaseOnly || form.kind == .stem ? 0.25 : forms.count > 1 ? 0.14 : 0.02
      } else {
        value += 0.02 * Double(form.marks.agreements(mention.marks) - 1)
      }
      return (form, value, doubt)
    }
  }

  /// - Parameter lone: the register has one part of the development only; the others it lacks are as likely meant.
  private func doubtOf(_ slip: Slip, _ mention: Mention, _ key: PlaceIndex.Key, lone: Bool) -> Doubt {
    if slip.weak(key.units.count, mention.odds) || lone || mention.odds < PlaceSearch.likelyOdds { return .strong }
    return mention.odds < PlaceSearch.sureOdds ? .some : .none
  }
  /// Natural logarithms: as likely as not, and nine to one.
  private static let likelyOdds = 0.0
  private static let sureOdds = 2.2

  /// Equals of one name: a door number that only one of them has decides.
  private func settleByDoor(_ candidates: inout [Candidate], _ door: DoorPlate) -> Bool {
    guard candidates.count > 1, let building = door.building.flatMap({ Int($0) }), candidates[0].name > 0 else { return false }
    let top = candidates[0].score
    let equals = candidates.indices.filter { candidates[$0].name > 0 && top - candidates[$0].score < PlaceSearch.sureLead }
    // A compound whose doors are not known may have any.
    guard equals.count > 1, top >= PlaceSearch.sureScore, equals.allSatisfy({ !index.slots[Int(candidates[$0].slot)].doors.isEmpty }) else {
      return false
    }
    let having = equals.filter { index.slots[Int(candidates[$0].slot)].doors.contains { $0.contains(building) } }
    guard having.count == 1, let one = having.first else { return false }
    candidates[one].score = min(1, top + PlaceSearch.sureLead + 0.01)
    for other in equals where other != one {
      candidates[other].score = min(candidates[other].score, candidates[one].score - PlaceSearch.sureLead)
    }
    candidates.sort { $0.score > $1.score }
    return true
  }

  /// Puts first, of parts of one development, the one the door fits best: this settles nothing, a person still looks.
  private func preferByDoor(_ candidates: inout [Candidate], _ door: DoorPlate) {
    guard candidates.count > 1, door != DoorPlate() else { return }
    let building = door.building.flatMap { Int($0) }
    let upstairs = (door.room?.count ?? 0) > 2
    func fit(_ candidate: Candidate) -> Int {
      var fit = 0
      let doors = index.slots[Int(candidate.slot)].doors
      if let building, !doors.isEmpty { fit += doors.contains { $0.contains(building) } ? 2 : -2 }
      if upstairs, candidate.form?.marks.isVillas == true { fit -= 1 }
      return fit
    }
    let top = candidates[0]
    let equals = candidates.prefix { top.rank - $0.rank < 0.001 && $0.mention != nil && $0.mention == top.mention }
    guard equals.count > 1 else { return }
    var best = 0
    for i in equals.indices where fit(candidates[i]) > fit(candidates[best]) { best = i }
    candidates.insert(candidates.remove(at: best), at: 0)
  }

  private func door(of candidate: Candidate, _ mentions: [Mention], _ addresses: [AddressMention]) -> DoorPlate {
    if let n = candidate.addressMention {
      let number = addresses[n].number
      let ref = candidate.addressRef.map { index.addresses[Int($0)].address }
      if number.lane > 0 || !(ref.map { PlaceIndex.isRoad($0.road) } ?? true) {
        // Within a lane, and in a village, the door on the address is the building.
        let from = number.lane > 0 ? number.placeEnd : number.end - digitsBefore(number.end)
        let plate = DoorPlate.read(text, from: from)
        if plate != DoorPlate() { return plate }
      } else {
        let plate = DoorPlate.read(text, from: number.end)
        if plate != DoorPlate() { return plate }
      }
    }
    if let n = candidate.mention { return DoorPlate.read(text, from: mentions[n].marksEnd) }
    return DoorPlate()
  }

  /// How far the number and its 号 reach back from `end`.
  private func digitsBefore(_ end: Int) -> Int {
    var i = end - 1
    while i > 0, FoldedText.isDigit(text.units[i - 1]) { i -= 1 }
    return end - i
  }

  // MARK: Reasons

  private func reasons(
    _ candidate: Candidate, _ mentions: [Mention], _ addresses: [AddressMention], _ districts: [Int32], tied: Bool
  ) -> [String] {
    let slot = index.slots[Int(candidate.slot)]
    var list: [String] = []
    if let n = candidate.addressMention, let ref = candidate.addressRef {
      let address = index.addresses[Int(ref)].address
      let road = String(units: address.road)
      if addresses[n].road != nil { list.append("路名相近：‘\(text.written(addresses[n].start..<addresses[n].number.placeEnd))’") }
      if address.lane > 0 {
        let branch = address.branch > 0 ? "\(address.branch)支弄" : ""
        list.append("弄号一致：\(road)\(address.lane)弄\(branch)")
      } else {
        list.append("门牌号在登记范围内：\(text.written(addresses[n].start..<addresses[n].number.placeEnd))")
      }
    }
    if let n = candidate.mention, let form = candidate.form {
      let mention = mentions[n]
      let written = text.written(mention.start..<mention.end)
      let registered = String(units: index.keys[Int(mention.key)].units)
      if mention.slip != nil {
        list.append("名称相近：‘\(written)’→‘\(registered)’")
      } else {
        switch form.kind {
        case .name: list.append("小区名称一致：‘\(written)’")
        case .alias: list.append("小区别名‘\(written)’")
        case .stem: list.append("小区简称‘\(written)’→‘\(slot.name)’")
        }
      }
      if !mention.marks.isEmpty {
        let said = text.written(mention.end..<mention.marksEnd)
        if form.marks.contradicts(mention.marks) {
          list.append("文中写‘\(said)’，登记为‘\(slot.name)’")
        } else if form.marks.agreements(mention.marks) > 0 {
          list.append("分期分区一致：‘\(said)’")
        } else {
          list.append("登记册未分‘\(said)’")
        }
      } else if tied, !form.marks.isEmpty {
        list.append("同名小区不止一处，文中未写明期数或分区")
      }
      if mention.standing < 0.9 { list.append("‘\(written)’前后还有文字，可能是别处名称的一部分") }
    }
    if slot.district >= 0, !districts.isEmpty {
      let name = index.districts[Int(slot.district)]
      list.append(districts.contains(slot.district) ? "所属区一致：\(name)" : "文中所写的区与登记的‘\(name)’不同")
    }
    return list
  }
}
