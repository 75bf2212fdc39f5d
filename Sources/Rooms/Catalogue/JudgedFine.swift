import Kernel

/// Which fines an act is judged by: those of its day, unless the law has changed since and become milder (行政处罚法第三十七条, 从旧兼从轻).
public struct JudgedFine: Hashable, Sendable {
  public enum Choice: String, Hashable, Sendable {
    /// The clause has not changed between the two days.
    case unchanged
    /// 从旧: the later one is no milder.
    case older
    /// 从轻
    case milder
    /// Measured in different ways, or only one of the two days has a clause here: a person has to judge.
    case open
  }
  public let choice: Choice
  /// Of one kind of party, in the clause's order.
  public let fines: [Fine]
  /// The day whose law it is.
  public let lawDay: Day
  /// "行为时罚款上限5万元，决定时50万元，新法不轻于旧法，适用行为时的规定。"
  public let reason: String
  /// Laws of the basis that were not yet in force on `lawDay` in the version that was read: its text of that day is not in the catalogue.
  public let unread: [Law]
}

extension Item {
  /// - Parameters:
  ///   - acted: when the act ended.
  ///   - decided: when it is judged; not before `acted`.
  public func judged(acted: Day, decided: Day, party: Fine.Party) -> JudgedFine {
    let (old, new) = (fines(on: acted, for: party), fines(on: max(acted, decided), for: party))
    let (choice, reason) = Self.compare(old, new)
    let day = choice == .milder ? max(acted, decided) : acted
    let chosen = choice == .milder ? new : old.isEmpty ? new : old
    // A range with dates of its own was entered for that day, whatever version of the law was read as a whole.
    let isDated = !chosen.isEmpty && chosen.allSatisfy { $0.validFrom != nil || $0.validUntil != nil }
    let later = isDated ? [] : penalties.map(\.law).filter { ($0.amended ?? $0.effective) > day }
    return JudgedFine(
      choice: choice, fines: chosen, lawDay: day, reason: reason, unread: later.reduce(into: []) { if !$0.contains($1) { $0.append($1) } })
  }
  /// What the clause has for this kind of party, or for all parties alike where it does not tell them apart.
  public func fines(on day: Day, for party: Fine.Party) -> [Fine] {
    let inForce = fines(on: day)
    let own = inForce.filter { $0.party == party }
    return own.isEmpty ? inForce.filter { $0.party == .any } : own
  }

  private static func compare(_ old: [Fine], _ new: [Fine]) -> (JudgedFine.Choice, String) {
    if old.map(\.content) == new.map(\.content) { return (.unchanged, "行为时与决定时的罚款规定相同。") }
    guard let (oldTop, oldLow) = bounds(old), let (newTop, newLow) = bounds(new), Set((old + new).map(\.measure)).count == 1 else {
      return (.open, "两个日期的罚款规定不能直接比较，或者其中一个没有收录，请法制审核判断轻重（行政处罚法第三十七条）。")
    }
    let amount = { (one: Int) in (old.first?.measure ?? .amount) == .multiple ? "\(one)倍" : Fine.yuan(one) }
    let said = "行为时罚款上限\(amount(oldTop))、下限\(amount(oldLow))，决定时上限\(amount(newTop))、下限\(amount(newLow))"
    // The upper end says how heavy the law takes the act; only between equal ones does the lower end decide.
    return (newTop, newLow) < (oldTop, oldLow)
      ? (.milder, said + "，新规定较轻，适用新规定（从旧兼从轻）。") : (.older, said + "，新规定不轻于旧规定，适用行为时的规定（从旧兼从轻）。")
  }
  private static func bounds(_ fines: [Fine]) -> (top: Int, low: Int)? {
    guard let top = fines.map(\.range.upperBound).max(), let low = fines.map(\.range.lowerBound).min() else { return nil }
    return (top, low)
  }
}

extension Fine {
  /// Without its dates: what two versions are compared by.
  fileprivate var content: [String] { [text, party.rawValue, measure.rawValue, tier.rawValue, String(discretionary)] }
}
