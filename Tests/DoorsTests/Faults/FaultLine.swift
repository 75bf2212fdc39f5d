import Foundation
import Kernel
import Synchronization

/// The lever of `Tests/FaultLine`: what goes wrong in the programs that were started with it. The library is loaded into them before all
/// others and looks at a file that we write.
final class FaultLine: Sendable {
  private let file: URL
  private let handle: Mutex<FileHandle>
  private let library: URL
  private static let size = 544

  /// - Parameter folder: readable by whoever is to be harmed.
  init(in folder: URL) throws {
    file = folder.appending(path: "faultline")
    library = folder.appending(path: "libFaultLine.so")
    let built = try LiveServer.program.deletingLastPathComponent().appending(path: "libFaultLine.so")
    guard FileManager.default.fileExists(atPath: built.path) else {
      throw Refusal(.missing, "test", "no \(built.path): swift build --product FaultLine")
    }
    // A copy, because the server of PostgreSQL runs as somebody who may not look into the build.
    try FileManager.default.copyItem(at: built, to: library)
    try Data(count: Self.size).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: library.path)
    handle = Mutex(try FileHandle(forUpdating: file))
  }

  /// For the program that is to be harmed.
  var environment: [String: String] { ["LD_PRELOAD": library.path, "FAULTLINE": file.path] }

  enum Fault: Sendable {
    /// Writing to files with one of these in their path fails: no space left on the device.
    case diskFull([String])
    /// Syncing them fails, as a broken disk would have it.
    case syncFails([String])
    /// The clock on the wall is off by so many milliseconds.
    case clock(Int64)
  }
  func begin(_ fault: Fault) throws {
    switch fault {
    case .diskFull(let paths):
      try put(paths)
      try put(ENOSPC, at: 4)
    case .syncFails(let paths):
      try put(paths)
      try put(EIO, at: 0)
    case .clock(let milliseconds): try put(milliseconds, at: 8)
    }
  }
  /// Everything is as it should be again, but for the clock.
  func end() throws {
    try put(Int32(0), at: 0)
    try put(Int32(0), at: 4)
  }
  /// How many calls have failed so far.
  var failed: Int64 { number(at: 16) }
  /// How many folders have been synced so far.
  var foldersSynced: Int64 { number(at: 24) }

  private func put(_ paths: [String]) throws {
    var bytes = Data(count: 512)
    for (index, path) in paths.prefix(4).enumerated() {
      let part = Data(path.utf8.prefix(127))
      bytes.replaceSubrange(index * 128..<index * 128 + part.count, with: part)
    }
    try write(bytes, at: 32)
  }
  private func put(_ value: some FixedWidthInteger, at offset: UInt64) throws {
    try write(withUnsafeBytes(of: value) { Data($0) }, at: offset)
  }
  private func write(_ bytes: Data, at offset: UInt64) throws {
    try handle.withLock { handle in
      try handle.seek(toOffset: offset)
      try handle.write(contentsOf: bytes)
    }
  }
  private func number(at offset: Int) -> Int64 {
    guard let bytes = try? Data(contentsOf: file), bytes.count >= offset + 8 else { return 0 }
    return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int64.self) }
  }
}
