import Foundation

/// What libFuzzer calls. `FUZZ_TARGET` names the reader, so that one program serves all.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""
  guard let found = FuzzTarget.all.first(where: { $0.name == name }) else {
    fatalError("FUZZ_TARGET is one of: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
  }
  return found
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func attempt(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = bytes.map { Array(UnsafeBufferPointer(start: $0, count: count)) } ?? []
  if let wrong = target.attempt(input) { fatalError("\(target.name): \(wrong)") }
  return 0
}
