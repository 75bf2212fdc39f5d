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
///
/// Memory and time are counted by what has come, never by what a head announces: eight announcements of 64 MB would else keep everybody
/// out for an hour without a byte being sent.
final class BodyReader: Sendable {
  struct Bounds: Sendable {
    /// Bytes that all bodies under way may take together.
    var budget = 512 << 20
    /// Of these, kept for bodies up to `small`: signing in goes on while photos fill the rest.
    var kept = 64 << 20
    var small = 1 << 20
    /// Bytes that bodies above `small` from one address may take together: a squad and a tower have one address each.
    var perAddress = 128 << 20
    /// Milliseconds for any body, and bytes a second that a slow phone must at least reach beyond that.
    var patience = 30_000
    var slowest = 16 * 1024
    /// Milliseconds after which even a steady trickle ends.
    var longest = 15 * 60_000
  }
  private struct Held {
    var all = 0
    var byAddress: [String: Int] = [:]
  }
  private let bounds: Bounds
  private let held = Mutex(Held())
  init(_ bounds: Bounds = Bounds()) { self.bounds = bounds }
  /// Bytes of all bodies that are being read.
  var taken: Int { held.withLock { $0.all } }

  /// - Parameter address: whose body it is.
  func read(_ request: Request, limits: BodyLimits, from address: String) async throws -> ReadBody {
    let declared = request.headers[.contentLength].flatMap { Int($0) }
    if let declared, declared > limits.total { throw MultipartReader.tooBig(limits.total) }
    if declared == 0 { return ReadBody() }
    let share = Share()
    defer { release(share.bytes, address) }
    let take: @Sendable (Int) throws(Refusal) -> Void = { [self] bytes throws(Refusal) in try reserve(bytes, share, address) }
    return try await withThrowingTaskGroup(of: ReadBody?.self) { group in
      group.addTask {
        do {
          return try await Self.parse(request, limits, take)
        } catch  where !(error is Refusal) && !(error is CancellationError) {
          // Whoever sends broken pieces, or hangs up in the middle, has made a mistake of theirs and none of ours.
          throw MultipartReader.broken
        }
      }
      group.addTask { [bounds] in
        let start = ContinuousClock.now
        while true {
          try await Task.sleep(for: .milliseconds(max(1, bounds.patience / 4)))
          let allowed = min(bounds.longest, bounds.patience + share.bytes / bounds.slowest * 1000)
          if start.duration(to: .now) > .milliseconds(allowed) { return nil }
        }
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let body = first else {
        throw Refusal(.unavailable, "form-too-slow", "网络太慢，内容没有传完，请换个网络再试。")
      }
      return body
    }
  }

  /// What one body has taken so far.
  private final class Share: Sendable {
    private let taken = Mutex(0)
    var bytes: Int { taken.withLock { $0 } }
    func add(_ more: Int) { taken.withLock { $0 += more } }
  }

  private func reserve(_ bytes: Int, _ share: Share, _ address: String) throws(Refusal) {
    let isSmall = share.bytes + bytes <= bounds.small
    let fits = held.withLock { held in
      let mine = held.byAddress[address, default: 0] + bytes
      guard held.all + bytes <= bounds.budget - (isSmall ? 0 : bounds.kept), isSmall || mine <= bounds.perAddress else { return false }
      held.all += bytes
      held.byAddress[address] = mine
      return true
    }
    if !fits { throw Refusal(.unavailable, "form-busy", "同时上传的人较多，请稍后再试。") }
    share.add(bytes)
  }
  private func release(_ bytes: Int, _ address: String) {
    held.withLock { held in
      held.all -= bytes
      let rest = held.byAddress[address, default: 0] - bytes
      held.byAddress[address] = rest > 0 ? rest : nil
    }
  }

  private static func parse(
    _ request: Request, _ limits: BodyLimits, _ take: @Sendable (Int) throws(Refusal) -> Void
  ) async throws -> ReadBody {
    let type = request.headers[.contentType] ?? ""
    if let boundary = MultipartReader.boundary(of: type) {
      var reader = MultipartReader(boundary: boundary, limits: limits)
      var total = 0
      for try await piece in request.body {
        total += piece.readableBytes
        if total > limits.total { throw MultipartReader.tooBig(limits.total) }
        try take(piece.readableBytes)
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
      try take(piece.readableBytes)
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
