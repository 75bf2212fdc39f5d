import Cases
import Catalogue
import Foundation
import Kernel
import Testing
import WorkCalendar

/// The shipped law, read once, and cases to stand on.
enum CaseGround {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static func data(_ path: String) throws -> Data { try Data(contentsOf: root.appending(path: "Data").appending(path: path)) }

  private static let read = Result {
    (
      try WorkCalendar(reading: data("holidays/china.json")), try ClockTable(reading: data("clocks/clocks.json")),
      try CaseLimits(reading: data("procedures/limits.json")), try Catalogue(reading: data("catalogue/items.json"))
    )
  }
  static var catalogue: Catalogue { get throws { try read.get().3 } }
  static var clocks: ClockTable { get throws { try read.get().1 } }
  static var limits: CaseLimits { get throws { try read.get().2 } }
  static func law(_ slug: String, discretion: DiscretionTable? = nil) throws -> CaseLaw {
    let (calendar, clocks, limits, catalogue) = try read.get()
    return CaseLaw(calendar: calendar, clocks: clocks, limits: limits, item: try catalogue.known(slug), discretion: discretion)
  }

  static let officer = CaseActor(1, .officer)
  static let second = CaseActor(2, .officer)
  static let leader = CaseActor(3, .leader)
  static let reviewer = CaseActor(4, .reviewer)
  static let head = CaseActor(5, .head)
  /// Every paper that a step may ask for, issued long ago and not yet handed over.
  static var allPapers: IssuedPapers {
    let mark = IssuedPapers.Mark(on: Moment(milliseconds: 0).day, isHandedOver: false)
    return IssuedPapers(Dictionary(uniqueKeysWithValues: IssuedPapers.watched.map { ($0, mark) }))
  }
  static let two = [CaseOfficer(1, certificate: "沪A001"), CaseOfficer(2, certificate: "沪A002")]
}

/// One case with its law and its day, that a test walks along.
struct CaseWalk {
  let law: CaseLaw
  var file: CaseFile
  var now: Moment
  var papers = CaseGround.allPapers

  init(
    _ slug: String, _ procedure: CaseProcedure = .ordinary, at start: String = "2026-09-15", acted: String? = "2026-09-10",
    underConstruction: Bool = false
  ) throws {
    law = try CaseGround.law(slug)
    let day = try #require(Day(iso: start))
    file = CaseFile(
      item: slug, lawDay: try acted.map { try #require(Day(iso: $0)) } ?? day, foundOn: day, procedure: procedure,
      act: CaseAction(ended: try acted.map { try #require(Day(iso: $0)) }, isUnderConstruction: underConstruction))
    now = day.at(hour: 10)
  }

  /// The same case under another law.
  init(_ other: CaseWalk, law: CaseLaw) {
    (self.law, file, now) = (law, other.file, other.now)
  }

  @discardableResult
  mutating func take(_ act: CaseAct, by actor: CaseActor = CaseGround.officer) throws -> CaseDecision {
    let decision = try CaseWorkflow.decide(act, on: file, by: actor, under: law, papers: papers, at: now)
    file = decision.file
    return decision
  }
  func refusal(_ act: CaseAct, by actor: CaseActor = CaseGround.officer) -> Refusal? {
    do throws(Refusal) {
      _ = try CaseWorkflow.decide(act, on: file, by: actor, under: law, papers: papers, at: now)
      return nil
    } catch { return error }
  }
  mutating func wait(until day: String, hour: Int = 10) throws { now = try #require(Day(iso: day)).at(hour: hour) }

  /// A case in the middle: filed, investigated, told.
  mutating func goTo(_ state: CaseState, party: CaseParty = CaseParty(.individual, earlierViolations: 0), penalty: CasePenalty) throws {
    try take(.identifyParty(party))
    try take(.assign(CaseGround.two), by: CaseGround.leader)
    try take(.askFiling)
    try take(.approveFiling, by: CaseGround.leader)
    try take(.inspect(present: [1, 2]))
    try take(.collect(exhibits: 3))
    try take(.orderCorrection(until: nil))
    if state == .investigating { return }
    if law.item.orderToCorrect == .precondition { try take(.reviewCorrection(corrected: false)) }
    try take(.conclude)
    try take(.propose(penalty))
    if state == .concluded { return }
    try take(.giveNotice(served: now))
    if state == .notified { return }
    try take(.waive)
    try take(.endNotice)
    if state == .deciding { return }
    try take(.askReview)
    try take(.passReview, by: CaseGround.reviewer)
    try take(.discuss(participants: 3), by: CaseGround.head)
    try take(.decide(penalty), by: CaseGround.head)
    if state == .decided { return }
    try take(.serve(.direct, on: now.day, proof: ServiceProof()))
  }
}

extension Day {
  static func of(_ text: String) throws -> Day { try #require(Day(iso: text)) }
}
