import Figures
import Intake
import Kernel

/// What a bulletin is drafted from.
struct BulletinFacts: Sendable {
  let period: BulletinPeriod
  let place: String
  let now: PeriodCounts
  let before: PeriodCounts
  let year: PeriodCounts
  /// Whether anything is known of the year before: otherwise nothing is compared with it.
  var hasYear: Bool { year.all[.reports] > 0 }
  /// The compounds with the most complaints.
  let compounds: [Int64: Place]
  struct Place: Sendable {
    let name: String
    let households: Int?
  }
  /// Complaints of the months up to this time, each beside the year before.
  let course: [(label: String, value: Int, yearBefore: Int)]
  let patternsFound: Int
  let patternsGoing: Int
  let plansOpened: Int
  let plansOpen: Int
  let plansOverdue: Int
  let casesOpened: Int
  let casesFiled: Int
  let casesDecided: Int
}

/// Plain sentences out of figures: every number in them is one of the figures. Pure.
struct BulletinText {
  let facts: BulletinFacts
  let book: FigureBook
  let item: (String) -> String

  private var now: Counts { facts.now.all }
  private func count(_ count: Count) -> String { now[count].grouped }
  private func figure(_ id: String, _ counts: Counts) -> String? { book[id]?.value(counts, population: nil).text }
  /// "比上月多 12 件（35%）"
  static func change(_ name: String, _ now: Int, _ before: Int) -> String {
    let difference = now - before
    guard difference != 0 else { return "与\(name)持平" }
    let percent =
      before >= 10 && now < before * 5 ? "（\((difference.magnitude * 200 + before.magnitude) / (before.magnitude * 2))%）" : ""
    return "比\(name)\(difference > 0 ? "多" : "少") \(Int(difference.magnitude).grouped) 件\(percent)"
  }
  private func changes(_ pick: (PeriodCounts) -> Int) -> String {
    var parts = [Self.change(facts.period.names.before, pick(facts.now), pick(facts.before))]
    if facts.period.kind != .annual {
      parts.append(
        facts.hasYear ? Self.change(facts.period.names.year, pick(facts.now), pick(facts.year)) : "\(facts.period.names.year)没有记录，不能比")
    }
    return parts.joined(separator: "，")
  }
  private func rate(_ id: String, _ name: String) -> String {
    guard let value = figure(id, now) else { return "\(name)没有可计算的件数" }
    let before = figure(id, facts.before.all).map { "（\(facts.period.names.before) \($0)）" } ?? ""
    return "\(name) \(value)\(before)"
  }

  var sections: [BulletinContent.Section] {
    let drafts: [(String, String)] = [
      ("总体情况", whole), ("办理质量", quality), ("主要问题", problems), ("投诉集中的小区", places), ("反复投诉和整治", repeats), ("执法办案", enforcement),
    ]
    let numerals = ["一", "二", "三", "四", "五", "六"]
    return zip(numerals, drafts).map { BulletinContent.Section(title: "\($0)、\($1.0)", text: $1.1) }
  }

  private var whole: String {
    var out =
      "\(facts.period.chinese)，\(facts.place)共收到诉件 \(count(.reports)) 件，其中有效投诉 \(count(.complaints)) 件，\(changes { $0.all[.complaints] })。"
    let aside = [(Count.unreasonable, "认定为不合理诉求"), (.outOfScope, "不属于本部门")].filter { now[$0.0] > 0 }
    if !aside.isEmpty {
      out += aside.map { "\($0.1) \(count($0.0)) 件" }.joined(separator: "、") + "，另行统计，不参加以下计算。"
    }
    return out
  }
  private var quality: String {
    guard now[.complaints] > 0 else { return "没有有效投诉，不计算。" }
    var out = "应先行联系 \(count(.contactDue)) 件，已联系 \(count(.contacted)) 件，\(rate("first-contact", "先行联系率"))。"
    out += "已答复或者到期 \(count(.dueAll)) 件，按时答复 \(count(.onTime)) 件，\(rate("on-time", "按时答复率"))；到期还没有答复 \(count(.overdue)) 件。\n"
    out += "已有结果 \(count(.concluded)) 件，实际解决 \(count(.solved)) 件，解释说明 \(count(.explained)) 件（不算解决），\(rate("solved", "实际解决率"))。"
    out += "回访有评价 \(count(.rated)) 件，满意 \(count(.satisfied)) 件，不满意 \(count(.dissatisfied)) 件，\(rate("satisfied", "满意率"))。"
    out += "办结后同一问题又来的 \(count(.again)) 件。"
    return out
  }
  private func lines(_ facet: Facet) -> [(key: String, now: Int, before: Int)] {
    let before = (facts.before.facets[facet] ?? []).reduce(into: [String: Int]()) { $0[$1.key] = $1.counts[.complaints] }
    return (facts.now.facets[facet] ?? []).map { ($0.key, $0.counts[.complaints], before[$0.key] ?? 0) }.filter { $0.now > 0 }
      .sorted { ($1.now, $0.key) < ($0.now, $1.key) }
  }
  private func share(_ part: Int) -> String { Self.share(part, of: now[.complaints]) }
  static func share(_ part: Int, of whole: Int) -> String { whole > 0 ? "\((part * 200 + whole) / (whole * 2))%" : "0%" }

  private var problems: String {
    let items = lines(.item)
    guard let first = items.first else { return "没有有效投诉。" }
    let top = items.prefix(5)
    var out =
      "投诉最多的是\(item(first.key))，\(first.now.grouped) 件，占 \(share(first.now))，\(Self.change(facts.period.names.before, first.now, first.before))。"
    if top.count > 1 {
      out += "其次是" + top.dropFirst().map { "\(item($0.key)) \($0.now.grouped) 件" }.joined(separator: "、") + "。"
    }
    let grown = items.filter { $0.now - $0.before >= 3 && $0.now * 2 >= $0.before * 3 }.sorted {
      ($1.now - $1.before, $0.key) < ($0.now - $0.before, $1.key)
    }.prefix(3)
    if !grown.isEmpty {
      out +=
        "增加较多的有" + grown.map { "\(item($0.key))（由 \($0.before.grouped) 件到 \($0.now.grouped) 件）" }.joined(separator: "、") + "。"
    }
    let channels = lines(.channel).prefix(3)
    out +=
      "\n来源以" + channels.map { "\(Report.Channel(rawValue: $0.key)?.chinese ?? $0.key) \($0.now.grouped) 件" }.joined(separator: "、")
      + "为多。"
    return out
  }
  /// Compounds that are told.
  static let mostPlaces = 20
  private var topPlaces: [(place: BulletinFacts.Place, complaints: Int)] {
    facts.now.places.prefix(Self.mostPlaces).compactMap { one in facts.compounds[one.compound].map { ($0, one.complaints) } }
  }
  private var places: String {
    guard !facts.now.places.isEmpty else { return "没有知道小区的有效投诉。" }
    let top = topPlaces.prefix(5).map { place, complaints -> String in
      let rate = place.households.map { "，每千户 \(Self.perThousand(complaints, $0)) 件" } ?? "，户数未登记"
      return "\(place.name) \(complaints.grouped) 件\(rate)"
    }
    return "有效投诉涉及 \(facts.now.places.count.grouped) 个小区。件数较多的是：" + top.joined(separator: "；") + "。件数多不等于管得差，户数多少要一起看。"
  }
  static func perThousand(_ count: Int, _ households: Int) -> String {
    guard households > 0 else { return "—" }
    let tenths = (count * 10_000 + households / 2) / households
    return "\(tenths / 10).\(tenths % 10)"
  }
  private var repeats: String {
    "研判发现反复投诉 \(facts.patternsFound) 处，现在还在持续的 \(facts.patternsGoing) 处。新定整治方案 \(facts.plansOpened) 个，进行中 \(facts.plansOpen) 个"
      + (facts.plansOverdue > 0 ? "，其中过了完成日期的 \(facts.plansOverdue) 个，请抓紧完成。" : "，没有过期的。")
  }
  private var enforcement: String {
    "登记案件 \(facts.casesOpened) 件，其中已立案 \(facts.casesFiled) 件；作出处罚决定 \(facts.casesDecided) 件。属实且有处罚依据的投诉 \(count(.verified)) 件，立案 \(count(.filed)) 件，未经处罚自行改正 \(count(.selfCorrected)) 件。"
  }

  // MARK: Tables

  /// - Parameter card: a score card whose points each office gets a column of.
  func sheets(card: ScoreCard?) -> [BulletinContent.Sheet] {
    var out: [BulletinContent.Sheet] = []
    let names = facts.period.names
    let figures = book.figures.filter { $0.denominator != .population }
    var rows = [Count.complaints, .overdue, .dissatisfied, .again].map {
      [$0.chinese, now[$0].grouped, facts.before.all[$0].grouped, facts.hasYear ? facts.year.all[$0].grouped : "—"]
    }
    rows += figures.map { figure in
      [
        figure.name, figure.value(now, population: nil).text ?? "—", figure.value(facts.before.all, population: nil).text ?? "—",
        facts.hasYear ? figure.value(facts.year.all, population: nil).text ?? "—" : "—",
      ]
    }
    let isAnnual = facts.period.kind == .annual
    out.append(
      .init(
        title: "主要指标", header: isAnnual ? ["指标", "本期", names.before] : ["指标", "本期", names.before, names.year],
        rows: isAnnual ? rows.map { Array($0.prefix(3)) } : rows, note: "口径版本 \(book.version)：\(book.period)。"))
    let yearItems = (facts.year.facets[.item] ?? []).reduce(into: [String: Int]()) { $0[$1.key] = $1.counts[.complaints] }
    out.append(
      .init(
        title: "按事项", header: ["事项", "有效投诉", "占比", names.before] + (isAnnual ? [] : [names.year]),
        rows: lines(.item).prefix(20).map {
          [item($0.key), $0.now.grouped, share($0.now), $0.before.grouped]
            + (isAnnual ? [] : [facts.hasYear ? (yearItems[$0.key] ?? 0).grouped : "—"])
        }, note: lines(.item).count > 20 ? "只列出最多的 20 项。" : ""))
    out.append(
      .init(
        title: "投诉集中的小区", header: ["小区", "有效投诉", "户数", "每千户"],
        rows: topPlaces.map { place, complaints in
          [
            place.name, complaints.grouped, place.households.map(\.grouped) ?? "未登记",
            place.households.map { Self.perThousand(complaints, $0) } ?? "—",
          ]
        }, note: facts.now.places.count > Self.mostPlaces ? "只列出件数最多的 \(Self.mostPlaces) 个。" : ""))
    if facts.now.offices.count > 1 {
      let columns = ["first-contact", "on-time", "solved", "satisfied"].compactMap { book[$0] }
      out.append(
        .init(
          title: "各单位", header: ["单位", "有效投诉"] + columns.map(\.name) + (card.map { ["\($0.name)得分"] } ?? []),
          rows: facts.now.offices.map { office in
            [office.name, office.counts[.complaints].grouped] + columns.map { $0.value(office.counts, population: nil).text ?? "—" }
              + (card.map { [Self.points($0.points(office.counts, of: book))] } ?? [])
          }, note: "按机构编号排列，不排名次。" + (card.map { "得分按《\($0.name)》计算（依据：\($0.basis)）；没有可计算件数的项不得分，也不计入满分。" } ?? "")))
    }
    return out
  }
  /// "85.3 / 90"
  private static func points(_ lines: [ScoreCard.Points]) -> String {
    let reckoned = lines.filter { $0.points != nil }
    guard !reckoned.isEmpty else { return "—" }
    let sum = reckoned.reduce(0) { $0 + ($1.points ?? 0) }
    return "\(sum / 100).\((sum % 100) / 10) / \(reckoned.reduce(0) { $0 + $1.line.points })"
  }
}
