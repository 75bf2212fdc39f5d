/// Second stage of the batch: takes a report that no single pair was sure enough about into the group whose topic it
/// shares, on several medium evidences instead of one strong one: it is linked to many members, and it carries the marks
/// that most members carry. For patterns and lists only. The live index never does this, and neither may an import join
/// matters by it: here a person merely sees one report more in a list, there two people's reports would become one.
enum RepeatGather {
  struct Rules: Sendable {
    /// A group of this size has a topic of its own.
    var topicLeast = 5
    /// Members of the smaller side at most.
    var stragglersMost = 3
    /// Links counted, the strongest ones; a missing one counts as `missing`.
    var linksCounted = 4
    var missing: Float = 0.3
    /// Part of the members that carry a word for it to be a mark of the topic.
    var markShare: Float = 0.4
    /// Strong links need few marks...
    var strongLink: Float = 0.6
    var fewMarks: Float = 0.2
    /// ...medium ones need most of them...
    var mediumLink: Float = 0.5
    var mostMarks: Float = 0.5
    /// ...and either a topic that several marks tie to a place, or links to this many members.
    var severalMarks = 3
    var manyLinks = 5
  }

  /// What the members of a group have in common: words, and how many of them carry each.
  struct Topic {
    /// Mark → its mean weight over all members, those without it too.
    private var share: [UInt16: Float] = [:]
    private var whole: Float = 0
    /// Some mark is part of a place's name: without one, two towns' questions on one policy are one topic.
    private(set) var placed = false
    var marks: Int { share.count }

    init(_ store: RepeatStore, _ members: [Int32], _ rules: Rules) {
      var counts: [UInt16: (members: Int, weight: Int32, places: Int)] = [:]
      for n in members {
        store.withWords(Int(n)) { words in
          for k in 0..<words.count {
            let f = words[k]
            if f.has(RepeatFeature.weak) { continue }
            var c = counts[f.key] ?? (0, 0, 0)
            c.members += 1
            c.weight += f.weight
            c.places += f.has(RepeatFeature.place) ? 1 : 0
            counts[f.key] = c
          }
        }
      }
      let least = Int((Float(members.count) * rules.markShare).rounded(.up))
      for (key, c) in counts where c.members >= least {
        share[key] = Float(c.weight) / Float(members.count)
        if 2 * c.places >= c.members { placed = true }
      }
      whole = share.values.reduce(0, +)
    }

    /// Part of the marks' weight that a report carries, 0...1.
    func met(_ store: RepeatStore, _ n: Int32) -> Float {
      guard whole > 0 else { return 0 }
      return store.withWords(Int(n)) { words in
        var sum: Float = 0
        for k in 0..<words.count { sum += share[words.keys[k]] ?? 0 }
        return sum / whole
      }
    }
  }

  /// One straggling group beside one topic.
  struct Offer {
    let straggler: Int
    let topic: Int
    var links: [Float]
  }

  static func offers(_ roots: [Int], _ edges: [RepeatGroups.Edge], sizes: [Int], _ rules: Rules) -> [Offer] {
    var found: [UInt64: Offer] = [:]
    for e in edges {
      var a = roots[Int(e.a)], b = roots[Int(e.b)]
      if a == b { continue }
      if sizes[a] < sizes[b] { swap(&a, &b) }
      guard sizes[a] >= rules.topicLeast, sizes[b] <= rules.stragglersMost else { continue }
      found[UInt64(a) << 32 | UInt64(b), default: Offer(straggler: b, topic: a, links: [])].links.append(e.score)
    }
    return found.values.sorted { ($0.straggler, $0.topic) < ($1.straggler, $1.topic) }
  }

  /// Mean of the strongest links, per member of the straggling group.
  static func linked(_ offer: Offer, size: Int, _ rules: Rules) -> Float {
    let counted = rules.linksCounted * size
    let strongest = offer.links.sorted(by: >).prefix(counted)
    return (strongest.reduce(0, +) + rules.missing * Float(counted - strongest.count)) / Float(counted)
  }

  private static func shares(_ topic: Topic, link: Float, met: Float, many: Bool, _ rules: Rules) -> Bool {
    if link >= rules.strongLink { return met >= rules.fewMarks }
    return link >= rules.mediumLink && met >= rules.mostMarks && (topic.placed && topic.marks >= rules.severalMarks || many)
  }

  /// The roots with stragglers taken in; a group keeps its root, the earliest card of all.
  static func gathered(_ store: RepeatStore, _ roots: [Int], _ edges: [RepeatGroups.Edge], _ rules: Rules = Rules()) -> [Int] {
    var sizes = [Int](repeating: 0, count: roots.count)
    for r in roots { sizes[r] += 1 }
    let offers = offers(roots, edges, sizes: sizes, rules)
    if offers.isEmpty { return roots }
    let wanted = Set(offers.flatMap { [$0.straggler, $0.topic] })
    var members: [Int: [Int32]] = [:]
    for (n, r) in roots.enumerated() where wanted.contains(r) { members[r, default: []].append(Int32(n)) }
    var topics: [Int: Topic] = [:]
    var best: [Int: (topic: Int, worth: Float)] = [:]
    for offer in offers {
      let own = members[offer.straggler] ?? []
      let link = linked(offer, size: own.count, rules)
      guard link >= rules.mediumLink else { continue }
      let topic = topics[offer.topic] ?? Topic(store, members[offer.topic] ?? [], rules)
      topics[offer.topic] = topic
      let met = own.map { topic.met(store, $0) }.reduce(0, +) / Float(own.count)
      guard shares(topic, link: link, met: met, many: offer.links.count >= rules.manyLinks * own.count, rules) else { continue }
      if best[offer.straggler].map({ $0.worth < link + met }) ?? true { best[offer.straggler] = (offer.topic, link + met) }
    }
    var named: [Int: Int] = [:]
    for (straggler, found) in best { named[found.topic] = min(named[found.topic] ?? found.topic, straggler) }
    return roots.map { r in
      let topic = best[r]?.topic ?? r
      return named[topic] ?? topic
    }
  }
}
