/// What a colour means, everywhere the same: red only for overdue and danger, amber for soon, green for done.
public enum Tone: String, CaseIterable, Sendable {
  case neutral, action, good, soon, danger, quiet

  /// The shape that says the same as the colour, for eyes and printers that see none.
  var shape: Icon {
    switch self {
    case .neutral: .ring
    case .action: .half
    case .good: .check
    case .soon: .clock
    case .danger: .warning
    case .quiet: .dot
    }
  }
}

/// The components of every page. Functions in, markup out; no state, no I/O.
public enum UI {}
