import Cases
import ClockBook
import Foundation
import Kernel
import StaffWeb
import Storage
import WebSupport
import WorkCalendar

extension Composition {
  /// The office's pages around the matter, with what the program knows of itself.
  var office: OfficePages {
    OfficePages(
      house: house, matters: matters, mappings: mappings,
      machine: MachineFacts(
        version: Longtang.version, engine: house.store.dialect == .sqlite ? "嵌入式单文件库" : "PostgreSQL",
        configuration: configuration, calendar: clocks.calendar,
        uptime: { [watch] in watch.uptime }, sizes: sizes), guides: cases.workGuides, overview: overview, analysis: analysis)
  }

  /// What the store takes and the disk still has.
  var sizes: @Sendable () async throws -> MachineFacts.Sizes {
    let (folder, house) = (folder, house)
    return {
      guard let folder else { return .init(store: 0, free: nil) }
      let sizes = Self.sizes(folder)
      if house.store.dialect == .sqlite { return sizes }
      // The database may be on another machine: only the files are on this disk.
      return .init(store: try await house.store.read { db in try StoreState.bytes(db) }, free: sizes.free)
    }
  }

  /// Bytes of the store with its log, and what the disk still takes.
  private static func sizes(_ folder: URL) -> MachineFacts.Sizes {
    let names = ["store.sqlite", "store.sqlite-wal"]
    let store = names.reduce(Int64(0)) { sum, name in
      let size = (try? FileManager.default.attributesOfItem(atPath: folder.appending(path: name).path)[.size]) as? NSNumber
      return sum + (size?.int64Value ?? 0)
    }
    let free = (try? FileManager.default.attributesOfFileSystem(forPath: folder.path)[.systemFreeSize]) as? NSNumber
    return .init(store: store, free: free?.int64Value)
  }
}
