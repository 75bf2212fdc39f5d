/// The evidence gathered for one item or topic.
struct ItemMarks {
  private(set) var fits: [ItemFindings.Fit] = []
  private var positives: [Double] = []
  private var negative = 0.0

  /// Where the subject line first speaks of it; nil when it does not, or only in passing.
  private(set) var titleStart: Int32?

  mutating func add(_ fit: ItemFindings.Fit, weight: Double, count: Int) {
    if weight >= 0 {
      positives.append(weight * fit.factor * (1 + 0.06 * Double(min(count, 5) - 1)))
      fits.append(fit)
      if fit.inTitle, weight >= 2 { titleStart = min(titleStart ?? fit.start, fit.start) }
    } else {
      negative += weight * fit.factor
    }
  }

  /// The strongest evidence in full, further evidence less and less: ten weak words do not outweigh one plain one.
  var score: Double {
    var share = 1.0
    var sum = negative
    for value in positives.sorted(by: >) {
      sum += value * share
      share *= 0.33
    }
    return sum
  }
  var isEmpty: Bool { positives.isEmpty }
}

extension ItemReader {
  /// - Parameter marks: of the sections for or against which anything was found, in their order.
  func verdict(
    _ marks: [(section: Int, marks: ItemMarks)], title: Int32, habits: [ItemHabits.Leaning], similar: [ItemCorrections.Neighbour],
    explained: Int, words: (ItemHabits.Leaning) -> [String]
  ) -> ItemReading {
    var scores: [(slug: String, score: Double, section: Int)] = []
    var raw: [(section: Int, score: Double)] = []
    var topics: [(section: Int, score: Double)] = []
    // What the subject line does not mention is rarely what the writer asks for.
    let hasTitle = title > 0
    // Of two things in the subject line the first is the main one.
    let first = marks.compactMap(\.marks.titleStart).min() ?? Int32.max
    // A section without marks scores nothing, and is no base for another's score either.
    for (number, marks) in marks {
      let section = sections[number]
      let leads = marks.titleStart.map { $0 <= first + 2 } ?? false
      let own = marks.score + (leads ? Self.leadBonus : 0)
      guard let slug = section.slug else {
        if !marks.isEmpty, own > 0 { topics.append((number, own)) }
        continue
      }
      var score = own
      if let base = section.base {
        let below = raw.first { $0.section == base }?.score ?? 0
        score = marks.isEmpty || below <= 0 ? 0 : own + below - section.deduction
      }
      if hasTitle, marks.titleStart == nil, section.base == nil { score -= Self.untitledLoss }
      raw.append((number, score))
      if score > 0, !marks.isEmpty { scores.append((slug, score, number)) }
    }
    topics.sort { $0.score > $1.score }
    var outside = rules.bias
    var share = 1.0
    for topic in topics {
      outside += topic.score * share
      share *= 0.33
    }
    scores.append((Self.other, outside, -1))
    func sentences(of section: Int) -> [String] { marks.first { $0.section == section }.map { self.sentences($0.marks) } ?? [] }
    func raise(_ slug: String, by bonus: Double) {
      if let at = scores.firstIndex(where: { $0.slug == slug }) {
        scores[at].score += bonus
      } else {
        scores.append((slug, bonus, -2))
      }
    }
    for leaning in habits { raise(leaning.slug, by: leaning.worth) }
    for neighbour in similar { raise(neighbour.slug, by: neighbour.weight * Self.correctionWeight) }
    func examples(of slug: String) -> [String] {
      habits.filter { $0.slug == slug }.map { "说法接近该事项的样例：" + words($0).map { "“\($0)”" }.joined() }
        + similar.filter { $0.slug == slug }.map { "与已更正的诉件相似：“\($0.excerpt)”" }
    }
    scores.sort { $0.score > $1.score }
    let top = scores[0].score
    let sum = scores.reduce(0.0) { $0 + Self.share($1.score - top) }
    var guesses: [ItemGuess] = []
    for (slug, score, section) in scores where guesses.count < Self.guessLimit {
      let part = Self.share(score - top) / sum
      // What only sounds like some sample, and faintly, would send an officer looking for nothing.
      if section == -2, part < Self.faint { continue }
      var why: [String] = []
      if guesses.count < explained {
        why = section >= 0 ? sentences(of: section) : []
        why += examples(of: slug)
        if section == -1 { why += topics.isEmpty ? ["未提到目录内的违法行为"] : topics.prefix(2).flatMap { sentences(of: $0.section).prefix(1) } }
      }
      guesses.append(ItemGuess(slug: slug, name: names[slug] ?? slug, score: part, reasons: why))
    }
    lift(&guesses, scores.first { $0.slug == Self.other }?.score ?? 0, top, sum)
    addNeighbours(&guesses)
    return ItemReading(
      guesses: guesses, outOfScope: guesses.first?.slug == Self.other, referral: referral(topics) { explained > 1 ? sentences(of: $0) : [] }
    )
  }

  /// e to the lead over the temperature, by halves: exact enough for a share, and free of the C library.
  private static func share(_ lead: Double) -> Double {
    let steps = max(lead / temperature, -30)
    var term = 1 + steps / 1024
    for _ in 0..<10 { term *= term }
    return term
  }

  /// `other` belongs to the three a dispatcher is shown, however weak; only a third item that is far likelier keeps its place.
  private func lift(_ guesses: inout [ItemGuess], _ score: Double, _ top: Double, _ sum: Double) {
    let at = guesses.firstIndex { $0.slug == Self.other }
    if let at, at < 3 { return }
    let chance = Self.share(score - top) / sum
    let kept = guesses.count > 2 && guesses[2].score >= max(Self.thirdLeast, 10 * chance) ? 3 : 2
    if let at, at <= kept { return }
    let guess =
      at.map { guesses.remove(at: $0) }
      ?? ItemGuess(slug: Self.other, name: names[Self.other] ?? Self.other, score: chance, reasons: [])
    guesses.insert(guess, at: min(kept, guesses.count))
    if guesses.count > Self.guessLimit { guesses.removeLast() }
  }

  /// When the words name one item only, the second and third a dispatcher is shown are those that the office finds in the
  /// same place or mixes up with it, as the rule file lists them; they come last and claim no likelihood.
  private func addNeighbours(_ guesses: inout [ItemGuess]) {
    guard let best = guesses.first, best.slug != Self.other, let near = rules.neighbours[best.slug] else { return }
    var items = guesses.filter { $0.slug != Self.other }.count
    for slug in near where items < 3 && !guesses.contains(where: { $0.slug == slug }) {
      guesses.append(
        ItemGuess(slug: slug, name: names[slug] ?? slug, score: 0, reasons: ["文中未明说，常与“\(best.name)”同时出现或相混"]))
      items += 1
    }
  }

  private func referral(_ topics: [(section: Int, score: Double)], because reasons: (Int) -> [String]) -> ItemReferral? {
    for (section, score) in topics where score >= 2 {
      if case .topic(let department) = rules.sections[section].subject, !department.isEmpty {
        return ItemReferral(department: department, topic: rules.sections[section].title, reasons: reasons(section))
      }
    }
    return nil
  }

  private static let namedRoles: [(ItemRules.Role, String)] = [(.mention, "提到"), (.party, "涉及"), (.place, "地点"), (.state, "状态")]
  /// 提到“搭建”“阳光房”，地点“露台”（标题）
  private func sentences(_ marks: ItemMarks) -> [String] {
    let fits = marks.fits.sorted { $0.factor * $0.evidence.weight > $1.factor * $1.evidence.weight }
    var said: [String] = []
    for fit in fits {
      let sentence = sentence(fit)
      if !said.contains(sentence) { said.append(sentence) }
      if said.count == 3 { break }
    }
    return said
  }

  private func sentence(_ fit: ItemFindings.Fit) -> String {
    var text = ""
    for (role, head) in Self.namedRoles {
      var said: [Int32] = []
      for (concept, term) in fit.words where rules.conceptRoles[concept] == role && !said.contains(term) {
        if said.isEmpty { text += text.isEmpty ? head : "，" + head }
        said.append(term)
        text += termWords[Int(term)]
      }
    }
    return fit.inTitle ? text + "（标题）" : text
  }
}
