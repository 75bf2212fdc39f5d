import Cases
import Catalogue
import Foundation
import Kernel
import Offices
import People
import Storage
import TestOffice
import Testing

/// The guides that come with the program.
@Suite struct WorkGuideTests {
  private func refusal(_ body: () async throws -> Void) async throws -> Refusal? {
    do {
      try await body()
      return nil
    } catch let refusal as Refusal { return refusal }
  }

  @Test func theMainItemsHaveOneWithItsBasis() async throws {
    let office = try await CaseOffice.make()
    let guides = office.cases.workGuides
    #expect(guides.all.count >= 15)
    // The items of the pilot and of the five whole cases.
    for item in [
      "load-bearing-damage", "kitchen-bathroom-conversion", "flying-wire-charging", "littering", "illegal-construction-ongoing",
      "illegal-construction",
      "facade-damage", "pm-not-stop-report",
    ] { #expect(guides[item] != nil, "\(item)") }
    for guide in guides.all {
      #expect(!guide.basis.isEmpty, "\(guide.title) has no basis in the catalogue")
      #expect(guide.firm == nil || !guide.firmBasis.isEmpty)
    }
    #expect(WorkGuide.mark.contains("弄堂自编") && WorkGuide.mark.contains("未经主管部门确认"))
  }

  @Test func aWrongFileStopsTheStart() throws {
    let catalogue = try Catalogue(reading: CaseGround.data("catalogue/items.json"))
    let one =
      #"{"item": "littering", "look": ["看", "再看"], "measure": ["量", "拍"], "defences": [{"said": "风", "answer": "看录像"}], "mistakes": ["认错人", "票据"]}"#
    #expect(try WorkGuides(reading: Data(#"{"guides": [\#(one)]}"#.utf8), catalogue: catalogue).all.count == 1)
    let wrong = one.replacing("littering", with: "no-such-item").replacing(#"["量", "拍"]"#, with: #"["量"]"#)
    let long = one.replacing("风", with: String(repeating: "风", count: 201))
    let error = #expect(throws: DataFileError.self) {
      try WorkGuides(reading: Data(#"{"guides": [\#(one), \#(one), \#(wrong), \#(long)]}"#.utf8), catalogue: catalogue)
    }
    let problems = error?.problems.joined(separator: "\n") ?? ""
    for words in ["there twice", "\"no-such-item\" is not in the catalogue", "at most 200"] {
      #expect(problems.contains(words), "\(words)")
    }
  }

  @Test func anOfficeSwitchesItOffOrPutsItsOwnInItsPlace() async throws {
    let office = try await CaseOffice.make()
    let (guides, house) = (office.cases.workGuides, office.house)
    let (manager, officer) = (try office.person("manager"), try office.person("officer"))
    let no = try await office.lead("facade-damage").no
    #expect(try await office.sheet(no).workGuide?.item.slug == "facade-damage")
    #expect(
      try await refusal { try await guides.switchOff("facade-damage", reason: "不用", by: officer, in: house) }?.code
        == "people-not-permitted")
    #expect(try await refusal { try await guides.switchOff("facade-damage", reason: "", by: manager, in: house) }?.field == "reason")
    #expect(
      try await refusal { try await guides.switchOff("tree-relocation", reason: "不用", by: manager, in: house) }?.code == "guides-missing")
    for _ in 0..<2 { try await guides.switchOff("facade-damage", reason: "本区另有口径", by: manager, in: house) }
    #expect(try await office.sheet(no).workGuide == nil)
    // Another district still has it, and so has the city.
    let far = office.office.fire.id
    #expect(try await house.store.read { db in try guides.used(for: "facade-damage", in: far, db) } != nil)
    #expect(try await house.store.read { db in try guides.used(for: "facade-damage", in: nil, db) } != nil)
    try await guides.switchOn("facade-damage", by: manager, in: house)
    #expect(try await office.sheet(no).workGuide != nil)

    // What the city does without, a district does not bring back.
    let city = Person(id: manager.id, login: "city", name: "市局", role: .cityManager, office: nil, officeName: "市局", district: nil)
    try await guides.switchOff("facade-damage", reason: "全市统一口径", by: city, in: house)
    #expect(try await office.sheet(no).workGuide == nil)
    #expect(try await refusal { try await guides.switchOn("facade-damage", by: manager, in: house) }?.code == "guides-city")
    try await guides.switchOn("facade-damage", by: city, in: house)

    var own = NewGuide(kind: .instruction, title: "外立面整治口径", item: nil, text: "先拍原貌。", source: "区局 2026 年第 5 号")
    own.replacesWorkGuide = true
    #expect(try await refusal { try await Guides.add(own, catalogue: office.cases.catalogue, by: manager, in: house) }?.field == "item")
    own.item = "facade-damage"
    try await Guides.add(own, catalogue: office.cases.catalogue, by: manager, in: house)
    let sheet = try await office.sheet(no)
    #expect(sheet.workGuide == nil && sheet.guides.map(\.title) == ["外立面整治口径"])
    let off = try await house.store.read { db in try WorkGuides.off(in: manager.district, db) }["facade-damage"]
    #expect(off?.reason == "由本单位的《外立面整治口径》代替" && off?.isCitys == false)
    #expect(try await house.store.read { db in try Journal.verify(db) }.faults.isEmpty)
  }

  /// What an office enters as its README says; nothing is divided before it does.
  @Test func aDivisionIsTheOfficesOwn() throws {
    let catalogue = try Catalogue(reading: CaseGround.data("catalogue/items.json"))
    let shipped = try CaseDivision(reading: CaseGround.data("procedures/division.json"), catalogue: catalogue)
    #expect(shipped.rules.isEmpty && shipped.level(of: "load-bearing-damage") == .street)
    let rule = #"{"item": "load-bearing-damage", "level": "district", "basis": "某区〔2026〕1号", "confidence": "quoted-from-text"}"#
    let own = try CaseDivision(reading: Data(#"{"default": "street", "rules": [\#(rule)]}"#.utf8), catalogue: catalogue)
    #expect(own.level(of: "load-bearing-damage") == .district && own.level(of: "littering") == .street)
    let wrong = rule.replacing("load-bearing-damage", with: "no-such-item")
    let error = #expect(throws: DataFileError.self) {
      try CaseDivision(reading: Data(#"{"default": "street", "rules": [\#(rule), \#(rule), \#(wrong)]}"#.utf8), catalogue: catalogue)
    }
    let problems = error?.problems.joined(separator: "\n") ?? ""
    #expect(problems.contains("there twice") && problems.contains("\"no-such-item\" is not in the catalogue"))
  }
}
