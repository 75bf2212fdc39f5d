import Logging
import ServiceLifecycle
import Storage
import WebSupport

/// The exchange of the limits between servers, as a part of the program.
struct RateExchanging: Service {
  let exchange: RateExchange
  let house: House
  let logger: Logger

  func run() async throws {
    // In an embedded store there is nobody to tell.
    guard house.store.dialect.isShared else { return try await gracefulShutdown() }
    await cancelWhenGracefulShutdown { await exchange.run(house.store, now: house.now, logger) }
  }
}
