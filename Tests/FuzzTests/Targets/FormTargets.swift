import Compounds
import Foundation
import Kernel

@testable import WebSupport

extension FuzzTarget {
  /// What comes with a request: queries and forms, cookies, addresses, uploads, JSON.
  static let forms: [FuzzTarget] = [
    FuzzTarget("fields") { bytes in
      let raw = text(bytes)
      guard let fields = try? Fields.urlEncoded(raw, most: 100) else { return nil }
      for (name, value) in fields.all {
        if value.unicodeScalars.contains(where: hides) { return "a control character in a value" }
        if Fields.clean(value) != value { return "cleaning twice is not cleaning once" }
        if let day = try? fields.day(name), Day(iso: day.iso) != day { return "the day \(day.iso)" }
        if let moment = try? fields.moment(name), !(0..<1440).contains(moment.minuteOfDay) { return "the moment \(moment.text)" }
        _ = try? fields.int(name, in: 0...100)
        _ = try? fields.number(name, in: 0...1)
        _ = try? fields.id(name, Fields.self)
      }
      return nil
    },
    FuzzTarget("local", longest: 200) { bytes in
      let raw = text(bytes)
      guard let path = LocalPath.safe(raw) else { return nil }
      if !path.utf8.allSatisfy({ (33...126).contains($0) }) { return "more than plain ASCII: \(path)" }
      guard let base = URL(string: "https://longtang.test/a"), let whole = URL(string: path, relativeTo: base) else { return nil }
      return whole.host() == "longtang.test" ? nil : "leads to \(whole.absoluteString)"
    },
    FuzzTarget("headers", longest: 600) { bytes in
      let lines = text(bytes).split(separator: "\n").map(String.init)
      let cookies = RequestCookies.read(lines)
      if cookies.keys.contains(where: { $0.contains(";") || $0.contains("=") }) { return "a name of two cookies" }
      let trusted = ["10.0.0.0/8", "fd00::/8"].compactMap { AddressRange($0) } + lines.compactMap { AddressRange($0) }
      let address = ClientAddress.find(peer: "10.0.0.1", forwarded: lines, trusted: trusted)
      if AddressRange.bytes(of: address) == nil { return "no address: \(address)" }
      _ = Origin(lines.first.flatMap { URL(string: $0) })
      for size in [0, 1, 1000] {
        if case .part(let part) = ByteRange.read(lines.first, of: size), part.isEmpty || part.lowerBound < 0 || part.upperBound > size {
          return "the bytes \(part) of \(size)"
        }
      }
      return nil
    },
    // However the network cuts an upload into pieces, the same arrives.
    FuzzTarget("multipart", longest: 4096) { bytes in
      guard bytes.count > 2 else { return nil }
      let step = Int(bytes[0] % 61) + 1
      _ = MultipartReader.boundary(of: text(bytes.dropFirst().prefix(120)))
      let body = Array(bytes.dropFirst())
      let whole = upload([body[...]])
      let pieces = upload(stride(from: 0, to: body.count, by: step).map { body[$0..<min($0 + step, body.count)] })
      guard let whole, let pieces else { return (whole == nil) == (pieces == nil) ? nil : "whole and in pieces of \(step) differ" }
      if whole != pieces { return "whole and in pieces of \(step) differ" }
      return whole.contains { $0.contains("/") && $0.hasPrefix("file ") } ? "a path in a file's name" : nil
    },
    FuzzTarget("json", longest: 1024) { bytes in
      let data = Data(bytes)
      guard let mapping = try? CompoundMapping(json: data, name: "映射.json") else { return nil }
      return mapping.fields[.name] == nil ? "took a mapping without names" : nil
    },
  ]

  private static func hides(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "\n" && scalar != "\t"
      && (scalar.value < 32 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value))
  }

  /// What an upload brought, as lines; nil when it was refused.
  private static func upload(_ pieces: [ArraySlice<UInt8>]) -> [String]? {
    var reader = MultipartReader(boundary: "XX", limits: BodyLimits(total: 1 << 16, file: 1000, files: 3, field: 300, fields: 10))
    do {
      for piece in pieces { try reader.feed(piece) }
      let (fields, files) = try reader.finish()
      return fields.all.map { "field \($0.name)=\($0.value)" } + files.map { "file \($0.name)" }
        + files.map { "bytes \($0.field) \($0.bytes.base64EncodedString())" }
    } catch {
      return nil
    }
  }
}
