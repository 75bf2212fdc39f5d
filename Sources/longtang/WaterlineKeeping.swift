import Foundation
import Logging
import ServiceLifecycle
import Storage

/// Notes now and then how far the journal has come, so that a store that was brought back from an older back-up is noticed at the next start.
struct WaterlineKeeping: Service {
  let folder: URL
  let store: any Store
  let logger: Logger
  static let interval = Duration.seconds(30)

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await note()
        do { try await Task.sleep(for: Self.interval) } catch { return }
      }
    }
    // Once more when everybody else has finished: this service ends last.
    await note()
  }
  private func note() async {
    do { try await Waterline.note(in: folder, store) } catch {
      logger.warning("the waterline could not be noted", metadata: ["error": "\(error)"])
    }
  }
}
