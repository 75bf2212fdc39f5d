import Compounds
import Intake
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport

/// The journal, searched by subject, by who acted and by day; and its proof.
struct JournalPages: Sendable {
  let house: House

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.audit)
    book.get("/audit/journal", allow: policy, mayLag: true) { visit in try await search(visit) }
    book.post("/audit/journal/verify", allow: policy, limits: .small, spendsForm: true) { visit in try await verify(visit) }
  }

  private func verify(_ visit: Visit) async throws -> Answer {
    try await JournalCheck.ask(by: try visit.person.actor, in: house)
    return try visit.done("/audit", saying: "已安排核验，完成后结果显示在本页", .action)
  }

  /// A subject as people write it: the number of a matter, a report or a compound, a log-in, an office's code, or the bare id.
  static func subject(_ kind: String, _ text: String, _ db: any Reader) throws -> Subject? {
    let upper = text.uppercased()
    switch kind {
    case "matter": if let found = try MatterStore.find(no: upper, db) { return Subject(kind, found.id) }
    case "report": if let found = try ReportStore.find(no: upper, db) { return Subject(kind, found.id) }
    case "compound": if let found = try CompoundStore.find(no: text, db) { return Subject(kind, found.id) }
    case "account": if let found = try PersonStore.find(login: text, db) { return Subject(kind, found.id) }
    case "office": if let found = try OfficeStore.find(code: text, db) { return Subject(kind, found.id) }
    default: break
    }
    return Int64(text).map { Subject(kind, $0) }
  }

  private func search(_ visit: Visit) async throws -> Page {
    let query = visit.query
    let kind = JournalWords.kinds.first { $0.kind == query["kind"] }?.kind
    let subjectText = query["subject"]
    let actorText = query["actor"]
    let from = try query.day("from")
    let through = try query.day("through")
    let before = try query.int("before").map(Int64.init)
    var notes: [String] = []
    if subjectText != nil, kind == nil { notes.append("填写对象编号时，请先选择对象种类。") }
    let (entries, missing, names) = try await house.store.read { db in
      var missing: [String] = []
      var filter = JournalFilter(kind: kind, from: from, through: through)
      if let kind, let subjectText {
        filter.subject = try Self.subject(kind, subjectText, db)
        if filter.subject == nil { missing.append("没有编号为“\(subjectText)”的\(JournalWords.kind(kind))。") }
      }
      if let actorText {
        if let actor = try PersonStore.find(login: actorText, db) {
          filter.actor = actor.id.raw
        } else {
          missing.append("没有登录名为“\(actorText)”的账号。")
        }
      }
      let entries = missing.isEmpty ? try Journal.list(filter, before: before, limit: 51, db) : []
      return (entries, missing, try Self.numbers(entries, db))
    }
    notes += missing
    let shown = Array(entries.prefix(50))
    let asked = [("kind", kind), ("subject", subjectText), ("actor", actorText), ("from", from?.iso), ("through", through?.iso)]
    let next = entries.count > 50 ? shown.last.map { Address.of("/audit/journal", asked + [("before", String($0.id))]) } : nil
    var page = visit.page("日志", active: "audit", wide: true)
    page.crumbs = [.init("审计", "/audit")]
    let open = asked.contains { $0.1 != nil }
    page.main = """
      \(UI.heading("日志", sub: "每一步谁在什么时候做的；人写的话只标有无，内容不在这里显示"))
      \(AuditPages.tabs("journal"))
      \(UI.details("按对象、经办人和日期查找", open: open || shown.isEmpty, UI.form("/audit/journal", """
      \(UI.select("对象种类", name: "kind", options: JournalWords.kinds.map { .init($0.kind, $0.label) }, value: kind, placeholder: "不限"))
      \(UI.field("对象编号", name: "subject", value: subjectText ?? "", .code, hint: "事项、诉件、小区编号，登录名或者机构代码", optional: true))
      \(UI.field("经办人登录名", name: "actor", value: actorText ?? "", optional: true, autocomplete: "off"))
      \(UI.fieldRow([UI.date("从", name: "from", value: from, optional: true), UI.date("到", name: "through", value: through, optional: true)]))
      \(UI.toolbar([UI.button("查找"), UI.linkButton("清除条件", "/audit/journal")]))
      """)))
      \(each: notes, { UI.notice(.neutral, $0) })
      \(UI.table("日志", [.init("做了什么", .what), .init("对象", .meta), .init("谁", .meta), .init("时间", .meta), .init("附言", .desk)], shown.map { row($0, names, visit.now) }, empty: UI.emptyState("没有符合条件的记录", "放宽日期或者去掉一个条件再找。", icon: .search)))
      \(UI.older(next, shown: shown.count))
      """
    return page
  }
  private func row(_ entry: JournalEntry, _ names: [Subject: String], _ now: Moment) -> UI.Row {
    UI.Row(
      nil,
      [
        UI.lines("\(JournalWords.action(entry.action))", "\(JournalDetail.words(entry.detail))"),
        UI.lines("\(JournalWords.kind(entry.subject.kind))", "\(names[entry.subject] ?? String(entry.subject.id)) 第 \(entry.sequence) 条"),
        "\(entry.actor.name)", UI.time(entry.at, now: now), entry.noteHash == nil ? "" : entry.note == nil ? "已擦除" : "有",
      ])
  }
  /// What people call the subjects; ids are for machines.
  private static func numbers(_ entries: [JournalEntry], _ db: any Reader) throws -> [Subject: String] {
    var out: [Subject: String] = [:]
    for subject in Set(entries.map(\.subject)) {
      switch subject.kind {
      case "matter": out[subject] = try MatterStore.find(Matter.ID(subject.id), db)?.no
      case "report": out[subject] = try ReportStore.find(Report.ID(subject.id), db)?.no
      case "compound": out[subject] = try CompoundStore.find(Compound.ID(subject.id), db)?.name
      case "account": out[subject] = try PersonStore.find(Person.ID(subject.id), db)?.login
      case "office": out[subject] = try OfficeStore.find(Office.ID(subject.id), db)?.short
      default: break
      }
    }
    return out
  }
}
