/// A visit that fits nowhere: what is in its way is thrown out and placed again, then somebody stands in who was not planned to.
extension Timetable {
  func ejection(_ visit: Int, _ slots: [Int], _ range: Range<Int>, _ thrown: [Int: Int]) -> (Int, [Int])? {
    var best: (key: Int, slot: Int, out: [Int])?
    for slot in slots {
      var out: [Int] = []
      var possible = true
      for person in visits[visit].people {
        guard ground.free[person][slot] else { possible = false; break }
        switch taken[person][slot] {
        case .nothing: break
        case .visit(let other): if visits[other].fixed { possible = false } else if !out.contains(other) { out.append(other) }
        case .service, .rest: possible = false
        }
      }
      guard possible else { continue }
      for other in range where other != visit && visits[other].compound == visits[visit].compound {
        guard let there = visits[other].slot, ground.slots[there].workday == ground.slots[slot].workday, !out.contains(other) else {
          continue
        }
        if visits[other].fixed { possible = false } else { out.append(other) }
      }
      guard possible else { continue }
      let key = out.reduce(0) { $0 + 3 + 2 * (thrown[$1] ?? 0) + visits[$1].people.count }
      if key < best?.key ?? .max { best = (key, slot, out) }
    }
    return best.map { ($0.slot, $0.out) }
  }

  mutating func standInAnywhere(_ visit: Int, _ slots: [Int], _ range: Range<Int>, _ week: Int) -> Bool {
    for slot in slots where !dayTaken(visit, slot, range) {
      let missing = visits[visit].people.filter { !(ground.free[$0][slot] && taken[$0][slot] == .nothing) }
      guard missing.count == 1, let helper = helper(for: visit, insteadOf: missing[0], week, planned: false, at: slot) else { continue }
      use[missing[0]]?[week] -= 1
      use[helper]?[week] += 1
      load[missing[0], default: 0] -= 1
      load[helper, default: 0] += 1
      replace(missing[0], by: helper, in: visit)
      put(visit, slot)
      return true
    }
    return false
  }
}
