import Crypto
import Foundation
import Kernel
import Storage

/// One part of a back-up as it was before any sealing.
public struct Piece: Codable, Sendable, Equatable {
  /// Bytes.
  public var size: Int64
  public var sha256: String
}

/// Writes and reads the parts of a back-up: plain, or sealed with a key.
///
/// Sealed, a part is `LTB1`, a salt of 16 bytes, and the text in chunks of 1 MiB, each under AES-256-GCM with its number as nonce and with
/// the part's name and whether it is the last one as authenticated data: a chunk that is missing, doubled, moved within its part or to
/// another one does not open. The key of each part is derived (HKDF-SHA256) from the key file and the salt, so no nonce is used twice.
struct PieceCipher: Sendable {
  static let magic = Data("LTB1".utf8)
  static let chunk = 1 << 20
  static let tag = 16
  let key: BackupKey?

  /// Writes what `source` gives until it gives less than it was asked for.
  func write(_ out: OutFile, name: String, from source: (Int) throws -> Data) throws -> Piece {
    var hasher = SHA256()
    var size: Int64 = 0
    var fileKey: SymmetricKey?
    if let key {
      let salt = Secrets.bytes(16)
      fileKey = key.fileKey(salt: salt)
      try out.write(Self.magic + salt)
    }
    var number: UInt64 = 0
    var chunk = try source(Self.chunk)
    while true {
      let next = chunk.count < Self.chunk ? Data() : try source(Self.chunk)
      hasher.update(data: chunk)
      size += Int64(chunk.count)
      if let fileKey {
        let box = try AES.GCM.seal(
          chunk, using: fileKey, nonce: Self.nonce(number), authenticating: Self.frame(name, isLast: next.isEmpty))
        try out.write(box.ciphertext + box.tag)
      } else {
        try out.write(chunk)
      }
      if next.isEmpty { break }
      chunk = next
      number += 1
    }
    try out.finish()
    return Piece(size: size, sha256: Data(hasher.finalize()).hex)
  }

  /// Hands each chunk to `take` as soon as it is known to be whole; whether all of them are is known at the end only.
  /// - Throws: `Refusal` when a sealed part was altered.
  func read(_ file: URL, name: String, _ take: (Data) throws -> Void) throws -> Piece {
    guard FileManager.default.fileExists(atPath: file.path) else { throw BackupRefusal.changed("缺少 \(name)") }
    let input = try InFile(file)
    var hasher = SHA256()
    var size: Int64 = 0
    func pass(_ bytes: Data) throws {
      hasher.update(data: bytes)
      size += Int64(bytes.count)
      try take(bytes)
    }
    if let key {
      guard try input.read(Self.magic.count) == Self.magic else { throw BackupRefusal.changed(name) }
      let fileKey = key.fileKey(salt: try input.read(16))
      var number: UInt64 = 0
      var sealed = try input.read(Self.chunk + Self.tag)
      while true {
        let next = sealed.count < Self.chunk + Self.tag ? Data() : try input.read(Self.chunk + Self.tag)
        guard sealed.count >= Self.tag else { throw BackupRefusal.changed(name) }
        let bytes: Data
        do {
          let box = try AES.GCM.SealedBox(
            nonce: Self.nonce(number), ciphertext: sealed.dropLast(Self.tag), tag: sealed.suffix(Self.tag))
          bytes = try AES.GCM.open(box, using: fileKey, authenticating: Self.frame(name, isLast: next.isEmpty))
        } catch { throw BackupRefusal.changed(name) }
        try pass(bytes)
        if next.isEmpty { break }
        sealed = next
        number += 1
      }
    } else {
      while case let bytes = try input.read(Self.chunk), !bytes.isEmpty { try pass(bytes) }
    }
    return Piece(size: size, sha256: Data(hasher.finalize()).hex)
  }

  private static func nonce(_ number: UInt64) throws -> AES.GCM.Nonce {
    try AES.GCM.Nonce(data: Data(count: 4) + withUnsafeBytes(of: number.bigEndian) { Data($0) })
  }
  private static func frame(_ name: String, isLast: Bool) -> Data { Data(name.utf8) + [isLast ? 1 : 0] }
}
