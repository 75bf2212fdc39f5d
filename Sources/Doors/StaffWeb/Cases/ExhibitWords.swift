import Cases
import Foundation
import Kernel
import Storage
import WebSupport

/// The words and marks of evidence, everywhere the same.
enum ExhibitWords {
  static func address(_ no: String, _ rest: String = "") -> String { CaseWords.address(no, rest.isEmpty ? "exhibits" : "exhibits/\(rest)") }

  static func tag(_ exhibit: Exhibit) -> HTML {
    if exhibit.maskedOf != nil { return UI.tag("公开用副本", .neutral, icon: .eye) }
    return switch exhibit.state {
    case .pending: UI.tag("待查证", .soon)
    case .verified: UI.tag("可作证据", .good)
    case .rejected: UI.tag("不采用", .neutral, icon: .cross)
    }
  }
  static func tags(_ exhibit: Exhibit) -> [HTML] {
    [UI.tag(exhibit.kind.chinese, .neutral, icon: icon(exhibit.kind)), tag(exhibit)]
      + (exhibit.fault == nil ? [] : [UI.tag("与登记不符", .danger)])
  }
  static func icon(_ kind: ExhibitKind) -> Icon {
    switch kind {
    case .photo: .photo
    case .video: .camera
    case .audio: .phone
    case .document: .paper
    case .measurement: .chart
    }
  }
  /// "3.4 MB"
  static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<1024: "\(bytes) 字节"
    case ..<(1 << 20): "\(bytes >> 10) KB"
    case ..<(1 << 30): "\(bytes >> 20).\(((bytes & 0xF_FFFF) * 10) >> 20) MB"
    default: "\(bytes >> 30).\(((bytes & 0x3FFF_FFFF) * 10) >> 30) GB"
    }
  }
  static func strip(_ exhibits: [Exhibit], of no: String) -> HTML {
    UI.photoStrip(
      exhibits.filter { $0.thumbnail != nil }.map { one in
        UI.Photo(
          thumb: address(no, "\(one.number)/picture?small=1"), full: address(no, "\(one.number)"), alt: "\(one.name)：\(one.title)")
      })
  }

  static func row(_ exhibit: Exhibit, of no: String) -> UI.Row {
    UI.Row(
      address(no, "\(exhibit.number)"),
      [
        UI.lines("\(exhibit.number)　\(exhibit.title)", "\(exhibit.proves)"), HTML.join(tags(exhibit), " "),
        UI.lines("\(exhibit.maker)", "\(exhibit.madeAt.map { "\($0.chinese)形成" } ?? "形成时间未记")，\(UI.time(exhibit.addedAt))登记"),
        exhibit.file.map { HTML(text: size($0.size)) } ?? exhibit.measure.map { "\($0.value) \($0.unit)" } ?? "—",
      ], tone: exhibit.fault != nil ? .danger : exhibit.state == .pending ? .soon : nil)
  }
  static let columns: [UI.Column] = [.init("证据、证明什么", .what), .init("状态", .status), .init("制作、登记", .meta), .init("大小、数值", .figure)]

  static func done(_ entry: JournalEntry) -> String {
    let facts = (try? entry.facts([String: String].self)) ?? [:]
    return switch entry.action {
    case "exhibit-added": "登记"
    case "exhibit-looked-at": "查看原件"
    case "exhibit-verified": "查证属实，可作证据"
    case "exhibit-rejected": "查证后不采用"
    case "exhibit-masked": "制作公开用副本（证据 \(facts["copy"] ?? "")）"
    case "exhibit-exported": "导出"
    case "exhibit-checked": facts["whole"] == "yes" ? "核验：没有改动" : "核验：与登记不符"
    default: entry.action
    }
  }

  /// What stands on every page of the case when evidence was found altered.
  static func warning(_ faults: [(number: Int, words: String)], of no: String) -> HTML {
    faults.isEmpty
      ? .empty
      : UI.notice(
        .danger, "有证据与登记的不一致，作决定前请先查清",
        "<ul>\(each: faults, { "<li>\(UI.link("证据 \($0.number)", address(no, "\($0.number)")))：\($0.words)</li>" })</ul>")
  }
}
