import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Synchronization

/// What came with a request, read within its limits.
struct ReadBody: Sendable {
  var form = Fields()
  var files: [UploadedFile] = []
  var raw = Data()
}

/// Reads bodies: each within the limits of its route and in reasonable time, all together within the memory set aside for them.
final class BodyReader: Sendable {
  /// Bytes that all bodies under way may take together.
  static let budget = 512 << 20
  /// Milliseconds for any body, and bytes a second that a slow phone must at least reach beyond that.
  static let patience = 30_000
  static let slowest = 16 * 1024
  private let inUse = Mutex<Int>(0)

  func read(_ request: Request, limits: BodyLimits) async throws -> ReadBody {
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    if let declared, declared > limits.total { throw MultipartReader.tooBig(limits.total) }
    if declared == 0 { return ReadBody() }
    // Without a declared length the worst is set aside.
    let share = declared ?? limits.total
    try reserve(share)
    defer { inUse.withLock { $0 -= share } }
    let time = Duration.milliseconds(Self.patience + share / Self.slowest * 1000)
    return try await withThrowingTaskGroup(of: ReadBody?.self) { group in
      group.addTask {
        do {
          return try await Self.parse(request, limits)
        } catch  where !(error is Refusal) && !(error is CancellationError) {
          // Whoever sends broken pieces, or hangs up in the middle, has made a mistake of theirs and none of ours.
          throw MultipartReader.broken
        }
      }
      group.addTask {
        try await Task.sleep(for: time)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let body = first else {
        throw Refusal(.unavailable, "form-too-slow", "网络太慢，内容没有传完，请换个网络再试。")
      }
      return body
    }
  }

  private func reserve(_ bytes: Int) throws(Refusal) {
    let fits = inUse.withLock { used in
      guard used + bytes <= Self.budget else { return false }
      used += bytes
      return true
    }
    if !fits { throw Refusal(.unavailable, "form-busy", "同时上传的人较多，请稍后再试。") }
  }

  private static func parse(_ request: Request, _ limits: BodyLimits) async throws -> ReadBody {
    let type = request.headers[.contentType] ?? ""
    if let boundary = MultipartReader.boundary(of: type) {
      var reader = MultipartReader(boundary: boundary, limits: limits)
      var total = 0
      for try await piece in request.body {
        total += piece.readableBytes
        if total > limits.total { throw MultipartReader.tooBig(limits.total) }
        try reader.feed(piece.readableBytesView)
      }
      let (fields, files) = try reader.finish()
      return ReadBody(form: fields, files: files)
    }
    let isForm = type.lowercased().hasPrefix("application/x-www-form-urlencoded")
    let most = isForm ? min(limits.total, 1 << 20) : limits.total
    var raw = Data()
    for try await piece in request.body {
      if raw.count + piece.readableBytes > most { throw MultipartReader.tooBig(most) }
      raw.append(contentsOf: piece.readableBytesView)
    }
    guard isForm else { return ReadBody(raw: raw) }
    guard let text = String(validating: raw, as: UTF8.self) else {
      throw Refusal(.invalid, "form-encoding", "提交的内容编码有误，请刷新页面后再试。")
    }
    let form = try Fields.urlEncoded(text, most: limits.fields)
    if form.all.contains(where: { $0.value.utf8.count > limits.field }) { throw MultipartReader.fieldTooLong }
    return ReadBody(form: form)
  }
}
