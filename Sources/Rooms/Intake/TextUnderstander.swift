import Catalogue
import Foundation
import Kernel
import Storage
import Synchronization
import Understanding

/// Reads free Chinese words: the compound and door, the catalogue item, and earlier reports of the same problem.
///
/// Everything it knows is refilled from the store at start, so several servers and a restarted one think alike.
public final class TextUnderstander: Understander {
  private let places: CompoundLocator
  private let repeats: RepeatIndex
  private let items: Mutex<ItemReader>
  private let catalogue: Catalogue
  private let names: Mutex<[Int64: String]>

  /// - Parameters:
  ///   - rules: the text of `Data/understanding/items.rules`.
  ///   - examples: `Data/understanding/complaints.csv`; an office's corrections come on top, from the store.
  public init(catalogue: Catalogue, rules: String, examples: String) throws {
    self.catalogue = catalogue
    places = CompoundLocator()
    repeats = RepeatIndex()
    let titles = Dictionary(catalogue.items.map { ($0.slug, $0.name) }, uniquingKeysWith: { a, _ in a })
    items = Mutex(ItemReader(rules: try ItemRules(rules), names: titles, examples: try ItemExamples.read(examples)))
    names = Mutex([:])
  }

  public func read(_ report: NewReport) -> (reading: Reading, room: String?) {
    var reading = Reading()
    let located = places.locate(report.place.isEmpty ? report.content : "\(report.place) \(report.content)", limit: 3)
    let door = located.first?.door
    if let known = report.compound {
      reading.compound = known
      reading.placeScore = 1
      reading.placeReasons = [report.channel == .code ? "扫码小区" : "上报时已选小区"]
    } else if let best = located.first, best.sure {
      reading.compound = best.id
      reading.placeScore = best.score
      reading.placeReasons = best.reasons
    } else {
      reading.placeScore = located.first?.score ?? 0
      reading.placeReasons = located.map { guess in "可能是“\(name(guess.id) ?? "")”：\(guess.reasons.joined(separator: "、"))" }
    }
    reading.compoundName = reading.compound.flatMap(name)
    reading.building = door?.buildingWritten ?? door?.building
    if let chosen = report.item {
      reading.item = chosen
      reading.itemScore = 1
      reading.itemReasons = ["上报时已选事项"]
    } else if report.nature == .complaint {
      let read = items.withLock { $0 }.read(report.content)
      if let best = read.best, best.slug != ItemReader.other {
        reading.item = best.slug
        reading.itemScore = best.score
        reading.itemReasons = best.reasons
      } else {
        reading.itemReasons = read.best?.reasons ?? []
      }
      reading.otherItems = read.guesses.dropFirst(reading.item == nil ? 0 : 1).map(\.slug).filter { $0 != ItemReader.other }
      reading.outOfScope = read.outOfScope
      reading.referral = read.referral?.department
    }
    reading.ongoing = reading.item == "illegal-construction-ongoing"
    return (reading, door?.room)
  }

  public func similar(to report: NewReport, reading: Reading, at now: Moment) -> [SameAs] {
    guard report.nature == .complaint else { return [] }
    return repeats.find(
      text: Self.words(report.place, report.content), compound: reading.compound, place: reading.compoundName, item: reading.item,
      at: report.saidAt.milliseconds
    ).map { SameAs(report: $0.id, score: Double($0.score), sure: $0.sure, reasons: $0.reasons) }
  }

  public func remember(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) {
    guard report.nature == .complaint else { return }
    repeats.add(
      id: id.raw, text: Self.words(report.place, report.content), compound: reading.compound, place: reading.compoundName,
      item: reading.item,
      at: report.saidAt.milliseconds)
  }

  public func settled(_ reports: [Int64], open: Bool) {
    for id in reports { if open { repeats.reopen(id: id) } else { repeats.close(id: id) } }
  }

  public func learn(words: String, place: String, from before: Reading, to after: Reading) {
    if let compound = after.compound, compound != before.compound {
      let alias = place.trimmingCharacters(in: .whitespacesAndNewlines)
      // A short place that a person put right is a name people use; a long one is a sentence.
      if (2...20).contains(alias.count) { places.addAlias(alias, to: compound) }
    }
    if after.item != before.item || after.outOfScope != before.outOfScope {
      items.withLock { $0.learn(words, after.item ?? ItemReader.other) }
    }
  }

  /// The place stands before the words on the same line, so that its door numbers count.
  static func words(_ place: String, _ content: String) -> String { place.isEmpty ? content : "\(place) \(content)" }

  /// A compound that was added or renamed.
  public func know(_ entry: CompoundEntry) {
    names.withLock { $0[entry.id] = entry.name }
    places.add(entry)
  }
  private func name(_ id: Int64) -> String? { names.withLock { $0[id] } }

  /// Compounds and corrections: needed before the first report, quick.
  public func fill(from db: any Reader) throws {
    let aliases = try Dictionary(grouping: db.all("SELECT compound_id, alias FROM compound_alias")) { try $0.int("compound_id") }
    let addresses = try Dictionary(grouping: db.all("SELECT compound_id, text FROM compound_address")) { try $0.int("compound_id") }
    for row in try db.all(
      """
      SELECT c.id, c.name, c.address, d.short AS district FROM compound c JOIN office d ON d.id = c.district_id WHERE c.state = 'active' ORDER BY c.id
      """)
    {
      let id = try row.int("id")
      know(
        CompoundEntry(
          id: id, name: try row.text("name"), aliases: try (aliases[id] ?? []).map { try $0.text("alias") },
          addresses: [try row.text("address")] + (try (addresses[id] ?? []).map { try $0.text("text") }), district: try row.text("district")
        ))
    }
    for row in try db.all(
      """
      SELECT r.masked, r.place_text, x.before, x.after FROM reading_correction x JOIN report r ON r.id = x.report_id ORDER BY x.id DESC LIMIT 5000
      """
    ).reversed() {
      learn(words: try row.text("masked"), place: try row.text("place_text"), from: try row.json("before"), to: try row.json("after"))
    }
  }

  /// Earlier reports, newest first, in pieces: may run while reports already come in.
  /// - Returns: the id to go on from, nil when done.
  public func refill(before id: Int64, limit: Int, from db: any Reader) throws -> Int64? {
    let rows = try db.all(
      """
      SELECT r.id, r.masked, r.place_text, r.said_at, r.reading, m.open FROM report r LEFT JOIN matter m ON m.id = r.matter_id
      WHERE r.id < \(id) AND r.nature = 'complaint' ORDER BY r.id DESC LIMIT \(limit)
      """)
    for row in rows {
      let reading: Reading = try row.json("reading")
      repeats.add(
        id: try row.int("id"), text: Self.words(try row.text("place_text"), try row.text("masked")), compound: reading.compound,
        place: reading.compoundName, item: reading.item,
        at: try row.int("said_at"))
      if try row.optionalInt("open") == 0 { repeats.close(id: try row.int("id")) }
    }
    return rows.count < limit ? nil : try rows.last?.int("id")
  }
}
