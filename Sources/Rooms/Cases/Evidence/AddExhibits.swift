import Crypto
import Foundation
import Kernel
import People
import Storage

extension NewExhibit {
  private func wrong(_ code: String, _ message: String, _ field: String, _ article: String? = nil) -> Refusal {
    Refusal(.invalid, "cases-exhibit-\(code)", message, article: article, field: field)
  }

  /// All that is said of it, whatever the file: for whoever keeps the file only when the rest is right.
  /// - Throws: `Refusal` `cases-exhibit-…` beside its field.
  public func checkWords(at now: Moment) throws(Refusal) {
    guard !title.isEmpty, title.count <= Self.titleLength else { throw wrong("title", "请填写证据名称，\(Self.titleLength) 字以内。", "title") }
    guard !proves.isEmpty, proves.count <= Self.provesLength else {
      throw wrong("proves", "请写明证明什么，\(Self.provesLength) 字以内。", "proves")
    }
    guard place.count <= 200 else { throw wrong("place", "地点请控制在 200 字以内。", "place") }
    guard maker.count <= 60 else { throw wrong("maker", "制作人请控制在 60 字以内。", "maker") }
    if source != .own, source != .device, maker.isEmpty { throw wrong("maker", "请写明由谁制作、提供。", "maker", source.article) }
    // Clocks of cameras go wrong by minutes, not by days.
    if let madeAt, madeAt > now.adding(hours: 1) { throw wrong("future", "形成时间不能晚于现在。", "made-at") }
    if source == .device {
      guard device != nil else { throw wrong("device", "请选择记录来自哪一台设备；没有登记的设备，其记录不能作为证据。", "device", "行政处罚法第四十一条") }
      guard madeAt != nil else { throw wrong("made-at", "请填写设备记录形成的时间。", "made-at", "行政处罚法第四十一条") }
    }
  }

  func check(at now: Moment) throws(Refusal) {
    try checkWords(at: now)
    if kind == .measurement {
      guard let measure, !measure.value.isEmpty, measure.value.count <= 12, Double(measure.value) != nil else {
        throw wrong("value", "请填写测量数值，例如 2.35。", "value")
      }
      guard !measure.unit.isEmpty, measure.unit.count <= 12 else { throw wrong("unit", "请填写计量单位。", "unit") }
      guard !measure.instrument.isEmpty, measure.instrument.count <= 100 else {
        throw wrong("instrument", "请填写测量工具的名称和编号。", "instrument")
      }
      if madeAt == nil { throw wrong("made-at", "请填写测量时间。", "made-at") }
    } else if file == nil {
      throw wrong("file", "请选择文件。", "files")
    }
  }
}

extension Cases {
  /// Enters evidence in a case. What the officers got themselves counts at once, and with it goes the step 收集证据; what others gave and what
  /// a device recorded waits for somebody who looks into it.
  /// - Throws: `Refusal` `cases-missing`, what the procedure's table refuses, `cases-exhibit-…` beside its field, `cases-device-…` with
  ///   行政处罚法第四十一条.
  @discardableResult
  public func add(_ new: [NewExhibit], to no: String, by person: Person) async throws -> [Exhibit] {
    let now = house.now()
    guard (1...Self.mostAtOnce).contains(new.count) else {
      throw Refusal(.invalid, "cases-exhibit-file", "请选择 1 至 \(Self.mostAtOnce) 个文件。", field: "files")
    }
    for one in new { try one.check(at: now) }
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      // Whoever may not collect evidence now may not enter it either, whether or not it counts already.
      let actor = CaseActor(person.id.raw, try Self.role(for: .collect, in: record, of: person))
      _ = try CaseWorkflow.decide(
        .collect(exhibits: 1), on: record.file, by: actor, under: try law(of: record.file), papers: IssuedPapers(), at: now)
      var number = try ExhibitStore.next(of: record.id, db)
      var added: [Exhibit] = []
      for one in new {
        let exhibit = try exhibit(one, number, in: record, by: person, at: now, db)
        try ExhibitStore.insert(exhibit, by: person.id.raw, db)
        try note(added: exhibit, in: record, by: person, at: now, db)
        if let upload = one.upload { try db.run("DELETE FROM exhibit_upload WHERE id = \(upload)") }
        added.append(exhibit)
        number += 1
      }
      try count(added.filter(\.counts), in: record, by: actor, person, at: now, db)
      return added
    }
  }
  /// Exhibits that one form may bring.
  public static let mostAtOnce = 200

  private func exhibit(_ new: NewExhibit, _ number: Int, in record: CaseRecord, by person: Person, at now: Moment, _ db: any Writer) throws
    -> Exhibit
  {
    if let name = new.file?.original.sha256,
      let other = try db.first("SELECT number FROM exhibit WHERE case_id = \(record.id) AND sha256 = \(name) AND masked_of IS NULL")
    {
      throw Refusal(.conflict, "cases-exhibit-double", "“\(new.title)”与证据 \(try other.int("number")) 是同一个文件，没有重复登记。", field: "files")
    }
    var device: MonitoringDevice?
    if let id = new.device, new.source == .device {
      guard let found = try MonitoringDevice.find(id, of: record.squad, db), let made = new.madeAt else {
        throw Refusal(
          .conflict, "cases-device-missing", "设备没有登记，其记录不能作为证据。", article: "行政处罚法第四十一条", field: "device")
      }
      if let refusal = found.refusal(at: made) { throw refusal }
      device = found
    }
    let own = new.source == .own
    return Exhibit(
      id: house.ids.next(at: now), caseID: record.id, number: number, kind: new.kind, title: new.title, proves: new.proves,
      source: new.source,
      maker: new.maker.isEmpty ? device?.name ?? person.name : new.maker, madeAt: new.madeAt ?? new.file?.madeAt,
      place: new.place.isEmpty ? device?.place : new.place, coordinates: new.coordinates ?? new.file?.coordinates, file: new.file?.original,
      mediaType: new.file?.mediaType, shown: new.file?.shown, thumbnail: new.file?.thumbnail, measure: new.measure, device: device?.id,
      deviceName: device?.name, state: own ? .verified : .pending, counts: own, verifiedBy: nil, verifiedAt: nil, verifiedNote: nil,
      maskedOf: nil, addedBy: person.name, addedAt: now, checkedAt: nil, fault: nil)
  }

  /// The first entry of an exhibit's chain: it holds the hash of the bytes and of all that is said of them.
  func note(added exhibit: Exhibit, in record: CaseRecord, by person: Person, at now: Moment, _ db: any Writer) throws {
    var facts = [
      "case": record.no, "number": String(exhibit.number), "kind": exhibit.kind.rawValue, "source": exhibit.source.rawValue,
      "words": Data(SHA256.hash(data: Data(exhibit.words.utf8))).hex,
    ]
    if let file = exhibit.file { (facts["sha256"], facts["size"]) = (file.sha256, String(file.size)) }
    if let original = exhibit.maskedOf { facts["maskedOf"] = String(original) }
    try Journal.append("exhibit-added", on: exhibit.subject, by: person.actor, at: now, facts: facts, opening: true, ids: house.ids, db)
  }

  /// From now on the case rests on these too: the step 收集证据, in the same transaction.
  func count(_ exhibits: [Exhibit], in record: CaseRecord, by actor: CaseActor, _ person: Person, at now: Moment, _ db: any Writer) throws {
    guard !exhibits.isEmpty else { return }
    let named = exhibits.prefix(5).map { "\($0.name)：\($0.title)" }.joined(separator: "；") + (exhibits.count > 5 ? "等" : "")
    _ = try take(
      .collect(exhibits: exhibits.count), CaseSaid(["note": named]), on: record, by: actor, person,
      at: now, db)
  }

  /// How many exhibits the step 收集证据 counts when it is taken by itself: what the case has, never a number that somebody types. Whatever
  /// begins to count takes the step at once, so there is seldom one left.
  /// - Throws: `Refusal` `cases-exhibits-counted` when all are counted, or what the procedure's table says first.
  func uncounted(in record: CaseRecord, by actor: CaseActor, at now: Moment, _ db: any Reader) throws -> Int {
    let there = Int(try db.number("SELECT count(*) AS n FROM exhibit WHERE case_id = \(record.id) AND counts = \(true)"))
    let left = max(0, there - record.file.exhibits)
    guard left == 0, there > 0 else { return left }
    _ = try CaseWorkflow.decide(
      .collect(exhibits: 1), on: record.file, by: actor, under: try law(of: record.file), papers: IssuedPapers(), at: now)
    throw Refusal(
      .conflict, "cases-exhibits-counted", "本案的 \(there) 件证据都已记入，不用再办这一步；再有证据请逐件登记，登记时自动记录。", article: "行政处罚法第四十六条")
  }
}
