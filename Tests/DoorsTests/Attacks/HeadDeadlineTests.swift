import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import longtang

/// Headers drop by drop: a whole head comes in time, or the connection ends.
@Suite struct HeadDeadlineTests {
  static func connected() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel(handler: HeadDeadline(.seconds(60)))
    try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }
  static let head = HTTPRequestPart.head(HTTPRequest(method: .get, scheme: "http", authority: "x", path: "/"))

  @Test func aConnectionWithoutAHeadEnds() throws {
    let channel = try Self.connected()
    channel.embeddedEventLoop.advanceTime(by: .seconds(59))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }

  @Test func whoseHeadIsThereMayTakeAnyTimeAndThenHasAsLongAgain() throws {
    let channel = try Self.connected()
    channel.embeddedEventLoop.advanceTime(by: .seconds(50))
    try channel.writeInbound(Self.head)
    channel.embeddedEventLoop.advanceTime(by: .hours(1))
    #expect(channel.isActive)
    try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
    try channel.writeOutbound(HTTPResponsePart.end(nil))
    channel.embeddedEventLoop.advanceTime(by: .seconds(59))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(!channel.isActive)
  }
}
