import Testing

@testable import Storage

@Suite struct SearchWindowTests {
  @Test(arguments: [1, 2, 1 << 47, (1 << 47) + 1, 456_789_012_345_678_901, (1 << 62) - 1])
  func windowsFollowEachOtherDownToTheFirst(_ id: Int64) {
    let windows = SearchWindows.below(id)
    #expect(windows.first?.upperBound == id)
    #expect(windows.last?.lowerBound == 0)
    for (newer, older) in zip(windows, windows.dropFirst()) { #expect(newer.lowerBound == older.upperBound) }
    // A word that nobody has used costs so many looks.
    #expect(windows.count <= 14)
  }

  @Test func everyIdCarriesAMarkOfItsWindow() {
    for id: Int64 in [456_789_012_345_678_901, 456_789_012_345_678_901 >> 9, 99] {
      for window in SearchWindows.below(id + 1) {
        let cells = Set(SearchWindows.cells(of: window))
        #expect(!cells.isEmpty)
        for one in [window.lowerBound, (window.lowerBound + window.upperBound) / 2, window.upperBound - 1] {
          #expect(!cells.isDisjoint(with: SearchWindows.marks(of: one)))
        }
      }
    }
    #expect(SearchWindows.below(0).isEmpty)
    #expect(SearchWindows.cells(of: 0..<Int64.max).isEmpty)
  }
}
