import Testing

@testable import Understanding

@Suite struct TextTests {
  @Test(arguments: ["", "a1", "楼道堆物", "ß漢𠮷👩‍👩‍👧\u{0}é\u{FFFD}", String(repeating: "弄堂", count: 300)])
  func unitsBecomeTheTextTheyWere(text: String) {
    #expect(Array(String(units: Array(text.utf16)).utf8) == Array(text.utf8))
    #expect(String(units: Array(text.utf16).dropFirst()) == String(decoding: text.utf16.dropFirst(), as: UTF16.self))
  }

  @Test(arguments: [[0xD800], [0xDC00, 0x61], [0x61, 0xD83D], [0xD83D, 0xD83D, 0xDE00], [0xDE00, 0xD83D]] as [[UInt16]])
  func halvesOfPairsAreReplaced(units: [UInt16]) {
    #expect(Array(String(units: units).unicodeScalars) == Array(String(decoding: units, as: UTF16.self).unicodeScalars))
  }
}
