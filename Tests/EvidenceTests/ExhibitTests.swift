import CGD
import Cases
import Foundation
import Kernel
import Matters
import People
import Pictures
import Storage
import TestHouse
import TestOffice
import Testing

@Suite struct ExhibitTests {
  @Test func theOriginalIsKeptByteForByteAndCounts() async throws {
    let scene = try await EvidenceScene.make()
    let bytes = EvidenceScene.picture(400, 300)
    var new = NewExhibit(.photo, title: "门厅", proves: "现状", file: try await scene.cases.keepExhibit(bytes))
    new.place = "12号101室"
    let exhibit = try await scene.add(new)
    #expect(exhibit.number == 1 && exhibit.counts && exhibit.state == .verified && exhibit.maker == "王建国")
    let name = try #require(exhibit.file?.sha256)
    #expect(name == EvidenceScene.hash(bytes))
    #expect(try scene.house.vault.bytes(name) == bytes)
    let record = try await scene.record()
    #expect(record.file.exhibits == 1)
    // The step of the case was taken with it, and its chain begins.
    let sheet = try await scene.cases.sheet(scene.no, for: try scene.officer)
    #expect(sheet.steps.last?.event == .collect && sheet.steps.last?.note == "证据 1：门厅")
    let story = try await scene.cases.story(of: exhibit)
    #expect(story.map(\.action) == ["exhibit-added"])
    #expect(try story[0].facts([String: String].self)["sha256"] == name)
  }

  /// Nobody types a hash: the paper that hands the evidence in takes it from the exhibits of its step.
  @Test func thePaperNamesWhatTheEvidenceLiesOn() async throws {
    let scene = try await EvidenceScene.make()
    let photo = try await scene.add(try await scene.photo())
    var new = NewExhibit(.measurement, title: "阳台封闭部分", proves: "面积")
    new.madeAt = scene.office.clock.now
    new.measure = ExhibitMeasure(value: "6.35", unit: "平方米", instrument: "激光测距仪 LD-03")
    scene.office.clock.advance(minutes: 1)
    try await scene.add(new)
    let papers = try await scene.cases.papers(of: scene.no, for: try scene.officer).filter { $0.kind == "photo-evidence" }
    let hash = try #require(photo.file?.sha256)
    #expect(papers.map { $0.texts["carrier"] } == ["证据 1 \(photo.title)：原始文件，SHA-256 \(hash)", "证据 2 阳台封闭部分：6.35平方米，激光测距仪 LD-03"])
  }

  /// A form may bring two hundred; the paper must still be one that can be issued.
  @Test func manyExhibitsAreNamedTogether() async throws {
    let scene = try await EvidenceScene.make()
    let many = (1...41).map { number in
      var new = NewExhibit(.measurement, title: "栏杆间距 \(number)", proves: "间距")
      new.madeAt = scene.office.clock.now
      new.measure = ExhibitMeasure(value: "0.\(number)", unit: "米", instrument: "钢卷尺")
      return new
    }
    try await scene.cases.add(many, to: scene.no, by: try scene.officer)
    let paper = try await scene.cases.papers(of: scene.no, for: try scene.officer).first { $0.kind == "photo-evidence" }
    #expect(paper?.texts["carrier"] == "证据 1 至 证据 41，共41件，均为原始文件或测量记录，SHA-256 见本案证据清单。")
  }

  @Test func lookingAtTheOriginalIsWrittenDown() async throws {
    let scene = try await EvidenceScene.make()
    let exhibit = try await scene.add(try await scene.photo())
    let second = try scene.second
    let look = try await scene.cases.look(at: 1, of: scene.no, by: second)
    var bytes = Data()
    try await look.write(0..<look.file.size) { bytes += $0 }
    #expect(try bytes == scene.house.vault.bytes(try #require(exhibit.file?.sha256)))
    let story = try await scene.cases.story(of: exhibit)
    #expect(story.last?.action == "exhibit-looked-at" && story.last?.actor.account == second.id.raw)
    // Another squad's officer finds no such evidence, and nothing is written.
    let stranger = try scene.office.person("stranger")
    let refused = try await scene.refusal { _ = try await scene.cases.look(at: 1, of: scene.no, by: stranger) }
    #expect(refused?.code == "cases-missing")
    #expect(try await scene.cases.story(of: exhibit).count == 2)
  }

  @Test(arguments: [ExhibitSource.committee, .firm, .resident, .department])
  func whatOthersGaveCountsOnlyOnceItWasLookedInto(source: ExhibitSource) async throws {
    let scene = try await EvidenceScene.make()
    let exhibit = try await scene.add(try await scene.photo(source: source))
    #expect(exhibit.state == .pending && !exhibit.counts)
    #expect(try await scene.record().file.exhibits == 0)
    // Not with a word only.
    let short = try await scene.refusal {
      try await scene.cases.verify(1, of: scene.no, as: .verified, note: "属实", by: try scene.officer)
    }
    #expect(short?.code == "cases-verify-note" && short?.article?.contains("沪城管执〔2024〕104号") == true)
    // Not by who does not handle the case.
    let leader = try scene.leader
    let other = try await scene.refusal {
      try await scene.cases.verify(1, of: scene.no, as: .verified, note: "到现场核对，位置与照片一致", by: leader)
    }
    #expect(other?.code == "cases-not-handling")
    #expect(try await scene.record().file.exhibits == 0)
    let verified = try await scene.cases.verify(
      1, of: scene.no, as: .verified, note: "到现场核对，位置与照片一致，提供人已签名", by: try scene.second)
    #expect(verified.state == .verified && verified.counts && verified.verifiedBy == "李敏")
    #expect(try await scene.record().file.exhibits == 1)
    let again = try await scene.refusal {
      try await scene.cases.verify(1, of: scene.no, as: .rejected, note: "再看一遍，照片拍摄时间不对", by: try scene.officer)
    }
    #expect(again?.code == "cases-exhibit-settled")
    #expect(try await scene.cases.story(of: exhibit).map(\.action) == ["exhibit-added", "exhibit-verified"])
  }

  @Test func whatWasRejectedNeverCounts() async throws {
    let scene = try await EvidenceScene.make()
    try await scene.add(try await scene.photo(source: .resident))
    let rejected = try await scene.cases.verify(1, of: scene.no, as: .rejected, note: "照片拍的是另一户，与本案无关", by: try scene.officer)
    #expect(!rejected.counts && rejected.state == .rejected)
    #expect(try await scene.record().file.exhibits == 0)
  }

  @Test func whoGaveItHasToBeNamed() async throws {
    let scene = try await EvidenceScene.make()
    let new = try await scene.photo(source: .firm) { $0.maker = "" }
    let refused = try await scene.refusal { try await scene.add(new) }
    #expect(refused?.field == "maker" && refused?.article?.contains("第四十六条") == true)
  }

  // MARK: Devices

  static func device(_ scene: EvidenceScene, _ change: (inout DeviceEdit) -> Void = { _ in }) async throws -> MonitoringDevice.ID {
    let day = scene.office.clock.now.day
    var edit = DeviceEdit()
    (edit.name, edit.kind, edit.place) = ("高空抛物摄像机 1", "视频监控", "12号楼东侧")
    edit.legalReview = .init(on: day.adding(days: -40), "沪青徐泾法审〔2026〕8号")
    edit.technicalReview = .init(on: day.adding(days: -35), "检测报告 JC-118")
    edit.published = .init(on: day.adding(days: -30), "镇政府网站")
    change(&edit)
    return try await scene.cases.note(device: edit, by: try scene.leader)
  }

  @Test func aReviewedDeviceStillNeedsAPersonToExamineItsRecord() async throws {
    let scene = try await EvidenceScene.make()
    let id = try await Self.device(scene)
    let exhibit = try await scene.add(try await scene.photo(source: .device) { ($0.device, $0.maker) = (id, "") })
    #expect(exhibit.state == .pending && !exhibit.counts && exhibit.maker == "高空抛物摄像机 1" && exhibit.place == "12号楼东侧")
    try await scene.cases.verify(1, of: scene.no, as: .verified, note: "画面清晰完整，时间准确，能看清抛物的楼层", by: try scene.officer)
    #expect(try await scene.record().file.exhibits == 1)
  }

  static let unfit: [(code: String, change: @Sendable (inout DeviceEdit, Day) -> Void)] = [
    ("no-legal-review", { edit, _ in edit.legalReview = nil }), ("no-technical-review", { edit, _ in edit.technicalReview = nil }),
    ("unpublished", { edit, _ in edit.published = nil }), ("not-in-use", { edit, _ in edit.isInUse = false }),
    ("unpublished", { edit, day in edit.published = .init(on: day, "镇政府网站") }),
  ]
  @Test(arguments: unfit.indices) func aDeviceWithoutReviewIsRefusedWithItsArticle(index: Int) async throws {
    let scene = try await EvidenceScene.make()
    let today = scene.office.clock.now.day
    let id = try await Self.device(scene) { Self.unfit[index].change(&$0, today) }
    let new = try await scene.photo(source: .device) {
      $0.device = id
      // The day before the place was published.
      $0.madeAt = today.adding(days: -1).at(hour: 22)
    }
    let refused = try await scene.refusal { try await scene.add(new) }
    #expect(refused?.code == "cases-device-\(Self.unfit[index].code)" && refused?.article == "行政处罚法第四十一条")
    #expect(try await scene.exhibits().isEmpty)
    #expect(try await scene.record().file.exhibits == 0)
  }
  @Test func aDeviceNobodyRegisteredIsRefused() async throws {
    let scene = try await EvidenceScene.make()
    let none = try await scene.photo(source: .device)
    let refused = try await scene.refusal { try await scene.add(none) }
    #expect(refused?.article == "行政处罚法第四十一条" && refused?.field == "device")
    let unknown = try await scene.photo(source: .device) { $0.device = MonitoringDevice.ID(42) }
    #expect(try await scene.refusal { try await scene.add(unknown) }?.article == "行政处罚法第四十一条")
  }
  @Test func onlyTheLeaderKeepsTheRegister() async throws {
    let scene = try await EvidenceScene.make()
    let officer = try scene.officer
    #expect(try await scene.refusal { try await scene.cases.note(device: DeviceEdit(), by: officer) }?.kind == .forbidden)
  }

  // MARK: Other ways in

  @Test func aMeasurementNeedsItsInstrument() async throws {
    let scene = try await EvidenceScene.make()
    var new = NewExhibit(.measurement, title: "阳台封闭部分", proves: "面积")
    new.madeAt = scene.office.clock.now
    new.measure = ExhibitMeasure(value: "6.35", unit: "平方米", instrument: "")
    let measured = new
    #expect(try await scene.refusal { try await scene.add(measured) }?.field == "instrument")
    new.measure = ExhibitMeasure(value: "6.35", unit: "平方米", instrument: "激光测距仪 LD-03，检定至 2027-03")
    let exhibit = try await scene.add(new)
    #expect(exhibit.counts && exhibit.file == nil && exhibit.measure?.value == "6.35")
    #expect(try await Cases.proveEvidence(of: scene.no, in: scene.house).isWhole)
  }

  @Test func aFileIsEvidenceOnce() async throws {
    let scene = try await EvidenceScene.make()
    try await scene.add(try await scene.photo())
    let same = try await scene.photo()
    let refused = try await scene.refusal { try await scene.add(same) }
    #expect(refused?.code == "cases-exhibit-double" && refused?.message.contains("证据 1") == true)
  }

  @Test func aProgramIsNoExhibit() async throws {
    let scene = try await EvidenceScene.make()
    for bytes in ["MZ\u{90}\u{0}", "#!/bin/sh\nrm -rf /", "<html><script>"] {
      #expect(try await scene.refusal { _ = try await scene.cases.keepExhibit(Data(bytes.utf8)) }?.code == "cases-exhibit-type")
    }
  }

  @Test func nobodyEntersEvidenceOutOfTurn() async throws {
    let scene = try await EvidenceScene.make()
    let new = try await scene.photo()
    for login in ["leader", "stranger", "manager"] {
      let person = try scene.office.person(login)
      let refused = try await scene.refusal { try await scene.cases.add([new], to: scene.no, by: person) }
      #expect(refused != nil, "\(login)")
    }
    // A case that was not filed collects no more.
    try await scene.cases.step(
      .refuseFiling, CaseSaid(["reason": "经核实违法行为不成立，决定不予立案"]), on: scene.no, version: nil, by: try scene.leader)
    #expect(try await scene.refusal { try await scene.add(new) }?.code == "step-not-now")
    #expect(try await scene.exhibits().isEmpty)
  }

  @Test func twentyAtOnceAreNumberedWithoutGap() async throws {
    let scene = try await EvidenceScene.make()
    var all: [NewExhibit] = []
    for seed in 0..<20 { all.append(try await scene.photo(seed)) }
    let people = [try scene.officer, try scene.second]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, new) in all.enumerated() {
        group.addTask { _ = try await scene.cases.add([new], to: scene.no, by: people[index % 2]) }
      }
      try await group.waitForAll()
    }
    #expect(try await scene.exhibits().map(\.number) == Array(1...20))
    let record = try await scene.record()
    #expect(record.file.exhibits == 20)
    #expect(try await Cases.proveEvidence(of: scene.no, in: scene.house).isWhole)
  }

  @Test func allOfAFormOrNothing() async throws {
    let scene = try await EvidenceScene.make()
    let (good, bad) = (try await scene.photo(1), try await scene.photo(1))
    let refused = try await scene.refusal { try await scene.cases.add([good, bad], to: scene.no, by: try scene.officer) }
    #expect(refused?.code == "cases-exhibit-double")
    #expect(try await scene.exhibits().isEmpty)
    #expect(try await scene.record().file.exhibits == 0)
  }

  // MARK: For publication

  @Test func aMaskedCopyIsBlackWhereItShouldBeAndTheOriginalStays() async throws {
    let scene = try await EvidenceScene.make()
    let original = try await scene.add(try await scene.photo())
    let name = try #require(original.file?.sha256)
    let before = try scene.house.vault.bytes(name)
    let area = try #require(PhotoArea(left: 0.1, top: 0.1, width: 0.3, height: 0.3))
    let copy = try await scene.cases.mask(1, of: scene.no, [area], by: try scene.officer)
    #expect(copy.number == 2 && copy.maskedOf == 1 && !copy.counts)
    #expect(try scene.house.vault.bytes(name) == before)
    #expect(try await scene.record().file.exhibits == 1, "a copy is no further evidence")
    let bytes = try scene.house.vault.bytes(try #require(copy.file?.sha256))
    let (inside, outside) = (Self.pixel(bytes, 64, 48), Self.pixel(bytes, 280, 200))
    #expect(inside.map { $0 & 0xF0F0F0 } == 0 && outside.map { $0 & 0xF0F0F0 } == 0xF0F0F0)
    #expect(try await scene.cases.story(of: original).last?.action == "exhibit-masked")
    #expect(try await Cases.proveEvidence(of: scene.no, in: scene.house).isWhole)
    let twice = try await scene.refusal { try await scene.cases.mask(2, of: scene.no, [area], by: try scene.officer) }
    #expect(twice?.code == "cases-mask-kind")
  }
  /// 0xRRGGBB
  static func pixel(_ jpeg: Data, _ x: Int32, _ y: Int32) -> Int32? {
    var bytes = [UInt8](jpeg)
    guard let image = gdImageCreateFromJpegPtr(Int32(bytes.count), &bytes) else { return nil }
    defer { gdImageDestroy(image) }
    return gdImageGetTrueColorPixel(image, x, y)
  }
}
