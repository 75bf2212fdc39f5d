import Crypto
import Foundation
import Kernel
import Synchronization

/// Seals personal data with keys kept outside the store and its back-ups: a key tree for each month, a leaf for each record.
///
/// A sealed text reads `v2:2026-11:<base64>`: AES-256-GCM under the record's leaf, so that a sealed field copied to another record does not
/// open. Destroying a leaf erases what that record sealed in that month, in the store and in every back-up, and nothing else; destroying
/// the month's file erases the month. `v1` is what 0.1.0 sealed, under one key a month.
public final class SealRing: Sendable {
  let folder: URL
  /// Its path, asked for with every sealing.
  private let root: String
  private let trees = Mutex<[String: KeptTree]>([:])
  private let keys = Mutex<[String: SymmetricKey]>([:])

  /// A tree as it was read, and the file it was read from: another process may have destroyed a leaf since.
  private struct KeptTree {
    let tree: KeyTree
    let stamp: FileStamp
  }

  /// - Parameter folder: created with mode 0700; must not be part of the store's back-up.
  public init(folder: URL) throws {
    self.folder = folder
    root = folder.path
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  public func seal(_ text: String, for subject: Subject, at now: Moment) throws -> String {
    let month = String(now.day.iso.prefix(7))
    guard let leaf = try tree(month, create: true).leaf(KeyTree.place(of: subject)) else { throw SealError.destroyed(month) }
    return "v2:\(month):\(try Self.box(text, leaf))"
  }
  /// For what ends with its record and not with a month: the keys of second factors.
  public func sealLasting(_ text: String, for subject: Subject) throws -> String {
    "v1:\(Self.lasting):\(try Self.box(text, derived(Self.lasting, subject, create: true)))"
  }
  private static let lasting = "lasting"

  /// - Throws: `SealError.destroyed` when its key is gone: what it says is erased.
  public func open(_ sealed: String, for subject: Subject) throws -> String {
    let parts = sealed.split(separator: ":", maxSplits: 2).map(String.init)
    if sealed == Self.erased { throw SealError.destroyed(sealed) }
    guard parts.count == 3, let data = Data(base64Encoded: parts[2]) else { throw SealError.damaged }
    let key: SymmetricKey
    switch parts[0] {
    case "v1": key = try derived(parts[1], subject, create: false)
    case "v2":
      guard let leaf = try tree(parts[1], create: false).leaf(KeyTree.place(of: subject)) else { throw SealError.destroyed(parts[1]) }
      key = leaf
    default: throw SealError.damaged
    }
    do {
      return String(decoding: try AES.GCM.open(AES.GCM.SealedBox(combined: data), using: key), as: UTF8.self)
    } catch {
      throw SealError.damaged
    }
  }
  /// Stands where a sealed text was that has been erased.
  public static let erased = "erased"

  /// A keyed tag by which the same phone is recognised again without being known.
  public func tag(_ value: String) throws -> String {
    let key = try masterKey("tag", create: true)
    return Data(HMAC<SHA256>.authenticationCode(for: Data(value.utf8), using: key)).prefix(16).hex
  }

  private static func box(_ text: String, _ key: SymmetricKey) throws -> String {
    guard let combined = try AES.GCM.seal(Data(text.utf8), using: key).combined else { throw SealError.damaged }
    return combined.base64EncodedString()
  }

  // MARK: Destroying

  /// Destroys the keys of sealed texts, for good and for every process; on disk when it returns. Texts of version 1 share their month's key
  /// and keep it: they are erased by being overwritten.
  public func destroyKeys(of boxes: [(text: String, subject: Subject)]) throws {
    var places: [String: [UInt64]] = [:]
    for (text, subject) in boxes {
      let parts = text.split(separator: ":", maxSplits: 2)
      if parts.count == 3, parts[0] == "v2" { places[String(parts[1]), default: []].append(KeyTree.place(of: subject)) }
    }
    for (month, places) in places.sorted(by: { $0.key < $1.key }) {
      try RingFiles.locked(folder) {
        guard var tree = try RingFiles.tree(at: treeFile(month)) else { return }
        var changed = false
        for place in places where tree.puncture(place) { changed = true }
        if changed { try RingFiles.replace(treeFile(month), by: tree.encoded) }
      }
      trees.withLock { $0[month] = nil }
    }
  }

  // MARK: What was erased on request

  /// Records erased because their person asked. A store brought back from a back-up made before does not know of it; the ring does.
  public func erasedOnRequest() throws -> [Subject] {
    guard let data = FileManager.default.contents(atPath: requests.path) else { return [] }
    return try String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
      let parts = line.split(separator: " ")
      guard parts.count == 2, let id = Int64(parts[1]) else { throw SealError.damaged }
      return Subject(String(parts[0]), id)
    }
  }
  /// On disk when it returns.
  public func remember(erasedOnRequest subjects: Set<Subject>) throws {
    if subjects.isEmpty { return }
    try RingFiles.locked(folder) {
      let known = try erasedOnRequest()
      let fresh = subjects.subtracting(known)
      if fresh.isEmpty { return }
      let all = known + fresh.sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }
      try RingFiles.replace(requests, by: Data(all.map { "\($0.kind) \($0.id)\n" }.joined().utf8))
    }
  }
  private var requests: URL { folder.appending(path: "erased-on-request.txt") }

  // MARK: Keys

  private func treePath(_ month: String) -> String { "\(root)/\(month).tree" }
  private func treeFile(_ month: String) -> URL { URL(fileURLWithPath: treePath(month)) }

  private func tree(_ month: String, create: Bool) throws -> KeyTree {
    guard Self.isMonth(month) else { throw SealError.damaged }
    let path = treePath(month)
    return try trees.withLock { trees in
      // Before reading: should it change meanwhile, it is read again the next time.
      var stamp = FileStamp(path)
      if let stamp, let kept = trees[month], kept.stamp == stamp { return kept.tree }
      if stamp == nil {
        guard create else { throw SealError.destroyed(month) }
        try RingFiles.writeOnce(KeyTree().encoded, to: treeFile(month))
        stamp = FileStamp(path)
      }
      // Whoever made it first, made it for all.
      guard let stamp, let tree = try RingFiles.tree(at: treeFile(month)) else { throw SealError.damaged }
      trees[month] = KeptTree(tree: tree, stamp: stamp)
      return tree
    }
  }
  private static func isMonth(_ text: String) -> Bool {
    text.utf8.count == 7 && text.utf8.allSatisfy { (48...57).contains($0) || $0 == 45 }
  }

  private func derived(_ name: String, _ subject: Subject, create: Bool) throws -> SymmetricKey {
    guard Self.isMonth(name) || name == Self.lasting else { throw SealError.damaged }
    let master = try masterKey(name, create: create)
    return HKDF<SHA256>.deriveKey(inputKeyMaterial: master, info: Data("\(subject.kind)/\(subject.id)".utf8), outputByteCount: 32)
  }

  private func masterKey(_ name: String, create: Bool) throws -> SymmetricKey {
    try keys.withLock { keys in
      if let key = keys[name] { return key }
      let file = folder.appending(path: "\(name).key")
      if FileManager.default.contents(atPath: file.path) == nil {
        guard create else { throw SealError.destroyed(name) }
        try RingFiles.writeOnce(Secrets.bytes(32), to: file)
      }
      guard let data = FileManager.default.contents(atPath: file.path), data.count == 32 else { throw SealError.damaged }
      let key = SymmetricKey(data: data)
      keys[name] = key
      return key
    }
  }
}

public enum SealError: Error, Equatable, Sendable {
  /// The key was destroyed: what was sealed is erased.
  case destroyed(String)
  case damaged
  case io(Int32)
}
