import Foundation
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WorkCalendar

/// Plays a year: reports come, people act, clocks ring, all in the order of time and all through the real commands.
final class PilotYear {
  let plan: PilotPlan
  let files: PilotFiles
  let matters: Matters
  let clock: PilotClock
  let until: Moment
  let photos: [Int: [ReportFile]]
  var random: PilotRandom
  let hours: OfficeHours
  let writer: PilotWriter
  var lives: [String: PilotLife] = [:]
  private var stories: [Int: String] = [:]
  private var receipts: [(code: String, no: String)] = []
  private var sources = 0

  private enum Event {
    case arrive(PilotArrival)
    case act(String)
    case ring
  }
  private var queue = PilotQueue<Event>()

  init(
    plan: PilotPlan, files: PilotFiles, matters: Matters, clock: PilotClock, until: Moment, photos: [Int: [ReportFile]], random: PilotRandom
  ) {
    self.plan = plan
    self.files = files
    self.matters = matters
    self.clock = clock
    self.until = until
    self.photos = photos
    self.random = random
    hours = OfficeHours(calendar: files.calendar)
    writer = PilotWriter(phrases: files.phrases)
  }

  /// - Parameter passed: told at each ring, with how many days of the year are over and how many it has.
  /// - Returns: receipt codes of the last reports by the code page, newest first.
  func run(reports: Int, passed: (_ done: Int, _ all: Int) -> Void = { _, _ in }) async throws -> [(code: String, about: String)] {
    let schedule = PilotSchedule(plan: plan, files: files, until: until)
    for arrival in schedule.arrivals(reports, &random) { queue.add(.arrive(arrival), at: arrival.at) }
    let begin = clock.now
    var ring = begin
    while ring < until {
      queue.add(.ring, at: ring)
      ring = ring.adding(hours: 3)
    }
    var rostered = false
    while let (at, event) = queue.next() {
      if at >= until { break }
      clock.set(at)
      if !rostered, at > until.adding(hours: -24 * 9) {
        rostered = true
        let calendar = files.calendar
        try await PilotPeople.roster(plan, around: until, isWorkday: { calendar.isWorkday($0) }, in: matters.house)
      }
      switch event {
      case .arrive(let arrival): try await take(arrival)
      case .act(let no):
        guard let life = lives[no] else { continue }
        do {
          if let next = try await act(life) { queue.add(.act(no), at: max(next, at.adding(minutes: 1))) }
        } catch let refusal as Refusal where refusal.kind == .conflict || refusal.kind == .missing {
          // Another report or another hand came between: looked at again later, as a person would.
          life.refusals += 1
          if life.refusals < 3 { queue.add(.act(no), at: hours.later(60, after: at)) }
        }
      case .ring:
        passed(at.day.days(since: begin.day), until.day.days(since: begin.day))
        try await matters.ringClocks()
      }
    }
    var out: [(code: String, about: String)] = []
    for (code, no) in receipts.suffix(8).reversed() {
      if let matter = try await matter(no) { out.append((code, "\(matter.title)，\(matter.state.chinese)")) }
    }
    return out
  }

  func matter(_ no: String) async throws -> Matter? {
    try await matters.house.store.read { db in try MatterStore.find(no: no, db) }
  }

  // MARK: Reports

  private func take(_ arrival: PilotArrival) async throws {
    let new = report(arrival)
    let actor: Actor =
      switch arrival.channel {
      case .code: .resident
      case .firm, .committee, .patrol, .studio: new.reporter.map { Actor(account: $0, name: author(arrival)?.actor.name ?? "") } ?? .system
      default: .system
      }
    let received = try await matters.receive(new, by: actor)
    if let receipt = received.receipt, arrival.channel == .code { receipts.append((receipt, received.matterNo)) }
    let line = (id: received.report.id, receipt: arrival.channel == .code ? received.receipt : nil)
    if let known = lives[received.matterNo] {
      known.reports.append(line)
      queue.add(.act(received.matterNo), at: clock.now.adding(minutes: 30 + random.below(240)))
      return
    }
    let life = PilotLife(
      no: received.matterNo, fate: arrival.fate, compound: arrival.compound, theme: arrival.theme, spot: arrival.spot)
    life.reports.append(line)
    lives[life.no] = life
    if let story = arrival.story {
      if let first = stories[story], let main = lives[first], try await merge(life, into: main) { return }
      stories[story] = life.no
    }
    // A two-hour clock does not wait for the desk: who is on duty takes it.
    let first = arrival.fate.quick ? clock.now.adding(minutes: 2 + random.below(6)) : hours.desk(6 + random.below(70), after: clock.now)
    queue.add(.act(life.no), at: first)
  }

  /// The dispatcher sees that two are one.
  private func merge(_ life: PilotLife, into main: PilotLife) async throws -> Bool {
    guard let dispatcher = plan.squads[plan.compounds[life.compound].squad].dispatcher else { return false }
    clock.set(clock.now.adding(minutes: 9))
    do {
      try await matters.merge(life.no, into: main.no, version: nil, by: dispatcher)
    } catch let refusal as Refusal where refusal.kind == .conflict || refusal.kind == .missing || refusal.kind == .invalid {
      return false
    }
    main.reports += life.reports
    lives[life.no] = nil
    return true
  }

  private func author(_ arrival: PilotArrival) -> Person? {
    let compound = plan.compounds[arrival.compound]
    let squad = plan.squads[compound.squad]
    return switch arrival.channel {
    case .firm: plan.firmUsers[compound.firm]
    case .committee: plan.committeeUsers[compound.committee]
    case .patrol, .studio: squad.officers.isEmpty ? nil : squad.officers[PilotPlan.turn(compound, squad.officers.count)]
    default: nil
    }
  }

  private func report(_ arrival: PilotArrival) -> NewReport {
    let compound = plan.compounds[arrival.compound]
    let theme = arrival.theme.map { files.phrases.themes[$0] }
    var new = NewReport(channel: arrival.channel, content: words(arrival, theme), saidAt: clock.now)
    new.nature = arrival.nature
    new.urgent = arrival.urgent
    let known: Set<Report.Channel> = [.code, .firm, .committee, .patrol, .studio]
    if known.contains(arrival.channel) {
      new.compound = compound.id
      new.place = theme.map { _ in writer.fill(arrival.spot.pattern, arrival.spot, &random) } ?? ""
    } else {
      new.place = place(arrival, compound)
      new.receiver = plan.squads[compound.squad].district.id.raw
    }
    if [.firm, .patrol].contains(arrival.channel) { new.item = theme?.item }
    if let author = author(arrival) { new.reporter = author.id.raw }
    switch arrival.channel {
    case .firm:
      new.firm = compound.firm
      let found = clock.now.adding(minutes: -random.within(40...(random.chance(0.15) ? 2600 : 900)))
      new.duty = FirmDuty(
        discoveredAt: found, patrol: random.word(["秩序员早间巡查", "工程主管巡楼", "监控室发现", "业主投诉后到场核实"]),
        dissuasion: random.word(["当面劝阻并发放告知书", "电话联系业主要求停工", "张贴整改通知，现场拍照"]),
        outcome: random.word(["劝阻无效，继续施工", "口头答应，未见改正", "拒不配合", "部分改正"]))
    case .committee: new.committee = compound.committee
    case .hotline, .api, .department, .petition:
      sources += 1
      let stamp = clock.now.day.iso.replacing("-", with: "")
      let head = [Report.Channel.hotline: "SH", .api: "WG", .department: "YS", .petition: "XF"][arrival.channel] ?? ""
      new.sourceNo = head + stamp + sources.padded(6)
      if arrival.channel == .hotline {
        new.raw = ["工单编号": new.sourceNo ?? "", "诉求内容": new.content, "事发地址": new.place, "来电时间": clock.now.text]
        new.saidAt = clock.now.adding(minutes: -random.within(3...50))
      }
    default: break
    }
    if !arrival.anonymous, [.hotline, .code, .studio, .petition].contains(arrival.channel) {
      new.callerName = PilotNames.person(&random)
      new.callerPhone = PilotNames.phone(&random)
    }
    if arrival.channel == .firm || arrival.channel == .committee, let author = author(arrival) {
      new.callerName = author.name
      new.callerPhone = PilotNames.phone(&random)
    }
    if arrival.photo, arrival.channel != .hotline, let file = photo(theme?.item) { new.files = [file] }
    return new
  }

  func photo(_ item: String?) -> ReportFile? {
    guard var file = random.one(of: photos[PilotPhotos.scene(of: item).rawValue] ?? []) else { return nil }
    file.takenAt = clock.now.adding(minutes: -random.within(2...40))
    return file
  }

  private func place(_ arrival: PilotArrival, _ compound: PilotCompound) -> String {
    let door = writer.fill(arrival.spot.pattern, arrival.spot, &random)
    return switch random.below(6) {
    case 0: "\(compound.district)\(compound.street)\(compound.address)\(door)"
    case 1: "\(compound.street)\(compound.name)\(door)"
    case 2: "\(compound.address)（\(compound.name)）\(door)"
    case 3: "\(compound.alias ?? compound.name)\(door)"
    case 4: "\(compound.district)\(compound.name)\(door)"
    default: "\(compound.name)\(compound.address)\(door)"
    }
  }

  private func words(_ arrival: PilotArrival, _ theme: PilotPhrases.Theme?) -> String {
    let p = files.phrases
    guard let theme else {
      return switch arrival.nature {
      case .question: random.word(p.questions)
      case .praise: random.word(p.praises)
      default: random.word(p.suggestions)
      }
    }
    let frames: [String] =
      switch arrival.channel {
      case .hotline: p.hotline
      case .code: p.code
      case .firm: p.firm
      case .committee: p.committee
      case .studio: p.studio
      case .patrol: p.patrol
      case .api: p.api
      case .department: p.department
      case .media: p.media
      case .petition: p.petition
      }
    let fitting = arrival.again ? frames : frames.filter { !$0.hasPrefix("【") }
    let written = writer.words(theme, arrival.spot, channel: fitting, place: "", &random)
    // Now and then somebody writes down more than they need to: the masking has something to do.
    return arrival.channel == .code && random.chance(0.06)
      ? written + "我叫" + PilotNames.person(&random) + "，电话" + PilotNames.phone(&random) + "。" : written
  }
}

/// What is to happen, in the order of time and, within one moment, in the order it was added.
struct PilotQueue<Event> {
  private var heap: [(at: Int64, order: Int, event: Event)] = []
  private var added = 0
  private func before(_ a: Int, _ b: Int) -> Bool { (heap[a].at, heap[a].order) < (heap[b].at, heap[b].order) }

  var nextAt: Moment? { heap.first.map { Moment(milliseconds: $0.at) } }
  mutating func add(_ event: Event, at moment: Moment) {
    heap.append((moment.milliseconds, added, event))
    added += 1
    var child = heap.count - 1
    while child > 0, before(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }
  mutating func next() -> (Moment, Event)? {
    guard let first = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [parent * 2 + 1, parent * 2 + 2] where child < heap.count && before(child, least) { least = child }
      if least == parent { break }
      heap.swapAt(parent, least)
      parent = least
    }
    return (Moment(milliseconds: first.at), first.event)
  }
}

extension PilotQueue: Sendable where Event: Sendable {}
