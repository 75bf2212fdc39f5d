import Kernel
import Storage

/// Why a move stops: each with its code, which the command turns into its exit code.
public enum MoveRefusal {
  public static let notEmpty = "move-not-empty"
  public static let foreign = "move-foreign"
  public static let same = "move-same"
  public static let schema = "move-schema"
  public static let source = "move-source-damaged"
  public static let differs = "move-differs"
  public static let sessions = "move-sessions"
  public static let missing = "move-missing"
  /// The store that was left.
  public static let left = "store-moved"
  /// The store into which a move was begun.
  public static let half = "store-half-moved"

  /// For whoever wants to work in a store that was left.
  public static func left(_ here: String, _ mark: String) -> Refusal {
    Refusal(
      .conflict, left,
      "\(here) 的数据已迁走：\(mark)。请改用新库（store.database、store.folder）；这里保留原样，不再受理。确实要退回这里的，运行 longtang migrate --reopen。")
  }
  public static func half(_ here: String) -> Refusal {
    Refusal(.conflict, half, "\(here) 里有一次没有做完的迁移，还不能使用。请用同样的 --from 和 --to 再运行一次 longtang migrate，它会接着做完。")
  }
}
