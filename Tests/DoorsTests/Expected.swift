import Foundation
import Testing

/// A reviewed file beside the tests: what the program does today, so that a change of it is seen as a change of that file.
enum Expected {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()

  /// Compares line by line; `LONGTANG_ACCEPT=1 swift test --filter …` writes the file anew, to be read before it is committed.
  static func compare(_ lines: [String], with name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let file = folder.appending(path: name)
    let now = lines.joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["LONGTANG_ACCEPT"] == "1" {
      try Data(now.utf8).write(to: file)
      return
    }
    let before = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    if before == now { return }
    let old = before.split(separator: "\n").map(String.init)
    let gone = old.filter { !lines.contains($0) }.prefix(20).map { "- \($0)" }
    let new = lines.filter { !old.contains($0) }.prefix(20).map { "+ \($0)" }
    Issue.record(
      """
      \(name) is not what the program does:
      \((gone + new).joined(separator: "\n"))
      If this is meant: LONGTANG_ACCEPT=1 swift test --filter DoorsTests, then read the difference before committing it.
      """, sourceLocation: sourceLocation)
  }
}
