import Foundation
import Kernel
import Testing

@Suite struct DataFileTests {
  @Test func listsEveryProblem() throws {
    let text = #"{"name": "", "year": 2026.5, "day": "2026-02-30", "flag": 1, "kind": "sure", "list": {}, "colour": "red"}"#
    let error = try #require(throws: DataFileError.self) {
      try DataFile.read(Data(text.utf8), file: "x.json") { root in
        root.object("name", "year", "day", "flag", "kind", "list")
        _ = (root["name"].string(), root["year"].int(in: 0...9999), root["day"].day(), root["flag"].bool(), root["list"].list())
        _ = root["kind"].choice(SourceConfidence.unverified)
      }
    }
    #expect(error.file == "x.json")
    #expect(error.problems.count == 7)
    #expect(error.problems.first == "unknown key \"colour\"")
  }
  @Test func readsWhatIsThere() throws {
    let text = #"{"a": [{"n": 3, "d": "2026-09-24", "s": "secondary"}], "none": null}"#
    let found = try DataFile.read(Data(text.utf8), file: "x.json") { root in
      root["a"].list().map {
        ($0["n"].int(in: 1...5), $0["d"].optionalDay()?.iso, $0["s"].choice(SourceConfidence.unverified), root["none"].isAbsent)
      }
    }
    #expect(found.count == 1)
    #expect(found.first.map { $0 == (3, "2026-09-24", SourceConfidence.secondary, true) } == true)
    #expect(throws: DataFileError.self) { try DataFile.read(Data("[".utf8), file: "x.json") { _ in } }
  }
}
