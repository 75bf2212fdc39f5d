import Foundation
import Kernel

/// All that is wrong with the catalogue file.
public struct CatalogueError: Error, Hashable, Sendable, CustomStringConvertible {
  public let problems: [String]
  public var description: String { "执法事项目录有 \(problems.count) 处问题：" + problems.joined(separator: "；") }
}

/// The items as compiled from published law; not a list issued by any authority. Read only.
public struct Catalogue: Sendable {
  /// What the file says about itself: to be shown with the catalogue.
  public let about: String
  /// In their order on pages.
  public let categories: [Item.Category]
  public let laws: [Law]
  /// In the order of the file, category by category.
  public let items: [Item]
  public let referrals: [Referral]
  private let bySlug: [String: Int]
  private let keys: [SearchKey]

  /// Reads and checks `Data/catalogue/items.json`.
  /// - Throws: `CatalogueError` with every problem.
  public init(reading data: Data) throws(CatalogueError) {
    let content: CatalogueFile
    do { content = try DataFile.read(data, file: "catalogue/items.json", CatalogueFile.init(reading:)) } catch {
      throw CatalogueError(problems: error.problems)
    }
    about = content.about
    categories = content.categories
    laws = content.laws
    referrals = content.referrals
    let order = Dictionary(uniqueKeysWithValues: content.categories.enumerated().map { ($1.slug, $0) })
    items = content.items.enumerated().sorted {
      (order[$0.element.category.slug] ?? 0, $0.offset) < (order[$1.element.category.slug] ?? 0, $1.offset)
    }.map(\.element)
    bySlug = Dictionary(uniqueKeysWithValues: items.enumerated().map { ($1.slug, $0) })
    keys = items.map(SearchKey.init)
  }

  public func item(_ slug: String) -> Item? { bySlug[slug].map { items[$0] } }
  /// - Throws: a refusal of kind `missing`.
  public func known(_ slug: String) throws(Refusal) -> Item {
    guard let item = item(slug) else { throw Refusal(.missing, "catalogue-no-such-item", "目录中没有这个执法事项，请重新选择。", field: "item") }
    return item
  }
  public func items(in category: Item.Category) -> [Item] { items.filter { $0.category == category } }
  public func referral(_ slug: String) -> Referral? { referrals.first { $0.slug == slug } }

  /// Items in whose name, category, cites or slug every word of `text` occurs; those by name first. Everything for an empty text.
  ///
  /// Width, case, spaces and punctuation do not matter, and an article is found as 第五十六条, 第56条 or 物业管理规定56.
  public func search(_ text: String) -> [Item] {
    let words = text.split { $0.isWhitespace || $0 == "，" || $0 == "、" }.map { SearchKey.fold(String($0)) }.filter { !$0.isEmpty }
    guard !words.isEmpty else { return items }
    return items.indices.compactMap { index in keys[index].rank(words).map { (rank: $0, index: index) } }
      .sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map { items[$0.index] }
  }
}

/// What a search looks at, folded once.
private struct SearchKey: Sendable {
  let name: String
  let rest: String
  init(_ item: Item) {
    name = Self.fold(item.name)
    let cites = (item.violations + item.penalties).flatMap { [$0.text, $0.typed] }
    // A bar keeps a word from matching across two of them.
    rest = ([item.slug, item.category.name] + cites).map(Self.fold).joined(separator: "|")
  }
  /// 0 the name itself, 1 its beginning, 2 all words in the name, 3 some elsewhere; nil when a word is nowhere.
  func rank(_ words: [String]) -> Int? {
    if words == [name] { return 0 }
    var inName = true
    for word in words where !name.contains(word) {
      guard rest.contains(word) else { return nil }
      inName = false
    }
    if !inName { return 3 }
    return words.count == 1 && name.hasPrefix(words[0]) ? 1 : 2
  }
  /// Half width, lower case, letters and digits only; "第56条" as "56条".
  static func fold(_ text: String) -> String {
    var folded = ""
    for scalar in text.unicodeScalars {
      var scalar = scalar
      if (0xFF01...0xFF5E).contains(scalar.value), let half = Unicode.Scalar(scalar.value - 0xFEE0) { scalar = half }
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil { folded += String(scalar).lowercased() }
    }
    var result = ""
    var rest = Substring(folded)
    while let first = rest.popFirst() {
      if first == "第", let next = rest.first, next.isASCII, next.isNumber { continue }
      result.append(first)
    }
    return result
  }
}
