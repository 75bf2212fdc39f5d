import Foundation
import Kernel
import Offices
import People
import Storage

extension Cases {
  static let officersArticle = "行政处罚法第四十二条第一款"

  /// Squads that may be asked: those of the district that take matters, without the case's own and those that are asked already.
  public func jointOffices(for no: String, by person: Person) async throws -> [Office] {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db), let district = record.district else { return [] }
      let live = Set(try JointStore.all(of: record.id, db).filter(\.state.isLive).map(\.office))
      return try OfficeStore.squads(of: district, db).filter { $0.id != record.squad && !live.contains($0.id) }
    }
  }
  /// - Throws: `Refusal` `cases-missing`.
  public func joint(of no: String, for person: Person) async throws -> [JointHandling] {
    try await house.store.read { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      return try JointStore.all(of: record.id, db)
    }
  }
  /// What a leader's squad is asked, and where it helps.
  public func jointRequests(for person: Person) async throws -> [JointHandling] {
    try person.require(.leadCases)
    return try await house.store.read { db in
      try db.all(
        "SELECT \(JointStore.columns) WHERE j.office_id = \(person.office) AND j.state IN ('asked', 'joined') ORDER BY j.id DESC LIMIT 200"
      ).map(JointStore.joint)
    }
  }
  public func jointRequestsWaiting(for person: Person) async throws -> Int {
    guard person.may(.leadCases) else { return 0 }
    return try await house.store.read { db in
      Int(try db.number("SELECT count(*) AS n FROM case_joint WHERE office_id = \(person.office) AND state = 'asked'"))
    }
  }
  /// The leader's own people, with the certificates they hold today.
  public func jointHands(for person: Person) async throws -> [CaseSheet.Hand] {
    try person.require(.leadCases)
    let today = house.now().day
    return try await house.store.read { db in
      guard let office = person.office else { return [] }
      let certificates = try CaseStore.certificates(of: office, on: today, db)
      return try PersonStore.active(in: office, roles: [.officer, .squadLeader], db).map {
        CaseSheet.Hand(account: $0.id.raw, name: $0.name, certificate: certificates[$0.id.raw] ?? "")
      }
    }
  }

  /// Asks another squad to join.
  /// - Throws: `Refusal` `cases-missing`, `cases-changed`, `cases-joint-whose`, `cases-joint-over`, `cases-joint-office`, `cases-joint-there`,
  ///   `cases-no-reason`.
  @discardableResult
  public func askToJoin(_ no: String, office: Office.ID?, reason: String, version: Int?, by person: Person) async throws -> JointHandling.ID
  {
    let now = house.now()
    let reason = try Self.reason(reason, "请写明需要联合办案的理由和请对方办理的内容，4 至 1000 字。")
    return try await house.store.write { db in
      guard let record = try CaseStore.find(no: no, for: person, db) else { throw Self.missing }
      if let version, version != record.version { throw try Self.changed(record, db) }
      guard person.role == .squadLeader, person.office == record.squad else {
        throw Refusal(.forbidden, "cases-joint-whose", "由承办中队长邀请其他执法队联合办案。")
      }
      guard record.state.isOpen else { throw Self.jointOver }
      guard let office, let other = try OfficeStore.find(office, db), other.kind.takesMatters, office != record.squad else {
        throw Refusal(.invalid, "cases-joint-office", "请选择另一支执法队。", field: "office")
      }
      if try db.exists(
        "SELECT 1 AS one FROM case_joint WHERE case_id = \(record.id) AND office_id = \(office) AND state IN ('asked', 'joined')")
      {
        throw Refusal(.conflict, "cases-joint-there", "已经请\(other.short)联合办案。", field: "office")
      }
      let id: JointHandling.ID = house.ids.next(at: now)
      try db.run(
        """
        INSERT INTO case_joint (id, case_id, office_id, state, reason, asked_by, asked_at)
        VALUES (\(id), \(record.id), \(office), 'asked', \(reason), \(person.id), \(now))
        """)
      try Journal.append(
        "case-joint-asked", on: record.subject, by: person.actor, at: now, facts: ["office": other.short], note: reason, ids: house.ids, db)
      // It does not see the case yet: the notice leads nowhere.
      try notify(
        try leaders(of: office, on: now.day, db), kind: "joint", caseNo: nil,
        text: "\(record.squadName)请联合办案：\(record.title)（\(record.no)），请在“案件 → 联合办案”答复", at: now, db)
      return id
    }
  }

  /// The asked squad's leader agrees and names who is sent, or declines with a reason.
  /// - Parameter officers: accounts; each needs a valid certificate and must not have to keep out of the case.
  /// - Throws: `Refusal` `cases-joint-missing`, `cases-joint-answered`, `cases-joint-over`, `cases-joint-officers`, `cases-recused`, `cases-no-reason`.
  /// - Parameter joins: nil when nothing was chosen.
  public func answer(joint id: JointHandling.ID, joins: Bool?, officers: [Int64], note: String, by person: Person) async throws {
    try await changeJoint(id, by: person) { record, joint, now, db in
      guard joint.state == .asked else { throw Refusal(.conflict, "cases-joint-answered", "这项邀请已有答复：\(joint.state.chinese)。") }
      guard record.state.isOpen else { throw Self.jointOver }
      guard let joins else { throw Refusal(.invalid, "cases-field", "请选择是否参加。", field: "outcome") }
      let note = note.trimming()
      if joins {
        try name(officers, of: joint.office, in: record, at: now, db)
      } else {
        _ = try Self.reason(note, "请写明不能联合办案的理由，4 至 1000 字。", field: "note")
      }
      guard note.utf16.count <= 1000 else { throw Refusal(.invalid, "cases-no-reason", "说明请控制在 1000 字以内。", field: "note") }
      let state = joins ? JointHandling.State.joined : .declined
      try db.run(
        """
        UPDATE case_joint SET state = \(state), answered_by = \(person.id), answered_at = \(now), answer = \(note.isEmpty ? nil : note),
          ended_at = \(joins ? nil : now)
        WHERE id = \(id)
        """)
      try Journal.append(
        joins ? "case-joint-joined" : "case-joint-declined", on: record.subject, by: person.actor, at: now,
        facts: ["office": joint.officeName, "officers": joins ? String(Set(officers).count) : "0"], note: note.isEmpty ? nil : note,
        ids: house.ids, db)
      try notify(
        try leaders(of: record.squad, on: now.day, db) + record.file.officers.map(\.account), kind: "joint", caseNo: record.no,
        text: "\(joint.officeName)\(joins ? "已加入联合办案" : "未同意联合办案")：\(record.title)（\(record.no)）", at: now, db)
      if joins {
        try notify(officers, kind: "joint", caseNo: record.no, text: "请协办：\(record.title)（\(record.no)）", at: now, db)
      }
    }
  }

  /// Other people of the squad that has joined.
  /// - Throws: as `answer`, and `cases-joint-not-joined`.
  public func change(joint id: JointHandling.ID, officers: [Int64], by person: Person) async throws {
    try await changeJoint(id, by: person) { record, joint, now, db in
      guard joint.state == .joined else { throw Refusal(.conflict, "cases-joint-not-joined", "现在不在联合办案：\(joint.state.chinese)。") }
      guard record.state.isOpen else { throw Self.jointOver }
      try name(officers, of: joint.office, in: record, at: now, db)
      try Journal.append(
        "case-joint-officers", on: record.subject, by: person.actor, at: now,
        facts: ["office": joint.officeName, "officers": String(Set(officers).count)], ids: house.ids, db)
    }
  }

  /// Ends it, or takes back a request: by the leader of either squad.
  /// - Throws: `Refusal` `cases-joint-missing`, `cases-joint-not-joined`, `cases-no-reason`.
  public func end(joint id: JointHandling.ID, reason: String, by person: Person) async throws {
    try await changeJoint(id, by: person, alsoAsker: true) { record, joint, now, db in
      let reason = try Self.reason(reason, "请写明结束联合办案的理由，4 至 1000 字。")
      guard joint.state.isLive else { throw Refusal(.conflict, "cases-joint-not-joined", "现在不在联合办案：\(joint.state.chinese)。") }
      var file = record.file
      file.coOfficers?.removeAll { $0.office == joint.office.raw }
      try keep(file, of: record, at: now, db)
      try db.run(
        "UPDATE case_joint SET state = 'ended', ended_by = \(person.id), ended_at = \(now), end_reason = \(reason) WHERE id = \(id)")
      try Journal.append(
        "case-joint-ended", on: record.subject, by: person.actor, at: now, facts: ["office": joint.officeName], note: reason,
        ids: house.ids,
        db)
      let other = person.office == record.squad ? joint.office : record.squad
      try notify(
        try leaders(of: other, on: now.day, db), kind: "joint", caseNo: other == record.squad ? record.no : nil,
        text: "联合办案已结束：\(record.title)（\(record.no)）", at: now, db)
    }
  }

  // MARK: What they share

  static let jointOver = Refusal(.conflict, "cases-joint-over", "案件已经办结，不再联合办案。")
  private static func reason(_ text: String, _ message: String, field: String = "reason") throws(Refusal) -> String {
    let clean = text.trimming()
    guard (4...1000).contains(clean.count) else { throw Refusal(.invalid, "cases-no-reason", message, field: field) }
    return clean
  }
  private typealias JointWork = @Sendable (CaseRecord, JointHandling, Moment, any Writer) throws -> Void

  /// By the leader of the squad that is asked; `alsoAsker`: or of the one whose case it is. For anybody else there is no such request.
  private func changeJoint(_ id: JointHandling.ID, by person: Person, alsoAsker: Bool = false, _ body: @escaping JointWork) async throws {
    try person.require(.leadCases)
    let now = house.now()
    try await house.store.write { db in
      let missing = Refusal(.missing, "cases-joint-missing", "没有这项联合办案，或者它不由您的队办理。")
      guard let (joint, caseID) = try JointStore.find(id, db), let record = try CaseStore.find(caseID, db) else { throw missing }
      guard person.office == joint.office || alsoAsker && person.office == record.squad else { throw missing }
      try body(record, joint, now, db)
    }
  }

  /// 行政处罚法第四十二条 wants whoever handles a case to hold a certificate, 第四十三条 keeps out who is not impartial; the same for who helps.
  private func name(_ officers: [Int64], of office: Office.ID, in record: CaseRecord, at now: Moment, _ db: any Writer) throws {
    let certificates = try CaseStore.certificates(of: office, on: now.day, db)
    let chosen = Set(officers).sorted()
    guard !chosen.isEmpty else { throw Refusal(.invalid, "cases-joint-officers", "请选择参加办案的人员。", field: "officers") }
    guard chosen.allSatisfy({ certificates[$0] != nil }) else {
      throw Refusal(
        .invalid, "cases-joint-officers", "参加办案的须是本队人员，且持有效行政执法证。", article: Self.officersArticle, field: "officers")
    }
    guard record.file.recused.isDisjoint(with: chosen) else {
      throw Refusal(.invalid, "cases-recused", "其中有人应当回避，不能参加办案。", article: "行政处罚法第四十三条", field: "officers")
    }
    var file = record.file
    file.coOfficers =
      (file.coOfficers ?? []).filter { $0.office != office.raw }
      + chosen.map { CaseCoOfficer($0, certificate: certificates[$0] ?? "", office: office.raw) }
    try keep(file, of: record, at: now, db)
  }
  /// The case itself changes: whoever has its page open is told.
  private func keep(_ file: CaseFile, of record: CaseRecord, at now: Moment, _ db: any Writer) throws {
    try db.run(
      "UPDATE case_file SET file = \(try Self.json(file)), version = version + 1, updated_at = \(now) WHERE id = \(record.id)")
    try CaseStore.keepHands(file, of: record.id, db)
  }

  func leaders(of office: Office.ID, on day: Day, _ db: any Reader) throws -> [Int64] {
    try PersonStore.active(in: office, roles: [.squadLeader], db).map { try Deputies.acting(for: $0.id, on: day, db).raw }
  }
  /// - Parameter caseNo: where the notice leads; nil for people who do not see the case.
  func notify(_ accounts: [Int64], kind: String, caseNo: String?, text: String, at now: Moment, _ db: any Writer) throws {
    for account in Set(accounts).sorted() {
      let id: Identifier<JointHandling> = house.ids.next(at: now)
      try db.later(
        """
        INSERT INTO notice (id, account_id, at, kind, matter_id, case_no, text, must_acknowledge, seen_at)
        VALUES (\(id), \(account), \(now), \(kind), NULL, \(caseNo), \(text), 0, NULL)
        """)
    }
  }
  /// What the squad whose case it is does itself, whoever helps it.
  func requireOwn(_ record: CaseRecord, _ person: Person) throws(Refusal) {
    guard person.office == record.squad else { throw Refusal(.forbidden, "step-not-yours", "由承办的执法队办理，协办的执法队不办这一项。") }
  }
}
