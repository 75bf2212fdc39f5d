/// Keeps spreadsheet programs from running text that somebody else wrote (OWASP, "CSV Injection").
public enum FormulaEscape {
  /// The cell with a leading ' when a spreadsheet could take it for a formula; numbers such as -3.5 and +86 stay.
  public static func escape(_ cell: String) -> String { looksLikeFormula(cell) ? "'" + cell : cell }

  /// Takes off the ' that `escape` put before; other cells stay.
  public static func unescape(_ cell: String) -> String {
    guard cell.first == "'" else { return cell }
    let rest = String(cell.dropFirst())
    return looksLikeFormula(rest) ? rest : cell
  }

  /// True when the first visible character is = + - @ (also full-width), or the cell begins with tab or CR, unless it is a plain number.
  public static func looksLikeFormula(_ cell: String) -> Bool {
    guard let first = cell.utf8.first else { return false }
    if first == 0x09 || first == 0x0D || first == 0x0A { return true }
    // Most cells begin with a letter, a digit or a Chinese character and end here.
    guard let visible = cell.unicodeScalars.first(where: { !$0.properties.isWhitespace && $0.value != 0xFEFF && $0.value != 0x200B }) else {
      return false
    }
    switch visible {
    case "=", "@", "＝", "＠", "＋", "－": return true
    case "+", "-": return !isNumber(cell)
    default: return false
    }
  }

  /// An optional sign, digits with optional groups of three, optional fraction, exponent and percent sign; nothing else.
  static func isNumber(_ cell: String) -> Bool {
    var rest = Substring(cell).utf8
    if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
    func digits() -> Int {
      let run = rest.prefix { (0x30...0x39).contains($0) }
      rest = rest.dropFirst(run.count)
      return run.count
    }
    var whole = digits()
    if (1...3).contains(whole) {
      while rest.first == 0x2C {
        rest = rest.dropFirst()
        guard digits() == 3 else { return false }
        whole += 3
      }
    }
    var fraction = 0
    if rest.first == 0x2E {
      rest = rest.dropFirst()
      fraction = digits()
    }
    if whole + fraction == 0 { return false }
    if let e = rest.first, e == 0x65 || e == 0x45 {
      rest = rest.dropFirst()
      if let sign = rest.first, sign == 0x2B || sign == 0x2D { rest = rest.dropFirst() }
      guard digits() > 0 else { return false }
    }
    if rest.first == 0x25 { rest = rest.dropFirst() }
    return rest.isEmpty
  }
}
