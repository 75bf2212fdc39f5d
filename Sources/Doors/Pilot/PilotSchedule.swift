import Foundation
import Intake
import Kernel
import Matters
import WorkCalendar

/// Which reports come when: the seasons, the hours of the day, and the stories everybody knows.
struct PilotSchedule {
  let plan: PilotPlan
  let files: PilotFiles
  let until: Moment
  var phrases: PilotPhrases { files.phrases }
  var writer: PilotWriter { PilotWriter(phrases: files.phrases) }

  static let channels: [(Report.Channel, Double)] = [
    (.hotline, 46), (.code, 22), (.firm, 8), (.committee, 7), (.patrol, 6), (.studio, 4), (.api, 3), (.department, 2), (.media, 1),
    (.petition, 1),
  ]
  /// Weight of each hour of the day: evenings, when people are at home.
  static let hours: [Double] = [0.4, 0.2, 0.1, 0.1, 0.1, 0.3, 1, 2.4, 4.5, 6, 6, 5, 3.6, 4, 5, 5, 5, 5.4, 6.4, 7.4, 7, 5, 2.6, 1]

  func arrivals(_ count: Int, _ random: inout PilotRandom) -> [PilotArrival] {
    var all = Array(stories(&random).prefix(max(0, count)))
    let days = (0...365).map { until.day.adding(days: -$0) }
    let dayWeights = days.map { day in
      var weight = files.calendar.isWorkday(day) ? 1.0 : 0.75
      // Long holidays are quieter: a rest day whose neighbours rest too.
      if !files.calendar.isWorkday(day), (1...5).contains(day.weekday) { weight = 0.45 }
      return day >= until.day.adding(days: -16) ? weight * 1.8 : weight
    }
    let compoundWeights = plan.compounds.map(\.weight)
    let channelWeights = Self.channels.map(\.1)
    while all.count < count {
      let day = days[random.weighted(dayWeights)]
      let at = day.at(hour: random.weighted(Self.hours), minute: random.below(60)).adding(milliseconds: Int64(random.below(60_000)))
      guard at < until.adding(minutes: -2) else { continue }
      let compound = random.weighted(compoundWeights)
      var arrival = draw(at: at, compound: compound, channel: Self.channels[random.weighted(channelWeights)].0, &random)
      if arrival.channel == .hotline || arrival.channel == .code, random.chance(0.05) {
        arrival.nature = [.question, .question, .suggestion, .praise][random.below(4)]
        arrival.theme = nil
        arrival.fate.quick = true
        arrival.fate.callsInVain = 0
      }
      all.append(arrival)
      // A problem that stays is reported again, by the same neighbours or by others.
      if arrival.nature == .complaint, random.chance(0.14) {
        for _ in 0...random.below(3) {
          let later = arrival.at.adding(minutes: random.within(180...16_000))
          guard later < until.adding(minutes: -2), all.count < count else { break }
          var more = draw(at: later, compound: compound, channel: Self.channels[random.weighted(channelWeights)].0, &random)
          more.theme = arrival.theme
          more.spot = arrival.spot
          more.again = true
          all.append(more)
        }
      }
    }
    return all.sorted { $0.at < $1.at }
  }

  private func draw(at: Moment, compound: Int, channel: Report.Channel, _ random: inout PilotRandom) -> PilotArrival {
    let weights = phrases.themes.map { $0.weight * $0.season.factor(at.day.month) }
    let theme = random.weighted(weights)
    var fate = PilotFate.drawn(&random)
    fate.quick = phrases.themes[theme].ongoing == true
    return PilotArrival(
      at: at, compound: compound, theme: theme, channel: channel,
      spot: writer.spot(phrases.themes[theme], buildings: plan.compounds[compound].buildings, &random), fate: fate,
      urgent: random.chance(0.05), photo: random.chance(0.35), anonymous: random.chance(0.15))
  }

  /// The stories of the seven compounds, the newest of each first, so that a small city has a state of every kind.
  private func stories(_ random: inout PilotRandom) -> [PilotArrival] {
    var out: [PilotArrival] = []
    var story = 0
    func tell(
      _ item: String?, in compound: Int, daysAgo: Double, by channel: Report.Channel, referral: String? = nil, story: Int? = nil,
      spot: PilotSpot? = nil, again: Bool = false, _ change: (inout PilotFate) -> Void
    ) {
      guard let theme = phrases.themes.firstIndex(where: { $0.item == item && (referral == nil || $0.referral == referral) }),
        compound < plan.compounds.count
      else { return }
      var fate = PilotFate()
      fate.quick = phrases.themes[theme].ongoing == true
      change(&fate)
      let at = until.adding(milliseconds: -Int64(daysAgo * 86_400_000))
      let place = spot ?? writer.spot(phrases.themes[theme], buildings: plan.compounds[compound].buildings, &random)
      out.append(
        PilotArrival(
          at: at, compound: compound, theme: theme, channel: channel, spot: place, fate: fate, urgent: random.chance(0.2), story: story,
          photo: channel != .hotline, anonymous: false, again: again))
    }
    // One in every state, by every channel.
    tell("ebike-common-area", in: 4, daysAgo: 0.02, by: .code) { $0.halt = .registered }
    tell("renovation-waste-placement", in: 3, daysAgo: 0.08, by: .hotline) { $0.halt = .registered }
    tell("ebike-evacuation-route", in: 0, daysAgo: 0.03, by: .code) { $0.halt = .registered }
    tell("wall-opening", in: 1, daysAgo: 0.05, by: .committee) { $0.halt = .registered }
    tell("renovation-unregistered", in: 3, daysAgo: 0.12, by: .hotline) { $0.halt = .registered }
    tell("waste-sorting-individual", in: 1, daysAgo: 0.9, by: .hotline) { $0.halt = .dispatched }
    tell("facade-damage", in: 5, daysAgo: 1.1, by: .petition) { $0.halt = .dispatched }
    tell("common-part-occupation", in: 0, daysAgo: 3.2, by: .committee) { $0.halt = .accepted }
    tell("load-bearing-damage", in: 3, daysAgo: 4.1, by: .firm) {
      $0.halt = .found
      $0.delay = .waiting
    }
    tell("group-renting-min-unit", in: 4, daysAgo: 6.2, by: .department) { $0.halt = .replied }
    tell("balcony-wall-demolition", in: 1, daysAgo: 7.1, by: .hotline) { $0.halt = .replied }
    tell("short-term-rental", in: 3, daysAgo: 6.8, by: .code) { $0.halt = .replied }
    tell("green-occupation", in: 2, daysAgo: 8.3, by: .studio) { $0.halt = .approved }
    tell("wall-opening", in: 6, daysAgo: 12, by: .media) {
      $0.halt = .hung
      $0.hung = 400
    }
    tell(nil, in: 4, daysAgo: 5, by: .hotline, referral: "dept-fire") { $0.halt = .transferred }
    tell(nil, in: 0, daysAgo: 2.4, by: .code, referral: "dept-housing") { $0.halt = .transferred }
    tell(nil, in: 1, daysAgo: 26, by: .hotline, referral: "dept-police") { _ in }
    tell("illegal-construction", in: 2, daysAgo: 23, by: .code) {
      $0.halt = .hung
      $0.hung = 400
    }
    tell("pm-green-maintenance", in: 5, daysAgo: 9.6, by: .hotline) { $0.halt = .approved }
    tell("tree-felling", in: 0, daysAgo: 14, by: .patrol) { _ in }
    tell("pm-not-stop-report", in: 5, daysAgo: 18, by: .api) { $0.coHandled = true }
    // Overdue, sent back three times, dissatisfied, an unreasonable claim, entry refused.
    tell("residential-to-commercial", in: 6, daysAgo: 11, by: .code) {
      $0.halt = .accepted
      $0.vain = [.entryRefused, .noOneHome]
      $0.slow = true
    }
    tell("pm-common-area-business", in: 2, daysAgo: 7, by: .hotline) {
      $0.halt = .dispatched
      $0.returns = 3
    }
    tell("kitchen-bathroom-conversion", in: 3, daysAgo: 16, by: .code) {
      $0.halt = .approved
      $0.satisfaction = .dissatisfied
      $0.solved = false
      $0.fact = .partly
    }
    tell("pet-feces", in: 1, daysAgo: 9, by: .hotline) {
      $0.unreasonable = .waiting
      $0.halt = .found
    }
    tell("illegal-construction-ongoing", in: 6, daysAgo: 0.05, by: .firm) { $0.halt = .dispatched }
    tell("illegal-construction", in: 0, daysAgo: 0.6, by: .hotline) {
      $0.halt = .accepted
      $0.supervised = true
    }
    tell("ebike-elevator", in: 5, daysAgo: 2.2, by: .code) { $0.halt = .accepted }
    // One compound, one flat, twelve reports about 居改非, open since three weeks.
    story += 1
    let flat = PilotSpot(building: 7, room: 502, pattern: "{b}号{r}室")
    let ways: [Report.Channel] = [
      .hotline, .hotline, .code, .committee, .hotline, .firm, .code, .hotline, .petition, .hotline, .code, .hotline,
    ]
    for (i, way) in ways.enumerated() {
      tell("residential-to-commercial", in: 3, daysAgo: 21 - Double(i) * 1.6, by: way, story: story, spot: flat, again: i > 0) {
        $0.halt = .found
        $0.vain = [.noOneHome, .entryRefused]
        $0.supervised = true
        $0.urged = true
        $0.slow = true
        $0.delay = .granted
      }
    }
    // Flying wires every week; what was closed comes back.
    story += 1
    let wires = PilotSpot(building: 12, room: 301, pattern: "{b}号楼外")
    for week in 0..<9 {
      tell(
        "flying-wire-charging", in: 4, daysAgo: 3.4 + Double(week) * 7, by: week % 3 == 1 ? .code : .hotline, spot: wires, again: week < 8
      ) {
        if week == 3 {
          $0.satisfaction = .dissatisfied
          $0.solved = false
          $0.reopens = true
        }
      }
    }
    // Dogs on the lawns of three neighbours for five weeks: where each has a few, together they stand out.
    let mouths: [Report.Channel] = [.hotline, .code, .hotline, .committee, .code, .hotline, .petition]
    for (n, compound) in neighbours().enumerated() {
      for (i, way) in mouths.enumerated() { tell("pet-feces", in: compound, daysAgo: 1.5 + Double(i) * 4.8 + Double(n), by: way) { _ in } }
    }
    return out
  }
  /// The three compounds that lie closest together, the stories' own seven left out; none in a small city.
  private func neighbours() -> [Int] {
    guard plan.compounds.count >= 20 else { return [] }
    func apart(_ a: Int, _ b: Int) -> Double {
      let (p, q) = (plan.compounds[a].position, plan.compounds[b].position)
      let (dy, dx) = (p.latitude - q.latitude, (p.longitude - q.longitude) * 0.855)
      return dx * dx + dy * dy
    }
    // Among a few hundred is near enough, however large the city.
    let some = Array(7..<min(plan.compounds.count, 300))
    let groups = some.map { one -> (Double, [Int]) in
      let near = some.filter { $0 != one }.sorted { (apart(one, $0), $0) < (apart(one, $1), $1) }.prefix(2)
      return (near.last.map { apart(one, $0) } ?? .infinity, [one] + near)
    }
    return groups.min { $0.0 < $1.0 }?.1 ?? []
  }
}
