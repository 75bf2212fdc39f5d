import NIOCore
import NIOHTTPTypes

/// Ends a connection on which no whole request head has come in time, counted from its beginning or from the last answer: drops of a
/// header, one a minute, keep nobody's descriptor.
final class HeadDeadline: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let wait: TimeAmount
  private var alarm: Scheduled<Void>?

  init(_ wait: TimeAmount) { self.wait = wait }

  private func set(_ context: ChannelHandlerContext) {
    alarm?.cancel()
    let channel = context.channel
    alarm = context.eventLoop.scheduleTask(in: wait) { channel.close(promise: nil) }
  }

  func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { set(context) } }
  func channelActive(context: ChannelHandlerContext) {
    set(context)
    context.fireChannelActive()
  }
  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .head = unwrapInboundIn(data) { alarm?.cancel() }
    context.fireChannelRead(data)
  }
  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { set(context) }
    context.write(data, promise: promise)
  }
  func channelInactive(context: ChannelHandlerContext) {
    alarm?.cancel()
    context.fireChannelInactive()
  }
  func handlerRemoved(context: ChannelHandlerContext) { alarm?.cancel() }
}
