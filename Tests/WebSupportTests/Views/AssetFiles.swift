import Foundation
import Testing
import WebSupport

/// The files a browser gets, read from the checkout.
enum AssetFiles {
  static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Assets")
  /// A folder named like a file is that file in parts, as `AssetFolder` serves it.
  static func read(_ name: String) throws -> String {
    let file = folder.appendingPathComponent(name)
    guard try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory == true else {
      return try String(contentsOf: file, encoding: .utf8)
    }
    return try FileManager.default.contentsOfDirectory(at: file, includingPropertiesForKeys: nil)
      .sorted { $0.lastPathComponent < $1.lastPathComponent }.map { try String(contentsOf: $0, encoding: .utf8) }.joined()
  }
}

struct AssetTests {
  @Test func filesAreSmall() throws {
    #expect(try AssetFiles.read("app.css").utf8.count < 40_000)
    #expect(try AssetFiles.read("charts.css").utf8.count < 12_000)
    #expect(try AssetFiles.read("app.js").utf8.count < 30_000)
    #expect(try AssetFiles.read("map.js").utf8.count < 12_000)
    #expect(try AssetFiles.read("icons.svg").utf8.count < 12_000)
  }

  @Test func everyIconIsInTheSprite() throws {
    let sprite = try AssetFiles.read("icons.svg")
    for icon in Icon.allCases { #expect(sprite.contains("<symbol id=\"\(icon.rawValue)\" ")) }
    #expect(sprite.components(separatedBy: "<symbol ").count - 1 == Icon.allCases.count)
    let version = String(AssetVersions.version(of: sprite.utf8).prefix(8))
    #expect(Icon.spriteVersion == version, "the sprite has changed: set Icon.spriteVersion to \(version)")
  }

  @Test func scriptsNeedNoLoosePolicy() throws {
    let script = try AssetFiles.read("app.js") + AssetFiles.read("map.js")
    for word in ["eval(", "new Function", "innerHTML", "outerHTML", "document.write", "insertAdjacentHTML", "http://", "https://"] {
      #expect(!script.contains(word))
    }
    let sheet = try AssetFiles.read("app.css") + AssetFiles.read("charts.css")
    #expect(!sheet.contains("@import") && !sheet.contains("url(") && !sheet.contains("@font-face"))
  }

  @Test func addressesCarryTheHash() {
    let assets = AssetVersions(["app.css": "abc"])
    #expect(assets.address("app.css") == "/assets/app.css?v=abc")
    #expect(assets.address("other.css") == "/assets/other.css")
    #expect(AssetVersions.version(of: "".utf8) == "cbf29ce484222325")
    #expect(AssetVersions.version(of: "a".utf8) == "af63dc4c8601ec8c")
  }
}
