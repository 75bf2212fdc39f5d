import Catalogue
import Crypto
import Foundation
import Kernel
import Offices
import People
import Storage
import Typesetting

/// A paper as its page shows it.
public struct PaperSheet: Sendable {
  public let record: CaseRecord
  public let paper: PaperRecord
  public let form: PaperBook.Form
  /// Those of the form that are asked for in this case.
  public let fields: [PaperBook.Field]
  public let mayEdit: Bool
  public let mayIssue: Bool
  /// What it stands for, and what stands for it.
  public let replaces: PaperRecord?
  public let replacedBy: PaperRecord?
}

extension Cases {
  /// Columns that name files of the vault, beside those of `Matters.fileColumns`.
  public static let paperFileColumns: [(table: String, column: String)] = [("case_paper", "sha256")]

  /// - Throws: `Refusal` `cases-missing`.
  public func papers(of no: String, for person: Person) async throws -> [PaperRecord] {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      return try PaperStore.all(of: record.id, db)
    }
  }
  /// Kinds that may be made by hand now.
  public var makeable: [PaperBook.Form] { book.forms.filter { $0.isAhead || !Self.comesFromAStep($0.id) } }

  /// - Throws: `Refusal` `cases-missing`, `cases-paper-missing`.
  public func paper(_ id: PaperRecord.ID, of no: String, for person: Person) async throws -> PaperSheet {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      let all = try PaperStore.all(of: record.id, db)
      guard let paper = all.first(where: { $0.id == id }), let form = book[paper.kind] else {
        throw Refusal(.missing, "cases-paper-missing", "此案没有这份文书。")
      }
      let (roles, law) = (record.roles(of: person), try law(of: record.file))
      return PaperSheet(
        record: record, paper: paper, form: form, fields: form.fields.filter { Self.isAsked($0, of: record.file, law) },
        mayEdit: paper.state == .draft && !roles.isEmpty,
        mayIssue: paper.state != .replaced && !issuers(of: form, in: record).isDisjoint(with: roles),
        replaces: paper.replaces.flatMap { old in all.first { $0.id == old } }, replacedBy: all.last { $0.replaces == id })
    }
  }

  /// The paper as PDF. What was issued is set once, kept, and ever after given out as it was kept; a draft is set anew and says that it is one.
  /// - Throws: `Refusal` `cases-missing`, `cases-paper-missing`, `cases-paper-altered`, and those of `Typesetter.pdf`.
  public func pdf(of id: PaperRecord.ID, _ no: String, for person: Person) async throws -> (bytes: Data, name: String) {
    let found = try await printed([id], of: no, for: person)
    guard let one = found.papers.first else { throw Refusal(.missing, "cases-paper-missing", "此案没有这份文书。") }
    let name = "\(one.paper.title)\(one.paper.no.map { " " + $0 } ?? "").pdf"
    guard let typesetter else { throw Self.noTypesetter }
    if let sha256 = one.paper.sha256 {
      do { return (try house.vault.bytes(sha256), name) } catch VaultError.altered {
        throw Refusal(.conflict, "cases-paper-altered", "《\(one.paper.title)》的文件与签发时不符，请立即告诉系统管理员。")
      } catch VaultError.missing {
        // Lost from the vault; the frozen words make it again, and only the same bytes count.
      }
    }
    let day = (one.paper.issuedAt ?? one.paper.madeAt).day
    let sheaf = PaperSheaf(title: one.document.title, organ: one.document.organ, on: day, documents: [one.document])
    let bytes = try await typesetter.pdf(try sheaf.json, dated: day)
    if one.paper.state == .draft { return (bytes, name) }
    let hash = SHA256.hash(data: bytes).hex
    if let kept = one.paper.sha256 {
      guard kept == hash else {
        throw Refusal(.conflict, "cases-paper-altered", "《\(one.paper.title)》重新排出的文件与签发时不符（版式或者字体已更换），请从备份恢复原件。")
      }
    }
    _ = try house.vault.keep(bytes)
    // Two who open it first at the same moment have made the same bytes.
    try await house.store.write { db in
      _ = try db.run("UPDATE case_paper SET sha256 = \(hash) WHERE id = \(id) AND sha256 IS NULL AND document IS NOT NULL")
    }
    return (bytes, name)
  }

  static let noTypesetter = Typesetter.missing(["排版程序未配置"])

  struct Printed: Sendable {
    let record: CaseRecord
    let item: String
    let organ: String
    let papers: [(paper: PaperRecord, document: PaperDocument)]
    /// Those that count; only for the whole file.
    let exhibits: [Exhibit]
  }
  /// - Parameter ids: nil for all that were issued.
  func printed(_ ids: [PaperRecord.ID]?, of no: String, for person: Person) async throws -> Printed {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      let organ = try PaperOrgan.of(record, db).name
      var papers: [(PaperRecord, PaperDocument)] = []
      for row in try db.all("SELECT \(PaperStore.columns) WHERE p.case_id = \(record.id) ORDER BY p.issued_at, p.id") {
        let paper = try PaperStore.record(row)
        if let ids { guard ids.contains(paper.id) else { continue } } else if paper.state == .draft { continue }
        if try row.optionalText("document") != nil {
          var document: PaperDocument = try row.json("document")
          // In a file the one that no longer stands says so; alone it is given out as it was issued.
          if ids == nil, paper.state == .replaced { document.stamp = "已更正" }
          papers.append((paper, document))
        } else if let form = book[paper.kind] {
          papers.append((paper, PaperDocument(paper, form, organ: organ, no: nil, on: house.now().day, stamp: "草稿")))
        }
      }
      let exhibits = ids == nil ? try ExhibitStore.list(of: record.id, db).filter(\.counts) : []
      return Printed(record: record, item: try catalogue.known(record.file.item).name, organ: organ, papers: papers, exhibits: exhibits)
    }
  }
}
