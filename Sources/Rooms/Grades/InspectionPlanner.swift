import Kernel

/// A compound as the planner sees it.
public struct Inspectable: Sendable {
  public let compound: Int64
  public let grade: Grade
  public let isQuiet: Bool
  /// What is planned, done or missed of this month already.
  public let turns: Set<Int>
  public let lastDone: Month?
  /// The one before this month was not carried out.
  public let wasMissed: Bool
  public init(compound: Int64, grade: Grade, isQuiet: Bool, turns: Set<Int> = [], lastDone: Month? = nil, wasMissed: Bool = false) {
    self.compound = compound
    self.grade = grade
    self.isQuiet = isQuiet
    self.turns = turns
    self.lastDone = lastDone
    self.wasMissed = wasMissed
  }
}

/// What a month asks of one compound.
public struct PlannedVisit: Sendable, Hashable {
  public let compound: Int64
  public let turn: Int
  public let due: Day
}

/// Makes a month's inspections out of grades. Pure; asked again within the month it adds only what is missing.
public enum InspectionPlanner {
  public static func plan(_ compounds: [Inspectable], month: Month, today: Day) -> [PlannedVisit] {
    compounds.flatMap { plan($0, month: month, today: today) }
  }
  private static func plan(_ one: Inspectable, month: Month, today: Day) -> [PlannedVisit] {
    if one.isQuiet || !isDue(one, month) { return [] }
    let length = month.last.dayOfMonth
    return (1...one.grade.visits).compactMap { turn in
      if one.turns.contains(turn) { return nil }
      // Evenly over the month, the last one at its end.
      let due = month.first.adding(days: length * turn / one.grade.visits - 1)
      // A compound that was graded worse in the middle of the month is not reproached with its first half.
      return due < today ? nil : PlannedVisit(compound: one.compound, turn: turn, due: due)
    }
  }
  private static func isDue(_ one: Inspectable, _ month: Month) -> Bool {
    if one.grade.months == 1 || one.wasMissed { return true }
    if let last = one.lastDone { return last.adding(one.grade.months) <= month }
    // Of those never visited a part is due each month, always the same.
    return Int(one.compound.magnitude / 7 % UInt64(one.grade.months)) == month.count % one.grade.months
  }
}
