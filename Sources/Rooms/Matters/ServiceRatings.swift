import Foundation
import Intake
import Kernel
import Offices
import People
import Storage

/// One resident's word on the squad's work in the neighbourhood, apart from any report. Nobody is named.
public struct ServiceRating: Sendable {
  public let at: Moment
  public let satisfaction: Satisfaction
  public let compoundName: String?
  public let studioName: String?
  /// The words with names, phones and rooms masked; empty when none were left.
  public let masked: String
}

extension Matters {
  /// Keeps a rating of the squad's community work. The words are sealed; what staff read is masked.
  /// - Throws: `Refusal` `matters-too-long` beyond 500 characters.
  public func rateService(
    squad: Office.ID, compound: Int64? = nil, studio: Int64? = nil, satisfaction: Satisfaction, words: String
  ) async throws {
    let now = house.now()
    let words = words.trimming()
    if words.utf16.count > 500 { throw Refusal(.invalid, "matters-too-long", "文字请控制在 500 字以内。", field: "words") }
    let id: Identifier<ServiceRating> = house.ids.next(at: now)
    let sealed = words.isEmpty ? nil : try house.seals.seal(words, for: Subject("service_rating", id), at: now)
    _ = try await house.store.write { db in
      try db.run(
        """
        INSERT INTO service_rating (id, squad_id, compound_id, studio_id, at, satisfaction, sealed, masked)
        VALUES (\(id), \(squad), \(compound), \(studio), \(now), \(satisfaction), \(sealed), \(Masking.mask(words)))
        """)
    }
  }

  /// The ratings of the squads within a person's scope, newest first.
  /// - Parameter compound: only those given by the code of this compound.
  public func serviceRatings(for person: Person, compound: Int64? = nil, limit: Int = 50) async throws -> [ServiceRating] {
    try person.require(.seeMatters)
    let here: Query = compound.map { " AND r.compound_id = \($0)" } ?? ""
    return try await house.store.read { db in
      let squads: Query =
        switch Scope(of: person) {
        case .city: "1 = 1"
        case .district(let id): "o.district_id = \(id)"
        case .squad(let id): "r.squad_id = \(id)"
        case .firm, .committee, .nothing: "1 = 0"
        }
      return try db.all(
        """
        SELECT r.at, r.satisfaction, r.masked, c.name AS compound_name, s.name AS studio_name FROM service_rating r
        JOIN office o ON o.id = r.squad_id LEFT JOIN compound c ON c.id = r.compound_id LEFT JOIN studio s ON s.id = r.studio_id
        WHERE \(squads)\(here) ORDER BY r.id DESC LIMIT \(limit)
        """
      ).map { row in
        ServiceRating(
          at: try row.moment("at"), satisfaction: try row.choice("satisfaction"), compoundName: try row.optionalText("compound_name"),
          studioName: try row.optionalText("studio_name"), masked: try row.text("masked"))
      }
    }
  }
}
