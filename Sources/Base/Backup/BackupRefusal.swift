import Foundation
import Kernel
import Storage

/// Why a back-up or its restoring stops: each with its code, which the command turns into its exit code.
public enum BackupRefusal {
  public static let space = "backup-no-space"
  public static let permission = "backup-no-permission"
  public static let notEmpty = "backup-not-empty"
  public static let key = "backup-key"
  public static let incomplete = "backup-incomplete"
  public static let altered = "backup-altered"
  public static let newer = "backup-newer"
  public static let source = "backup-source-damaged"
  public static let busy = "backup-busy"
  public static let io = "backup-io"

  static func noSpace(_ path: String, needed: Int64? = nil, free: Int64? = nil) -> Refusal {
    var numbers = ""
    if let needed, let free { numbers = "约需 \(size(needed))，可用 \(size(free))。" }
    return Refusal(.limit, space, "磁盘空间不足：\(path)。\(numbers)请换一处或清出空间后再来。")
  }
  static func changed(_ what: String) -> Refusal {
    Refusal(.conflict, altered, "备份被改动或已损坏：\(what)。请用另一份备份。")
  }
  public static func system(_ code: Int32, _ path: String) -> Refusal {
    switch code {
    case ENOSPC, EDQUOT: noSpace(path)
    case EACCES, EPERM, EROFS: Refusal(.forbidden, permission, "没有权限读写 \(path)。请检查目录的属主和权限。")
    default: Refusal(.unavailable, io, "\(path) 读写失败：\(String(cString: strerror(code)))。")
    }
  }
  /// What the store and the system say, in a sentence of this kind; anything else as it is.
  static func translated<T>(_ path: String, _ body: () throws -> T) throws -> T {
    do { return try body() } catch StorageError.diskFull {
      throw noSpace(path)
    } catch VaultError.io(_, let code) {
      throw system(code, path)
    } catch let error as CocoaError {
      switch error.code {
      case .fileWriteOutOfSpace: throw noSpace(path)
      case .fileWriteNoPermission, .fileReadNoPermission, .fileWriteVolumeReadOnly: throw system(EACCES, path)
      default: throw error
      }
    }
  }
  /// "3.4 GB", for a sentence.
  public static func size(_ bytes: Int64) -> String {
    if bytes < 1_000_000 { return "\(max(1, (bytes + 999) / 1000)) KB" }
    if bytes < 1_000_000_000 { return "\((bytes + 999_999) / 1_000_000) MB" }
    let tenths = (bytes + 99_999_999) / 100_000_000
    return "\(tenths / 10).\(tenths % 10) GB"
  }
}
