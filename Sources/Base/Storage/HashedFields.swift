import Crypto
import Foundation

/// What an entry's hash covers. Fields are length-prefixed, so that no two entries can be told apart only by where one field ends.
struct HashedFields {
  private var bytes: [UInt8] = []
  init() { bytes.reserveCapacity(512) }

  /// For the next entry, in the same place.
  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func add(_ field: UnsafeRawBufferPointer) {
    withUnsafeBytes(of: UInt64(field.count).bigEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: field)
  }
  mutating func add(_ field: Data) { field.withUnsafeBytes { add($0) } }
  mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }
  /// In decimal; empty where there is none.
  mutating func add(_ number: Int64?) { add(number.map(String.init) ?? "") }

  var hash: SHA256Digest {
    var hasher = SHA256()
    bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    return hasher.finalize()
  }
}
