import Kernel
import Testing

@Suite struct MomentTests {
  @Test(arguments: [
    (0, "1970-01-01", 4), (20_000, "2024-10-04", 5), (11_016, "2000-02-29", 2), (-1, "1969-12-31", 3), (20_717, "2026-09-21", 1),
    (20_819, "2027-01-01", 5),
  ]) func daysAndDates(days: Int, iso: String, weekday: Int) {
    let day = Day(daysSinceEpoch: days)
    #expect(day.iso == iso)
    #expect(day.weekday == weekday)
    #expect(Day(iso: iso) == day)
    #expect(day.start.day == day)
    #expect(day.end.adding(milliseconds: -1).day == day)
  }
  @Test(arguments: ["2026-02-29", "2026-13-01", "26-01-01", "2026-1", "", "2026-01-00"]) func refusesDaysThatAreNone(iso: String) {
    #expect(Day(iso: iso) == nil)
  }
  @Test func writesShanghaiTime() {
    let moment = Moment(milliseconds: 1_790_265_909_000)
    #expect(moment.iso8601 == "2026-09-25T00:05:09+08:00")
    #expect(moment.chinese == "9月25日 00:05")
    #expect(Moment(milliseconds: -1).text == "1970-01-01 07:59")
  }

  @Test(arguments: [("2026-09-24", "20260924"), ("0999-01-02", "09990102")]) func writesADayInDigits(iso: String, digits: String) {
    #expect(Day(iso: iso)?.digits == digits)
  }
  @Test(arguments: [
    ("", ""), ("楼道", "楼道"), (" 楼道\n", "楼道"), ("\u{3000}楼 道。\u{3000}", "楼 道。"), ("\t\r\n ", ""), ("a b", "a b"), ("ß ", "ß"), ("👨‍👩‍👧 ", "👨‍👩‍👧"),
  ]) func trimsWhiteSpaceOfChineseTextToo(text: String, expected: String) {
    #expect(text.trimming() == expected)
  }
}
