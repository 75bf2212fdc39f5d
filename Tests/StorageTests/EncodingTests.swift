import Foundation
import Kernel
import TestHouse
import Testing

@testable import Storage

/// The short ways of writing must give what the general ones give: what is hashed may not depend on which way it went.
@Suite struct EncodingTests {
  @Test(arguments: [
    [:], ["a": "b"], ["b": "1", "a": "2", "aa": "3", "A": "4", "中": "文", "10": "", "9": ""],
    ["quotes": #"say "it" \ /"#, "lines": "a\nb\r\tc\u{8}\u{C}\u{1}\u{1F}\u{7F}", "high": "👩‍👩‍👧 𠮷 é é"],
  ])
  func canonicalFactsAreWhatTheGeneralEncoderGives(facts: [String: String]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = CanonicalJSON.object(facts)
    #expect(text == String(decoding: try encoder.encode(facts), as: UTF8.self))
    #expect(try JSONDecoder().decode([String: String].self, from: Data(text.utf8)) == facts)
  }

  @Test func everyValueComesBackAsItWent() async throws {
    let house = try await TestHouse.make([
      Migration("test-001", ["CREATE TABLE thing (id integer primary key, n bigint, d double precision, t text, b blob)"])
    ])
    let values: [(Int64?, Double?, String?, Data?)] = [
      (nil, nil, nil, nil), (.max, 0.1, "", Data()), (.min, -1e300, "弄堂\u{0}里", Data([0, 255, 0])),
      (0, 0, String(repeating: "长", count: 100_000), Data(repeating: 7, count: 300_000)),
    ]
    try await house.store.write { db in
      for (id, v) in values.enumerated() {
        try db.run("INSERT INTO thing (id, n, d, t, b) VALUES (\(id), \(v.0), \(v.1), \(v.2), \(v.3))")
      }
    }
    let rows = try await house.store.read { db in try db.all("SELECT * FROM thing ORDER BY id") }
    for (row, v) in zip(rows, values) {
      #expect(try row.optionalInt("n") == v.0)
      #expect(try row.optionalDouble("d") == v.1)
      // Neither engine keeps a zero byte in text.
      #expect(try row.optionalText("t") == v.2?.replacing("\u{0}", with: "\u{FFFD}"))
      #expect(try row.optionalData("b") == v.3)
    }
    #expect(rows.count == values.count)
  }

  /// An import shares its commit with nobody, and takes nobody with it when it fails.
  @Test func whatIsWrittenAloneStandsOrFallsByItself() async throws {
    let house = try await TestHouse.make([StoreTests.notes])
    await withTaskGroup(of: Void.self) { group in
      for i in 0..<60 {
        group.addTask {
          do {
            let body: @Sendable (any Writer) throws -> Void = { db in
              try db.run("INSERT INTO note (id, text) VALUES (\(i), \("n\(i)"))")
              if i % 10 == 5 { throw Refusal(.invalid, "test", "不行") }
            }
            if i % 5 == 0 { try await house.store.writeAlone(body) } else { try await house.store.write(body) }
          } catch {
            #expect(i % 10 == 5)
          }
        }
      }
    }
    #expect(try await house.store.read { try $0.number("SELECT count(*) AS n FROM note") } == 54)
  }
}
