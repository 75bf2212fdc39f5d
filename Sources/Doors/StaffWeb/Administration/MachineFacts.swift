import Kernel
import WorkCalendar

/// What the program knows about itself and its machine; put together where it is started.
public struct MachineFacts: Sendable {
  public let version: String
  /// The engine of the store: "嵌入式单文件库", "PostgreSQL".
  public let engine: String
  /// Key and value as configured; a secret says only whether it is set.
  public let configuration: [(key: String, value: String)]
  public let calendar: WorkCalendar
  /// Since this process began.
  public let uptime: @Sendable () -> Duration
  /// Bytes of the store's files and of the vault, as they are now.
  public let sizes: @Sendable () async throws -> Sizes
  public struct Sizes: Sendable {
    public let store: Int64
    public let free: Int64?
    public init(store: Int64, free: Int64?) {
      self.store = store
      self.free = free
    }
  }
  public init(
    version: String, engine: String, configuration: [(key: String, value: String)], calendar: WorkCalendar,
    uptime: @Sendable @escaping () -> Duration, sizes: @Sendable @escaping () async throws -> Sizes
  ) {
    self.version = version
    self.engine = engine
    self.configuration = configuration
    self.calendar = calendar
    self.uptime = uptime
    self.sizes = sizes
  }
  /// "3 天 4 小时", "12 分钟"
  static func span(_ duration: Duration) -> String {
    let minutes = duration.components.seconds / 60
    if minutes >= 1440 { return "\(minutes / 1440) 天 \(minutes % 1440 / 60) 小时" }
    return minutes >= 60 ? "\(minutes / 60) 小时 \(minutes % 60) 分钟" : "\(minutes) 分钟"
  }
  /// "1.4 GB"
  static func size(_ bytes: Int64) -> String {
    let units: [(Int64, String)] = [(1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB")]
    guard let (unit, name) = units.first(where: { bytes >= $0.0 }) else { return "\(bytes) 字节" }
    let tenths = bytes * 10 / unit
    return tenths >= 1000 ? "\(tenths / 10) \(name)" : "\(tenths / 10).\(tenths % 10) \(name)"
  }
}
