import Cases
import Kernel
import Testing
import WorkCalendar

/// Every fact of the procedure by its id, as it was compiled from the laws: value, unit, and where the program keeps it.
@Suite struct FactsTests {
  struct Fact: CustomTestStringConvertible, Sendable {
    let id: String
    let value: Int
    let unit: String
    let kept: String
    init(_ id: String, _ value: Int, _ unit: String, _ kept: String) {
      self.id = id
      self.value = value
      self.unit = unit
      self.kept = kept
    }
    var testDescription: String { id }
  }

  static let periods = [
    Fact("case.decide", 90, "calendar", "case-decision"), Fact("evidence.preserve", 7, "working", "evidence-preservation"),
    Fact("hearing.request", 5, "working", "hearing-request"), Fact("hearing.notice", 7, "working", "hearing-notice"),
    Fact("serve.decision", 7, "working", "decision-service"), Fact("pay.fine", 15, "calendar", "fine-payment"),
    Fact("onspot.cash.handin", 2, "working", "cash-hand-in"), Fact("publication.withdraw", 3, "working", "publication-withdrawal"),
    Fact("publication.penalty", 7, "working", "penalty-publication"), Fact("seize.term", 30, "calendar", "seizure"),
    Fact("seize.report", 24, "hours", "emergency-seizure-report"), Fact("force.urge", 10, "working", "urging"),
    Fact("force.apply", 3, "months", "court-enforcement"), Fact("force.addfine.exec", 30, "calendar", "surcharge-enforcement"),
    Fact("force.performance.urge", 3, "working", "substitute-urging"), Fact("court.accept", 5, "working", "court-acceptance"),
    Fact("court.rule", 7, "working", "court-ruling"), Fact("court.object", 15, "calendar", "court-objection"),
    Fact("recon.apply", 60, "calendar", "reconsideration"), Fact("recon.review", 5, "working", "reconsideration-review"),
    Fact("recon.forward", 5, "working", "reconsideration-forward"), Fact("recon.decide", 60, "calendar", "reconsideration-decision"),
    Fact("suit", 6, "months", "lawsuit"), Fact("suit.after.recon", 15, "calendar", "lawsuit-after-reconsideration"),
    Fact("crime.decide", 3, "calendar", "crime-decision"), Fact("crime.transfer", 24, "hours", "crime-transfer"),
    Fact("crime.police.review", 3, "calendar", "crime-police-review"), Fact("crime.reconsider", 3, "calendar", "crime-reconsideration"),
    Fact("crime.handover", 3, "calendar", "crime-handover"), Fact("illegalbuild.onsite", 24, "hours", "illegal-building-onsite"),
    Fact("illegalbuild.onsite.ongoing", 2, "hours", "illegal-building-onsite-ongoing"),
    Fact("illegalbuild.feedback", 1, "months", "illegal-building-feedback"),
    Fact("illegalbuild.notice", 10, "calendar", "illegal-building-notice"),
    Fact("report.reply", 5, "working", "report-check"), Fact("report.transfer", 3, "working", "transfer-out-of-scope"),
    Fact("assist.opinion", 10, "calendar", "assist-opinion"), Fact("pudong.onsite", 24, "hours", "pudong-onsite"),
    Fact("pudong.post.service", 10, "calendar", "pudong-posting"), Fact("pudong.data.assist", 5, "working", "pudong-data-assist"),
    Fact("property.report24", 24, "hours", "firm-report"), Fact("service.public", 30, "calendar", "public-service-civil"),
    // Where two texts disagree the longer term is the one the procedure uses.
    Fact("service.public (2018 text)", 60, "calendar", "public-service"), Fact("hotline.consult", 1, "working", "reply-consult"),
    Fact("hotline.supervise", 3, "working", "revisit"), Fact("hotline.normal", 5, "working", "reply-general"),
    Fact("hotline.complex", 15, "working", "reply-complex"), Fact("hotline.first", 1, "working", "first-contact"),
    Fact("case.check", 15, "calendar", "filing-check"), Fact("credit.term", 12, "months", "credit-publication"),
    Fact("credit.objection", 15, "working", "credit-objection"), Fact("credit.fix.minor", 1, "months", "credit-repair-minor"),
  ]
  @Test(arguments: periods) func isAClock(_ fact: Fact) throws {
    let spec = try #require(try CaseGround.clocks.spec(fact.kept, on: Day.of("2026-11-28")), "\(fact.kept)")
    let units: [String: ClockUnit] = ["calendar": .naturalDays, "working": .workingDays, "hours": .hours, "months": .months]
    #expect(spec.length == fact.value && spec.unit == units[fact.unit], "\(spec.lengthText)")
    #expect(!spec.basis.isEmpty)
  }

  static let numbers = [
    Fact("penalty.limitation", 2, "years", "limitation"), Fact("penalty.limitation.ext", 5, "years", "limitation-extended"),
    Fact("addfine.rate", 3, "percentPerDay", "surcharge-rate"), Fact("onspot.limit.individual", 200, "yuan", "onspot-individual"),
    Fact("onspot.limit.unit", 3000, "yuan", "onspot-unit"), Fact("onspot.cash.limit", 100, "yuan", "onspot-cash"),
    Fact("officers.min", 2, "persons", "officers"), Fact("hearing.threshold.individual", 5000, "yuan", "hearing-individual"),
    Fact("hearing.threshold.unit", 50000, "yuan", "hearing-unit"), Fact("force.stop3y", 3, "years", "suspended-enforcement"),
    Fact("credit.statute", 1, "years", "credit-statute"), Fact("log.retain", 6, "months", "log-retention"),
    Fact("video.retain", 30, "days", "video-retention"), Fact("pia.retain", 3, "years", "impact-assessment-retention"),
  ]
  @Test(arguments: numbers) func isALimit(_ fact: Fact) throws {
    let limit = try #require(try CaseGround.limits[fact.kept])
    #expect(limit.value == fact.value && limit.unit.rawValue == fact.unit)
  }

  /// recon.first: who was punished on the spot goes to reconsideration before court.
  @Test func reconFirst() throws {
    var walk = try CaseWalk("flying-wire-charging", .simple)
    try walk.take(.identifyParty(CaseParty(.individual)))
    try walk.take(.assign(CaseGround.two), by: CaseGround.leader)
    try walk.take(.collect(exhibits: 1))
    try walk.take(.decideOnSpot(CasePenalty(fine: 10_000), isTold: true))
    #expect(walk.refusal(.seekRemedy(.suit))?.article == "行政复议法第二十三条第一款第一项")
    try walk.take(.seekRemedy(.reconsideration))
    try walk.take(.endRemedy(isUpheld: true))
    try walk.take(.seekRemedy(.suit))
  }
}
