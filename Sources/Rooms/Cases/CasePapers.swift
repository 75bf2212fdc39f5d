import Foundation
import Kernel

/// A paper of the case file: what has to be in it, on what basis.
public struct CasePaper: Hashable, Sendable {
  /// Kebab-case: `penalty-decision`.
  public let id: String
  public let name: String
  /// "filing", "evidence", "notice", …
  public let stage: String
  /// Belongs to every ordinary case; the others only where their step was taken.
  public let isRequired: Bool
  /// What it has to say.
  public let fields: [String]
  /// Nil where only custom asks for it.
  public let basis: String?
  public let confidence: SourceConfidence
  public let note: String?

  /// Reads `Data/procedures/papers.json`.
  /// - Throws: `DataFileError` with every problem.
  public static func read(_ data: Data, file: String = "procedures/papers.json") throws(DataFileError) -> [CasePaper] {
    try DataFile.read(data, file: file) { root in
      root.object("about", "papers")
      let papers = root["papers"].list().map { node in
        node.object("id", "name", "stage", "required", "fields", "basis", "confidence", "note")
        let paper = CasePaper(
          id: node["id"].string(), name: node["name"].string(), stage: node["stage"].string(), isRequired: node["required"].bool(),
          fields: node["fields"].strings(), basis: node["basis"].optionalString(), confidence: node["confidence"].choice(.unverified),
          note: node["note"].optionalString())
        if paper.fields.isEmpty { node["fields"].problem("must not be empty") }
        if paper.basis == nil && paper.confidence == .quotedFromText { node["basis"].problem("a paper read from a text needs its article") }
        return paper
      }
      let ids = papers.map(\.id)
      for id in Set(ids) where ids.count(where: { $0 == id }) > 1 { root["papers"].problem("\"\(id)\" is there twice") }
      return papers
    }
  }
}
