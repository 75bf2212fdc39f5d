import Catalogue
import ClockBook
import Foundation
import Kernel
import Matters
import Offices
import People
import Storage
import WorkCalendar

/// A case as its page shows it to one person.
public struct CaseSheet: Sendable {
  public let record: CaseRecord
  public let item: Item
  public let discretion: DiscretionTable?
  public let party: CasePartyCard?
  public let officers: [Hand]
  /// Of squads that have joined.
  public let coOfficers: [Hand]
  public let recused: [Hand]
  public let steps: [CaseStepSheet]
  public let clocks: [ClockSheet]
  /// What this person may do, each with the reason that still stands in its way.
  public let choices: [(event: CaseEvent, missing: Refusal?)]
  /// What is owed now, surcharge included, in fen.
  public let owed: Int
  /// Parts of a plan that holds, as they stand today.
  public let instalments: [InstalmentStand]
  /// What is added for paying late, with its arithmetic.
  public let surcharges: [Surcharge]
  /// Names of all accounts that the case speaks of.
  public let names: [Int64: String]
  /// 指导案例、文书范本、工作指引、执法标准 of the item.
  public let guides: [Guide]
  /// That of the program, where the office uses it.
  public let workGuide: WorkGuide?
  /// Words of the lead.
  public let note: String?

  public struct Hand: Sendable {
    public let account: Int64
    public let name: String
    /// Empty without a valid one.
    public let certificate: String
    /// Reviews and never handles: may chair a hearing.
    public let isReviewer: Bool
    public init(account: Int64, name: String, certificate: String, isReviewer: Bool = false) {
      self.account = account
      self.name = name
      self.certificate = certificate
      self.isReviewer = isReviewer
    }
  }
  public func may(_ event: CaseEvent) -> Bool { choices.contains { $0.event == event && $0.missing == nil } }
}

extension Cases {
  /// - Throws: `Refusal` `cases-missing`.
  public func sheet(_ no: String, for person: Person) async throws -> CaseSheet {
    let now = house.now()
    return try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      return try sheet(of: record, for: person, at: now, db)
    }
  }

  func sheet(of record: CaseRecord, for person: Person, at now: Moment, _ db: any Reader) throws -> CaseSheet {
    let law = try law(of: record.file)
    let papers = try PaperStore.standing(of: record.id, db)
    var choices: [(event: CaseEvent, missing: Refusal?)] = []
    for role in record.roles(of: person) {
      for one in CaseWorkflow.choices(on: record.file, by: CaseActor(person.id.raw, role), under: law, papers: papers, at: now)
      where !choices.contains(where: { $0.event == one.event }) { choices.append(one) }
    }
    let file = record.file
    let accounts = Set(file.hands.map(\.account)).union(file.recused).union([file.askedBy, file.hearing?.host].compactMap { $0 })
    let names = Dictionary(
      try db.all("SELECT id, name FROM account WHERE id IN (\(list: accounts.sorted()))").map { (try $0.int("id"), try $0.text("name")) },
      uniquingKeysWith: { first, _ in first })
    let facts = CaseFacts(file: file, law: law, act: nil, actor: CaseActor(person.id.raw, .officer), now: now)
    let opening = try db.first(
      "SELECT note FROM journal WHERE subject_kind = 'case' AND subject_id = \(record.id) ORDER BY sequence LIMIT 1")
    return CaseSheet(
      record: record, item: law.item, discretion: law.discretion, party: try CaseStore.party(of: record.id, seals: house.seals, db),
      officers: file.officers.map { .init(account: $0.account, name: names[$0.account] ?? "", certificate: $0.certificate) },
      coOfficers: (file.coOfficers ?? []).map { .init(account: $0.account, name: names[$0.account] ?? "", certificate: $0.certificate) },
      recused: file.recused.sorted().map { .init(account: $0, name: names[$0] ?? "", certificate: "") },
      steps: try CaseStore.steps(of: record.id, db), clocks: try clocks.clocks(of: record.subject, db).map { clocks.sheet($0, at: now) },
      choices: choices,
      owed: facts.owed, instalments: facts.instalments, surcharges: facts.surcharges, names: names,
      guides: try Guides.all(item: file.item, district: record.district, db),
      workGuide: try workGuides.used(for: file.item, in: record.district, db), note: try opening?.optionalText("note"))
  }

  /// Who may be given a part in the case: everybody active of the squad, with the certificate they have today, and the organ's reviewers.
  public func hands(for record: CaseRecord) async throws -> [CaseSheet.Hand] {
    let today = house.now().day
    return try await house.store.read { db in
      let certificates = try CaseStore.certificates(of: record.squad, on: today, db)
      return try db.all(
        """
        SELECT id, name, role FROM account WHERE state = 'active'
          AND (office_id = \(record.squad) AND role IN ('officer', 'squadLeader') OR office_id = \(record.organ) AND role = 'legalReviewer')
        ORDER BY CASE role WHEN 'officer' THEN 0 WHEN 'squadLeader' THEN 1 ELSE 2 END, id
        """
      ).map { row in
        let id = try row.int("id")
        return CaseSheet.Hand(
          account: id, name: try row.text("name"), certificate: certificates[id] ?? "",
          isReviewer: try row.text("role") == Role.legalReviewer.rawValue)
      }
    }
  }
}
