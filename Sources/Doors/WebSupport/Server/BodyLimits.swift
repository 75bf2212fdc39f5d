/// How much one request may bring.
public struct BodyLimits: Sendable, Hashable {
  /// Bytes of the whole body.
  public var total: Int
  /// Bytes of one file.
  public var file: Int
  public var files: Int
  /// Bytes of one field.
  public var field: Int
  public var fields: Int
  public init(total: Int, file: Int, files: Int, field: Int = 64 * 1024, fields: Int = 500) {
    self.total = total
    self.file = file
    self.files = files
    self.field = field
    self.fields = fields
  }
  /// Forms with up to nine photos of 20 MB, 64 MB in all.
  public static let standard = BodyLimits(total: 64 << 20, file: 20 << 20, files: 9)
  /// Forms without files and API calls.
  public static let small = BodyLimits(total: 1 << 20, file: 0, files: 0)
  /// One sheet of a hotline or a register.
  public static let sheet = BodyLimits(total: 40 << 20, file: 40 << 20, files: 1)
  /// One part of a big file, as it is.
  public static let part = BodyLimits(total: 8 << 20, file: 0, files: 0)
  public static let none = BodyLimits(total: 0, file: 0, files: 0)
}
