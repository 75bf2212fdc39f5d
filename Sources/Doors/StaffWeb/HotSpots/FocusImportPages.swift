import HTTPTypes
import HotSpots
import Kernel
import Matters
import People
import Sheets
import WebSupport

/// A list that somebody else made: looked at line by line, matched by hand where names do not fit, issued.
struct FocusImportPages: Sendable {
  let hotspots: HotSpots

  func routes(_ book: inout RouteBook) {
    let issuing = Policy.signedIn(.issueLists)
    book.get("/hotspots/import", allow: issuing) { visit in try choose(visit, errors: .none) }
    book.post("/hotspots/import", allow: issuing) { visit in try await look(visit) }
    book.post("/hotspots/import/run", allow: issuing) { visit in try await run(visit) }
  }

  private func page(_ visit: Visit) -> Page {
    var page = visit.page("导入名单", active: "more", wide: true)
    page.crumbs = [.init("更多", "/more"), .init("热点", "/hotspots"), .init("重点小区名单", "/hotspots/lists")]
    return page
  }
  private func choose(_ visit: Visit, errors: FormErrors) throws -> Page {
    var page = page(visit)
    page.problem = !errors.isEmpty
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("导入名单", sub: "上级下发的重点小区名单，和本系统的研判放在一起看"))
      \(UI.form("/hotspots/import", tokens: try visit.formTokens(), upload: true, """
      \(UI.file("名单", name: "file", accept: ".csv,.xlsx", hint: "第一行要有“小区名称”或者“小区编号”；同名的小区再加“区”“街镇”两列", error: errors["file"]))
      \(UI.button("看一看", icon: .upload))
      """))
      <p class="hint">先看对不对得上，再发布。名称和名册不一致的，由您逐行选定或者不列入，系统不猜。</p>
      """
    return page
  }

  private func look(_ visit: Visit) async throws -> Answer {
    try await FormTry.run(visit, again: { try choose(visit, errors: $0) }) {
      let (ticket, table) = try await ImportForms.upload(visit, visit.house)
      let reading = try await hotspots.read(table, for: try visit.person)
      return .page(try preview(visit, ticket, reading, errors: .none), .ok)
    }
  }

  private func preview(_ visit: Visit, _ ticket: ImportTicket, _ reading: FocusReading, errors: FormErrors) throws -> Page {
    let typed = visit.form
    var page = page(visit)
    page.problem = !errors.isEmpty
    let undecided = reading.undecided
    let twice = reading.lines.compactMap { line in
      if case .again(let earlier) = line.match { (line: line.line, reason: "\(line.given)：和第 \(earlier) 行是同一个小区，不重复列入") } else { nil }
    }
    let focus = FocusPages(hotspots: hotspots)
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("导入名单", sub: "\(ticket.fileName)，共 \(reading.lines.count) 行"))
      \(UI.notice(undecided.isEmpty ? .good : .soon, "\(reading.matched) 行和名册一致，\(undecided.count) 行要您决定", undecided.isEmpty ? nil : "没有找到的，可能是名称写法不同，也可能不在本单位范围内。系统不猜，请逐行选定，或者不列入。"))
      \(UI.form("/hotspots/import/run", tokens: try visit.formTokens(), """
      \(ImportForms.hidden(ticket, mapping: ""))
      \(focus.fields(typed, visit.now.day, errors))
      \(each: undecided, { decide($0, typed, errors) })
      \(if: !undecided.isEmpty, UI.checkbox("没有选定的各行都不列入", name: "leave", on: typed.flag("leave"), hint: "不列入的行和原因随名单保存"))
      \(UI.toolbar([UI.button("发布名单", icon: .flag), UI.linkButton("换一个文件", "/hotspots/import")]))
      """))
      \(if: !twice.isEmpty, UI.section("重复的行", ImportForms.badRows("重复的行", twice)))
      \(UI.details("和名册一致的 \(reading.matched) 行", UI.table("和名册一致的行", [.init("小区", .what), .init("来文", .meta), .init("行", .meta)], reading.lines.prefix(500).compactMap { line in
        if case .one(let one) = line.match { UI.Row(nil, [UI.lines("\(one.name)", "\(one.area) · \(one.no)"), "\(line.given)", "第 \(line.line) 行"]) } else { nil }
      }, dense: true)))
      """
    return page
  }

  private func decide(_ line: FocusReading.Line, _ typed: Fields, _ errors: FormErrors) -> HTML {
    let candidates: [FocusCandidate]
    let hint: HTML
    switch line.match {
    case .several(let all): (candidates, hint) = (all, "有同名的小区，或者区、街镇对不上")
    case .none(let all): (candidates, hint) = (all, all.isEmpty ? "名册里没有这个名称，也没有相近的" : "名册里没有这个名称；相近的供选择")
    default: return .empty
    }
    let name = "pick-\(line.line)"
    return UI.fieldRow([
      UI.select(
        "第 \(line.line) 行：\(line.given)", name: name,
        options: [.init("out", "不列入")] + candidates.map { .init($0.no, "\($0.name)（\($0.area)）") }, value: typed[name], hint: hint,
        error: errors[name], optional: true),
      UI.field("或者写小区编号", name: "no-\(line.line)", value: typed.text("no-\(line.line)"), .code, optional: true),
    ])
  }

  private func run(_ visit: Visit) async throws -> Answer {
    let form = visit.form
    let person = try visit.person
    let ticket: ImportTicket
    let reading: FocusReading
    do {
      let (kept, table) = try ImportForms.table(visit, visit.house)
      (ticket, reading) = (kept, try await hotspots.read(table, for: person))
    } catch let refusal as Refusal where refusal.kind == .invalid {
      return visit.again(try choose(visit, errors: FormErrors(refusal)), after: refusal)
    }
    return try await FormTry.run(visit, again: { try preview(visit, ticket, reading, errors: $0) }) {
      var decisions: [Int: HotSpots.Decision] = [:]
      for line in reading.undecided {
        if let no = form["no-\(line.line)"] {
          decisions[line.line] = .means(no.uppercased())
        } else if let pick = form["pick-\(line.line)"] {
          decisions[line.line] = pick == "out" ? .leaveOut : .means(pick)
        }
      }
      let no = try await hotspots.take(
        try FocusPages.new(form), from: reading, decisions: decisions, leaveRest: form.flag("leave"), by: person)
      return try visit.done(HotSpotPageWords.address(list: no), saying: "名单已导入并发布")
    }
  }
}
