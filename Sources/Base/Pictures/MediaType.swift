import Foundation

/// What a file is, by its first bytes. Names and announced types are never asked.
public enum MediaType: String, Hashable, Sendable, CaseIterable {
  case jpeg, png, webp, heic, gif, mp4, pdf, xlsx, zip
  /// Rar, 7z, gzip, and the container of old Office files.
  case archive
  /// Windows, Linux and Macintosh programs, Java classes.
  case program
  case script
  /// Also SVG and other XML: a browser runs what is inside.
  case html
  case unknown

  /// - Parameter bytes: the beginning of the file; 1,024 bytes are enough.
  public static func sniff(_ bytes: some Collection<UInt8>) -> MediaType {
    let b = Array(bytes.prefix(1024))
    func begins(_ magic: [UInt8], at offset: Int = 0) -> Bool { b.count >= offset + magic.count && b[offset...].starts(with: magic) }
    func begins(_ magic: String, at offset: Int = 0) -> Bool { begins(Array(magic.utf8), at: offset) }

    if begins([0xFF, 0xD8, 0xFF]) { return .jpeg }
    if begins([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
    if begins("RIFF"), begins("WEBP", at: 8) { return .webp }
    if begins("GIF87a") || begins("GIF89a") { return .gif }
    if begins("ftyp", at: 4) { return brand(b) }
    if begins("%PDF-") { return .pdf }
    if begins([0x50, 0x4B, 0x03, 0x04]) {
      return begins("[Content_Types].xml", at: 30) || begins("xl/", at: 30) || begins("_rels/.rels", at: 30) ? .xlsx : .zip
    }
    if begins([0x50, 0x4B, 0x05, 0x06]) { return .zip }
    if begins("Rar!") || begins([0x37, 0x7A, 0xBC, 0xAF]) || begins([0x1F, 0x8B]) || begins([0xD0, 0xCF, 0x11, 0xE0]) { return .archive }
    let machO: [[UInt8]] = [[0xFE, 0xED, 0xFA, 0xCE], [0xFE, 0xED, 0xFA, 0xCF], [0xCE, 0xFA, 0xED, 0xFE], [0xCF, 0xFA, 0xED, 0xFE]]
    if begins([0x7F, 0x45, 0x4C, 0x46]) || begins("MZ") || begins([0xCA, 0xFE, 0xBA, 0xBE]) || begins("dex\n")
      || machO.contains(where: { begins($0) })
    {
      return .program
    }
    return markup(b)
  }

  /// "image/jpeg"; "application/octet-stream" for what must not be shown.
  public var mime: String {
    switch self {
    case .jpeg, .png, .webp, .heic, .gif: "image/\(rawValue)"
    case .mp4: "video/mp4"
    case .pdf: "application/pdf"
    case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    case .zip: "application/zip"
    case .archive, .program, .script, .html, .unknown: "application/octet-stream"
    }
  }

  /// Kinds taken as photos of a place.
  public var isPhoto: Bool { self == .jpeg || self == .png || self == .webp || self == .heic }

  /// What a person calls it.
  public var chinese: String {
    switch self {
    case .jpeg, .png, .webp, .heic: "照片"
    case .gif: "动图（GIF）"
    case .mp4: "视频"
    case .pdf: "PDF 文件"
    case .xlsx: "工作簿（XLSX）"
    case .zip, .archive: "压缩包或旧版 Office 文件"
    case .program: "程序"
    case .script: "脚本"
    case .html: "网页"
    case .unknown: "不认识的文件"
    }
  }

  private static func brand(_ b: [UInt8]) -> MediaType {
    guard b.count >= 12 else { return .unknown }
    let heic: Set = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"]
    let major = String(decoding: b[8..<12], as: UTF8.self)
    // mif1 is any still picture of this container; the compatible brands then tell AVIF from HEIC.
    let length = Int(b[0]) << 24 | Int(b[1]) << 16 | Int(b[2]) << 8 | Int(b[3])
    let compatible = stride(from: 16, to: min(length, b.count) - 3, by: 4).map { String(decoding: b[$0..<($0 + 4)], as: UTF8.self) }
    if major == "avif" || major == "avis" || (major == "mif1" && compatible.contains("avif")) { return .unknown }
    if heic.contains(major) { return .heic }
    let video: Set = [
      "isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "qt  ", "M4V ", "3gp4", "3gp5", "3gp6", "MSNV", "dash",
    ]
    return video.contains(major) || major.hasPrefix("3g") ? .mp4 : .unknown
  }

  private static func markup(_ b: [UInt8]) -> MediaType {
    let text = String(decoding: b, as: UTF8.self).lowercased()
    let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" || $0 == "\0" }
    if start.hasPrefix("#!") || start.hasPrefix("<?php") || start.hasPrefix("@echo") || start.hasPrefix("<%") { return .script }
    // UTF-16 text shows its letters with zeros between.
    let plain = text.replacingOccurrences(of: "\0", with: "")
    for mark in ["<!doctype", "<html", "<head", "<body", "<script", "<svg", "<?xml", "<iframe", "<img", "<!--"] {
      if start.hasPrefix(mark) || plain.drop(while: { !$0.isASCII || $0.isWhitespace }).hasPrefix(mark) { return .html }
    }
    return .unknown
  }
}
