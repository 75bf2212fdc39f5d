import Crypto
import Foundation

/// The keys of one month: a binary tree over 64-bit places, each node's key made from the one above, the leaves sealing the records
/// (Goldreich, Goldwasser, Micali, "How to construct random functions", 1986; "punctured" as in Boneh and Waters, 2013).
///
/// Who has the root has every leaf. To destroy one leaf the root is thrown away and the siblings along its path are kept: all other leaves
/// can still be made, that one never again. A month without erasures is 32 bytes; each erasure adds at most 64 siblings, 2.6 kB.
struct KeyTree: Sendable {
  /// What can still be made: everything under `prefix`, of which `depth` bits count.
  struct Node: Sendable, Equatable {
    let depth: Int
    /// The first bits of the place, at the upper end; the rest is 0.
    let prefix: UInt64
    let key: Data
    func covers(_ place: UInt64) -> Bool { depth == 0 || (place ^ prefix) >> UInt64(64 - depth) == 0 }
  }
  /// In the order of their prefixes; none lies within another.
  private(set) var nodes: [Node]

  /// A whole tree under a random root.
  init() { nodes = [Node(depth: 0, prefix: 0, key: Secrets.bytes(32))] }

  /// The record's place in the tree: 64 bits of a hash, so that a doubled place is not to be expected among all the reports of a country.
  static func place(of subject: Subject) -> UInt64 {
    SHA256.hash(data: Data("\(subject.kind)/\(subject.id)".utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
  }

  /// - Returns: nil when it has been destroyed.
  func leaf(_ place: UInt64) -> SymmetricKey? {
    guard let i = index(covering: place) else { return nil }
    // What `child` hashes, one block of it, its key replaced at each step: every sealing walks this path.
    var block = Array(Self.domain + nodes[i].key) + [0]
    let keys = Self.domain.count..<(block.count - 1)
    for depth in nodes[i].depth..<64 {
      block[keys.upperBound] = Self.bit(place, depth)
      var hasher = SHA256()
      block.withUnsafeBytes { hasher.update(bufferPointer: $0) }
      hasher.finalize().withUnsafeBytes { digest in
        for (at, byte) in zip(keys, digest) { block[at] = byte }
      }
    }
    return SymmetricKey(data: block[keys])
  }

  /// Destroys one leaf.
  /// - Returns: false when it was destroyed before.
  @discardableResult
  mutating func puncture(_ place: UInt64) -> Bool {
    guard let i = index(covering: place) else { return false }
    let node = nodes.remove(at: i)
    var kept: [Node] = []
    var key = node.key
    for depth in node.depth..<64 {
      let bit = Self.bit(place, depth)
      let mask: UInt64 = depth == 63 ? .max : ~(UInt64.max >> UInt64(depth + 1))
      let flipped = (place ^ (1 << UInt64(63 - depth))) & mask
      kept.append(Node(depth: depth + 1, prefix: flipped, key: Self.child(of: key, 1 - bit)))
      key = Self.child(of: key, bit)
    }
    nodes.insert(contentsOf: kept.sorted { $0.prefix < $1.prefix }, at: i)
    return true
  }

  private func index(covering place: UInt64) -> Int? {
    var (low, high) = (0, nodes.count)
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle].prefix <= place { low = middle + 1 } else { high = middle }
    }
    return low > 0 && nodes[low - 1].covers(place) ? low - 1 : nil
  }
  private static func bit(_ place: UInt64, _ depth: Int) -> UInt8 { UInt8(place >> UInt64(63 - depth) & 1) }
  private static let domain = Data("longtang key tree".utf8)
  private static func child(of key: Data, _ bit: UInt8) -> Data {
    var hasher = SHA256()
    hasher.update(data: domain)
    hasher.update(data: key)
    hasher.update(data: [bit])
    return Data(hasher.finalize())
  }

  // MARK: As a file

  private static let magic = Data("longtang key tree 1\n".utf8)
  private static let width = 41

  /// Ends in its own SHA-256: a file that is being overwritten is never taken for keys.
  var encoded: Data {
    var out = Self.magic
    for node in nodes {
      out.append(UInt8(node.depth))
      withUnsafeBytes(of: node.prefix.bigEndian) { out.append(contentsOf: $0) }
      out.append(node.key)
    }
    return out + Data(SHA256.hash(data: out))
  }
  /// Nil when the bytes are not a whole file of keys.
  init?(encoded: Data) {
    let bytes = Array(encoded)
    let body = bytes.count - 32
    guard body >= Self.magic.count, bytes.starts(with: Self.magic), (body - Self.magic.count) % Self.width == 0,
      Array(SHA256.hash(data: bytes[..<body])) == Array(bytes[body...])
    else { return nil }
    var nodes: [Node] = []
    for at in stride(from: Self.magic.count, to: body, by: Self.width) {
      let prefix = bytes[(at + 1)..<(at + 9)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      nodes.append(Node(depth: Int(bytes[at]), prefix: prefix, key: Data(bytes[(at + 9)..<(at + 41)])))
    }
    self.nodes = nodes
    guard nodes.allSatisfy({ $0.depth <= 64 }) else { return nil }
  }
}
