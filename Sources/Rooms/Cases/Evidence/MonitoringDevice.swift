import Foundation
import Kernel
import Offices
import People
import Storage

/// 电子技术监控设备. Its records are evidence only when law and technique were reviewed and its place was published before they were made
/// (行政处罚法第四十一条).
public struct MonitoringDevice: Sendable {
  public typealias ID = Identifier<MonitoringDevice>
  public let id: ID
  public let squad: Office.ID
  public var name: String
  /// "高空抛物摄像机", "噪声监测仪".
  public var kind: String
  public var place: String
  /// When and where its place was told to the public.
  public var published: Paper?
  public var legalReview: Paper?
  public var technicalReview: Paper?
  public var isInUse: Bool

  public struct Paper: Sendable, Hashable {
    public let on: Day
    /// Number of the paper, or where it was published.
    public let what: String
    public init(on: Day, _ what: String) {
      self.on = on
      self.what = what
    }
  }

  func says(_ edit: DeviceEdit) -> Bool {
    (name, kind, place, isInUse) == (edit.name, edit.kind, edit.place, edit.isInUse)
      && (published, legalReview, technicalReview) == (edit.published, edit.legalReview, edit.technicalReview)
  }

  /// Why a record of that moment is no evidence; nil when it may be.
  public func refusal(at made: Moment) -> Refusal? {
    func refused(_ code: String, _ message: String) -> Refusal {
      Refusal(.conflict, "cases-device-\(code)", "\(message)，其记录不能作为证据。", article: "行政处罚法第四十一条", field: "device")
    }
    guard isInUse else { return refused("not-in-use", "设备“\(name)”已停用") }
    for (code, what, paper) in [
      ("no-legal-review", "法制审核", legalReview), ("no-technical-review", "技术审核", technicalReview), ("unpublished", "设置地点公布", published),
    ] {
      guard let paper else { return refused(code, "设备“\(name)”没有\(what)的记录") }
      guard paper.on <= made.day else {
        return refused(code, "设备“\(name)”的\(what)（\(paper.on.chineseLong)）晚于记录形成的时间（\(made.day.chineseLong)）")
      }
    }
    return nil
  }
}

extension MonitoringDevice {
  static let columns: Query = "d.* FROM monitoring_device d"
  static func device(_ row: ResultRow) throws -> MonitoringDevice {
    func paper(_ name: String, _ what: String) throws -> Paper? {
      guard try row.optionalText(name) != nil else { return nil }
      return Paper(on: try row.day(name), try row.optionalText(what) ?? "")
    }
    return MonitoringDevice(
      id: try row.id("id"), squad: try row.id("squad_id"), name: try row.text("name"), kind: try row.text("kind"),
      place: try row.text("place_text"), published: try paper("published_on", "published_where"),
      legalReview: try paper("legal_on", "legal_paper"), technicalReview: try paper("technical_on", "technical_paper"),
      isInUse: try row.bool("in_use"))
  }
  static func find(_ id: ID, of squad: Office.ID, _ db: any Reader) throws -> MonitoringDevice? {
    try db.first("SELECT \(columns) WHERE d.id = \(id) AND d.squad_id = \(squad)").map(device)
  }
}

/// What is written down of a device.
public struct DeviceEdit: Sendable {
  public var name = ""
  public var kind = ""
  public var place = ""
  public var published: MonitoringDevice.Paper?
  public var legalReview: MonitoringDevice.Paper?
  public var technicalReview: MonitoringDevice.Paper?
  public var isInUse = true
  public init() {}

  func check(today: Day) throws(Refusal) {
    for (text, field, label, most) in [
      (name, "name", "设备名称", 60), (kind, "kind", "设备种类", 40), (place, "place", "设置地点", 200),
    ] where text.isEmpty || text.count > most {
      throw Refusal(.invalid, "cases-device-\(field)", "请填写\(label)，\(most) 字以内。", field: field)
    }
    for (paper, field, label) in [
      (published, "published", "公布"), (legalReview, "legal", "法制审核"), (technicalReview, "technical", "技术审核"),
    ] {
      guard let paper else { continue }
      guard paper.on <= today else { throw Refusal(.invalid, "cases-future", "\(label)日期不能晚于今天。", field: "\(field)-on") }
      guard !paper.what.isEmpty, paper.what.count <= 200 else {
        throw Refusal(
          .invalid, "cases-device-paper", field == "published" ? "请写明在哪里公布，200 字以内。" : "请填写\(label)文书的名称或者编号，200 字以内。",
          field: "\(field)-what")
      }
    }
  }
}

extension Cases {
  /// The devices of the person's squad, those in use first.
  public func devices(for person: Person) async throws -> [MonitoringDevice] {
    try person.require(.workCases)
    guard let squad = person.office else { return [] }
    return try await house.store.read { db in
      try db.all("SELECT \(MonitoringDevice.columns) WHERE d.squad_id = \(squad) ORDER BY d.in_use DESC, d.id").map(MonitoringDevice.device)
    }
  }

  /// - Parameter id: nil for a new one.
  /// - Throws: `Refusal` `cases-device-…` beside its field, `cases-device-missing`.
  @discardableResult
  public func note(device edit: DeviceEdit, of id: MonitoringDevice.ID? = nil, by person: Person) async throws -> MonitoringDevice.ID {
    try person.require(.leadCases)
    guard let squad = person.office else { throw Refusal(.forbidden, "step-not-yours", "设备由执法队登记。") }
    let now = house.now()
    if let id {
      // What is not theirs is not there for them, whatever they write.
      let known = try await house.store.read { db in try MonitoringDevice.find(id, of: squad, db) != nil }
      guard known else { throw Self.noDevice }
    }
    try edit.check(today: now.day)
    let new: MonitoringDevice.ID = id ?? house.ids.next(at: now)
    try await house.store.write { db in
      // The same form sent twice registers one device, and changes nothing the second time.
      if let id {
        if let known = try MonitoringDevice.find(id, of: squad, db), known.says(edit) { return }
      } else if try db.exists(
        "SELECT id FROM monitoring_device WHERE squad_id = \(squad) AND name = \(edit.name) AND place_text = \(edit.place)")
      {
        throw Refusal(.conflict, "cases-device-double", "本队已经登记了这个地点的“\(edit.name)”，请更正原来的登记。", field: "name")
      }
      try db.run(
        """
        INSERT INTO monitoring_device (id, squad_id, name, kind, place_text, published_on, published_where, legal_on, legal_paper, technical_on,
          technical_paper, in_use, noted_by, noted_at)
        VALUES (\(new), \(squad), \(edit.name), \(edit.kind), \(edit.place), \(edit.published?.on), \(edit.published?.what),
          \(edit.legalReview?.on), \(edit.legalReview?.what), \(edit.technicalReview?.on), \(edit.technicalReview?.what), \(edit.isInUse),
          \(person.id), \(now))
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, place_text = excluded.place_text,
          published_on = excluded.published_on, published_where = excluded.published_where, legal_on = excluded.legal_on,
          legal_paper = excluded.legal_paper, technical_on = excluded.technical_on, technical_paper = excluded.technical_paper,
          in_use = excluded.in_use, noted_by = excluded.noted_by, noted_at = excluded.noted_at
        """)
      let facts = [
        "published": edit.published?.on.iso, "legal": edit.legalReview?.on.iso, "technical": edit.technicalReview?.on.iso,
        "use": edit.isInUse ? "yes" : "no",
      ].compactMapValues { $0 }
      try Journal.append(
        id == nil ? "device-noted" : "device-changed", on: Subject("monitoring_device", new), by: person.actor, at: now, facts: facts,
        opening: id == nil, ids: house.ids, db)
    }
    return new
  }
  private static let noDevice = Refusal(.missing, "cases-device-missing", "没有这台设备，或者它不属于本队。")
}
