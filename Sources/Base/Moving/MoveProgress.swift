/// How far a long step is: bytes, rows or files done and in all.
public struct MoveProgress: Sendable {
  public enum Stage: String, Sendable {
    /// Bytes of a store's file.
    case store
    /// Rows of the tables.
    case rows
    case indexes
    /// The last stretch, in which nobody writes: rows of both stores side by side.
    case mend
    case references
    case proof
    case files
    case check
  }
  public var stage: Stage
  public var done: Int64
  public var total: Int64
  public init(stage: Stage, done: Int64, total: Int64) {
    self.stage = stage
    self.done = done
    self.total = total
  }
}
