import Kernel

/// The values of a query or a form: trimmed, line ends as `\n`, empty ones as if absent.
public struct Fields: Sendable {
  /// In the order they came.
  public let all: [(name: String, value: String)]
  public init(_ all: [(name: String, value: String)] = []) {
    self.all = all.map { ($0.name, Self.clean($0.value)) }
  }

  /// The first value of that name; nil when absent or empty.
  public subscript(name: String) -> String? { all.first { $0.name == name && !$0.value.isEmpty }?.value }
  /// The value, or nothing: what a field shows again after an error.
  public func text(_ name: String) -> String { self[name] ?? "" }
  /// Every value of that name, for checkboxes.
  public func values(_ name: String) -> [String] { all.filter { $0.name == name && !$0.value.isEmpty }.map(\.value) }
  /// Whether a checkbox was ticked.
  public func flag(_ name: String) -> Bool { self[name] != nil }

  // What is there but cannot be read is refused beside its field; what is not there is nil.
  public func int(_ name: String, in range: ClosedRange<Int> = 0...Int.max) throws(Refusal) -> Int? {
    guard let text = self[name] else { return nil }
    guard let number = Int(text), range.contains(number) else { throw Self.invalid(name, "请填写数字。") }
    return number
  }
  public func number(_ name: String, in range: ClosedRange<Double>) throws(Refusal) -> Double? {
    guard let text = self[name] else { return nil }
    guard let number = Double(text), range.contains(number) else { throw Self.invalid(name, "请填写有效的数字。") }
    return number
  }
  public func id<Record>(_ name: String, _: Record.Type = Record.self) throws(Refusal) -> Identifier<Record>? {
    guard let text = self[name] else { return nil }
    guard let id = Identifier<Record>(text) else { throw Self.invalid(name, "请重新选择。") }
    return id
  }
  /// "2026-09-24".
  public func day(_ name: String) throws(Refusal) -> Day? {
    guard let text = self[name] else { return nil }
    guard let day = Day(iso: text) else { throw Self.invalid(name, "请填写日期，例如 2026-09-24。") }
    return day
  }
  /// "2026-09-24T14:05" as a browser's date-and-time field sends it, or with a space; Shanghai time.
  public func moment(_ name: String) throws(Refusal) -> Moment? {
    guard let text = self[name] else { return nil }
    let parts = text.split(whereSeparator: { $0 == "T" || $0 == " " })
    let clock = parts.count == 2 ? parts[1].split(separator: ":").map { Int($0) } : []
    guard parts.count == 2, let day = Day(iso: parts[0]), clock.count >= 2, let hour = clock[0], let minute = clock[1],
      (0..<24).contains(hour), (0..<60).contains(minute)
    else { throw Self.invalid(name, "请填写日期和时间，例如 2026-09-24 14:05。") }
    return day.at(hour: hour, minute: minute)
  }
  /// One of a closed set, by its raw value.
  public func choice<Choice: RawRepresentable>(_ name: String, _: Choice.Type = Choice.self) throws(Refusal) -> Choice?
  where Choice.RawValue == String {
    guard let text = self[name] else { return nil }
    guard let choice = Choice(rawValue: text) else { throw Self.invalid(name, "请从选项中选择。") }
    return choice
  }

  static func invalid(_ field: String, _ message: String) -> Refusal { Refusal(.invalid, "form-unreadable", message, field: field) }

  /// Control characters mean nothing in what people write and could hide words from a reader.
  static func clean(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    var afterReturn = false
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x0D:
        out.append("\n")
        afterReturn = true
        continue
      case 0x0A where afterReturn: break
      case 0x09, 0x0A: out.append(scalar)
      case 0...0x1F, 0x7F...0x9F, 0xFEFF, 0x202A...0x202E, 0x2066...0x2069: break
      default: out.append(scalar)
      }
      afterReturn = false
    }
    var slice = Substring(String(out))
    while let first = slice.first, first.isWhitespace { slice.removeFirst() }
    while let last = slice.last, last.isWhitespace { slice.removeLast() }
    return String(slice)
  }

  /// `application/x-www-form-urlencoded`, of queries and of forms.
  /// - Parameter most: how many pairs are read; the rest is refused.
  static func urlEncoded(_ text: some StringProtocol, most: Int = 500) throws(Refusal) -> Fields {
    var pairs: [(String, String)] = []
    for piece in text.utf8.split(separator: UInt8(ascii: "&")) {
      if pairs.count == most { throw Refusal(.limit, "form-too-many-fields", "表单内容过多，请减少后再试。") }
      let halves = piece.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = decoded(halves[0]), let value = halves.count == 2 ? decoded(halves[1]) : "" else {
        throw Refusal(.invalid, "form-encoding", "提交的内容编码有误，请刷新页面后再试。")
      }
      pairs.append((name, value))
    }
    return Fields(pairs)
  }

  /// Percent decoding with `+` as a space; nil when the bytes are no UTF-8.
  static func decoded(_ bytes: some Sequence<UInt8>, plusIsSpace: Bool = true) -> String? {
    var out: [UInt8] = []
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      switch byte {
      case UInt8(ascii: "+") where plusIsSpace: out.append(32)
      case UInt8(ascii: "%"):
        guard let high = iterator.next().flatMap(nibble), let low = iterator.next().flatMap(nibble) else { return nil }
        out.append(high << 4 | low)
      default: out.append(byte)
      }
    }
    return String(validating: out, as: UTF8.self)
  }
  private static func nibble(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
