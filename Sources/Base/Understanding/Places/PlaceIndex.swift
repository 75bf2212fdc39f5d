/// The register made ready for searching. A value: a reader's copy stays as it was while others add.
struct PlaceIndex: Sendable {
  struct Slot: Sendable {
    var id: Int64
    var name: String
    var alive = true
    /// The key of its name without marks: parts of one development share it.
    var development: Int32 = -1
    /// Index into `districts`, -1 where unknown.
    var district: Int32
    var street: Int32
    /// Doors within the compound, where its addresses say.
    var doors: [DoorRun] = []
    var addresses: [Int32] = []
  }
  enum Kind: Sendable { case name, alias, stem }
  struct Form: Sendable {
    var slot: Int32
    var kind: Kind
    var marks: PartMarks
    /// Marks that are part of the name are not left out as lightly as those in brackets; rare endings neither.
    var firm = false
  }
  /// A text that names compounds.
  struct Key: Sendable {
    var units: [UInt16]
    var forms: [Form] = []
    /// Whether slips of the pen are looked for.
    var near = false
    /// Whether it is a whole name or alias, and so tells how compounds are named.
    var learnt = false
  }
  struct Address: Sendable {
    var slot: Int32
    var address: RegisteredAddress
  }

  private(set) var slots: [Slot] = []
  private(set) var keys: [Key] = []
  private(set) var names = UnitTrie()
  private(set) var habit = NameHabit()
  private(set) var near = HashBag()
  private(set) var sounds = HashBag()
  private(set) var roads = UnitTrie()
  private(set) var roadNames: [[UInt16]] = []
  /// Roads by how they sound.
  private(set) var roadSounds = HashBag()
  private(set) var addresses: [Address] = []
  private(set) var lanes = HashBag()
  private(set) var roadDoors = HashBag()
  private(set) var districtTrie = UnitTrie()
  private(set) var districts: [String] = []
  private(set) var streetTrie = UnitTrie()
  private(set) var streets: [String] = []
  private var slotOf: [Int64: Int32] = [:]

  mutating func add(_ entry: CompoundEntry) {
    let slot: Int32
    if let known = slotOf[entry.id] {
      slot = known
      slots[Int(slot)].name = entry.name
      slots[Int(slot)].district = district(entry.district)
      slots[Int(slot)].street = street(entry.street)
    } else {
      slot = Int32(slots.count)
      slots.append(Slot(id: entry.id, name: entry.name, district: district(entry.district), street: street(entry.street)))
      slotOf[entry.id] = slot
    }
    slots[Int(slot)].alive = true
    addName(entry.name, to: slot, .name)
    for alias in entry.aliases { addName(alias, to: slot, .alias) }
    for text in entry.addresses { addAddress(text, to: slot) }
  }

  mutating func addAlias(_ alias: String, to id: Int64) -> Bool {
    guard let slot = slotOf[id] else { return false }
    addName(alias, to: slot, .alias)
    return true
  }

  mutating func remove(_ id: Int64) {
    guard let slot = slotOf.removeValue(forKey: id) else { return }
    slots[Int(slot)].alive = false
  }

  /// Longer names are found as written only; `RunningHash` reaches no further than 64.
  private static let longestNear = 40

  // MARK: Names

  private mutating func addName(_ name: String, to slot: Int32, _ kind: Kind) {
    let parts = NameParts(name)
    guard parts.base.count > 1 else { return }
    addKey(parts.base, Form(slot: slot, kind: kind, marks: parts.marks, firm: parts.whole != nil), near: parts.base.count > 2)
    guard let key = names.longest(in: parts.base, from: 0), key.end == parts.base.count else { return }
    if kind == .name { slots[Int(slot)].development = key.value }
    learn(key.value)
    if let whole = parts.whole { addKey(whole, Form(slot: slot, kind: kind, marks: PartMarks()), near: true) }
    for stem in parts.stems {
      addKey(stem.units, Form(slot: slot, kind: .stem, marks: parts.marks, firm: !stem.common && stem.units.count < 4), near: false)
    }
    for remark in parts.remarks {
      let text = String(units: remark)
      if remark.contains(where: FoldedText.isDigit) {
        addAddress(text, to: slot)
      } else if remark.count > 2 {
        addName(text, to: slot, .alias)
      }
    }
  }

  private mutating func learn(_ key: Int32) {
    guard !keys[Int(key)].learnt else { return }
    keys[Int(key)].learnt = true
    habit.learn(keys[Int(key)].units)
  }

  private mutating func addKey(_ units: [UInt16], _ form: Form, near wanted: Bool) {
    guard units.count > 1 else { return }
    let key = names.insert(units, fresh: Int32(keys.count))
    if Int(key) == keys.count { keys.append(Key(units: units)) }
    let forms = keys[Int(key)].forms
    guard !forms.contains(where: { $0.slot == form.slot && $0.kind == form.kind && $0.marks == form.marks }) else { return }
    keys[Int(key)].forms.append(form)
    guard wanted, !keys[Int(key)].near, units.count <= PlaceIndex.longestNear else { return }
    keys[Int(key)].near = true
    let hashes = RunningHash(units)
    near.add(key, under: hashes.whole)
    for i in units.indices where i == 0 || units[i] != units[i - 1] { near.add(key, under: hashes.without(i, 0, units.count)) }
    sounds.add(key, under: RunningHash(units.map(Readings.shared.sound)).whole)
  }

  // MARK: Addresses

  private mutating func addAddress(_ text: String, to slot: Int32) {
    for address in RegisteredAddress.read(text) {
      let road = roads.insert(address.road, fresh: Int32(roadNames.count))
      if Int(road) == roadNames.count {
        roadNames.append(address.road)
        if address.road.count > 2 { roadSounds.add(road, under: RunningHash(address.road.map(Readings.shared.sound)).whole) }
      }
      let ref = Int32(addresses.count)
      addresses.append(Address(slot: slot, address: address))
      slots[Int(slot)].addresses.append(ref)
      if address.lane > 0 {
        lanes.add(ref, under: PlaceIndex.laneKey(road, address.lane))
        slots[Int(slot)].doors += address.doors
      } else {
        roadDoors.add(ref, under: UInt64(road))
        if !PlaceIndex.isRoad(address.road) { slots[Int(slot)].doors += address.doors }
      }
    }
  }

  static func laneKey(_ road: Int32, _ lane: Int) -> UInt64 { UInt64(UInt32(bitPattern: road)) << 32 | UInt64(truncatingIfNeeded: lane) }

  /// 路, 街, 道 and the like; other "roads" of the register are villages whose doors are numbered throughout.
  static func isRoad(_ road: [UInt16]) -> Bool { road.last.map(roadEnds.contains) ?? false }
  static let roadEnds = UnitSet("路街道浜")

  // MARK: Districts

  /// "浦东新区", "浦东" and an office's "浦东新区局" are one.
  private mutating func district(_ text: String) -> Int32 {
    var units = text.utf16.map(FoldedText.fold)
    if let end = units.lastIndex(where: { $0 == 0x533A || $0 == 0x53BF }), end > 1 { units.removeSubrange(end...) }
    if units.count > 2, units.last == 0x65B0 { units.removeLast() }
    guard !units.isEmpty else { return -1 }
    let n = districtTrie.insert(units, fresh: Int32(districts.count))
    if Int(n) == districts.count { districts.append(String(units: units)) }
    return n
  }

  func isDistrict(_ units: [UInt16]) -> Bool {
    guard let hit = districtTrie.longest(in: units, from: 0) else { return false }
    return hit.end == units.count
  }

  private mutating func street(_ text: String?) -> Int32 {
    guard let text, text.utf16.count > 2 else { return -1 }
    let n = streetTrie.insert(text.utf16.map(FoldedText.fold), fresh: Int32(streets.count))
    if Int(n) == streets.count { streets.append(text) }
    return n
  }
}

/// Hashes of every stretch of a text, with or without one of its units, in constant time each.
struct RunningHash {
  private static let base: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let powers: [UInt64] = (0..<64).reduce(into: [1]) { list, _ in list.append(list[list.count - 1] &* base) }
  private var sums: [UInt64]

  init(_ units: [UInt16]) {
    sums = [0]
    sums.reserveCapacity(units.count + 1)
    var sum: UInt64 = 0
    for unit in units {
      sum = sum &* RunningHash.base &+ UInt64(unit) &+ 1
      sums.append(sum)
    }
  }
  var whole: UInt64 { sums[sums.count - 1] }
  /// `start..<end`, at most 64 units.
  func stretch(_ start: Int, _ end: Int) -> UInt64 { sums[end] &- sums[start] &* RunningHash.powers[end - start] }
  /// `start..<end` without the unit at `hole`.
  func without(_ hole: Int, _ start: Int, _ end: Int) -> UInt64 {
    stretch(start, hole) &* RunningHash.powers[end - hole - 1] &+ stretch(hole + 1, end)
  }
}
