/// Why stored bytes are not a classifier.
public enum ClassifierFormatError: Error, Hashable, Sendable {
  /// They do not begin as one does, or come from a later version.
  case unknownFormat
  /// They were cut or changed.
  case damaged
}

extension TextClassifier {
  private static let mark: UInt32 = 0x3143_544C  // "LTC1" in memory

  /// The trained classifier, to be kept by the office: little-endian numbers, ended by a checksum against damage.
  /// It holds pairs of characters and their weights, never a message.
  public var bytes: [UInt8] {
    var out = ByteWriter()
    out.put(TextClassifier.mark)
    out.put(UInt32(labels.count))
    for label in labels {
      let utf8 = Array(label.utf8)
      out.put(UInt32(utf8.count))
      out.bytes += utf8
    }
    out.put(sharpness.bitPattern)
    intercepts.forEach { out.put($0.bitPattern) }
    out.put(UInt32(features.vocabulary.count))
    features.vocabulary.keys.forEach { out.put($0) }
    features.rarity.forEach { out.put($0.bitPattern) }
    let stride = TextClassifier.stride(labels.count)
    for column in 0..<features.columnCount {
      for label in labels.indices { out.put(weights[column * stride + label].bitPattern) }
    }
    out.put(ByteWriter.checksum(out.bytes[...]))
    return out.bytes
  }

  public init(bytes: [UInt8]) throws(ClassifierFormatError) {
    var input = ByteReader(bytes: bytes)
    guard bytes.count >= 4, try input.number() == TextClassifier.mark else { throw .unknownFormat }
    guard bytes.count >= 8 else { throw .damaged }
    var tail = ByteReader(bytes: bytes, at: bytes.count - 4)
    guard try tail.number() == ByteWriter.checksum(bytes.dropLast(4)) else { throw .damaged }
    let classes = try input.length(of: 4)
    var labels: [String] = []
    for _ in 0..<classes { labels.append(try input.text(try input.length(of: 1))) }
    let sharpness = Float(bitPattern: try input.number())
    let intercepts = try input.floats(classes)
    let pieces = try input.length(of: 8)
    let keys = try input.numbers(pieces)
    guard zip(keys, keys.dropFirst()).allSatisfy({ $0 < $1 }) else { throw .damaged }
    let rarity = try input.floats(pieces)
    let stride = TextClassifier.stride(classes)
    var weights = [Float](repeating: 0, count: pieces * 2 * stride)
    for column in 0..<pieces * 2 {
      let row = try input.floats(classes)
      for label in 0..<classes { weights[column * stride + label] = row[label] }
    }
    guard input.at == bytes.count - 4 else { throw .damaged }
    let features = ClassFeatures(vocabulary: GramVocabulary(ascending: keys), rarity: rarity)
    self.init(labels: labels, features: features, weights: weights, intercepts: intercepts, sharpness: sharpness)
  }
}

struct ByteWriter {
  var bytes: [UInt8] = []
  mutating func put(_ number: UInt32) { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }

  /// FNV-1a; it finds damage, not malice.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
}

struct ByteReader {
  let bytes: [UInt8]
  var at = 0

  mutating func number() throws(ClassifierFormatError) -> UInt32 {
    guard at + 4 <= bytes.count else { throw .damaged }
    defer { at += 4 }
    return UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
  }
  /// A count of things of `size` bytes, refused when the bytes cannot hold as many.
  mutating func length(of size: Int) throws(ClassifierFormatError) -> Int {
    let count = Int(try number())
    guard count * size <= bytes.count - at else { throw .damaged }
    return count
  }
  mutating func text(_ count: Int) throws(ClassifierFormatError) -> String {
    guard at + count <= bytes.count, let text = String(validating: bytes[at..<at + count], as: UTF8.self) else { throw .damaged }
    at += count
    return text
  }
  mutating func numbers(_ count: Int) throws(ClassifierFormatError) -> [UInt32] {
    var numbers: [UInt32] = []
    numbers.reserveCapacity(count)
    for _ in 0..<count { numbers.append(try number()) }
    return numbers
  }
  mutating func floats(_ count: Int) throws(ClassifierFormatError) -> [Float] { try numbers(count).map(Float.init(bitPattern:)) }
}
