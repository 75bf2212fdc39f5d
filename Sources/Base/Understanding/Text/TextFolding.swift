/// Text as every reader in this module sees it: UTF-16 units with width and letter case folded, so that
/// "３号Ｂ座" and "3号b座" are the same. One unit in, one unit out: positions in the folded text are
/// positions in the original's UTF-16 view.
public struct FoldedText: Hashable, Sendable {
  public let units: [UInt16]
  public init(_ text: String) { units = text.utf16.map(FoldedText.fold) }
  public init(units: [UInt16]) { self.units = units }

  public var text: String { String(units: units) }

  /// Full-width ASCII to ASCII, capitals to small letters, the ideographic space to a space.
  @inlinable
  public static func fold(_ unit: UInt16) -> UInt16 {
    switch unit {
    case 0x41...0x5A: unit + 0x20
    case 0xFF21...0xFF3A: unit - 0xFEE0 + 0x20
    case 0xFF01...0xFF5E: unit - 0xFEE0
    case 0x3000, 0xA0: 0x20
    default: unit
    }
  }
  @inlinable
  public static func isHan(_ unit: UInt16) -> Bool { (0x4E00...0x9FFF).contains(unit) || (0x3400...0x4DBF).contains(unit) }
  @inlinable
  public static func isDigit(_ unit: UInt16) -> Bool { (0x30...0x39).contains(unit) }
  @inlinable
  public static func isLetter(_ unit: UInt16) -> Bool { (0x61...0x7A).contains(unit) }
}
