import Dispatch
import Foundation
import Intake
import Kernel
import Pictures
import Storage

/// Takes photos from a form into the vault: judged by their bytes, kept as they came, with a copy that may be shown and a thumbnail.
///
///     let files = try await PhotoIntake(vault: visit.house.vault).keep(visit.files("photos"))
///
/// Call it before the command that refers to the files, outside any transaction. A photo kept by a command that is refused
/// afterwards stays in the vault without a reference and without harm.
public struct PhotoIntake: Sendable {
  let vault: FileVault
  /// As many as a report or a visit may have.
  public static let most = 9
  public init(vault: FileVault) { self.vault = vault }

  public func keep(_ files: [UploadedFile], field: String = "photos") async throws -> [ReportFile] {
    try await keep(files.map(\.bytes), field: field)
  }

  /// - Parameter field: of the form, for what is wrong with a photo.
  /// - Returns: in the order given, each synced to disk.
  /// - Throws: `Refusals`, one for each photo that cannot be taken; then none has been kept.
  public func keep(_ photos: [Data], field: String = "photos") async throws -> [ReportFile] {
    let photos = photos.filter { !$0.isEmpty }
    if photos.isEmpty { return [] }
    if photos.count > Self.most {
      throw Refusals([Refusal(.invalid, "pictures-too-many", "照片最多 \(Self.most) 张，请减少后再传。", field: field)])
    }
    let vault = vault
    return try await Self.offThread {
      var ready: [(original: Data, copies: Photo.Copies?, facts: PhotoFacts)] = []
      var wrong: [Refusal] = []
      for (index, photo) in photos.enumerated() {
        do {
          let facts = try Photo.facts(photo)
          ready.append((photo, try Self.copies(photo), facts))
        } catch let error as PictureError {
          let which = photos.count > 1 ? "第 \(index + 1) 张：" : ""
          let kind: Refusal.Kind = error.kind == .unavailable ? .unavailable : .invalid
          wrong.append(Refusal(kind, error.code, "\(which)\(error.message)。", field: field))
        }
      }
      if !wrong.isEmpty { throw Refusals(wrong) }
      return try ready.map { original, copies, facts in
        ReportFile(
          original: try vault.keep(original), mediaType: facts.type.mime,
          publicCopy: try copies.map { try vault.keep($0.publicCopy).sha256 },
          thumbnail: try copies.map { try vault.keep($0.thumbnail).sha256 },
          takenAt: facts.takenMilliseconds.map { Moment(milliseconds: $0) })
      }
    }
  }

  /// Nil for HEIC, which is kept as evidence but cannot be shown here.
  private static func copies(_ photo: Data) throws(PictureError) -> Photo.Copies? {
    do { return try Photo.copies(photo) } catch let error {
      if error.kind == .noCopy { return nil }
      throw error
    }
  }

  /// Decoding takes a quarter of a second and up to 256 MB for a moment: one after the other, and never on a thread that answers requests.
  private static let darkroom = DispatchQueue(label: "longtang.photos")
  private static func offThread<Value: Sendable>(_ work: @Sendable @escaping () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      darkroom.async { continuation.resume(with: Result { try work() }) }
    }
  }
}
