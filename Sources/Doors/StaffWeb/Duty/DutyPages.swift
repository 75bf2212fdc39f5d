import Kernel
import Offices
import People
import Storage
import WebSupport
import WorkCalendar

/// The roster by week, and calls nobody has answered yet.
struct DutyPages: Sendable {
  let house: House
  let calendar: WorkCalendar

  func routes(_ book: inout RouteBook) {
    book.get("/duty", allow: .signedIn(.seeMatters)) { visit in try await week(visit, errors: .none) }
    book.post("/duty", allow: .signedIn(.manageDuty), limits: .small) { visit in try await set(visit) }
    book.post("/duty/calls/{id}/answer", allow: .signedIn(.seeMatters), limits: .small) { visit in try await answer(visit) }
  }

  /// The shifts a day has: a working day a day's and a night's, any other a holiday's and a night's.
  private func shifts(_ day: Day) -> [DutyShift] { calendar.isWorkday(day) ? [.day, .night] : [.holiday, .night] }
  private static func monday(_ day: Day) -> Day { day.adding(days: 1 - day.weekday) }

  private struct Roster: Sendable {
    let office: Office
    let entries: [DutyEntry]
    let above: [DutyEntry]
    let aboveName: String
    let people: [Person]
    let names: [Person.ID: Person]
    let calls: [DutyCall]
    let now: OnDuty?
  }
  private func roster(_ visit: Visit, from monday: Day) async throws -> Roster {
    let person = try visit.person
    let asked: Office.ID? = try visit.query.id("office") ?? visit.form.id("office")
    let now = visit.now
    let calendar = calendar
    return try await house.store.read { db in
      guard let own = person.office else { throw Refusal(.missing, "people-no-office", "您的账号不属于任何一支执法队，没有值班表。") }
      guard let office = try OfficeStore.find(asked ?? own, db), office.id == own || office.district == own || office.id == person.district
      else {
        throw Refusal(.missing, "people-no-office", "没有这个机构的值班表，或者它不在您的辖区内。")
      }
      let sunday = monday.adding(days: 6)
      let entries = try Duty.list(of: office.id, from: monday, through: sunday, db)
      let district = try office.district.flatMap { $0 == office.id ? nil : try OfficeStore.find($0, db) }
      let above = try district.map { try Duty.list(of: $0.id, from: monday, through: sunday, db) } ?? []
      let people = try PersonStore.active(in: office.id, roles: [.officer, .squadLeader, .dispatcher, .districtManager], db)
      let calls = try DutyCalls.open(in: office.id, db)
      let onDuty = try Duty.onDuty(office.id, at: now, isWorkday: { calendar.isWorkday($0) }, db)
      let ids =
        (entries + above).flatMap { [$0.account] + [$0.second].compactMap { $0 } } + calls.compactMap(\.account)
        + [onDuty?.account, onDuty?.second].compactMap { $0 }
      return Roster(
        office: office, entries: entries, above: above, aboveName: district?.short ?? "", people: people,
        names: try PersonStore.find(ids, db), calls: calls, now: onDuty)
    }
  }

  private func week(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let person = try visit.person
    let monday = Self.monday(try visit.query.day("week") ?? visit.form.day("week") ?? visit.now.day)
    let roster = try await roster(visit, from: monday)
    let edits =
      person.may(.manageDuty)
      && (roster.office.id == person.office || roster.office.district == person.district && person.role == .districtManager)
    let days = (0..<7).map { monday.adding(days: $0) }
    let empty = days.filter { $0 >= visit.now.day }.flatMap { day in
      shifts(day).filter { shift in !roster.entries.contains { $0.day == day && $0.shift == shift } }
    }.count
    var page = visit.page("值班", active: "more", wide: true)
    let office = roster.office.id == person.office ? nil : roster.office.id.description
    func at(_ day: Day) -> String { Address.of("/duty", [("week", day.iso), ("office", office)]) }
    let known = calendar.note(from: monday, through: monday.adding(days: 6))
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("\(roster.office.short)值班", sub: "\(monday.chineseLong)至\(monday.adding(days: 6).chinese)", tags: empty > 0 ? [UI.tag("还有 \(empty) 班没有排", .soon)] : [], actions: [UI.linkButton("上一周", at(monday.adding(days: -7)), icon: .back), UI.linkButton("下一周", at(monday.adding(days: 7)), icon: .arrow)]))
      \(onDuty(roster))
      \(try calls(roster, visit))
      \(known.map { UI.notice(.soon, "节假日安排还没有公布", "\($0)") })
      \(edits ? try form(days, roster, visit, errors) : table(days, roster))
      \(if: !roster.above.isEmpty, UI.section("\(roster.aboveName)值班", "<p class=\"hint\">本队没有排的班，呼叫会转到这里。</p>\(list(roster.above, roster))"))
      \(UI.toolbar([UI.linkButton("代理安排", "/account/deputy", icon: .people)] + (person.may(.manageDuty) ? [UI.linkButton("导入排班表", "/duty/import", icon: .upload)] : [])))
      """
    return page
  }
  private func onDuty(_ roster: Roster) -> HTML {
    guard let now = roster.now else { return UI.notice(.soon, "现在没有人值班", "紧急呼叫会直接找中队长。") }
    let second = now.second.flatMap { roster.names[$0]?.name }.map { "，替补\($0)" } ?? ""
    return UI.notice(.action, "现在值班：\(roster.names[now.account]?.name ?? "")（\(now.shift.chinese)）\(second)")
  }
  private func list(_ entries: [DutyEntry], _ roster: Roster) -> HTML {
    UI.table(
      "值班", [.init("日期", .what), .init("班次", .status), .init("值班", .meta), .init("替补", .meta)],
      entries.map { entry in
        UI.Row(
          nil,
          [
            UI.day(entry.day), UI.tag(entry.shift.chinese, .neutral), "\(roster.names[entry.account]?.name ?? "")",
            "\(entry.second.flatMap { roster.names[$0]?.name } ?? "—")",
          ])
      }, dense: true)
  }
  private func table(_ days: [Day], _ roster: Roster) -> HTML {
    guard !roster.entries.isEmpty else { return UI.emptyState("这一周还没有排班", "由中队长排班；没有排班时，紧急呼叫找中队长。", icon: .calendar) }
    return UI.section("本周", list(roster.entries, roster))
  }

  // MARK: Setting

  private func form(_ days: [Day], _ roster: Roster, _ visit: Visit, _ errors: FormErrors) throws -> HTML {
    let choices = roster.people.map { UI.Choice($0.id.description, $0.name) }
    let fields = days.map { day -> HTML in
      let rows = shifts(day).map { shift -> HTML in
        let name = Self.field(day, shift)
        let entry = roster.entries.first { $0.day == day && $0.shift == shift }
        return """
          <div class="shift">\(UI.select(shift.chinese, name: name, options: choices, value: visit.form[name] ?? entry?.account.description, placeholder: "不排", error: errors[name]))
          \(UI.select("\(shift.chinese)替补", name: name + "-second", options: choices, value: visit.form[name + "-second"] ?? entry?.second?.description, placeholder: "没有", error: errors[name + "-second"]))</div>
          """
      }
      let kind = calendar.isWorkday(day) ? "" : "，休息日"
      return UI.fieldset("\(day.chinese) \(day.chineseWeekday)\(kind)", "<div class=\"shifts\">\(HTML.join(rows, "\n"))</div>")
    }
    let hidden: HTML =
      "<input type=\"hidden\" name=\"week\" value=\"\(days[0].iso)\"><input type=\"hidden\" name=\"office\" value=\"\(roster.office.id.description)\">"
    return UI.section(
      "排班", UI.form("/duty", tokens: try visit.formTokens(), "\(hidden)\(fields)\(UI.toolbar([UI.button("保存本周排班")], sticky: true))"))
  }
  private static func field(_ day: Day, _ shift: DutyShift) -> String { "\(day.iso)-\(shift.rawValue)" }

  private func set(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try await week(visit, errors: $0) }) {
      let person = try visit.person
      guard let monday = try visit.form.day("week").map(Self.monday), let office: Office.ID = try visit.form.id("office") else {
        throw Refusal(.invalid, "people-duty-week", "请从值班页面重新排班。")
      }
      var entries: [DutyEntry] = []
      var cleared: [(Day, DutyShift)] = []
      let roster = try await roster(visit, from: monday)
      var wrong: [Refusal] = []
      for day in (0..<7).map({ monday.adding(days: $0) }) {
        for shift in shifts(day) {
          let name = Self.field(day, shift)
          let first: Person.ID? = try visit.form.id(name)
          let second: Person.ID? = try visit.form.id(name + "-second")
          let old = roster.entries.first { $0.day == day && $0.shift == shift }
          if let first {
            if first == second {
              wrong.append(
                Refusal(.invalid, "people-duty-second", "\(day.chinese)\(shift.chinese)：替补不能与值班人员是同一人。", field: name + "-second"))
            }
            let entry = DutyEntry(day: day, shift: shift, account: first, second: second)
            if entry != old { entries.append(entry) }
          } else if second != nil {
            wrong.append(Refusal(.invalid, "people-duty-first", "\(day.chinese)\(shift.chinese)：排了替补，还要排值班人员。", field: name))
          } else if old != nil {
            cleared.append((day, shift))
          }
        }
      }
      if !wrong.isEmpty { throw Refusals(wrong) }
      try await Duty.set(entries, of: office, by: person, in: house)
      for (day, shift) in cleared { try await Duty.clear(day, shift, of: office, by: person, in: house) }
      let there = Address.of("/duty", [("week", monday.iso), ("office", office == person.office ? nil : office.description)])
      return try visit.done(there, saying: entries.isEmpty && cleared.isEmpty ? "排班没有变化" : "排班已保存")
    }
  }

  // MARK: Calls

  private func calls(_ roster: Roster, _ visit: Visit) throws -> HTML {
    guard !roster.calls.isEmpty else { return .empty }
    let tokens = try visit.formTokens()
    let rows = roster.calls.map { call in
      UI.Row(
        nil,
        [
          UI.lines("\(call.reason)", "\(UI.time(call.calledAt))呼叫"),
          UI.tag(["值班", "替补", "中队长", "区局值班"][min(call.level, 3)], call.level > 0 ? .danger : .soon),
          "\(call.account.flatMap { roster.names[$0]?.name } ?? "没有找到人")",
          UI.form("/duty/calls/\(call.id)/answer", tokens: tokens, UI.button("我来处理", .primary, icon: .phone)),
        ], tone: .danger)
    }
    return UI.section(
      "未应答的呼叫", UI.table("未应答的呼叫", [.init("什么事", .what), .init("呼到", .status), .init("现在找", .meta), .init("", .meta)], rows))
  }
  private func answer(_ visit: Visit) async throws -> Answer {
    try await DutyCalls.acknowledge(try visit.pathID("id"), by: try visit.person, in: house)
    return try visit.done(visit.next ?? "/duty", saying: "已由您处理")
  }
}
