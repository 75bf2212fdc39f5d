import Foundation
import Kernel

@testable import Storage

extension FuzzTarget {
  /// Codes that are typed, days, positions, and the text that the journal hashes.
  static let codes: [FuzzTarget] = [
    FuzzTarget("code", longest: 40) { bytes in
      guard let clean = TypedCode.clean(text(bytes), length: 12) else { return nil }
      if clean.count != 12 || !clean.allSatisfy({ TypedCode.alphabet.contains($0) }) { return "no code: \(clean)" }
      return TypedCode.clean(clean, length: 12) == clean ? nil : "typed again it is another"
    },
    FuzzTarget("day", longest: 24) { bytes in
      guard let day = Day(iso: text(bytes)) else { return nil }
      return Day(iso: day.iso) == day && day.start.day == day ? nil : "the day \(day.iso)"
    },
    FuzzTarget("position", longest: 16) { bytes in
      guard bytes.count == 16 else { return nil }
      let (latitude, longitude) = bytes.withUnsafeBytes {
        ($0.loadUnaligned(fromByteOffset: 0, as: Double.self), $0.loadUnaligned(fromByteOffset: 8, as: Double.self))
      }
      for found in [
        Coordinates(latitude: latitude, longitude: longitude), Coordinates(gcj02Latitude: latitude, longitude: longitude),
        Coordinates(bd09Latitude: latitude, longitude: longitude),
      ] {
        guard let found else { continue }
        if !found.latitude.isFinite || !found.longitude.isFinite { return "no position of this world" }
      }
      return nil
    },
    // The journal's text is JSON, and says what was put in.
    FuzzTarget("canonical", longest: 512) { bytes in
      var facts: [String: String] = [:]
      for (i, piece) in bytes.split(separator: 0x2C).enumerated() { facts[i % 3 == 0 ? text(piece) : "k\(i)"] = text(piece) }
      let written = CanonicalJSON.object(facts)
      guard let read = try? JSONDecoder().decode([String: String].self, from: Data(written.utf8)) else { return "no JSON: \(written)" }
      return read == facts ? nil : "other facts: \(written)"
    },
  ]
}
