import Foundation
import HTTPTypes
import Kernel
import Matters
import Storage
import WebSupport

/// Photos and papers by their SHA-256, for those who may see the matter or report that holds them.
struct FilePages: Sendable {
  let matters: Matters

  func routes(_ book: inout RouteBook) {
    book.get("/files/{sha}", allow: .signedIn(nil)) { visit in try await show(visit) }
  }

  func show(_ visit: Visit) async throws -> Answer {
    let sha = try visit.path("sha").lowercased()
    let file = try await matters.maySee(file: sha, try visit.person)
    let bytes: Data
    do { bytes = try matters.house.vault.bytes(sha) } catch VaultError.missing {
      throw Refusal(.missing, "matters-no-file", "没有这个文件，或者它不在您的办理范围内。")
    }
    switch file.kind {
    case .original:
      let ending = file.mediaType.split(separator: "/").last.map(String.init) ?? "bin"
      let name = "\(sha.prefix(12)).\(ending == "jpeg" ? "jpg" : ending)"
      // Evidence is saved, not shown: what is shown are the copies made here.
      return Answer.file(bytes, type: file.mediaType, name: name).with(.contentDisposition, "attachment; filename=\"\(name)\"")
    case .publicCopy, .thumbnail:
      let isPNG = bytes.prefix(8).elementsEqual([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
      let type = isPNG ? "image/png" : "image/jpeg"
      return Answer.file(bytes, type: type, name: "\(sha.prefix(12)).\(isPNG ? "png" : "jpg")", forever: true)
    }
  }
}
