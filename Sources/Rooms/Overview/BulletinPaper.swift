import Crypto
import Foundation
import Kernel
import Offices
import People
import Storage
import Typesetting

/// A bulletin as `Data/papers/bulletin.typ` sets it.
struct BulletinPaper: Encodable {
  let id: String
  let layout = "bulletin"
  let title: String
  let organ: String
  let no: String
  let date: String
  let basis: String
  let sections: [BulletinContent.Section]
  let course: BulletinContent.Course
  let sheets: [BulletinContent.Sheet]
  let stamp: String
  let first: String? = nil
  let signs: [String] = []

  /// What `Data/papers/main.typ` reads.
  struct Sheaf: Encodable {
    let title: String
    let organ: String
    let date: [Int]
    let documents: [BulletinPaper]
    func encode(to encoder: any Encoder) throws {
      var c = encoder.container(keyedBy: Keys.self)
      try c.encode(title, forKey: .title)
      try c.encode(organ, forKey: .organ)
      try c.encode(date, forKey: .date)
      try c.encode(documents, forKey: .documents)
      // The layouts ask for each.
      try c.encodeNil(forKey: .file)
      try c.encodeNil(forKey: .evidence)
    }
    private enum Keys: CodingKey { case title, organ, date, documents, file, evidence }
  }
  func encode(to encoder: any Encoder) throws {
    var c = encoder.container(keyedBy: Keys.self)
    try c.encode(id, forKey: .id)
    try c.encode(layout, forKey: .layout)
    try c.encode(title, forKey: .title)
    try c.encode(organ, forKey: .organ)
    try c.encode(no, forKey: .no)
    try c.encode(date, forKey: .date)
    try c.encode(basis, forKey: .basis)
    try c.encode(sections, forKey: .sections)
    try c.encode(course, forKey: .course)
    try c.encode(sheets, forKey: .sheets)
    try c.encode(stamp, forKey: .stamp)
    try c.encode(signs, forKey: .signs)
    try c.encodeNil(forKey: .first)
  }
  private enum Keys: CodingKey { case id, layout, title, organ, no, date, basis, sections, course, sheets, stamp, signs, first }
}

extension Overview {
  /// The bulletin as PDF. What was issued is set once, kept, and ever after given out as it was kept; a draft is set anew and says that it is one.
  /// - Throws: `Refusal` `overview-bulletin-missing`, `overview-bulletin-altered`, and those of `Typesetter.pdf`.
  public func pdf(ofBulletin no: String, for person: Person) async throws -> (bytes: Data, name: String) {
    let (bulletin, content) = try await bulletin(no, for: person)
    let name = "\(bulletin.title).pdf"
    let altered = Refusal(.conflict, "overview-bulletin-altered", "《\(bulletin.title)》的文件与印发时不符，请立即告诉系统管理员。")
    if let sha256 = bulletin.sha256 {
      do { return (try house.vault.bytes(sha256), name) } catch VaultError.altered { throw altered } catch VaultError.missing {
        // Lost from the vault; the frozen words make it again, and only the same bytes count.
      }
    }
    guard let typesetter else { throw Typesetter.missing(["排版程序未配置"]) }
    let organ = try await house.store.read { db in try OfficeStore.find(bulletin.office, db)?.name } ?? bulletin.officeName
    let day = (bulletin.issuedAt ?? bulletin.madeAt).day
    let stamps = [house.isDemonstration ? "演示数据" : nil, bulletin.state == .draft ? "草稿" : nil].compactMap(\.self)
    let paper = BulletinPaper(
      id: String(bulletin.id.raw), title: bulletin.title, organ: organ, no: bulletin.no, date: day.chineseLong, basis: content.basis,
      sections: content.sections, course: content.course, sheets: content.sheets, stamp: stamps.joined(separator: "　"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let sheaf = BulletinPaper.Sheaf(title: bulletin.title, organ: organ, date: [day.year, day.month, day.dayOfMonth], documents: [paper])
    let bytes = try await typesetter.pdf(try encoder.encode(sheaf), dated: day)
    if bulletin.state != .issued { return (bytes, name) }
    let hash = SHA256.hash(data: bytes).hex
    if let kept = bulletin.sha256, kept != hash { throw altered }
    _ = try house.vault.keep(bytes)
    // Two who open it first at the same moment have made the same bytes.
    try await house.store.write { db in
      _ = try db.run("UPDATE bulletin SET sha256 = \(hash) WHERE id = \(bulletin.id) AND sha256 IS NULL AND state = 'issued'")
    }
    return (bytes, name)
  }
}
