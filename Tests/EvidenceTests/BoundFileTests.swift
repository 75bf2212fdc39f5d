import CGD
import Cases
import Foundation
import Kernel
import People
import Pictures
import Storage
import TestHouse
import TestOffice
import Testing
import Typesetting

/// The whole file with its evidence. Needs `scripts/typesetter.sh` and poppler-utils, which `make test` brings.
@Suite(.enabled(if: BoundScene.isPossible)) struct BoundFileTests {
  private func cases(_ scene: EvidenceScene) throws -> Cases {
    try Cases(
      house: scene.house, clocks: scene.cases.clocks, catalogue: scene.cases.catalogue,
      data: { try Data(contentsOf: TestGround.data.appending(path: $0)) }, typesetter: Typesetter(BoundScene.place, size: 1))
  }
  /// A paper that needs nothing more, so that there is a file at all.
  private func issueOne(_ cases: Cases, _ scene: EvidenceScene) async throws {
    let id = try await cases.makePaper("clue-register", for: scene.no, by: try scene.officer)
    try await cases.issue(id, of: scene.no, version: nil, by: try scene.officer)
  }
  private func run(_ tool: String, _ arguments: [String], on pdf: Data) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "bound-\(UUID().uuidString).pdf")
    try pdf.write(to: file)
    defer { unlink(file.path) }
    return String(
      decoding: try ChildProcess.run("/usr/bin/\(tool)", arguments + [file.path] + (tool == "pdftotext" ? ["-"] : [])).output, as: UTF8.self
    )
  }
  /// The text of each page without blanks.
  private func pages(_ pdf: Data) throws -> [String] {
    var pages = try run("pdftotext", ["-raw"], on: pdf).split(separator: "\u{0C}", omittingEmptySubsequences: false).map {
      $0.filter { !$0.isWhitespace }
    }
    if pages.last?.isEmpty == true { pages.removeLast() }
    return pages
  }
  /// A PDF of so many pages, as somebody's scanner would make it.
  private func scan(_ pages: Int) async throws -> Data {
    let folder = FileManager.default.temporaryDirectory.appending(path: "scan-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }
    let text = (1...pages).map { "scanned page \($0)" }.joined(separator: "\n#pagebreak()\n")
    try Data("#set text(font: \"Noto Serif CJK SC\")\n\(text)".utf8).write(to: folder.appending(path: "main.typ"))
    let place = TypesetterPlace(folder: BoundScene.place.fonts.deletingLastPathComponent(), layouts: folder)
    try FileManager.default.copyItem(at: BoundScene.place.script, to: folder.appending(path: "typesetter.py"))
    return try await Typesetter(place, size: 1).pdf(Data("{}".utf8), dated: Day(daysSinceEpoch: 20_000))
  }

  @Test func theEvidenceIsBoundWithItsListPicturesAndPapers() async throws {
    let scene = try await EvidenceScene.make()
    let cases = try cases(scene)
    try await issueOne(cases, scene)
    for seed in 0..<3 { try await scene.add(try await scene.photo(seed) { $0.place = "12号101室" }) }
    // Another's photo counts once somebody has looked into it; the second of them never.
    let given = try await scene.add(try await scene.photo(7, source: .committee) { $0.title = "居委会提供的照片" })
    let refused = try await scene.add(try await scene.photo(8, source: .committee) { $0.title = "看不清的照片" })
    try await cases.verify(given.number, of: scene.no, as: .verified, note: "与现场一致，身份证310118199001011234已核对。", by: try scene.second)
    try await cases.verify(refused.number, of: scene.no, as: .rejected, note: "看不清是哪一户，也没有拍摄的时间。", by: try scene.second)
    var paper = NewExhibit(
      .document, title: "装修登记表", proves: "装修人310118199001011234登记的内容", file: try await cases.keepExhibit(try await scan(3)))
    paper.madeAt = scene.office.clock.now
    try await scene.add(paper)
    var film = NewExhibit(.video, title: "施工视频", proves: "正在施工", file: try await cases.keepExhibit(EvidenceScene.noise(300_000)))
    film.madeAt = scene.office.clock.now
    let kept = try await scene.add(film)
    var measure = NewExhibit(.measurement, title: "房间面积", proves: "卫生间面积")
    (measure.madeAt, measure.measure) = (scene.office.clock.now, ExhibitMeasure(value: "4.35", unit: "平方米", instrument: "激光测距仪 01"))
    try await scene.add(measure)

    let pdf = try await cases.bound(scene.no, for: try scene.leader).bytes
    #expect(try await cases.bound(scene.no, for: try scene.leader).bytes == pdf, "the same file twice")
    let pages = try pages(pdf)
    let all = pages.joined()
    // Cover, list, the paper, two sheets of the list of evidence, two of photographs, three scanned pages, 备考表.
    #expect(try run("pdfinfo", [], on: pdf).contains("Pages:           11"))
    #expect(pages.count == 11)
    for words in [
      "证据目录（共7件）", "照片（4张）", "证据6装修登记表", "居委会、业委会提供", "元邑居委会孙主任", "测得4.35平方米（激光测距仪01）", "只列可以作为定案依据的证据", "本卷共有文书1件，证据7件，8页。",
    ] { #expect(all.contains(words), "\(words)") }
    for number in [1, 2, 3, 4] { #expect(pages[5...6].joined().contains("证据\(number)"), "photo \(number)") }
    #expect(pages[5].contains("卷内4") && pages[5].contains("证据1卫生间现状") && pages[5].contains("证据2") && !pages[5].contains("证据3"))
    for page in 0..<3 { #expect(pages[7 + page].contains("scannedpage\(page + 1)") && pages[7 + page].contains("原件第\(page + 1)页，共3页")) }
    // The list says where each lies: photographs on 4 and 5, the scanned paper from 6 to 8, the film nowhere on paper.
    #expect(pages[1].contains("装修登记表6–8") && pages[3].contains("6–8") && pages[3].contains("电子"))
    #expect(all.contains(kept.file?.sha256 ?? "none"), "the hash of the film")
    #expect(all.contains("原始文件292KB"))
    // Nothing that does not count, and no number of anybody's identity card.
    #expect(!all.contains("看不清的照片") && !all.contains("310118199001011234") && all.contains("310118**********34"))
    #expect(try run("pdffonts", [], on: pdf).split(separator: "\n").dropFirst(2).allSatisfy { $0.contains(" yes ") })
  }

  @Test func aPictureThatWasChangedStopsTheBinding() async throws {
    let scene = try await EvidenceScene.make()
    let cases = try cases(scene)
    try await issueOne(cases, scene)
    let exhibit = try await scene.add(try await scene.photo())
    let shown = try #require(exhibit.shown)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: try scene.path(shown).path)
    try scene.alter(shown)
    let refusal = try await scene.refusal { _ = try await cases.bound(scene.no, for: try scene.leader) }
    #expect(refusal?.code == "cases-exhibit-altered" && refusal?.message.contains("证据 1") == true)
  }

  @Test func aBrokenPdfIsAnEntryAndNoObstacle() async throws {
    let scene = try await EvidenceScene.make()
    let cases = try cases(scene)
    try await issueOne(cases, scene)
    let broken = Data("%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\n".utf8) + EvidenceScene.noise(2000)
    var paper = NewExhibit(.document, title: "损坏的扫描件", proves: "登记的内容", file: try await cases.keepExhibit(broken))
    paper.madeAt = scene.office.clock.now
    try await scene.add(paper)
    let pages = try pages(try await cases.bound(scene.no, for: try scene.leader).bytes)
    // Cover, list, paper, list of evidence, 备考表.
    #expect(pages.count == 5 && pages[3].contains("损坏的扫描件") && pages[3].contains("电子"))
  }

  /// Two hundred of them are bound in one go, and neither this process nor the worker keeps them all.
  @Test func twoHundredAreBound() async throws {
    let scene = try await EvidenceScene.make()
    let cases = try cases(scene)
    try await issueOne(cases, scene)
    var all: [NewExhibit] = []
    for seed in 0..<200 { all.append(try await scene.photo(seed)) }
    try await scene.cases.add(all, to: scene.no, by: try scene.officer)
    let before = try Self.resident()
    let clock = ContinuousClock.now
    let pdf = try await cases.bound(scene.no, for: try scene.leader).bytes
    print("200 exhibits bound: \(clock.duration(to: .now)), \(pdf.count >> 10) KB, resident \(before) to \(try Self.resident()) MB")
    let pages = try pages(pdf)
    #expect(pages.count { $0.contains("证据199") } == 1 && pages.count { $0.contains("卷内100") } == 1)
    let text = pages.joined()
    #expect(text.contains("证据目录（共200件）") && text.contains("照片（200张）"))
    // A hundred sheets of photographs, two on each.
    #expect(pages.count { $0.contains("第100页共100页") } == 1)
    #expect(try Self.resident() < before + 300)
    #expect(pdf.count < 40 << 20)
  }
  private static func resident() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
    return (Int(line.split(whereSeparator: \.isWhitespace)[1]) ?? 0) >> 10
  }
}

enum BoundScene {
  static let place = TypesetterPlace(
    folder: TypesetterPlace.folder(beside: TestGround.data), layouts: TestGround.data.appending(path: "papers"))
  static let isPossible = place.missing.isEmpty && FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")
}
