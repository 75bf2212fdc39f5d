import Foundation
import Storage

// What is written with every report, by hand: the general encoder takes longer for these two than everything else that is done with a
// report's words. They are read by the general decoder.

extension SealedReport {
  var json: String {
    var object = JSONObject()
    object.add("content", content)
    object.add("place", place)
    object.add("room", room)
    object.add("name", name)
    object.add("phone", phone)
    object.add("raw", raw)
    return object.text
  }
}

extension Reading {
  var json: String {
    var object = JSONObject()
    object.add("compound", compound)
    object.add("compoundName", compoundName)
    object.add("building", building)
    object.add("placeScore", placeScore)
    object.add("placeReasons", placeReasons)
    object.add("item", item)
    object.add("itemScore", itemScore)
    object.add("itemReasons", itemReasons)
    object.add("otherItems", otherItems)
    object.add("outOfScope", outOfScope)
    object.add("referral", referral)
    object.add("ongoing", ongoing)
    return object.text
  }

  /// The compound's name in a reading as it is stored. After a start hundreds of thousands are gone through for it, and to read one whole
  /// takes longer than everything else that is remembered of its report.
  static func compoundName(in json: String) throws -> String? {
    enum Found {
      case none
      case plain(String)
      case escaped
    }
    var json = json
    let found = json.withUTF8 { bytes -> Found in
      // Within a text the quotation mark would have a backslash before it, so this stands nowhere but at the field itself.
      let field = compoundNameField
      guard let at = bytes.indices.first(where: { bytes[$0] == field[0] && bytes[$0...].starts(with: field) }) else { return .none }
      let name = bytes[(at + field.count)...].prefix { $0 != 0x22 && $0 != 0x5C }
      guard name.endIndex < bytes.count, bytes[name.endIndex] == 0x22 else { return .escaped }
      return .plain(String(decoding: UnsafeBufferPointer(rebasing: name), as: UTF8.self))
    }
    switch found {
    case .none: return nil
    case .plain(let name): return name
    case .escaped: return try JSONDecoder().decode(Reading.self, from: Data(json.utf8)).compoundName
    }
  }
  private static let compoundNameField = Array("compoundName\":\"".utf8)
}
