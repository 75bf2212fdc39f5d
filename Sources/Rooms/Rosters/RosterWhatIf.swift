import Kernel
import Offices
import People
import Staffing
import Storage

/// 假如: one thing different.
public enum RosterWhatIf: Sendable {
  case fewer(Int)
  case without(Int64)
  case mode(compound: Int64, StationingMode)
}

extension Rosters {
  /// A second plan from the same facts with one thing different, to be compared with the first.
  /// - Throws: `Refusal` `rosters-missing`, `rosters-what-if`, `rosters-no-base`, `rosters-pending`, `rosters-busy`, `staffing-too-few`, `staffing-unknown-officer`,
  ///   `staffing-unknown-compound`.
  @discardableResult
  public func whatIf(_ no: String, _ change: RosterWhatIf, by person: Person) async throws -> String {
    let now = house.now()
    return try await house.store.write { db in
      let base = try find(no, for: person, db)
      let office = try led(base.squad, by: person, db)
      guard !base.isWhatIf else { throw Refusal(.conflict, "rosters-what-if", "请在原方案上设“假如”。") }
      guard base.state.hasRows else { throw Refusal(.conflict, "rosters-no-base", "这个方案没有排出来，没有可比的。") }
      let fixes = try RosterStore.fixes(of: base.id, db)
      // Rows changed by hand since are not what the solver would make of them: what is compared must differ in one thing only.
      guard !base.isTouched(by: fixes) else {
        throw Refusal(.conflict, "rosters-pending", "这个方案算完后有人工改动，请先重算，再设“假如”，才比得准。")
      }
      try free(office.id, db)
      var instance = try RosterStore.instance(base.id, db)
      instance.fixed = RosterStore.fixed(fixes).merged(under: instance.fixed)
      let changed: StaffingInstance
      switch change {
      case .fewer(let number): changed = try instance.applying(.fewer(number, squad: "\(base.squad)"))
      case .without(let officer): changed = try instance.applying(.without(officers: ["\(officer)"]))
      case .mode(let compound, let mode): changed = try instance.applying(.mode(compound: "\(compound)", mode))
      }
      return try keep(
        RosterGathering(changed), of: office, basedOn: base, whatIf: Self.words(change, from: instance, to: changed), by: person, at: now,
        db)
    }
  }

  static func words(_ change: RosterWhatIf, from old: StaffingInstance, to new: StaffingInstance) -> String {
    let gone = old.officers.filter { one in !new.officers.contains { $0.id == one.id } }.map(\.name).joined(separator: "、")
    return switch change {
    case .fewer(let number): "少 \(number) 人（先少联系小区最少的：\(gone)）"
    case .without: "\(gone)不在"
    case .mode(let compound, let mode): "\(old.compounds.first { $0.id == "\(compound)" }?.name ?? "")\(mode.chinese)"
    }
  }
}

extension RosterGathering {
  /// Of a plan that exists, with something changed.
  init(_ instance: StaffingInstance) {
    self.instance = instance
    notes = []
  }
}
extension FixedChanges {
  /// Lines of the duty roster, which the instance was made with, hold beside what a person has changed since.
  func merged(under made: FixedChanges) -> FixedChanges {
    var all = self
    for row in made.rows
    where row.task == .duty && !rows.contains(where: { $0.officer == row.officer && $0.date == row.date && $0.half == row.half }) {
      all.rows.append(row)
    }
    return all
  }
}

/// Two plans side by side, in words. Pure.
public struct RosterComparison: Sendable {
  public struct Change: Sendable {
    public let compound: RosterPlace
    public let before: RosterPlace
    /// Hours of need that are met in the second plan and were not in the first; negative where it gets worse.
    public let hours: Double
    public let words: String
  }
  /// The sum of it in one sentence.
  public let summary: String
  /// What gets worse, the worst first; then what gets better.
  public let worse: [Change]
  public let better: [Change]
  /// Other people or rhythm, the need met as before.
  public let other: [Change]
  /// "路程", before, after, in points.
  public let parts: [(name: String, before: Int, after: Int)]

  public init(_ before: RosterBook, _ after: RosterBook) {
    let old = Dictionary(uniqueKeysWithValues: before.places.map { ($0.compound, $0) })
    let changes = after.places.compactMap { place in old[place.compound].flatMap { Self.change(from: $0, to: place) } }
    worse = changes.filter { $0.hours < -0.05 }.sorted { ($0.hours, $0.compound.compoundName) < ($1.hours, $1.compound.compoundName) }
    better = changes.filter { $0.hours > 0.05 }.sorted { (-$0.hours, $0.compound.compoundName) < (-$1.hours, $1.compound.compoundName) }
    other = changes.filter { abs($0.hours) <= 0.05 }
    let (first, second) = (before.plan.score ?? PlanScore(), after.plan.score ?? PlanScore())
    parts = zip(first.named, second.named).map { ($0.0, $0.1, $1.1) }
    let (a, b) = (Self.met(before), Self.met(after))
    let contacts = changes.count { $0.compound.contact != $0.before.contact }
    var words: [String] = []
    let difference = b.hours - a.hours
    words.append(
      abs(difference) < 0.05
        ? "满足的需求不变" : "四周满足的需求\(difference < 0 ? "少" : "多") \(Self.hours(abs(difference))) 小时（\(a.percent)%→\(b.percent)%）")
    if !worse.isEmpty { words.append("\(worse.count) 个小区变差") }
    if !better.isEmpty { words.append("\(better.count) 个小区变好") }
    if contacts > 0 { words.append("\(contacts) 个小区换联系人") }
    let (l, r) = (Self.meanLoad(before), Self.meanLoad(after))
    if l != r { words.append("人均负荷由 \(l)% 变为 \(r)%") }
    summary = words.joined(separator: "，") + "。"
  }

  /// Hours of need that are met, and their share.
  public static func met(_ book: RosterBook) -> (hours: Double, percent: Int) {
    let met = book.places.reduce(0) { $0 + min($1.servedHours, $1.demandHours) }
    let wanted = book.places.reduce(0) { $0 + $1.demandHours }
    return (met, wanted <= 0 ? 100 : Int(met * 100 / wanted))
  }
  static func meanLoad(_ book: RosterBook) -> Int {
    let all = book.loads.reduce(0) { $0 + $1.available }
    return all == 0 ? 0 : book.loads.reduce(0) { $0 + $1.load } * 100 / all
  }
  public static func hours(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths) % 10)"
  }

  private static func change(from old: RosterPlace, to new: RosterPlace) -> Change? {
    var words: [String] = []
    if old.modeName != new.modeName {
      words.append("由\(old.modeName)改为\(new.modeName)")
    } else if old.visits != new.visits {
      words.append("四周由 \(old.visits) 次改为 \(new.visits) 次")
    }
    if old.contact != new.contact { words.append("联系人由\(old.contactName)改为\(new.contactName)") }
    if old.second != new.second { words.append("第二人由\(old.secondName ?? "无")改为\(new.secondName ?? "无")") }
    guard !words.isEmpty else { return nil }
    let hours = min(new.servedHours, new.demandHours) - min(old.servedHours, old.demandHours)
    if abs(hours) > 0.05 { words.append("满足的需求\(hours < 0 ? "少" : "多") \(Self.hours(abs(hours))) 小时") }
    return Change(compound: new, before: old, hours: hours, words: words.joined(separator: "，"))
  }
}
