import Foundation
import Intake
import Kernel
import Matters
import Storage
import WebSupport

/// The timeline of a matter.
enum MatterStoryView {
  static func icon(_ action: String) -> (Icon?, Tone?) {
    switch action {
    case "matter-registered", "matter-joined": (.inbox, nil)
    case "matter-dispatch": (.send, .action)
    case "matter-object", "matter-sendBack", "matter-takeBack": (.back, .soon)
    case "matter-accept": (.check, .action)
    case "matter-contact", "matter-revisit", "matter-city-revisit": (.phone, nil)
    case "matter-photos-added": (.camera, nil)
    case "matter-rated": (.star, nil)
    case "matter-visit": (.walk, nil)
    case "matter-find": (.law, nil)
    case "matter-measure": (.hand, nil)
    case "matter-reply": (.chat, nil)
    case "matter-approve", "matter-close": (.check, .good)
    case "matter-reopen", "matter-resume": (.refresh, .soon)
    case "matter-hang": (.pause, nil)
    case "matter-urge": (.bell, .soon)
    case "matter-supervise": (.flag, .danger)
    case "matter-transfer", "matter-answerTransfer": (.exit, nil)
    case "matter-correct": (.pencil, nil)
    case "matter-merge", "matter-took-over", "matter-split", "matter-not-same": (.merge, nil)
    case "matter-askDelay", "matter-decideDelay": (.calendar, nil)
    default: (nil, nil)
    }
  }

  static func event(_ line: StoryLine, _ file: MatterFile) -> UI.Event {
    let (icon, tone) = icon(line.action)
    return UI.Event(
      at: line.at, who: line.machine ? nil : line.who, "\(line.what)", words: line.note.map { HTML(text: $0) },
      photos: photos(of: line, file), icon: icon, tone: tone)
  }

  /// A visit's line names its files, and so does the line of photos that came later; a measure's is found by its moment.
  private static func photos(of line: StoryLine, _ file: MatterFile) -> [UI.Photo] {
    var sheets = file.files.filter { line.files.contains($0.sha256) }
    if line.action == "matter-measure", let measure = file.measures.first(where: { $0.at == line.at }) {
      sheets = file.files.filter { $0.entry == "measure" && $0.entryID == measure.id }
    }
    var copies = sheets.map { (thumbnail: $0.thumbnail, publicCopy: $0.publicCopy) }
    if line.action == "matter-photos-added" {
      copies = file.reports.flatMap(\.files).filter { line.files.contains($0.original.sha256) }.map { ($0.thumbnail, $0.publicCopy) }
    }
    return copies.enumerated().compactMap {
      PhotoView.photo($0.element.thumbnail, $0.element.publicCopy, "\(line.what)，照片 \($0.offset + 1)")
    }
  }

  /// Newest first: what one comes to see stands on top.
  static func timeline(_ file: MatterFile, last: Int) -> HTML { timeline(Array(file.story.suffix(last)), file) }
  static func timeline(_ lines: [StoryLine], _ file: MatterFile) -> HTML {
    UI.timeline(lines.reversed().map { event($0, file) })
  }
}

enum PhotoView {
  static func address(_ sha256: String) -> String { "/files/\(sha256)" }
  /// Nil for what has no copy to show.
  static func photo(_ thumbnail: String?, _ publicCopy: String?, _ alt: String) -> UI.Photo? {
    thumbnail.map { UI.Photo(thumb: address($0), full: address(publicCopy ?? $0), alt: alt) }
  }
  /// Links to the originals, as evidence.
  static func originals(_ files: [(sha256: String, mediaType: String)]) -> HTML {
    if files.isEmpty { return .empty }
    let links = files.enumerated().map { index, file in
      UI.link("第 \(index + 1) 张\(file.mediaType == "image/heic" ? "（HEIC）" : "")", address(file.sha256))
    }
    return "<p class=\"hint\">原图：\(HTML.join(links, "、"))</p>"
  }
}
