import CZlib
import Foundation

/// The container of a workbook (APPNOTE 6.3), read with distrust: from the central directory only, nothing overlapping,
/// no odd names, nothing encrypted, and never more inflated than the limits allow.
///
/// Valid only as long as the bytes it was made from.
struct ZipArchive {
  struct Entry {
    let name: String
    let method: UInt16
    let crc: UInt32
    let packed: Int
    let size: Int
    let header: Int
  }

  private let bytes: UnsafeRawBufferPointer
  let limits: SheetLimits
  private(set) var entries: [String: Entry] = [:]
  private var inflated = 0

  /// Below this a part may be as repetitive as it likes: it does no harm.
  private static let harmless = 4 << 20

  init(_ bytes: UnsafeRawBufferPointer, limits: SheetLimits) throws(SheetError) {
    self.bytes = bytes
    self.limits = limits
    guard let end = Self.endRecord(bytes) else { throw Self.broken("找不到工作簿的目录，文件可能没有传完") }
    let count = Int(u16(end + 10))
    let size = Int(u32(end + 12))
    let start = Int(u32(end + 16))
    if count == 0xFFFF || start == 0xFFFF_FFFF || count > limits.parts { throw Self.broken("工作簿的部件过多") }
    guard start + size <= end else { throw Self.broken("工作簿的目录已损坏") }
    var at = start
    var spans: [(from: Int, to: Int)] = []
    for _ in 0..<count {
      let entry = try entry(&at, end: start + size)
      if entry.name.hasSuffix("/") { continue }
      guard entries.updateValue(entry, forKey: entry.name.lowercased()) == nil else { throw Self.broken("工作簿里有重名的部件") }
      let data = try dataStart(entry)
      guard data + entry.packed <= start else { throw Self.broken("工作簿的部件超出文件") }
      spans.append((entry.header, data + entry.packed))
    }
    // Parts that share bytes are the trick of the densest bombs.
    spans.sort { $0.from < $1.from }
    for (a, b) in zip(spans, spans.dropFirst()) where a.to > b.from { throw SheetError(.bomb, "工作簿的部件互相重叠，不予读取") }
  }

  /// The part of that name; letter case does not count, as Open Packaging says.
  func entry(_ name: String) -> Entry? { entries[name.lowercased()] }

  /// Inflates one part and hands it out in blocks.
  mutating func read(_ entry: Entry, take: (UnsafeBufferPointer<UInt8>) throws(SheetError) -> Bool) throws(SheetError) {
    let start = try dataStart(entry)
    let packed = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + entry.packed)])
    var made = 0
    var sum = crc32(0, nil, 0)
    var stopped = false
    var total = inflated
    func account(_ block: UnsafeBufferPointer<UInt8>) throws(SheetError) -> Bool {
      made += block.count
      total += block.count
      if total > limits.inflatedBytes { throw SheetError(.bomb, "工作簿解压后超过 \(limits.inflatedBytes >> 20) MB，不予读取") }
      if made > Self.harmless, made / limits.inflationRatio > entry.packed { throw SheetError(.bomb, "工作簿的压缩比异常，不予读取") }
      if made > entry.size { throw Self.broken("部件 \(entry.name) 的大小与目录不符") }
      sum = crc32(sum, block.baseAddress, UInt32(block.count))
      let goOn = try take(block)
      stopped = !goOn
      return goOn
    }
    defer { inflated = total }
    switch entry.method {
    case 0:
      guard entry.packed == entry.size else { throw Self.broken("部件 \(entry.name) 的大小与目录不符") }
      var at = 0
      while at < packed.count, !stopped {
        let next = min(at + 256 << 10, packed.count)
        _ = try account(UnsafeRawBufferPointer(rebasing: packed[at..<next]).bindMemory(to: UInt8.self))
        at = next
      }
    case 8:
      let inflater = try Inflater()
      guard try inflater.run(packed, take: account) else { throw Self.broken("部件 \(entry.name) 已损坏") }
    default: throw Self.broken("工作簿用了不支持的压缩方式")
    }
    if stopped { return }
    guard made == entry.size, sum == UInt(entry.crc) else { throw Self.broken("部件 \(entry.name) 已损坏") }
  }

  /// One part as a whole; for the small ones.
  mutating func whole(_ entry: Entry) throws(SheetError) -> [UInt8] {
    var out: [UInt8] = []
    try read(entry) { block in
      out.append(contentsOf: block)
      return true
    }
    return out
  }

  static func broken(_ what: String) -> SheetError { SheetError(.brokenWorkbook, "\(what)，请用表格软件重新保存后上传") }

  private static func endRecord(_ b: UnsafeRawBufferPointer) -> Int? {
    // The record is 22 bytes and a comment of at most 65,535.
    var at = b.count - 22
    let lowest = max(0, b.count - 22 - 0xFFFF)
    while at >= lowest {
      if b[at] == 0x50, b[at + 1] == 0x4B, b[at + 2] == 5, b[at + 3] == 6 { return at }
      at -= 1
    }
    return nil
  }

  private func u16(_ at: Int) -> UInt16 { UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8 }
  private func u32(_ at: Int) -> UInt32 { UInt32(u16(at)) | UInt32(u16(at + 2)) << 16 }
  private func u64(_ at: Int) -> UInt64 { UInt64(u32(at)) | UInt64(u32(at + 4)) << 32 }

  private func entry(_ at: inout Int, end: Int) throws(SheetError) -> Entry {
    guard at + 46 <= end, u32(at) == 0x0201_4B50 else { throw Self.broken("工作簿的目录已损坏") }
    let flags = u16(at + 8)
    let nameLength = Int(u16(at + 28))
    let extraLength = Int(u16(at + 30))
    let next = at + 46 + nameLength + extraLength + Int(u16(at + 32))
    guard next <= end else { throw Self.broken("工作簿的目录已损坏") }
    if flags & 1 != 0 { throw SheetError(.notASheet, "工作簿已加密，请去掉密码后再上传") }
    let name = String(decoding: bytes[(at + 46)..<(at + 46 + nameLength)], as: UTF8.self)
    let steps = name.split(separator: "/", omittingEmptySubsequences: false)
    if name.isEmpty || name.hasPrefix("/") || steps.contains("..") || name.contains(where: { $0 == "\\" || $0 == ":" || $0 == "\0" }) {
      throw Self.broken("工作簿里有不合规的部件名")
    }
    var size = UInt64(u32(at + 24))
    var packed = UInt64(u32(at + 20))
    var header = UInt64(u32(at + 42))
    try widen(&size, &packed, &header, extra: (at + 46 + nameLength)..<(at + 46 + nameLength + extraLength))
    let most = UInt64(bytes.count)
    guard packed <= most, header <= most else { throw Self.broken("工作簿的目录已损坏") }
    if size > UInt64(limits.inflatedBytes) { throw SheetError(.bomb, "工作簿解压后超过 \(limits.inflatedBytes >> 20) MB，不予读取") }
    defer { at = next }
    return Entry(name: name, method: u16(at + 10), crc: u32(at + 16), packed: Int(packed), size: Int(size), header: Int(header))
  }

  /// Some writers keep sizes in the zip64 field even when they are small.
  private func widen(_ size: inout UInt64, _ packed: inout UInt64, _ header: inout UInt64, extra: Range<Int>) throws(SheetError) {
    let all = UInt64(UInt32.max)
    if size != all && packed != all && header != all { return }
    var at = extra.lowerBound
    while at + 4 <= extra.upperBound {
      let id = u16(at)
      let end = at + 4 + Int(u16(at + 2))
      guard end <= extra.upperBound else { break }
      if id == 1 {
        var field = at + 4
        func take(_ value: inout UInt64) {
          if value == all, field + 8 <= end {
            value = u64(field)
            field += 8
          }
        }
        take(&size)
        take(&packed)
        take(&header)
        return
      }
      at = end
    }
    throw Self.broken("工作簿的目录已损坏")
  }

  private func dataStart(_ entry: Entry) throws(SheetError) -> Int {
    guard entry.header + 30 <= bytes.count, u32(entry.header) == 0x0403_4B50 else { throw Self.broken("部件 \(entry.name) 已损坏") }
    let start = entry.header + 30 + Int(u16(entry.header + 26)) + Int(u16(entry.header + 28))
    guard start + entry.packed <= bytes.count else { throw Self.broken("部件 \(entry.name) 没有传完") }
    return start
  }
}
