import Kernel
import Synchronization
import WorkCalendar

/// The clock on the wall of the planted year: stands where the simulation puts it.
final class PilotClock: Sendable {
  private let moment: Mutex<Moment>
  init(_ moment: Moment) { self.moment = Mutex(moment) }
  var now: Moment { moment.withLock { $0 } }
  func set(_ to: Moment) { moment.withLock { $0 = to } }
}

/// When people in an office do things.
struct OfficeHours {
  let calendar: WorkCalendar

  /// The next moment of work at least `minutes` of work later: counted through working hours only.
  func later(_ minutes: Int, after moment: Moment) -> Moment {
    var left = minutes
    var at = opening(onOrAfter: moment)
    while true {
      let room = 17 * 60 - at.minuteOfDay
      if left <= room { return at.adding(minutes: left) }
      left -= max(0, room)
      at = opening(onOrAfter: at.day.end)
    }
  }
  /// The moment itself during working hours, else the next opening.
  func opening(onOrAfter moment: Moment) -> Moment {
    var day = moment.day
    if calendar.isWorkday(day) {
      if moment.minuteOfDay < 9 * 60 { return day.at(hour: 9) }
      if moment.minuteOfDay < 17 * 60 { return moment }
    }
    repeat { day = day.adding(days: 1) } while !calendar.isWorkday(day)
    return day.at(hour: 9)
  }
  /// A dispatcher's desk is manned every day from eight to nine in the evening.
  func desk(_ minutes: Int, after moment: Moment) -> Moment {
    let at = moment.adding(minutes: minutes)
    if at.minuteOfDay < 8 * 60 { return at.day.at(hour: 8, minute: minutes % 50) }
    if at.minuteOfDay >= 21 * 60 { return at.day.adding(days: 1).at(hour: 8, minute: minutes % 50) }
    return at
  }
}
