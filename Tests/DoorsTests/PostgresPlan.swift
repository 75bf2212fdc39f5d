import Foundation

/// One step of a plan as PostgreSQL tells it in JSON.
struct PostgresPlan: Decodable {
  let kind: String
  let relation: String?
  let index: String?
  let condition: String?
  let parts: [PostgresPlan]?
  enum CodingKeys: String, CodingKey {
    case kind = "Node Type"
    case relation = "Relation Name"
    case index = "Index Name"
    case condition = "Index Cond"
    case parts = "Plans"
  }

  init(json: String) throws {
    struct Top: Decodable {
      let plan: PostgresPlan
      enum CodingKeys: String, CodingKey { case plan = "Plan" }
    }
    guard let top = try JSONDecoder().decode([Top].self, from: Data(json.utf8)).first else { throw CocoaError(.coderReadCorrupt) }
    self = top.plan
  }

  /// Steps that read all of a table: row by row, or an index without a condition that no page ends.
  static func scans(_ plan: PostgresPlan, small: Set<String>) -> [String] { plan.scans(small: small, isPaged: false) }
  private func scans(small: Set<String>, isPaged: Bool) -> [String] {
    var out: [String] = []
    // A page ends the walk along an index, unless everything is gathered or sorted in between.
    let paged = kind == "Limit" || (isPaged && !["Sort", "Incremental Sort", "Aggregate", "Hash", "WindowAgg", "Unique"].contains(kind))
    switch kind {
    case "Seq Scan":
      if let relation, !small.contains(relation) { out.append("Seq Scan on \(relation)") }
    case "Index Scan", "Index Only Scan":
      if condition == nil, !isPaged, let relation, !small.contains(relation) {
        out.append("\(kind) of all of \(relation) by \(index ?? "?")")
      }
    default: break
    }
    return out + (parts ?? []).flatMap { $0.scans(small: small, isPaged: paged) }
  }
  /// The kinds of all steps.
  var kinds: [String] { [kind] + (parts ?? []).flatMap(\.kinds) }
}
