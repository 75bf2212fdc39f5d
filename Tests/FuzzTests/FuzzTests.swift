import Foundation
import Testing

/// What the fuzzer begins with, and every input that once brought a reader down, tried without a fuzzer.
@Suite struct FuzzTests {
  static let seeds = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Seeds")

  static func inputs(of target: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: seeds.appending(path: target), includingPropertiesForKeys: nil)
      .sorted { $0.lastPathComponent < $1.lastPathComponent }
  }

  @Test(arguments: FuzzTarget.all.map(\.name)) func everyKeptInputIsTaken(_ name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let files = try Self.inputs(of: name)
    #expect(!files.isEmpty, "a target without any input to begin with finds little")
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      #expect(target.attempt(bytes) == nil, "\(file.lastPathComponent)")
      // Cut off anywhere, as networks do, and with each byte in turn replaced.
      for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 40)) {
        #expect(target.attempt(Array(bytes[..<cut])) == nil, "\(file.lastPathComponent), \(cut) bytes of it")
        var changed = bytes
        changed[cut] ^= 0xFF
        #expect(target.attempt(changed) == nil, "\(file.lastPathComponent), byte \(cut) turned")
      }
    }
  }

  @Test func everyFolderOfInputsHasItsTarget() throws {
    let folders = try FileManager.default.contentsOfDirectory(at: Self.seeds, includingPropertiesForKeys: nil).map(\.lastPathComponent)
    #expect(Set(folders) == Set(FuzzTarget.all.map(\.name)))
  }
}
