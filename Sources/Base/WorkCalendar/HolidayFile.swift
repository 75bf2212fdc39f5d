import Foundation
import Kernel

extension HolidayYear {
  /// Reads a holiday file (`Data/holidays/china.json`, or an extra file of the same shape for later years).
  /// - Throws: `DataFileError` with every problem.
  public static func read(_ data: Data, file: String = "holidays") throws(DataFileError) -> [HolidayYear] {
    try DataFile.read(data, file: file) { root in
      root.object("country", "timezone", "rule", "legalBasis", "years")
      let years = root["years"].list().map(year)
      var seen: Set<Int> = []
      for year in years where !seen.insert(year.year).inserted { root["years"].problem("year \(year.year) appears twice") }
      return years
    }
  }

  private static func year(_ node: DataNode) -> HolidayYear {
    node.object("year", "confidence", "source", "holidays", "workdays")
    let year = node["year"].int(in: 1990...2200)
    let source = node["source"].object("title", "docNo", "published", "urls", "note")
    // A notice may reach back into the last days of December (元旦 2019 gave 2018-12-31 off).
    func check(_ day: Day, _ at: DataNode) {
      if day.year != year && !(day.year == year - 1 && day.month == 12) { at.problem("\(day.iso) does not belong to \(year)") }
    }
    var off: Set<Day> = []
    let holidays = node["holidays"].list().map { item in
      item.object("name", "start", "end")
      let holiday = Holiday(name: item["name"].string(), start: item["start"].day(), end: item["end"].day())
      check(holiday.start, item)
      check(holiday.end, item)
      let length = holiday.end.days(since: holiday.start)
      if length < 0 || length > 30 {
        item.problem("must end 0 to 30 days after it starts")
      } else {
        for offset in 0...length where !off.insert(holiday.start.adding(days: offset)).inserted { item.problem("overlaps another holiday") }
      }
      return holiday
    }
    let makeups = node["workdays"].list().map { item in
      item.object("date", "for")
      let makeup = Makeup(day: item["date"].day(), name: item["for"].string())
      check(makeup.day, item)
      if makeup.day.weekday < 6 { item.problem("\(makeup.day.iso) is no Saturday or Sunday") }
      if off.contains(makeup.day) { item.problem("\(makeup.day.iso) is also a day off") }
      return makeup
    }
    let parts =
      [source["title"].string(), source["docNo"].optionalString(), source["published"].optionalDay()?.iso] + source["urls"].strings()
    return HolidayYear(
      year: year, holidays: holidays, makeups: makeups,
      source: (parts + [source["note"].optionalString()]).compactMap { $0 }.joined(separator: " "),
      confidence: node["confidence"].choice(.unverified))
  }
}

extension WorkCalendar {
  /// - Parameters:
  ///   - data: the holiday file.
  ///   - extra: a file of the same shape with later years, kept by the office beside its configuration.
  public init(reading data: Data, extra: Data? = nil) throws(DataFileError) {
    self.init(years: try HolidayYear.read(data, file: "holidays/china.json"))
    if let extra { self = adding(years: try HolidayYear.read(extra, file: "holidays (extra)")) }
  }
}
