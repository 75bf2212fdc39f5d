import CPostgres
import Storage

/// Why a statement failed, and whether the same work may be tried again.
struct PostgresFailure: Error {
  enum Remedy {
    /// The work itself is at fault.
    case none
    /// The server undid the transaction through no fault of its own: run all of it again.
    case again
    /// The connection is gone or leads to a server that may not write: run all of it on a new one.
    case reconnect
  }
  let remedy: Remedy
  let error: StorageError
  /// Prepared statements are stale: a column was added since, or a pooler changed the session.
  var forgetStatements = false

  init(_ remedy: Remedy, _ error: StorageError) {
    self.remedy = remedy
    self.error = error
  }

  /// - Parameter result: nil when libpq could not even send.
  init(result: OpaquePointer?, link: OpaquePointer) {
    func field(_ code: Character) -> String {
      guard let result, let ascii = code.asciiValue, let text = PQresultErrorField(result, Int32(ascii)) else { return "" }
      return String(cString: text)
    }
    let state = field("C")
    // What has no code does not come from the server: libpq could not send or read.
    if PQstatus(link) != CONNECTION_OK || state.isEmpty {
      self.init(.reconnect, .busy)
      return
    }
    let table = field("t")
    let what = "\(state) \(table) \(field("n"))\(field("c"))"
    switch state {
    case "23505": self.init(.none, .unique("UNIQUE constraint failed: \(Self.columns(field("D"), of: table)) (\(field("n")))"))
    case "23503": self.init(.none, .foreignKey("FOREIGN KEY constraint failed: \(what)"))
    case "23502", "23514", "23P01": self.init(.none, .check("CHECK constraint failed: \(what)"))
    case "40001", "40P01": self.init(.again, .busy)
    case "0A000", "26000":
      // “cached plan must not change result type”, “prepared statement does not exist”.
      self.init(.again, .other("PostgreSQL \(state): \(field("M"))"))
      forgetStatements = true
    case "55P03", "57014", "53300", "53200": self.init(.none, .busy)
    case "53100": self.init(.none, .diskFull)
    case "42501": self.init(.none, .denied("PostgreSQL \(state): \(field("M"))"))
    case "58000", "58030": self.init(.none, .disk("PostgreSQL \(state)"))
    case "XX001", "XX002": self.init(.none, .corrupted("PostgreSQL \(state)"))
    case "57P01", "57P02", "57P03", "57P05", "25P03", "25006": self.init(.reconnect, .busy)
    case _ where state.hasPrefix("08"): self.init(.reconnect, .busy)
    // Messages of class 22 quote the value at fault; the log must not.
    case _ where state.hasPrefix("22"): self.init(.none, .other("PostgreSQL \(what)"))
    default: self.init(.none, .other("PostgreSQL \(state): \(field("M"))"))
    }
  }

  /// `Key (channel, source_no)=(…) already exists.` in whatever language, as `report.channel, report.source_no`; never the values.
  static func columns(_ detail: String, of table: String) -> String {
    guard let open = detail.firstIndex(of: "("), let close = detail.range(of: ")=(") else { return table }
    return detail[detail.index(after: open)..<close.lowerBound].split(separator: ",").map {
      "\(table).\($0.trimmingPrefix(while: \.isWhitespace))"
    }.joined(separator: ", ")
  }
}

extension StringProtocol {
  func range(of needle: String) -> Range<Index>? { ranges(of: needle).first }
}
