/// Reads the line-based rule file into `ItemRules`.
struct ItemRulesParser {
  private var rules = ItemRules()
  private var concepts: [String: Int] = [:]
  private var groups: [String: [String]] = [:]
  private var misspellings: [(right: [UInt16], wrong: [UInt16])] = []
  private var slugSection: [String: Int] = [:]
  /// Lines of neighbours, kept until all items are known.
  private var near: [(words: [String], line: Int)] = []
  private var openConcept: Int?
  private var inSection = false

  /// Words first, evidence second: a section may use concepts that stand further down.
  mutating func takeWords(_ raw: Substring, number: Int) throws(ItemRulesError) {
    guard let (indented, words) = split(raw) else { return }
    if indented {
      if let concept = openConcept { try add(words, to: concept, line: number) }
      return
    }
    openConcept = nil
    switch words[0] {
    case "概念", "地点", "当事人", "状态": try concept(words, line: number)
    case "掩蔽": for word in words.dropFirst() { rules.masks.insert(fold(word)) }
    case "错字": try misspelling(words, line: number)
    case "底分":
      guard words.count == 2, let value = Double(words[1]) else { throw ItemRulesError(line: number, message: "底分须为一个数") }
      rules.bias = value
    case "事项", "转办", "近似": break
    default: throw ItemRulesError(line: number, message: "不认识“\(words[0])”")
    }
  }

  mutating func takeEvidence(_ raw: Substring, number: Int) throws(ItemRulesError) {
    guard let (indented, words) = split(raw) else { return }
    if indented {
      if inSection { try evidence(words, line: number) }
      return
    }
    if words[0] == "近似" { near.append((words, number)) }
    inSection = words[0] == "事项" || words[0] == "转办"
    if inSection { try section(words, line: number) }
  }

  private func split(_ raw: Substring) -> (indented: Bool, words: [String])? {
    let line = raw.prefix { $0 != "#" }
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    if words.isEmpty { return nil }
    return (line.first?.isWhitespace ?? false, words)
  }

  mutating func finish() throws(ItemRulesError) -> ItemRules {
    var all = rules.terms
    for (term, owners) in rules.terms {
      for (right, wrong) in misspellings {
        if let variant = replacing(right, by: wrong, in: term), all[variant] == nil { all[variant] = owners }
      }
    }
    rules.terms = all
    for (words, line) in near {
      guard words.count >= 3 else { throw ItemRulesError(line: line, message: "近似须写两个以上事项代码") }
      for slug in words.dropFirst() where slugSection[slug] == nil {
        throw ItemRulesError(line: line, message: "没有事项“\(slug)”")
      }
      guard rules.neighbours.updateValue(Array(words.dropFirst(2)), forKey: words[1]) == nil else {
        throw ItemRulesError(line: line, message: "“\(words[1])”的近似重复")
      }
    }
    return rules
  }

  private mutating func concept(_ words: [String], line: Int) throws(ItemRulesError) {
    guard words.count >= 2 else { throw ItemRulesError(line: line, message: "概念没有名称") }
    let name = words[1]
    guard concepts[name] == nil else { throw ItemRulesError(line: line, message: "概念“\(name)”重复") }
    let role: ItemRules.Role =
      switch words[0] {
      case "地点": .place
      case "当事人": .party
      case "状态": .state
      default: .mention
      }
    let number = newConcept(name, role)
    concepts[name] = number
    try add(Array(words.dropFirst(2)), to: number, line: line)
    openConcept = number
  }

  private mutating func newConcept(_ name: String, _ role: ItemRules.Role) -> Int {
    rules.conceptNames.append(name)
    rules.conceptRoles.append(role)
    return rules.conceptNames.count - 1
  }

  /// `{砸|敲}{承重|剪力}墙` stands for all its combinations; `@名` takes over the words of another concept.
  private mutating func add(_ words: [String], to concept: Int, line: Int) throws(ItemRulesError) {
    for word in words {
      if word.hasPrefix("@") {
        guard let other = concepts[String(word.dropFirst())] else { throw ItemRulesError(line: line, message: "没有概念“\(word)”") }
        for (term, owners) in rules.terms where owners.contains(other) && !owners.contains(concept) {
          rules.terms[term, default: []].append(concept)
        }
        continue
      }
      for variant in try expand(word, line: line) {
        let term = fold(variant)
        if rules.terms[term, default: []].contains(concept) { continue }
        rules.terms[term, default: []].append(concept)
      }
    }
  }

  private func expand(_ word: String, line: Int) throws(ItemRulesError) -> [String] {
    guard let open = word.firstIndex(of: "{") else { return [word] }
    guard let close = word[open...].firstIndex(of: "}") else { throw ItemRulesError(line: line, message: "“\(word)”缺少右括号") }
    let choices = word[word.index(after: open)..<close].split(separator: "|", omittingEmptySubsequences: false)
    let tails = try expand(String(word[word.index(after: close)...]), line: line)
    return choices.flatMap { choice in tails.map { word[..<open] + choice + $0 } }
  }

  private mutating func misspelling(_ words: [String], line: Int) throws(ItemRulesError) {
    for word in words.dropFirst() {
      let pair = word.split(separator: ">")
      guard pair.count == 2 else { throw ItemRulesError(line: line, message: "错字须写作“正>误”") }
      misspellings.append((fold(String(pair[0])), fold(String(pair[1]))))
    }
  }

  private mutating func section(_ words: [String], line: Int) throws(ItemRulesError) {
    guard words.count >= 2 else { throw ItemRulesError(line: line, message: "缺少名称") }
    var section: ItemRules.Section
    if words[0] == "事项" {
      guard slugSection[words[1]] == nil else { throw ItemRulesError(line: line, message: "事项“\(words[1])”重复") }
      slugSection[words[1]] = rules.sections.count
      section = ItemRules.Section(subject: .item(slug: words[1]), title: words.count > 2 ? words[2] : words[1])
    } else {
      section = ItemRules.Section(subject: .topic(referral: words[1] == "-" ? "" : words[1]), title: words.count > 2 ? words[2] : words[1])
    }
    // "基于 slug 减 2": the special case of another item.
    if let mark = words.firstIndex(of: "基于"), words.count > mark + 3, words[mark + 2] == "减", let deduction = Double(words[mark + 3]) {
      guard let base = slugSection[words[mark + 1]] else { throw ItemRulesError(line: line, message: "没有事项“\(words[mark + 1])”") }
      section.base = base
      section.deduction = deduction
    }
    rules.sections.append(section)
  }

  private mutating func evidence(_ words: [String], line: Int) throws(ItemRulesError) {
    guard !rules.sections.isEmpty else { throw ItemRulesError(line: line, message: "证据不在任何事项之下") }
    guard let weight = Double(words[0]), words.count >= 2 else { throw ItemRulesError(line: line, message: "证据须以分值开头") }
    var rest = Array(words.dropFirst())
    let titleOnly = rest[0] == "题"
    if titleOnly { rest.removeFirst() }
    guard let anchor = rest.first else { throw ItemRulesError(line: line, message: "证据没有概念") }
    rest.removeFirst()
    let first = try operand(anchor, line: line)
    var conditions: [ItemRules.Condition] = []
    while !rest.isEmpty {
      guard rest.count >= 2 else { throw ItemRulesError(line: line, message: "“\(rest[0])”之后缺少概念") }
      let other = try operand(rest[1], line: line)
      switch rest[0] {
      case "~": conditions.append(.init(concept: other, relation: .near, wanted: true))
      case "~~": conditions.append(.init(concept: other, relation: .sameSentence, wanted: true))
      case "+": conditions.append(.init(concept: other, relation: .anywhere, wanted: true))
      case "-~": conditions.append(.init(concept: other, relation: .near, wanted: false))
      case "-": conditions.append(.init(concept: other, relation: .anywhere, wanted: false))
      default: throw ItemRulesError(line: line, message: "不认识关系“\(rest[0])”")
      }
      rest.removeFirst(2)
    }
    rules.sections[rules.sections.count - 1].evidence
      .append(.init(weight: weight, concept: first, titleOnly: titleOnly, conditions: conditions, line: line))
  }

  /// A concept by name, or words written out: `「鸽子|信鸽」`.
  private mutating func operand(_ word: String, line: Int) throws(ItemRulesError) -> Int {
    if let known = concepts[word] { return known }
    guard word.hasPrefix("「"), word.hasSuffix("」") else { throw ItemRulesError(line: line, message: "没有概念“\(word)”") }
    let number = newConcept(word, .mention)
    concepts[word] = number
    try add(choices(word.dropFirst().dropLast()), to: number, line: line)
    return number
  }

  /// Parts between bars that stand outside braces.
  private func choices(_ text: Substring) -> [String] {
    var parts = [""]
    var depth = 0
    for character in text {
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      if character == "|", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return parts
  }

  private func fold(_ word: String) -> [UInt16] { FoldedText(word.replacing("␣", with: " ")).units }

  private func replacing(_ part: [UInt16], by other: [UInt16], in term: [UInt16]) -> [UInt16]? {
    guard term.count >= part.count else { return nil }
    for start in 0...(term.count - part.count) where Array(term[start..<(start + part.count)]) == part {
      return Array(term[..<start]) + other + Array(term[(start + part.count)...])
    }
    return nil
  }
}
