import Catalogue
import ClockBook
import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WorkCalendar

/// Draws the city's course and gathers its rows; knows the next numbers and the ends of the chains that are still growing.
struct PilotBulkWriting {
  let plan: PilotPlan
  let files: PilotFiles
  let rules: [ClockSpec: String]
  let seals: SealRing
  let ids: IdentifierSource
  let until: Moment
  let depth: PilotBulk.Depth
  let dialect: Dialect
  var random: PilotRandom
  let plants: PilotPlants?
  let isSettled: Bool
  private(set) var sheaf = PilotSheaf()
  private var numbers: [String: Int64]
  /// Of matters of which more is to come, and how much.
  private var chains: [Int64: (chain: Journal.Chain, left: Int)] = [:]
  /// Reports that were added to matters since somebody looked.
  var joined = 0
  private var queue = PilotQueue<Event>()
  private var deadlines: [String: (due: Moment, warn: Moment)] = [:]
  private let weights: [Double]
  private let cumulative: [Double]
  private let hours: OfficeHours

  /// The two shapes of what is still to be written.
  private enum Event: Sendable {
    case begin(Draft)
    case report(Draft, Course)
    case entry(Entry)
  }
  struct Draft: Sendable {
    let at: Moment
    let compound: Int
    let theme: Int
    let spot: PilotSpot
    let channel: Report.Channel
  }
  struct Entry: Sendable {
    let matter: Int64
    let action: String
    let actor: Actor
    let facts: [String: String]
    let note: String?
  }
  /// What becomes of a matter, moment by moment; nil for what has not come to pass yet.
  struct Course: Sendable {
    let id: Int64
    let no: String
    var dispatched, accepted, contacted, visited, found, replied, approved, revisited: Moment?
    var state = MatterState.registered
    var solved = true
    var satisfaction = Satisfaction.satisfied
    var reply = ""
  }

  init(
    plan: PilotPlan, files: PilotFiles, rules: [ClockSpec: String], numbers: [String: Int64], seals: SealRing, ids: IdentifierSource,
    until: Moment, depth: PilotBulk.Depth, dialect: Dialect, random: PilotRandom, plants: PilotPlants? = nil,
    isSettled: Bool = false
  ) {
    self.plan = plan
    self.files = files
    self.rules = rules
    self.numbers = numbers
    self.seals = seals
    self.ids = ids
    self.until = until
    self.depth = depth
    self.dialect = dialect
    self.random = random
    self.plants = plants
    self.isSettled = isSettled
    weights = plan.compounds.map(\.weight)
    var sum = 0.0
    cumulative = weights.map { weight in
      sum += weight
      return sum
    }
    hours = OfficeHours(calendar: files.calendar)
  }

  /// Draws a day's reports.
  mutating func fill(_ day: Day, _ count: Int) {
    let month = day.month
    let themes = files.phrases.themes.map { $0.weight * $0.season.factor(month) }
    let channels = PilotSchedule.channels
    let writer = PilotWriter(phrases: files.phrases)
    for _ in 0..<count {
      let at = day.at(hour: random.weighted(PilotSchedule.hours)).adding(milliseconds: Int64(random.below(3_600_000)))
      let compound = pickCompound()
      let theme = random.weighted(themes)
      let channel = channels[random.weighted(channels.map(\.1))].0
      guard at < until, plants?.keeps(compound, day, &random) ?? true else { continue }
      let spot = writer.spot(files.phrases.themes[theme], buildings: plan.compounds[compound].buildings, &random)
      queue.add(.begin(Draft(at: at, compound: compound, theme: theme, spot: spot, channel: channel)), at: at)
    }
    for extra in plants?.extras(on: day) ?? [] {
      let at = day.at(hour: random.weighted(PilotSchedule.hours)).adding(milliseconds: Int64(random.below(3_600_000)))
      var spot = writer.spot(files.phrases.themes[extra.theme], buildings: plan.compounds[extra.compound].buildings, &random)
      if let building = extra.building { spot.building = building }
      let channel: Report.Channel = random.chance(0.8) ? .hotline : .code
      guard at < until else { continue }
      queue.add(.begin(Draft(at: at, compound: extra.compound, theme: extra.theme, spot: spot, channel: channel)), at: at)
    }
  }
  /// By bisection: a city has thousands of compounds and a million reports.
  private mutating func pickCompound() -> Int {
    let wanted = random.unit() * (cumulative.last ?? 0)
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] <= wanted { low = middle + 1 } else { high = middle }
    }
    return low
  }
  func isBusy(before bound: Moment) -> Bool { queue.nextAt.map { $0 < min(bound, until) } ?? false }

  /// Goes on until the sheaf is thick or the bound is reached.
  mutating func gather(before bound: Moment) throws {
    while !sheaf.isThick || bound == until, isBusy(before: bound), let (at, event) = queue.next() {
      switch event {
      case .begin(let draft): try begin(draft)
      case .report(let draft, let course): try report(draft, course, joins: true, at: at)
      case .entry(let entry): try tell(entry, at: at)
      }
    }
  }
  mutating func take() -> PilotSheaf {
    defer { sheaf = PilotSheaf() }
    return sheaf
  }

  private mutating func number(_ name: String) -> Int64 {
    let next = (numbers[name] ?? 0) + 1
    numbers[name] = next
    sheaf.counters[name] = next
    return next
  }
  /// Plans an event of a matter, for which its chain is kept.
  private mutating func plan(_ event: Event, of matter: Int64, at: Moment) {
    chains[matter, default: (Journal.Chain(), 0)].left += 1
    queue.add(event, at: at)
  }
  private mutating func tell(_ entry: Entry, at: Moment, planned: Bool = true) throws {
    var (chain, left) = chains[entry.matter] ?? (Journal.Chain(), 0)
    sheaf.add(
      .journal,
      try Journal.row(
        entry.action, on: Subject("matter", entry.matter), by: entry.actor, at: at, facts: entry.facts, note: entry.note, after: &chain,
        ids: ids))
    if planned { left -= 1 }
    chains[entry.matter] = left > 0 || !planned ? (chain, left) : nil
  }

  // MARK: One matter

  private mutating func begin(_ draft: Draft) throws {
    let compound = plan.compounds[draft.compound]
    let squad = plan.squads[compound.squad]
    let theme = files.phrases.themes[draft.theme]
    guard let leader = squad.leaders.first, let dispatcher = squad.dispatcher, !squad.officers.isEmpty else { return }
    let officer = squad.officers[PilotPlan.turn(compound, squad.officers.count)]
    let id: Int64 = ids.next(Matter.self, at: draft.at).raw
    let number = number("matter-\(draft.at.day.iso)")
    let no = "M" + draft.at.day.iso.replacing("-", with: "") + "-" + Int(number).padded(6)
    var course = Course(id: id, no: no)
    draw(&course, draft)
    let place = compound.name + "\(draft.spot.building)号"
    course.reply = PilotWriter(phrases: files.phrases).reply(
      theme, solved: course.solved, day: (course.visited ?? draft.at).day, place: place, draft.spot, &random)

    var more: [Moment] = []
    if random.chance(0.09) {
      for _ in 0...random.below(3) {
        let at = draft.at.adding(minutes: random.within(60...4000))
        // Only what comes before the answer joins.
        if at < until, at < course.replied ?? until { more.append(at) }
      }
    }
    let title = (theme.item.flatMap { files.catalogue.item($0)?.name } ?? "职责外事项") + " · " + compound.name
    let state = course.state
    let last = more.max() ?? draft.at
    let outcome: String? = course.replied == nil ? nil : course.solved ? "solved" : "explained"
    let ends = [
      last, course.dispatched, course.accepted, course.contacted, course.visited, course.found, course.replied, course.approved,
      course.revisited,
    ].compactMap(\.self).max()
    let due: Int64 = state == .closed || state == .hung ? 9_999_999_999_999 : deadline("reply-general", draft.at).due.milliseconds
    sheaf.add(
      .matter,
      """
      \(id)\(no)\(state)\(state.isOpen)\(title)\(compound.id)\("\(draft.spot.building)号")\(compound.name)\(theme.item)\(squad.office.id)
      \(squad.district.id)\(course.dispatched == nil ? nil : squad.office.id)\(course.accepted == nil ? nil : officer.id)\(1 + more.count)
      \(random.chance(0.04))\(0)\(theme.ongoing == true)\(theme.item == nil)\(0)\(0)\("none")
      \(state == .hung ? random.word(files.phrases.hangs) : nil)\(outcome)\(draft.at)\(last)\(due)\(course.revisited)\(more.count + 9)\(ends)
      """)
    try report(draft, course, joins: false, at: draft.at)
    for at in more {
      let channel: Report.Channel = random.chance(0.7) ? .hotline : .code
      let again = Draft(at: at, compound: draft.compound, theme: draft.theme, spot: draft.spot, channel: channel)
      plan(.report(again, course), of: id, at: at)
      joined += 1
    }
    if isWhole(course) {
      try story(draft, course, theme, officer: officer, leader: leader, dispatcher: dispatcher)
    } else if let at = course.revisited {
      let entry = Entry(
        matter: id, action: "matter-revisit", actor: leader.actor,
        facts: [
          "satisfaction": course.satisfaction.rawValue, "solved": course.solved ? "yes" : "no", "state": MatterState.closed.rawValue,
        ],
        note: nil)
      plan(.entry(entry), of: id, at: at)
    }
    // Nothing more will be told of it.
    if chains[id]?.left == 0 { chains[id] = nil }
  }

  private func isWhole(_ course: Course) -> Bool {
    if course.state.isOpen { return true }
    return switch depth {
    case .whole: true
    case .broad: false
    case .recent(let since): IdentifierSource.moment(of: course.id) >= since
    }
  }

  /// How far the matter has come by the end of the year.
  private mutating func draw(_ course: inout Course, _ draft: Draft) {
    var at = draft.at
    let slow = random.chance(0.07) ? 4 : 1
    // One in a hundred is stuck for good: hung, or simply late.
    let stuck = random.chance(0.012) && !isSettled ? random.within(1...3) : 9
    func past(_ moment: Moment) -> Moment? { moment < until ? moment : nil }
    at = hours.desk(random.within(5...120), after: at)
    course.dispatched = past(at)
    guard course.dispatched != nil else { return }
    course.state = .dispatched
    if stuck == 1 { return }
    at = hours.later(random.within(10...240) * slow, after: at)
    course.accepted = past(at)
    guard course.accepted != nil else { return }
    course.state = .accepted
    at = hours.later(random.within(5...200) * slow, after: at)
    course.contacted = past(at)
    at = hours.later(random.within(30...700) * slow, after: at)
    course.visited = past(at)
    if stuck == 2, course.visited != nil {
      course.state = .hung
      return
    }
    at = hours.later(random.within(10...150), after: at)
    course.found = past(at)
    guard course.found != nil else { return }
    course.state = .found
    if stuck == 3 { return }
    course.solved = random.chance(0.8)
    at = hours.later(random.within(40...900) * slow, after: at)
    course.replied = past(at)
    guard course.replied != nil else { return }
    course.state = .replied
    at = hours.later(random.within(10...300), after: at)
    course.approved = past(at)
    guard course.approved != nil else { return }
    course.state = .approved
    let mood = random.unit()
    course.satisfaction = mood < 0.66 ? .satisfied : mood < 0.88 ? .basically : .soSo
    at = hours.later(random.within(200...1200), after: at)
    course.revisited = past(at)
    if course.revisited != nil { course.state = .closed }
  }

  private mutating func report(_ draft: Draft, _ course: Course, joins: Bool, at: Moment) throws {
    let compound = plan.compounds[draft.compound]
    let theme = files.phrases.themes[draft.theme]
    let p = files.phrases
    let frames = draft.channel == .hotline ? p.hotline : draft.channel == .code ? p.code : draft.channel == .firm ? p.firm : p.committee
    let content = PilotWriter(phrases: p).words(theme, draft.spot, channel: frames, place: "", &random)
    let room = "\(draft.spot.room)室"
    let masked = content.replacing(room, with: "***室")
    let door = "\(draft.spot.building)号"
    let place = draft.channel == .hotline ? "\(compound.district)\(compound.name)\(door)" : door
    let id: Report.ID = ids.next(at: at)
    let number = number("report-\(at.day.iso)")
    let no = "S" + at.day.iso.replacing("-", with: "") + "-" + Int(number).padded(6)
    let reading = Reading(
      compound: compound.id, compoundName: compound.name, building: door, placeScore: 1, placeReasons: ["演示数据"], item: theme.item,
      itemScore: theme.item == nil ? 0 : 0.9, itemReasons: ["演示数据"], outOfScope: theme.item == nil, ongoing: theme.ongoing == true)
    let readingText = String(decoding: try JSONEncoder().encode(reading), as: UTF8.self)
    let source: String? = draft.channel == .hotline ? "SH" + at.day.iso.replacing("-", with: "") + "B" + Int(number).padded(6) : nil
    let reachable = draft.channel == .hotline || draft.channel == .code ? random.chance(0.85) : draft.channel == .firm
    let name = reachable ? PilotNames.person(&random) : nil
    let phone = reachable ? PilotNames.phone(&random) : nil
    var sealed = "v1:none:"
    if isWhole(course) {
      let words = SealedReport(content: content, place: place, room: String(draft.spot.room), name: name, phone: phone)
      sealed = try seals.seal(String(decoding: JSONEncoder().encode(words), as: UTF8.self), for: Subject("report", id), at: at)
    }
    let tag = isWhole(course) ? try phone.map { try seals.tag($0) } : nil
    let own = draft.channel
    sheaf.add(
      .report,
      """
      \(id)\(no)\(own)\("complaint")\(at)\(at)\(source)\(0)\(sealed)\(masked)\(place)\(tag)\(Masking.hint(name: name, phone: phone))\(reachable)
      \(own == .firm ? compound.firm : nil)\(own == .committee ? compound.committee : nil)\(compound.id)\(theme.item)\(readingText)\(course.id)\(1)
      """)
    let asked = reachable ? course.revisited : nil
    let outcome: String? = course.approved == nil ? nil : course.solved ? "solved" : "explained"
    let reached = reachable && course.contacted != nil
    sheaf.add(
      .promise,
      """
      \(id)\(course.id)\(reachable)\(reached ? 1 : 0)\(reachable ? course.contacted : nil)\(reached ? "reached" : nil)\(course.approved)
      \(outcome)\(course.approved == nil || !isWhole(course) ? nil : course.reply)\(asked)\(asked == nil ? nil : course.satisfaction)
      \(asked == nil ? nil : course.solved)\(asked == nil ? nil : "own")
      """)
    let squad = plan.squads[compound.squad]
    sheaf.add(
      .search,
      TextSearch.row(
        id: id.raw, words: TextSearch.words("\(no) \(source ?? "") \(place) \(masked)"),
        marks: MatterMarks.marks(squad: squad.office.id, district: squad.district.id), in: dialect))
    var chain = Journal.Chain()
    sheaf.add(
      .journal,
      try Journal.row(
        "report-received", on: Subject("report", id), by: draft.channel == .code ? .resident : .system, at: at,
        facts: ["no": no, "channel": draft.channel.rawValue], after: &chain, ids: ids))
    if reachable { try clock("first-contact", Subject("report", id), from: at, ended: course.contacted, course, written: at) }
    try clock("reply-general", Subject("report", id), from: at, ended: course.approved, course, written: at)
    try tell(
      Entry(
        matter: course.id, action: joins ? "matter-joined" : "matter-registered", actor: .system,
        facts: ["report": no, "channel": draft.channel.rawValue], note: nil), at: at, planned: joins)
  }
  // MARK: What a played matter leaves

  private mutating func story(
    _ draft: Draft, _ course: Course, _ theme: PilotPhrases.Theme, officer: Person, leader: Person, dispatcher: Person
  ) throws {
    let squad = plan.squads[plan.compounds[draft.compound].squad]
    let writer = PilotWriter(phrases: files.phrases)
    func say(
      _ at: Moment?, _ action: String, _ person: Person, _ facts: [String: String] = [:], state: MatterState? = nil, note: String? = nil
    ) {
      guard let at else { return }
      var facts = facts
      if let state { facts["state"] = state.rawValue }
      plan(.entry(Entry(matter: course.id, action: action, actor: person.actor, facts: facts, note: note)), of: course.id, at: at)
    }
    say(course.dispatched, "matter-dispatch", dispatcher, ["squad": squad.office.short], state: .dispatched)
    say(course.accepted, "matter-accept", officer, ["officer": officer.name], state: .accepted)
    say(course.contacted, "matter-contact", officer, ["outcome": "reached", "try": "1"])
    if let at = course.visited {
      let note = writer.fill(random.word(theme.visit), draft.spot, &random)
      let id: Int64 = ids.next(NewVisit.self, at: draft.at).raw
      sheaf.add(.visit, "\(id)\(course.id)\(at)\(officer.id)\("seen")\(note)")
      say(at, "matter-visit", officer, ["outcome": "seen", "files": ""], note: note)
      if course.state == .hung { say(at.adding(minutes: 50), "matter-hang", leader, state: .hung, note: "等待房屋检测报告") }
    }
    if let at = course.found {
      let fact = course.solved ? FactFinding.confirmed : .unfounded
      let claim = course.solved ? ClaimFinding.reasonable : .noBasis
      let why = random.word(files.phrases.factNotes[fact.rawValue] ?? [])
      let whether = random.word(files.phrases.claimNotes[claim.rawValue] ?? [])
      let id: Int64 = ids.next(FactFinding.self, at: draft.at).raw
      sheaf.add(.finding, "\(id)\(course.id)\(at)\(officer.id)\(fact)\(why)\(claim)\(whether)")
      say(at, "matter-find", officer, ["fact": fact.rawValue, "claim": claim.rawValue], state: .found, note: "\(why)\n\(whether)")
      if course.solved, let measure = random.one(of: theme.measures) {
        let words = writer.fill(measure.text, draft.spot, &random)
        let id: Int64 = ids.next(MeasureKind.self, at: draft.at).raw
        let then = min(at.adding(minutes: 20), until)
        sheaf.add(.measure, "\(id)\(course.id)\(then)\(officer.id)\(measure.kind)\(words)")
        say(then, "matter-measure", officer, ["kind": measure.kind.rawValue], note: words)
      }
    }
    if let at = course.replied {
      let id: Int64 = ids.next(Matter.Outcome.self, at: draft.at).raw
      let outcome = course.solved ? Matter.Outcome.solved : .explained
      sheaf.add(
        .reply,
        """
        \(id)\(course.id)\(at)\(officer.id)\(outcome)\(course.reply)\(course.approved == nil ? "asked" : "approved")
        \(course.approved == nil ? nil : leader.id)\(course.approved)
        """)
      say(at, "matter-reply", officer, ["outcome": outcome.rawValue, "additions": "0"], state: .replied, note: course.reply)
    }
    say(course.approved, "matter-approve", leader, ["outcome": course.solved ? "solved" : "explained"], state: .approved)
    say(
      course.revisited, "matter-revisit", leader, ["satisfaction": course.satisfaction.rawValue, "solved": course.solved ? "yes" : "no"],
      state: .closed)
    let subject = Subject("matter", course.id)
    if let from = course.dispatched { try clock("objection", subject, from: from, ended: course.accepted, course, written: draft.at) }
    if let from = course.replied { try clock("leader-approval", subject, from: from, ended: course.approved, course, written: draft.at) }
    if let from = course.approved { try clock("revisit", subject, from: from, ended: course.revisited, course, written: draft.at) }
  }

  /// Deadlines counted in days depend on the day alone, so each is reckoned once.
  private mutating func deadline(_ kind: String, _ start: Moment) -> (due: Moment, warn: Moment) {
    let key = kind + start.day.iso
    if let known = deadlines[key] { return known }
    guard let spec = files.clocks.table.spec(kind, on: start.day) else { return (until, until) }
    let reckoned = Clock(spec, ClockState(start: start)).deadline(on: files.calendar, asOf: start)
    deadlines[key] = (reckoned.due, reckoned.warn)
    return (reckoned.due, reckoned.warn)
  }
  /// - Parameter written: when its row is: identifiers only grow, and one from the future would carry all that come after it along.
  private mutating func clock(
    _ kind: String, _ subject: Subject, from: Moment, ended: Moment?, _ course: Course, written: Moment
  ) throws {
    guard let spec = files.clocks.table.spec(kind, on: from.day), let rule = rules[spec] else { return }
    let (due, warn) = deadline(kind, from)
    let hung = course.state == .hung && ended == nil
    let pauses = hung ? [ClockPause(from: max(from, course.visited ?? from), to: nil, reason: "挂账：等待房屋检测报告")] : []
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let facts = String(decoding: try encoder.encode(ClockState(start: from, pauses: pauses)), as: UTF8.self)
    let state = ended.map { $0 > due ? "late" : "met" } ?? (hung ? "paused" : "running")
    let id: Int64 = ids.next(BookedClock.self, at: written).raw
    sheaf.add(
      .clock, "\(id)\(subject.kind)\(subject.id)\(kind)\(rule)\(facts)\(state)\(due)\(warn)\(due < until ? 2 : 0)\(ended)")
  }
}
