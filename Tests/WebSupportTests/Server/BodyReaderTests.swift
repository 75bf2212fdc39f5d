import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Testing

@testable import WebSupport

/// How much of the memory and the time for bodies somebody may take who only announces, only trickles, or sends much at once.
@Suite struct BodyReaderTests {
  static let limits = BodyLimits(total: 1000, file: 1000, files: 1)

  /// Small numbers, so that a test reaches them.
  static func bounds(patience: Int = 60_000) -> BodyReader.Bounds {
    var bounds = BodyReader.Bounds()
    bounds.budget = 1000
    bounds.kept = 200
    bounds.small = 100
    bounds.perAddress = 500
    bounds.patience = patience
    bounds.slowest = 1_000_000
    return bounds
  }

  /// A body that announces 1,000 bytes, sends its pieces and then waits until it is let go.
  static func request(_ pieces: [Int], thenWaits: Bool) -> (Request, AsyncStream<ByteBuffer>.Continuation) {
    let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
    for piece in pieces { continuation.yield(ByteBuffer(repeating: 0x61, count: piece)) }
    if !thenWaits { continuation.finish() }
    let head = HTTPRequest(method: .post, scheme: "http", authority: "x", path: "/", headerFields: [.contentLength: "1000"])
    return (Request(head: head, body: RequestBody(asyncSequence: stream)), continuation)
  }
  /// Nil when it was read, else the code of the refusal.
  static func outcome(_ reader: BodyReader, _ bytes: Int, from address: String) async -> String? {
    do {
      let size = try await reader.read(request([bytes], thenWaits: false).0, limits: limits, from: address).raw.count
      return size == bytes ? nil : "read \(size)"
    } catch {
      return (error as? Refusal)?.code ?? "\(error)"
    }
  }

  @Test func announcingTakesNothing() async throws {
    let reader = BodyReader(Self.bounds())
    let waiting = (0..<20).map { _ in Self.request([1], thenWaits: true) }
    await withTaskGroup(of: Void.self) { group in
      for (request, _) in waiting { group.addTask { _ = try? await reader.read(request, limits: Self.limits, from: "a") } }
      #expect(await Self.outcome(reader, 450, from: "b") == nil)
      for (_, continuation) in waiting { continuation.finish() }
    }
  }

  @Test func whoHoldsMuchLeavesRoomForOthersAndForForms() async throws {
    let reader = BodyReader(Self.bounds())
    let holding = [("a", Self.request([490], thenWaits: true)), ("b", Self.request([300], thenWaits: true))]
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (address, request) in holding {
        group.addTask { _ = try? await reader.read(request.0, limits: Self.limits, from: address) }
      }
      // Both have been taken in when a further large body finds no room.
      while reader.taken < 790 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(await Self.outcome(reader, 150, from: "c") == "form-busy")
      // A form is small and finds its place.
      #expect(await Self.outcome(reader, 90, from: "c") == nil)
      holding[1].1.1.finish()
      // Room again for others, not for the address that holds its part already.
      while reader.taken > 490 { try await Task.sleep(for: .milliseconds(5)) }
      #expect(await Self.outcome(reader, 150, from: "c") == nil)
      #expect(await Self.outcome(reader, 150, from: "a") == "form-busy")
      holding[0].1.1.finish()
    }
    #expect(await Self.outcome(reader, 450, from: "a") == nil, "all that was taken was given back")
  }

  @Test func aTrickleEndsHoweverMuchItAnnounced() async throws {
    let reader = BodyReader(Self.bounds(patience: 40))
    let (request, continuation) = Self.request([5], thenWaits: true)
    await #expect(throws: Refusal(.unavailable, "form-too-slow", "网络太慢，内容没有传完，请换个网络再试。")) {
      try await reader.read(request, limits: Self.limits, from: "a")
    }
    continuation.finish()
  }
}
