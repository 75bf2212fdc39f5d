#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// How rare characters and pairs of characters are among the addresses seen in training: "路" tells little, "颐" much.
struct AddressRarity: Hashable, Sendable, Codable {
  private(set) var counts: [UInt32: Int32] = [:]
  private(set) var addresses = 0

  init() {}
  mutating func add(_ units: [UInt16]) {
    addresses += 1
    for key in Set(AddressRarity.singles(units)).union(AddressRarity.pairs(units)) { counts[key, default: 0] += 1 }
  }
  /// Pieces seen in fewer addresses are as rare as never seen; dropping them keeps a stored grader small.
  mutating func trim(below minimum: Int32) { counts = counts.filter { $0.value >= minimum } }

  func callAsFunction(_ key: UInt32) -> Float {
    log(Float(addresses + 2) / Float((counts[key] ?? 0) + 1))
  }

  static func singles(_ units: [UInt16]) -> [UInt32] { units.map(UInt32.init) }
  static func pairs(_ units: [UInt16]) -> [UInt32] { zip(units, units.dropFirst()).map { UInt32($0) << 16 | UInt32($1) } }
}
