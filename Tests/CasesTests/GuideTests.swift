import Cases
import Catalogue
import Foundation
import Kernel
import Offices
import People
import Storage
import TestOffice
import Testing

/// What stands beside the catalogue: guides, errors that readers report, campaigns.
@Suite struct GuideTests {
  private func refusal(_ body: () async throws -> Void) async throws -> Refusal? {
    do {
      try await body()
      return nil
    } catch let refusal as Refusal { return refusal }
  }

  @Test func aGuideIsShownBesideItsItemUntilItIsRetired() async throws {
    let office = try await CaseOffice.make()
    let (manager, officer) = (try office.person("manager"), try office.person("officer"))
    let catalogue = office.cases.catalogue
    let new = NewGuide(
      kind: .template, title: "责令改正通知书范本", item: "facade-damage", text: "写明违法事实、条款、期限。", source: "区局 2026 年第 3 号",
      file: ("范本.docx", Data("docx".utf8)))
    #expect(
      try await refusal { try await Guides.add(new, catalogue: catalogue, by: officer, in: office.house) }?.code == "people-not-permitted")
    let id = try await Guides.add(new, catalogue: catalogue, by: manager, in: office.house)
    // Sent a second time it is the same.
    #expect(try await Guides.add(new, catalogue: catalogue, by: manager, in: office.house) == id)
    let no = try await office.lead("facade-damage").no
    #expect(try await office.sheet(no).guides.map(\.title) == ["责令改正通知书范本"])
    #expect(try await office.sheet(try await office.lead("littering").no).guides.isEmpty)
    let kept = try #require(try await office.house.store.read { db in try Guides.find(id, district: manager.district, db) })
    #expect(try office.house.vault.bytes(try #require(kept.sha256)) == Data("docx".utf8))
    // Another district neither sees it nor takes it out of use.
    let far = Person(
      id: manager.id, login: "far", name: "外局", role: .districtManager, office: office.office.fire.id, officeName: "外局",
      district: office.office.fire.id)
    #expect(try await office.house.store.read { db in try Guides.all(district: far.district, db) }.isEmpty)
    #expect(try await refusal { try await Guides.retire(id, by: far, in: office.house) }?.code == "guides-missing")
    try await Guides.retire(id, by: manager, in: office.house)
    #expect(try await office.sheet(no).guides.isEmpty)
    var bad = new
    bad.source = ""
    #expect(try await refusal { try await Guides.add(bad, catalogue: catalogue, by: manager, in: office.house) }?.field == "source")
    bad = new
    (bad.text, bad.file) = ("", nil)
    #expect(try await refusal { try await Guides.add(bad, catalogue: catalogue, by: manager, in: office.house) }?.field == "text")
  }

  @Test func anErrorInTheCatalogueIsReportedOnceAndAnswered() async throws {
    let office = try await CaseOffice.make()
    let item = try office.cases.catalogue.known("facade-damage")
    let (manager, officer) = (try office.person("manager"), try office.person("officer"))
    func remarks() async throws -> [CatalogueRemark] {
      try await office.house.store.read { db in try CatalogueNotes.remarks(on: item.slug, db) }
    }
    #expect(try await refusal { try await CatalogueNotes.remark(on: item, "错", by: officer, in: office.house) }?.field == "text")
    for _ in 0..<2 { try await CatalogueNotes.remark(on: item, "罚则条号应为第八十一条。", by: officer, in: office.house) }
    let one = try #require(try await remarks().first)
    #expect(try await remarks().count == 1 && one.who == "王建国")
    #expect(
      try await refusal { try await CatalogueNotes.answer(one.id, "核对无误", by: officer, in: office.house) }?.code == "people-not-permitted")
    try await CatalogueNotes.answer(one.id, "已核对，下一版更正。", by: manager, in: office.house)
    #expect(try await remarks().first?.answer == "已核对，下一版更正。")
    #expect(
      try await refusal { try await CatalogueNotes.answer(one.id, "再答", by: manager, in: office.house) }?.code == "catalogue-remark-missing"
    )
  }

  @Test func anOfficeKeepsItsOwnListsOfCampaigns() async throws {
    let office = try await CaseOffice.make()
    let item = try office.cases.catalogue.known("facade-damage")
    let manager = try office.person("manager")
    func campaigns() async throws -> [String: [String]] { try await office.house.store.read { db in try CatalogueNotes.campaigns(db) } }
    for _ in 0..<2 { try await CatalogueNotes.list(item, under: "外墙整治", true, by: manager, in: office.house) }
    #expect(try await campaigns() == ["facade-damage": ["外墙整治"]])
    try await CatalogueNotes.list(item, under: "外墙整治", false, by: manager, in: office.house)
    #expect(try await campaigns().isEmpty)
    #expect(
      try await refusal { try await CatalogueNotes.list(item, under: "外墙整治", true, by: try office.person("officer"), in: office.house) }?
        .code
        == "people-not-permitted")
  }
}
