import Foundation

/// Paths of this site, as opposed to anything that could lead elsewhere.
public enum LocalPath {
  /// The path when it surely stays on this site; nil for `//evil`, `/\evil`, schemes, control characters and whatever else.
  public static func safe(_ path: String?) -> String? {
    // Bytes, not characters: to Swift a slash with a combining mark on it is no slash, to a browser it is.
    guard let path, path.utf8.count <= 2000, path.utf8.first == 47, path.utf8.dropFirst().first != 47 else { return nil }
    guard path.unicodeScalars.allSatisfy({ $0.value > 32 && $0.value != 127 && $0 != "\\" }) else { return nil }
    let ascii = path.unicodeScalars.allSatisfy(\.isASCII)
    return ascii ? path : path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.union(.init(charactersIn: "?#=&%")))
  }
}
