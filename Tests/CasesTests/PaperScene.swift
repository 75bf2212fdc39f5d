import Cases
import Catalogue
import ClockBook
import Foundation
import Kernel
import Matters
import Offices
import People
import Storage
import TestHouse
import TestOffice
import Testing
import Typesetting
import WorkCalendar

/// An office whose people take a case through its steps, with papers.
struct PaperScene: Sendable {
  let office: TestOffice
  let cases: Cases
  let head: Person
  var clock: TestClock { office.clock }

  /// What `scripts/typesetter.sh` makes; tests that look at PDFs need it.
  static let place = TypesetterPlace(
    folder: TypesetterPlace.folder(beside: TestGround.data), layouts: CaseGround.root.appending(path: "Data/papers"))
  static let canTypeset = place.missing.isEmpty
  /// One pool for all tests: each worker takes a second to start and 140 MB.
  static let typesetter = Typesetter(place)

  static func book() throws -> (papers: [CasePaper], book: PaperBook) {
    let papers = try CasePaper.read(CaseGround.data("procedures/papers.json"))
    return (papers, try PaperBook(reading: CaseGround.data("papers/papers.json"), papers: papers))
  }

  static func make(typesetter: Typesetter? = PaperScene.typesetter) async throws -> PaperScene {
    let office = try await TestOffice.make()
    let house = office.house
    let cases = try Cases(
      house: house, clocks: office.matters.clocks, catalogue: office.matters.catalogue, data: CaseGround.data, typesetter: typesetter)
    let scene = PaperScene(office: office, cases: cases, head: try office.person("head"))
    for (login, number) in [("officer", "沪A00001"), ("second", "沪A00002")] {
      try await cases.note(
        certificate: number, until: try Day.of("2028-12-31"), of: try office.person(login).id, by: try office.person("leader"))
    }
    return scene
  }

  func person(_ login: String) throws -> Person { try office.person(login) }
  @discardableResult
  func take(_ event: CaseEvent, _ said: [String: String] = [:], on no: String, by login: String = "officer") async throws -> CaseRecord {
    try await cases.step(event, CaseSaid(said), on: no, version: nil, by: try person(login))
  }

  /// A case of a facade, from its lead to the end of the notice, or to the decision.
  func facade(party: String = "王镕喆", until last: CaseEvent = .decide, fine: String = "3000", corrected: Bool = false) async throws -> String
  {
    let (first, second) = (try person("officer"), try person("second"))
    var new = NewCase(item: "facade-damage", procedure: .ordinary, foundOn: clock.now.day, place: "盈港东路8900弄12号南立面")
    new.note = "巡查发现外墙被开凿门洞。"
    let no = try await cases.open(new, by: first).no
    let both = CaseSaid(["officers": [String(first.id.raw), String(second.id.raw)]])
    _ = try await cases.step(.assign, both, on: no, version: nil, by: try person("leader"))
    try await take(
      .identifyParty, ["kind": "individual", "name": party, "address": "盈港东路8900弄12号301室", "id-number": "310118199001011234"], on: no)
    try await take(.askFiling, ["note": "外墙开凿门洞，面积2.52㎡。"], on: no)
    try await take(.approveFiling, ["note": "同意。"], on: no, by: "leader")
    let present = [String(first.id.raw), String(second.id.raw)]
    _ = try await cases.step(
      .inspect, CaseSaid(["present": present, "place": ["12号南立面"], "note": ["门洞宽1.2米、高2.1米。"]]), on: no, version: nil, by: first)
    let seen = ["门洞的位置", "门洞的宽度", "门洞的高度"].map { title in
      var new = NewExhibit(.measurement, title: title, proves: "外墙开凿门洞")
      new.measure = ExhibitMeasure(value: "2.1", unit: "米", instrument: "激光测距仪 LD-03")
      new.madeAt = clock.now
      return new
    }
    try await cases.add(seen, to: no, by: first)
    try await take(.orderCorrection, ["until": clock.now.day.adding(days: 3).iso, "note": "恢复外墙原状。"], on: no)
    try await CaseOffice.issue("rectify-order", of: no, by: first, in: cases)
    try await take(.reviewCorrection, ["corrected": corrected ? "yes" : "no", "note": corrected ? "已封堵。" : "门洞仍在。"], on: no)
    if last == .reviewCorrection { return no }
    try await take(.conclude, ["note": "当事人在外墙开凿门洞一处，面积2.52㎡，责令改正后没有改正。"], on: no)
    try await take(.propose, ["fine": fine, "note": "面积较小，没有影响房屋安全，属一般情节。"], on: no)
    try await CaseOffice.issue("prior-notice", of: no, by: first, in: cases)
    try await take(.giveNotice, ["served": "\(clock.now.day.iso)T\(clock.now.clockText)"], on: no)
    try await take(.hearStatement, ["note": "家中老人行动不便。", "answer": "可以加装坡道解决，不予采纳。"], on: no)
    try await take(.waive, ["note": "书面放弃。"], on: no)
    try await take(.endNotice, on: no)
    if last == .endNotice { return no }
    try await take(.askReview, on: no)
    try await take(.passReview, ["note": "事实清楚，程序合法。"], on: no, by: "reviewer")
    try await take(.discuss, ["participants": "3", "note": "一致同意。"], on: no, by: "head")
    try await take(.decide, ["fine": fine, "note": "面积较小，没有影响房屋安全，属一般情节。"], on: no, by: "head")
    return no
  }
  func paper(_ kind: String, of no: String) async throws -> PaperRecord {
    try #require(try await cases.papers(of: no, for: try person("officer")).last { $0.kind == kind })
  }
  /// The decision, with what only a person knows.
  @discardableResult
  func issueDecision(of no: String) async throws -> PaperRecord {
    let draft = try await paper("penalty-decision", of: no)
    return try await cases.issue(
      draft.id, of: no, texts: ["bank": "中国农业银行上海徐泾支行，京华路1号"], version: draft.version, by: head)
  }
  func refusal(_ work: () async throws -> Void) async -> Refusal? {
    do {
      try await work()
      return nil
    } catch let refusal as Refusal { return refusal } catch {
      Issue.record(error)
      return nil
    }
  }
}

/// What a reader finds in a PDF.
enum PDFText {
  static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/pdftotext")
  static func of(_ pdf: Data) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: "paper-\(UUID().uuidString).pdf")
    try pdf.write(to: file)
    defer { unlink(file.path) }
    return String(decoding: try ChildProcess.run("/usr/bin/pdftotext", ["-layout", file.path, "-"]).output, as: UTF8.self)
  }
  /// Without the blanks and line ends that layout puts between characters.
  static func dense(_ pdf: Data) throws -> String { try of(pdf).filter { !$0.isWhitespace } }
}
