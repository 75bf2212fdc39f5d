import Foundation

/// A sheet as an office keeps it: one line of headings, then rows of text.
///
///     let table = try Table.read(csv: bytes)
///     guard let address = table.column("地址") else { … }
///     for row in table.rows { use(row.cells[address], at: row.line) }
///
/// Every row has exactly as many cells as the header. Empty rows, and titles above the header, are left out.
public struct Table: Hashable, Sendable {
  /// The headings, trimmed. Two columns may bear one name; `column` then answers the first, and a trouble says so.
  public var header: [String]
  public var rows: [Row]
  /// Rows that could not be read, with line and reason.
  public var troubles: [RowTrouble]

  public struct Row: Hashable, Sendable {
    /// The physical line (CSV) or sheet row (XLSX) where the row begins, from 1: what a person finds again in the file.
    public var line: Int
    public var cells: [String]
    public init(line: Int, cells: [String]) {
      self.line = line
      self.cells = cells
    }
  }

  public init(header: [String], rows: [Row] = [], troubles: [RowTrouble] = []) {
    self.header = header
    self.rows = rows
    self.troubles = troubles
  }

  /// A table made here, for writing: lines are counted from 2, below the header.
  public init(header: [String], cells: [[String]]) {
    self.init(header: header, rows: cells.enumerated().map { Row(line: $0.offset + 2, cells: $0.element) })
  }

  /// The place of the first column of that name. White space and width do not count: "地 址" and "地址" are one,
  /// "ID" and "ＩＤ" are one.
  public func column(_ name: String) -> Int? {
    let wanted = Self.folded(name)
    return header.firstIndex { Self.folded($0) == wanted }
  }

  /// The first column that bears one of the names, tried in their order.
  public func column(anyOf names: [String]) -> Int? {
    for name in names {
      if let found = column(name) { return found }
    }
    return nil
  }

  static func folded(_ name: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in name.lowercased().unicodeScalars where !scalar.properties.isWhitespace && scalar.value != 0xFEFF {
      let narrow = (0xFF01...0xFF5E).contains(scalar.value) ? Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar : scalar
      out.append(narrow)
    }
    return String(out).lowercased()
  }
}

/// What a reader hands out, in the order of the file. The header comes before the first row.
public enum TableEvent: Hashable, Sendable {
  case header([String])
  case row(Table.Row)
  case trouble(RowTrouble)
}
