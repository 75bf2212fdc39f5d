import Kernel

/// 假如：the same office with one thing different.
public enum StaffingChange: Hashable, Sendable {
  case without(officers: [String])
  /// So many fewer, of one squad or of all: those whom the fewest compounds know.
  case fewer(Int, squad: String?)
  case mode(compound: String, StationingMode)
}

extension StaffingInstance {
  /// What a manager had fixed for people who would be gone is dropped; everything else stays fixed.
  public func applying(_ change: StaffingChange) throws -> StaffingInstance {
    var instance = self
    switch change {
    case .without(let gone):
      for id in gone where !officers.contains(where: { $0.id == id }) {
        throw Refusal(.invalid, "staffing-unknown-officer", "没有编号为 \(id) 的队员，请核对。", field: "without")
      }
      let gone = Set(gone)
      instance.officers.removeAll { gone.contains($0.id) }
      instance.fixed.rows.removeAll { gone.contains($0.officer) }
      for place in instance.fixed.teams.indices {
        if let contact = instance.fixed.teams[place].contact, gone.contains(contact) { instance.fixed.teams[place].contact = nil }
        if let second = instance.fixed.teams[place].second, gone.contains(second) { instance.fixed.teams[place].second = nil }
      }
    case .fewer(let number, let squad):
      let able = officers.filter { squad == nil || $0.squad == squad }
      if let squad, !squads.contains(where: { $0.id == squad }) {
        throw Refusal(.invalid, "staffing-unknown-squad", "没有编号为 \(squad) 的中队，请核对。", field: "squad")
      }
      guard number > 0, number < able.count else {
        throw Refusal(.invalid, "staffing-too-few", "减少的人数应在 1 至 \(max(1, able.count - 1)) 之间。", field: "fewer")
      }
      let gone = able.sorted { ($0.contacts.count, $1.id) < ($1.contacts.count, $0.id) }.prefix(number).map(\.id)
      return try applying(.without(officers: Array(gone)))
    case .mode(let compound, let mode):
      guard compounds.contains(where: { $0.id == compound }) else {
        throw Refusal(.invalid, "staffing-unknown-compound", "没有编号为 \(compound) 的小区，请核对。", field: "compound")
      }
      if let place = instance.fixed.teams.firstIndex(where: { $0.compound == compound }) {
        instance.fixed.teams[place].mode = mode
      } else {
        instance.fixed.teams.append(FixedChanges.Team(compound: compound, mode: mode))
      }
    }
    return instance
  }
}
