import Kernel

/// One reckoning: walks the days of a clock and, where somebody is to read them, writes down its steps.
struct DeadlineReckoning {
  let spec: ClockSpec
  let state: ClockState
  let calendar: WorkCalendar
  let now: Moment
  /// Whether the steps are written down: that takes several times as long as the reckoning itself.
  let isWritten: Bool
  /// In order of their beginning, none empty, a lasting one ended at `now`.
  private let pauses: [(from: Moment, to: Moment, reason: String)]
  private var steps: [DeadlineStep] = []
  private var note: String?
  private var year: Int { state.start.day.year }
  private var total: Int { state.extensions.reduce(spec.length) { $0 + $1.length } }

  init(spec: ClockSpec, state: ClockState, calendar: WorkCalendar, now: Moment, isWritten: Bool) {
    self.spec = spec
    self.state = state
    self.calendar = calendar
    self.now = now
    self.isWritten = isWritten
    pauses = state.pauses.map { (max($0.from, state.start), $0.to ?? max(now, $0.from), $0.reason) }
      .filter { $0.0 < $0.1 }.sorted { $0.0 < $1.0 }
  }

  mutating func deadline() -> Deadline {
    steps += step(.length, "期限：\(spec.lengthText)（\(spec.basis)）")
    switch spec.unit {
    case .hours: steps += step(.start, "起算：\(state.start.chinese)（\(spec.startEvent)时）")
    case .naturalDays, .workingDays, .months:
      steps += step(.start, "起算：\(firstDay.chinese)（\(spec.startEvent)\(spec.startsNextDay ? "次日" : "当日")）")
    }
    for more in state.extensions { steps += step(.extended, "延长\(more.length)\(spec.unit.chinese)：\(more.reason)") }
    let due =
      switch spec.unit {
      case .hours: hours()
      case .workingDays: workingDays().end
      case .naturalDays: rolled(naturalDays(total)).end
      case .months: rolled(months()).end
      }
    if let note { steps += step(.assumed, note) }
    steps += step(.due, "到期：" + due.asEnd(besideYear: year))
    return Deadline(
      due: due, warn: max(state.start, warning(before: due)), unit: spec.unit, steps: steps, pausedFor: state.openPause?.reason, note: note)
  }

  private func step(_ kind: DeadlineStep.Kind, _ text: @autoclosure () -> String) -> [DeadlineStep] {
    isWritten ? [DeadlineStep(kind, text())] : []
  }

  private var firstDay: Day { spec.startsNextDay ? state.start.day.adding(days: 1) : state.start.day }

  private mutating func hours() -> Moment {
    var due = state.start.adding(hours: total)
    var reached = state.start
    // A pause that begins after the time has run out no longer helps.
    for pause in pauses where pause.from < due {
      let from = max(pause.from, reached)
      guard from < pause.to else { continue }
      let length = pause.to.milliseconds(since: from)
      due = due.adding(milliseconds: length)
      reached = pause.to
      steps += step(.paused, "\(from.chinese) 暂停 \(Deadline.span(length))：\(pause.reason)")
    }
    return due
  }

  /// The pause in which the clock stands at the end of `day`. So a pause takes away one day for each midnight it lasts over, the day it begins
  /// included and the day it ends not; one that begins and ends on the same day takes none.
  private func pause(over day: Day) -> Int? { pauses.firstIndex { $0.from < day.end && $0.to >= day.end } }

  private mutating func workingDays() -> Day {
    var day = firstDay
    var counted = 0
    var runs = isWritten ? DayRuns(year: year) : nil
    while true {
      let kind = calendar.kind(of: day)
      if let index = pause(over: day) {
        runs?.paused(day, index, pauses[index].reason, counts: kind.isWorked)
      } else {
        runs?.add(day, kind)
        if kind.isWorked { counted += 1 }
        if counted >= total { break }
      }
      day = day.adding(days: 1)
    }
    steps += runs?.finish(unit: spec.unit) ?? []
    note = calendar.note(from: firstDay, through: day)
    return day
  }

  private mutating func naturalDays(_ count: Int) -> Day {
    var day = firstDay
    var counted = 0
    var runs = isWritten ? DayRuns(year: year) : nil
    while true {
      if let index = pause(over: day) {
        runs?.paused(day, index, pauses[index].reason, counts: true)
      } else {
        counted += 1
        if counted >= count { break }
      }
      day = day.adding(days: 1)
    }
    steps += runs?.finish(unit: .naturalDays) ?? []
    return day
  }

  private mutating func months() -> Day {
    // The last day is the one of the same number as the day of the event; counting starts the day after it.
    let origin = spec.startsNextDay ? state.start.day : state.start.day.adding(days: -1)
    let last = origin.adding(months: total)
    return naturalDays(last.days(since: origin))
  }

  private mutating func rolled(_ day: Day) -> Day {
    let rolled = calendar.rolled(day, by: spec.roll)
    note = rolled.note
    if isWritten, rolled.day != day {
      let why: String =
        if case .holiday(let name) = calendar.kind(of: day) { name } else { day.chineseWeekday }
      let (from, to) = (day.chinese(besideYear: year), rolled.day.chinese(besideYear: year))
      steps += step(.rolled, "末日\(from)为法定休假日（\(why)），顺延至\(to)")
    }
    return rolled.day
  }

  private func warning(before due: Moment) -> Moment {
    let amount = spec.warnBefore.amount
    switch spec.warnBefore.unit {
    case .minutes: return due.adding(minutes: -amount)
    case .hours: return due.adding(hours: -amount)
    case .naturalDays: return due.adding(hours: -24 * amount)
    // The morning of the first of the last so many working days, so that a holiday before them is not rung through.
    case .workingDays: return amount == 0 ? due : calendar.adding(workingDays: 1 - amount, to: due.endDay).day.start
    }
  }
}

/// Gathers days that do not count into runs, "9月19日、20日 周末 不计".
struct DayRuns {
  private enum Run: Equatable {
    case rest(String)
    case makeup(String)
    case paused(Int, String)
  }
  private let year: Int
  private var runs: [(run: Run, days: [Day], counts: Int)] = []
  init(year: Int) { self.year = year }

  mutating func add(_ day: Day, _ kind: WorkCalendar.DayKind) {
    switch kind {
    case .workday: break
    case .makeup(let name): append(day, .makeup(name), counts: 1)
    case .weekend: append(day, .rest("周末"), counts: 0)
    case .holiday(let name): append(day, .rest(name), counts: 0)
    }
  }
  mutating func paused(_ day: Day, _ pause: Int, _ reason: String, counts: Bool) {
    append(day, .paused(pause, reason), counts: counts ? 1 : 0)
  }
  private mutating func append(_ day: Day, _ run: Run, counts: Int) {
    if let last = runs.indices.last, runs[last].run == run, runs[last].days.last?.adding(days: 1) == day {
      runs[last].days.append(day)
      runs[last].counts += counts
    } else {
      runs.append((run, [day], counts))
    }
  }
  func finish(unit: ClockUnit) -> [DeadlineStep] {
    runs.map { run, days, counts in
      switch run {
      case .rest(let name): DeadlineStep(.rest, "\(text(days)) \(name) 不计")
      case .makeup(let name): DeadlineStep(.makeup, "\(text(days)) \(name)调休上班 计入")
      case .paused(_, let reason): DeadlineStep(.paused, "\(text(days)) 暂停\(counts)\(unit.chinese)：\(reason)")
      }
    }
  }
  /// "9月19日、20日", "10月1日至7日", "9月30日、10月1日".
  private func text(_ days: [Day]) -> String {
    guard let first = days.first, let last = days.last else { return "" }
    if first == last { return first.chinese(besideYear: year) }
    let end = last.month == first.month ? "\(last.dayOfMonth)日" : last.chinese(besideYear: first.year)
    return first.chinese(besideYear: year) + (days.count == 2 ? "、" : "至") + end
  }
}

extension Day {
  /// The day of the same number so many months later, or the last day of that month (民法典 202).
  func adding(months: Int) -> Day {
    let index = year * 12 + month - 1 + months
    for back in 0...3 {
      if let day = Day(year: index / 12, month: index % 12 + 1, day: dayOfMonth - back) { return day }
    }
    return self
  }
}
