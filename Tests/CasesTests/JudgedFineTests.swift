import Cases
import Catalogue
import Foundation
import Kernel
import Testing

/// 从旧兼从轻 on 生活垃圾管理条例, amended from 2026-08-15, and on made-up ranges.
@Suite struct JudgedFineTests {
  @Test(arguments: [
    ("2026-08-14", "2026-09-01", "older", ["处5000元以上5万元以下罚款"]), ("2026-08-15", "2026-09-01", "unchanged", ["处5万元以上50万元以下罚款"]),
    ("2026-08-01", "2026-08-14", "unchanged", ["处5000元以上5万元以下罚款"]),
  ]) func anActIsJudgedByTheLawOfItsDay(acted: String, decided: String, choice: String, fines: [String]) throws {
    let judged = try CaseGround.catalogue.known("waste-sorting-unit").judged(acted: Day.of(acted), decided: Day.of(decided), party: .unit)
    #expect(judged.choice.rawValue == choice && judged.fines.map(\.text) == fines)
    #expect(judged.lawDay == (try Day.of(acted)) && judged.unread.isEmpty)
  }

  /// The shipped file with the two ranges the other way round: as if the amendment had made it milder.
  @Test func theNewerLawWhenItIsMilder() throws {
    var text = String(decoding: try CaseGround.data("catalogue/items.json"), as: UTF8.self)
    let (old, new) = (
      #""min": 5000, "max": 50000, "discretionary": false, "validUntil": "2026-08-14""#,
      #""min": 50000, "max": 500000, "discretionary": false, "validFrom": "2026-08-15""#
    )
    try #require(text.contains(old) && text.contains(new))
    text = text.replacingOccurrences(of: old, with: "OLD").replacingOccurrences(of: new, with: "NEW")
    text = text.replacingOccurrences(of: "OLD", with: #""min": 50000, "max": 500000, "discretionary": false, "validUntil": "2026-08-14""#)
      .replacingOccurrences(of: "NEW", with: #""min": 5000, "max": 50000, "discretionary": false, "validFrom": "2026-08-15""#)
    let item = try Catalogue(reading: Data(text.utf8)).known("waste-sorting-unit")
    let judged = item.judged(acted: try Day.of("2026-08-01"), decided: try Day.of("2026-09-01"), party: .unit)
    #expect(judged.choice == .milder && judged.fines.map(\.text) == ["处5000元以上5万元以下罚款"])
    #expect(judged.lawDay == (try Day.of("2026-09-01")) && judged.reason.contains("从旧兼从轻"))
  }

  @Test func aLawThatWasNotThereYetIsSaidToBe() throws {
    let judged = try CaseGround.catalogue.known("waste-dumping").judged(
      acted: Day.of("2026-08-01"), decided: Day.of("2026-08-01"), party: .individual)
    #expect(judged.unread.map(\.name) == ["中华人民共和国生态环境法典"])
  }

  @Test func theCheckNamesWhatIsNotSure() throws {
    let findings = LawCheck(try CaseGround.catalogue).findings
    func about(_ kind: LawCheck.Kind) -> [String] { findings.filter { $0.kind == kind }.map(\.about) }
    #expect(about(.unread).contains("public-rental-sublet") && about(.unread).contains("gzf"))
    // The older of the two ranges has no first day either: no source shows it.
    #expect(about(.undated).filter { $0 == "waste-sorting-unit" }.count == 1 && about(.undated).contains("facade-damage"))
    #expect(about(.overlap).contains { $0.contains("facade-damage") && $0.contains("wall-opening") })
  }

  @Test func limitsThatNobodyReadAreTheOfficesToSet() throws {
    let text = String(decoding: try CaseGround.data("procedures/limits.json"), as: UTF8.self)
    let bad = text.replacingOccurrences(of: #""confidence": "secondary", "local": true"#, with: #""confidence": "secondary""#)
      .replacingOccurrences(of: #""key": "officers""#, with: #""key": "officials""#)
    let error = try #require(throws: DataFileError.self) { try CaseLimits(reading: Data(bad.utf8)) }
    #expect(
      error.problems.contains { $0.contains("office's to set") } && error.problems.contains { $0.contains("\"officers\" is missing") })
  }
}
