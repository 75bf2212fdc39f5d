import Intake
import Kernel
import Matters

/// How a matter will go, drawn when it begins.
struct PilotFate: Sendable {
  /// Stays in this state until the year ends.
  var halt: MatterState?
  /// Sent back to the dispatcher so often before it is accepted.
  var returns = 0
  /// Visits in vain before somebody sees the place.
  var vain: [VisitOutcome] = []
  var callsInVain = 0
  var fact = FactFinding.confirmed
  var claim = ClaimFinding.reasonable
  /// Everything takes longer: overdue.
  var slow = false
  /// Being built right now, or only asking: done within the hour.
  var quick = false
  var measures = true
  var sentBack = false
  /// Asked; granted, refused or left waiting.
  var delay: Decision?
  var unreasonable: Decision?
  /// 挂账 for so many days.
  var hung: Int?
  var coHandled = false
  var urged = false
  var supervised = false
  var satisfaction = Satisfaction.satisfied
  var solved = true
  /// A dissatisfied revisit is followed by another round; otherwise by a decision to close.
  var reopens = false
  /// The resident rates on the progress page before anybody calls.
  var ratesThemselves = false
  enum Decision: Sendable { case granted, refused, waiting }

  init() {}
  static func drawn(_ random: inout PilotRandom) -> PilotFate {
    var fate = PilotFate()
    if random.chance(0.07) { fate.returns = random.chance(0.8) ? 1 : 2 }
    if random.chance(0.22) { fate.vain = [[.noOneHome, .noOneHome, .entryRefused, .notFound][random.below(4)]] }
    if random.chance(0.04) { fate.vain.append(.noOneHome) }
    if random.chance(0.16) { fate.callsInVain = random.within(1...2) }
    let fact = random.unit()
    fate.fact = fact < 0.68 ? .confirmed : fact < 0.82 ? .partly : fact < 0.95 ? .unfounded : .unverifiable
    switch fate.fact {
    case .confirmed: fate.claim = random.chance(0.9) ? .reasonable : .partly
    case .partly: fate.claim = .partly
    default: fate.claim = random.chance(0.6) ? .unreasonable : .noBasis
    }
    fate.measures = fate.fact == .confirmed || fate.fact == .partly
    fate.slow = random.chance(0.08)
    fate.sentBack = random.chance(0.08)
    if random.chance(0.06) { fate.delay = random.chance(0.8) ? .granted : .refused }
    if random.chance(0.02) { fate.unreasonable = random.chance(0.6) ? .granted : .refused }
    if random.chance(0.02) { fate.hung = random.within(10...50) }
    fate.coHandled = random.chance(0.03)
    fate.urged = random.chance(0.06)
    fate.supervised = random.chance(0.03)
    let mood = random.unit() + (fate.measures ? 0 : 0.25)
    fate.satisfaction = mood < 0.62 ? .satisfied : mood < 0.84 ? .basically : mood < 0.93 ? .soSo : .dissatisfied
    fate.solved = fate.measures && fate.satisfaction != .dissatisfied
    fate.reopens = random.chance(0.45)
    fate.ratesThemselves = random.chance(0.3)
    return fate
  }
}

/// A report on its way.
struct PilotArrival: Sendable {
  var at: Moment
  var compound: Int
  /// Index of the theme; nil for a question, a suggestion or praise.
  var theme: Int?
  var nature = Report.Nature.complaint
  var channel: Report.Channel
  var spot: PilotSpot
  var fate: PilotFate
  var urgent = false
  /// Arrivals of one story are put together by the dispatcher when the program did not see it.
  var story: Int?
  var photo = false
  var anonymous = false
  /// Somebody says again what was said before.
  var again = false
}

/// What is known of a matter while the year is played.
final class PilotLife {
  let no: String
  var fate: PilotFate
  let compound: Int
  let theme: Int?
  let spot: PilotSpot
  var reports: [(id: Report.ID, receipt: String?)] = []
  var corrected = false
  var vainCalls = 0
  var visits = 0
  var delayAsked = false
  var flagged = false
  var hung = false
  var sentBack = false
  var coHandled = false
  var urged = false
  var supervised = false
  var measured = 0
  var refusals = 0
  init(no: String, fate: PilotFate, compound: Int, theme: Int?, spot: PilotSpot) {
    self.no = no
    self.fate = fate
    self.compound = compound
    self.theme = theme
    self.spot = spot
  }
}
