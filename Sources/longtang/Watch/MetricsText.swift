/// Figures in the text format of Prometheus 0.0.4. Every name begins with `longtang_`.
struct MetricsText {
  private(set) var text = ""
  enum Kind: String {
    case counter, gauge, histogram
  }

  mutating func head(_ name: String, _ kind: Kind, _ help: String) {
    text += "# HELP longtang_\(name) \(help)\n# TYPE longtang_\(name) \(kind.rawValue)\n"
  }
  mutating func line(_ name: String, _ labels: [(String, String)] = [], _ value: String) {
    text += "longtang_\(name)"
    if !labels.isEmpty { text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}" }
    text += " \(value)\n"
  }
  /// A figure of one line.
  mutating func one(_ name: String, _ kind: Kind, _ help: String, _ value: some Numeric & CustomStringConvertible) {
    head(name, kind, help)
    line(name, [], value.description)
  }
  /// - Parameter within: for each bound how many were no greater.
  mutating func histogram(
    _ name: String, _ labels: [(String, String)] = [], bounds: [String], within: [String], count: String, sum: String
  ) {
    for (bound, value) in zip(bounds, within) { line("\(name)_bucket", labels + [("le", bound)], value) }
    line("\(name)_bucket", labels + [("le", "+Inf")], count)
    line("\(name)_sum", labels, sum)
    line("\(name)_count", labels, count)
  }
  private static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
