import Foundation
import Kernel

/// Sets documents: data in, PDF out, by a few worker processes that are started when they are first needed and kept.
///
/// A document is data for the layouts in `Data/papers`; it is passed as text and never as markup. The same data and day give the same bytes as
/// long as layouts, typefaces and the pinned typst are the same.
public actor Typesetter {
  public nonisolated let place: TypesetterPlace
  private let size: Int
  private let patience: Duration
  private let waitingLimit: Int
  /// After so many documents a worker is replaced: what it has cached of other people's papers goes with it.
  private let lifetime: Int

  private var idle: [TypesetterWorker] = []
  private var busy = 0
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// - Parameters:
  ///   - size: worker processes at most; each keeps about 140 MB.
  ///   - patience: for one document, the start of a worker included.
  ///   - waitingLimit: requests that may wait for a worker; more are refused at once.
  public init(_ place: TypesetterPlace, size: Int = 2, patience: Duration = .seconds(20), waitingLimit: Int = 200, lifetime: Int = 2000) {
    self.place = place
    self.size = max(1, size)
    self.patience = patience
    self.waitingLimit = waitingLimit
    self.lifetime = max(1, lifetime)
  }

  /// - Parameters:
  ///   - data: the document as JSON, as `main.typ` reads it.
  ///   - day: the date inside the file; never that of today, so that the bytes stay the same.
  ///   - folder: the pictures and PDFs the document shows.
  ///   - counted: PDFs of that folder, by the paths it gave, of which the layouts ask how many pages can be drawn (`sys.inputs.pages`).
  ///   - longer: patience for a document that is more than a few pages.
  /// - Throws: `Refusal` `papers-typesetter-missing`, `papers-typesetter-busy`, `papers-typesetter-slow`, `papers-typesetter-failed`.
  public func pdf(
    _ data: Data, dated day: Day, with folder: TypesetterFolder? = nil, counting counted: [String] = [], patience longer: Duration? = nil
  ) async throws -> Data {
    let missing = place.missing
    guard missing.isEmpty else { throw Self.missing(missing) }
    let request = try TypesetterRequest(
      data: String(decoding: data, as: UTF8.self), at: day.start.milliseconds / 1000, root: folder?.root.path, counted: counted
    ).encoded
    let patience = max(patience, longer ?? .zero)
    try await enter()
    defer { leave() }
    // A worker that died while it was idle is no fault of this document: once more with a new one.
    for _ in 0..<2 {
      let worker = idle.popLast() ?? TypesetterWorker(place)
      do {
        let pdf = try await worker.ask(request, within: patience)
        // What it holds of somebody's photos goes with it.
        if worker.served < lifetime, folder == nil { idle.append(worker) }
        return pdf
      } catch TypesetterWorker.Fault.said(let text) {
        idle.append(worker)
        throw Refusal(.unavailable, "papers-typesetter-failed", "这份文书排不出来，请把报障编号告诉系统管理员。（\(text.prefix(400))）")
      } catch TypesetterWorker.Fault.late {
        throw Refusal(.unavailable, "papers-typesetter-slow", "排版超过了 \(patience.components.seconds) 秒，请稍后再试。")
      } catch TypesetterWorker.Fault.unfit(let text) {
        throw Self.missing([String(text.prefix(400))])
      } catch TypesetterWorker.Fault.died {
        continue
      }
    }
    throw Refusal(.unavailable, "papers-typesetter-failed", "排版程序中途退出，请稍后再试；再次出现时请告诉系统管理员。")
  }

  /// - Parameter what: what is not there, in words.
  public static func missing(_ what: [String]) -> Refusal {
    Refusal(
      .unavailable, "papers-typesetter-missing",
      "这台服务器没有装好文书排版程序，暂时不能出 PDF，其他办理不受影响。请系统管理员运行 scripts/typesetter.sh（缺：\(what.joined(separator: "、"))）。")
  }

  private func enter() async throws {
    if busy < size {
      busy += 1
      return
    }
    guard waiting.count < waitingLimit else {
      throw Refusal(.unavailable, "papers-typesetter-busy", "同时要排版的文书太多，请稍后再试。")
    }
    // The turn is handed over by `leave`, so `busy` stays as it is.
    await withCheckedContinuation { waiting.append($0) }
  }
  private func leave() {
    if waiting.isEmpty { busy -= 1 } else { waiting.removeFirst().resume() }
  }
}

struct TypesetterRequest: Codable {
  let data: String
  /// Seconds since the epoch.
  let at: Int64
  /// The folder of this document alone; nil for the layouts' own.
  var root: String?
  var counted: [String] = []
  /// The frame: four bytes of length, then JSON.
  var encoded: Data {
    get throws {
      let body = try JSONEncoder().encode(self)
      guard body.count <= 64 << 20 else { throw Refusal(.limit, "papers-too-large", "案卷太大，不能一次排版，请分册。") }
      let length = UInt32(body.count)
      return Data([UInt8(length >> 24 & 255), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)]) + body
    }
  }
}
