import Foundation
import Kernel

/// A paper as it is printed: all its words, frozen when it is issued. Layouts read it; nothing else about the paper reaches them.
public struct PaperDocument: Hashable, Sendable, Codable {
  public struct Field: Hashable, Sendable, Codable {
    let label: String
    let text: String
    let place: String
    let sign: String
  }
  let id: String
  let layout: String
  let title: String
  let organ: String
  let no: String
  let fields: [Field]
  let seal: Bool
  let signs: [String]
  /// "二〇二六年十一月二十九日"
  let date: String
  /// "2026年11月29日", for lists.
  let day: String
  /// Across the page: 草稿 or 已更正; empty for a paper that stands.
  var stamp: String
  /// The first paper of the file this is printed in; nil when it is printed alone.
  var first: String?

  /// Optional fields that say nothing are left out, and the headings of a letter are numbered without a gap.
  init(_ paper: PaperRecord, _ form: PaperBook.Form, organ: String, no: String?, on day: Day, stamp: String = "") {
    var number = 0
    id = String(paper.id.raw)
    layout = form.layout.rawValue
    title = form.paper.printedTitle
    self.organ = organ
    self.no = no ?? ""
    fields = form.fields.compactMap { field in
      let text = paper.texts[field.name] ?? ""
      // A row that is signed by hand stays, empty as it is.
      if text.isEmpty, field.sign.isEmpty { return nil }
      var label = field.label
      if form.layout == .letter, field.place == .part {
        number += 1
        label = "\(Self.numeral(number))、\(label)"
      }
      return Field(label: label, text: text, place: field.place.rawValue, sign: field.sign)
    }
    seal = form.hasSeal
    signs = form.signs
    date = day.paperText
    self.day = day.chineseLong
    self.stamp = stamp
  }
  private static func numeral(_ number: Int) -> String {
    let digits = Array("零一二三四五六七八九十").map(String.init)
    return number <= 10 ? digits[number] : "十" + digits[number - 10]
  }

  // Every key is written, nil as null: the layouts ask for each.
  public func encode(to encoder: any Encoder) throws {
    var c = encoder.container(keyedBy: CodingKeys.self)
    try c.encode(id, forKey: .id)
    try c.encode(layout, forKey: .layout)
    try c.encode(title, forKey: .title)
    try c.encode(organ, forKey: .organ)
    try c.encode(no, forKey: .no)
    try c.encode(fields, forKey: .fields)
    try c.encode(seal, forKey: .seal)
    try c.encode(signs, forKey: .signs)
    try c.encode(date, forKey: .date)
    try c.encode(day, forKey: .day)
    try c.encode(stamp, forKey: .stamp)
    try c.encode(first, forKey: .first)
  }
}

extension CasePaper {
  /// Without the remarks that belong to the list: "听证通知书(≥7日前)", "责令(限期)改正通知书".
  var printedTitle: String {
    let plain = name.replacing("(≥7日前)", with: "").replacing("(市/区政府)", with: "书").replacing("(行政机关间)", with: "")
      .replacing("及执行文书", with: "")
    return String(plain.split(separator: "/").first ?? "").replacing("(", with: "（").replacing(")", with: "）")
  }
}

/// What `Data/papers/main.typ` reads.
public struct PaperSheaf: Sendable, Encodable {
  public struct File: Sendable, Encodable {
    public struct Fact: Sendable, Encodable {
      let label: String
      let text: String
    }
    let organ: String
    let facts: [Fact]
    let remarks: String
  }
  let title: String
  let organ: String
  /// Year, month, day: the date inside the PDF.
  let date: [Int]
  let documents: [PaperDocument]
  /// Cover and list of a whole file; nil for a single paper.
  let file: File?
  /// What of the evidence is bound with it.
  var evidence: BoundEvidence?

  init(title: String, organ: String, on day: Day, documents: [PaperDocument], file: File? = nil) {
    self.title = title
    self.organ = organ
    date = [day.year, day.month, day.dayOfMonth]
    self.documents = documents
    self.file = file
  }
  private enum CodingKeys: CodingKey { case title, organ, date, documents, file, evidence }
  public func encode(to encoder: any Encoder) throws {
    var c = encoder.container(keyedBy: CodingKeys.self)
    try c.encode(title, forKey: .title)
    try c.encode(organ, forKey: .organ)
    try c.encode(date, forKey: .date)
    try c.encode(documents, forKey: .documents)
    try c.encode(file, forKey: .file)
    try c.encode(evidence, forKey: .evidence)
  }
  var json: Data {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return try encoder.encode(self)
    }
  }
}
