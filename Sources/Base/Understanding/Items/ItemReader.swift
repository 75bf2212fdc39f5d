/// Names the catalogue item a resident's message asks to have enforced, or `other`, and says why.
///
/// Pure and built once from rules; a value may be shared between tasks. Every guess carries the words it rests on.
/// Works by evidence: words found in the message (one pass over the first `readUnits` units) raise items and
/// out-of-scope topics against each other; the title and the first sentences count more than the rest.
public struct ItemReader: Sendable {
  /// The slug of "not an enforceable matter of a residential compound".
  public static let other = "other"
  public static let guessLimit = 5
  /// A reader of complaints decides on the subject and the first few hundred characters; so does this one.
  static let readUnits = 1200
  /// Softens the contest of scores to a share of 1; a lead of 3, one fair word, reads as about 0.8.
  static let temperature = 2.2
  /// What it is worth to be named first in the subject line.
  static let leadBonus = 1.5
  /// What it costs not to be mentioned in the subject line.
  static let untitledLoss = 1.5
  /// Below this share, what merely sounds like a sample is not shown.
  static let faint = 0.004
  /// An item with at least this share may stand third before `other`.
  static let thirdLeast = 0.05
  /// Evidence an identical corrected message is worth: more than any rules together.
  static let correctionWeight = 20.0

  let rules: ItemRules
  let names: [String: String]
  private let matcher: ItemMatcher
  let termConcepts: [[Int]]
  /// Each term in quotation marks, as a reason names it.
  let termWords: [String]
  let termLengths: [Int32]
  private let maskTerms: [Bool]
  /// All evidence, section after section; and anchor concept → the evidence that starts from it.
  private let evidence: [(section: Int, one: ItemRules.Evidence)]
  private let evidenceOf: [[Int32]]
  /// What a verdict asks of each section; slug nil for a topic.
  let sections: [(slug: String?, base: Int?, deduction: Double)]
  private let habits: ItemHabits
  var learned = ItemCorrections()

  /// - Parameters:
  ///   - rules: the rule file, read.
  ///   - names: slug to name as the catalogue has it; the rule file's own headings are used for the rest.
  ///   - examples: sample complaints with the item each is about, for wordings no rule has foreseen; see
  ///     `ItemExamples`. Without them only the rules speak.
  ///   - corrections: what the office has set right so far, oldest first.
  public init(
    rules: ItemRules, names: [String: String] = [:], examples: [ItemCorrection] = [], corrections: [ItemCorrection] = []
  ) {
    self.rules = rules
    sections = rules.sections.map { section in
      if case .item(let slug) = section.subject { (slug, section.base, section.deduction) } else { (nil, section.base, section.deduction) }
    }
    habits = ItemHabits(examples: examples)
    var allNames = ["other": "不属于本目录事项"]
    for section in rules.sections {
      if case .item(let slug) = section.subject { allNames[slug] = section.title }
    }
    self.names = allNames.merging(names) { _, given in given }
    let terms = Array(Set(rules.terms.keys).union(rules.masks)).sorted { $0.lexicographicallyPrecedes($1) }
    termWords = terms.map { "“\(String(units: $0))”" }
    termConcepts = terms.map { rules.terms[$0] ?? [] }
    termLengths = terms.map { Int32($0.count) }
    maskTerms = terms.map { rules.masks.contains($0) }
    matcher = ItemMatcher(terms: terms)
    evidence = rules.sections.enumerated().flatMap { number, section in section.evidence.map { (number, $0) } }
    var table = [[Int32]](repeating: [], count: rules.conceptNames.count)
    for (number, one) in evidence.enumerated() { table[one.one.concept].append(Int32(number)) }
    evidenceOf = table
    for correction in corrections { learn(correction.text, correction.slug) }
  }

  /// What the office has set right, oldest first: store this and give it back to `init`.
  public var corrections: [ItemCorrection] { learned.list }

  /// Takes over a correction: messages like this one are read as `slug` from now on. A second correction of the
  /// same text replaces the first. Slugs the rules do not know are kept and may be guessed too.
  public mutating func learn(_ text: String, _ slug: String) {
    learned.add(ItemCorrection(text: text, slug: slug))
  }

  /// - Parameter explained: so many guesses are given their reasons; the others are only named.
  public func read(_ text: String, explained: Int = .max) -> ItemReading {
    let folded = FoldedText(text)
    let found = ItemFindings(units: folded.units, hits: matcher.hits(in: folded.units, limit: Self.readUnits), reader: self)
    var marks: [(section: Int, marks: ItemMarks)] = []
    for concept in found.present {
      for number in evidenceOf[concept] {
        let (section, one) = evidence[Int(number)]
        guard let fit = found.fit(one) else { continue }
        let at = marks.firstIndex { $0.section == section } ?? marks.count
        if at == marks.count { marks.append((section, ItemMarks())) }
        marks[at].marks.add(fit, weight: one.weight, count: found.count(concept))
      }
    }
    marks.sort { $0.section < $1.section }
    let (leanings, known) = habits.leanings(of: folded)
    return verdict(marks, title: found.titleEnd, habits: leanings, similar: learned.similar(to: folded), explained: explained) {
      habits.words(of: $0, in: folded, known)
    }
  }

  func isMask(_ term: Int32) -> Bool { maskTerms[Int(term)] }
}
