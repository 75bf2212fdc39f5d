/// One reader of bytes from outside, as a fuzzer tries it: any bytes at all must leave it standing.
struct FuzzTarget: Sendable {
  let name: String
  /// Bytes of the longest input that is tried.
  let longest: Int
  /// - Returns: what does not hold, beyond not falling over; nil when all does.
  let attempt: @Sendable ([UInt8]) -> String?

  init(_ name: String, longest: Int = 2048, _ attempt: @escaping @Sendable ([UInt8]) -> String?) {
    self.name = name
    self.longest = longest
    self.attempt = attempt
  }

  static let all: [FuzzTarget] = sheets + pictures + forms + words + codes
}

/// Bytes as text, whatever they are: what a reader of text gets after the doors have decoded it.
func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
