import Catalogue
import Foundation
import Kernel
import Offices
import People
import Storage

/// 区局与街镇办案分工: in whose name an item's cases are decided.
public struct CaseDivision: Sendable {
  public enum Level: String, Sendable, CaseIterable { case street, district }
  public struct Rule: Sendable {
    public let item: String
    public let level: Level
    public let basis: String
    public let confidence: SourceConfidence
  }
  public let `default`: Level
  public let rules: [Rule]
  public func level(of item: String) -> Level { rules.first { $0.item == item }?.level ?? `default` }

  /// Reads `Data/procedures/division.json`, or the office's own of the same shape.
  /// - Throws: `DataFileError` with every problem: an item that is not in the catalogue, or that two rules divide.
  public init(reading data: Data, catalogue: Catalogue, file: String = "procedures/division.json") throws(DataFileError) {
    (`default`, rules) = try DataFile.read(data, file: file) { root in
      root.object("about", "default", "rules")
      var seen: Set<String> = []
      let rules = root["rules"].list().map { node in
        node.object("item", "level", "basis", "confidence")
        let item = node["item"].string()
        if catalogue.item(item) == nil { node["item"].problem("\"\(item)\" is not in the catalogue") }
        if !seen.insert(item).inserted { node["item"].problem("\"\(item)\" is there twice") }
        return Rule(
          item: item, level: node["level"].choice(.street), basis: node["basis"].string(),
          confidence: node["confidence"].choice(.unverified))
      }
      return (root["default"].choice(.street), rules)
    }
  }
}

extension Cases {
  /// Hands a case that is not decided yet up to the district bureau or down to the street, with the reason.
  /// - Throws: `Refusal` `cases-missing`, `cases-changed`, `cases-handing-decided`, `cases-handing-whose`, `cases-no-reason`.
  @discardableResult
  public func hand(_ no: String, to level: CaseDivision.Level, reason: String, version: Int?, by person: Person) async throws -> CaseRecord
  {
    let clean = reason.trimming()
    guard clean.count >= 4, clean.count <= 1000 else {
      throw Refusal(.invalid, "cases-no-reason", "请写明移交的理由，4 至 1000 字。", field: "reason")
    }
    let now = house.now()
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      if let version, version != record.version { throw try Self.changed(record, db) }
      // The leader of the squad that works on it, or the head of the organ it lies with.
      guard person.role == .squadLeader && person.office == record.squad || person.role == .agencyHead && person.office == record.organ
      else {
        throw Refusal(.forbidden, "cases-handing-whose", "案件由承办中队长或者现在的决定机关负责人移交。")
      }
      guard record.file.decision == nil, record.state.isOpen else {
        throw Refusal(.conflict, "cases-handing-decided", "已作出决定或者已结束的案件不能再移交。")
      }
      let organ = level == .street ? record.squad : record.district ?? record.squad
      guard organ != record.organ else { throw Refusal(.conflict, "cases-handing-there", "案件已在\(record.organName)。") }
      try db.run("UPDATE case_file SET organ_id = \(organ), version = version + 1, updated_at = \(now) WHERE id = \(record.id)")
      try Journal.append(
        "case-handed", on: record.subject, by: person.actor, at: now, facts: ["to": level.rawValue], note: clean, ids: house.ids, db)
      guard let after = try CaseStore.find(record.id, db) else { throw StorageError.corrupted("case vanished") }
      return after
    }
  }
}
