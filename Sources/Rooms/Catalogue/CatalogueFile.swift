import Kernel

/// The file of the catalogue, read and checked.
struct CatalogueFile {
  let about: String
  let categories: [Item.Category]
  let laws: [Law]
  let items: [Item]
  let referrals: [Referral]

  init(reading root: DataNode) {
    root.object("about", "categories", "laws", "items", "referrals")
    about = root["about"].string()
    categories = root["categories"].list().map { node in
      node.object("slug", "name")
      return Item.Category(slug: node["slug"].slug(), name: node["name"].string())
    }
    laws = root["laws"].list().map(Self.law)
    let lookup = Lookup(
      categories: Dictionary(categories.map { ($0.slug, $0) }) { first, _ in first },
      laws: Dictionary(laws.map { ($0.key, $0) }) { first, _ in first })
    items = root["items"].list().map { Self.item($0, lookup) }
    referrals = root["referrals"].list().map { node in
      node.object("slug", "name", "prohibition", "penalty", "to")
      return Referral(
        slug: node["slug"].slug(), name: node["name"].string(), prohibition: node["prohibition"].string(),
        penalty: node["penalty"].string(),
        to: node["to"].filled())
    }
    root["categories"].unique(categories.map(\.slug))
    root["laws"].unique(laws.map(\.key))
    root["items"].unique(items.map(\.slug) + referrals.map(\.slug))
    root["items"].unique(items.map(\.name))
    let slugs = Set(items.map(\.slug))
    for (item, node) in zip(items, root["items"].list()) {
      if let parent = item.variantOf, parent == item.slug || !slugs.contains(parent) {
        node["variantOf"].problem("no other item \"\(parent)\"")
      }
    }
  }

  private struct Lookup {
    let categories: [String: Item.Category]
    let laws: [String: Law]
    /// Stands in for an unknown law until the file is refused.
    let none = Law(
      key: "", name: "", level: "", version: "", effective: Day(daysSinceEpoch: 0), amended: nil, note: nil, source: "",
      confidence: .unverified)
    func law(_ node: DataNode) -> Law {
      let key = node.string()
      if laws[key] == nil && !key.isEmpty { node.problem("no law \"\(key)\"") }
      return laws[key] ?? none
    }
    func category(_ node: DataNode) -> Item.Category {
      let slug = node.string()
      if categories[slug] == nil && !slug.isEmpty { node.problem("no category \"\(slug)\"") }
      return categories[slug] ?? Item.Category(slug: slug, name: "")
    }
  }

  private static func law(_ node: DataNode) -> Law {
    node.object("key", "name", "level", "version", "effective", "amended", "note", "source", "confidence")
    let law = Law(
      key: node["key"].slug(), name: node["name"].string(), level: node["level"].string(), version: node["version"].string(),
      effective: node["effective"].day(), amended: node["amended"].optionalDay(), note: node["note"].optionalString(),
      source: node["source"].string(),
      confidence: node["confidence"].choice(.unverified))
    if let amended = law.amended, amended < law.effective { node["amended"].problem("is before effective") }
    return law
  }

  private static func item(_ node: DataNode, _ lookup: Lookup) -> Item {
    node.object(
      "slug", "name", "category", "variantOf", "violations", "penalties", "penaltyKinds", "fines", "fineNote", "orderToCorrect",
      "authority",
      "publicSafety", "publicSafetyBasis", "publicSafetyConfidence", "mustFile", "mustFileSource", "highAttention", "namedInPlans",
      "evidence",
      "propertyDuty", "forceExecution", "registryAnnotation", "notes", "confidence", "sources")
    let safety = node["publicSafety"].bool()
    if !safety && !(node["publicSafetyBasis"].isAbsent && node["publicSafetyConfidence"].isAbsent) {
      node["publicSafetyBasis"].problem("only with publicSafety")
    }
    let mustFile = node["mustFile"].bool()
    if !mustFile && !node["mustFileSource"].isAbsent { node["mustFileSource"].problem("only with mustFile") }
    if mustFile && !safety { node["mustFile"].problem("only with publicSafety") }
    let kinds = node["penaltyKinds"].filled()
    let fines = node["fines"].list().map(fine)
    if kinds.contains(where: { $0.hasPrefix("罚款") }) != !fines.isEmpty {
      node["fines"].problem("penaltyKinds and fines disagree on a fine")
    }
    for (index, one) in fines.enumerated() {
      for other in fines[..<index] where other.party == one.party && other.tier == one.tier && overlap(other, one) {
        node["fines"].problem("two ranges for \(one.party.rawValue) \(one.tier.rawValue)")
      }
    }
    let sources = node["sources"].nodes().map(lookup.law)
    let penalties = node["penalties"].nodes().map { cite($0, lookup) }
    return Item(
      slug: node["slug"].slug(), name: node["name"].string(), category: lookup.category(node["category"]),
      variantOf: node["variantOf"].optionalString(), violations: node["violations"].nodes().map { cite($0, lookup) }, penalties: penalties,
      penaltyKinds: kinds, fines: fines, fineNote: node["fineNote"].optionalString(), orderToCorrect: node["orderToCorrect"].choice(.none),
      authority: authority(node["authority"]),
      publicSafety: safety
        ? Item.PublicSafety(basis: node["publicSafetyBasis"].string(), confidence: node["publicSafetyConfidence"].choice(.unverified))
        : nil,
      mustFile: mustFile ? node["mustFileSource"].string() : nil, highAttention: node["highAttention"].optionalString(),
      namedInPlans: node["namedInPlans"].bool(), evidence: node["evidence"].filled(), propertyDuty: node["propertyDuty"].optionalString(),
      forceExecution: node["forceExecution"].optionalString(), registryAnnotation: node["registryAnnotation"].bool(),
      notes: node["notes"].optionalString(), confidence: node["confidence"].choice(.unverified), sources: sources)
  }

  private static func authority(_ node: DataNode) -> Item.Authority {
    node.object("statutory", "practice", "basis", "confidence", "note")
    return Item.Authority(
      statutory: node["statutory"].string(), practice: node["practice"].string(), basis: node["basis"].string(),
      confidence: node["confidence"].choice(.unverified), note: node["note"].optionalString())
  }

  private static func cite(_ node: DataNode, _ lookup: Lookup) -> Cite {
    node.object("law", "article", "paragraph", "item")
    return Cite(
      law: lookup.law(node["law"]), article: node["article"].int(in: 1...2000), paragraph: node["paragraph"].optionalInt(in: 1...30),
      item: node["item"].optionalInt(in: 1...40))
  }

  private static func fine(_ node: DataNode) -> Fine {
    node.object("party", "tier", "measure", "min", "max", "of", "discretionary", "validFrom", "validUntil")
    let measure: Fine.Measure = node["measure"].isAbsent ? .amount : node["measure"].choice(.amount)
    // The highest fine of the catalogue is a million yuan; a slip of a few digits stops the start.
    let top = measure == .multiple ? 100 : 10_000_000
    let (low, high) = (node["min"].int(in: 0...top), node["max"].int(in: 1...top))
    if low > high { node.problem("min is above max") }
    if measure == .multiple && node["of"].isAbsent { node.problem("a multiple needs its base: of") }
    let fen = measure == .multiple ? 1 : 100
    let fine = Fine(
      party: node["party"].choice(.any), tier: node["tier"].choice(.base), measure: measure,
      range: min(low, high) * fen...max(low, high) * fen,
      of: node["of"].optionalString(), discretionary: node["discretionary"].bool(), validFrom: node["validFrom"].optionalDay(),
      validUntil: node["validUntil"].optionalDay())
    if let from = fine.validFrom, let until = fine.validUntil, until < from { node.problem("validUntil is before validFrom") }
    return fine
  }
  private static func overlap(_ a: Fine, _ b: Fine) -> Bool {
    if let end = a.validUntil, let start = b.validFrom, end < start { return false }
    if let end = b.validUntil, let start = a.validFrom, end < start { return false }
    return true
  }
}

extension DataNode {
  fileprivate func slug() -> String {
    let text = string()
    if text.contains(where: { !($0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-")) }) { problem("must be kebab-case") }
    return text
  }
  /// A list with something in it.
  fileprivate func nodes() -> [DataNode] {
    let nodes = list()
    if nodes.isEmpty { problem("must not be empty") }
    return nodes
  }
  fileprivate func filled() -> [String] { nodes().map { $0.string() } }
  fileprivate func unique(_ names: [String]) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted { problem("\"\(name)\" is there twice") }
  }
}
