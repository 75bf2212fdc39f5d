import Cases
import Kernel
import Matters
import Offices
import People
import Storage
import WebSupport
import WorkCalendar

/// For the system administrator: what is wrong with the machine now, and its jobs and offices. No matters, no accounts.
struct SystemPages: Sendable {
  let house: House
  let matters: Matters
  let machine: MachineFacts

  func routes(_ book: inout RouteBook) {
    let policy = Policy.signedIn(.administerSystem)
    book.get("/system", allow: policy) { visit in try await state(visit) }
    book.get("/system/jobs", allow: policy) { visit in try await jobs(visit) }
    book.post("/system/jobs/{id}/retry", allow: policy, limits: .small) { visit in try await retry(visit) }
    book.get("/system/offices", allow: policy) { visit in try await offices(visit) }
  }

  static func tabs(_ on: String) -> HTML {
    UI.tabs(
      "系统管理",
      [
        .init("状态", "/system", on: on == "state"), .init("后台作业", "/system/jobs", on: on == "jobs"),
        .init("机构", "/system/offices", on: on == "offices"),
      ])
  }

  // MARK: State

  private func state(_ visit: Visit) async throws -> Page {
    let now = visit.now
    let (state, check, nodes, evidence) = try await house.store.read { db in
      (
        try StoreState(at: now, db), try JournalCheck.last(db), try Nodes.living(at: now, db) + Nodes.lost(at: now, db),
        try Cases.evidenceStand(db)
      )
    }
    let notices = try await matters.notices(of: try visit.person)
    let figures = house.store.figures
    let sizes = try await machine.sizes()
    let warnings = warnings(state, check, evidence, nodes, sizes, now)
    var page = visit.page("系统", active: "system", wide: true)
    let dead = state.jobs[.dead] ?? 0
    page.main = """
      \(UI.heading("系统状态", sub: "\(UI.time(now))", tags: [warnings.isEmpty ? UI.tag("运行正常", .good) : UI.tag("\(warnings.count) 处要处理", warnings.contains { $0.tone == .danger } ? .danger : .soon)], actions: [UI.linkButton("导入小区名册", "/compounds/import", icon: .upload)]))
      \(Self.tabs("state"))
      \(each: warnings, { UI.notice($0.tone, $0.title, $0.body) })
      \(try told(notices, visit))
      \(UI.tiles([
        .init("库文件", MachineFacts.size(sizes.store), unit: "", href: "/system", note: sizes.free.map { "磁盘剩余 \(MachineFacts.size($0))" }),
        .init("日志", UI.grouped(state.journalEntries), unit: "条", href: "/system", note: "已封存 \(state.seals) 天"),
        .init("等待的作业", UI.grouped(state.jobs[.waiting] ?? 0), unit: "个", href: "/system/jobs?state=waiting", note: state.overdueJobs > 0 ? "到时未执行 \(state.overdueJobs) 个" : "没有积压", tone: state.overdueJobs > 50 ? .soon : .neutral),
        .init("停下的作业", UI.grouped(dead), unit: "个", href: "/system/jobs?state=dead", note: dead > 0 ? "要人处理" : nil, tone: dead > 0 ? .danger : .neutral),
      ]))
      \(UI.section("程序", UI.facts([
        ("版本", "\(machine.version)，已运行 \(MachineFacts.span(machine.uptime()))"), ("存储", "\(machine.engine)，结构 \(state.migrations) 步"),
        ("写入", "\(writes(figures))"),
        ("后台作业", worker(state, now)), ("最近核验日志链", proof(check)), ("最近核对证据", proof(evidence)), ("最近封存", state.lastSeal.map { "\(UI.day($0.day))，\(UI.number($0.entries, "条"))" } ?? "还没有"),
        ("数据", house.isDemonstration ? UI.tag("演示数据", .soon) : "正式"),
      ])))
      \(UI.section("运行中的程序", NodeTable.html(nodes, here: house.ids.node)))
      \(UI.section("节假日", holidays(now)))
      \(UI.section("配置", UI.table("配置", [.init("配置项", .what), .init("值", .meta)], machine.configuration.map { UI.Row(nil, [UI.lines("\(ConfigWords.label($0.key))", "\($0.key)"), "\($0.value)"]) }, dense: true)))
      """
    return page
  }

  private struct Warning {
    let tone: Tone
    let title: String
    let body: HTML
  }
  private func warnings(
    _ state: StoreState, _ check: JournalCheck.Result?, _ evidence: EvidenceStand, _ nodes: [Node], _ sizes: MachineFacts.Sizes,
    _ now: Moment
  ) -> [Warning] {
    var out: [Warning] = []
    if state.workerIsLate(at: now) {
      out.append(
        Warning(
          tone: .danger, title: "后台作业没有在运行",
          body:
            "导入、时限提醒和值班呼叫都会停下。请在主机上确认 longtang serve 或者 longtang work 正在运行\(state.heartbeat.map { "，最后一次心跳 \(UI.time($0))" as HTML } ?? "，尚无心跳记录")。"
        ))
    }
    let lost = nodes.filter(\.isGone)
    if !lost.isEmpty {
      out.append(
        Warning(
          tone: .soon, title: "\(lost.count) 个程序没有正常停止",
          body: "见下面“运行中的程序”。请在主机上确认它是被停掉的，还是出了故障。在同一台主机上重新启动后，或者过了一天，这一条自己消失。"))
    }
    if let dead = state.jobs[.dead], dead > 0 {
      out.append(Warning(tone: .danger, title: "\(dead) 个作业多次失败，已停", body: UI.link("查看原因并重新执行", "/system/jobs?state=dead")))
    }
    if let check, !check.isWhole {
      out.append(
        Warning(
          tone: .danger, title: "核验发现日志链有 \(check.faults) 处不符",
          body: "核验时间 \(UI.time(check.at))。日志可能被改动或者损坏，请立即告知审计管理员，并保留现有备份不要覆盖。"))
    }
    if evidence.faulty > 0 {
      out.append(
        Warning(
          tone: .danger, title: "\(evidence.faulty) 件证据的文件与登记不符",
          body: "用 longtang audit verify 看是哪些文件、属于哪件案件，先查磁盘，再从备份取回原件；取回后重新核对，这一条自己消失。"))
    }
    if let free = sizes.free, free < 5 << 30 {
      out.append(Warning(tone: .danger, title: "磁盘剩余不足 5 GB", body: "照片和附件会写不进去，请尽快扩容或者清理。"))
    }
    if let oldest = state.oldestDue, now.milliseconds(since: oldest) > 600_000, !state.workerIsLate(at: now) {
      out.append(
        Warning(tone: .soon, title: "作业积压", body: "最早一个 \(UI.time(oldest)) 就该执行。\(UI.link("查看等待的作业", "/system/jobs?state=waiting"))"))
    }
    let year = now.day.year
    if !machine.calendar.isKnown(year: year) {
      out.append(Warning(tone: .danger, title: "没有 \(year) 年的节假日安排", body: "时限按周末推算，会有偏差。请更新 Data/holidays/china.json 后重启。"))
    } else if now.day.month >= 11, !machine.calendar.isKnown(year: year + 1) {
      out.append(
        Warning(tone: .soon, title: "还没有 \(year + 1) 年的节假日安排", body: "国务院办公厅一般在十一月公布。跨年的时限先按周末推算，并在页面上注明；公布后请更新 Data/holidays/china.json。"))
    }
    return out
  }
  /// Since the start of this process.
  private func writes(_ figures: StoreFigures) -> String {
    guard figures.commits > 0 else { return "启动以来还没有写入" }
    var out = "启动以来 \(UI.grouped(figures.writes)) 次，合并为 \(UI.grouped(figures.commits)) 次落盘"
    if figures.waiting > 0 { out += "，正在等待 \(figures.waiting) 次" }
    if figures.slow > 0 { out += "；慢语句 \(UI.grouped(figures.slow)) 条，见运行日志" }
    if let pool = figures.pool { out += "；读连接 \(pool.open - pool.idle) 个在用，共 \(pool.open) 个，最多 \(pool.most) 个" }
    return out
  }
  private func proof(_ check: JournalCheck.Result?) -> HTML {
    guard let check else { return "还没有核验过，由审计管理员在“日志”页发起" }
    return
      "\(check.isWhole ? UI.tag("完整", .good) : UI.tag("\(check.faults) 处不符", .danger)) <small>\(UI.time(check.at))，\(UI.number(check.entries, "条"))</small>"
  }
  private func proof(_ evidence: EvidenceStand) -> HTML {
    guard let night = evidence.last else { return "还没有核对过，每晚零点后进行" }
    let state = evidence.faulty == 0 ? UI.tag("相符", .good) : UI.tag("\(evidence.faulty) 件不符", .danger)
    return "\(state) <small>\(UI.time(night.ended))，\(UI.number(night.exhibits, "件"))，\(MachineFacts.size(night.bytes))</small>"
  }
  /// What was told to this administrator and not yet taken note of.
  private func told(_ notices: [Notice], _ visit: Visit) throws -> HTML {
    guard !notices.isEmpty else { return .empty }
    let ids = notices.map { "<input type=\"hidden\" name=\"id\" value=\"\($0.id)\">" as HTML }
    return UI.section(
      "通知 \(notices.count) 条",
      side: UI.form("/notices/receipt", tokens: try visit.formTokens(), HTML.join(ids, "") + UI.button("全部收到", .plain)),
      "<ul class=\"notes\">\(each: notices, { "<li><span>\($0.text)<br><small>\(UI.time($0.at, relative: true))</small></span></li>" })</ul>"
    )
  }
  private func worker(_ state: StoreState, _ now: Moment) -> HTML {
    guard let beat = state.heartbeat else { return UI.tag("没有心跳", .danger) }
    return "\(state.workerIsLate(at: now) ? UI.tag("心跳中断", .danger) : UI.tag("运行中", .good)) <small>最后心跳 \(UI.time(beat))</small>"
  }
  private func holidays(_ now: Moment) -> HTML {
    UI.table(
      "已知的节假日安排", [.init("年份", .what), .init("放假", .meta), .init("调休上班", .meta), .init("来源", .desk)],
      machine.calendar.years.sorted { $0.year > $1.year }.prefix(4).map { year in
        UI.Row(
          nil,
          [
            "\(year.year) 年", "\(year.holidays.map { "\($0.name) \($0.start.chinese)至\($0.end.chinese)" }.joined(separator: "；"))",
            "\(year.makeups.map(\.day.chinese).joined(separator: "、"))", "\(year.source)（\(year.confidence.chinese)）",
          ])
      }, dense: true)
  }

  // MARK: Jobs

  private func jobs(_ visit: Visit) async throws -> Page {
    let state = try visit.query.choice("state", Job.State.self)
    let kind = visit.query["kind"]
    let before = try visit.query.int("before").map(Int64.init)
    let (list, counts) = try await house.store.read { db in
      (try Jobs.page(state: state, kind: kind, before: before, limit: 51, db), try Jobs.tally(db))
    }
    let shown = Array(list.prefix(50))
    let next =
      list.count > 50
      ? shown.last.map { Address.of("/system/jobs", [("state", visit.query["state"]), ("kind", kind), ("before", String($0.id))]) } : nil
    let tokens = try visit.formTokens()
    var page = visit.page("后台作业", active: "system", wide: true)
    page.crumbs = [.init("系统", "/system")]
    page.main = """
      \(UI.heading("后台作业", sub: HTML.join(Job.State.allCases.map { "\($0.chinese) \(UI.number(counts[$0] ?? 0))" }, " · ")))
      \(Self.tabs("jobs"))
      \(UI.filters("/system/jobs", [.init("状态", name: "state", Job.State.allCases.map { .init($0.rawValue, $0.chinese) }, value: state?.rawValue ?? ""), .init("种类", name: "kind", JobWords.kinds.map { .init($0.kind, $0.label) }, value: kind ?? "")], clearAt: "/system/jobs"))
      \(UI.table("后台作业", [.init("作业", .what), .init("状态", .status), .init("执行时间", .meta), .init("次数", .figure), .init("最后的错误", .meta), .init("", .meta)], shown.map { row($0, tokens) }, empty: UI.emptyState("没有这样的作业", "正常情况下“多次失败，已停”应该是空的。", icon: .check)))
      \(UI.older(next, shown: shown.count))
      """
    return page
  }
  private func row(_ job: Job, _ tokens: FormTokens) -> UI.Row {
    let tone: Tone =
      switch job.state {
      case .waiting: .neutral
      case .running: .action
      case .done: .good
      case .dead: .danger
      }
    let retry: HTML =
      job.state == .dead
      ? UI.form("/system/jobs/\(job.id)/retry", tokens: tokens, UI.button("重新执行", .secondary, icon: .refresh)) : .empty
    return UI.Row(
      nil,
      [
        UI.lines("\(JobWords.kind(job.kind))", "编号 \(job.id)"), UI.tag(job.state.chinese, tone), UI.time(job.runAt),
        "\(job.attempts)",
        "\(job.lastError ?? "")", retry,
      ], tone: job.state == .dead ? .danger : nil)
  }
  private func retry(_ visit: Visit) async throws -> Answer {
    let id: Identifier<Job> = try visit.pathID("id")
    let now = visit.now
    let actor = try visit.person.actor
    let house = house
    try await house.store.write { db in
      try Jobs.revive(id.raw, at: now, db)
      try Journal.append("job-retried", on: Subject("job", id), by: actor, at: now, ids: house.ids, db)
    }
    return try visit.done("/system/jobs?state=dead", saying: "已重新排队")
  }

  // MARK: Offices

  private func offices(_ visit: Visit) async throws -> Page {
    let asked: Office.ID? = try visit.query.id("district")
    let (districts, list) = try await house.store.read { db in
      (
        try OfficeStore.districts(db),
        try asked.map { try OfficeStore.all(district: $0, db) }
          ?? OfficeStore.all(kinds: [.bureau, .division, .brigade, .district, .department], db)
      )
    }
    let names = Dictionary((districts + list).map { ($0.id, $0.short) }, uniquingKeysWith: { first, _ in first })
    let rows = list.filter { asked != nil || $0.district == nil || $0.kind == .district }.map { office in
      UI.Row(
        office.kind == .district && asked == nil ? "/system/offices?district=\(office.id)" : nil,
        [
          UI.lines("\(office.name)", "\(office.short)"), "\(OfficeWords.kind(office.kind))", "\(office.code)",
          "\(office.parent.flatMap { names[$0] } ?? "—")",
        ])
    }
    var page = visit.page("机构", active: "system", wide: true)
    page.crumbs = [.init("系统", "/system")]
    page.main = """
      \(UI.heading("机构", sub: "机构随 Data/offices 文件更新：改文件后在主机上运行 longtang migrate。删去的机构保留，因为事项和账号还挂在上面。"))
      \(Self.tabs("offices"))
      \(UI.filters("/system/offices", [.init("区", name: "district", districts.map { .init($0.id.description, $0.short) }, value: visit.query.text("district"))], clearAt: "/system/offices"))
      \(UI.table("机构", [.init("名称", .what), .init("种类", .meta), .init("文件里的代码", .desk), .init("上级", .meta)], rows))
      """
    return page
  }
}

/// What the settings are called; the key stands below, for it is what the file has.
enum ConfigWords {
  static func label(_ key: String) -> String {
    switch key {
    case "store.folder": "库文件夹"
    case "store.database": "数据库"
    case "store.keys": "密钥文件夹"
    case "listen.host": "监听地址"
    case "listen.port": "监听端口"
    case "public.url": "对外网址"
    case "tls.certificate": "证书"
    case "tls.key": "证书私钥"
    case "proxies": "前置代理"
    case "drain.pause": "停机前等待（秒）"
    case "work.port": "后台作业状态端口"
    case "limits.rate": "访问频次限制"
    case "session.idle": "不操作自动退出（分）"
    case "session.longest": "登录最长（小时）"
    case "metrics.token": "监控令牌"
    case "log.slow": "慢语句（毫秒）"
    case "log.level": "运行日志级别"
    case "files.data": "数据文件夹"
    case "files.assets": "页面文件夹"
    default: key
    }
  }
}
enum JobWords {
  static let kinds: [(kind: String, label: String)] = [
    ("matters-import", "导入诉件"), (DutyCalls.jobKind, "值班呼叫升级"), (JournalCheck.jobKind, "核验日志链"),
    ("cases-evidence-night", "每晚核对证据"), ("cases-evidence-check", "核验一案证据"),
  ]
  static func kind(_ kind: String) -> String { kinds.first { $0.kind == kind }?.label ?? kind }
}
enum OfficeWords {
  static func kind(_ kind: Office.Kind) -> String {
    switch kind {
    case .bureau: "市局"
    case .division: "市局处室"
    case .brigade: "市局执法总队"
    case .district: "区局"
    case .squad: "街镇综合行政执法队"
    case .special: "特定区域执法大队"
    case .department: "其他部门"
    }
  }
}
