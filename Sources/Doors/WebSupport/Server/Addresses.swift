import Foundation

/// One address or a network such as "10.0.0.0/8" or "fd00::/8".
public struct AddressRange: Sendable, Hashable, CustomStringConvertible {
  let bytes: [UInt8]
  let bits: Int
  /// Nil when the text is no address.
  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard let first = parts.first, let bytes = Self.bytes(of: first) else { return nil }
    self.bytes = bytes
    if parts.count == 2 {
      guard let bits = Int(parts[1]), (0...bytes.count * 8).contains(bits) else { return nil }
      self.bits = bits
    } else {
      bits = bytes.count * 8
    }
  }
  public func contains(_ address: String) -> Bool {
    guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
    for index in 0..<bytes.count {
      let left = bits - index * 8
      if left <= 0 { return true }
      let mask: UInt8 = left >= 8 ? 0xFF : ~(0xFF >> UInt8(left))
      if bytes[index] & mask != other[index] & mask { return false }
    }
    return true
  }
  public var description: String { bytes.map(String.init).joined(separator: ".") + "/\(bits)" }

  /// Four or sixteen bytes; an IPv4 address in IPv6 clothes counts as IPv4.
  static func bytes(of text: String) -> [UInt8]? {
    var four = in_addr()
    if inet_pton(AF_INET, text, &four) == 1 { return withUnsafeBytes(of: &four) { Array($0) } }
    var sixteen = in6_addr()
    guard inet_pton(AF_INET6, text, &sixteen) == 1 else { return nil }
    let bytes = withUnsafeBytes(of: &sixteen) { Array($0) }
    let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
    return Array(bytes.prefix(12)) == mapped ? Array(bytes.suffix(4)) : bytes
  }
}

enum ClientAddress {
  /// Walks `X-Forwarded-For` from the right as long as the hop that speaks is trusted: whatever a client wrote there itself
  /// stands further left and is not believed.
  static func find(peer: String, forwarded: [String], trusted: [AddressRange]) -> String {
    var address = peer
    for hop in forwarded.joined(separator: ",").split(separator: ",").reversed() {
      guard trusted.contains(where: { $0.contains(address) }) else { break }
      let text = hop.trimmingCharacters(in: .whitespaces)
      guard AddressRange.bytes(of: text) != nil else { break }
      address = text
    }
    return address
  }
}
