import Catalogue
import Foundation
import Kernel
import Offices
import People
import Storage

/// What helps an officer beside the law's text: 指导案例、文书范本、工作指引、执法标准.
public struct Guide: Sendable {
  public typealias ID = Identifier<Guide>
  public enum Kind: String, Sendable, CaseIterable {
    case example, template, instruction, standard
    public var chinese: String {
      switch self {
      case .example: "指导案例"
      case .template: "文书范本"
      case .instruction: "工作指引"
      case .standard: "执法标准"
      }
    }
  }
  public let id: ID
  public let kind: Kind
  public let title: String
  /// Slug of the item it belongs to; nil for all.
  public let item: String?
  public let text: String
  /// Who issued it, under which number.
  public let source: String
  public let fileName: String?
  public let sha256: String?
  public let size: Int?
  public let at: Moment
  public let who: String
  /// Since when it is not to be used any more.
  public let retiredAt: Moment?
}

/// A guide as a manager enters it.
public struct NewGuide: Sendable {
  public var kind: Guide.Kind
  public var title: String
  public var item: String?
  public var text: String
  public var source: String
  public var file: (name: String, bytes: Data)?
  /// Stands in the place of the program's own guide for the item, which is switched off with it.
  public var replacesWorkGuide = false
  public init(kind: Guide.Kind, title: String, item: String?, text: String, source: String, file: (name: String, bytes: Data)? = nil) {
    self.kind = kind
    self.title = title
    self.item = item
    self.text = text
    self.source = source
    self.file = file
  }
}

public enum Guides {
  public static let migration = Migration(
    "cases-006",
    [
      """
      CREATE TABLE guide (id integer primary key, kind text NOT NULL, title text NOT NULL, item text, text text NOT NULL, source text NOT NULL,
        file_name text, sha256 text, size bigint, district_id bigint REFERENCES office (id), at bigint NOT NULL, account_id bigint NOT NULL REFERENCES account (id), retired_at bigint)
      """,
      "CREATE INDEX guide_item ON guide (item, id)",
      "CREATE INDEX guide_district ON guide (district_id)",
      "CREATE INDEX guide_account ON guide (account_id)",
      "CREATE INDEX guide_sha ON guide (sha256) WHERE sha256 IS NOT NULL",
    ])
  /// Columns that name files.
  public static let fileColumns: [(table: String, column: String)] = [("guide", "sha256")]

  static func guide(_ row: ResultRow) throws -> Guide {
    Guide(
      id: try row.id("id"), kind: try row.choice("kind"), title: try row.text("title"), item: try row.optionalText("item"),
      text: try row.text("text"), source: try row.text("source"), fileName: try row.optionalText("file_name"),
      sha256: try row.optionalText("sha256"), size: try row.optionalInt("size").map { Int($0) }, at: try row.moment("at"),
      who: try row.text("who"), retiredAt: try row.optionalMoment("retired_at"))
  }
  /// The city's guides are everybody's, a district's its own.
  private static func visible(in district: Office.ID?) -> Query {
    district.map { "(g.district_id IS NULL OR g.district_id = \($0))" } ?? "1 = 1"
  }
  /// Those in use, the newest first; of an item also those for all.
  /// - Parameter district: nil for who belongs to the city.
  public static func all(item: String? = nil, kind: Guide.Kind? = nil, district: Office.ID?, _ db: any Reader) throws -> [Guide] {
    var conditions: [Query] = ["g.retired_at IS NULL", visible(in: district)]
    if let item { conditions.append("(g.item = \(item) OR g.item IS NULL)") }
    if let kind { conditions.append("g.kind = \(kind)") }
    return try db.all(
      """
      SELECT g.*, a.name AS who FROM guide g JOIN account a ON a.id = g.account_id WHERE \(conditions.conjunction) ORDER BY g.id DESC LIMIT 200
      """
    ).map(guide)
  }
  public static func find(_ id: Guide.ID, district: Office.ID?, _ db: any Reader) throws -> Guide? {
    try db.first(
      "SELECT g.*, a.name AS who FROM guide g JOIN account a ON a.id = g.account_id WHERE g.id = \(id) AND \(visible(in: district))"
    ).map(guide)
  }

  /// - Throws: `Refusal` `guides-title`, `guides-text`, `guides-source`, `guides-item`, `catalogue-no-such-item`.
  @discardableResult
  public static func add(_ new: NewGuide, catalogue: Catalogue, by person: Person, in house: House) async throws -> Guide.ID {
    try person.require(.superviseMatters)
    let (title, text, source) = (new.title.trimming(), new.text.trimming(), new.source.trimming())
    guard (2...100).contains(title.count) else { throw Refusal(.invalid, "guides-title", "请填写标题，2 至 100 字。", field: "title") }
    guard text.utf16.count <= 20_000, !text.isEmpty || new.file != nil else {
      throw Refusal(.invalid, "guides-text", "请填写内容或者附上文件，内容 20000 字以内。", field: "text")
    }
    guard (2...200).contains(source.count) else {
      throw Refusal(.invalid, "guides-source", "请写明由谁制定、文号。", field: "source")
    }
    if let item = new.item {
      _ = try catalogue.known(item)
    } else if new.replacesWorkGuide {
      throw Refusal(.invalid, "guides-item", "代替弄堂自编的指引，请选择事项。", field: "item")
    }
    let stored = try new.file.map { try house.vault.keep($0.bytes) }
    let now = house.now()
    return try await house.store.write { db in
      // Sent a second time it is the same guide.
      if let row = try db.first(
        "SELECT id FROM guide WHERE title = \(title) AND kind = \(new.kind) AND account_id = \(person.id) AND text = \(text) AND retired_at IS NULL"
      ) {
        return try row.id("id")
      }
      let id: Guide.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO guide (id, kind, title, item, text, source, file_name, sha256, size, district_id, at, account_id, retired_at)
        VALUES (\(id), \(new.kind), \(title), \(new.item), \(text), \(source), \(new.file?.name), \(stored?.sha256), \(stored?.size),
          \(person.district), \(now), \(person.id), NULL)
        """)
      try Journal.append(
        "guide-added", on: Subject("guide", id), by: person.actor, at: now, facts: ["title": title, "kind": new.kind.rawValue],
        opening: true,
        ids: house.ids, db)
      if new.replacesWorkGuide, let item = new.item {
        try WorkGuides.switchOff(item, reason: "由本单位的《\(title)》代替", by: person, at: now, in: house, db)
      }
      return id
    }
  }
  /// Takes a guide out of use; it stays readable by its address.
  public static func retire(_ id: Guide.ID, by person: Person, in house: House) async throws {
    try person.require(.superviseMatters)
    let now = house.now()
    try await house.store.write { db in
      guard let guide = try find(id, district: person.district, db) else { throw Refusal(.missing, "guides-missing", "没有这份指引。") }
      // A district does not take the city's out of use.
      if let district = person.district, try !db.exists("SELECT 1 AS one FROM guide WHERE id = \(id) AND district_id = \(district)") {
        throw Refusal(.forbidden, "guides-city", "这是市局的指引，由市局停用。")
      }
      if guide.retiredAt != nil { return }
      try db.run("UPDATE guide SET retired_at = \(now) WHERE id = \(id)")
      try Journal.append("guide-retired", on: Subject("guide", id), by: person.actor, at: now, ids: house.ids, db)
    }
  }
}
