/// Why a picture was not taken, or not made.
public struct PictureError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable, CaseIterable {
    case empty
    /// Not one of the kinds of picture that are taken, whatever the name says.
    case refusedType = "refused-type"
    /// More bytes than allowed.
    case tooLarge = "too-large"
    /// More pixels than allowed; found before anything is decoded.
    case tooManyPixels = "too-many-pixels"
    /// Cut off in transmission or otherwise unreadable.
    case damaged
    /// A picture that is kept as it is, of which this server cannot make a copy (HEIC).
    case noCopy = "no-copy"
    /// Text that does not fit a QR code.
    case textTooLong = "text-too-long"
    /// The picture library failed, most likely for want of memory.
    case unavailable
  }
  public let kind: Kind
  /// A sentence in Chinese that says what to do.
  public let message: String
  /// Stable, kebab-case: `pictures-too-large`.
  public var code: String { "pictures-" + kind.rawValue }
  public var description: String { "\(code): \(message)" }
  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }
  static let damaged = PictureError(.damaged, "照片没有传完或已损坏，请重新选择后上传")
}

/// What a picture from outside may cost.
public struct PhotoLimits: Hashable, Sendable {
  /// The file as it came, in bytes.
  public var bytes = 25 << 20
  /// Width times height. Decoding takes four bytes each: 64 million pixels are 256 MB for a moment.
  public var pixels = 64_000_000
  /// The longer edge, in pixels.
  public var edge = 20_000
  public init() {}
  public static let standard = PhotoLimits()
}
