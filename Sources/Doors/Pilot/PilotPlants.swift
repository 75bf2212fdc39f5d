import Foundation
import Intake
import Kernel

/// What is hidden in a measured city for the detectors to find: told to whoever measures them, never to the store.
///
/// Everywhere else the city is even: a compound draws complaints by its households and the season alone.
public struct PilotPlants: Sendable {
  public struct Counts: Sendable {
    /// Compounds with four complaints about one item of one building within 24 days.
    public var sameProblem = 6
    /// Compounds with nine about one item from several buildings within 24 days.
    public var oneKind = 6
    /// Compounds with some thirteen more a month about all kinds of items, for 200 days.
    public var manyProblems = 3
    /// Groups of three to six neighbouring compounds.
    public var hotSpots = 4
    /// Compounds of each campaign.
    public var campaign = 25
    /// How many times as many complaints a hot spot draws in its weeks.
    public var times = 2.0
    /// The share of complaints that the campaign that worked has ended.
    public var ended = 0.4
    public init() {}
  }
  /// 同一问题 or 一类问题: complaints about one item in one compound, in one building or in several.
  public struct Repeat: Sendable {
    /// Public numbers of compounds, here and below.
    public let compound: String
    public let item: String
    /// Nil for several.
    public let building: Int?
  }
  public struct HotSpot: Sendable {
    /// The centre first.
    public let compounds: [String]
    public let from: Day
  }
  public struct Campaign: Sendable {
    public let compounds: [String]
    public let from: Day
    public let through: Day
    public let works: Bool
  }
  public private(set) var repeats: [Repeat] = []
  /// Compounds with complaints of many items, month after month.
  public private(set) var manyProblems: [String] = []
  public private(set) var hotSpots: [HotSpot] = []
  public private(set) var campaigns: [Campaign] = []
  /// Compounds in which anything but a campaign was planted.
  public var touched: Set<String> { Set(repeats.map(\.compound) + manyProblems + hotSpots.flatMap(\.compounds)) }

  struct Extra: Sendable {
    let compound: Int
    let theme: Int
    /// Nil for any.
    let building: Int?
  }
  private var extras: [Day: [Extra]] = [:]
  private var calmed: [Int: Day] = [:]
  private var ended = 0.0

  func extras(on day: Day) -> [Extra] { extras[day] ?? [] }
  /// Whether a complaint that would have come still comes.
  func keeps(_ compound: Int, _ day: Day, _ random: inout PilotRandom) -> Bool {
    guard let from = calmed[compound], day >= from else { return true }
    return !random.chance(ended)
  }

  /// - Parameter daily: how many complaints the whole city draws on an ordinary day.
  init(_ counts: Counts, plan: PilotPlan, phrases: PilotPhrases, until now: Moment, daily: Double, seed: UInt64) {
    var random = PilotRandom(seed: seed)
    let today = now.day
    let whole = Double(plan.compounds.reduce(0) { $0 + $1.households })
    var free = Array(plan.compounds.indices)
    func draw() -> Int? {
      guard !free.isEmpty else { return nil }
      return free.remove(at: random.below(free.count))
    }
    let themes = phrases.themes.indices.filter { phrases.themes[$0].item != nil }
    guard !themes.isEmpty, whole > 0 else { return }
    func add(_ day: Day, _ extra: Extra) { extras[day, default: []].append(extra) }

    for number in 0..<(counts.sameProblem + counts.oneKind) {
      guard let compound = draw(), let theme = random.one(of: themes), let item = phrases.themes[theme].item else { continue }
      let isOne = number < counts.sameProblem
      let building = isOne ? 1 + random.below(plan.compounds[compound].buildings) : nil
      for turn in 0..<(isOne ? 4 : 9) {
        let several = isOne ? building : 1 + turn % max(2, plan.compounds[compound].buildings)
        add(today.adding(days: -1 - random.below(24)), Extra(compound: compound, theme: theme, building: several))
      }
      repeats.append(Repeat(compound: plan.compounds[compound].no, item: item, building: building))
    }
    for _ in 0..<counts.manyProblems {
      guard let compound = draw() else { continue }
      for back in 1...200 where random.chance(0.45) {
        add(today.adding(days: -back), Extra(compound: compound, theme: themes[random.below(themes.count)], building: nil))
      }
      manyProblems.append(plan.compounds[compound].no)
    }
    for _ in 0..<counts.hotSpots {
      guard let centre = draw() else { continue }
      let middle = plan.compounds[centre]
      let near = free.filter { plan.compounds[$0].district == middle.district }
        .sorted { Self.far(plan.compounds[$0], middle) < Self.far(plan.compounds[$1], middle) }
        .prefix(random.within(2...5))
      free.removeAll { near.contains($0) }
      let from = today.adding(days: -7 * random.within(5...10))
      for compound in [centre] + near {
        let usual = daily * Double(plan.compounds[compound].households) / whole
        for day in stride(from: from.daysSinceEpoch, to: today.daysSinceEpoch, by: 1) {
          var more = usual * (counts.times - 1)
          while more > 0 {
            if random.chance(min(1, more)) {
              add(Day(daysSinceEpoch: day), Extra(compound: compound, theme: themes[random.below(themes.count)], building: nil))
            }
            more -= 1
          }
        }
      }
      hotSpots.append(HotSpot(compounds: ([centre] + near).map { plan.compounds[$0].no }, from: from))
    }
    // From the first of a month on, so that whole months stand on both sides.
    let from = Month(today).adding(-5).first
    ended = counts.ended
    for works in [true, false] {
      let chosen = (0..<counts.campaign).compactMap { _ in draw() }
      if works { for compound in chosen { calmed[compound] = from } }
      campaigns.append(
        Campaign(
          compounds: chosen.map { plan.compounds[$0].no }, from: from, through: from.adding(days: 29), works: works))
    }
  }
  /// For comparing: degrees, those of longitude shortened as at Shanghai, squared.
  private static func far(_ a: PilotCompound, _ b: PilotCompound) -> Double {
    let (north, east) = (a.position.latitude - b.position.latitude, (a.position.longitude - b.position.longitude) * 0.855)
    return north * north + east * east
  }
}
