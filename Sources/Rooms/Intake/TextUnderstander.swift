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
  let repeats: RepeatIndex
  private let items: Mutex<ItemReader>
  private let catalogue: Catalogue
  private let names: Mutex<[Int64: String]>
  /// Names people use, learnt from corrections; they outlive a change of the compound.
  private let learnt = Mutex<[Int64: [String]]>([:])
  private let heard = Mutex(Heard())
  /// Corrections learned from.
  let corrected = Mutex(Heard())

  /// How far something that only grows was followed.
  struct Heard {
    /// The newest entry.
    var newest: Int64 = 0
    /// Entries already acted on that the next look will meet again.
    var seen: Set<Int64> = []
    /// From here on the next look reads: an entry may be written so long after its id was made.
    var from: Int64 { IdentifierSource.floor(of: IdentifierSource.moment(of: newest).adding(minutes: -TextUnderstander.lateMinutes)) }
  }

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
      reading.placeReasons = located.map { guess in
        "\(guess.likely ? "很可能是" : "可能是")“\(name(guess.id) ?? "")”：\(guess.reasons.joined(separator: "、"))"
      }
    }
    reading.compoundName = reading.compound.flatMap(name)
    reading.building = door?.buildingWritten ?? door?.building
    if let chosen = report.item {
      reading.item = chosen
      reading.itemScore = 1
      reading.itemReasons = ["上报时已选事项"]
    } else if report.nature == .complaint {
      let read = items.withLock { $0 }.read(report.content, explained: 1)
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
    ).map(Self.same)
  }

  public func meet(_ id: Report.ID, _ report: NewReport, reading: Reading, at now: Moment) -> [SameAs] {
    guard report.nature == .complaint else { return [] }
    return repeats.findAndAdd(
      id: id.raw, text: Self.words(report.place, report.content), compound: reading.compound, place: reading.compoundName,
      item: reading.item, at: report.saidAt.milliseconds
    ).map(Self.same)
  }
  private static func same(_ match: RepeatMatch) -> SameAs {
    SameAs(report: match.id, score: Double(match.score), sure: match.sure, reasons: match.reasons)
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
      if (2...20).contains(alias.count) {
        learnt.withLock { $0[compound, default: []].append(alias) }
        places.addAlias(alias, to: compound)
      }
    }
    if after.item != before.item || after.outOfScope != before.outOfScope {
      items.withLock { $0.learn(words, after.item ?? ItemReader.other) }
    }
  }

  /// The place stands before the words on the same line, so that its door numbers count.
  static func words(_ place: String, _ content: String) -> String { place.isEmpty ? content : "\(place) \(content)" }

  /// A compound that is new, or changed in its names, addresses or district. What it no longer has is forgotten.
  public func know(_ entry: CompoundEntry) {
    names.withLock { $0[entry.id] = entry.name }
    places.replace(entry)
    for alias in learnt.withLock({ $0[entry.id] ?? [] }) { places.addAlias(alias, to: entry.id) }
  }
  /// A compound that is no more.
  public func forget(_ id: Int64) {
    names.withLock { _ = $0.removeValue(forKey: id) }
    places.remove(id)
  }
  private func name(_ id: Int64) -> String? { names.withLock { $0[id] } }

  /// Compounds and corrections: needed before the first report, quick.
  public func fill(from db: any Reader) throws {
    // Before the compounds: what changes meanwhile is then heard again, not missed.
    let newest = try db.first("SELECT max(id) AS newest FROM journal")?.optionalInt("newest") ?? 0
    heard.withLock { $0 = Heard(newest: newest) }
    let aliases = try Dictionary(grouping: db.all("SELECT compound_id, alias FROM compound_alias")) { try $0.int("compound_id") }
    let addresses = try Dictionary(grouping: db.all("SELECT compound_id, text FROM compound_address")) { try $0.int("compound_id") }
    for row in try db.all(
      """
      SELECT c.id, c.name, c.address, d.short AS district FROM compound c JOIN office d ON d.id = c.district_id WHERE c.state = 'active' ORDER BY c.id
      """)
    {
      let id = try row.int("id")
      know(try Self.entry(row, aliases: aliases[id] ?? [], addresses: addresses[id] ?? []))
    }
    let corrections = try db.all("\(Self.corrections) ORDER BY x.id DESC LIMIT 5000")
    for row in corrections.reversed() { try learn(correction: row) }
    let last = try corrections.first?.int("id") ?? 0
    let seen = Set(try corrections.map { try $0.int("id") })
    corrected.withLock { $0 = Heard(newest: last, seen: seen) }
  }
  static let corrections: Query =
    "SELECT x.id, r.masked, r.place_text, x.before, x.after FROM reading_correction x JOIN report r ON r.id = x.report_id"
  func learn(correction row: ResultRow) throws {
    if try row.text("masked") == ReportErasure.gone { return }
    learn(words: try row.text("masked"), place: try row.text("place_text"), from: try row.json("before"), to: try row.json("after"))
  }

  /// An entry of the journal may be written so long after its id was made: a list of thousands of compounds is one transaction.
  static let lateMinutes = 3

  /// Compounds that changed since `fill` or the last call, whoever changed them and in whichever process: the journal tells.
  /// - Returns: how many changed.
  @discardableResult
  public func follow(_ db: any Reader) throws -> Int {
    let before = heard.withLock { $0 }
    var after = Heard(newest: before.newest)
    var changed: Set<Int64> = []
    for row in try db.all("SELECT id, subject_kind, subject_id FROM journal WHERE id >= \(before.from)") {
      let id = try row.int("id")
      after.newest = max(after.newest, id)
      guard try row.text("subject_kind") == "compound" else { continue }
      after.seen.insert(id)
      if !before.seen.contains(id) { changed.insert(try row.int("subject_id")) }
    }
    for id in changed.sorted() { try learn(compound: id, from: db) }
    // Only now: a look that failed is made again.
    let heardNow = after
    heard.withLock { $0 = heardNow }
    return changed.count
  }

  func learn(compound id: Int64, from db: any Reader) throws {
    guard
      let row = try db.first(
        """
        SELECT c.id, c.name, c.address, d.short AS district FROM compound c JOIN office d ON d.id = c.district_id
        WHERE c.id = \(id) AND c.state = 'active'
        """)
    else { return forget(id) }
    know(
      try Self.entry(
        row, aliases: try db.all("SELECT alias FROM compound_alias WHERE compound_id = \(id)"),
        addresses: try db.all("SELECT text FROM compound_address WHERE compound_id = \(id)")))
  }

  private static func entry(_ row: ResultRow, aliases: [ResultRow], addresses: [ResultRow]) throws -> CompoundEntry {
    CompoundEntry(
      id: try row.int("id"), name: try row.text("name"), aliases: try aliases.map { try $0.text("alias") },
      addresses: [try row.text("address")] + (try addresses.map { try $0.text("text") }), district: try row.text("district"))
  }

  /// Earlier reports, newest first, in pieces: may run while reports already come in.
  /// - Returns: the id to go on from, nil when done.
  public func refill(before id: Int64, limit: Int, from db: any Reader) throws -> Int64? {
    let rows = try db.all("\(Self.reports) WHERE r.id < \(id) AND r.nature = 'complaint' ORDER BY r.id DESC LIMIT \(limit)")
    for row in rows { try remember(row) }
    return rows.count < limit ? nil : try rows.last?.int("id")
  }
  static let reports: Query =
    """
    SELECT r.id, r.masked, r.place_text, r.said_at, r.nature, r.compound_id, r.item, r.reading, m.open
    FROM report r LEFT JOIN matter m ON m.id = r.matter_id
    """
  func remember(_ row: ResultRow) throws {
    guard try row.text("nature") == "complaint", try row.text("masked") != ReportErasure.gone else { return }
    let id = try row.int("id")
    repeats.add(
      id: id, text: Self.words(try row.text("place_text"), try row.text("masked")), compound: try row.optionalInt("compound_id"),
      place: try Reading.compoundName(in: try row.text("reading")), item: try row.optionalText("item"), at: try row.int("said_at"))
    if try row.optionalInt("open") == 0 { repeats.close(id: id) }
  }
}
