import Foundation
import Kernel

/// All clock rules by kind, with their dates.
public struct ClockTable: Hashable, Sendable {
  /// In the order of the file.
  public let specs: [ClockSpec]
  public init(specs: [ClockSpec]) { self.specs = specs }

  /// The rule of that kind in force on a day; the latest when several are.
  public func spec(_ kind: String, on day: Day) -> ClockSpec? {
    specs.last { $0.kind == kind && ($0.validFrom.map { $0 <= day } ?? true) && ($0.validUntil.map { day <= $0 } ?? true) }
  }
  /// This table with a unit's own rules: a kind that `local` names is replaced whole, new kinds are added.
  public func replacing(with local: ClockTable) -> ClockTable {
    let named = Set(local.specs.map(\.kind))
    return ClockTable(specs: specs.filter { !named.contains($0.kind) } + local.specs)
  }

  /// Reads `Data/clocks/clocks.json`, or a unit's own file of the same shape.
  /// - Throws: `DataFileError` with every problem.
  public init(reading data: Data, file: String = "clocks/clocks.json") throws(DataFileError) {
    self = try DataFile.read(data, file: file) { root in
      root.object("about", "clocks")
      let specs = root["clocks"].list().map(Self.spec)
      for (index, spec) in specs.enumerated() {
        for other in specs[..<index] where other.kind == spec.kind && Self.overlap(other, spec) {
          root["clocks"].problem("\"\(spec.kind)\" is there twice for the same days")
        }
      }
      return ClockTable(specs: specs)
    }
  }
  private static func spec(_ node: DataNode) -> ClockSpec {
    node.object(
      "kind", "name", "unit", "length", "startEvent", "startsNextDay", "warnBefore", "roll", "basis", "confidence", "local", "note",
      "validFrom",
      "validUntil")
    let warning = node["warnBefore"].object("amount", "unit")
    let spec = ClockSpec(
      kind: node["kind"].string(), name: node["name"].string(), unit: node["unit"].choice(.hours), length: node["length"].int(in: 1...3660),
      startEvent: node["startEvent"].string(), startsNextDay: node["startsNextDay"].bool(),
      warnBefore: ClockWarning(warning["amount"].int(in: 0...1000), warning["unit"].choice(.hours)),
      roll: node["roll"].isAbsent ? .none : node["roll"].choice(.none), basis: node["basis"].string(),
      confidence: node["confidence"].choice(.unverified), local: node["local"].isAbsent ? false : node["local"].bool(),
      note: node["note"].optionalString(), validFrom: node["validFrom"].optionalDay(), validUntil: node["validUntil"].optionalDay())
    if spec.kind.contains(where: { !($0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "-")) }) {
      node["kind"].problem("must be kebab-case")
    }
    if spec.unit == .hours && spec.startsNextDay { node.problem("hours run from the moment: startsNextDay must be false") }
    if spec.roll != .none && (spec.unit == .hours || spec.unit == .workingDays) { node.problem("only natural days and months roll") }
    if let from = spec.validFrom, let until = spec.validUntil, until < from { node.problem("validUntil is before validFrom") }
    return spec
  }
  private static func overlap(_ a: ClockSpec, _ b: ClockSpec) -> Bool {
    if let end = a.validUntil, let start = b.validFrom, end < start { return false }
    if let end = b.validUntil, let start = a.validFrom, end < start { return false }
    return true
  }
}
