import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a part of a workbook does with its elements. Names come without namespace prefix.
protocol XMLReader {
  mutating func open(_ name: String, _ attributes: XMLAttributes) throws(SheetError)
  mutating func close(_ name: String) throws(SheetError)
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, literal: Bool)
  /// Nothing further is of interest.
  var finished: Bool { get }
}

/// Reads the XML of workbooks as it inflates: elements, attributes, text, CDATA. Document types are refused, so there are no
/// entities to expand; one token and the depth are bounded. Not a general XML parser: end tags are counted, not compared.
struct XMLScanner {
  private var rest: [UInt8] = []
  private var depth = 0
  private let tokenLimit: Int

  init(tokenLimit: Int = 4 << 20) { self.tokenLimit = tokenLimit }

  /// Takes the next block; answers false when the reader wants no more.
  mutating func feed(_ block: UnsafeBufferPointer<UInt8>, _ reader: inout some XMLReader) throws(SheetError) -> Bool {
    if rest.isEmpty {
      let used = try scan(block, &reader)
      rest.append(contentsOf: block[used...])
    } else {
      rest.append(contentsOf: block)
      let joined = rest
      let used = try joined.withUnsafeBufferPointer { (window) throws(SheetError) -> Int in try scan(window, &reader) }
      rest = Array(joined[used...])
    }
    if rest.count > tokenLimit { throw ZipArchive.broken("工作簿里有一格过长") }
    return !reader.finished
  }

  /// To be called when everything was fed and the reader is not finished.
  func end() throws(SheetError) {
    if depth != 0 { throw ZipArchive.broken("工作簿的内容不完整") }
  }

  /// Answers how many bytes were whole tokens.
  private mutating func scan(_ b: UnsafeBufferPointer<UInt8>, _ reader: inout some XMLReader) throws(SheetError) -> Int {
    var i = 0
    while i < b.count, !reader.finished {
      if b[i] != 0x3C {
        guard let next = Self.find(0x3C, b, i) else { return i }
        if depth > 0 {
          let text = UnsafeBufferPointer(rebasing: b[i..<next])
          if UTF8Check.firstMalformed(text) != nil { throw ZipArchive.broken("工作簿的文字编码有误") }
          reader.text(text, literal: false)
        }
        i = next
        continue
      }
      if i + 1 >= b.count { return i }
      switch b[i + 1] {
      case 0x21:
        guard i + 9 <= b.count else { return i }
        if b[i + 2] == 0x2D, b[i + 3] == 0x2D {
          guard let end = Self.find("-->", b, i + 4) else { return i }
          i = end + 3
        } else if b[(i + 2)...].prefix(7).elementsEqual("[CDATA[".utf8) {
          guard let end = Self.find("]]>", b, i + 9) else { return i }
          let text = UnsafeBufferPointer(rebasing: b[(i + 9)..<end])
          if UTF8Check.firstMalformed(text) != nil { throw ZipArchive.broken("工作簿的文字编码有误") }
          reader.text(text, literal: true)
          i = end + 3
        } else {
          throw ZipArchive.broken("工作簿的内容不合规")
        }
      case 0x3F:
        guard let end = Self.find("?>", b, i + 2) else { return i }
        i = end + 2
      default:
        guard let end = Self.tagEnd(b, i + 1) else { return i }
        try tag(UnsafeBufferPointer(rebasing: b[(i + 1)..<end]), &reader)
        i = end + 1
      }
    }
    return i
  }

  private mutating func tag(_ tag: UnsafeBufferPointer<UInt8>, _ reader: inout some XMLReader) throws(SheetError) {
    if tag.first == 0x2F {
      depth -= 1
      if depth < 0 { throw ZipArchive.broken("工作簿的内容不合规") }
      return try reader.close(Self.localName(UnsafeBufferPointer(rebasing: tag[1...])).name)
    }
    let empty = tag.last == 0x2F
    let (name, after) = Self.localName(tag)
    let body = UnsafeBufferPointer(rebasing: tag[after..<(tag.count - (empty && tag.count > after ? 1 : 0))])
    depth += 1
    if depth > 64 { throw ZipArchive.broken("工作簿的内容嵌套过深") }
    try reader.open(name, XMLAttributes(bytes: body))
    if empty {
      depth -= 1
      try reader.close(name)
    }
  }

  private static func localName(_ tag: UnsafeBufferPointer<UInt8>) -> (name: String, after: Int) {
    var end = 0
    var start = 0
    while end < tag.count, tag[end] > 0x20, tag[end] != 0x2F {
      if tag[end] == 0x3A { start = end + 1 }
      end += 1
    }
    return (String(decoding: tag[start..<end], as: UTF8.self), end)
  }

  /// The `>` that ends the tag; one inside a quoted value does not.
  private static func tagEnd(_ b: UnsafeBufferPointer<UInt8>, _ from: Int) -> Int? {
    var i = from
    var quote: UInt8 = 0
    while i < b.count {
      let byte = b[i]
      if quote != 0 {
        if byte == quote { quote = 0 }
      } else if byte == 0x22 || byte == 0x27 {
        quote = byte
      } else if byte == 0x3E {
        return i
      }
      i += 1
    }
    return nil
  }

  private static func find(_ byte: UInt8, _ b: UnsafeBufferPointer<UInt8>, _ from: Int) -> Int? {
    guard from < b.count, let base = b.baseAddress, let hit = memchr(base + from, Int32(byte), b.count - from) else { return nil }
    return UnsafeRawPointer(hit) - UnsafeRawPointer(base)
  }

  private static func find(_ word: String, _ b: UnsafeBufferPointer<UInt8>, _ from: Int) -> Int? {
    let bytes = Array(word.utf8)
    var i = from
    while let hit = find(bytes[0], b, i) {
      if hit + bytes.count > b.count { return nil }
      if b[hit..<(hit + bytes.count)].elementsEqual(bytes) { return hit }
      i = hit + 1
    }
    return nil
  }
}

/// The attributes of one tag, looked up as needed; valid only during `open`.
struct XMLAttributes {
  let bytes: UnsafeBufferPointer<UInt8>

  /// The value of the attribute of that local name, decoded.
  subscript(_ name: String) -> String? {
    var i = 0
    while i < bytes.count {
      while i < bytes.count, bytes[i] <= 0x20 { i += 1 }
      var start = i
      while i < bytes.count, bytes[i] != 0x3D {
        if bytes[i] == 0x3A { start = i + 1 }
        i += 1
      }
      var end = i
      while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
      i += 1
      while i < bytes.count, bytes[i] <= 0x20 { i += 1 }
      guard i < bytes.count, bytes[i] == 0x22 || bytes[i] == 0x27 else { return nil }
      let quote = bytes[i]
      let from = i + 1
      i = from
      while i < bytes.count, bytes[i] != quote { i += 1 }
      guard i < bytes.count else { return nil }
      if bytes[start..<end].elementsEqual(name.utf8) {
        var out: [UInt8] = []
        XMLText.decode(UnsafeBufferPointer(rebasing: bytes[from..<i]), into: &out)
        return String(decoding: out, as: UTF8.self)
      }
      i += 1
    }
    return nil
  }
}

enum XMLText {
  /// Character references and the five named entities; anything else after & stays as it is.
  static func decode(_ text: UnsafeBufferPointer<UInt8>, into out: inout [UInt8]) {
    var i = 0
    while i < text.count {
      let byte = text[i]
      if byte != 0x26 {
        out.append(byte)
        i += 1
        continue
      }
      guard let end = text[i...].prefix(12).firstIndex(of: 0x3B), let scalar = entity(String(decoding: text[(i + 1)..<end], as: UTF8.self))
      else {
        out.append(byte)
        i += 1
        continue
      }
      out.append(contentsOf: String(Character(scalar)).utf8)
      i = end + 1
    }
  }

  private static func entity(_ name: String) -> Unicode.Scalar? {
    switch name {
    case "amp": "&"
    case "lt": "<"
    case "gt": ">"
    case "quot": "\""
    case "apos": "'"
    default:
      if name.hasPrefix("#x") {
        UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
      } else if name.hasPrefix("#") {
        UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
      } else {
        nil
      }
    }
  }

  /// Undoes `_x000D_`, the way workbooks write characters that XML forbids (ECMA-376 part 1, 22.9.2.19).
  static func unescape(_ text: String) -> String {
    if !text.utf8.contains(0x5F) || !text.contains("_x") { return text }
    var out = ""
    var rest = Substring(text)
    while let at = rest.range(of: "_x") {
      out += rest[..<at.lowerBound]
      let hex = rest[at.upperBound...].prefix(4)
      let after = rest[at.upperBound...].dropFirst(4)
      if hex.utf8.count == 4, after.first == "_", let value = UInt32(hex, radix: 16), let scalar = Unicode.Scalar(value) {
        out.unicodeScalars.append(scalar)
        rest = after.dropFirst()
      } else {
        out += "_x"
        rest = rest[at.upperBound...]
      }
    }
    return out + rest
  }
}
