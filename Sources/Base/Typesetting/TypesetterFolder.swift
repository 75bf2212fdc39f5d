import Foundation
import Kernel

/// Pictures and PDFs that one document shows, beside a copy of the layouts: for this document a layout reads nothing outside this folder.
///
/// Made for one document and removed with it, so nothing of it is in memory twice and nothing stays.
public final class TypesetterFolder: Sendable {
  let root: URL

  /// - Throws: what the file system says.
  public init(_ place: TypesetterPlace) throws {
    root = FileManager.default.temporaryDirectory.appending(path: "longtang-typeset-\(UUID().uuidString)")
    let files = FileManager.default
    // Whoever else works on this machine sees nothing of it.
    try files.createDirectory(at: root.appending(path: "files"), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: root.path)
    for layout in try files.contentsOfDirectory(at: place.root, includingPropertiesForKeys: nil) where layout.pathExtension == "typ" {
      try files.copyItem(at: layout, to: root.appending(path: layout.lastPathComponent))
    }
  }
  deinit {
    do { try FileManager.default.removeItem(at: root) } catch {
      FileHandle.standardError.write(Data("\(root.path) could not be removed: \(error)\n".utf8))
    }
  }

  /// - Parameter name: plain letters, such as "3.jpg".
  /// - Returns: the path by which a layout opens it.
  public func keep(_ bytes: Data, as name: String) throws -> String {
    let path = "files/\(name)"
    try bytes.write(to: root.appending(path: path))
    return path
  }
}
