import Foundation
import Testing

@testable import Intake

/// Written by hand and read by the general decoder: nothing may be lost between them.
@Suite struct ReportJSONTests {
  static let hard = "\"\\/\n\r\t\u{0}\u{1F}\u{7F} 弄堂 👩‍👩‍👧 e\u{301}"

  @Test func aSealedReportComesBackAsItWent() throws {
    for report in [
      SealedReport(content: "", place: ""),
      SealedReport(
        content: Self.hard, place: Self.hard, room: "1302", name: Self.hard, phone: "", raw: [Self.hard: "", "b": Self.hard, "a": "1"]),
    ] {
      #expect(try JSONDecoder().decode(SealedReport.self, from: Data(report.json.utf8)) == report)
    }
  }

  @Test func aReadingComesBackAsItWent() throws {
    for reading in [
      Reading(),
      Reading(
        compound: .max, compoundName: Self.hard, building: "3号楼", placeScore: 0.1 + 0.2, placeReasons: [Self.hard, ""], item: "other-item",
        itemScore: 1e-9, itemReasons: ["a"], otherItems: ["b", "c"], outOfScope: true, referral: Self.hard, ongoing: true),
      Reading(compound: 1, compoundName: "元邑小城", placeReasons: ["\"compoundName\":\"别处"]),
      Reading(placeReasons: [#""compoundName":"别处""#]),
      Reading(compound: -1, placeScore: 1, itemScore: 0.9999999999999999),
    ] {
      #expect(try JSONDecoder().decode(Reading.self, from: Data(reading.json.utf8)) == reading)
      #expect(try Reading.compoundName(in: reading.json) == reading.compoundName)
      #expect(try Reading.compoundName(in: String(decoding: JSONEncoder().encode(reading), as: UTF8.self)) == reading.compoundName)
    }
  }
}
