/// How far the planting of a city is.
public struct PilotProgress: Sendable {
  public enum Stage: Sendable {
    /// Days of the year before, written in bulk.
    case earlier
    /// Days of this year, written in bulk.
    case rows
    case indexes
    /// Days of this year once more, for what goes through the commands.
    case acts
  }
  public var stage: Stage
  public var done: Int
  public var total: Int
}
