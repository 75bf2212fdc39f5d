import Crypto
import Foundation
import HTTPTypes
import Kernel
import Storage

/// The files of `Assets/`, read once at the start: a request looks a name up in a table and never touches a path.
/// A folder with a name like a file's (`app.css/`) is one file in parts: joined in the order of their names, served as one.
public struct AssetFolder: Sendable {
  struct Asset: Sendable {
    let bytes: [UInt8]
    let type: String
    let tag: String
    let version: String

    init(bytes: [UInt8], type: String) {
      self.bytes = bytes
      self.type = type
      tag = "\"\(SHA256.hash(data: bytes).prefix(16).hex)\""
      version = AssetVersions.version(of: bytes)
    }
    func answer(to visit: Visit) -> Answer {
      // The address carries the content's hash: a browser need not ask again for a year.
      let exact = visit.query["v"] == version
      var answer = Answer(
        headers: [.contentType: type, .eTag: tag, .cacheControl: exact ? "public, max-age=31536000, immutable" : "public, no-cache"],
        body: .bytes(bytes))
      if visit.headers[.ifNoneMatch]?.contains(tag) == true {
        answer.status = .notModified
        answer.body = .none
        answer.headers[.contentType] = nil
      }
      return answer
    }
  }
  let assets: [String: Asset]

  public init(_ folder: URL) throws {
    var assets: [String: Asset] = [:]
    for file in try Self.files(folder) {
      guard let type = Self.types[file.pathExtension.lowercased()] else { continue }
      let parts = try file.hasDirectoryPath ? Self.files(file).filter { $0.pathExtension == file.pathExtension } : [file]
      var bytes: [UInt8] = []
      for part in parts {
        guard try part.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
        bytes += try Data(contentsOf: part)
      }
      if bytes.isEmpty { continue }
      assets[file.lastPathComponent] = Asset(bytes: bytes, type: type)
    }
    self.assets = assets
  }
  private static func files(_ folder: URL) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.isRegularFileKey, .isDirectoryKey])
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }
  static let types = [
    "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "svg": "image/svg+xml", "png": "image/png",
    "jpg": "image/jpeg", "webp": "image/webp", "ico": "image/x-icon", "woff2": "font/woff2", "json": "application/json",
    "webmanifest": "application/manifest+json", "txt": "text/plain; charset=utf-8",
  ]
  /// For `Site.assets`.
  public var versions: AssetVersions { AssetVersions(assets.mapValues(\.version)) }

  public func routes(_ book: inout RouteBook) {
    book.get("/assets/{name}", allow: .public) { visit in
      guard let asset = assets[try visit.path("name")] else { throw Failure.missing }
      return asset.answer(to: visit)
    }
  }
}
