import CityLists
import Kernel
import Matters
import Storage

/// Where in the store stands what is asked for.
extension LookupSubject {
  /// What has an id that tells when it came.
  var timed: Query {
    switch self {
    case .reports: "r"
    case .matters: "m"
    case .cases: "f"
    }
  }
  /// - Parameter isNarrow: one squad's or one compound's are gone through from their side, all others by time.
  func tables(isNarrow: Bool) -> Query {
    switch self {
    case .reports where isNarrow:
      "matter m CROSS JOIN promise p CROSS JOIN report r LEFT JOIN compound c ON c.id = m.compound_id"
    case .reports: "report r CROSS JOIN promise p CROSS JOIN matter m LEFT JOIN compound c ON c.id = m.compound_id"
    case .matters: "matter m LEFT JOIN compound c ON c.id = m.compound_id"
    case .cases: "case_file f LEFT JOIN compound c ON c.id = f.compound_id"
    }
  }
  /// What belongs together in the tables, and what of them counts.
  var basis: Query {
    switch self {
    case .reports: "p.report_id = r.id AND m.id = p.matter_id"
    // A matter that was merged into another is that other one.
    case .matters: "m.merged_into IS NULL"
    case .cases: "1 = 1"
    }
  }
  func column(_ field: LookupField) -> Query {
    let owner: Query = self == .cases ? "f" : "m"
    switch field {
    case .district: return owner + ".district_id"
    case .squad: return owner + ".squad_id"
    case .compound: return owner + ".compound_id"
    case .item: return owner + ".item"
    case .firm: return "c.firm_id"
    case .channel: return "r.channel"
    case .nature: return "r.nature"
    case .state: return "m.state"
    case .satisfaction: return "CASE WHEN " + Self.city(.dissatisfied) + " THEN 'dissatisfied' ELSE p.satisfaction END"
    case .procedure: return "f.procedure"
    case .caseState: return "f.state"
    case .finding: return "(SELECT n.fact FROM finding n WHERE n.matter_id = m.id ORDER BY n.id DESC LIMIT 1)"
    case .outcome where self == .matters: return "CASE WHEN m.outcome IS NULL THEN 'open' ELSE m.outcome END"
    case .outcome:
      return
        "CASE WHEN " + Self.city(.unsolved) + " THEN 'unsolved' WHEN p.outcome IS NULL THEN 'open' WHEN p.solved = 0 THEN 'unsolved'"
        + " WHEN p.solved = 1 THEN 'solved' ELSE p.outcome END"
    case .month, .quarter, .year:
      // The day by China's clock, from the moment in the id.
      let offset = IdentifierSource.moment(of: 0).milliseconds + 28_800_000
      return "(" + timed + ".id / 2097152 + \(raw: String(offset))) / 86400000"
    }
  }
  /// What the city says on its lists and has not taken back beats what we know.
  private static func city(_ kind: CityEntry.Kind) -> Query {
    "EXISTS (SELECT 1 FROM city_entry y WHERE y.report_id = r.id AND y.kind = \(raw: "'\(kind.rawValue)'") AND y.state <> 'upheld')"
  }
}
