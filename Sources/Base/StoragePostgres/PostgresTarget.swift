import CPostgres
import Kernel

/// Where the database is: a connection string of libpq, checked, and shown without its password.
public struct PostgresTarget: Sendable, CustomStringConvertible {
  let conninfo: String
  /// What may be shown and logged: host, port, database and user; nothing else of the string.
  public let description: String

  /// - Parameter conninfo: `host=/run/postgresql dbname=longtang user=…` or `postgres://user@host/longtang`.
  /// - Throws: a `Refusal` that repeats nothing of the string, which may hold a password.
  public init(_ conninfo: String) throws {
    var message: UnsafeMutablePointer<CChar>?
    guard !conninfo.utf8.contains(0), let options = PQconninfoParse(conninfo, &message) else {
      // libpq's message quotes pieces of the string.
      if let message { PQfreemem(message) }
      throw Refusal(
        .invalid, "storage-postgres-conninfo",
        "PostgreSQL 连接串写法有误。应为 host=… dbname=… user=… 的形式，或 postgres://用户@主机/库名；值中有空格时用单引号括起。")
    }
    defer { PQconninfoFree(options) }
    var shown: [String] = []
    var at = options
    while let keyword = at.pointee.keyword {
      let name = String(cString: keyword)
      if ["host", "port", "dbname", "user"].contains(name), let value = at.pointee.val {
        shown.append("\(name)=\(String(cString: value))")
      }
      at += 1
    }
    self.conninfo = conninfo
    description = shown.joined(separator: " ")
  }
}

/// How long the store waits, in milliseconds.
public struct PostgresPatience: Sendable {
  /// One statement. Migrations have no limit.
  public var statement: Int64 = 60_000
  /// A lock held by somebody else, the turn to write among them.
  public var lock: Int64 = 15_000
  /// A transaction in which nothing happens; the server then ends it.
  public var idleInTransaction: Int64 = 300_000
  /// A caller whose connection was lost waits this long for a new one, then is told that the store is busy.
  public var reconnect: Int64 = 10_000
  public init() {}
}
