import Foundation
import Kernel

/// How each paper of `Data/procedures/papers.json` is laid out, what is asked for it and from what it is drafted: `Data/papers/papers.json`.
public struct PaperBook: Sendable {
  public enum Layout: String, Hashable, Sendable, CaseIterable { case letter, record, form }
  public enum Place: String, Hashable, Sendable, CaseIterable {
    /// A line under the title: the party, time and place.
    case head
    /// Paragraphs without a heading.
    case text
    /// Paragraphs under a heading; in a letter the headings are numbered.
    case part
    /// Small print after the seal.
    case foot
    /// A row of a form.
    case row
  }
  /// When a field is asked for at all.
  public enum When: String, Hashable, Sendable, CaseIterable {
    case always
    /// Where there is a fine.
    case fine
    /// Where the penalty gives the right to a hearing.
    case hearing
  }
  public struct Field: Hashable, Sendable {
    /// Kebab-case, stable: rows keep their texts by it.
    public let name: String
    public let label: String
    public let place: Place
    /// Which of the paper's mandatory contents it fulfils, word for word as in `procedures/papers.json`.
    public let fulfils: [String]
    public let rows: Int
    public let isOptional: Bool
    public let when: When
    /// What the organ wrote there last stands there again: a bank, a court, a phone number.
    public let isKept: Bool
    /// Who signs in the row; empty when nobody.
    public let sign: String
    public let draft: PaperText
  }
  public struct Form: Hashable, Sendable {
    public let paper: CasePaper
    public let layout: Layout
    /// The word of its number, 罚决; nil for papers without one.
    public let mark: String?
    public let hasSeal: Bool
    /// Once in a case, however often its step is taken; the others once for each step.
    public let isOnce: Bool
    /// May be made before its step is taken: it is what the step hands over.
    public let isAhead: Bool
    /// Who issues it; nil for whoever may take its step.
    public let issuers: Set<CaseRole>?
    public let signs: [String]
    public let fields: [Field]
    public var id: String { paper.id }
  }

  /// In the order of `procedures/papers.json`.
  public let forms: [Form]
  private let byID: [String: Form]
  public subscript(_ id: String) -> Form? { byID[id] }

  /// - Throws: `DataFileError` with every problem: a paper without a layout, a mandatory content that no field fulfils, a word nobody knows.
  public init(reading data: Data, papers: [CasePaper], file: String = "papers/papers.json") throws(DataFileError) {
    let known = Dictionary(papers.map { ($0.id, $0) }) { first, _ in first }
    let forms = try DataFile.read(data, file: file) { root in
      root.object("about", "sets", "papers")
      var sets: [String: [Field]] = [:]
      for name in root["sets"].keys { sets[name] = root["sets"][name].list().map { Self.field($0) } }
      let forms = root["papers"].list().compactMap { node -> Form? in
        node.object("id", "layout", "mark", "seal", "once", "ahead", "by", "signs", "printed", "fields")
        guard let paper = known[node["id"].string()] else {
          node["id"].problem("is not in procedures/papers.json")
          return nil
        }
        return Self.form(paper, node, sets)
      }
      let there = forms.map(\.id)
      for paper in papers where there.count(where: { $0 == paper.id }) != 1 { root["papers"].problem("\"\(paper.id)\" must be there once") }
      return forms
    }
    let found = Dictionary(forms.map { ($0.id, $0) }) { first, _ in first }
    byID = found
    self.forms = papers.compactMap { found[$0.id] }
  }

  private static func form(_ paper: CasePaper, _ node: DataNode, _ sets: [String: [Field]]) -> Form {
    let layout = node["layout"].choice(Layout.letter)
    func yes(_ key: String) -> Bool { node[key].isAbsent ? false : node[key].bool() }
    func strings(_ key: String) -> [String] { node[key].isAbsent ? [] : node[key].strings() }
    var fields: [Field] = []
    for one in node["fields"].list() {
      guard !one["use"].isAbsent else {
        fields.append(field(one, otherwise: layout == .form ? .row : .part))
        continue
      }
      one.object("use", "of")
      guard let set = sets[one["use"].string()] else {
        one["use"].problem("no such set")
        continue
      }
      let fulfils = one["of"].isAbsent ? [] : one["of"].strings()
      fields += set.enumerated().map { index, field in
        index > 0 ? field.in(layout) : field.in(layout, fulfilling: fulfils)
      }
    }
    let done = Set(fields.flatMap(\.fulfils)).union(strings("printed"))
    for content in paper.fields where !done.contains(content) { node["fields"].problem("nothing fulfils \"\(content)\"") }
    for content in done.sorted() where !paper.fields.contains(content) { node["fields"].problem("\"\(content)\" is not asked for") }
    let names = fields.map(\.name)
    for name in Set(names).sorted() where names.count(where: { $0 == name }) > 1 { node["fields"].problem("\"\(name)\" is there twice") }
    let issuers = strings("by").compactMap { word -> CaseRole? in
      if CaseRole(rawValue: word) == nil { node["by"].problem("\"\(word)\" is no role") }
      return CaseRole(rawValue: word)
    }
    return Form(
      paper: paper, layout: layout, mark: node["mark"].optionalString(), hasSeal: yes("seal"), isOnce: yes("once"), isAhead: yes("ahead"),
      issuers: issuers.isEmpty ? nil : Set(issuers), signs: strings("signs"), fields: fields)
  }

  private static func field(_ node: DataNode, otherwise place: Place = .row) -> Field {
    node.object("name", "label", "place", "of", "rows", "optional", "when", "kept", "sign", "draft")
    let draft = PaperText(node["draft"].optionalString() ?? "")
    for word in draft.unknown { node["draft"].problem("nothing is called {\(word)}") }
    return Field(
      name: node["name"].string(), label: node["label"].string(), place: node["place"].isAbsent ? place : node["place"].choice(place),
      fulfils: node["of"].isAbsent ? [] : node["of"].strings(), rows: node["rows"].optionalInt(in: 1...20) ?? 3,
      isOptional: node["optional"].isAbsent ? false : node["optional"].bool(),
      when: node["when"].isAbsent ? .always : node["when"].choice(.always), isKept: node["kept"].isAbsent ? false : node["kept"].bool(),
      sign: node["sign"].optionalString() ?? "", draft: draft)
  }
}

extension PaperBook.Field {
  /// As a part of a set looks in this layout.
  fileprivate func `in`(_ layout: PaperBook.Layout, fulfilling more: [String] = []) -> Self {
    let there = layout == .form ? PaperBook.Place.row : place == .row ? .head : place
    return Self(
      name: name, label: label, place: there, fulfils: fulfils + more, rows: rows, isOptional: isOptional, when: when, isKept: isKept,
      sign: sign,
      draft: draft)
  }
}

/// A draft's text with places for what the case knows: `{party-name}`, or `{?party-id}` where nothing may stand.
public struct PaperText: Hashable, Sendable {
  enum Part: Hashable, Sendable {
    case text(String)
    case word(String, isOptional: Bool)
  }
  let parts: [Part]
  init(_ text: String) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
      var word = rest[rest.index(after: open)..<close]
      let isOptional = word.first == "?"
      if isOptional { word.removeFirst() }
      parts.append(.word(String(word), isOptional: isOptional))
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  var unknown: [String] {
    parts.compactMap { if case .word(let word, _) = $0, PaperFacts.label(word) == nil { word } else { nil } }
  }
  func filled(from facts: PaperFacts) -> String {
    var text = ""
    for part in parts {
      switch part {
      case .text(let plain): text += plain
      case .word(let word, let isOptional):
        if let value = facts[word], !value.isEmpty {
          text += value
        } else if !isOptional {
          text += PaperGap.of(PaperFacts.label(word) ?? word)
        }
      }
    }
    return text
  }
}
