import CPostgres
import Foundation
import Storage

/// One connection of libpq. Belongs to one thread, which may block on it.
final class PostgresConnection {
  let link: OpaquePointer
  private var prepared: [String: String] = [:]
  private var count = 0
  /// What goes out together with the next statement that is waited for, to save its way there and back.
  private var ahead: [PostgresAhead] = []
  /// What undid the transaction under way, even when the work caught the error and went on.
  private(set) var undone: PostgresFailure?

  /// Beyond this many statements a connection forgets all and begins anew.
  static let mostStatements = 512
  /// So many answers fit into the buffers of both sides, so that neither waits for the other to read.
  static let mostAhead = 48

  init(_ target: PostgresTarget, _ patience: PostgresPatience) throws {
    // What stands before `dbname` is a default that the string overrides; what stands after it holds.
    // A server whose machine has vanished would otherwise be waited for a quarter of an hour.
    let options = [
      ("connect_timeout", "5"), ("tcp_user_timeout", "20000"), ("keepalives_idle", "15"), ("keepalives_interval", "5"),
      ("keepalives_count", "3"), ("fallback_application_name", "longtang"), ("dbname", target.conninfo), ("client_encoding", "UTF8"),
    ]
    var keys: [UnsafePointer<CChar>?] = options.map { UnsafePointer(strdup($0.0)) } + [nil]
    var values: [UnsafePointer<CChar>?] = options.map { UnsafePointer(strdup($0.1)) } + [nil]
    defer { for pointer in keys + values { free(UnsafeMutablePointer(mutating: pointer)) } }
    guard let link = PQconnectdbParams(&keys, &values, 1) else { throw StorageError.other("out of memory") }
    self.link = link
    // Notices would go to standard error; every failure is an error of its own.
    PQsetNoticeProcessor(link, { _, _ in }, nil)
    guard PQstatus(link) == CONNECTION_OK else {
      // Names hosts, users and databases, never a password.
      let words = String(cString: PQerrorMessage(link)).split(whereSeparator: \.isWhitespace)
      throw PostgresUnreachable(message: words.joined(separator: " "))
    }
    try simple(
      """
      SET standard_conforming_strings = on; SET bytea_output = hex; SET jit = off; SET statement_timeout = \(patience.statement);
      SET lock_timeout = \(patience.lock); SET idle_in_transaction_session_timeout = \(patience.idleInTransaction);
      SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
      """)
  }
  deinit { PQfinish(link) }

  /// 150020 for 15.20.
  var serverVersion: Int { Int(PQserverVersion(link)) }
  var isLost: Bool { PQstatus(link) != CONNECTION_OK }
  var isUndone: Bool { PQtransactionStatus(link) == PQTRANS_INERROR }
  var isIdle: Bool { PQtransactionStatus(link) == PQTRANS_IDLE }
  var socket: Int32 { PQsocket(link) }

  /// One or several statements without values and without result.
  /// - Returns: the command tag of the last, such as `COMMIT`.
  @discardableResult func simple(_ sql: String) throws -> String {
    let result = try check(PQexec(link, try joined(sql)))
    defer { PQclear(result) }
    return String(cString: PQcmdStatus(result))
  }
  /// As `simple`, for the rows of the last statement.
  func simpleRows(_ sql: String) throws -> [ResultRow] {
    let result = try check(PQexec(link, try joined(sql)))
    defer { PQclear(result) }
    return try Self.rows(result)
  }
  /// A statement without values and result that goes out with the next one. Its failure is that one's.
  func later(_ sql: String) { ahead.append(.text(sql)) }
  /// A statement whose result nobody looks at; goes out with the next one that is waited for. Its failure is that one's.
  func later(_ query: Query) throws {
    let (sql, values) = query.rendered { "$\($0)" }
    if values.isEmpty, !Self.isQuery(sql) { return later(sql) }
    let parameters = Parameters(values)
    ahead.append(.prepared(try name(of: sql, parameters), parameters))
    if ahead.count >= Self.mostAhead { try settle() }
  }
  /// Waits for the statements that were put off. Beginnings and ends of savepoints alone have time.
  func settle() throws {
    if ahead.contains(where: \.isPrepared) { PQclear(try together(nil)) }
  }
  /// Back to a savepoint: what was put off since then is not even sent.
  func rollBack(to savepoint: String) throws {
    if !isUndone, let start = ahead.lastIndex(where: { $0.isText("SAVEPOINT \(savepoint)") }) {
      ahead.removeSubrange((start + 1)...)
    } else {
      ahead = []
      PQclear(try check(PQexec(link, "ROLLBACK TO SAVEPOINT \(savepoint)")))
    }
  }

  func all(_ query: Query) throws -> [ResultRow] {
    guard let result = try execute(query) else { return [] }
    defer { PQclear(result) }
    return try Self.rows(result)
  }
  func run(_ query: Query) throws -> Int {
    guard let result = try execute(query) else { return 0 }
    defer { PQclear(result) }
    return Int(String(cString: PQcmdTuples(result))) ?? 0
  }

  /// Ends a transaction that failed. A connection on which even that fails is lost.
  func rollBack() {
    ahead = []
    if !isLost, !isIdle { PQclear(PQexec(link, "ROLLBACK")) }
    if undone?.forgetStatements == true, !isLost {
      PQclear(PQexec(link, "DEALLOCATE ALL"))
      prepared = [:]
    }
    undone = nil
  }

  /// What others have told, since the last look.
  func notifications() throws -> [String] {
    guard PQconsumeInput(link) == 1 else { throw PostgresFailure(.reconnect, .busy) }
    var out: [String] = []
    while let one = PQnotifies(link) {
      out.append(String(cString: one.pointee.extra))
      PQfreemem(one)
    }
    return out
  }

  // MARK: Statements

  func startCopy(_ sql: String) throws {
    let result = PQexec(link, try joined(sql))
    defer { PQclear(result) }
    guard let result, PQresultStatus(result) == PGRES_COPY_IN else { throw reached(PostgresFailure(result: result, link: link)) }
  }
  func endCopy() throws {
    guard PQputCopyEnd(link, nil) == 1 else { throw reached(PostgresFailure(result: nil, link: link)) }
    var failure: PostgresFailure?
    while let result = PQgetResult(link) {
      if PQresultStatus(result) != PGRES_COMMAND_OK, failure == nil { failure = PostgresFailure(result: result, link: link) }
      PQclear(result)
    }
    if let failure { throw reached(failure) }
  }

  /// - Returns: nil for what goes out later.
  private func execute(_ query: Query) throws -> OpaquePointer? {
    let (sql, values) = query.rendered { "$\($0)" }
    if values.isEmpty, !Self.isQuery(sql) {
      if sql.hasPrefix("SAVEPOINT") || sql.hasPrefix("RELEASE") {
        later(sql)
        return nil
      }
      if sql.hasPrefix("ROLLBACK TO SAVEPOINT ") {
        try rollBack(to: String(sql.dropFirst(22)))
        return nil
      }
      return try check(PQexec(link, try joined(sql)))
    }
    let parameters = Parameters(values)
    let name = try name(of: sql, parameters)
    if !ahead.isEmpty { return try together((name, parameters)) }
    return try parameters.withPointers { pointers, lengths, formats in
      try check(PQexecPrepared(link, name, Int32(values.count), pointers, lengths, formats, 0))
    }
  }

  /// For the simple protocol, which takes several statements at once.
  private func joined(_ sql: String) throws -> String {
    try settle()
    defer { ahead = [] }
    // In a transaction that has failed only the way back is open.
    if isUndone { return sql }
    return (ahead.compactMap(\.text) + [sql]).joined(separator: "; ")
  }

  /// Sends what waits and perhaps one statement more in one go. Something waits.
  /// - Returns: the result of the last.
  private func together(_ end: (name: String, parameters: Parameters)?) throws -> OpaquePointer {
    let all = ahead + (end.map { [.prepared($0.name, $0.parameters)] } ?? [])
    ahead = []
    var sent = PQenterPipelineMode(link) == 1
    for one in all {
      switch one {
      case .text(let sql): sent = sent && PQsendQueryParams(link, sql, 0, nil, nil, nil, nil, 0) == 1
      case .prepared(let name, let parameters):
        sent =
          sent
          && parameters.withPointers { pointers, lengths, formats in
            PQsendQueryPrepared(link, name, Int32(parameters.types.count), pointers, lengths, formats, 0) == 1
          }
      }
    }
    sent = sent && PQpipelineSync(link) == 1
    guard sent else { throw reached(PostgresFailure(result: nil, link: link)) }
    var last: OpaquePointer?
    var failure: PostgresFailure?
    var isSynced = false
    var nothing = 0
    while !isSynced {
      guard let result = PQgetResult(link) else {
        // Between two answers there is an empty one. Two of them, and nothing will come any more: the line is gone, even where libpq,
        // which could not send and heard only a warning, does not say so.
        nothing += 1
        if isLost || nothing > 1 { break }
        continue
      }
      nothing = 0
      let status = PQresultStatus(result)
      if status == PGRES_PIPELINE_SYNC {
        PQclear(result)
        isSynced = true
        continue
      }
      if status != PGRES_TUPLES_OK, status != PGRES_COMMAND_OK, status != PGRES_PIPELINE_ABORTED, failure == nil {
        failure = PostgresFailure(result: result, link: link)
      }
      PQclear(last)
      last = result
    }
    PQexitPipelineMode(link)
    guard let last, isSynced, !isLost else {
      PQclear(last)
      throw reached(PostgresFailure(.reconnect, .busy))
    }
    if let failure {
      PQclear(last)
      throw reached(failure)
    }
    return last
  }

  /// Savepoints and schema statements are not worth a name.
  private static func isQuery(_ sql: String) -> Bool {
    let word = sql.drop(while: \.isWhitespace).prefix(6).uppercased()
    return ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(word) || word.hasPrefix("WITH")
  }

  /// The types belong to the name: whole numbers, texts and bytes say what they are, only NULL leaves it to the server.
  private func name(of sql: String, _ parameters: Parameters) throws -> String {
    let key = parameters.signature + sql
    if let known = prepared[key] { return known }
    if prepared.count >= Self.mostStatements {
      try simple("DEALLOCATE ALL")
      prepared = [:]
    }
    count += 1
    let name = "s\(count)"
    PQclear(try check(PQprepare(link, name, sql, Int32(parameters.types.count), parameters.types)))
    prepared[key] = name
    return name
  }

  private func check(_ result: OpaquePointer?) throws -> OpaquePointer {
    if let result {
      let status = PQresultStatus(result)
      if status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY { return result }
    }
    let failure = PostgresFailure(result: result, link: link)
    PQclear(result)
    throw reached(failure)
  }
  /// The first reason counts; what follows only says that the transaction is over.
  func reached(_ failure: PostgresFailure) -> StorageError {
    if failure.remedy != .none, undone == nil { undone = failure }
    return failure.error
  }

  // MARK: Values

  /// Object numbers of types, from the server's catalogue; they never change.
  enum TypeNumber {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let oid: Oid = 26
    static let float4: Oid = 700
    static let float8: Oid = 701
    static let numeric: Oid = 1700
  }

  /// Values laid out one behind the other for libpq.
  struct Parameters {
    var types: [Oid] = []
    var signature = ""
    private var bytes: [CChar] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(_ values: [SQLValue]) {
      for value in values {
        switch value {
        case .null:
          types.append(0)
          signature.append("n")
          offsets.append(nil)
          lengths.append(0)
          formats.append(0)
        case .int(let v): add(String(v).utf8, TypeNumber.int8, "i")
        case .double(let v): add(String(v).utf8, TypeNumber.float8, "d")
        case .text(let v): add(v.utf8, TypeNumber.text, "t")
        case .blob(let v): add(v, TypeNumber.bytea, "b", format: 1)
        }
      }
      signature.append(":")
    }
    private mutating func add(_ content: some Collection<UInt8>, _ type: Oid, _ letter: Character, format: Int32 = 0) {
      types.append(type)
      signature.append(letter)
      offsets.append(bytes.count)
      lengths.append(Int32(content.count))
      formats.append(format)
      bytes.reserveCapacity(bytes.count + content.count + 1)
      for byte in content { bytes.append(CChar(bitPattern: byte)) }
      bytes.append(0)
    }
    func withPointers<T>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) throws -> T) rethrows
      -> T
    {
      try bytes.withUnsafeBufferPointer { buffer in
        let pointers: [UnsafePointer<CChar>?] = offsets.map { offset in offset.flatMap { at in buffer.baseAddress.map { $0 + at } } }
        return try body(pointers, lengths, formats)
      }
    }
  }

  static func rows(_ result: OpaquePointer) throws -> [ResultRow] {
    let width = PQnfields(result)
    let columns = ResultColumns((0..<width).map { String(cString: PQfname(result, $0)) })
    let types = (0..<width).map { PQftype(result, $0) }
    var out: [ResultRow] = []
    let height = PQntuples(result)
    out.reserveCapacity(Int(height))
    for row in 0..<height {
      var cells: [SQLValue] = []
      cells.reserveCapacity(Int(width))
      for column in 0..<width {
        guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
          cells.append(.null)
          continue
        }
        let text = UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column)))
        cells.append(try value(text, types[Int(column)]))
      }
      out.append(ResultRow(columns: columns, values: cells))
    }
    return out
  }

  static func value(_ text: UnsafeRawBufferPointer, _ type: Oid) throws -> SQLValue {
    switch type {
    case TypeNumber.int8, TypeNumber.int4, TypeNumber.int2, TypeNumber.oid: return .int(try whole(text))
    case TypeNumber.bool: return .int(text.first == UInt8(ascii: "t") ? 1 : 0)
    case TypeNumber.float8, TypeNumber.float4, TypeNumber.numeric:
      let digits = String(decoding: text, as: UTF8.self)
      // A sum of whole numbers is a numeric here and a whole number in SQLite.
      if type == TypeNumber.numeric, let whole = Int64(digits) { return .int(whole) }
      guard let number = Double(digits) else { throw StorageError.decoding("not a number") }
      return .double(number)
    case TypeNumber.bytea: return .blob(try bytes(text))
    default: return .text(String(decoding: text, as: UTF8.self))
    }
  }
  private static func whole(_ text: UnsafeRawBufferPointer) throws -> Int64 {
    var value: Int64 = 0
    let negative = text.first == UInt8(ascii: "-")
    for byte in negative ? text.dropFirst() : text[...] {
      let digit = Int64(byte) - 48
      let (product, over) = value.multipliedReportingOverflow(by: 10)
      let (difference, under) = product.subtractingReportingOverflow(digit)
      guard (0...9).contains(digit), !over, !under else { throw StorageError.decoding("not a whole number") }
      value = difference
    }
    // Counted downwards, because the smallest number has no positive twin.
    guard negative || value != .min else { throw StorageError.decoding("not a whole number") }
    return negative ? value : -value
  }
  /// `\x48656c6c6f`.
  private static func bytes(_ text: UnsafeRawBufferPointer) throws -> Data {
    guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else {
      throw StorageError.decoding("not bytes: bytea_output must be hex")
    }
    // Without a branch, so that many bytes are read at once: 0…9 are 0x30…0x39, a…f are 0x61…0x66.
    func nibble(_ c: UInt8) -> UInt8 { (c & 0x0F) &+ (c &>> 6) &* 9 }
    var out = Data(count: text.count / 2 - 1)
    out.withUnsafeMutableBytes { bytes in
      for i in bytes.indices { bytes[i] = nibble(text[2 &* i &+ 2]) &<< 4 | nibble(text[2 &* i &+ 3]) }
    }
    return out
  }
}

/// No connection could be made; the message names the host, never a password.
struct PostgresUnreachable: Error {
  let message: String
}

/// Our statements on one connection.
struct PostgresAccess: Writer {
  let connection: PostgresConnection
  var dialect: Dialect { .postgres }
  func all(_ query: Query) throws -> [ResultRow] { try connection.all(query) }
  func run(_ query: Query) throws -> Int { try connection.run(query) }
  func later(_ query: Query) throws { try connection.later(query) }
  func settle() throws { try connection.settle() }
  func insert(_ rows: [[SQLValue]], into table: String, columns: [String]) throws {
    try connection.copy(rows, into: table, columns: columns)
  }
}
