import Synchronization

/// What the register says of one compound, as far as finding it in free text goes.
public struct CompoundEntry: Hashable, Sendable {
  public var id: Int64
  public var name: String
  /// Old names, short names, names people use.
  public var aliases: [String]
  /// As written in the register, one or several in a text: "淮海中路1285弄4-77号", "成山路544弄52支弄,长清路837弄".
  public var addresses: [String]
  /// "徐汇" or "徐汇区"; empty where unknown.
  public var district: String
  /// Sub-district or town, "三林镇"; optional support only.
  public var street: String?

  public init(id: Int64, name: String, aliases: [String] = [], addresses: [String] = [], district: String = "", street: String? = nil) {
    self.id = id
    self.name = name
    self.aliases = aliases
    self.addresses = addresses
    self.district = district
    self.street = street
  }
}

/// Building and room as the text has them.
public struct DoorPlate: Hashable, Sendable {
  /// The number alone: "16", "3a", "甲".
  public var building: String?
  /// As written: "16幢", "3号楼".
  public var buildingWritten: String?
  /// 单元 or 门, the number alone.
  public var unit: String?
  /// The number alone: "1202".
  public var room: String?
}

/// One compound the text may mean.
public struct PlaceGuess: Hashable, Sendable {
  public let id: Int64
  /// 0...1; comparable between guesses for one text only.
  public let score: Double
  /// Surely this one. Where false a person should choose: the first guess may be one of several equals.
  public let sure: Bool
  /// The best answer if one must be given: more likely than not the text means this compound, or a part of the development it
  /// belongs to. A person should still look. True of whatever is `sure`.
  public let likely: Bool
  /// Chinese sentences for the page: what in the text speaks for this compound, and what against it.
  public let reasons: [String]
  public let door: DoorPlate
  public var building: String? { door.building }
  public var room: String? { door.room }
}

/// Finds the residential compound, building and room that a free Chinese text means.
///
/// Names, aliases, names without their generic ending, names with one slip of the pen, lanes and door numbers
/// are looked up in one pass over the text; what they say is weighed together with the district. Where the text
/// leaves several equals or fits badly, no guess is `sure`.
///
/// Entries may be added while others read: readers take a copy-on-write snapshot.
public final class CompoundLocator: Sendable {
  private let index: Mutex<PlaceIndex>

  public init(_ entries: [CompoundEntry] = []) {
    var built = PlaceIndex()
    for entry in entries { built.add(entry) }
    index = Mutex(built)
  }

  /// Adds a compound. An id already known gets the new name, aliases and addresses; its old ones stay, as old names do in
  /// people's mouths. To be rid of them, `replace`.
  public func add(_ entry: CompoundEntry) { index.withLock { $0.add(entry) } }

  /// Adds a name people use. False if no such compound is known.
  @discardableResult
  public func addAlias(_ alias: String, to id: Int64) -> Bool { index.withLock { $0.addAlias(alias, to: id) } }

  /// Adds a compound in place of what was known of it: names and addresses it no longer has are forgotten.
  public func replace(_ entry: CompoundEntry) {
    index.withLock { index in
      index.remove(entry.id)
      index.add(entry)
    }
  }

  /// Takes a compound out: it is guessed no more.
  public func remove(_ id: Int64) { index.withLock { $0.remove(id) } }

  /// The compounds the text may mean, best first, at most `limit`; empty where nothing fits.
  public func locate(_ text: String, limit: Int = 5) -> [PlaceGuess] {
    let snapshot = index.withLock { $0 }
    return PlaceSearch(index: snapshot, text: PlaceText(text)).guesses(limit: limit)
  }
}
