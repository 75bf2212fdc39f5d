import Foundation
import Kernel
import Testing

@testable import Storage

/// A folder of keys of its own.
private final class Keys: Sendable {
  let folder = FileManager.default.temporaryDirectory.appending(path: "longtang-ring-\(UUID().uuidString)")
  func ring() throws -> SealRing { try SealRing(folder: folder) }
  deinit { try? FileManager.default.removeItem(at: folder) }
}

@Suite struct KeyTreeTests {
  @Test func oneLeafIsDestroyedAndAllOthersStayTheSame() {
    var tree = KeyTree()
    let places = (1...200).map { KeyTree.place(of: Subject("report", Int64($0))) }
    let before = places.map { tree.leaf($0) }
    #expect(Set(places).count == 200)
    for i in stride(from: 0, to: 200, by: 5) {
      let (first, second) = (tree.puncture(places[i]), tree.puncture(places[i]))
      #expect(first && !second)
    }
    for i in 0..<200 { #expect(i % 5 == 0 ? tree.leaf(places[i]) == nil : tree.leaf(places[i]) == before[i]) }
  }

  @Test(arguments: [0, 1, .max, .max - 1, 1 << 63, 0x5555_5555_5555_5555] as [UInt64])
  func theEdgesAreLeavesLikeOthers(place: UInt64) throws {
    var tree = KeyTree()
    let neighbour = tree.leaf(place ^ 1)
    tree.puncture(place)
    #expect(tree.leaf(place) == nil && tree.leaf(place ^ 1) == neighbour && neighbour != nil)
    #expect(tree.nodes.count == 64)
    // No node may lead to what was destroyed.
    #expect(!tree.nodes.contains { $0.covers(place) })
    #expect(zip(tree.nodes, tree.nodes.dropFirst()).allSatisfy { $0.prefix < $1.prefix })
    let again = try #require(KeyTree(encoded: tree.encoded))
    #expect(again.nodes == tree.nodes)
  }

  @Test func aFileThatIsNotWholeIsNoTree() {
    let whole = KeyTree().encoded
    #expect(KeyTree(encoded: whole) != nil)
    for cut in [0, 10, whole.count - 1] { #expect(KeyTree(encoded: whole.prefix(cut)) == nil) }
    var flipped = whole
    flipped[30] ^= 1
    #expect(KeyTree(encoded: flipped) == nil && KeyTree(encoded: Data(repeating: 0, count: whole.count)) == nil)
  }
}

@Suite struct SealRingTests {
  let now = Moment(milliseconds: 1_790_215_200_000)
  let one = Subject("report", 1)
  let two = Subject("report", 2)

  @Test func destroyingOneKeyErasesThatTextEverywhereAndNoOther() throws {
    let keys = Keys()
    let ring = try keys.ring()
    let (mine, theirs) = (try ring.seal("王芳 13800001234", for: one, at: now), try ring.seal("李红", for: two, at: now))
    // Another process that has read the keys before.
    let other = try keys.ring()
    #expect(try other.open(mine, for: one) == "王芳 13800001234")
    try ring.destroyKeys(of: [(mine, one)])
    for ring in [ring, other, try keys.ring()] {
      #expect(throws: SealError.destroyed("2026-09")) { try ring.open(mine, for: one) }
      #expect(try ring.open(theirs, for: two) == "李红")
      #expect(throws: SealError.destroyed("2026-09")) { try ring.seal("又来了", for: one, at: now) }
    }
    try ring.destroyKeys(of: [(mine, one)])
    #expect(try ring.open(theirs, for: two) == "李红")
  }

  @Test func twoWhoBeginAMonthTogetherHaveOneKey() async throws {
    let keys = Keys()
    let rings = try (0..<8).map { _ in try keys.ring() }
    let now = now
    let boxes = try await withThrowingTaskGroup(of: String.self) { group in
      for ring in rings { group.addTask { try ring.seal("话", for: Subject("report", 1), at: now) } }
      return try await group.reduce(into: [String]()) { $0.append($1) }
    }
    for box in boxes { #expect(try keys.ring().open(box, for: one) == "话") }
  }

  @Test func destroyedTogetherNoneComesBack() async throws {
    let keys = Keys()
    let ring = try keys.ring()
    let now = now
    let boxes = try (1...40).map {
      (text: try ring.seal("话 \($0)", for: Subject("report", Int64($0)), at: now), subject: Subject("report", Int64($0)))
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for part in stride(from: 0, to: 32, by: 8) {
        group.addTask { for box in boxes[part..<(part + 8)] { try keys.ring().destroyKeys(of: [box]) } }
      }
      try await group.waitForAll()
    }
    for (i, box) in boxes.enumerated() {
      let opened = try? keys.ring().open(box.text, for: box.subject)
      #expect((opened == nil) == (i < 32))
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: keys.folder.path).sorted()
    #expect(names == ["2026-09.tree", "ring.lock"])
  }

  @Test func whatWasPuncturedIsNotLeftInTheOldFile() throws {
    let keys = Keys()
    let ring = try keys.ring()
    let box = try ring.seal("话", for: one, at: now)
    let file = keys.folder.appending(path: "2026-09.tree")
    // A second name holds the old bytes, as a disk would.
    let old = keys.folder.appending(path: "kept")
    try FileManager.default.linkItem(at: file, to: old)
    let root = try Data(contentsOf: old)
    try ring.destroyKeys(of: [(box, one)])
    #expect(try Data(contentsOf: old) == Data(repeating: 0, count: root.count))
  }

  @Test func textsOfTheFirstVersionOpenAndWhatIsErasedSaysSo() throws {
    let keys = Keys()
    let ring = try keys.ring()
    let lasting = try ring.sealLasting("密钥", for: one)
    #expect(try lasting.hasPrefix("v1:") && ring.open(lasting, for: one) == "密钥")
    #expect(throws: SealError.damaged) { try ring.open(lasting, for: two) }
    #expect(throws: SealError.destroyed("erased")) { try ring.open(SealRing.erased, for: one) }
    #expect(throws: SealError.destroyed("2020-01")) { try ring.open("v2:2020-01:AAAA", for: one) }
    for nonsense in ["", "v2:x:AAAA", "v3:2026-09:AAAA", "v2:../../x:AAAA", "v2:2026-09:%"] {
      #expect(throws: SealError.damaged) { try ring.open(nonsense, for: one) }
    }
  }
}
