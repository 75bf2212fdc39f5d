import Foundation
import Kernel

/// Numbers of the procedure that are no periods: amounts, rates, how many persons, terms of limitation.
public struct CaseLimits: Hashable, Sendable {
  public enum Unit: String, Hashable, Sendable, CaseIterable {
    case years, months, days, yuan, persons, percentPerDay, percent, parts, age
  }
  public struct Limit: Hashable, Sendable {
    /// Kebab-case: `hearing-individual`.
    public let key: String
    public let name: String
    /// In `unit`.
    public let value: Int
    public let unit: Unit
    /// The article, or whose practice it is.
    public let basis: String
    public let confidence: SourceConfidence
    /// True when places differ or the text was not read, so that the office sets it.
    public let local: Bool
    public let note: String?
  }
  /// In the order of the file.
  public let all: [Limit]
  private let byKey: [String: Limit]
  /// What the guards ask for; the file must have every one.
  static let needed = [
    "limitation", "limitation-extended", "officers", "onspot-individual", "onspot-unit", "onspot-cash", "hearing-individual",
    "hearing-unit", "surcharge-rate", "instalments-most",
    "instalment-surcharge-most", "evidence-proof", "seizure-extension", "full-age", "reduced-age",
  ]

  public subscript(_ key: String) -> Limit? { byKey[key] }
  /// - Returns: the value of a key in `needed`, which reading has made sure of.
  func value(_ key: String) -> Int { byKey[key]?.value ?? 0 }
  /// An amount in fen.
  func fen(_ key: String) -> Int { value(key) * 100 }

  /// Reads `Data/procedures/limits.json`, or the office's own file of the same shape.
  /// - Throws: `DataFileError` with every problem.
  public init(reading data: Data, file: String = "procedures/limits.json") throws(DataFileError) {
    let all = try DataFile.read(data, file: file) { root in
      root.object("about", "limits")
      let list = root["limits"].list().map { node in
        node.object("key", "name", "value", "unit", "basis", "confidence", "local", "note")
        let limit = Limit(
          key: node["key"].string(), name: node["name"].string(), value: node["value"].int(in: 1...10_000_000),
          unit: node["unit"].choice(.days),
          basis: node["basis"].string(), confidence: node["confidence"].choice(.unverified),
          local: node["local"].isAbsent ? false : node["local"].bool(), note: node["note"].optionalString())
        if limit.confidence != .quotedFromText && !limit.local {
          node["local"].problem("a limit nobody has read must be the office's to set")
        }
        return limit
      }
      let keys = list.map(\.key)
      for key in Set(keys) where keys.count(where: { $0 == key }) > 1 { root["limits"].problem("\"\(key)\" is there twice") }
      for key in Self.needed where !keys.contains(key) { root["limits"].problem("\"\(key)\" is missing") }
      return list
    }
    self.all = all
    byKey = Dictionary(all.map { ($0.key, $0) }) { first, _ in first }
  }
}

extension Cases {
  /// Parts that a plan of instalments may have.
  public var mostInstalments: Int { max(2, limits.value("instalments-most")) }
}
