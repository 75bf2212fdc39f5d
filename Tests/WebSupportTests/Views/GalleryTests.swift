import Testing
import WebSupport

/// What holds for every page, held against every page of the gallery.
struct GalleryTests {
  static let pages = Gallery.pages().map { (name: $0.name, text: $0.html.string) }
  static let names = pages.map(\.name)

  private func page(_ name: String) throws -> (text: String, reader: MarkupReader) {
    let text = try #require(Self.pages.first { $0.name == name }?.text)
    return (text, MarkupReader(text))
  }

  @Test(arguments: names)
  func isWellFormed(_ name: String) throws {
    #expect(try page(name).reader.faults == [])
  }

  @Test(arguments: names)
  func carriesNoInlineStyleOrScript(_ name: String) throws {
    for tag in try page(name).reader.tags {
      #expect(tag.name != "style")
      if tag.name == "script" { #expect(tag.value("src")?.hasPrefix("/assets/") == true) }
      #expect(!tag.attributes.contains { $0.name == "style" || $0.name.hasPrefix("on") || $0.value.lowercased().hasPrefix("javascript:") })
    }
  }

  @Test(arguments: names)
  func saysItIsDemonstration(_ name: String) throws {
    #expect(try page(name).text.contains("class=\"demo-band\""))
    #expect(try page(name).text.contains("<html lang=\"zh-CN\">"))
  }

  @Test(arguments: names)
  func hasOneNameForEachThing(_ name: String) throws {
    let ids = try page(name).reader.tags.compactMap { $0.value("id") }
    // The choices of one question share the question's id only once; a page never repeats one.
    #expect(ids.count == Set(ids).count, "\(ids)")
  }

  /// Labels, descriptions and the links of the error summary lead to something that is there.
  @Test(arguments: names)
  func pointsToWhatIsThere(_ name: String) throws {
    let tags = try page(name).reader.tags
    let ids = Set(tags.compactMap { $0.value("id") })
    for tag in tags {
      for target in [tag.value("for"), tag.value("list")].compactMap(\.self) { #expect(ids.contains(target), "\(target)") }
      for target in (tag.value("aria-describedby") ?? "").split(separator: " ") { #expect(ids.contains(String(target)), "\(target)") }
      if let href = tag.value("href"), href.hasPrefix("#"), tag.name == "a" { #expect(ids.contains(String(href.dropFirst())), "\(href)") }
    }
  }

  @Test(arguments: names)
  func everyFieldHasALabel(_ name: String) throws {
    let tags = try page(name).reader.tags
    let labelled = Set(tags.compactMap { $0.name == "label" ? $0.value("for") : nil })
    for tag in tags where ["input", "select", "textarea"].contains(tag.name) {
      let kind = tag.value("type") ?? ""
      // Boxes and filters stand inside their label.
      if ["hidden", "radio", "checkbox"].contains(kind) || tag.value("id") == nil { continue }
      #expect(labelled.contains(tag.value("id") ?? ""), "\(tag.value("name") ?? "")")
    }
  }

  @Test(arguments: names)
  func isLight(_ name: String) throws {
    #expect(try page(name).text.utf8.count < 60_000)
  }

  /// A list of two hundred rows stays under the weight of a page as well.
  @Test func twoHundredRowsWeighLittle() {
    let row = UI.Row(
      "/matters/QP2609-01877",
      [
        UI.lines("阳台改卫生间，楼下渗水", "徐泾北城招商悦庭 6 号 802 室"), UI.tag("调查中", .action), UI.lines("12345 热线", "9月14日"),
        UI.clock(nil, .running(left: "2 个工作日"), due: "9月24日 24:00 前", compact: true),
      ])
    let table = UI.table(
      "事项", [.init("什么", .what), .init("状态", .status), .init("谁", .meta), .init("时限", .clock)], Array(repeating: row, count: 50))
    #expect(table.bytes.count < 60_000)
  }

  /// Chinese of an office: no cheer, and full stops of its own.
  @Test(arguments: names)
  func keepsItsVoice(_ name: String) throws {
    let text = try page(name).text
    #expect(!text.contains("！") && !text.contains("提交") && !text.contains("亲爱的"))
  }
}
