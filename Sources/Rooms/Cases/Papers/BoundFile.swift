import Foundation
import Kernel
import People
import Pictures
import Storage
import Typesetting

extension Cases {
  /// The whole file: cover, list with page numbers, every issued paper in the order of its issue, 证据目录 with the photographs and papers that
  /// can be drawn, 备考表. Only exhibits that count are in it.
  /// - Throws: `Refusal` `cases-missing`, `cases-no-papers`, `cases-exhibit-altered`, and those of `Typesetter.pdf`.
  public func bound(_ no: String, for person: Person) async throws -> (bytes: Data, name: String) {
    guard let typesetter else { throw Self.noTypesetter }
    let found = try await printed(nil, of: no, for: person)
    guard let first = found.papers.first, let last = found.papers.compactMap({ $0.paper.issuedAt }).max() else {
      throw Refusal(.conflict, "cases-no-papers", "此案还没有签发的文书，不能成卷。")
    }
    let documents = found.papers.map { one in
      var document = one.document
      document.first = first.document.id
      return document
    }
    let day = max(last, found.exhibits.map { $0.verifiedAt ?? $0.addedAt }.max() ?? last).day
    var sheaf = PaperSheaf(title: "案卷 \(no)", organ: found.organ, on: day, documents: documents, file: Self.cover(of: found))
    let name = "案卷 \(no).pdf"
    guard !found.exhibits.isEmpty else { return (try await typesetter.pdf(try sheaf.json, dated: day), name) }
    let missing = typesetter.place.missing
    guard missing.isEmpty else { throw Typesetter.missing(missing) }
    let vault = house.vault
    let (folder, evidence) = try await EvidenceWork.run { try BoundEvidence.lay(out: found.exhibits, from: vault, typesetter.place) }
    sheaf.evidence = evidence
    do {
      let bytes = try await typesetter.pdf(
        try sheaf.json, dated: day, with: folder, counting: evidence.papers, patience: BoundEvidence.patience)
      return (bytes, name)
    } catch let refusal as Refusal where refusal.code != "papers-typesetter-missing" && !evidence.papers.isEmpty {
      // Somebody else's PDF may be more than the typesetter can take; the file is bound without its pages, and says where they are.
      sheaf.evidence = evidence.withoutPapers
      return (try await typesetter.pdf(try sheaf.json, dated: day, with: folder, patience: BoundEvidence.patience), name)
    }
  }

  private static func cover(of found: Printed) -> PaperSheaf.File {
    let record = found.record
    let facts: [(String, String?)] = [
      ("案号", record.no), ("立案文号", record.filingNo), ("案由", found.item), ("当事人", record.partyName), ("地点", record.placeText),
      ("承办单位", record.squadName), ("立案日期", record.file.filedAt?.day.chineseLong), ("决定日期", record.file.decision?.at.day.chineseLong),
      ("结案日期", record.closedAt?.day.chineseLong), ("处理结果", record.state.chinese),
    ]
    let replaced = found.papers.count { $0.paper.state == .replaced }
    return PaperSheaf.File(
      organ: found.organ, facts: facts.compactMap { label, text in text.map { .init(label: label, text: $0) } },
      remarks: replaced > 0 ? "其中 \(replaced) 件已被更正，原件保留在卷内。" : "无。")
  }
}

/// 证据目录 as the layouts read it.
public struct BoundEvidence: Sendable, Encodable {
  public struct Entry: Sendable, Encodable {
    let number: Int
    let title: String
    let kind: String
    let proves: String
    let maker: String
    let source: String
    let when: String
    let place: String
    /// What it lies on: size, measured value, who looked into it.
    let carrier: String
    let hash: String
    /// Its picture or its PDF among the typesetter's files; empty where there is nothing to draw.
    var file: String
  }
  var list: [Entry]

  /// PDFs of which the pages are drawn.
  var papers: [String] { list.map(\.file).filter { $0.hasSuffix(".pdf") } }
  var withoutPapers: BoundEvidence {
    var copy = self
    for index in copy.list.indices where copy.list[index].file.hasSuffix(".pdf") { copy.list[index].file = "" }
    return copy
  }

  /// Two hundred photographs take their time.
  static let patience = Duration.seconds(180)
  /// Bytes of one PDF, and of all together: what is larger is looked at where it lies.
  static let largestPaper = 20 << 20
  static let mostPapers = 60 << 20
  /// Pixels of the longer edge in print: 190 to the inch for a few photographs, less for many, so that a file of two hundred stays one that
  /// can be opened.
  static func edge(_ photos: Int) -> Int { photos <= 60 ? 1200 : photos <= 200 ? 900 : 600 }

  /// One picture after the other: never more than one in memory.
  static func lay(out exhibits: [Exhibit], from vault: FileVault, _ place: TypesetterPlace) throws -> (TypesetterFolder, BoundEvidence) {
    let folder = try TypesetterFolder(place)
    let edge = edge(exhibits.count { $0.shown != nil })
    var papers = 0
    var list: [Entry] = []
    for exhibit in exhibits {
      var file = ""
      do {
        if let shown = exhibit.shown {
          // The copy that can be shown; of the original only its hash is printed.
          do { file = try folder.keep(try Photo.thumbnail(try vault.bytes(shown), edge: edge), as: "\(exhibit.number).jpg") } catch let
            error as PictureError where error.kind != .unavailable
          { file = "" }
        } else if exhibit.mediaType == "application/pdf", let original = exhibit.file, original.size <= largestPaper,
          papers + original.size <= mostPapers
        {
          file = try folder.keep(try vault.bytes(original.sha256), as: "\(exhibit.number).pdf")
          papers += original.size
        }
      } catch let error as VaultError where !error.isPassing { throw Cases.altered(exhibit, error) }
      list.append(Entry(exhibit, file: file))
    }
    return (folder, BoundEvidence(list: list))
  }
}

extension BoundEvidence.Entry {
  init(_ exhibit: Exhibit, file: String) {
    number = exhibit.number
    title = IdentityNumbers.masked(exhibit.title)
    kind = exhibit.maskedOf == nil ? exhibit.kind.chinese : "副本"
    proves = IdentityNumbers.masked(exhibit.proves)
    maker = IdentityNumbers.masked(exhibit.maker)
    source = exhibit.source.chinese
    when = exhibit.madeAt?.text ?? "登记于\(exhibit.addedAt.text)"
    place = IdentityNumbers.masked(exhibit.place ?? "")
    var lines: [String] = []
    if let measure = exhibit.measure { lines.append("测得 \(measure.value) \(measure.unit)（\(measure.instrument)）") }
    if let device = exhibit.deviceName { lines.append("监控设备：\(device)") }
    if let original = exhibit.file { lines.append("原始文件 \(Self.size(original.size))，\(exhibit.mediaType ?? "")") }
    if let who = exhibit.verifiedBy, let at = exhibit.verifiedAt {
      lines.append("\(who)于\(at.text)查证：\(IdentityNumbers.masked(exhibit.verifiedNote ?? ""))")
    }
    carrier = lines.joined(separator: "\n")
    hash = exhibit.file?.sha256 ?? ""
    self.file = file
  }
  /// "812 KB", "3.4 MB".
  private static func size(_ bytes: Int) -> String {
    bytes < 1 << 20 ? "\(max(1, bytes >> 10)) KB" : "\(bytes >> 20).\((bytes & 0xFFFFF) * 10 >> 20) MB"
  }
}

/// Numbers of identity cards in words that people typed: printed as papers print the party's own.
enum IdentityNumbers {
  static func masked(_ text: String) -> String {
    var out = ""
    var run = ""
    func flush() {
      let digits = run.last == "X" || run.last == "x" ? run.count - 1 : run.count
      // Eighteen, or the fifteen of old cards; a longer run is an order's or a device's number.
      out +=
        run.count == 18 && digits >= 17 || run.count == 15 && digits == 15
        ? run.prefix(6) + String(repeating: "*", count: run.count - 8) + run.suffix(2) : run
      run = ""
    }
    for character in text {
      if character.isASCII, character.isNumber || (character.uppercased() == "X" && run.count == 17) {
        run.append(character)
      } else {
        flush()
        out.append(character)
      }
    }
    flush()
    return out
  }
}
