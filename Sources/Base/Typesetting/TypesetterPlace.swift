import Foundation

/// Where the typesetter's parts lie. `scripts/typesetter.sh` puts them there.
public struct TypesetterPlace: Sendable, Hashable {
  /// A Python that has typst.
  public let python: URL
  /// `typesetter.py`.
  public let script: URL
  /// The folder of the layouts; a layout reads nothing outside it.
  public let root: URL
  public let fonts: URL

  /// - Parameters:
  ///   - folder: `venv` and `fonts`, as the script made them.
  ///   - layouts: `Data/papers`.
  public init(folder: URL, layouts: URL) {
    python = folder.appending(path: "venv/bin/python")
    script = layouts.appending(path: "typesetter.py")
    root = layouts
    fonts = folder.appending(path: "fonts")
  }

  /// Where the script puts it when nobody says otherwise: `var/typesetter` beside the folder `Data`.
  public static func folder(beside data: URL) -> URL {
    data.standardizedFileURL.deletingLastPathComponent().appending(path: "var/typesetter")
  }

  /// What is not there, in words for whoever runs the program; empty when all is.
  public var missing: [String] {
    let files = FileManager.default
    var out: [String] = []
    if !files.isExecutableFile(atPath: python.path) { out.append("Python 环境 \(python.path)") }
    if !files.isReadableFile(atPath: script.path) || !files.isReadableFile(atPath: root.appending(path: "main.typ").path) {
      out.append("版式文件 \(root.path)")
    }
    // Only whether there is any; which ones they are the worker tells.
    if ((try? files.contentsOfDirectory(atPath: fonts.path)) ?? []).isEmpty { out.append("字体 \(fonts.path)") }
    return out
  }
}
