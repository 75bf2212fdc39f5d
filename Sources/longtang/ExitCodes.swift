import ArgumentParser
import Backup
import Foundation
import Kernel
import Moving
import Storage

/// Every exit code of the program, in one place. docs/operations.md has the same table, and a test compares the two.
enum Exit {
  struct Row: Sendable {
    let code: Int32
    /// Codes of refusals.
    let reasons: [String]
    let meaning: String
    let advice: String
  }
  static let table: [Row] = [
    Row(code: 0, reasons: [], meaning: "完成", advice: ""),
    Row(code: 1, reasons: [], meaning: "其他错误", advice: "看错误信息"),
    Row(
      code: 2, reasons: [BackupRefusal.source, MoveRefusal.source, MoveRefusal.differs, "cases-exhibit-altered"],
      meaning: "核验不通过：日志、库或文件有损坏",
      advice: "保留现场和现有备份，运行 `longtang audit verify`"),
    Row(code: 3, reasons: [BackupRefusal.space], meaning: "磁盘空间不足", advice: "换一处或清出空间"),
    Row(code: 4, reasons: [BackupRefusal.permission, "store-denied"], meaning: "没有权限读写文件或表", advice: "检查属主和权限，用运行服务的账户"),
    Row(
      code: 5, reasons: [BackupRefusal.notEmpty, MoveRefusal.notEmpty, "longtang-not-empty"], meaning: "目标不是空的，没有改动",
      advice: "换一个空的目录或数据库"),
    Row(code: 6, reasons: [BackupRefusal.key], meaning: "备份密钥缺失或不对", advice: "给出制作备份时的密钥文件"),
    Row(code: 7, reasons: [BackupRefusal.incomplete], meaning: "备份未完成", advice: "用另一份备份"),
    Row(code: 8, reasons: [BackupRefusal.altered], meaning: "备份被改动或损坏", advice: "用另一份备份"),
    Row(code: 9, reasons: [BackupRefusal.newer], meaning: "备份比程序新", advice: "用制作备份的版本"),
    Row(code: 10, reasons: ["longtang-config"], meaning: "配置有误", advice: "按提示逐项改正，`longtang config check` 可复查"),
    Row(
      code: 11, reasons: ["storage-postgres-conninfo", "longtang-database"], meaning: "库的写法有误",
      advice: "`store.database` 写成 `sqlite` 或 `postgres:host=… dbname=… user=…`"),
    Row(
      code: 12, reasons: ["storage-postgres-unreachable"], meaning: "连不上数据库服务器", advice: "检查服务器、主机、端口、库名、用户和密码"),
    Row(code: 13, reasons: ["storage-postgres-old"], meaning: "数据库服务器版本过低", advice: "升级到 PostgreSQL 15 或更新"),
    Row(
      code: 14, reasons: ["storage-postgres-encoding", "storage-postgres-collation"], meaning: "数据库的编码或排序规则不对",
      advice: "按提示用 UTF8 另建，或把库从备份恢复到新建的库"),
    Row(
      code: 15, reasons: ["storage-postgres-permission", "storage-postgres-schema"], meaning: "数据库用户没有建表权限",
      advice: "请数据库管理员把库的属主设为该用户"),
    Row(
      code: 16, reasons: ["storage-postgres-readonly", "storage-postgres-fsync"], meaning: "数据库只读，或者关闭了落盘",
      advice: "连接主机；把 `fsync` 打开"),
    Row(code: 17, reasons: ["longtang-no-store", MoveRefusal.missing], meaning: "这里没有数据", advice: "检查 `--data`，或先 `longtang init`"),
    Row(code: 18, reasons: ["store-too-new"], meaning: "库比程序新", advice: "用升级过这个库的版本"),
    Row(
      code: 19, reasons: [MoveRefusal.half, MoveRefusal.foreign], meaning: "库里有没有做完的迁移", advice: "用同样的参数再运行一次 `longtang migrate`"),
    Row(code: 20, reasons: [MoveRefusal.left], meaning: "数据已迁到别处", advice: "改用新库"),
    Row(
      code: 21, reasons: [Waterline.older], meaning: "库比数据目录旧，多半是恢复了旧的备份", advice: "恢复更新的备份；确实就用这份的，按提示确认"),
    Row(code: 22, reasons: ["longtang-port-taken"], meaning: "端口被占用", advice: "停掉另一个程序，或换端口"),
    Row(
      code: 23, reasons: [BackupRefusal.busy, "longtang-demo-busy", "longtang-move-busy", "store-busy"], meaning: "另一个程序正在使用",
      advice: "等它完成，或停掉它"),
    Row(code: 24, reasons: ["store-corrupted"], meaning: "库文件损坏", advice: "不要再写入；从备份恢复"),
    Row(
      code: 25, reasons: ["store-migration", MoveRefusal.schema], meaning: "库的结构不是应有的样子，升级或迁移没有进行",
      advice: "看提示中的步骤；从备份恢复，或联系开发单位"),
    Row(code: 26, reasons: [MoveRefusal.sessions, MoveRefusal.same], meaning: "迁移的两头不能这样配", advice: "按提示停止其他用户的进程，或改正 --from、--to"),
    Row(code: 27, reasons: ["storage-postgres-replica"], meaning: "store.replica 不是这个库的备机", advice: "连接主机的流复制备机，或去掉这一项"),
    Row(
      code: 28, reasons: [StoreLock.inUse], meaning: "嵌入式库正由另一个 `serve` 或 `work` 使用", advice: "停止它；要同时运行几个请改用 PostgreSQL"),
    Row(
      code: 29, reasons: [Nodes.contractWaits], meaning: "收缩库结构的步骤要等旧版本的程序停止",
      advice: "按提示更换或停止旧程序，30 秒后再运行 `longtang migrate`"),
    Row(
      code: 30, reasons: ["storage-other-keys"], meaning: "这台主机的身份密钥和其他主机不同",
      advice: "检查 `store.folder`、`store.keys` 的共享目录是否已挂载"),
    Row(code: 31, reasons: ["storage-nodes-full"], meaning: "同时运行的程序已达 500 个", advice: "停止不用的"),
    Row(code: 64, reasons: [], meaning: "命令或参数写错", advice: "`longtang help` 查看用法"),
  ]

  /// - Returns: nil for an error that says its own words, such as a command line that was not understood.
  static func told(_ error: any Error) -> (sentence: String, code: Int32)? {
    switch error {
    case let refusal as Refusal: (refusal.message, code(refusal.code))
    case let refusals as Refusals: (refusals.all.map(\.message).joined(separator: "\n"), code(refusals.all.first?.code ?? ""))
    case let problems as ConfigProblems:
      (problems.description, problems.isDatabaseAlone ? code("longtang-database") : code("longtang-config"))
    case let error as StorageError: words(error).map { ($0.message, code($0.code)) }
    case VaultError.io(_, let number): told(BackupRefusal.system(number, "文件目录"))
    case let error as CocoaError: told(cocoa: error)
    default: nil
    }
  }
  static func code(_ reason: String) -> Int32 { table.first { $0.reasons.contains(reason) }?.code ?? 1 }

  /// What the store says, for an operator.
  private static func words(_ error: StorageError) -> Refusal? {
    switch error {
    case .diskFull: Refusal(.limit, BackupRefusal.space, "磁盘空间不足，没有做任何改动。请清出空间后再来。")
    case .denied(let what): Refusal(.forbidden, "store-denied", "没有权限读写库（\(what)）。请检查属主和权限，用运行服务的账户来运行。")
    case .tooNew(let steps):
      Refusal(
        .conflict, "store-too-new", "库比本程序新（含 \(steps.prefix(3).joined(separator: "、"))），没有做任何改动。请用升级过这个库的版本或更新的版本。")
    case .migration(let step, let reason):
      Refusal(
        .conflict, "store-migration",
        "库的结构升级没有成功，停在步骤 \(step)（\(reason)），库没有改动。多半是有人手工改过结构，或上次恢复不完整：请从备份恢复，或把这一行报给开发单位。")
    case .moved(let place): MoveRefusal.left("这个库", place)
    case .corrupted(let what): Refusal(.conflict, "store-corrupted", "库文件已损坏或不是库（\(what)）。请不要再写入，从备份恢复。")
    case .busy: Refusal(.unavailable, "store-busy", "库正被另一个程序占用，没有完成。请稍后再来。")
    default: nil
    }
  }
  private static func told(cocoa error: CocoaError) -> (sentence: String, code: Int32)? {
    let path = error.userInfo[NSFilePathErrorKey] as? String ?? ""
    switch error.code {
    case .fileWriteOutOfSpace: return told(BackupRefusal.system(ENOSPC, path))
    case .fileWriteNoPermission, .fileReadNoPermission: return told(BackupRefusal.system(EACCES, path))
    case .fileWriteVolumeReadOnly: return told(BackupRefusal.system(EROFS, path))
    default: return nil
    }
  }
}
