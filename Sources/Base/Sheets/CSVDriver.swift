import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Leads bytes of any encoding through the scanner to the assembler.
struct CSVDriver {
  private var scanner: RecordScanner
  private var rows: RowAssembler
  private let encoding: TextEncoding
  /// The whole file is known to be well-formed, so records need no check of their own.
  private let clean: Bool
  /// Where the first byte of the window stands in the file; only kept for UTF-8, which is read in place.
  private let origin: Int
  /// Offsets in the file of the bytes that the transcoder marked, in order, and how many are dealt with.
  private var badOffsets: [Int] = []
  private var badCursor = 0

  /// - Parameter block: bytes decoded at a time when the file is not UTF-8.
  static func run(
    _ bytes: UnsafeBufferPointer<UInt8>, limits: SheetLimits, block: Int = 1 << 20, sink: @escaping (TableEvent) -> Bool
  ) throws(SheetError) {
    guard let (encoding, skip, clean) = TextEncoding.detect(bytes) else {
      throw SheetError(.notASheet, "文件不是文本表格，请上传 CSV 或 XLSX 文件")
    }
    let rows = RowAssembler(limits: limits, sink: sink)
    if encoding == .utf8 {
      let text = UnsafeBufferPointer(rebasing: bytes[skip...])
      var driver = CSVDriver(text, rows, encoding, clean: clean, origin: skip)
      _ = try driver.drain(text, last: true)
      return try driver.rows.finish()
    }
    var transcoder = try Transcoder(encoding, skip: skip)
    var buffer: [UInt8] = []
    var last = !transcoder.more(bytes, size: block, into: &buffer)
    var driver = buffer.withUnsafeBufferPointer { CSVDriver($0, rows, encoding, clean: false, origin: 0) }
    while true {
      driver.badOffsets.append(contentsOf: transcoder.takeBad())
      let done = try buffer.withUnsafeBufferPointer { (window) throws(SheetError) -> Bool in try driver.drain(window, last: last) }
      if done { break }
      driver.badOffsets.removeFirst(driver.badCursor)
      driver.badCursor = 0
      buffer.removeFirst(driver.scanner.position)
      driver.scanner.position = 0
      last = !transcoder.more(bytes, size: block, into: &buffer)
    }
    try driver.rows.finish()
  }

  private init(_ sample: UnsafeBufferPointer<UInt8>, _ rows: RowAssembler, _ encoding: TextEncoding, clean: Bool, origin: Int) {
    let guess = Delimiter.guess(sample)
    scanner = RecordScanner(delimiter: guess.delimiter, limits: rows.limits, line: guess.skip > 0 ? 2 : 1)
    scanner.position = guess.skip
    self.rows = rows
    self.encoding = encoding
    self.clean = clean
    self.origin = origin
  }

  /// Reads every complete record of the window; true when nothing is left to do.
  private mutating func drain(_ window: UnsafeBufferPointer<UInt8>, last: Bool) throws(SheetError) -> Bool {
    while !rows.stopped {
      let start = scanner.position
      let outcome = try scanner.next(window, last: last, width: rows.width)
      let range = UnsafeBufferPointer(rebasing: window[start..<scanner.position])
      let bad = clean ? nil : firstBad(range, at: start)
      switch outcome {
      case .record:
        if let bad {
          rows.trouble(line: scanner.recordLine, "这一行有不能按 \(encoding.rawValue) 读出的字节（文件第 \(bad + 1) 字节），没有读入")
        } else if Self.hasNUL(range) {
          rows.trouble(line: scanner.recordLine, "这一行含有空字符（NUL），没有读入")
        } else {
          try rows.add(line: scanner.recordLine, cells: scanner.cells.map { Self.text($0, window) })
        }
      case .trouble(let reason): rows.trouble(line: scanner.recordLine, reason)
      case .needMore: return false
      case .end: return true
      }
    }
    return true
  }

  /// The offset in the file of the first byte of the range that could not be decoded.
  private mutating func firstBad(_ range: UnsafeBufferPointer<UInt8>, at start: Int) -> Int? {
    if encoding == .utf8 { return UTF8Check.firstMalformed(range).map { $0 + start + origin } }
    if badCursor == badOffsets.count { return nil }
    let marks = range.count(where: { $0 == 0xFF })
    if marks == 0 { return nil }
    defer { badCursor = min(badCursor + marks, badOffsets.count) }
    return badOffsets[badCursor]
  }

  private static func hasNUL(_ range: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = range.baseAddress else { return false }
    return memchr(base, 0, range.count) != nil
  }

  @inline(__always)
  private static func text(_ cell: RecordScanner.Cell, _ window: UnsafeBufferPointer<UInt8>) -> String {
    if cell.start == cell.end { return "" }
    let bytes = UnsafeBufferPointer(rebasing: window[cell.start..<cell.end])
    if !cell.doubled { return String(decoding: bytes, as: UTF8.self) }
    return String(unsafeUninitializedCapacity: bytes.count) { out in
      var n = 0
      var i = 0
      while i < bytes.count {
        out[n] = bytes[i]
        n += 1
        i += bytes[i] == 0x22 && i + 1 < bytes.count && bytes[i + 1] == 0x22 ? 2 : 1
      }
      return n
    }
  }
}

/// Which byte separates the cells.
enum Delimiter {
  /// The delimiter, and how many bytes to pass over at the start (Excel's own "sep=;" line).
  static func guess(_ bytes: UnsafeBufferPointer<UInt8>) -> (delimiter: UInt8, skip: Int) {
    let declared = Array("sep=".utf8)
    if bytes.count > 5, bytes.prefix(4).elementsEqual(declared), candidates.contains(bytes[4]) {
      if bytes[5] == 0x0A { return (bytes[4], 6) }
      if bytes[5] == 0x0D { return (bytes[4], bytes.count > 6 && bytes[6] == 0x0A ? 7 : 6) }
    }
    // The first line that has any candidate outside quotes decides; a title above the header has none.
    var counts = [0, 0, 0]
    var quoted = false
    for byte in bytes.prefix(64 << 10) {
      if byte == 0x22 {
        quoted.toggle()
      } else if !quoted {
        if let k = candidates.firstIndex(of: byte) { counts[k] += 1 }
        if byte == 0x0A || byte == 0x0D, let most = counts.max(), most > 0 { break }
      }
    }
    // The comma wins a tie, because it comes first.
    var best = 0
    for k in 1..<counts.count where counts[k] > counts[best] { best = k }
    return (candidates[best], 0)
  }
  private static let candidates: [UInt8] = [0x2C, 0x3B, 0x09]
}
