import Logging
import ServiceLifecycle
import WebSupport

/// The first to hear that the program shall end: says so at `/ready` and leaves the proxy time to notice, while everything still works.
struct Draining: Service {
  let watch: DoorWatch
  let pause: Duration
  let logger: Logger

  func run() async throws {
    try await gracefulShutdown()
    watch.beginDraining()
    logger.notice("draining", metadata: ["pause": "\(pause)", "underWay": "\(watch.underWay)"])
    try await Task.sleep(for: pause)
  }
}
