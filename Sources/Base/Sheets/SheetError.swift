/// Why a whole file was not read. A single bad row is a `RowTrouble` instead, and the rest of the file is read.
public struct SheetError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    /// No bytes, or no row with text.
    case empty
    /// The file, or what it inflates to, is beyond the limit.
    case tooLarge = "too-large"
    case tooManyRows = "too-many-rows"
    case tooManyColumns = "too-many-columns"
    /// The bytes are no table of text: a program, a picture, an old .xls, an encrypted workbook.
    case notASheet = "not-a-sheet"
    /// The quotes are so broken that reading on would mean guessing.
    case brokenQuotes = "broken-quotes"
    /// The workbook's container is damaged or was made to do harm.
    case brokenWorkbook = "broken-workbook"
    /// A small container that inflates to very much.
    case bomb
    /// This machine cannot read the encoding.
    case unsupported
  }
  public let kind: Kind
  /// A sentence in Chinese that says what to do.
  public let message: String
  /// The physical line (CSV) or sheet row (XLSX) it happened at, from 1; nil when it concerns the whole file.
  public let line: Int?
  /// Stable, kebab-case: `sheets-too-large`.
  public var code: String { "sheets-" + kind.rawValue }
  public var description: String { line.map { "\(code) (line \($0)): \(message)" } ?? "\(code): \(message)" }
  public init(_ kind: Kind, _ message: String, line: Int? = nil) {
    self.kind = kind
    self.message = message
    self.line = line
  }
}

/// A row that could not be read; the others were.
public struct RowTrouble: Hashable, Sendable {
  /// The physical line (CSV) or sheet row (XLSX), from 1.
  public let line: Int
  /// A sentence in Chinese for the person who sent the file.
  public let reason: String
  public init(line: Int, reason: String) {
    self.line = line
    self.reason = reason
  }
}

/// What a file from outside may cost. All sizes in bytes.
public struct SheetLimits: Hashable, Sendable {
  /// The file as it came.
  public var bytes = 256 << 20
  /// Rows below the header.
  public var rows = 500_000
  public var columns = 512
  /// Cells of a table that is kept as a whole: a small file can name many columns and leave every row short of them.
  /// Reading row by row keeps none and does not count.
  public var cells = 20_000_000
  /// One record of a CSV file or one row of a sheet, as UTF-8.
  public var recordBytes = 1 << 20
  /// Troubles kept; beyond that they are only counted, in one last entry.
  public var troubles = 1_000
  /// Rows with fewer cells than the header are filled up (Excel drops empty cells at the end); false makes them troubles.
  public var padShortRows = true
  /// All parts of a workbook that are read, inflated.
  public var inflatedBytes = 768 << 20
  /// The texts that cells of a workbook share: how many, and their bytes together.
  public var sharedStrings = 4_000_000
  public var sharedBytes = 256 << 20
  /// The most one part may grow; honest sheets stay below 100.
  public var inflationRatio = 250
  /// Parts in a workbook's container.
  public var parts = 2_000
  public init() {}
  public static let standard = SheetLimits()

  /// For reading row by row.
  var unkept: SheetLimits {
    var limits = self
    limits.cells = .max
    return limits
  }
}
