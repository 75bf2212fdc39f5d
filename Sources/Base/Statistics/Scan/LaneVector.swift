/// Several counts added at once.
///
/// The types are structs around one concrete vector each, because the operations of a vector whose scalar is generic are loops.
protocol LaneVector: Sendable, BitwiseCopyable {
  associatedtype Scalar: FixedWidthInteger & SIMDScalar & Sendable
  /// Eight of the same counts.
  associatedtype Eight: LaneVector where Eight.Scalar == Scalar
  static var width: Int { get }
  static func same(_ value: Scalar) -> Self
  func plus(_ other: Self) -> Self
  func minus(_ other: Self) -> Self
  func or(_ other: Self) -> Self
  /// Whether any lane is negative.
  var anyNegative: Bool { get }
}

struct Short8: LaneVector {
  typealias Eight = Short8
  typealias Scalar = Int16
  private let v: SIMD8<Int16>
  @inline(__always) init(_ v: SIMD8<Int16>) { self.v = v }
  static var width: Int { 8 }
  @inline(__always) static func same(_ value: Int16) -> Self { Self(SIMD8(repeating: value)) }
  @inline(__always) func plus(_ other: Self) -> Self { Self(v &+ other.v) }
  @inline(__always) func minus(_ other: Self) -> Self { Self(v &- other.v) }
  @inline(__always) func or(_ other: Self) -> Self { Self(v | other.v) }
  @inline(__always) var anyNegative: Bool {
    let words = unsafeBitCast(v, to: SIMD2<UInt64>.self)
    return (words[0] | words[1]) & 0x8000_8000_8000_8000 != 0
  }
}

struct Short32: LaneVector {
  typealias Eight = Short8
  typealias Scalar = Int16
  private let v: SIMD32<Int16>
  @inline(__always) init(_ v: SIMD32<Int16>) { self.v = v }
  static var width: Int { 32 }
  @inline(__always) static func same(_ value: Int16) -> Self { Self(SIMD32(repeating: value)) }
  @inline(__always) func plus(_ other: Self) -> Self { Self(v &+ other.v) }
  @inline(__always) func minus(_ other: Self) -> Self { Self(v &- other.v) }
  @inline(__always) func or(_ other: Self) -> Self { Self(v | other.v) }
  @inline(__always) var anyNegative: Bool {
    let half = v.lowHalf | v.highHalf
    return Short8(half.lowHalf | half.highHalf).anyNegative
  }
}

struct Long8: LaneVector {
  typealias Eight = Long8
  typealias Scalar = Int32
  private let v: SIMD8<Int32>
  @inline(__always) init(_ v: SIMD8<Int32>) { self.v = v }
  static var width: Int { 8 }
  @inline(__always) static func same(_ value: Int32) -> Self { Self(SIMD8(repeating: value)) }
  @inline(__always) func plus(_ other: Self) -> Self { Self(v &+ other.v) }
  @inline(__always) func minus(_ other: Self) -> Self { Self(v &- other.v) }
  @inline(__always) func or(_ other: Self) -> Self { Self(v | other.v) }
  @inline(__always) var anyNegative: Bool {
    let words = unsafeBitCast(v.lowHalf | v.highHalf, to: SIMD2<UInt64>.self)
    return (words[0] | words[1]) & 0x8000_0000_8000_0000 != 0
  }
}

struct Long32: LaneVector {
  typealias Eight = Long8
  typealias Scalar = Int32
  private let v: SIMD32<Int32>
  @inline(__always) init(_ v: SIMD32<Int32>) { self.v = v }
  static var width: Int { 32 }
  @inline(__always) static func same(_ value: Int32) -> Self { Self(SIMD32(repeating: value)) }
  @inline(__always) func plus(_ other: Self) -> Self { Self(v &+ other.v) }
  @inline(__always) func minus(_ other: Self) -> Self { Self(v &- other.v) }
  @inline(__always) func or(_ other: Self) -> Self { Self(v | other.v) }
  @inline(__always) var anyNegative: Bool {
    let half = v.lowHalf | v.highHalf
    return Long8(half.lowHalf | half.highHalf).anyNegative
  }
}
