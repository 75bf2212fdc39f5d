import Foundation

/// What a photo says of itself. Facts of evidence: useful, but written by the sender's device and easily changed.
public struct PhotoFacts: Hashable, Sendable {
  public var type: MediaType
  /// As shown, after turning.
  public var width: Int
  public var height: Int
  /// "2024-03-05T14:22:01", the device's own clock; nil when absent or impossible.
  public var takenLocal: String?
  /// Minutes east of Greenwich, when the device wrote them.
  public var offsetMinutes: Int?
  /// The same as milliseconds since 1970-01-01 UTC; without offset the clock is taken as Shanghai's.
  public var takenMilliseconds: Int64?
  /// Degrees, WGS-84 by the standard; both or neither.
  public var latitude: Double?
  public var longitude: Double?
  public var make: String?
  public var model: String?

  init(_ frame: PictureFrame, _ exif: EXIF?) {
    type = frame.type
    let turned = frame.type == .heic ? frame.quarterTurns % 2 == 1 : (exif?.orientation ?? 1) >= 5
    (width, height) = turned ? (frame.height, frame.width) : (frame.width, frame.height)
    guard let exif else { return }
    make = exif.make
    model = exif.model
    latitude = exif.latitude
    longitude = exif.longitude
    guard let stamp = exif.taken.flatMap(Self.stamp) else { return }
    takenLocal = stamp.local
    offsetMinutes = exif.offset.flatMap(Self.offset)
    takenMilliseconds = (stamp.seconds - Int64(offsetMinutes ?? 480) * 60) * 1000
  }

  /// "2024:03:05 14:22:01"; zeros and impossible dates are nil.
  private static func stamp(_ text: String) -> (local: String, seconds: Int64)? {
    let n = text.split(whereSeparator: { $0 == ":" || $0 == " " || $0 == "-" || $0 == "T" }).prefix(6).map { Int($0) }
    guard n.count == 6, let year = n[0], let month = n[1], let day = n[2], let hour = n[3], let minute = n[4], let second = n[5] else {
      return nil
    }
    guard (1970...2199).contains(year), (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute),
      (0...60).contains(second)
    else { return nil }
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day >= 1, day <= lengths[month - 1] else { return nil }
    // Days from civil, after Howard Hinnant.
    let y = month <= 2 ? year - 1 : year
    let era = y / 400
    let yoe = y - era * 400
    let doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    let local = "\(year)-\(two(month))-\(two(day))T\(two(hour)):\(two(minute)):\(two(second))"
    return (local, Int64(days) * 86_400 + Int64(hour * 3600 + minute * 60 + second))
  }

  /// "+08:00" or "Z".
  private static func offset(_ text: String) -> Int? {
    if text == "Z" { return 0 }
    let parts = text.dropFirst().split(separator: ":").map { Int($0) }
    guard let sign = text.first, sign == "+" || sign == "-", parts.count == 2, let h = parts[0], let m = parts[1] else { return nil }
    guard (0...14).contains(h), (0...59).contains(m) else { return nil }
    return (sign == "-" ? -1 : 1) * (h * 60 + m)
  }
}
