import Kernel
import Offices
import People
import Storage

/// What an office says about one of its studios.
public struct StudioEdit: Sendable, Hashable {
  public var name: String
  public var address: String
  public var hours: String
  public var phone: String?
  public var position: Coordinates?
  public var state: Studio.State
  public init(name: String, address: String, hours: String, phone: String? = nil, position: Coordinates? = nil, state: Studio.State = .open)
  {
    self.name = name
    self.address = address
    self.hours = hours
    self.phone = phone
    self.position = position
    self.state = state
  }
}

/// The squads' places in the neighbourhood. Journaled under the subject `office`, being the squad's.
public enum Studios {
  /// - Parameter id: nil for a new one.
  @discardableResult
  public static func save(_ edit: StudioEdit, id: Studio.ID? = nil, of squad: Office.ID, by person: Person, in house: House) async throws
    -> Studio.ID
  {
    try person.require(.editCompounds)
    let now = house.now()
    return try await house.store.write { db in
      guard let office = try OfficeStore.find(squad, db), office.kind.takesMatters,
        squad == person.office || office.district == person.office
      else {
        throw Refusal(.forbidden, "compounds-studio-not-yours", "只能维护本单位的社区工作室。")
      }
      var wrong: [Refusal] = []
      if !(1...60).contains(edit.name.count) {
        wrong.append(Refusal(.invalid, "compounds-studio-name", "请填写工作室名称，最多 60 个字。", field: "name"))
      }
      if !(1...200).contains(edit.address.count) {
        wrong.append(Refusal(.invalid, "compounds-studio-address", "请填写工作室地址。", field: "address"))
      }
      if let position = edit.position, !CompoundRules.isInShanghai(position) {
        wrong.append(Refusal(.invalid, "compounds-position", "坐标不在上海。", field: "position"))
      }
      if !wrong.isEmpty { throw Refusals(wrong) }
      let studio = id ?? house.ids.next(at: now)
      if id == nil {
        try db.run(
          """
          INSERT INTO studio (id, squad_id, no, name, address, hours, phone, latitude, longitude, state, created_at)
          VALUES (\(studio), \(squad), \(try CompoundStore.freeNumber("studio", db)), \(edit.name), \(edit.address), \(edit.hours), \(edit.phone),
            \(edit.position?.latitude), \(edit.position?.longitude), \(edit.state), \(now))
          """)
      } else {
        let changed = try db.run(
          """
          UPDATE studio SET name = \(edit.name), address = \(edit.address), hours = \(edit.hours), phone = \(edit.phone),
            latitude = \(edit.position?.latitude), longitude = \(edit.position?.longitude), state = \(edit.state)
          WHERE id = \(studio) AND squad_id = \(squad)
          """)
        guard changed == 1 else { throw Refusal(.missing, "compounds-no-studio", "没有这个工作室。") }
      }
      try Journal.append(
        id == nil ? "office-studio-opened" : "office-studio-changed", on: Subject("office", squad), by: person.actor, at: now,
        facts: ["studio": String(studio.raw), "name": edit.name, "state": edit.state.rawValue], ids: house.ids, db)
      return studio
    }
  }
}
