import Foundation
import HTTPTypes
import Kernel

/// Scripts of others that the system's packages bring (`libjs-leaflet`, `libjs-leaflet.markercluster`): read once at the start and served from
/// here, so that a page asks nobody else for anything. Where they are not installed the pages work without them and say what is missing.
public struct VendorFolder: Sendable {
  /// Which files there are, and under which names: nothing else of the folder is ever served.
  static let files: [(name: String, path: String)] = [
    ("leaflet.js", "leaflet/leaflet.min.js"), ("leaflet.css", "leaflet/leaflet.css"),
    ("markercluster.js", "leaflet/leaflet.markercluster.min.js"), ("markercluster.css", "leaflet/MarkerCluster.css"),
  ]
  static let images = ["layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png", "marker-shadow.png"]
  public static let packages = "libjs-leaflet、libjs-leaflet.markercluster"

  private let folder: URL
  private let assets: [String: AssetFolder.Asset]
  /// What is not there; empty when all is.
  public let missing: [String]
  public var isComplete: Bool { missing.isEmpty }

  /// - Parameter folder: `/usr/share/javascript` on Debian.
  public init(_ folder: URL) {
    self.folder = folder
    var assets: [String: AssetFolder.Asset] = [:]
    var missing: [String] = []
    for (name, path) in Self.files + Self.images.map({ ($0, "leaflet/images/" + $0) }) {
      let file = folder.appending(path: path)
      if let bytes = try? Data(contentsOf: file), let type = AssetFolder.types[file.pathExtension], !bytes.isEmpty {
        assets[name] = AssetFolder.Asset(bytes: Array(bytes), type: type)
      } else if !name.hasSuffix(".png") {
        missing.append(path)
      }
    }
    self.assets = assets
    self.missing = missing
  }

  /// With the content's mark, so that a browser need not ask again.
  public func address(_ name: String) -> String { "/vendor/\(name)" + (assets[name].map { "?v=\($0.version)" } ?? "") }

  public func routes(_ book: inout RouteBook) {
    book.get("/vendor/{name}", allow: .public) { visit in try serve(visit) }
    // As the style sheet of the library names them.
    book.get("/vendor/images/{name}", allow: .public) { visit in try serve(visit) }
  }
  private func serve(_ visit: Visit) throws -> Answer {
    let name = try visit.path("name")
    if let asset = assets[name] { return asset.answer(to: visit) }
    guard Self.files.contains(where: { $0.name == name }) else { throw Failure.missing }
    throw Refusal(.missing, "door-vendor", "这台服务器没有安装地图程序。请系统管理员安装软件包 \(Self.packages)，再重启服务。")
  }
}
