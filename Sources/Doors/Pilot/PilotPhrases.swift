import Foundation
import Kernel
import Matters

/// The words of the planted city: `Data/pilot/phrases.json`.
struct PilotPhrases: Decodable, Sendable {
  struct Theme: Decodable, Sendable {
    /// A slug of the catalogue; nil for what is not ours.
    let item: String?
    /// The code of the department it goes to, for what is not ours.
    let referral: String?
    let weight: Double
    let season: Season
    let spot, seen, detail, harm, wish, visit: [String]
    let measures: [Measure]
    let done, explain: [String]
    let ongoing: Bool?
  }
  struct Measure: Decodable, Sendable {
    let kind: MeasureKind
    let text: String
  }
  enum Season: String, Decodable, Sendable {
    case renovation, summer, winter, even
    /// How much more or less than usual of it there is in a month, 1…12.
    func factor(_ month: Int) -> Double {
      switch self {
      case .even: 1
      case .renovation: [0.6, 0.4, 1.4, 1.6, 1.5, 1, 0.8, 0.8, 1.4, 1.6, 1.4, 0.8][month - 1]
      case .summer: [0.4, 0.4, 0.6, 0.8, 1.2, 1.9, 2.1, 2, 1.6, 1.1, 0.6, 0.4][month - 1]
      case .winter: [2, 1.8, 1.2, 0.8, 0.6, 0.5, 0.5, 0.5, 0.7, 1.2, 1.7, 2][month - 1]
      }
    }
  }
  let themes: [Theme]
  let greetings, when, closers: [String]
  let hotline, code, firm, committee, studio, patrol, api, department, media, petition: [String]
  let questions, suggestions, praises: [String]
  let contact: [String: [String]]
  let noOneHome, entryRefused, notFound: [String]
  let factNotes, claimNotes: [String: [String]]
  let objections, delays, hangs, supervisions, urges, dissatisfied, satisfied, reopens, closes, unreasonable, sendBacks: [String]
  let transferReasons, transferAnswers, coTasks, replyHeads, replyTails: [String]

  init(file: URL) throws {
    self = try JSONDecoder().decode(PilotPhrases.self, from: Data(contentsOf: file))
  }
  func theme(_ item: String) -> Theme? { themes.first { $0.item == item } }
}

/// Where in a compound something happens: the same door again gives the same words.
struct PilotSpot: Sendable, Hashable {
  var building: Int
  var room: Int
  var pattern: String
  var floor: Int { room / 100 }
}

/// Puts phrases together.
struct PilotWriter {
  let phrases: PilotPhrases

  func spot(_ theme: PilotPhrases.Theme, buildings: Int, _ random: inout PilotRandom) -> PilotSpot {
    PilotSpot(
      building: random.within(1...max(2, min(60, buildings))), room: random.within(1...12) * 100 + random.within(1...4),
      pattern: random.word(theme.spot))
  }
  func fill(_ text: String, _ spot: PilotSpot, _ random: inout PilotRandom) -> String {
    guard text.contains("{") else { return text }
    return text.replacing("{b}", with: String(spot.building)).replacing("{r}", with: String(spot.room))
      .replacing("{f}", with: String(spot.floor)).replacing("{n}", with: String(random.within(2...6)))
      .replacing("{k}", with: String(random.within(0...8)))
  }

  /// What somebody says by one channel about one thing in one place.
  func words(
    _ theme: PilotPhrases.Theme, _ spot: PilotSpot, channel: [String], place: String, _ random: inout PilotRandom
  ) -> String {
    var text = random.word(channel)
    let parts: [(String, String)] = [
      ("{p}", place.isEmpty ? fill(spot.pattern, spot, &random) : place), ("{s}", random.word(theme.seen)),
      ("{d}", random.word(theme.detail)), ("{h}", random.word(theme.harm)), ("{w}", random.word(theme.wish)),
      ("{g}", random.word(phrases.greetings)), ("{c}", random.word(phrases.closers)), ("{when}", random.word(phrases.when)),
    ]
    for (key, value) in parts { text = text.replacing(key, with: value) }
    text = fill(text, spot, &random).replacing("！", with: "。")
    while text.contains("。。") { text = text.replacing("。。", with: "。") }
    text = text.replacing("，。", with: "。").replacing("。，", with: "。")
    return text.hasSuffix("，") ? String(text.dropLast()) + "。" : text
  }

  func reply(_ theme: PilotPhrases.Theme, solved: Bool, day: Day, place: String, _ spot: PilotSpot, _ random: inout PilotRandom) -> String {
    let head = random.word(phrases.replyHeads).replacing("{day}", with: day.chinese).replacing("{place}", with: place)
    let body = fill(random.word(solved ? theme.done : theme.explain), spot, &random)
    return head + body + "。" + random.word(phrases.replyTails)
  }
}
