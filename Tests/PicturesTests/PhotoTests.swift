import Foundation
import Testing

@testable import Pictures

func kind<T>(_ body: () throws(PictureError) -> T) -> PictureError.Kind? {
  do {
    _ = try body()
    return nil
  } catch {
    return error.kind
  }
}

@Suite struct Sniffing {
  @Test(
    arguments: [
      (Array("MZ\u{90}\0\u{3}".utf8), MediaType.program), ([0x7F, 0x45, 0x4C, 0x46, 2], .program), ([0xCA, 0xFE, 0xBA, 0xBE], .program),
      (Array("#!/bin/sh\n".utf8), .script), (Array("<?php echo 1;".utf8), .script), (Array("@echo off".utf8), .script),
      (Array("\u{FEFF} \n<!DOCTYPE html>".utf8), .html), (Array("<svg onload=alert(1)>".utf8), .html), (Array("<SCRIPT>".utf8), .html),
      (Array("<?xml version=\"1.0\"?><svg/>".utf8), .html), ([0xFF, 0xFE, 0x3C, 0, 0x68, 0, 0x74, 0, 0x6D, 0, 0x6C, 0], .html),
      (Array("%PDF-1.7".utf8), .pdf),
      (Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26) + Array("[Content_Types].xml".utf8), .xlsx),
      (Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26) + Array("a.txt".utf8), .zip), (Array("Rar!".utf8), .archive),
      ([0, 0, 0, 24] + Array("ftypisom".utf8), .mp4), ([0, 0, 0, 24] + Array("ftypqt  ".utf8), .mp4),
      ([0, 0, 0, 24] + Array("ftypheic".utf8), .heic), ([0, 0, 0, 24] + Array("ftypmif1\0\0\0\0heic".utf8), .heic),
      ([0, 0, 0, 24] + Array("ftypmif1\0\0\0\0avif".utf8), .unknown), ([0xFF, 0xD8, 0xFF, 0xE0], .jpeg), (Array("GIF89a".utf8), .gif),
      ([], .unknown), (Array("hello".utf8), .unknown), (Array("RIFF\0\0\0\0WAVE".utf8), .unknown),
    ] as [([UInt8], MediaType)]) func byContent(_ bytes: [UInt8], _ type: MediaType)
  { #expect(MediaType.sniff(bytes) == type) }

  @Test func realPictures() {
    #expect(MediaType.sniff(Kit.picture(8, 8)) == .jpeg)
    #expect(MediaType.sniff(Kit.picture(8, 8, .png)) == .png)
    #expect(MediaType.sniff(Kit.picture(8, 8, .webp)) == .webp)
    #expect(MediaType.sniff(Kit.picture(8, 8, .gif)) == .gif)
  }

  @Test func aProgramNamedJpgIsRefusedAsAProgram() {
    // The name plays no part: only the bytes arrive here.
    #expect {
      try Photo.check(Data("MZ\u{90}\0".utf8) + Data(count: 4000))
    } throws: {
      ($0 as? PictureError)?.kind == .refusedType && ($0 as? PictureError)?.message.contains("程序") == true
    }
  }
}

@Suite struct Checking {
  @Test(arguments: [Kit.Format.jpeg, .png, .webp]) func wholePicturesPass(_ format: Kit.Format) throws {
    let seen = try Photo.check(Kit.picture(321, 123, format))
    #expect(seen.width == 321 && seen.height == 123)
  }

  @Test(arguments: [Kit.Format.jpeg, .png, .webp]) func cutOffPicturesDoNot(_ format: Kit.Format) {
    let whole = Kit.picture(200, 150, format)
    for part in [0.1, 0.5, 0.9, 0.99] {
      #expect(kind { () throws(PictureError) in try Photo.check(whole.prefix(Int(Double(whole.count) * part))) } == .damaged)
    }
    #expect(kind { () throws(PictureError) in try Photo.check(whole.dropLast(2)) } == .damaged)
  }

  @Test func limitsHoldBeforeDecoding() {
    var limits = PhotoLimits.standard
    limits.pixels = 10_000
    #expect(kind { () throws(PictureError) in try Photo.check(Kit.picture(101, 100), limits) } == .tooManyPixels)
    #expect(kind { () throws(PictureError) in try Photo.publicCopy(Kit.picture(101, 100), limits: limits) } == .tooManyPixels)
    limits.bytes = 100
    #expect(kind { () throws(PictureError) in try Photo.check(Kit.picture(50, 50), limits) } == .tooLarge)
    #expect(kind { () throws(PictureError) in try Photo.check(Data()) } == .empty)
    #expect(kind { () throws(PictureError) in try Photo.check(Kit.picture(9, 9, .gif)) } == .refusedType)
    // A PNG of a hundred bytes that claims 65,000 × 65,000 pixels.
    var bomb = Kit.picture(10, 10, .png)
    bomb.replaceSubrange(16..<24, with: [0, 0, 0xFD, 0xE8, 0, 0, 0xFD, 0xE8])
    #expect(kind { () throws(PictureError) in try Photo.check(bomb) } == .damaged)
    let sum = Checksum.crc32(Array(bomb), 12..<29)
    bomb.replaceSubrange(29..<33, with: withUnsafeBytes(of: sum.bigEndian) { Data($0) })
    #expect(kind { () throws(PictureError) in try Photo.check(bomb) } == .tooManyPixels)
  }

  @Test func jpegsOfThousandsOfScansAreRefused() {
    let whole = Kit.picture(16, 16)
    let scan: [UInt8] = [0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]
    var many = whole.dropLast(2)
    for _ in 0..<200 { many.append(contentsOf: scan) }
    #expect(kind { () throws(PictureError) in try Photo.check(many + [0xFF, 0xD9]) } == .damaged)
  }

  @Test func changedBytesNeverCrash() {
    var generator = Seeded(state: 5)
    let pictures = [
      Kit.with(Kit.picture(40, 30), exif: Kit.tiff(orientation: 6), comment: "c"), Kit.picture(40, 30, .png), Kit.picture(40, 30, .webp),
      Kit.heic(width: 4032, height: 3024, exif: Kit.tiff()),
    ]
    for whole in pictures {
      for round in 0..<1500 {
        var bytes = whole
        for _ in 0..<Int.random(in: 1..<8, using: &generator) {
          bytes[Int.random(in: 0..<min(bytes.count, 600), using: &generator)] = UInt8.random(in: 0...255, using: &generator)
        }
        _ = kind { () throws(PictureError) in try Photo.facts(bytes) }
        if round % 10 == 0 { _ = kind { () throws(PictureError) in try Photo.thumbnail(bytes, limits: small) } }
      }
    }
    // The structure of EXIF alone, where nearly every change meets the parser.
    let tiff = Kit.tiff()
    for _ in 0..<20_000 {
      var bytes = Array(tiff)
      for _ in 0..<Int.random(in: 1..<12, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          [0, 1, 0x7F, 0xFF, UInt8.random(in: 0...255, using: &generator)].randomElement(using: &generator) ?? 0
      }
      let cut = Int.random(in: 0...bytes.count, using: &generator)
      _ = EXIF(Bytes(bytes), 0..<cut)
    }
  }
  var small: PhotoLimits {
    var limits = PhotoLimits.standard
    limits.pixels = 1_000_000
    return limits
  }
}

@Suite struct Facts {
  @Test func ofAPhoneJpeg() throws {
    let facts = try Photo.facts(Kit.with(Kit.picture(80, 60), exif: Kit.tiff(orientation: 6)))
    #expect(facts.make == "Huawei" && facts.model == "Mate 60 秘密")
    #expect(facts.takenLocal == "2024-03-05T14:22:01" && facts.offsetMinutes == 480)
    #expect(facts.takenMilliseconds == 1_709_619_721_000)
    let latitude = try #require(facts.latitude)
    let longitude = try #require(facts.longitude)
    #expect(abs(latitude - (31 + 13.0 / 60 + 12.34 / 3600)) < 1e-9 && abs(longitude - (121 + 28.0 / 60 + 5.0 / 3600)) < 1e-9)
    #expect(facts.width == 60 && facts.height == 80)
  }
  @Test func placesThatCannotBeAreNoPlaces() throws {
    #expect(try Photo.facts(Kit.with(Kit.picture(8, 8), exif: Kit.tiff(zero: true))).latitude == nil)
    #expect(try Photo.facts(Kit.with(Kit.picture(8, 8), exif: Kit.tiff(latitude: (91, 0, 0)))).longitude == nil)
    #expect(try Photo.facts(Kit.picture(8, 8)).takenLocal == nil)
  }
  @Test func ofHEICWithoutDecoding() throws {
    let heic = Kit.heic(width: 4032, height: 3024, exif: Kit.tiff())
    let facts = try Photo.facts(heic)
    #expect(facts.type == .heic && facts.width == 3024 && facts.height == 4032)
    #expect(facts.model == "Mate 60 秘密" && facts.latitude != nil)
    #expect(kind { () throws(PictureError) in try Photo.publicCopy(heic) } == .noCopy)
    #expect(kind { () throws(PictureError) in try Photo.check(heic.dropLast(20)) } == .damaged)
  }
}

@Suite struct Copying {
  @Test func nothingButPixelsRemains() throws {
    let original = Kit.with(Kit.picture(80, 60), exif: Kit.tiff(), comment: "秘密备注", xmp: "<x:xmpmeta>秘密</x:xmpmeta>")
    for copy in [try Photo.publicCopy(original), try Photo.thumbnail(original)] {
      #expect(try Photo.facts(copy).latitude == nil)
      for trace in ["Exif", "秘密", "Huawei", "xmpmeta", "2024:03:05"] { #expect(copy.firstRange(of: Data(trace.utf8)) == nil) }
    }
  }

  @Test func alsoOfPNG() throws {
    var png = Kit.picture(30, 20, .png)
    let body = Data("Comment\0秘密".utf8)
    var chunk = withUnsafeBytes(of: UInt32(body.count).bigEndian) { Data($0) } + Data("tEXt".utf8) + body
    chunk += withUnsafeBytes(of: Checksum.crc32(Array(chunk), 4..<chunk.count).bigEndian) { Data($0) }
    png.insert(contentsOf: chunk, at: 33)
    try Photo.check(png)
    let copy = try Photo.publicCopy(png)
    #expect(MediaType.sniff(copy) == .png && copy.firstRange(of: Data("秘密".utf8)) == nil)
  }

  /// Where the red quarter of the stored picture comes to lie when it is shown upright (EXIF 2.32, 4.6.5).
  @Test(arguments: [
    (1, false, false), (2, true, false), (3, true, true), (4, false, true), (5, false, false), (6, true, false), (7, true, true),
    (8, false, true),
  ])
  func orientationIsApplied(_ orientation: Int, _ right: Bool, _ bottom: Bool) throws {
    let copy = try Photo.publicCopy(Kit.with(Kit.picture(64, 32), exif: Kit.tiff(orientation: orientation)))
    let size = try #require(Kit.look(copy))
    #expect(size.width == (orientation >= 5 ? 32 : 64) && size.height == (orientation >= 5 ? 64 : 32))
    for (x, y) in [(false, false), (true, false), (false, true), (true, true)] {
      let seen = try #require(Kit.look(copy, x: x ? size.width - 4 : 4, y: y ? size.height - 4 : 4))
      #expect(Kit.isRed(seen.colour) == (x == right && y == bottom))
    }
  }

  @Test(arguments: [Kit.Format.jpeg, .png, .webp]) func sizes(_ format: Kit.Format) throws {
    let original = Kit.picture(2000, 1000, format)
    let copies = try Photo.copies(original)
    let shown = try #require(Kit.look(copies.publicCopy))
    #expect(shown.width == 1600 && shown.height == 800)
    #expect(MediaType.sniff(copies.publicCopy) == (format == .png ? .png : .jpeg))
    let small = try #require(Kit.look(copies.thumbnail))
    #expect(small.width == 320 && small.height == 160 && Kit.isRed(small.colour))
    #expect(MediaType.sniff(copies.thumbnail) == .jpeg)
    let tiny = try #require(Kit.look(try Photo.publicCopy(Kit.picture(20, 10, format))))
    #expect(tiny.width == 20 && tiny.height == 10)
  }

  @Test func manyAtOnce() async throws {
    let original = Kit.with(Kit.picture(300, 200), exif: Kit.tiff(orientation: 6))
    let expected = try Photo.publicCopy(original)
    try await withThrowingTaskGroup(of: Data.self) { group in
      for _ in 0..<24 { group.addTask { try Photo.publicCopy(original) } }
      for try await copy in group { #expect(copy == expected) }
    }
  }
}
