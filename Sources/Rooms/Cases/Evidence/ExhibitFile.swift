import Dispatch
import Foundation
import Kernel
import Pictures
import Storage

/// A file as it lies in the vault, with what it says of itself and the copies that can be shown.
public struct ExhibitFile: Sendable, Hashable {
  public let original: StoredFile
  public let mediaType: String
  public let kind: ExhibitKind
  /// Without anything that tells about the device; nil for what is no picture or cannot be drawn here.
  public let shown: String?
  public let thumbnail: String?
  /// By the device's clock.
  public let madeAt: Moment?
  public let coordinates: Coordinates?
  public init(
    original: StoredFile, mediaType: String, kind: ExhibitKind, shown: String? = nil, thumbnail: String? = nil, madeAt: Moment? = nil,
    coordinates: Coordinates? = nil
  ) {
    self.original = original
    self.mediaType = mediaType
    self.kind = kind
    self.shown = shown
    self.thumbnail = thumbnail
    self.madeAt = madeAt
    self.coordinates = coordinates
  }
}

/// Takes evidence among the files, outside any transaction. What a refused command leaves behind has no reference and does no harm.
enum ExhibitIntake {
  /// - Throws: `Refusal` `cases-exhibit-type`, `cases-exhibit-empty`, or what is wrong with a picture.
  static func keep(_ bytes: Data, in vault: FileVault) async throws -> ExhibitFile {
    guard !bytes.isEmpty else { throw Refusal(.invalid, "cases-exhibit-empty", "文件是空的，请重新选择。", field: "files") }
    let media = try ExhibitMedia(beginning: bytes)
    return try await EvidenceWork.run {
      guard media.isPicture else {
        return ExhibitFile(original: try vault.keep(bytes), mediaType: media.mime, kind: media.kind)
      }
      let (facts, copies) = try Self.picture(bytes)
      return ExhibitFile(
        original: try vault.keep(bytes), mediaType: media.mime, kind: .photo,
        shown: try copies.map { try vault.keep($0.publicCopy).sha256 },
        thumbnail: try copies.map { try vault.keep($0.thumbnail).sha256 },
        madeAt: facts.takenMilliseconds.map { Moment(milliseconds: $0) }, coordinates: Self.place(facts))
    }
  }

  /// Of a file that came in parts and lies in the vault already. Pictures small enough get their copies too.
  static func describe(_ file: StoredFile, _ media: ExhibitMedia, in vault: FileVault) async throws -> ExhibitFile {
    guard media.isPicture, file.size <= PhotoLimits.standard.bytes else {
      return ExhibitFile(original: file, mediaType: media.mime, kind: media.kind)
    }
    return try await EvidenceWork.run {
      let bytes = try vault.bytes(file.sha256)
      // A damaged picture is evidence as it is; there is only nothing to show.
      guard let (facts, copies) = try? Self.picture(bytes) else {
        return ExhibitFile(original: file, mediaType: media.mime, kind: media.kind)
      }
      return ExhibitFile(
        original: file, mediaType: media.mime, kind: .photo, shown: try copies.map { try vault.keep($0.publicCopy).sha256 },
        thumbnail: try copies.map { try vault.keep($0.thumbnail).sha256 },
        madeAt: facts.takenMilliseconds.map { Moment(milliseconds: $0) }, coordinates: Self.place(facts))
    }
  }

  private static func picture(_ bytes: Data) throws(Refusal) -> (PhotoFacts, Photo.Copies?) {
    do throws(PictureError) {
      let facts = try Photo.facts(bytes)
      do throws(PictureError) { return (facts, try Photo.copies(bytes)) } catch {
        guard error.kind == .noCopy else { throw error }
        return (facts, nil)
      }
    } catch { throw refusal(error) }
  }
  static func refusal(_ error: PictureError) -> Refusal {
    Refusal(error.kind == .unavailable ? .unavailable : .invalid, error.code, "\(error.message)。", field: "files")
  }
  private static func place(_ facts: PhotoFacts) -> Coordinates? {
    guard let latitude = facts.latitude, let longitude = facts.longitude else { return nil }
    return Coordinates(latitude: latitude, longitude: longitude)
  }
}

/// What a file is, by its first bytes; never by its name.
struct ExhibitMedia: Sendable, Equatable {
  let mime: String
  let kind: ExhibitKind
  var isPicture: Bool { kind == .photo }
  /// Bytes of the beginning that are looked at.
  static let peek = 1024

  init(mime: String) {
    self.mime = mime
    kind =
      switch mime.split(separator: "/").first {
      case "image"?: .photo
      case "video"?: .video
      case "audio"?: .audio
      default: .document
      }
  }
  /// - Throws: `Refusal` `cases-exhibit-type` for what a computer would carry out.
  init(beginning bytes: Data) throws(Refusal) {
    let b = Array(bytes.prefix(Self.peek))
    func begins(_ text: String, at offset: Int = 0) -> Bool { b.count >= offset + text.utf8.count && b[offset...].starts(with: text.utf8) }
    if begins("RIFF"), begins("WAVE", at: 8) {
      self.init(mime: "audio/wav")
    } else if begins("RIFF"), begins("AVI ", at: 8) {
      self.init(mime: "video/x-msvideo")
    } else if begins("ID3") || (b.count > 1 && b[0] == 0xFF && b[1] & 0xE6 == 0xE2) {
      self.init(mime: "audio/mpeg")
    } else if begins("#!AMR") {
      self.init(mime: "audio/amr")
    } else if begins("OggS") {
      self.init(mime: "audio/ogg")
    } else if begins("fLaC") {
      self.init(mime: "audio/flac")
    } else if begins("ftypM4A", at: 4) {
      self.init(mime: "audio/mp4")
    } else if b.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      self.init(mime: "video/webm")
    } else if b.count > 188, b[0] == 0x47, b[188] == 0x47 {
      self.init(mime: "video/mp2t")
    } else {
      let type = MediaType.sniff(b)
      switch type {
      case .program, .script, .html:
        throw Refusal(
          .invalid, "cases-exhibit-type", "这个文件是\(type.chinese)，不能直接作为证据保存；请打印成 PDF 或者截图，或者装在压缩包里固定。", field: "files")
      case .gif: self.init(mime: "application/octet-stream")
      default: self.init(mime: type.mime)
      }
    }
  }
}

/// Pictures take up to 256 MB for a moment and films minutes to hash: one after the other, and never on a thread that answers requests.
enum EvidenceWork {
  private static let bench = DispatchQueue(label: "longtang.evidence")
  static func run<Value: Sendable>(_ work: @Sendable @escaping () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      bench.async { continuation.resume(with: Result { try work() }) }
    }
  }
}

extension Cases {
  /// Keeps one file of a form: its original bytes, and for a picture the copies that can be shown.
  public func keepExhibit(_ bytes: Data) async throws -> ExhibitFile { try await ExhibitIntake.keep(bytes, in: house.vault) }
}
