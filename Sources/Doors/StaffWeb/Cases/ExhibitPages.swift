import Cases
import Foundation
import HTTPTypes
import Kernel
import People
import Storage
import WebSupport

/// 证据: what a case rests on, and each piece by itself.
struct ExhibitPages: Sendable {
  let cases: Cases

  func routes(_ book: inout RouteBook) {
    book.get("/cases/{no}/exhibits", allow: .signedIn(.seeCases)) { visit in try await list(visit) }
    book.get("/cases/{no}/exhibits/{n}", allow: .signedIn(.seeCases)) { visit in try await show(visit, errors: .none) }
    book.get("/cases/{no}/exhibits/{n}/picture", allow: .signedIn(.seeCases)) { visit in try await picture(visit) }
    book.get("/cases/{no}/exhibits/{n}/original", allow: .signedIn(.workCases)) { visit in try await original(visit) }
    book.post("/cases/{no}/exhibits/{n}/verify", allow: .signedIn(.workCases), limits: .small) { visit in try await verify(visit) }
    book.post("/cases/{no}/exhibits/check", allow: .signedIn(.seeCases), limits: .small, spendsForm: true) { visit in try await check(visit)
    }
    book.post("/cases/{no}/exhibits/export", allow: .signedIn(.workCases), limits: .small, confirmed: true, spendsForm: true) { visit in
      try await export(visit)
    }
  }

  static func number(_ visit: Visit) throws -> Int {
    guard let number = Int(try visit.path("n")), number > 0 else {
      throw Refusal(.missing, "cases-exhibit-missing", "没有这份证据，或者它不在您的办理范围内。")
    }
    return number
  }
  static func crumbs(_ no: String, inside: Bool = true) -> [Page.Crumb] {
    [.init("案件", "/cases"), .init(no, CaseWords.address(no))] + (inside ? [.init("证据", ExhibitWords.address(no))] : [])
  }

  // MARK: All

  func list(_ visit: Visit) async throws -> Page {
    let sheet = try await cases.evidence(of: try visit.path("no"), for: try visit.person)
    let record = sheet.record
    var page = visit.page("证据：\(record.title)", active: "cases", wide: true)
    page.crumbs = Self.crumbs(record.no, inside: false)
    let empty = UI.emptyState(
      "还没有证据", "照片、视频、书面材料和测量都在这里登记；居委会、物业、居民和监控设备提供的，查证属实后才能作为证据。", icon: .shield)
    let counted = sheet.exhibits.filter(\.counts).count
    let pending = sheet.exhibits.filter { $0.state == .pending }.count
    var sub = "共 \(sheet.exhibits.count) 件，可作证据 \(counted) 件"
    if pending > 0 { sub += "，待查证 \(pending) 件" }
    let custody = try sheet.exhibits.isEmpty ? HTML.empty : custody(sheet, visit)
    page.main = """
      \(UI.heading("证据", sub: "\(UI.link(record.title, CaseWords.address(record.no)))<br>\(sub)", tags: CaseWords.tags(record), actions: sheet.closed == nil ? [UI.linkButton("登记证据", ExhibitWords.address(record.no, "new"), .primary, icon: .plus)] : []))
      \(ExhibitWords.warning(sheet.faulty.map { ($0.number, $0.fault ?? "") }, of: record.no))
      \(closed(sheet))
      \(ExhibitWords.strip(sheet.exhibits, of: record.no))
      \(UI.table("本案证据", ExhibitWords.columns, sheet.exhibits.map { ExhibitWords.row($0, of: record.no) }, empty: empty))
      \(custody)
      """
    return page
  }
  private func closed(_ sheet: EvidenceSheet) -> HTML {
    guard let refusal = sheet.closed, sheet.handles else { return .empty }
    return UI.notice(.neutral, "现在不能登记证据", "\(refusal.message)\(refusal.article.map { "（\($0)）" })")
  }
  private func custody(_ sheet: EvidenceSheet, _ visit: Visit) throws -> HTML {
    let no = sheet.record.no
    let last = sheet.exhibits.compactMap(\.checkedAt).max()
    let never = sheet.exhibits.count { $0.checkedAt == nil }
    let state: HTML =
      sheet.isCheckWaiting
      ? UI.tag("核验中", .soon)
      : last.map { "最近一次核对：\(UI.time($0))\(if: never > 0, "，还有 \(never) 件没有核对过")" } ?? "还没有核对过"
    let tokens = try visit.formTokens()
    return UI.section(
      "核验与导出", side: state,
      """
      <p class="hint">系统每晚核对一部分证据，从最新的开始，每份证据 \(cases.evidenceProofDays) 天内至少核对一次；发现不符，通知中队长和系统管理员。</p>
      <p class="hint">核验逐个比对原件的哈希、登记内容和日志。导出的压缩包里有原件、清单和核验说明，对方不需要本系统也能核验；每次导出都记入各份证据的日志。</p>
      \(UI.form(ExhibitWords.address(no, "check"), tokens: tokens, UI.toolbar([UI.button("核验全部证据", .secondary, icon: .shield)])))
      \(if: (try? visit.person.may(.workCases)) ?? false, UI.form(ExhibitWords.address(no, "export"), tokens: tokens, UI.toolbar([UI.button("导出证据", .secondary, icon: .download)])))
      """)
  }

  func check(_ visit: Visit) async throws -> Answer {
    let no = try visit.path("no")
    guard let verdict = try await cases.askCheck(of: no, by: try visit.person) else {
      return try visit.done(ExhibitWords.address(no), saying: "文件较多，正在后台核验，稍后刷新本页看结果", .action)
    }
    let faults =
      verdict.faults.prefix(3).map(\.sentence).joined(separator: "；") + (verdict.faults.count > 3 ? "等 \(verdict.faults.count) 处" : "")
    return try visit.done(
      ExhibitWords.address(no), saying: verdict.isWhole ? "核验通过：\(verdict.exhibits) 件证据没有改动" : "核验不通过：\(faults)",
      verdict.isWhole ? .good : .danger)
  }
  func export(_ visit: Visit) async throws -> Answer {
    let export = try await cases.exportEvidence(of: try visit.path("no"), by: try visit.person)
    return Answer.download(type: "application/zip", name: export.fileName, pieces: export.write)
  }

  // MARK: One

  func show(_ visit: Visit, errors: FormErrors) async throws -> Page {
    let (no, person) = (try visit.path("no"), try visit.person)
    let sheet = try await cases.evidence(of: no, for: person)
    let number = try Self.number(visit)
    guard let exhibit = sheet.exhibits.first(where: { $0.number == number }) else {
      throw Refusal(.missing, "cases-exhibit-missing", "没有这份证据，或者它不在您的办理范围内。")
    }
    let story = try await cases.story(of: exhibit)
    var page = visit.page("\(exhibit.name)：\(exhibit.title)", active: "cases", wide: true)
    page.crumbs = Self.crumbs(no)
    page.problem = !errors.isEmpty
    let copies = sheet.exhibits.filter { $0.maskedOf == number }
    let main: HTML = """
      \(picture(exhibit, no))\(if: person.may(.workCases), player(exhibit, no))\(facts(exhibit, no, copies))\(UI.section("经过", UI.timeline(story.reversed().map { entry in
        UI.Event(at: entry.at, who: entry.actor.name, "\(ExhibitWords.done(entry))", words: entry.note.map { "\($0)" })
      })))
      """
    var side: [HTML] = []
    if exhibit.file != nil, person.may(.workCases) {
      side.append(UI.act("下载原件", ExhibitWords.address(no, "\(number)/original"), icon: .download, hint: "字节与提交时完全相同；查看会记入日志"))
    }
    if sheet.masks, exhibit.isPicture, exhibit.maskedOf == nil, exhibit.shown != nil {
      side.append(UI.act("制作公开用副本", ExhibitWords.address(no, "\(number)/mask"), icon: .eye, hint: "遮住人脸、车牌、门牌后另存一份"))
    }
    if exhibit.state == .pending { side.append(try verification(exhibit, sheet, visit, errors)) }
    page.main = """
      \(UI.errorSummary(errors))
      \(UI.heading("\(exhibit.name)　\(exhibit.title)", sub: UI.link(sheet.record.title, CaseWords.address(no)), tags: ExhibitWords.tags(exhibit)))
      \(exhibit.fault.map { UI.notice(.danger, "与登记的不一致", "\($0)。请告诉审计管理员，并从备份恢复原件；在此之前不要依据它作出决定。") })
      \(UI.columns(main, side: side.isEmpty ? .empty : UI.section("办理", HTML.join(side, "\n"))))
      """
    return page
  }

  private func picture(_ exhibit: Exhibit, _ no: String) -> HTML {
    guard exhibit.shown != nil else { return .empty }
    let address = ExhibitWords.address(no, "\(exhibit.number)/picture")
    return UI.photoStrip([UI.Photo(thumb: address + "?small=1", full: address, alt: exhibit.title)])
  }
  /// The original itself: no copy is made of films and recordings.
  private func player(_ exhibit: Exhibit, _ no: String) -> HTML {
    guard let type = exhibit.mediaType, type.hasPrefix("video/") || type.hasPrefix("audio/") else { return .empty }
    let hint: HTML = "<p class=\"hint\">播放会记入日志。\(if: !Self.played.contains(type), "浏览器一般放不了这种格式（\(type)），")放不出来时请下载原件。</p>"
    let film = type.hasPrefix("video/")
    return UI.section(
      film ? "录像" : "录音",
      (Self.played.contains(type)
        ? UI.player(film: film, ExhibitWords.address(no, "\(exhibit.number)/original"), label: exhibit.title) : .empty) + hint)
  }
  /// What browsers play by themselves.
  private static let played: Set<String> = [
    "video/mp4", "video/webm", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/flac",
  ]
  private func facts(_ e: Exhibit, _ no: String, _ copies: [Exhibit]) -> HTML {
    UI.section(
      "登记内容",
      UI.facts([
        ("证明什么", "\(e.proves)"), ("来源", "\(e.source.chinese)"), ("设备", e.deviceName.map { "\($0)" }), ("制作人", "\(e.maker)"),
        ("形成时间", e.madeAt.map { UI.time($0) }), ("地点", e.place.map { "\($0)" }),
        ("坐标", e.coordinates.map { "\(String($0.latitude)), \(String($0.longitude))" }),
        ("测量结果", e.measure.map { "<b>\($0.value) \($0.unit)</b>" }), ("测量工具", e.measure.map { "\($0.instrument)" }),
        ("查证", e.verifiedBy.map { "\($0)，\(e.verifiedAt.map { UI.time($0) })<br>\(e.verifiedNote ?? "")" }),
        ("原件", e.maskedOf.map { UI.link("证据 \($0)", ExhibitWords.address(no, "\($0)")) }),
        (
          "公开用副本",
          copies.isEmpty ? nil : HTML.join(copies.map { UI.link($0.name, ExhibitWords.address(no, "\($0.number)")) }, "、")
        ), ("登记", "\(e.addedBy)，\(UI.time(e.addedAt))"),
        ("文件", e.file.map { "\(e.mediaType ?? "")，\(ExhibitWords.size($0.size))<br><small translate=\"no\">SHA-256 \($0.sha256)</small>" }),
        ("最近一次核对", e.checkedAt.map { UI.time($0) }),
      ]))
  }

  private func verification(_ exhibit: Exhibit, _ sheet: EvidenceSheet, _ visit: Visit, _ errors: FormErrors) throws -> HTML {
    guard sheet.handles else { return UI.notice(.soon, "待查证", "由承办人员查证属实后才能作为证据。") }
    let isDevice = exhibit.source == .device
    return UI.actionForm(
      isDevice ? "人工审核" : "查证", icon: .check, hint: exhibit.source.article ?? "", open: !errors.isEmpty,
      UI.form(
        ExhibitWords.address(sheet.record.no, "\(exhibit.number)/verify"), tokens: try visit.formTokens(),
        draft: "verify-\(sheet.record.no)-\(exhibit.number)",
        """
        \(UI.radios("结论", name: "outcome", [.init("verified", "查证属实，作为证据"), .init("rejected", "不采用")], value: visit.form["outcome"], error: errors["outcome"]))
        \(UI.textarea(isDevice ? "审核情况" : "怎样查证、结果如何", name: "note", value: visit.form.text("note"), rows: 4, limit: 1000, hint: isDevice ? "记录是否真实、清晰、完整、准确，能否证明违法事实" : "如：到现场核对位置与照片一致，向提供人询问拍摄时间并制作笔录", error: errors["note"]))
        \(UI.toolbar([UI.button("保存结论", icon: .check)]))
        """))
  }

  func verify(_ visit: Visit) async throws -> Answer {
    let (no, number) = (try visit.path("no"), try Self.number(visit))
    do {
      guard let outcome = try visit.form.choice("outcome", ExhibitState.self), outcome != .pending else {
        throw Refusal(.invalid, "cases-verify-outcome", "请选择查证的结论。", field: "outcome")
      }
      let exhibit = try await cases.verify(number, of: no, as: outcome, note: visit.form.text("note"), by: try visit.person)
      return try visit.done(ExhibitWords.address(no, "\(number)"), saying: "\(exhibit.name)：\(exhibit.state.chinese)")
    } catch let refusal as Refusal where [.invalid, .conflict].contains(refusal.kind) {
      let told = refusal.article.map { "\(refusal.message)（\($0)）" } ?? refusal.message
      return visit.again(try await show(visit, errors: FormErrors([(field: refusal.field ?? "", message: told)])), after: refusal)
    }
  }

  // MARK: Bytes

  /// A copy made here, never the original.
  func picture(_ visit: Visit) async throws -> Answer {
    let number = try Self.number(visit)
    let bytes = try await cases.picture(number, of: try visit.path("no"), small: visit.query["small"] != nil, for: try visit.person)
    guard let bytes else { throw Refusal(.missing, "cases-exhibit-no-picture", "这份证据没有可以显示的图片。") }
    let isPNG = bytes.prefix(4).elementsEqual([0x89, 0x50, 0x4E, 0x47])
    // A number's bytes never change.
    return Answer.file(bytes, type: isPNG ? "image/png" : "image/jpeg", name: "\(number).\(isPNG ? "png" : "jpg")", forever: true)
  }
  func original(_ visit: Visit) async throws -> Answer {
    let (no, number, person) = (try visit.path("no"), try Self.number(visit), try visit.person)
    let exhibit = try await cases.exhibit(number, of: no, for: person)
    guard let file = exhibit.file else { throw Refusal(.missing, "cases-exhibit-missing", "这份证据没有文件。") }
    return try await Answer.ranged(
      to: visit, size: file.size, mark: file.sha256, type: exhibit.mediaType ?? "application/octet-stream",
      name: "\(no)-证据\(number).\(exhibit.fileEnding)"
    ) { isPart in
      let look = try await cases.look(at: number, of: no, isPart: isPart, by: person)
      return { bytes, take in try await look.write(bytes, take) }
    }
  }
}
