import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// What a handler may return: `HTML`, a `Page`, or an `Answer` when it wants to say more.
public protocol Answering: Sendable {
  func answer(to visit: Visit) throws -> Answer
}
extension HTML: Answering {
  public func answer(to visit: Visit) -> Answer { .html(self) }
}
extension Page: Answering {
  public func answer(to visit: Visit) -> Answer { .html(render(), problem ? .unprocessableContent : .ok) }
}

/// One reply, as a value.
public struct Answer: Answering {
  public var status: HTTPResponse.Status
  public var headers: HTTPFields
  public var body: Body
  public enum Body: Sendable {
    case none
    case bytes([UInt8])
    /// Written piece by piece, for exports that do not fit into memory.
    /// - Parameter length: bytes, when they are known beforehand.
    case stream(@Sendable (inout any ResponseBodyWriter) async throws -> Void, length: Int? = nil)
  }
  public init(_ status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }
  public func answer(to visit: Visit) -> Answer { self }

  public static func html(_ html: HTML, _ status: HTTPResponse.Status = .ok) -> Answer {
    Answer(status, headers: [.contentType: "text/html; charset=utf-8"], body: .bytes(html.bytes))
  }
  public static func page(_ page: Page, _ status: HTTPResponse.Status) -> Answer { .html(page.render(), status) }
  public static func text(_ text: String, _ status: HTTPResponse.Status = .ok) -> Answer {
    Answer(status, headers: [.contentType: "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
  }
  public static func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) throws -> Answer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Answer(status, headers: [.contentType: "application/json; charset=utf-8"], body: .bytes(Array(try encoder.encode(value))))
  }
  /// After a form: 303, so that going back and forth asks nothing twice. Only to places of this site.
  public static func redirect(_ to: String) -> Answer { Answer(.seeOther, headers: [.location: LocalPath.safe(to) ?? "/"]) }
  /// 201 with the place of what was made: what the page's uploader and the API want.
  public static func created(_ at: String) -> Answer { Answer(.created, headers: [.location: LocalPath.safe(at) ?? "/"]) }
  public static let noContent = Answer(.noContent)

  /// Bytes of somebody's file. Shown in the browser only when they are a picture or a PDF, else saved; never able to run anything.
  /// - Parameter forever: the address names the content, so a browser may keep it for a year.
  public static func file(_ bytes: Data, type: String, name: String, forever: Bool = false) -> Answer {
    let shown = ["image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf"].contains(type)
    return Answer(
      headers: [
        .contentType: type, .contentDisposition: disposition(shown ? "inline" : "attachment", name),
        .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        .cacheControl: forever ? "private, max-age=31536000, immutable" : "private, no-store",
      ], body: .bytes(Array(bytes)))
  }
  /// A file to save, written piece by piece.
  public static func download(
    type: String, name: String, _ write: @escaping @Sendable (inout any ResponseBodyWriter) async throws -> Void
  ) -> Answer {
    Answer(headers: [.contentType: type, .contentDisposition: disposition("attachment", name)], body: .stream(write))
  }
  /// The same from a source that knows nothing of HTTP: it hands out its bytes, and waits while a slow line takes them.
  public static func download(
    type: String, name: String, pieces: @escaping @Sendable (_ take: (Data) async throws -> Void) async throws -> Void
  ) -> Answer {
    let write: @Sendable (inout any ResponseBodyWriter) async throws -> Void = { writer in
      try await pieces { bytes in try await writer.write(ByteBuffer(bytes: bytes)) }
    }
    return download(type: type, name: name, write)
  }
  /// Hands out the bytes of a range, in order.
  public typealias Pieces = @Sendable (_ bytes: Range<Int>, _ take: (Data) async throws -> Void) async throws -> Void

  /// A file that is looked at without being loaded whole: all of it, or the bytes that the request's `Range` names.
  ///
  /// `If-Range` with another mark than the file's gets all of it; a part that begins behind the end is refused with 416; `HEAD` gets the head.
  /// - Parameters:
  ///   - mark: names the content, as its hash does.
  ///   - open: asked only when bytes are wanted, and told whether they are a part of the file.
  public static func ranged(
    to visit: Visit, size: Int, mark: String, type: String, name: String, open: (_ isPart: Bool) async throws -> Pieces
  ) async throws -> Answer {
    var answer = Answer(
      headers: [
        .contentType: type, .contentDisposition: disposition("attachment", name), .acceptRanges: "bytes", .eTag: "\"\(mark)\"",
        .contentLength: String(size),
      ])
    // `Range` means something with GET only.
    if visit.method == .head { return answer }
    var bytes = 0..<size
    let asked = visit.range(of: size, mark: mark)
    switch asked {
    case .whole: break
    case .part(let part):
      bytes = part
      answer.status = .partialContent
      answer.headers[.contentLength] = String(part.count)
      answer.headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(size)"
    case .beyond:
      return try visit.problem(
        Refusal(.invalid, "door-range", "要的部分在文件末尾之后：文件共 \(size) 字节。", field: "Range"), .rangeNotSatisfiable
      ).with(.acceptRanges, "bytes").with(.contentRange, "bytes */\(size)")
    }
    let (pieces, wanted) = (try await open(asked != .whole), bytes)
    answer.body = .stream(
      { writer in try await pieces(wanted) { bytes in try await writer.write(ByteBuffer(bytes: bytes)) } }, length: wanted.count)
    return answer
  }
  /// RFC 6266: an ASCII name for old browsers, the real one in UTF-8.
  static func disposition(_ kind: String, _ name: String) -> String {
    let clean = name.unicodeScalars.filter { $0.value >= 32 && $0 != "/" && $0 != "\\" }.map(String.init).joined()
    let plain = String(clean.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_. ".contains($0)) ? $0 : "_" })
    return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(SafeURL.encode(clean))"
  }

  /// A page that may also show pictures of one other host: the tiles of a map.
  public func picturing(_ origin: String) -> Answer {
    with(.contentSecurityPolicy, Porch.policy(images: "'self' data: blob: \(origin)"))
  }
  /// With one more header.
  public func with(_ name: HTTPField.Name, _ value: String) -> Answer {
    var copy = self
    copy.headers[name] = value
    return copy
  }
}
