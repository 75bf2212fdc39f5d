/// Which of all processes on one store keeps time: rings clocks, seals days, clears away. One at a time; when it ends or dies, another
/// follows within seconds.
///
/// For a moment after a line was cut two may believe that it is them, so what a leader does must be harmless when done twice.
public protocol Leadership: Sendable {
  var isHeld: Bool { get }
}

/// Of a store that only one program uses.
public struct SoleLeadership: Leadership {
  public init() {}
  public var isHeld: Bool { true }
}
