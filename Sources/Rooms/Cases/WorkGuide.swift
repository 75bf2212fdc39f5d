import Catalogue
import Foundation
import Kernel

/// 工作指引 that comes with the program, one for an item: what to look at, what to measure, what is usually said against it, which duty the firm
/// had, what goes wrong. Written for this program and confirmed by no authority, so an office may switch it off or put its own in its place.
public struct WorkGuide: Sendable, Hashable {
  /// "当事人常说……" and what to answer.
  public struct Defence: Sendable, Hashable {
    public let said: String
    public let answer: String
  }
  public struct FirmDuty: Sendable, Hashable {
    /// The item of the catalogue under which the firm answers for it.
    public let item: Item
    public let text: String
  }
  public let item: Item
  public let look: [String]
  public let measure: [String]
  public let defences: [Defence]
  public let firm: FirmDuty?
  public let mistakes: [String]

  public static let mark = "弄堂自编，未经主管部门确认"
  public var title: String { "\(item.name)：现场工作指引" }
  /// From the catalogue, never typed twice.
  public var basis: [Cite] { item.violations + item.penalties }
  public var firmBasis: [Cite] { firm.map { $0.item.violations + $0.item.penalties } ?? [] }
}

/// All of `Data/guides/guides.json`.
public struct WorkGuides: Sendable {
  public let all: [WorkGuide]
  public subscript(_ item: String) -> WorkGuide? { all.first { $0.item.slug == item } }

  /// - Throws: `DataFileError` with every problem: an item that is not in the catalogue or is there twice, a part that says nothing.
  public init(reading data: Data, catalogue: Catalogue, file: String = "guides/guides.json") throws(DataFileError) {
    all = try DataFile.read(data, file: file) { root in
      root.object("about", "guides")
      var seen: Set<String> = []
      return root["guides"].list().compactMap { node in
        let guide = Self.guide(node, catalogue)
        if let slug = guide?.item.slug, !seen.insert(slug).inserted { node["item"].problem("\"\(slug)\" is there twice") }
        return guide
      }
    }
  }

  private static func guide(_ node: DataNode, _ catalogue: Catalogue) -> WorkGuide? {
    node.object("item", "look", "measure", "defences", "firm", "mistakes")
    guard let item = item(node["item"], catalogue) else { return nil }
    let defences = node["defences"].list().map { one in
      one.object("said", "answer")
      return WorkGuide.Defence(said: text(one["said"]), answer: text(one["answer"]))
    }
    if defences.isEmpty { node["defences"].problem("must say something") }
    var firm: WorkGuide.FirmDuty?
    if !node["firm"].isAbsent {
      node["firm"].object("item", "text")
      if let duty = Self.item(node["firm"]["item"], catalogue) { firm = .init(item: duty, text: text(node["firm"]["text"])) }
    }
    return WorkGuide(
      item: item, look: texts(node["look"]), measure: texts(node["measure"]), defences: defences, firm: firm,
      mistakes: texts(node["mistakes"]))
  }
  private static func item(_ node: DataNode, _ catalogue: Catalogue) -> Item? {
    let slug = node.string()
    guard let item = catalogue.item(slug) else {
      node.problem("\"\(slug)\" is not in the catalogue")
      return nil
    }
    return item
  }
  private static func texts(_ node: DataNode) -> [String] {
    let list = node.list()
    if !(2...12).contains(list.count) { node.problem("must have 2 to 12 points") }
    return list.map { text($0) }
  }
  /// A point is read standing in a stairwell.
  private static func text(_ node: DataNode) -> String {
    let text = node.string()
    if text.count > 200 { node.problem("must be at most 200 characters") }
    return text
  }
}
