/// Codes that people read aloud and type: Crockford's base 32, without I, L, O and U.
public enum TypedCode {
  public static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

  /// A code as stored, from one as typed: forgives small letters, spaces, dashes, and O, I, L for 0 and 1.
  /// - Returns: exactly `length` characters of the alphabet, or nil when it is no such code.
  public static func clean(_ typed: some StringProtocol, length: Int) -> String? {
    var clean = ""
    for character in typed.uppercased() {
      switch character {
      case "-", " ", "—", "　": continue
      case "O": clean.append("0")
      case "I", "L": clean.append("1")
      default:
        guard alphabet.contains(character) else { return nil }
        clean.append(character)
      }
    }
    return clean.count == length ? clean : nil
  }
}
