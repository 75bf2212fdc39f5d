import Foundation

/// A file that came with a form, whole in memory and within its limits.
public struct UploadedFile: Sendable {
  /// The name of the field.
  public let field: String
  /// As the browser said; trust it for nothing but showing.
  public let name: String
  /// As the browser said; look at the bytes before believing it.
  public let type: String
  public let bytes: Data
}
