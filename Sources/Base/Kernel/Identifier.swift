import Synchronization

/// The identity of a record, made by the program so that both engines agree and rows sort by age.
///
/// Layout of the 63 bits: 42 of milliseconds since 2020-01-01 UTC, 9 of node, 12 of sequence.
public struct Identifier<Record>: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  public let raw: Int64
  public init(_ raw: Int64) { self.raw = raw }
  /// Nil unless the text is a positive whole number.
  public init?(_ text: some StringProtocol) {
    guard let raw = Int64(text), raw > 0 else { return nil }
    self.raw = raw
  }
  public init(from decoder: any Decoder) throws { raw = try decoder.singleValueContainer().decode(Int64.self) }
  public func encode(to encoder: any Encoder) throws {
    var c = encoder.singleValueContainer()
    try c.encode(raw)
  }
  public static func < (a: Self, b: Self) -> Bool { a.raw < b.raw }
  public var description: String { String(raw) }
}

/// Hands out identifiers that never repeat within a node and grow with time.
public final class IdentifierSource: Sendable {
  private struct State {
    var node: Int64
    var last: Int64 = 0
  }
  private let state: Mutex<State>
  static let epoch: Int64 = 1_577_836_800_000
  /// - Parameter node: 0..<512, different for each process that shares a store.
  public init(node: Int) { state = Mutex(State(node: Int64(node & 511))) }
  public var node: Int { state.withLock { Int($0.node) } }
  /// From here on under another number: the old one is somebody else's now.
  public func move(to node: Int) { state.withLock { $0.node = Int64(node & 511) } }
  /// Everything from here on is greater than what others have handed out before, also where the clock was set back meanwhile.
  public func begin(after raw: Int64) { state.withLock { $0.last = max($0.last, ((raw >> 21) << 12) | (raw & 0xFFF)) } }
  /// The least identifier of `moment`: every one handed out earlier is smaller.
  public static func floor(of moment: Moment) -> Int64 { max(0, moment.milliseconds - epoch) << 21 }
  /// When an identifier was handed out, to the millisecond.
  public static func moment(of raw: Int64) -> Moment { Moment(milliseconds: (raw >> 21) + epoch) }
  public func next<Record>(_: Record.Type = Record.self, at now: Moment) -> Identifier<Record> {
    let wanted = max(0, now.milliseconds - Self.epoch) << 12
    // The sequence runs on into the next millisecond when a burst or a clock stepped back asks for it.
    let (ticket, node) = state.withLock { state in
      state.last = max(state.last + 1, wanted)
      return (state.last, state.node)
    }
    return Identifier(((ticket >> 12) << 21) | (node << 12) | (ticket & 0xFFF))
  }
}
