import Kernel
import People
import Staffing

/// What the store knows of a squad for some weeks: the compounds and what is asked of them, the people and when they are away, the duties.
public struct RosterFacts: Sendable {
  public struct Place: Sendable {
    public var id: Int64
    public var no: String
    public var name: String
    public var position: Coordinates?
    public var households: Int?
    /// Of the last four weeks, as they count for repeated complaints.
    public var complaints = 0
    public var cases = 0
    /// Of the last half year: how many were asked, and how many of them were satisfied or nearly so.
    public var asked = 0
    public var satisfied = 0
    /// Empty for what has not been graded.
    public var grade = ""
    public var wanted: StationingMode?
    public var forced: StationingMode?
    public var needsTwo = false
    public var skills: [String] = []
    /// Officers who are in charge of it by the register, and the contact of the plan in force.
    public var known: [Int64] = []
    public init(id: Int64, no: String, name: String, position: Coordinates?, households: Int?) {
      (self.id, self.no, self.name, self.position, self.households) = (id, no, name, position, households)
    }
  }
  public struct Officer: Sendable {
    public var id: Int64
    public var name: String
    public var role: Role
    public var included: Bool
    public var weeklyHours = 40.0
    public var skills: [String] = []
    public var certifiedUntil: Day?
    public var leave: [Absence] = []
    /// Squads of the district that this person may help, and for how many half-days of a week.
    public var helps: [Int64] = []
    public var helpHalfDays: Int?
    /// Of who comes to help: where from.
    public var home: Home?
    public init(id: Int64, name: String, role: Role, included: Bool) {
      (self.id, self.name, self.role, self.included) = (id, name, role, included)
    }
  }
  public struct Home: Sendable {
    public var squad: Int64
    public var name: String
    /// Where that squad's people start from, when it says so.
    public var position: Coordinates?
    public init(squad: Int64, name: String, position: Coordinates? = nil) {
      (self.squad, self.name, self.position) = (squad, name, position)
    }
  }
  /// A half-day that somebody has in the issued roster of another squad.
  public struct Elsewhere: Sendable {
    public var account: Int64
    public var day: Day
    public var half: HalfDay
    public var squadName: String
    public init(account: Int64, day: Day, half: HalfDay, squadName: String) {
      (self.account, self.day, self.half, self.squadName) = (account, day, half, squadName)
    }
  }
  public struct DutyRule: Sendable {
    public var id: Int64
    public var name: String
    public var half: HalfDay
    public var days: StaffDuty.Days
    public var officers: Int
    public var restHalfDays: Int
    public var maxPerOfficer: Int?
    public var skill: String?
    /// Whose lines of the squad's duty roster say who has it.
    public var shift: DutyShift?
    public init(
      id: Int64 = 0, name: String, half: HalfDay, days: StaffDuty.Days, officers: Int, restHalfDays: Int = 0, maxPerOfficer: Int? = nil,
      skill: String? = nil, shift: DutyShift? = nil
    ) {
      (self.id, self.name, self.half, self.days, self.officers) = (id, name, half, days, officers)
      (self.restHalfDays, self.maxPerOfficer, self.skill, self.shift) = (restHalfDays, maxPerOfficer, skill, shift)
    }
  }
  public var squad: Int64
  public var squadName: String
  /// Where the squad says its people start from.
  public var position: Coordinates?
  public var studio: (name: String, at: Coordinates)?
  public var compoundShare: Int
  public var fairBand: Int
  public var places: [Place]
  public var officers: [Officer]
  /// Of other squads, who may help here.
  public var helpers: [Officer] = []
  public var elsewhere: [Elsewhere] = []
  public var duties: [DutyRule]
  /// Lines of the squad's duty roster within the weeks.
  public var lines: [(day: Day, shift: DutyShift, account: Int64)]
  public static let usualShare = 60
  public static let usualBand = 10
  /// Fewer answers than that say nothing.
  public static let leastAsked = 3

  public init(squad: Int64, squadName: String) {
    (self.squad, self.squadName) = (squad, squadName)
    (compoundShare, fairBand) = (Self.usualShare, Self.usualBand)
    (places, officers, duties, lines) = ([], [], [], [])
  }
}

/// Whether a day is worked, and what is to be said of the calendar itself.
public struct RosterDays: Sendable {
  public var isWorkday: @Sendable (Day) -> Bool
  public var note: String?
  public init(isWorkday: @escaping @Sendable (Day) -> Bool, note: String? = nil) {
    (self.isWorkday, self.note) = (isWorkday, note)
  }
}

/// Facts to an instance. Pure: what is missing is handled by the rule that the note beside it states.
public struct RosterGathering: Sendable {
  public let instance: StaffingInstance
  public let notes: [String]

  static let weeks = 4
  /// Any place of the city: where no compound has coordinates all ways are nothing.
  private static let anywhere = (latitude: 31.23, longitude: 121.47)

  /// - Throws: `Refusal` `rosters-nobody`, `rosters-no-compounds`.
  public init(_ facts: RosterFacts, from start: Day, days: RosterDays, fixed: FixedChanges = FixedChanges()) throws(Refusal) {
    var notes: [String] = []
    let people = facts.officers.filter(\.included)
    guard !people.isEmpty else {
      throw Refusal(.conflict, "rosters-nobody", "\(facts.squadName)没有可排班的队员，请先在“排班资料”里核对队员。")
    }
    guard !facts.places.isEmpty else {
      throw Refusal(.conflict, "rosters-no-compounds", "\(facts.squadName)没有在管的小区，无从排班。")
    }
    let span = (0..<(Self.weeks * 7)).map { start.adding(days: $0) }
    let last = start.adding(days: Self.weeks * 7 - 1)
    let home = Self.home(facts, &notes)
    let lost = facts.places.filter { $0.position == nil }
    if !lost.isEmpty, lost.count < facts.places.count {
      notes.append("\(lost.count) 个小区没有坐标，去的路程按 0 计：\(Self.names(lost))。请在小区档案里补上。")
    }
    let uncounted = facts.places.filter { $0.households == nil }
    if !uncounted.isEmpty {
      notes.append("\(uncounted.count) 个小区没有登记户数，按 0 户计，需求可能算低：\(Self.names(uncounted))。")
    }
    let unasked = facts.places.filter { $0.asked < RosterFacts.leastAsked }.count
    if unasked > 0 { notes.append("\(unasked) 个小区半年内的满意度回访不足 \(RosterFacts.leastAsked) 件，不据此增加需求。") }
    let ungraded = facts.places.count { $0.grade.isEmpty }
    if ungraded > 0 { notes.append("\(ungraded) 个小区还没有等级，需求不乘等级系数。") }
    let squad = "\(facts.squad)"
    let compounds = facts.places.map { place in
      StaffCompound(
        id: "\(place.id)", name: place.name, squad: squad, latitude: place.position?.latitude ?? home.latitude,
        longitude: place.position?.longitude ?? home.longitude, households: place.households ?? 0, complaints: Double(place.complaints),
        cases: Double(place.cases),
        satisfaction: place.asked >= RosterFacts.leastAsked ? Double(place.satisfied) / Double(place.asked) : nil, grade: place.grade,
        needsTwo: place.needsTwo, skills: place.skills, wantedMode: place.wanted, forcedMode: place.forced)
    }
    let here = Set((people + facts.helpers).map(\.id))
    let officers = (people + facts.helpers).map { one in
      StaffOfficer(
        id: "\(one.id)", name: one.name, squad: one.home.map { "\($0.squad)" } ?? squad, alsoSquads: one.home == nil ? [] : [squad],
        skills: one.skills, certified: one.certifiedUntil.map { $0 >= last } ?? false, weeklyHours: one.weeklyHours,
        mostHalfDays: one.home == nil ? nil : one.helpHalfDays, leave: one.leave.filter { $0.from <= last && $0.to >= start },
        contacts: facts.places.filter { $0.known.contains(one.id) }.map { "\($0.id)" })
    }
    let homes = Self.homes(facts, home, &notes)
    let uncertified = people.filter { $0.certifiedUntil.map { $0 < last } ?? true }
    if !uncertified.isEmpty, facts.places.contains(where: \.needsTwo) {
      notes.append("执法证没有登记、或在本期内到期的按无证处理，不排须两人的小区：\(Self.names(uncertified.map(\.name)))。")
    }
    let strange = facts.places.filter { $0.known.isEmpty || !$0.known.contains(where: here.contains) }
    if !strange.isEmpty { notes.append("\(strange.count) 个小区没有本队在岗的责任队员，按没有原联系人处理：\(Self.names(strange))。") }
    for (one, officer) in zip(people + facts.helpers, officers) where !officer.leave.isEmpty {
      let spans = officer.leave.map { $0.from == $0.to ? $0.from.chinese : "\($0.from.chinese)至\($0.to.chinese)" }
      notes.append("\(one.name)不在岗：\(spans.joined(separator: "、"))。")
    }
    if facts.duties.isEmpty { notes.append("没有登记值班规则，本方案不排值班。") }
    let duties = facts.duties.map { rule in
      StaffDuty(
        id: "\(rule.id)", name: rule.name, squad: squad, half: rule.half, days: rule.days, officers: rule.officers,
        restHalfDays: rule.restHalfDays, maxPerOfficer: rule.maxPerOfficer, skill: rule.skill)
    }
    let works = Set(span.filter(days.isWorkday))
    var kept = Self.keep(fixed, officers: officers, compounds: compounds, duties: duties, span: span, works: works, &notes)
    Self.keepFree(facts, officers: officers, into: &kept, &notes)
    Self.pin(facts, officers: officers, works: works, into: &kept, &notes)
    if let note = days.note { notes.append(note.hasSuffix("。") ? note : note + "。") }
    self.instance = StaffingInstance(
      start: start, weeks: Self.weeks, holidays: span.filter { $0.weekday <= 5 && !works.contains($0) },
      makeUpDays: span.filter { $0.weekday > 5 && works.contains($0) },
      squads: [StaffSquad(id: squad, name: facts.squadName, latitude: home.latitude, longitude: home.longitude)] + homes,
      officers: officers,
      compounds: compounds, duties: duties,
      rules: StaffRules(compoundShare: Double(facts.compoundShare) / 100, fairBand: facts.fairBand), fixed: kept)
    self.notes = notes
  }

  /// Where the ways begin: what the squad says, else its studio, else the middle of its compounds.
  private static func home(_ facts: RosterFacts, _ notes: inout [String]) -> (latitude: Double, longitude: Double) {
    if let at = facts.position { return (at.latitude, at.longitude) }
    if let studio = facts.studio {
      notes.append("没有登记本队的出发点，路程从社区工作室“\(studio.name)”算起。")
      return (studio.at.latitude, studio.at.longitude)
    }
    let known = facts.places.compactMap(\.position)
    guard !known.isEmpty else {
      notes.append("小区和本队都没有坐标，路程一律按 0 计。请在小区档案里补上坐标。")
      return anywhere
    }
    notes.append("没有登记本队的出发点，路程从各小区的中间位置算起。")
    return (
      known.reduce(0) { $0 + $1.latitude } / Double(known.count), known.reduce(0) { $0 + $1.longitude } / Double(known.count)
    )
  }

  /// The squads that helpers come from.
  private static func homes(
    _ facts: RosterFacts, _ home: (latitude: Double, longitude: Double), _ notes: inout [String]
  ) -> [StaffSquad] {
    var homes: [StaffSquad] = []
    for from in facts.helpers.compactMap(\.home) where !homes.contains(where: { $0.id == "\(from.squad)" }) {
      let names = facts.helpers.filter { $0.home?.squad == from.squad }.map { "\($0.name)（每周至多 \($0.helpHalfDays ?? 0) 个半天）" }
      notes.append("\(from.name)可来支援：\(names.joined(separator: "、"))。")
      if from.position == nil { notes.append("\(from.name)没有登记出发点，来支援的路程从本队算起。") }
      homes.append(
        StaffSquad(
          id: "\(from.squad)", name: from.name, latitude: from.position?.latitude ?? home.latitude,
          longitude: from.position?.longitude ?? home.longitude))
    }
    return homes
  }
  /// Nobody is planned for a half-day that another squad's issued roster has already.
  private static func keepFree(_ facts: RosterFacts, officers: [StaffOfficer], into kept: inout FixedChanges, _ notes: inout [String]) {
    let people = Dictionary(uniqueKeysWithValues: officers.map { ($0.id, $0) })
    var taken: [String: [String]] = [:]
    for one in facts.elsewhere {
      guard let officer = people["\(one.account)"] else { continue }
      func same(_ row: FixedChanges.Row) -> Bool { row.officer == officer.id && row.date == one.day && row.half == one.half }
      if kept.rows.contains(where: { same($0) && $0.task != .off }) {
        notes.append("\(officer.name)\(one.day.chinese)\(one.half.chinese)已在\(one.squadName)的排班里，人工固定的班次不再保留。")
      }
      kept.rows.removeAll(where: same)
      kept.rows.append(FixedChanges.Row(date: one.day, half: one.half, officer: officer.id, task: .off))
      taken[officer.name, default: []].append(one.squadName)
    }
    for (name, squads) in taken.sorted(by: { $0.key < $1.key }) {
      let from = Set(squads).sorted().joined(separator: "、")
      notes.append("\(name)有 \(squads.count) 个半天已在\(from)发布的排班里，这里不再排。")
    }
  }

  private static func names(_ places: [RosterFacts.Place]) -> String { names(places.map(\.name)) }
  private static func names(_ all: [String]) -> String {
    all.count <= 6 ? all.joined(separator: "、") : all.prefix(6).joined(separator: "、") + " 等 \(all.count) 个"
  }

  /// Of what was changed by hand, what can still hold; of the rest it is said.
  private static func keep(
    _ fixed: FixedChanges, officers: [StaffOfficer], compounds: [StaffCompound], duties: [StaffDuty], span: [Day], works: Set<Day>,
    _ notes: inout [String]
  ) -> FixedChanges {
    let people = Dictionary(uniqueKeysWithValues: officers.map { ($0.id, $0) })
    let places = Dictionary(uniqueKeysWithValues: compounds.map { ($0.id, $0) })
    var kept = FixedChanges()
    for var team in fixed.teams {
      guard let place = places[team.compound] else { continue }
      for (who, path) in [(team.contact, \FixedChanges.Team.contact), (team.second, \.second)] {
        if let who, people[who] == nil {
          notes.append("\(place.name)人工指定的人已不在本队排班名单，指定不再保留。")
          team[keyPath: path] = nil
        }
      }
      if !place.needsTwo, team.second != nil {
        notes.append("\(place.name)已不要求两人，指定的第二人不再保留。")
        team.second = nil
      }
      if team.contact != nil || team.second != nil || team.mode != nil { kept.teams.append(team) }
    }
    let within = Set(span)
    for row in fixed.rows where within.contains(row.date) {
      let when = "\(row.date.chinese)\(row.half.chinese)"
      guard let officer = people[row.officer] else {
        notes.append("\(when)人工固定的人已不在本队排班名单，固定不再保留。")
        continue
      }
      if row.task != .off, officer.leave.contains(where: { $0.from <= row.date && row.date <= $0.to }) {
        notes.append("\(officer.name)\(when)不在岗，人工固定的班次不再保留。")
        continue
      }
      switch row.task {
      case .visit:
        guard let place = row.compound.flatMap({ places[$0] }), works.contains(row.date), row.half != .night else { continue }
        if place.needsTwo && !officer.certified {
          notes.append("\(officer.name)没有有效执法证，人工固定的\(when)\(place.name)不再保留。")
          continue
        }
      case .duty:
        guard let duty = duties.first(where: { $0.id == row.duty }), duty.skill.map(officer.skills.contains) ?? true else {
          notes.append("\(when)人工固定的值班已没有这项规则，不再保留。")
          continue
        }
      case .off: break
      }
      kept.rows.append(row)
    }
    return kept
  }

  /// What the squad's duty roster has said already is not asked again.
  private static func pin(
    _ facts: RosterFacts, officers: [StaffOfficer], works: Set<Day>, into kept: inout FixedChanges, _ notes: inout [String]
  ) {
    let people = Dictionary(uniqueKeysWithValues: officers.map { ($0.id, $0) })
    var left: [String] = []
    var used = 0
    for line in facts.lines {
      for rule in facts.duties where rule.shift == line.shift {
        let works = works.contains(line.day)
        guard rule.days == .all || (rule.days == .working) == works else { continue }
        let id = "\(line.account)"
        guard let officer = people[id] else {
          left.append("\(line.day.chinese)\(line.shift.chinese)")
          continue
        }
        let away = officer.leave.contains { $0.from <= line.day && line.day <= $0.to }
        let taken = kept.rows.contains { $0.officer == id && $0.date == line.day && $0.half == rule.half }
        let full = kept.rows.count { $0.task == .duty && $0.duty == "\(rule.id)" && $0.date == line.day } >= rule.officers
        guard !away, !taken, !full, rule.skill.map(officer.skills.contains) ?? true else {
          left.append("\(line.day.chinese)\(line.shift.chinese)")
          continue
        }
        kept.rows.append(FixedChanges.Row(date: line.day, half: rule.half, officer: id, task: .duty, duty: "\(rule.id)"))
        used += 1
      }
    }
    if used > 0 { notes.append("值班表已排的 \(used) 个班次照用。") }
    if !left.isEmpty { notes.append("值班表里的 \(left.count) 个班次不能照用（人不在岗、不在名单或已有别的安排）：\(names(left))。") }
  }
}
