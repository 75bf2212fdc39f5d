import Synchronization

/// Finds earlier reports of the same problem in the same place, one report at a time. Safe to share between threads; one
/// question or addition takes well under a millisecond, so a lock serves. Kept in memory only: refill it from the reports
/// when the program starts (about thirty thousand a second).
public final class RepeatIndex: Sendable {
  private let state = Mutex(State())

  public init() {}

  /// Remembers a report. Adding an id again replaces what was known of it.
  /// - Parameters:
  ///   - text: title and body, the title on the first line; a text without a title is fine.
  ///   - compound: the compound it was placed in, nil when unknown.
  ///   - place: the compound's name, so that its words are not taken for the problem's; nil when unknown.
  ///   - item: name or code of the item it was understood as, nil when unknown.
  ///   - at: when it was made, milliseconds since 1970-01-01 UTC.
  public func add(id: Int64, text: String, compound: Int64?, place: String? = nil, item: String?, at: Int64) {
    state.withLock { $0.add(id: id, text: text, compound: compound, place: place, item: item, at: at) }
  }

  /// `find` and then `add`, for whoever takes in many: reads the text once.
  public func findAndAdd(
    id: Int64, text: String, compound: Int64?, place: String? = nil, item: String?, at: Int64, limit: Int = 5, least: Double = 0.5
  ) -> [RepeatMatch] {
    state.withLock {
      let (found, sketch) = $0.look(text: text, compound: compound, place: place, item: item, at: at, limit: limit, least: Float(least))
      $0.addRead(id: id, sketch, compound: compound, item: item, at: at)
      return found
    }
  }

  /// Earlier reports that are likely of the same problem, likeliest first. A report added under another id with the same
  /// text is found like any other: ask before adding.
  /// - Parameters:
  ///   - limit: most matches to return.
  ///   - least: least likelihood, 0...1.
  public func find(
    text: String, compound: Int64?, place: String? = nil, item: String?, at: Int64, limit: Int = 5, least: Double = 0.5
  ) -> [RepeatMatch] {
    state.withLock { $0.look(text: text, compound: compound, place: place, item: item, at: at, limit: limit, least: Float(least)).found }
  }

  /// Forgets a report: it was a mistake, or it was withdrawn. Unknown ids are ignored.
  public func remove(id: Int64) { state.withLock { $0.set(RepeatCard.removed, true, id: id) } }
  /// Its matter is closed: it is still found, and no longer merged into. Unknown ids are ignored.
  public func close(id: Int64) { state.withLock { $0.set(RepeatCard.closed, true, id: id) } }
  /// Its matter is open again. Unknown ids are ignored.
  public func reopen(id: Int64) { state.withLock { $0.set(RepeatCard.closed, false, id: id) } }

  /// Whether a report is remembered, removed or not.
  public func knows(id: Int64) -> Bool { state.withLock { $0.knows(id) } }
  /// Reports remembered, removed ones included until a restart.
  public var count: Int { state.withLock { $0.store.count } }
  /// Bytes held per report, without the fixed 12 MB of tables.
  public var bytesPerReport: Double { state.withLock { Double($0.store.bytes) / Double(max(1, $0.store.count)) } }
}

private struct State {
  var store = RepeatStore()
  private var reader = RepeatReader()
  private var frequencies = RepeatFrequencies()
  /// Cards whose ids came in rising order, as live reports do, and in falling order, as a refill from the newest backwards does:
  /// both are searched by halving.
  private var rising: [Int32] = []
  private var falling: [Int32] = []
  /// The few that came in neither order, by id.
  private var strays: [Int64: Int32] = [:]

  mutating func add(id: Int64, text: String, compound: Int64?, place: String?, item: String?, at: Int64) {
    reader.read(text, place: place)
    addRead(id: id, nil, compound: compound, item: item, at: at)
  }

  /// Remembers the text last read.
  /// - Parameter sketch: of it, when it was made already: it is the same whether the frequencies count the text or not.
  mutating func addRead(id: Int64, _ sketch: RepeatSketch?, compound: Int64?, item: String?, at: Int64) {
    if let old = index(of: id) { store.set(RepeatCard.removed, true, at: old) }
    frequencies.add(reader.keys)
    store.noteConcepts(reader.concepts)
    if frequencies.reports & (frequencies.reports < 1024 ? 31 : 1023) == 0 { store.renewConceptWeights(reports: frequencies.reports) }
    let sketch = sketch ?? reader.sketch(frequencies, counted: true)
    let n = store.add(sketch, store.card(sketch, id: id, at: at, compound: compound, item: item))
    let card = Int32(n)
    if rising.last.map({ store.cards[Int($0)].id < id }) != false {
      rising.append(card)
    } else if falling.last.map({ store.cards[Int($0)].id > id }) != false {
      falling.append(card)
    } else {
      strays[id] = card
    }
  }

  mutating func look(
    text: String, compound: Int64?, place: String?, item: String?, at: Int64, limit: Int, least: Float
  ) -> (found: [RepeatMatch], sketch: RepeatSketch) {
    reader.read(text, place: place)
    let sketch = reader.sketch(frequencies, counted: false)
    let card = store.card(sketch, id: 0, at: at, compound: compound, item: item)
    var found: [(n: Int, verdict: RepeatVerdict)] = []
    for c in store.candidates(sketch, card) {
      let n = Int(c)
      let old = store.cards[n]
      guard !old.has(RepeatCard.removed), let v = RepeatVerdict(store.evidence(sketch, card, n), new: card, old: old), v.score >= least
      else { continue }
      found.append((n, v))
    }
    found.sort { ($0.verdict.score, $0.n) > ($1.verdict.score, $1.n) }
    let matches = found.prefix(limit).map { n, v in
      let old = store.cards[n]
      var shared: Set<UInt16> = []
      sketch.withWords { x in store.withWords(n) { y in x.forEachShared(with: y) { f, _ in shared.insert(f.key) } } }
      return RepeatMatch(
        id: old.id, score: Double(v.score), sure: v.sure, closed: old.has(RepeatCard.closed),
        reasons: v.reasons(phrases: reader.phrases(shared, concepts: card.concepts & old.concepts), new: card, old: old))
    }
    return (matches, sketch)
  }

  mutating func set(_ flag: UInt8, _ on: Bool, id: Int64) {
    guard let n = index(of: id) else { return }
    store.set(flag, on, at: n)
  }

  func knows(_ id: Int64) -> Bool { index(of: id) != nil }

  /// The newest card of an id: one that was replaced stands in an earlier list.
  private func index(of id: Int64) -> Int? {
    if let n = strays[id] { return Int(n) }
    return search(falling, for: id) { $0 > $1 } ?? search(rising, for: id) { $0 < $1 }
  }
  private func search(_ order: [Int32], for id: Int64, _ before: (Int64, Int64) -> Bool) -> Int? {
    var low = 0, high = order.count
    while low < high {
      let middle = (low + high) / 2
      let here = store.cards[Int(order[middle])].id
      if here == id { return Int(order[middle]) }
      if before(here, id) { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
