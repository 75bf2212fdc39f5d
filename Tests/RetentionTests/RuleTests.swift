import Foundation
import Kernel
import TestOffice
import Testing

@testable import Retention

@Suite struct RuleTests {
  @Test func whatTheLawDoesNotSayIsNotAdopted() throws {
    let rules = try RetentionRules(
      reading: try Data(contentsOf: TestGround.data.appending(path: "retention/rules.json")))
    #expect(rules.all.map(\.kind) == RetentionKind.allCases)
    for kind in RetentionKind.ofReports + [.ratings] { #expect(rules[kind]?.adopted == false) }
    // None of the lengths has been found in a text.
    #expect(rules.all.allSatisfy { $0.confidence == .unverified && !$0.basis.isEmpty })
  }

  @Test func anOfficesOwnFileReplacesWholeKinds() throws {
    let own =
      #"{"rules": [{"kind": "words", "name": "原话", "months": 12, "startEvent": "办结", "adopted": true, "basis": "本局规定", "confidence": "secondary"}]}"#
    let rules = try RetentionScene.rules(adopted: false)
    let mixed = rules.replacing(with: try RetentionRules(reading: Data(own.utf8), whole: false))
    #expect(mixed[.words]?.months == 12 && mixed[.words]?.adopted == true && mixed[.identity] == rules[.identity])
    #expect(throws: DataFileError.self) { try RetentionRules(reading: Data(own.utf8)) }
    let twice = own.replacing("[{", with: "[{\"kind\": \"words\"}, {")
    #expect(throws: DataFileError.self) { try RetentionRules(reading: Data(twice.utf8), whole: false) }
  }

  @Test(arguments: [
    ("2026-09-24", 36, "2023-09-24"), ("2026-03-31", 1, "2026-02-28"), ("2028-02-29", 12, "2027-02-28"), ("2026-01-15", 1, "2025-12-15"),
    ("2026-12-31", 600, "1976-12-31"),
  ])
  func monthsAreWholeMonths(day: String, months: Int, before: String) {
    #expect(Day(iso: day)?.earlier(months: months).iso == before)
  }
}
